"""Filing the inbox: every dropped file becomes facts and events, or goes to quarantine with the reason.

Kinds are taken in a fixed order, whatever files are called and whenever they came: what says stop first, consents after
it. So a consent counts against an opt-out of the same batch only where it was given later.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from flows.event_files.beside import is_sidecar
from flows.filing.batch import ListBatch
from flows.filing.briefs import file_briefs
from flows.filing.deliveries import record_no_delivery
from flows.filing.dropped import GROWING, LeftAlone, dropped_files, settled, steady
from flows.filing.events import EVENT_KINDS, EventFile, read_events, record_events, would_record
from flows.filing.lists import file_list
from flows.filing.model import FileOutcome, refused
from flows.ledger.said_again import SAID_AGAIN
from flows.store import quarantine
from policies.errors import RefusedFile, TactfulError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flows.filing.dropped import Dropped
    from flows.ledger import Ledger
    from flows.policy_files import Policy
    from flows.workspace import Workspace

__all__ = ["IntakeSummary", "file_inbox", "new_events"]

ORDER: Final = ("optouts", "lists", "touches", "consents", "notices", "briefs", "registries")
_UNACCOUNTED: Final = "lines_unaccounted"
_STILL_WRITTEN: Final = LeftAlone("file_growing", "The file is still being written.", GROWING)


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


@dataclass(frozen=True)
class _Filing:
    """One pass over the inbox; ``before`` counts the events by kind that it brought not."""

    ws: Workspace
    ledger: Ledger
    policy: Policy
    summary: IntakeSummary
    dry_run: bool
    step: Callable[[str], None]
    before: dict[str, int]


def file_inbox(
    ws: Workspace, ledger: Ledger, policy: Policy, *, dry_run: bool, step: Callable[[str], None]
) -> IntakeSummary:
    """File everything that lies in the inbox; needs the workspace lock unless ``dry_run``, which changes nothing."""
    dropped = {kind: dropped_files(ws, kind) for kind in ORDER}
    whole, growing = (set(paths) for paths in settled([item.path for items in dropped.values() for item in items]))
    filing = _Filing(ws, ledger, policy, IntakeSummary(), dry_run, step, ledger.counts())
    for kind, items in dropped.items():
        step(f"filing {kind}")
        for item in items:
            if item.path in growing:
                filing.summary.add(_left(item, kind, _STILL_WRITTEN))
        _file_kind(filing, kind, [item for item in items if item.path in whole])
    filing.summary.events = new_events(filing.before, ledger.counts())
    return filing.summary


def new_events(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """How many events of each kind came in between two counts; a note that something was repeated says nothing new."""
    told = {kind: after[kind] - before.get(kind, 0) for kind in after if kind != SAID_AGAIN}
    return {kind: count for kind, count in told.items() if count}


def _file_kind(filing: _Filing, kind: str, items: Iterable[Dropped]) -> None:
    """File all files of one kind."""
    if kind == "registries":
        from flows.filing.registries import RegistryFiling

        lists = filing.policy.book.settings["lists"]
        taken = RegistryFiling(filing.ws, filing.ledger, lists, filing.dry_run, filing.step)
        for outcome in taken.outcomes(list(items)):
            filing.summary.add(outcome)
    elif kind in EVENT_KINDS:
        _file_events(filing, kind, items)
    elif kind == "lists":
        batch = ListBatch(filing.ws, filing.ledger, filing.policy.book.settings["lists"])
        for item in items:
            _file_facts(filing, kind, item, partial(file_list, batch, filing.policy, item, dry_run=filing.dry_run))
        for said, count in batch.spread.items():
            filing.before[said] = filing.before.get(said, 0) + count
    else:
        for item in items:
            file_brief = partial(file_briefs, filing.ws, filing.ledger, filing.policy, item, dry_run=filing.dry_run)
            _file_facts(filing, kind, item, file_brief)


def _file_events(filing: _Filing, kind: str, items: Iterable[Dropped]) -> None:
    """File all event files of one kind as one batch."""
    lists = filing.policy.book.settings["lists"]
    read: list[EventFile] = []
    for item in items:
        if kind == "optouts" and is_sidecar(item.path):
            continue  # it goes with its list
        try:
            with steady(item.path):
                read.append(read_events(filing.ws, filing.ledger, lists, item.path, kind, item.folder))
        except LeftAlone as left:
            filing.summary.add(_left(item, kind, left))
        except (RefusedFile, UsageError) as error:
            _refuse(filing, item, kind, error)
    if not filing.dry_run:
        record_events(filing.ws, filing.ledger, read)
    for file in read:
        would = would_record(filing.ledger, file) if filing.dry_run else {}
        outcome = replace(file.outcome(), would_record=would)
        if filing.dry_run and outcome.status == "quarantined":
            outcome = replace(outcome, status="would_be_quarantined")
        filing.summary.add(outcome)


def _file_facts(filing: _Filing, kind: str, item: Dropped, take_in: Callable[[], FileOutcome]) -> None:
    """File one list or brief."""
    try:
        filing.summary.add(take_in())
    except LeftAlone as left:
        filing.summary.add(_left(item, kind, left))
    except (RefusedFile, UsageError) as error:
        _refuse(filing, item, kind, error)
    except TactfulError as error:
        if error.code != _UNACCOUNTED:
            raise
        _refuse(filing, item, kind, error)  # a file that we fail at must not keep the others from being taken in


def _refuse(filing: _Filing, item: Dropped, kind: str, error: TactfulError) -> None:
    """Move a refused file away, whole."""
    outcome = refused(item.path, kind, item.folder, error)
    if filing.dry_run:
        outcome = replace(outcome, status="would_be_quarantined")
    else:
        if kind == "optouts":
            record_no_delivery(filing.ws, filing.ledger, item.folder, item.path, error)
        quarantine(filing.ws, item.path, error)
    filing.summary.add(outcome)


def _left(item: Dropped, kind: str, why: LeftAlone) -> FileOutcome:
    """A file that stays where it lies."""
    return replace(refused(item.path, kind, item.folder, why), status="left")
