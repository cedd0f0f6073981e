"""After an older ledger was put in place: bring back what is on disk, then let somebody answer for the rest.

What the journal of stops, the archive and the runs on disk hold is recorded again, as often as this is called. Runs go
on once a person has been told what could not be brought back and has said why that is to be.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from flows.backup.behind import RECONCILED, RESTORED, look_behind
from flows.backup.readmitting import readmit_runs
from flows.backup.reappending import Reappended, reappend
from flows.backup.rereading import Reread, reread_archive
from flows.clock import machine_now, now
from flows.files import fsync
from flows.filing.erasing import nothing_comes_back, take_away
from flows.ledger.appending import append_events
from flows.ledger.events import plain
from flows.ledger.journal import Journal
from flows.ledger.model import NewEvent
from flows.ledger.tables import events
from flows.ledger_access import keyring_of, open_ledger
from flows.locks import workspace_lock
from flows.queue.suppression_now import refresh_queue
from policies.errors import RuleFileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flows.ledger import Key, Ledger
    from flows.workspace import Workspace

__all__ = ["Recovered", "reconcile", "recover"]


@dataclass
class Recovered:
    """What was brought back, in numbers.

    ``carried`` are stops from the journal by kind, ``reread`` what the archive gave, ``runs`` the publications known
    again with ``commitments`` lines, ``left`` those that are not whole. ``known_until``: when the last event of the
    restored ledger was recorded. ``reconciled`` says that runs go on.
    """

    carried: dict[str, int] = field(default_factory=dict)
    journal: bool = False
    journal_unreadable: int = 0
    reread: Reread = field(default_factory=Reread)
    runs: tuple[str, ...] = ()
    commitments: int = 0
    left: tuple[str, ...] = ()
    known_until: str | None = None
    reconciled: bool = False


def recover(ws: Workspace, *, step: Callable[[str], None]) -> Recovered:
    """Record again what lies on disk and the ledger lost; whoever stood in a queue since stays out of contact.

    Of erased people nothing comes back with it.
    """
    with open_ledger(ws) as ledger, workspace_lock(ws, on_wait=lambda: step("waiting for another command")):
        done = _recovered(ws, ledger, step)
        refresh_queue(ws, ledger)
    return done


def reconcile(ws: Workspace, by: str | None, reason: str | None, *, step: Callable[[str], None]) -> Recovered:
    """As :func:`recover`, and write down who lets runs go on, and why.

    Raises ``UsageError`` (``reason_missing``) without a name or a reason. Where nothing is missing, nothing is done.
    """
    if not (by and by.strip() and reason and reason.strip()):
        raise UsageError(
            "reason_missing",
            "Somebody has to answer for letting runs go on with a ledger that was brought back.",
            'Say who and why: --by "Ada Okafor" --reason "disk failed; opt-outs of that day entered again".',
        )
    with open_ledger(ws) as ledger, workspace_lock(ws, on_wait=lambda: step("waiting for another command")):
        if not ledger.ask(lambda connection: look_behind(ws, connection)):
            return Recovered()
        done = _recovered(ws, ledger, step)
        _settle(ws, ledger, done, by, reason)
        refresh_queue(ws, ledger)
    return done


def _recovered(ws: Workspace, ledger: Ledger, step: Callable[[str], None]) -> Recovered:
    step("reading the journal of stops")
    known_until = ledger.ask(_known_until)
    lines, unreadable = Journal(ws.journal_file).lines()
    proven = [line for line in lines if line.holds()]

    def carry(connection: sa.Connection, key: Key, at: datetime) -> Reappended:
        done = reappend(connection, proven, keyring_of(ws), at)
        if not look_behind(ws, connection).restored:  # an older file was put back by hand
            body = {"events": head, "known_until": known_until}
            append_events(connection, [NewEvent(kind=RESTORED, effective_at=at, body=body)], key, at)
        return done

    head = ledger.head()
    with nothing_comes_back(ws):
        carried = ledger.enter(carry)
        ledger.head()  # a key that came with them joins the ring
        _begin_journal_anew(ws, ledger)
        step("reading the archive again")
        reread = reread_archive(ws, ledger)
        step("looking for published runs")
        runs = readmit_runs(ws, ledger, _legal_forms(ws))
        take_away(ws, ledger)
    return Recovered(
        carried=dict(sorted(carried.kinds.items())),
        journal=bool(lines),
        journal_unreadable=unreadable + len(lines) - len(proven),
        reread=reread,
        runs=runs.runs,
        commitments=runs.commitments,
        left=runs.left,
        known_until=known_until,
    )


def _settle(ws: Workspace, ledger: Ledger, done: Recovered, by: str, reason: str) -> None:
    """Write down who lets runs go on."""
    body = {
        "carried": sum(done.carried.values()),
        "reread": sum(done.reread.events.values()),
        "runs": list(done.runs),
        "left": list(done.left),
        "known_until": done.known_until,
    }
    event = NewEvent(
        kind=RECONCILED, effective_at=now(ws.settings), body=body, erasable=plain(by=by.strip(), words=reason.strip())
    )
    ledger.append([event])
    done.reconciled = True


def _begin_journal_anew(ws: Workspace, ledger: Ledger) -> None:
    """What the journal held stands in the ledger again, under other numbers: the old one is put beside a new one."""
    journal = ws.journal_file
    if not ledger.ask(lambda connection: Journal(journal).follows(connection)):
        journal.rename(journal.with_name(f"stops-{machine_now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}.jsonl"))
        fsync(journal.parent)
    ledger.attach(lambda: keyring_of(ws), Journal(journal))


def _known_until(connection: sa.Connection) -> str | None:
    """When the last event was recorded that the restored ledger held of its own."""
    marked = sa.select(events.c.body).where(events.c.kind == RESTORED).order_by(events.c.seq.desc()).limit(1)
    if (body := connection.scalar(marked)) is not None:
        return str(json.loads(body)["known_until"])
    last: str | None = connection.scalar(sa.select(events.c.recorded_at).order_by(events.c.seq.desc()).limit(1))
    return last


def _legal_forms(ws: Workspace) -> dict[str, object]:
    """The legal forms of the rule data, which keys of companies are made with."""
    from flows.policy_files import load_policy

    try:
        return dict(load_policy(ws).book.settings["legal_forms"])
    except RuleFileError:
        return {}
