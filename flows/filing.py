"""Filing the inbox: every dropped file becomes facts and events, or goes to quarantine with the reason.

Kinds are taken in a fixed order, whatever files are called and whenever they came: what says stop first, consents after
it. So a consent counts against an opt-out of the same batch only where it was given later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from flows.clock import now
from flows.event_files import EventContext, read_consents, read_notices, read_optouts, read_touches
from flows.files import sha256_file
from flows.filing_briefs import file_briefs
from flows.filing_lists import file_list
from flows.filing_model import FileOutcome, refused
from flows.inbox import check_plain, dropped_files, settled
from flows.ledger.contacts import ContactLists
from flows.ledger.touch_events import feed_import_event
from flows.rejects import write_rejects
from flows.store import archive_original, quarantine
from policies.errors import RefusedFile, TactfulError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from flows.event_files import EventReading
    from flows.inbox import Dropped
    from flows.ledger import Ledger
    from flows.policy_files import Policy
    from flows.workspace import Workspace

__all__ = ["IntakeSummary", "file_events", "file_inbox"]

ORDER: Final = ("optouts", "lists", "touches", "consents", "notices", "briefs", "registries")
_READERS: Final = {
    "optouts": read_optouts,
    "touches": read_touches,
    "consents": read_consents,
    "notices": read_notices,
}


@dataclass
class IntakeSummary:
    """What intake did: one outcome a file, new events by kind, files that went into quarantine."""

    files: list[FileOutcome] = field(default_factory=list)
    events: dict[str, int] = field(default_factory=dict)
    quarantined: int = 0

    def add(self, outcome: FileOutcome) -> None:
        """Count one file."""
        self.files.append(outcome)
        self.quarantined += outcome.status == "quarantined"


def file_inbox(
    ws: Workspace, ledger: Ledger, policy: Policy, *, dry_run: bool, step: Callable[[str], None]
) -> IntakeSummary:
    """File everything that lies in the inbox; needs the workspace lock unless ``dry_run``, which changes nothing."""
    before = ledger.counts()
    summary = IntakeSummary()
    for kind in ORDER:
        dropped = dropped_files(ws, kind)
        whole, growing = settled([item.path for item in dropped])
        for number, item in enumerate(sorted(dropped, key=lambda item: item.path), start=1):
            step(f"filing {kind}: {number} of {len(dropped)}")
            if item.path in growing:
                summary.add(_left(item, kind, "file_growing", "The file is still being written.", _GROWING))
            elif item.path in whole:
                summary.add(_file_one(ws, ledger, policy, item, kind, dry_run=dry_run))
    after = ledger.counts()
    summary.events = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    return summary


_GROWING: Final = "Nothing: it is taken in with the next intake, once it is whole."
_REGISTRIES: Final = "Nothing to do now: numbers that need a registry stay held until it can be screened."


def _left(item: Dropped, kind: str, code: str, message: str, fix: str) -> FileOutcome:
    """A file that stays where it lies."""
    return FileOutcome(
        name=item.path.name, kind=kind, source=item.folder, status="left", code=code, message=message, fix=fix
    )


def _file_one(ws: Workspace, ledger: Ledger, policy: Policy, item: Dropped, kind: str, *, dry_run: bool) -> FileOutcome:
    """File one dropped file, or say why it was refused."""
    if kind == "registries":
        return _left(item, kind, "registry_unread", "Registry snapshots are not screened by this version.", _REGISTRIES)
    try:
        check_plain(item.path)
        if kind == "lists":
            return file_list(ws, ledger, policy, item, dry_run=dry_run)
        if kind == "briefs":
            return file_briefs(ws, policy, item, dry_run=dry_run)
        lists = policy.book.settings["lists"]
        return file_events(ws, ledger, lists, item.path, kind, feed=item.folder, dry_run=dry_run)
    except (RefusedFile, UsageError) as error:
        return _quarantined(ws, item, kind, error, dry_run=dry_run)


def _quarantined(ws: Workspace, item: Dropped, kind: str, error: TactfulError, *, dry_run: bool) -> FileOutcome:
    """Move a refused file away, whole."""
    outcome = refused(item.path, kind, item.folder, error)
    if not dry_run:
        quarantine(ws, item.path, error)
    return outcome


def file_events(
    ws: Workspace,
    ledger: Ledger,
    lists: Mapping[str, Any],
    path: Path,
    kind: str,
    *,
    feed: str | None,
    dry_run: bool = False,
) -> FileOutcome:
    """Take in one file of opt-outs, touches, consents or notices: its events, its refused rows, the original.

    ``lists`` are the word lists of the rulebook, all that is needed of it here.

    Raises ``RefusedFile`` for a file that cannot be taken. The same file again changes nothing.
    """
    sha256 = sha256_file(path)
    reading = _READERS[kind](path, _context(ws, ledger, lists, feed if kind == "optouts" else None))
    if not dry_run:
        ledger.append(reading.events)
        if kind == "optouts" and feed is not None:
            ledger.append([feed_import_event(feed, sha256, reading.rows, reading.counted, now(ws.settings))])
        write_rejects(ws, kind, sha256, reading.rejects)
        archive_original(ws, path, sha256)
    return _accepted(path, kind, sha256, reading)


def _accepted(path: Path, kind: str, sha256: str, reading: EventReading) -> FileOutcome:
    return FileOutcome(
        name=path.name,
        kind=kind,
        sha256=sha256,
        rows=reading.rows,
        accepted=reading.counted,
        rejected=reading.rejects.height,
        status="accepted",
    )


def _context(ws: Workspace, ledger: Ledger, lists: Mapping[str, Any], feed: str | None) -> EventContext:
    """How event files of a workspace are read."""
    return EventContext(
        keyring=ledger.keyring,
        now=now(ws.settings),
        zone=ws.settings.organisation.timezone,
        lists=ContactLists.of(lists),
        feed=feed,
        synonyms=dict(lists.get("header_synonyms", {})),
    )
