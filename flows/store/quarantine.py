"""Quarantine: a refused file, whole, beside a ``why.json`` that says what is wrong and what to do."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from flows.file_names import free_name, safe_file_name
from flows.files import make_folder, mending, move_file, write_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace
    from policies.errors import TactfulError

__all__ = ["WHY", "orphaned_reasons", "quarantine", "quarantined", "withhold", "write_reason"]

WHY: Final = ".why.json"

_ADDRESS = re.compile(r"\S*@\S*")
_NUMBER = re.compile(r"\+[0-9][0-9 ()./-]{6,}")
_WITHHELD: Final = "[withheld]"


def quarantine(ws: Workspace, path: Path, error: TactfulError) -> Path:
    """Move a refused file to quarantine with its ``why.json``; gives its new place.

    The reason is written first: an interruption leaves a reason without a file, never a file without a reason. The
    name is made safe and numbered where it is taken. Raises ``WorkspaceError`` on disk trouble.
    """
    make_folder(ws.quarantine)
    with mending(ws.quarantine):
        taken = frozenset(entry.name.removesuffix(WHY) for entry in ws.quarantine.iterdir())
    target = ws.quarantine / free_name(_plain_name(path.name), taken)
    write_reason(target, error)
    move_file(path, target)
    return target


def write_reason(place: Path, error: TactfulError) -> None:
    """Write, or replace, the ``why.json`` of a file in quarantine."""
    why = json.dumps(withhold(error.as_dict()), ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    write_bytes(place.with_name(place.name + WHY), why.encode(errors="backslashreplace"))


def quarantined(ws: Workspace, code: str) -> list[tuple[Path, dict[str, Any]]]:
    """The files in quarantine for one reason, by name, with the details of their ``why.json``."""
    found = []
    for why in sorted(ws.quarantine.glob(f"*{WHY}")) if ws.quarantine.is_dir() else []:
        place = why.with_name(why.name.removesuffix(WHY))
        reason = _reason(why)
        if reason.get("code") == code and place.is_file() and not place.is_symlink():
            found.append((place, dict(reason.get("details", {}))))
    return found


def _reason(why: Path) -> dict[str, Any]:
    """The content of a ``why.json``; one that somebody altered says nothing."""
    try:
        reason = json.loads(why.read_bytes())
    except (OSError, ValueError):
        return {}
    return reason if isinstance(reason, dict) else {}


def orphaned_reasons(ws: Workspace) -> list[Path]:
    """Reasons whose file never arrived: it is still where it was dropped and will be judged again."""
    if not ws.quarantine.is_dir():
        return []
    reasons = sorted(ws.quarantine.glob(f"*{WHY}"))
    return [why for why in reasons if not _lies_there(why.with_name(why.name.removesuffix(WHY)))]


def withhold(value: object) -> object:
    """Take anything that looks like an e-mail address or an international number out of a JSON value.

    Messages are written without personal data in the first place (law 7); this holds where one slipped in.
    """
    if isinstance(value, str):
        return _NUMBER.sub(_WITHHELD, _ADDRESS.sub(_WITHHELD, value))
    if isinstance(value, dict):
        return {str(withhold(key)): withhold(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [withhold(inner) for inner in value]
    return value


def _plain_name(name: str) -> str:
    """A safe name that cannot be mistaken for a reason."""
    safe = safe_file_name(name)
    return f"{safe.removesuffix(WHY)}_why.json" if safe.endswith(WHY) else safe


def _lies_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()
