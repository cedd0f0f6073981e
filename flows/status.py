"""How a workspace stands: last run, queue in force, feeds with their age, waiting files, what runs out next.

Counts, ids and dates only.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.clock import now, queue_day
from flows.filing.dropped import dropped_files
from flows.filing.waiting import waiting_files
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.queue.state import load_state
from flows.registries.standing import never_filed, registry_ages
from flows.runs.feeds import feed_ages
from flows.settings import without_effect
from flows.store.quarantine import WHY
from flows.workspace import INBOXES
from policies.permission import GIVEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.ledger import Ledger
    from flows.policy_files import Policy
    from flows.propagation.files import Waiting
    from flows.registries.standing import RegistryAge
    from flows.runs.feeds import FeedAge
    from flows.workspace import Workspace

__all__ = ["Expiry", "LastRun", "QueueStands", "Status", "ToConfirm", "read_status"]

_HORIZON: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class LastRun:
    """The latest publication and its funnel (verdict to rows)."""

    run_id: str
    as_of: datetime
    queue_date: date
    revision: int
    funnel: dict[str, int]


@dataclass(frozen=True, slots=True)
class QueueStands:
    """The queue files: lines that may be worked with, people recalled since, until when."""

    lines: int
    recalled: int
    valid_until: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Expiry:
    """Something that runs out, or did; ``count`` where it is several."""

    on: date
    what: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A list that waits for ``intake confirm``; until then everybody it names is held.

    Where its file lies in quarantine no longer, ``in_quarantine`` is false and nothing is known of the counts.
    """

    sha256: str
    source: str | None
    people_known: int | None
    newly_opted_out: int | None
    in_quarantine: bool


@dataclass(frozen=True, slots=True)
class Status:
    """Everything ``tactful status`` shows."""

    workspace: str
    policy_revision: str
    last_run: LastRun | None
    queue: QueueStands | None
    feeds: tuple[FeedAge, ...]
    stops_since: int | None  # recorded since the last run; None: no run yet
    recipients: tuple[Waiting, ...]
    registries: tuple[RegistryAge, ...]
    registries_never_filed: tuple[str, ...]  # that a law on file asks for
    waiting: dict[str, int]
    quarantined: int
    to_confirm: tuple[ToConfirm, ...]
    without_outcome: int
    expiries: tuple[Expiry, ...]
    without_effect: tuple[str, ...]  # keys of tactful.toml that this version does nothing about

    def as_dict(self) -> dict[str, Any]:
        """The form shown with ``--json``."""
        return asdict(self)


def read_status(ws: Workspace) -> Status:
    """Look at a workspace; raises ``LedgerError``, ``HeldError`` and ``RuleFileError`` where it cannot be read."""
    policy = load_policy(ws)
    today = queue_day(now(ws.settings), ws.settings)
    with open_ledger(ws) as ledger:
        last_run = _last_run(ws, ledger)
        feeds = tuple(feed_ages(ws, ledger))
        stops_since = _stops_since(ledger)
        recipients = _recipients(ws, ledger)
        registries = tuple(registry_ages(ledger, policy.book, today))
        consents = list(_consents_running_out(ledger, today))
        without_outcome = ledger.open_commitments().height
        to_confirm = tuple(
            ToConfirm(file.sha256, file.source, file.people_known, file.newly_opted_out, file.path is not None)
            for file in waiting_files(ws, ledger)
        )
    return Status(
        workspace=ws.settings.workspace_id,
        policy_revision=policy.revision,
        last_run=last_run,
        queue=_queue(ws),
        feeds=feeds,
        stops_since=stops_since,
        recipients=recipients,
        registries=registries,
        registries_never_filed=tuple(never_filed(registries, policy.book, today)),
        waiting=_waiting(ws),
        quarantined=len(list(ws.quarantine.glob(f"*{WHY}"))),
        to_confirm=to_confirm,
        without_outcome=without_outcome,
        expiries=_in_order(
            [*_contracts_running_out(policy, today), *consents, *_registries_running_out(registries, today)]
        ),
        without_effect=without_effect(ws.settings),
    )


def _in_order(ends: list[Expiry]) -> tuple[Expiry, ...]:
    return tuple(sorted(ends, key=lambda end: (end.on, end.what)))


def _last_run(ws: Workspace, ledger: Ledger) -> LastRun | None:
    publications = ledger.publications()
    if publications.is_empty():
        return None
    last = publications.row(-1, named=True)
    report = ws.run_folder(last["run_id"]) / "report.json"
    steps = json.loads(report.read_bytes())["funnel"] if report.is_file() else []
    funnel = {step["verdict"]: step["rows"] for step in steps}
    return LastRun(last["run_id"], last["as_of"], last["queue_date"], last["revision"], funnel)


def _stops_since(ledger: Ledger) -> int | None:
    """How many stops were recorded since the last run."""
    publications = ledger.publications()
    if publications.is_empty():
        return None
    return ledger.stops().filter(pl.col("seq") > publications.get_column("events_seq")[-1]).height


def _recipients(ws: Workspace, ledger: Ledger) -> tuple[Waiting, ...]:
    """How every system stands that stops are carried to; nothing is looked up where there is none."""
    if not ws.settings.recipient:
        return ()
    from flows.propagation.files import ToCarry

    wanted = ToCarry(ws, ledger)
    return tuple(wanted.state(recipient) for recipient in ws.settings.recipient)


def _queue(ws: Workspace) -> QueueStands | None:
    state = load_state(ws)
    if state is None:
        return None
    queue = ws.run_folder(state.run_id) / "queue.parquet"
    people = pl.read_parquet(queue, columns=["person_id"]) if queue.is_file() else pl.DataFrame({"person_id": []})
    left = people.filter(~pl.col("person_id").is_in(list(state.recalled))).height
    return QueueStands(0 if state.expired else left, len(state.recalled), state.valid_until, not state.expired)


def _waiting(ws: Workspace) -> dict[str, int]:
    """Files in the inbox by kind; kinds nothing waits for are left out."""
    counts = {kind: len(dropped_files(ws, kind)) for kind in INBOXES if ws.inbox_of(kind).is_dir()}
    return {kind: count for kind, count in counts.items() if count}


def _contracts_running_out(policy: Policy, today: date) -> Iterator[Expiry]:
    for name, contract in sorted(policy.contracts.items()):
        if contract.expires_on is not None and contract.expires_on <= today + _HORIZON:
            yield Expiry(contract.expires_on, f"source contract {name}")


def _registries_running_out(registries: tuple[RegistryAge, ...], today: date) -> Iterator[Expiry]:
    """Registries by the first day on which they screen nobody any more; those of parts each by itself."""
    for age in registries:
        if age.stale_on is not None and age.state in ("fresh", "stale") and age.stale_on <= today + _HORIZON:
            yield Expiry(age.stale_on, f"registry {age.registry}, version of {age.version_date}")


def _consents_running_out(ledger: Ledger, today: date) -> Iterator[Expiry]:
    """Consents by the month they run out in, one line a month."""
    given = (
        ledger.consents()
        .filter(pl.col("state").is_in(GIVEN) & pl.col("expires_on").is_between(today, today + _HORIZON))
        .unique("seq")
        .group_by(pl.col("expires_on").dt.month_end())
        .agg(pl.len())
        .sort("expires_on")
    )
    for month_end, count in given.iter_rows():
        yield Expiry(month_end, "consents, by the end of the month", count)
