"""The queue in force: ``data/queue/today.csv``, one file a rep, ``recall.csv``.

They are derived, never edited: from the latest publication and what the ledger says since. Between publications people
only ever leave. Every file is replaced whole; an interrupted rewrite is completed by the next one. After
``valid_until`` all are emptied to their headers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from flows.clock import instant_text, valid_until
from flows.files import make_folder
from flows.locks import queue_lock
from flows.queue.state import QueueState, Recalled, is_due, load_state, save_state
from policies.errors import TactfulError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    import polars as pl

    from flows.workspace import Workspace

__all__ = [
    "NO_LONGER",
    "Publications",
    "QueueInForce",
    "Suppressed",
    "expire_if_due",
    "is_current",
    "lines_of_day",
    "refresh",
]

NO_LONGER: Final = "no longer in the queue of the day"
_NO_EVENT: Final = -1  # before the first: such files are never taken for current

Suppressed: TypeAlias = "Callable[[Sequence[str]], Mapping[str, str]]"


class Publications(Protocol):
    """What is needed of the ledger here."""

    def head(self) -> int:
        """Sequence number of the last event."""

    def publications(self) -> pl.DataFrame:
        """Every publication, in the order in which they were claimed."""


@dataclass(frozen=True, slots=True)
class QueueInForce:
    """What stands in the queue files now."""

    run_id: str
    valid_until: str
    lines: int
    recalled: int
    expired: bool


def refresh(ws: Workspace, ledger: Publications, now: datetime, suppressed: Suppressed) -> QueueInForce | None:
    """Derive the queue files anew; gives what stands in them, or nothing where no run was published yet.

    ``suppressed`` takes person ids and gives a reason for each who must not be contacted at the ledger's head, in words
    that name nobody. Adding an event never waits for a run: this takes the queue lock only. Raises ``WorkspaceError``
    and whatever ``suppressed`` raises; files that do not heed every event are then emptied to their headers.
    """
    make_folder(ws.queue)
    with queue_lock(ws):
        head = ledger.head()  # read first: what comes later is left to the refresh that follows it
        latest = _latest(ledger)
        if latest is None:
            _expire(ws, now)
            return None
        run_id, day = latest
        until = valid_until(day, ws.settings)
        before = load_state(ws)
        carried = before.recalled if before is not None and before.run_id == run_id else {}
        state = QueueState(run_id, instant_text(until), head, recalled=carried, files=before.files if before else {})
        if now >= until:
            return _empty(ws, state)
        try:
            return _derive(ws, state, now, suppressed, lines_of_day(ws, ledger.publications()))
        except TactfulError:
            if not _shows(before, run_id, head):
                _empty(ws, replace(state, ledger_head=_NO_EVENT))  # somebody may have opted out; nobody can say who
            raise


def is_current(ws: Workspace, ledger: Publications) -> bool:
    """Whether the files show the latest publication and every event; no publication yet counts as current."""
    latest, state = _latest(ledger), load_state(ws)
    if latest is None or state is None:
        return latest is None
    return _shows(state, latest[0], ledger.head())


def expire_if_due(ws: Workspace, now: datetime) -> bool:
    """Empty the queue files to their headers when their day is over; says whether that was done now.

    Cheap: every command calls it first. Queue files without a readable state are emptied as well: nobody can say for
    which day they were.
    """
    if not is_due(ws, load_state(ws), now):
        return False
    with queue_lock(ws):
        return _expire(ws, now)


def _shows(state: QueueState | None, run_id: str, head: int) -> bool:
    """Whether the files show this publication and every event up to ``head``, or nobody at all."""
    return state is not None and state.complete and (state.run_id, state.ledger_head) == (run_id, head)


def lines_of_day(ws: Workspace, published: pl.DataFrame) -> list[pl.DataFrame]:
    """The ``QUEUE`` of every revision of the latest day with its ``run_id``, in the order they were published."""
    import polars as pl

    from flows.runs.published import read_published

    of_day = published.filter(pl.col("queue_date") == published.get_column("queue_date").last())
    return [
        read_published(ws, run_id, "queue.parquet").with_columns(pl.lit(run_id).alias("run_id"))
        for run_id in of_day.get_column("run_id")
    ]


def _latest(ledger: Publications) -> tuple[str, date] | None:
    """Run id and queue day of the latest publication."""
    rows = ledger.publications().select("run_id", "queue_date").tail(1).rows()
    return rows[0] if rows else None


def _derive(
    ws: Workspace, state: QueueState, now: datetime, suppressed: Suppressed, lines: Sequence[pl.DataFrame]
) -> QueueInForce:
    """Write the queue files; ``lines`` are those of every revision of the day, the last one in force."""
    import polars as pl

    from flows.queue.tables import RECALL_FILE, read_recall, recall_rows, tables

    queue, since = lines[-1], instant_text(now)
    reasons = suppressed(pl.concat(lines).get_column("person_id").unique().sort().to_list())
    recalled = _recalled(queue, state.recalled, reasons, since)
    kept = queue.filter(~pl.col("person_id").is_in(list(recalled)))
    parts = [
        recall_rows(queue, recalled, state.run_id),
        read_recall(ws.run_folder(state.run_id) / RECALL_FILE),
        _left_since(lines[:-1], queue, reasons, since),
    ]
    line = ["person_id", "channel", "contact_point"]
    recall = pl.concat(parts).unique(line, keep="first", maintain_order=True)
    contents = tables(kept, recall, _owners(ws, queue), state.valid_until)
    _write(ws, replace(state, recalled=recalled), contents)
    return QueueInForce(state.run_id, state.valid_until, kept.height, recall.height, expired=False)


def _left_since(
    earlier: Sequence[pl.DataFrame], queue: pl.DataFrame, reasons: Mapping[str, str], since: str
) -> pl.DataFrame:
    """Lines that earlier revisions of the day handed out and this one does not hold any more, as ``RECALL``."""
    import polars as pl

    from policies.schema import RECALL, conform, empty

    if not earlier:
        return empty(RECALL)
    gone = (
        pl.concat(earlier)
        .join(queue, on=["person_id", "channel"], how="anti")
        .join(queue, on=["channel", "contact_point"], how="anti")
    )
    why = pl.col("person_id").replace_strict(dict(reasons), default=NO_LONGER, return_dtype=pl.String)
    return conform(gone.with_columns(why.alias("reason"), pl.lit(since).alias("since")), RECALL)


def _recalled(
    queue: pl.DataFrame, carried: Mapping[str, Recalled], reasons: Mapping[str, str], since: str
) -> dict[str, Recalled]:
    """Everybody of this queue who was recalled before, still with the first reason, and who is suppressed now."""
    people = queue.get_column("person_id").unique().sort().to_list()
    now = {person: Recalled(reasons[person], since) for person in people if person in reasons}
    return now | {person: entry for person, entry in carried.items() if person in set(people)}


def _owners(ws: Workspace, queue: pl.DataFrame) -> frozenset[str]:
    """Whoever gets a file: the reps of the settings and every owner of a line, recalled ones included."""
    return frozenset(rep.name for rep in ws.settings.reps) | frozenset(queue.get_column("owner").drop_nulls())


def _expire(ws: Workspace, now: datetime) -> bool:
    """Empty what has run out; called with the queue lock held, so it looks again."""
    state = load_state(ws)
    if not is_due(ws, state, now):
        return False
    _empty(ws, state or QueueState("", instant_text(now), 0))
    return True


def _empty(ws: Workspace, state: QueueState) -> QueueInForce:
    _write(ws, replace(state, expired=True), {})
    return QueueInForce(state.run_id, state.valid_until, 0, 0, expired=True)


def _write(ws: Workspace, state: QueueState, contents: Mapping[str, bytes]) -> None:
    """Replace the files by ``contents``; all others of ours are left with their header alone."""
    from flows.queue.tables import TODAY_FILE, tables
    from flows.queue.writing import our_files, replace_files
    from policies.schema import QUEUE, RECALL, empty

    reps = frozenset(rep.name for rep in ws.settings.reps)
    blank = tables(empty(QUEUE), empty(RECALL), reps, state.valid_until)
    others = dict.fromkeys(our_files(ws, state.files, blank[TODAY_FILE]), blank[TODAY_FILE])
    save_state(ws, replace(state, complete=False))
    hashes = replace_files(ws, {**others, **blank, **contents}, state.files)
    save_state(ws, replace(state, complete=True, files=hashes))
