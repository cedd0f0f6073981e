"""Reading a queue to show or hand it out: the one in force, or the one of an earlier run.

Whoever must not be contacted any more is left out of both, however old the queue is: a list handed out twice must not
bring back somebody who said no in between.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from flows.clock import instant_text, now, valid_until
from flows.exports.handout import QueueFacts
from flows.ledger_access import open_ledger
from flows.queue.files import lines_of_day
from flows.queue.state import load_state
from flows.runs.published import read_published
from policies.errors import UsageError
from policies.schema import QUEUE, conform, empty

if TYPE_CHECKING:
    from flows.ledger import Ledger
    from flows.workspace import Workspace

__all__ = ["QueueRead", "read_queue", "record_export"]

_LINE = ["person_id", "channel"]


class QueueRead(NamedTuple):
    """Lines (``QUEUE``, by rank), what there is to say about them, and the identity they name people under.

    ``gone`` are lines that the day's queue handed out, in this revision or an earlier one, and holds no more; only of
    the queue in force is that told.
    """

    lines: pl.DataFrame
    facts: QueueFacts
    gone: pl.DataFrame
    generation: str | None


def read_queue(ws: Workspace, run_id: str | None, owner: str | None) -> QueueRead:
    """The lines of a queue that may still be shown; ``run_id`` none: the queue in force.

    Raises ``UsageError`` for a run or owner that is not there, ``HeldError`` while a restored ledger is not reconciled.
    """
    from flows.backup.behind import require_reconciled
    from flows.queue.suppression_now import refresh_queue

    with open_ledger(ws) as ledger:
        require_reconciled(ws, ledger)
        current = refresh_queue(ws, ledger)
        wanted = run_id or (current.run_id if current is not None else None)
        if wanted is None:
            facts = _facts(ws, "", date.min, owner, in_force=False)
            return QueueRead(empty(QUEUE), facts, empty(QUEUE), None)
        publication = _publication(ledger, wanted)
        lines = _without_stopped(ws, ledger, publication)
        in_force = current is not None and current.run_id == wanted and not current.expired
        handed_out = lines_of_day(ws, ledger.publications()) if in_force else []
    if run_id is None and not in_force:
        lines = lines.clear()
    name = None if owner is None else _owner_named(ws, lines, owner)
    shown = lines if name is None else lines.filter(pl.col("owner") == name)
    facts = _facts(ws, wanted, publication["queue_date"], name, in_force=in_force)
    return QueueRead(shown, facts, _gone(handed_out, shown, name), publication["identity_generation"])


def record_export(ws: Workspace, lines: pl.DataFrame, facts: QueueFacts, form: str) -> None:
    """Write down that these lines were handed out, before they are: so that a recall can name the export."""
    from flows.ledger.contacts import Contact
    from flows.ledger.touch_events import Export, export_event

    points = lines.select("channel", "contact_point").unique().sort("channel", "contact_point").rows()
    with open_ledger(ws) as ledger:
        contacts = [Contact("email" if channel == "email" else "phone", point) for channel, point in points]
        made = Export(
            form=form,
            lines=lines.height,
            run_id=facts.run_id,
            owner=facts.owner,
            person_ids=lines.get_column("person_id").to_list(),
            tokens=[token for contact in contacts for token in contact.tokens(ledger.keyring) if token.exact],
        )
        ledger.append([export_event(made, now(ws.settings))])


def _publication(ledger: Ledger, run_id: str) -> dict[str, Any]:
    published = ledger.publications().filter(pl.col("run_id") == run_id)
    if published.is_empty():
        raise UsageError("unknown_run", "No published run has this id.", "`tactful status` names the last one.")
    return published.row(0, named=True)


def _without_stopped(ws: Workspace, ledger: Ledger, run: dict[str, Any]) -> pl.DataFrame:
    """The queue of a run without the people whom something said by now stops on their channel."""
    from flows.queue.suppression_now import stopped_points
    from flows.store import load_generation

    lines = conform(read_published(ws, run["run_id"], "queue.parquet"), QUEUE).sort("rank")
    then = load_generation(ws, run["identity_generation"]).assignments.select("record_id", "person_id")
    stopped = stopped_points(ws, ledger).join(then, on="record_id", how="inner").select("person_id", "channel")
    state = load_state(ws)
    recalled = list(state.recalled) if state is not None and state.run_id == run["run_id"] else []
    left = lines.filter(~pl.col("person_id").is_in(recalled))
    return left.join(stopped, on=["person_id", "channel"], how="anti", maintain_order="left")


def _gone(handed_out: list[pl.DataFrame], left: pl.DataFrame, owner: str | None) -> pl.DataFrame:
    """The last line of everybody handed out (to ``owner``) who is not among those left."""
    lines = pl.concat([conform(lines, QUEUE) for lines in handed_out] or [empty(QUEUE)])
    theirs = lines if owner is None else lines.filter(pl.col("owner") == owner)
    last = theirs.unique(_LINE, keep="last", maintain_order=True)
    return last.join(left, on=_LINE, how="anti").sort(*_LINE)


def _owner_named(ws: Workspace, lines: pl.DataFrame, owner: str) -> str:
    """The rep of this name, whatever its case; raises ``UsageError`` where there is none."""
    known: list[str] = sorted({*(rep.name for rep in ws.settings.reps), *lines.get_column("owner").drop_nulls()})
    name = next((name for name in known if name.casefold() == owner.casefold()), None)
    if name is None:
        raise UsageError("unknown_rep", "No rep has this name.", f"Known are: {', '.join(known) or 'none'}.")
    return name


def _facts(ws: Workspace, run_id: str, day: date, owner: str | None, *, in_force: bool) -> QueueFacts:
    return QueueFacts(
        run_id=run_id,
        queue_date=day.isoformat(),
        valid_until=instant_text(valid_until(day, ws.settings)),
        organisation=ws.settings.organisation.name,
        owner=owner,
        in_force=in_force,
        timezone=ws.settings.organisation.timezone,
    )
