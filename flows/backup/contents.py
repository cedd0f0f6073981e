"""Which files a workspace's backup holds beside its ledger, and where they go when it is restored.

Everything that is written once and kept: rules, settings, originals, store, refused rows and files, published runs,
and what still waits in the inbox. Not the keys: whoever has both has everything, and without them it is worth nothing.
Not the queue files, the journal of stops and what matching found, which are derived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.files import PARTIAL_PREFIX
from flows.store import STAGE_PREFIX
from flows.workspace import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.workspace import Workspace

__all__ = ["DATA", "LEFT_OUT", "SETTINGS", "files_to_keep", "place_of"]

_ROOT: Final = "workspace/"
SETTINGS: Final = f"{_ROOT}{SETTINGS_FILE}"
DATA: Final = f"{_ROOT}data/"
_RULES: Final = f"{_ROOT}rules/"
LEFT_OUT: Final = ("keys", "queue files", "locks")
_BESIDE: Final = ("README.md", ".gitignore")
_FOLDERS: Final = ("archive", "inbox", "quarantine", "rejects", "runs", "store")


def files_to_keep(ws: Workspace) -> Iterator[tuple[str, Path]]:
    """Name in the backup and path of every file, in order. Links are not followed: they may lead anywhere."""
    yield SETTINGS, ws.settings_file
    for name in _BESIDE:
        if (path := ws.root / name).is_file() and not path.is_symlink():
            yield f"{_ROOT}{name}", path
    secret = {path.resolve() for path in (ws.keys, ws.key_file)}
    for prefix, folder in ((_RULES, ws.rules), *((f"{DATA}{name}/", ws.data / name) for name in _FOLDERS)):
        for path in _tree(folder):
            derived = path == ws.journal_file or path.is_relative_to(ws.store_matching)
            if not derived and not secret.intersection((path.resolve(), *path.resolve().parents)):
                yield f"{prefix}{path.relative_to(folder).as_posix()}", path


def place_of(ws: Workspace, name: str) -> Path:
    """Where a file of a backup belongs in a workspace."""
    for prefix, folder in ((_RULES, ws.rules), (DATA, ws.data)):
        if name.startswith(prefix):
            return folder / name.removeprefix(prefix)
    return ws.root / name.removeprefix(_ROOT)


def _tree(folder: Path) -> Iterator[Path]:
    """Every file of a folder by its name below it, without what is unfinished."""
    if not folder.is_dir():
        return
    found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    for path in sorted(found, key=lambda path: path.relative_to(folder).as_posix()):
        if not any(_unfinished(part) for part in path.relative_to(folder).parts):
            yield path


def _unfinished(part: str) -> bool:
    return part.startswith((STAGE_PREFIX, PARTIAL_PREFIX, ".undo-"))
