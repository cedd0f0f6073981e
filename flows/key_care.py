"""The keys of a workspace: making the first, changing to a new one, proving that all are at hand.

A rotation makes new tokens under a new key and changes nothing about anybody: every token is still looked up under all
keys, and ids of people and records, which must last, stay with the oldest. So the old key files must be kept.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows.files import mending
from flows.ledger import create_key
from flows.ledger.database import database_at
from flows.ledger.keys import key_files, read_key_file, sweep_partial_keys
from flows.ledger.rotation import check_values
from flows.ledger.schema_version import ensure_head
from flows.ledger_access import open_ledger
from flows.locks import workspace_lock
from policies.errors import HeldError, UsageError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.ledger import Key
    from flows.workspace import Workspace

__all__ = ["KeyState", "KeysChecked", "Rotated", "check_keys", "new_key", "rotate_key"]

AT_HAND: Final = "at_hand"
MISSING: Final = "missing"
WRONG: Final = "wrong"


@dataclass(frozen=True, slots=True)
class Rotated:
    """The keys after a rotation: the new one, its file, and how many older ones are needed beside it."""

    key_id: str
    file: str
    older: tuple[str, ...]
    completed: bool  # the file was left by an interrupted rotation


@dataclass(frozen=True, slots=True)
class KeyState:
    """One key that the ledger names: ``state`` is at_hand, missing or wrong; ``file`` where it lies."""

    key_id: str
    position: int
    current: bool
    state: str
    file: str | None


@dataclass(frozen=True, slots=True)
class KeysChecked:
    """Every key of the ledger, oldest first; key files that cannot be read; how many keys no ledger names."""

    keys: tuple[KeyState, ...]
    unreadable: tuple[str, ...]
    unused: int

    @property
    def ok(self) -> bool:
        """Whether every key the ledger names is at hand."""
        return all(key.state == AT_HAND for key in self.keys)


def new_key(ws: Workspace) -> tuple[Key, Path]:
    """Make the key of a workspace that has none; gives it and its file.

    Raises ``UsageError`` ``key_exists`` where there is one, and ``HeldError`` ``key_missing`` where the ledger was made
    with a key that is not at hand: no new one could take its place.
    """
    if key_files(ws.keys, None) or ws.key_file.exists():
        raise UsageError(
            "key_exists",
            "This workspace has a key. A second one made like this would recognise nobody.",
            "To change to a new key use `tactful key rotate`; to see whether all are at hand, `tactful key check`.",
        )
    if named := _named_by_ledger(ws):
        raise HeldError(
            "key_missing",
            f"The ledger was made with key {', '.join(named)}. No new key can take its place.",
            "Put that key file back into the keys folder from its safe copy, or name it in TACTFUL_KEY_FILE.",
        )
    with workspace_lock(ws):
        _sweep(ws)
        return create_key(ws.key_file), ws.key_file


def rotate_key(ws: Workspace, *, on_wait: Callable[[], None] | None = None) -> Rotated:
    """Make a new key and let new tokens be made with it; every older key stays in use for look-up.

    The file is on disk for good before the ledger names it. A file that an interrupted rotation left is used now.
    Needs no other command to stop: those at work look for the new key when they meet it.
    """
    with workspace_lock(ws, on_wait=on_wait), open_ledger(ws) as ledger:
        _sweep(ws)
        ledger.head()
        known = [key.key_id for key in ledger.keyring]
        found = _left_over(ws, frozenset(known))
        file = found[1] if found else _free_place(ws)
        key = (
            found[0] if found else create_key(file, comment=f"It follows key {known[-1]}, which must be kept as well.")
        )
        ledger.rotate(key)
        return Rotated(key.key_id, _shown(ws, file), tuple(known), completed=found is not None)


def check_keys(ws: Workspace) -> KeysChecked:
    """Compare the key files with what the ledger names; raises ``LedgerError`` where there is no ledger to ask."""
    with contextlib.suppress(WorkspaceError), workspace_lock(ws, timeout=0):  # busy: somebody may be making a key
        _sweep(ws)
    at_hand: dict[str, tuple[Key, Path]] = {}
    unreadable = []
    for path in key_files(ws.keys, ws.key_file_elsewhere):
        try:
            at_hand |= {key.key_id: (key, path) for key in read_key_file(path)}
        except HeldError:
            unreadable.append(_shown(ws, path))
    named = _named_by_ledger(ws, must_be_there=True)
    states = []
    for position, (key_id, check) in enumerate(named.items(), start=1):
        found = at_hand.get(key_id)
        state = MISSING if found is None else AT_HAND if found[0].check_value == check else WRONG
        file = None if found is None else _shown(ws, found[1])
        states.append(KeyState(key_id, position, position == len(named), state, file))
    return KeysChecked(tuple(states), tuple(unreadable), len(at_hand.keys() - named.keys()))


def _sweep(ws: Workspace) -> None:
    """Remove secrets that an interrupted command left unfinished; needs the workspace lock."""
    with mending(ws.key_file.parent):
        sweep_partial_keys(ws.key_file)


def _named_by_ledger(ws: Workspace, *, must_be_there: bool = False) -> dict[str, str]:
    """Key id -> check value of every key of the ledger; nothing where there is no ledger and none need be."""
    database = database_at(ws.database_url)
    try:
        if not must_be_there and database.is_empty():
            return {}
        ensure_head(database)
        with database.read() as connection:
            return check_values(connection)
    finally:
        database.close()


def _place_of_new(ws: Workspace) -> Path:
    return ws.key_file.parent


def _numbered(ws: Workspace) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(ws.key_file.stem)}-(\d+)\.key")


def _left_over(ws: Workspace, known: frozenset[str]) -> tuple[Key, Path] | None:
    """A key file that a rotation wrote and never registered."""
    pattern = _numbered(ws)
    files = sorted(path for path in _place_of_new(ws).glob("*.key") if pattern.fullmatch(path.name))
    for path in files:
        keys = read_key_file(path)
        if len(keys) == 1 and keys[0].key_id not in known:
            return keys[0], path
    return None


def _free_place(ws: Workspace) -> Path:
    """The next free name: workspace-2.key after workspace.key."""
    pattern = _numbered(ws)
    found = [pattern.fullmatch(path.name) for path in _place_of_new(ws).glob("*.key")]
    taken = [int(match[1]) for match in found if match]
    return _place_of_new(ws) / f"{ws.key_file.stem}-{max(taken, default=1) + 1}.key"


def _shown(ws: Workspace, path: Path) -> str:
    return ws.place(path) if path.is_relative_to(ws.root) else str(path)
