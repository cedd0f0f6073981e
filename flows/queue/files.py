"""The queue in force: ``data/queue/today.csv``, one file a rep, ``recall.csv``.

They are derived, never edited: from the latest publication and what the ledger says since. Between publications people
only ever leave. Every file is replaced whole; an interrupted rewrite is completed by the next one. After
``valid_until`` all are emptied to their headers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from flows.clock import instant_text, valid_until
from flows.files import make_folder
from flows.locks import queue_lock
from flows.queue.state import QueueState, Recalled, is_due, load_state, save_state
from policies.errors import TactfulError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    import polars as pl

    from flows.workspace import Workspace

__all__ = [
    "NO_LONGER",
    "Publications",
    "QueueInForce",
    "Stopped",
    "expire_if_due",
    "is_current",
    "lines_of_day",
    "refresh",
]

NO_LONGER: Final = "no longer in the queue of the day"
_LINE: Final = ("person_id", "channel", "contact_point")
_TOLD: Final = ("person_id", "full_name", "company", "channel", "contact_point", "owner", "reason", "run_id")
_NO_EVENT: Final = -1  # before the first: such files are never taken for current


class Publications(Protocol):
    """What is needed of the ledger here."""

    def head(self) -> int:
        """Sequence number of the last event."""

    def publications(self) -> pl.DataFrame:
        """Every publication, in the order in which they were claimed."""

    def relevant_head(self) -> int:
        """Sequence number of the last event that somebody may be stopped by."""

    def last_heeded(self) -> int:
        """The last event that the latest queue written down heeds."""

    def append_run(self, kind: str, body: Mapping[str, Any]) -> int:
        """Write down that the files were written anew."""


class Stopped(Protocol):
    """Who must not be contacted any more, in words that name nobody."""

    def of_day(self, lines: pl.DataFrame) -> Mapping[str, str]:
        """Why people of the lines of one day leave its queue, by person id."""

    def earlier(self) -> pl.DataFrame:
        """Lines of earlier days that must be called back: ``QUEUE`` with ``run_id, reason``."""

    def exported(self, recall: pl.DataFrame) -> pl.DataFrame:
        """``RECALL`` with ``exports``, the files each line went to."""


@dataclass(frozen=True, slots=True)
class QueueInForce:
    """What stands in the queue files now."""

    run_id: str
    valid_until: str
    lines: int
    recalled: int
    expired: bool


def refresh(ws: Workspace, ledger: Publications, now: datetime, stopped: Stopped) -> QueueInForce | None:
    """Derive the queue files anew; gives what stands in them, or nothing where no run was published yet.

    ``stopped`` says who must not be contacted at the ledger's head. Adding an event never waits for a run: this takes
    the queue lock only. That the files heed an event is written into the chain of runs. Raises ``WorkspaceError`` and
    whatever ``stopped`` raises; files that do not heed every event are then emptied to their headers.
    """
    make_folder(ws.queue)
    with queue_lock(ws):
        head = ledger.head()  # read first: what comes later is left to the refresh that follows it
        latest = _latest(ledger)
        if latest is None:
            _expire(ws, now)
            if _of_no_publication(state := load_state(ws)) and state is not None:
                _empty(ws, state)
            return None
        run_id, day = latest
        until = valid_until(day, ws.settings)
        before = load_state(ws)
        state = _following(before, run_id, instant_text(until), head)
        try:
            done = _empty(ws, state) if now >= until else _derive(ws, state, now, stopped, ledger)
        except TactfulError:
            if not _shows(before, run_id, head):
                _empty(ws, replace(state, ledger_head=_NO_EVENT))  # somebody may have opted out; nobody can say who
            raise
        _write_down(ledger, head, done)
        return done


def _following(before: QueueState | None, run_id: str, until: str, head: int) -> QueueState:
    """What is known when the files are derived: whoever was recalled under the same publication stays recalled."""
    if before is None:
        return QueueState(run_id, until, head)
    since = {**before.called_back, **{person: entry.since for person, entry in before.recalled.items()}}
    recalled = before.recalled if before.run_id == run_id else {}
    return QueueState(run_id, until, head, recalled=recalled, called_back=since, files=before.files)


def _write_down(ledger: Publications, head: int, done: QueueInForce) -> None:
    """Record that the files heed everything up to ``head``, where something was said that none before them heeds."""
    said = min(ledger.relevant_head(), head)
    if said > ledger.last_heeded():
        body = {"heeded_seq": head, "run_id": done.run_id, "lines": done.lines, "recalled": done.recalled}
        ledger.append_run("queue_rewrite", body)


def is_current(ws: Workspace, ledger: Publications) -> bool:
    """Whether the files show the latest publication and every event; no publication yet counts as current."""
    latest, state = _latest(ledger), load_state(ws)
    if latest is None or state is None:
        return latest is None and not _of_no_publication(state)
    return _shows(state, latest[0], ledger.head())


def _of_no_publication(state: QueueState | None) -> bool:
    """Whether queue files stand there though the ledger knows of none: an older ledger took the place of theirs."""
    return state is not None and bool(state.run_id) and not state.expired


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


def _derive(ws: Workspace, state: QueueState, now: datetime, stopped: Stopped, ledger: Publications) -> QueueInForce:
    """Write the queue files from the lines of every revision of the day, the last one in force."""
    import polars as pl

    from flows.queue.tables import RECALL_FILE, read_recall, recall_rows, tables

    lines = lines_of_day(ws, ledger.publications())
    queue, since = lines[-1], instant_text(now)
    reasons = stopped.of_day(pl.concat(lines))
    recalled = _recalled(queue, state.recalled, reasons, since)
    kept = queue.filter(~pl.col("person_id").is_in(list(recalled)))
    gone = _gone_since(lines[:-1], queue, reasons)
    back = _called_back(gone, stopped.earlier(), state.called_back, since)
    parts = [recall_rows(queue, recalled, state.run_id), read_recall(ws.run_folder(state.run_id) / RECALL_FILE), back]
    recall = stopped.exported(pl.concat(parts).unique(_LINE, keep="first", maintain_order=True))
    contents = tables(kept, recall, _owners(ws, queue), state.valid_until)
    called_back = dict(back.select("person_id", "since").unique("person_id").sort("person_id").iter_rows())
    _write(ws, replace(state, recalled=recalled, called_back=called_back), contents)
    return QueueInForce(state.run_id, state.valid_until, kept.height, recall.height, expired=False)


def _gone_since(earlier: Sequence[pl.DataFrame], queue: pl.DataFrame, reasons: Mapping[str, str]) -> pl.DataFrame:
    """Lines that earlier revisions of the day handed out and this one does not hold any more, with ``reason``."""
    import polars as pl

    lines = pl.concat([*earlier, queue.clear()])
    gone = lines.join(queue, on=["person_id", "channel"], how="anti").join(
        queue, on=["channel", "contact_point"], how="anti"
    )
    why = pl.col("person_id").replace_strict(dict(reasons), default=NO_LONGER, return_dtype=pl.String)
    return gone.with_columns(why.alias("reason"))


def _called_back(gone: pl.DataFrame, earlier: pl.DataFrame, first: Mapping[str, str], since: str) -> pl.DataFrame:
    """Lines handed out before this queue that are to be called back, as ``RECALL``; ``first``: since when by person."""
    import polars as pl

    from policies.schema import RECALL, conform

    lines = pl.concat([gone.select(_TOLD), earlier.select(_TOLD)])
    stated = pl.col("person_id").replace_strict(dict(first), default=since, return_dtype=pl.String)
    return conform(lines.with_columns(stated.alias("since")), RECALL)


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
