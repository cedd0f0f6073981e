"""Who was handed out, where to, and whether anybody may still work with it: what a recall has to name.

A queue line leaves a trace wherever it goes: a commitment for its rep's file, an export for every other file of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.runs.published import read_published
from policies.errors import TactfulError
from policies.schema import QUEUE

if TYPE_CHECKING:
    from datetime import date, datetime

    from flows.ledger import Ledger
    from flows.workspace import Workspace

__all__ = ["LINES", "TRACES", "earlier_lines", "live_lines", "rep_file", "traces", "with_exports"]

# Lines of earlier days' queues, under the ids they had then.
LINES: Final = pl.Schema({**QUEUE, "run_id": pl.String(), "queue_date": pl.Date()})
# One row for each time somebody was handed out; ``channel`` is null where a file held all their lines.
TRACES: Final = pl.Schema({"person_id": pl.String(), "channel": pl.String(), "at": pl.String(), "where": pl.String()})


def rep_file(owner: pl.Expr, day: pl.Expr) -> pl.Expr:
    """How a recall names the file a line stood in: that of its rep, or today.csv where it has none."""
    file = pl.coalesce(pl.concat_str(pl.lit("rep file "), owner), pl.lit("today.csv"))
    return pl.concat_str(file, pl.lit(" "), day.cast(pl.String))


def traces(ledger: Ledger) -> pl.DataFrame:
    """Every file that anybody stood in, as ``TRACES``; ids as they were then."""
    handed = ledger.commitments().unique("seq").sort("seq")
    files = handed.select(
        "person_id",
        "channel",
        pl.col("queue_date").cast(pl.String).alias("at"),
        rep_file(pl.col("owner"), pl.col("queue_date")).alias("where"),
    )
    stamp = pl.col("recorded_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    named = pl.concat_str("format", pl.lit(" "), stamp)
    made = ledger.exports().drop_nulls("run_id").explode("person_ids").drop_nulls("person_ids")
    exports = made.select(
        pl.col("person_ids").alias("person_id"),
        pl.lit(None, dtype=pl.String).alias("channel"),
        stamp.alias("at"),
        named.alias("where"),
    )
    return pl.concat([files, exports]).select(list(TRACES))


def with_exports(recall: pl.DataFrame, found: pl.DataFrame, resolve: pl.Expr) -> pl.DataFrame:
    """``RECALL`` with ``exports``: every file each line went to, the earliest first.

    ``found`` is ``TRACES``; ``resolve`` gives the id in force of a ``person_id`` of any age.
    """
    where = found.with_columns(resolve.alias("now")).select("now", pl.col("channel").alias("of"), "at", "where")
    keys = ["person_id", "channel", "contact_point"]
    lines = recall.select(keys).unique().with_columns(resolve.alias("now"))
    named = (
        lines.join(where, on="now", how="inner")
        .filter(pl.col("of").is_null() | (pl.col("of") == pl.col("channel")))
        .unique([*keys, "where"])
        .sort("at", "where")
        .group_by(keys, maintain_order=True)
        .agg(pl.col("where").str.join("; ").alias("exports"))
    )
    return recall.drop("exports", strict=False).join(named, on=keys, how="left", maintain_order="left")


def live_lines(ws: Workspace, ledger: Ledger, published: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """``run_id, person_id`` of earlier days' lines that may still be worked with somewhere; ids as they were then.

    A line counts while its rep has not said what came of it, and where it was exported; either for as many days as the
    settings say.
    """
    today: date = published.get_column("queue_date")[-1]
    term = timedelta(days=ws.settings.recall_days)
    open_lines = ledger.open_commitments().filter(pl.col("queue_date").is_between(today - term, today, closed="left"))
    made = ledger.exports().filter(pl.col("recorded_at") >= pl.lit(now - term)).drop_nulls("run_id")
    exported = made.explode("person_ids").select("run_id", pl.col("person_ids").alias("person_id")).drop_nulls()
    of_day = published.filter(pl.col("queue_date") == today).get_column("run_id").implode()
    known = published.get_column("run_id").implode()
    both = pl.concat([open_lines.select("run_id", "person_id"), exported]).unique()
    return both.filter(pl.col("run_id").is_in(known) & ~pl.col("run_id").is_in(of_day)).sort("run_id", "person_id")


def earlier_lines(ws: Workspace, published: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """The lines of earlier days' queues that ``wanted`` names (``run_id, person_id``), as ``LINES``.

    A run whose folder cannot be read any more names nobody.
    """
    days = dict(published.select("run_id", "queue_date").iter_rows())
    runs = wanted.get_column("run_id").unique().sort()
    return pl.concat([pl.DataFrame(schema=LINES), *(_lines_of(ws, run_id, days[run_id], wanted) for run_id in runs)])


def _lines_of(ws: Workspace, run_id: str, day: date, people: pl.DataFrame) -> pl.DataFrame:
    """The lines of one run whose people are among ``people`` (``run_id, person_id``)."""
    wanted = people.filter(pl.col("run_id") == run_id).get_column("person_id").implode()
    try:
        queue = read_published(ws, run_id, "queue.parquet")
    except TactfulError:
        return pl.DataFrame(schema=LINES)  # `audit verify` names it; today's queue must not hang on it
    dated = queue.with_columns(pl.lit(run_id).alias("run_id"), pl.lit(day).alias("queue_date"))
    return dated.filter(pl.col("person_id").is_in(wanted)).select(pl.col(name).cast(LINES[name]) for name in LINES)
