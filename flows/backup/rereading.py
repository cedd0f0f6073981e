"""What the archive holds and the ledger does not know: lists say once more whom they rule out, event files come again.

Opt-outs first. A file whose kind cannot be told from its header is left alone and counted: a list of people taken for a
list of opt-outs would stop them all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from flows.clock import now
from flows.event_files import flag_events
from flows.filing.dropped import Dropped
from flows.filing.events import read_events, record_events
from flows.filing.understanding import read_dropped
from flows.ledger.contacts import ContactLists
from flows.ledger.taken_back import UNDO
from flows.policy_files import load_policy
from flows.refused_lists import RefusedList
from flows.store import active_lists, archived_path
from policies.errors import RefusedFile, RuleFileError, TactfulError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.ledger import Ledger
    from flows.policy_files import Policy
    from flows.workspace import Workspace

__all__ = ["Reread", "reread_archive"]

# What only the header of one kind of event file names; looked at in this order.
_NAMED_BY: Final = {
    "consents": frozenset({"event_state"}),
    "notices": frozenset({"text_version"}),
    "touches": frozenset({"outcome"}),
    "optouts": frozenset({"value", "md5", "sha1", "sha256"}),
}
_ORDER: Final = ("optouts", "touches", "consents", "notices")
_SEVERAL: Final = frozenset({"email", "phone", "domain"})
_OF_OPTOUTS: Final = frozenset({"kind", "scope", "method", "received_at", "effective_at", "words", "normalisation"})
_KINDS: Final = ("bounce", "complaint", "consent", "doubt", "notice", "objection", "optout", "touch")
_TEXTS: Final = frozenset({".csv", ".tsv", ".txt"})
_START: Final = 4096


@dataclass
class Reread:
    """Lists and event files read again, new events by kind, and how many files could not be read or told."""

    lists: int = 0
    files: int = 0
    events: dict[str, int] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)  # abbreviated SHA-256
    unclear: list[str] = field(default_factory=list)


def reread_archive(ws: Workspace, ledger: Ledger) -> Reread:
    """Record again what accepted lists and archived event files say; what is known already is not recorded twice."""
    done, before = Reread(), ledger.counts()
    try:
        policy = load_policy(ws)
    except RuleFileError:
        done.unreadable.append("rules")
        return done
    kinds = dict(_unknown_files(ws, ledger, done))
    _reread_files(ws, ledger, policy, [path for path, kind in kinds.items() if kind == "optouts"], "optouts", done)
    _reread_lists(ws, ledger, policy, done)
    for kind in _ORDER[1:]:
        _reread_files(ws, ledger, policy, [path for path, found in kinds.items() if found == kind], kind, done)
    after = ledger.counts()
    done.events = {kind: count - before.get(kind, 0) for kind, count in after.items() if count != before.get(kind, 0)}
    return done


def _reread_lists(ws: Workspace, ledger: Ledger, policy: Policy, done: Reread) -> None:
    """What the rows of every accepted list say of contact."""
    lists = ContactLists.of(policy.book.settings["lists"])
    for meta in active_lists(ws):
        path = archived_path(ws, meta.sha256, meta.extension)
        try:
            found = read_dropped(ledger, policy, Dropped(path, meta.source), meta.sha256)[1].flagged
        except RefusedList as refused:  # under the rules of today; its opt-outs count all the same
            found = refused.flagged
        except TactfulError:
            done.unreadable.append(meta.sha256[:8])
            continue
        ledger.append(flag_events(ledger.keyring, found.records, now(ws.settings), lists, cells=found.cells))
        done.lists += 1


def _reread_files(ws: Workspace, ledger: Ledger, policy: Policy, paths: list[Path], kind: str, done: Reread) -> None:
    """All event files of a kind as one batch, as when they were dropped."""
    lists: dict[str, Any] = policy.book.settings["lists"]
    read = []
    for path in paths:
        try:
            read.append(read_events(ws, ledger, lists, path, kind))
        except (RefusedFile, UsageError):
            done.unreadable.append(path.name[:8])
    record_events(ws, ledger, read)
    done.files += len(read)


def _unknown_files(ws: Workspace, ledger: Ledger, done: Reread) -> Iterator[tuple[Path, str]]:
    """Archived files that no event and no list came from, with what they are."""
    known = {meta.sha256 for meta in active_lists(ws)} | set(ledger.files_marked(UNDO))
    known |= set(ledger.event_files(_KINDS).get_column("file_sha256"))
    for path in sorted(ws.archive.glob("*.*")) if ws.archive.is_dir() else []:
        if path.name.split(".", 1)[0] in known or path.suffix == ".md":
            continue
        kind = _kind_of(path)
        if kind is None:
            done.unclear.append(path.name[:8])
        else:
            yield path, kind


def _kind_of(path: Path) -> str | None:
    """The kind of an event file by the names in its first line; None where they do not tell."""
    if path.suffix not in _TEXTS:
        return None
    with path.open("rb") as stream:
        line = stream.read(_START).decode("utf-8-sig", errors="replace").partition("\n")[0]
    names = {cell.strip().strip('"').lower() for cell in re.split(r"[,;\t|]", line)}
    for kind, own in _NAMED_BY.items():
        if names & own:
            return kind
    return "optouts" if names & _SEVERAL and names & _OF_OPTOUTS else None
