"""``intake undo``: a file is taken out again. What says stop stays for good; consents, notices and doubts of it go.

A list leaves in this order: what its opt-outs were spread to is written down; its facts leave the store by one rename;
the ledger says so; the facts are removed. Whatever interrupts it, the next command that opens the ledger completes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows.clock import now
from flows.filing.abbreviated import SHOWN, named_file
from flows.filing.waiting import dismiss, waiting_files
from flows.ledger.frames import SUPPRESSING_KINDS
from flows.ledger.snapshots import SNAPSHOT
from flows.ledger.taken_back import UNDO, undo_event
from flows.store import accepted_list, active_lists, remove_withdrawn, withdraw_list, withdrawn_lists
from flows.store.matching import drop_states
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.filing.waiting import Waiting
    from flows.ledger import Ledger
    from flows.store import ListMeta
    from flows.workspace import Workspace

__all__ = ["Undone", "complete_undos", "undo_file"]

_GOING: Final = ("consents", "notices")  # kinds of files whose events go with them
_KIND_OF_EVENT: Final = {"consent": "consents", "notice": "notices", "touch": "touches", "registry": "registries"}
_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken out: ``kind`` is lists, consents, notices or waiting.

    ``rows`` of a list, or events of a file that count no longer; ``spread`` are the opt-outs written down under contact
    points that only this list had tied to them.
    """

    sha256: str
    kind: str
    source: str | None
    rows: int
    spread: int = 0


@dataclass(frozen=True, slots=True)
class _File:
    """A file that intake took in, as far as an abbreviated SHA-256 may mean it."""

    sha256: str
    kind: str
    source: str | None
    came: str
    count: int


def undo_file(ws: Workspace, ledger: Ledger, asked: str, reason: str | None) -> Undone:
    """Take one file out again; ``asked`` is its SHA-256, of which 8 digits are enough where they are unique.

    Needs the workspace lock. Raises ``UsageError``: ``bad_sha256``, ``unknown_file``, ``several_files``,
    ``already_undone``, ``cannot_be_undone``, ``reason_missing``.
    """
    files = _known_files(ws, ledger)
    file = named_file(files, asked, _unknown(files))
    if file.kind == "waiting":
        return _dismissed(ws, ledger, file, reason)
    if file.kind == "lists":
        return _list_taken_out(ws, ledger, file, reason)
    if file.kind not in _GOING:
        # What a list said stays on record when the list is gone: it is still no file of opt-outs.
        gone = file.sha256 in ledger.files_marked(UNDO)
        raise _not_undone("undone" if gone else file.kind)
    event = undo_event(ledger.keyring, file.sha256, file.kind, ledger.head(), now(ws.settings), reason)
    ledger.append([event])
    return Undone(file.sha256, file.kind, None, file.count)


def complete_undos(ws: Workspace, ledger: Ledger) -> None:
    """Complete what an interrupted ``intake undo`` left; several commands may do so at once."""
    for withdrawn in withdrawn_lists(ws):
        event = undo_event(ledger.keyring, withdrawn.sha256, "lists", withdrawn.head, now(ws.settings))
        ledger.append([event])
        drop_states(ws)  # names of its people, as they are compared by
        remove_withdrawn(withdrawn)


def _list_taken_out(ws: Workspace, ledger: Ledger, file: _File, reason: str | None) -> Undone:
    from flows.filing.spread import spread_events

    meta = accepted_list(ws, file.sha256)
    if meta is None:
        raise _unknown([])
    head = ledger.head()
    spread = spread_events(ws, ledger, meta)
    before = ledger.head()
    ledger.append(spread)
    written = ledger.head() - before
    withdraw_list(ws, meta, head)
    ledger.append([undo_event(ledger.keyring, file.sha256, "lists", head, now(ws.settings), reason)])
    complete_undos(ws, ledger)
    return Undone(file.sha256, "lists", meta.source, meta.rows, written)


def _dismissed(ws: Workspace, ledger: Ledger, file: _File, reason: str | None) -> Undone:
    if reason is None or not reason.strip():
        raise UsageError(
            "reason_missing",
            "This list waits to be confirmed. To dismiss it, say why: until now everybody it names is held.",
            'Add --reason "..." in a few words, such as --reason "wrong column exported".',
        )
    waiting = [waiting for waiting in waiting_files(ws, ledger) if waiting.sha256 == file.sha256]
    ledger.append([undo_event(ledger.keyring, file.sha256, "waiting", ledger.head(), now(ws.settings), reason)])
    for found in waiting:
        dismiss(found)
    return Undone(file.sha256, "waiting", file.source, file.count)


def _known_files(ws: Workspace, ledger: Ledger) -> list[_File]:
    """Every file that can be meant, the latest first; those that can be taken out before all others."""
    waiting = [_of_waiting(found) for found in waiting_files(ws, ledger)]
    waits = {file.sha256 for file in waiting}
    lists = [_of_list(meta) for meta in active_lists(ws) if meta.sha256 not in waits]
    return [*waiting, *lists, *_of_events(ws, ledger, {file.sha256 for file in (*lists, *waiting)})]


def _of_waiting(found: Waiting) -> _File:
    came = "waits to be confirmed" if found.path else "waits to be confirmed, its file is gone"
    return _File(found.sha256, "waiting", found.source, came, found.newly_opted_out or 0)


def _of_list(meta: ListMeta) -> _File:
    return _File(meta.sha256, "lists", meta.source, f"{meta.accepted_at:%Y-%m-%d}", meta.rows)


def _of_events(ws: Workspace, ledger: Ledger, others: set[str]) -> list[_File]:
    """Files of events, and originals in the archive that left neither facts nor events."""
    kinds = ledger.event_files((*_KIND_OF_EVENT, *SUPPRESSING_KINDS, SNAPSHOT))
    by_file: dict[str, _File] = {}
    for row in kinds.iter_rows(named=True):
        kind = _KIND_OF_EVENT.get(row["kind"], "optouts")
        file = by_file.get(row["file_sha256"])
        if row["file_sha256"] not in others and (file is None or kind in _GOING):
            by_file[row["file_sha256"]] = _file_of(row, kind)
    known = others | by_file.keys()
    archived = {path.name.split(".", 1)[0] for path in ws.archive.glob("*.*")} - known
    return [*by_file.values(), *(_File(sha256, "archived", None, "", 0) for sha256 in sorted(archived))]


def _file_of(row: Mapping[str, object], kind: str) -> _File:
    if kind in _GOING and not row["in_force"]:
        kind = "undone"
    return _File(str(row["file_sha256"]), kind, None, f"{row['first_recorded_at']:%Y-%m-%d}", int(str(row["in_force"])))


def _unknown(files: list[_File]) -> UsageError:
    return UsageError("unknown_file", "Intake took in no file with this SHA-256.", _choice(files))


def _choice(files: list[_File]) -> str:
    """What can be taken out, in words."""
    there = [file for file in files if file.kind in ("lists", "waiting", *_GOING)]
    if not there:
        return "There is nothing that can be taken out."
    shown = sorted(there, key=lambda file: (file.came, file.sha256), reverse=True)[:_LISTED]
    lines = [f"{file.sha256[:SHOWN]} ({file.source or file.kind}, {file.came})" for file in shown]
    more = f", and {len(there) - len(shown)} more" if len(there) > len(shown) else ""
    return f"These can be taken out: {'; '.join(lines)}{more}."


def _not_undone(kind: str) -> UsageError:
    if kind == "undone":
        return UsageError(
            "already_undone", "This file was taken out already.", "Drop it again if it is to count after all."
        )
    if kind == "archived":
        return UsageError(
            "cannot_be_undone",
            "Nothing counts by reason of this file: it brought no list, no consent and no notice, or was taken out.",
            "A brief is replaced by dropping a newer one; what other files say is kept for good.",
        )
    if kind == "registries":
        return UsageError(
            "cannot_be_undone",
            "This is a version of a do-not-call registry: who is on it must not be called.",
            "Drop a newer version; it replaces this one wholly where it covers as much.",
        )
    return UsageError(
        "cannot_be_undone",
        "This is a file of opt-outs or of contacts made: what people said and what was done stays on record.",
        "Somebody who changed their mind gives a newer consent; drop it into data/inbox/consents.",
    )
