"""What counts as a contact: touches made, and queue lines handed out that nobody reported on yet.

Every touch counts once (its ``seq`` is the unit), however many records, lists or contact points it reaches the person
by. A queue line of an earlier day is a commitment: it counts as a contact, and blocks its person, until somebody says
what came of it, takes it back, or it expires.

Under a contact point that several people use an event is found for each of them. What holds back (contacts made,
pauses, open lines) then counts for all; what sets free (an answer, a day named, the outcome of a line) for whom it is
about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl

from policies.schema import UTC_INSTANT, conform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from policies.cadence.settings import CadenceSettings

__all__ = [
    "CONTACTS",
    "OPEN_COMMITMENTS",
    "contacts_of",
    "local_date",
    "local_day",
    "open_lines",
    "ordered_touches",
]

_OPEN_COMMITMENTS: Final[Mapping[str, pl.DataType | type[pl.DataType]]] = {
    "seq": pl.Int64,
    "person_id": pl.String,
    "owner": pl.String,
    "channel": pl.String,
    "company_token": pl.String,
    "run_id": pl.String,
    "queue_date": pl.Date,
    "committed_at": UTC_INSTANT,
    "expires_on": pl.Date,  # the first day on which it blocks no longer
    "overdue": pl.Boolean,  # the working days for reporting an outcome are over
}
OPEN_COMMITMENTS: Final = pl.Schema(_OPEN_COMMITMENTS)

# One row per contact and person.
_CONTACTS: Final[Mapping[str, pl.DataType | type[pl.DataType]]] = {
    "person_id": pl.String,
    "unit": pl.String,
    "at": UTC_INSTANT,
    "unanswered": pl.Boolean,
}
CONTACTS: Final = pl.Schema(_CONTACTS)


def local_day(as_of: datetime, zone: str) -> date:
    """The calendar day of an instant in the organisation's zone."""
    return as_of.astimezone(ZoneInfo(zone)).date()


def local_date(instant: str, zone: str) -> pl.Expr:
    """The calendar day of a column of instants in the organisation's zone."""
    return pl.col(instant).dt.convert_time_zone(zone).dt.date()


def ordered_touches(touches: pl.DataFrame, answers: Sequence[str] | frozenset[str]) -> pl.DataFrame:
    """Touches whose person is known, each once per person, in order, with ``is_answer`` and ``since_answer``.

    ``is_answer``: the person's own word; ``answered``: somebody's, be it theirs or not. ``since_answer`` is true from
    the person's last answer on, that answer included; without any answer always.
    """
    answered = pl.col("outcome").is_in(sorted(answers)).fill_null(value=False)
    return (
        _with_whose(touches)
        .filter(pl.col("person_id").is_not_null())
        .unique(["person_id", "seq"])
        .sort("person_id", "at", "seq")
        .with_columns(
            answered.alias("answered"),
            (answered & pl.col("own")).alias("is_answer"),
            pl.int_range(pl.len()).over("person_id").alias("position"),
        )
        .with_columns(pl.col("position").filter(pl.col("is_answer")).max().over("person_id").alias("last_answer"))
        .with_columns((pl.col("position") >= pl.col("last_answer").fill_null(0)).alias("since_answer"))
        .drop("position", "last_answer")
    )


def _with_whose(events: pl.DataFrame) -> pl.DataFrame:
    """Touches or commitments with ``about`` and ``own`` (:func:`policies.fact_table.people.of_people`).

    Where these columns are missing, everything is about the person it stands under.
    """
    said = {"about": pl.col("person_id"), "own": pl.lit(value=True)}
    return events.with_columns(value.alias(name) for name, value in said.items() if name not in events.columns)


def open_lines(
    commitments: pl.DataFrame, touches: pl.DataFrame, settings: CadenceSettings, today: date, zone: str
) -> pl.DataFrame:
    """Commitments of other days without outcome, under ``OPEN_COMMITMENTS``; one per person and queue day.

    An outcome is any touch about the person the line is about, dated on the queue day or later: reps often write down
    the day alone. ``touches`` comes from :func:`ordered_touches`.
    """
    last_touch = touches.group_by("about").agg(local_date("at", zone).max().alias("touched_on"))
    is_answered = (pl.col("touched_on") >= pl.col("queue_date")).fill_null(value=False)
    found = (
        _with_whose(commitments)
        .filter(~pl.col("released").fill_null(value=False), pl.col("queue_date") != today)
        .join(last_touch, on="about", how="left", validate="m:1")
        .with_columns(
            pl.col("queue_date").dt.offset_by(f"{settings.commitment_expiry_days}d").alias("expires_on"),
            pl.col("run_as_of").min().over("person_id", "queue_date").alias("committed_at"),
            (_working_days_until(today) >= settings.touch_due_working_days).alias("overdue"),
        )
        .filter(~is_answered, pl.col("expires_on") > today)
        .sort("person_id", "queue_date", "revision", "seq")
        .unique(["person_id", "queue_date"], keep="last", maintain_order=True)
    )
    return conform(found.sort("queue_date", "owner", "person_id"), OPEN_COMMITMENTS)


def contacts_of(touches: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Every contact of every person, under ``CONTACTS``.

    ``touches`` comes from :func:`ordered_touches`, ``lines`` from :func:`open_lines`. ``unanswered`` marks what counts
    against the contacts without an answer: touches after the person's last one that nobody answered, and lines nobody
    reported on.
    """
    made = touches.select(
        "person_id",
        pl.concat_str(pl.lit("touch:"), "seq").alias("unit"),
        "at",
        (pl.col("since_answer") & ~pl.col("answered")).alias("unanswered"),
    )
    promised = lines.select(
        "person_id",
        pl.concat_str(pl.lit("line:"), "person_id", pl.lit(":"), "queue_date").alias("unit"),
        pl.col("committed_at").alias("at"),
        pl.lit(value=True).alias("unanswered"),
    )
    return conform(pl.concat([made, promised]).sort("person_id", "at", "unit"), CONTACTS)


def _working_days_until(today: date) -> pl.Expr:
    """Working days from the queue day to today, both by Monday to Friday."""
    return pl.business_day_count("queue_date", pl.lit(today)).abs()
