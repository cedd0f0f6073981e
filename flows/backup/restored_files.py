"""The files of a restored workspace: where they go, which of them come back, and the mark of one that is half made."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flows.backup.contents import DATA, SETTINGS, place_of
from flows.files import make_folder, mending, write_bytes
from flows.ledger import load_keyring
from flows.settings import parse_settings
from flows.workspace import SETTINGS_FILE, Workspace, load
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.backup.container import BackupReader
    from flows.ledger import Keyring

__all__ = ["Place", "bring_back", "make_place", "missing_files", "settle_place"]

_HALF_MADE: Final = ".tactful-restoring"  # stands in a folder until its workspace is whole
_KEYS: Final = "keys"
# What the ledger itself rests on: comes back into any workspace.
_OF_LEDGER: Final = (f"{DATA}store/optouts/", f"{DATA}store/identity/")


@dataclass(frozen=True)
class Place:
    """Where a backup goes: a workspace that is there, or a folder in which one is to be made."""

    root: Path
    workspace: Workspace | None
    keyring: Keyring
    key_file: Path | None
    half_made: bool = False  # by a restore that was interrupted

    def give_up(self) -> None:
        """Take the settings away again: there is no workspace yet."""
        (self.root / SETTINGS_FILE).unlink(missing_ok=True)

    def finish(self) -> None:
        """The workspace is whole."""
        (self.root / _HALF_MADE).unlink(missing_ok=True)


def make_place(root: Path, env: Mapping[str, str]) -> Place:
    """Look at the folder a backup is to be restored into, and at the keys at hand.

    Raises ``UsageError`` ``folder_not_empty`` for a folder that holds something else than a workspace or keys, and
    ``HeldError`` where no key is at hand.
    """
    root = root.expanduser().absolute()
    named = env.get("TACTFUL_KEY_FILE")
    key_file = Path(named).expanduser().absolute() if named else None
    half_made = (root / _HALF_MADE).exists()
    if (root / SETTINGS_FILE).is_file() and not half_made:
        ws = load(root, key_file)
        return Place(root, ws, load_keyring(ws.keys, key_file), key_file)
    with mending(root):
        strangers = [entry for entry in root.iterdir() if entry.name != _KEYS] if root.is_dir() else []
    if strangers and not half_made:
        raise UsageError(
            "folder_not_empty",
            f"{root} holds something, and no workspace.",
            "Name a folder that is new, empty, or holds nothing but keys/ with the keys of the workspace.",
        )
    return Place(root, None, load_keyring(root / _KEYS, key_file), key_file, half_made)


def settle_place(place: Place, backup: BackupReader, database_url: str | None) -> Workspace:
    """Write the settings of a new workspace; until it is whole a mark beside them says so."""
    text = backup.text(SETTINGS)
    if database_url is not None:
        text = _with_url(text, database_url)
    parse_settings(text, SETTINGS_FILE)
    make_folder(place.root)
    write_bytes(place.root / _HALF_MADE, json.dumps({"backup": backup.sha256}).encode() + b"\n")
    write_bytes(place.root / SETTINGS_FILE, text.encode())
    ws = load(place.root, place.key_file)
    ws.make_folders()
    return ws


def missing_files(ws: Workspace) -> bool:
    """Whether the workspace has lost its facts altogether: then the backup's come back unasked."""
    kept = (ws.archive, ws.store_lists, ws.store_briefs, ws.store_identity, ws.runs)
    return not any(folder.is_dir() and any(folder.iterdir()) for folder in kept)


def bring_back(ws: Workspace, backup: BackupReader, *, everything: bool) -> int:
    """Write files of a backup that are not there; gives how many. A file that is there is never replaced.

    Without ``everything`` only those come that the ledger itself names: what was taken out or erased since stays so.
    """
    count = 0
    for name in backup.names(""):
        wanted = name.startswith("workspace/") if everything else name.startswith(_OF_LEDGER)
        target = place_of(ws, name)
        if name == SETTINGS or not wanted or target.exists():
            continue
        backup.extract(name, target)
        count += 1
    return count


def _with_url(text: str, url: str) -> str:
    """Settings with another database, the rest as it is written."""
    line = f"database_url = {json.dumps(url)}"
    written = re.compile(r"^[ \t]*database_url[ \t]*=.*$", re.MULTILINE)
    if written.search(text):
        return written.sub(lambda _: line, text, count=1)
    return f"{line}\n{text}"
