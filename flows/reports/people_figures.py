"""Count contacts made and people who wait, for the report of a run. No figure is about one rep (practice P12)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.reports.counting import counts_of
from flows.reports.people_model import Conversations, TalkLine, TalkPeriod, WaitLine, Waits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

__all__ = ["conversations_of", "waits_of"]

_TALK_DAYS: Final = 30  # so long is the period the report leads with, and the one it is compared with
_ENDING_DAYS: Final = 30  # permissions that run out so soon are counted apart
_NO_LONGER: Final = "on no list any more"
_UNSAID: Final = "not said"


def conversations_of(
    contacts: pl.DataFrame, today: date, *, unreported: int, order: Sequence[str]
) -> Conversations | None:
    """Conversations per contact made, of the last days, those before, and ever; None where nobody was contacted.

    ``contacts`` is ``CONTACTS_MADE`` of :mod:`policies.conversations`; ``order`` are the relationships, the warmest
    first; ``unreported`` is the number of queue lines whose outcome is overdue.
    """
    if contacts.is_empty():
        return None
    first: date = contacts.select(pl.col("on").min()).item() or today
    began = today - timedelta(days=_TALK_DAYS - 1)
    ever = _period(contacts, first, today, order)
    return Conversations(
        contacts=ever.contacts,
        conversations=ever.conversations,
        refusals=ever.refusals,
        outcomes=ever.outcomes,
        since=ever.since,
        days=_TALK_DAYS,
        recent=_period(contacts, began, today, order),
        before=_period(contacts, began - timedelta(days=_TALK_DAYS), began - timedelta(days=1), order),
        unreported=unreported,
    )


def _period(contacts: pl.DataFrame, since: date, until: date, order: Sequence[str]) -> TalkPeriod:
    made = contacts.filter(pl.col("on").is_between(since, until))
    known = made.with_columns(pl.col("relationship").fill_null(_NO_LONGER), pl.col("channel").fill_null(_UNSAID))
    return TalkPeriod(
        since=since.isoformat(),
        until=until.isoformat(),
        contacts=made.height,
        conversations=made.filter(came_to="conversation").height,
        refusals=made.filter(came_to="refusal").height,
        outcomes=counts_of(made, "outcome"),
        by_channel=_lines(known, "channel", ()),
        by_relationship=_lines(known, "relationship", order),
    )


def _lines(made: pl.DataFrame, column: str, order: Sequence[str]) -> tuple[TalkLine, ...]:
    """What came of the contacts by the values of a column, in ``order`` and then by name."""
    came_to = pl.col("came_to")
    found = (
        made.group_by(column)
        .agg(pl.len(), (came_to == "conversation").sum().alias("talks"), (came_to == "refusal").sum().alias("noes"))
        .sort(_place(column, order), column)
    )
    return tuple(TalkLine(*line) for line in found.iter_rows())


def waits_of(wanted: pl.DataFrame, today: date, order: Sequence[str]) -> Waits:
    """How many wait for a brief and how long; ``wanted`` is the frame of ``briefs_wanted``."""
    due, last_day = pl.col("answer_by"), today + timedelta(days=_ENDING_DAYS)
    by_relationship = (
        wanted.group_by("relationship", "tier")
        .agg(pl.len(), pl.col("waiting_days").median(), pl.col("waiting_days").max().alias("longest"))
        .sort(_place("relationship", order), "relationship", "tier")
    )
    return Waits(
        people=wanted.height,
        inquiries=wanted.filter(due.is_not_null()).height,
        inquiries_late=wanted.filter(due < today).height,
        ending=wanted.filter(pl.col("permission_ends_on") <= last_day).height,
        ending_days=_ENDING_DAYS,
        resting=wanted.filter(pl.col("contact_from").is_not_null()).height,
        unfinished=wanted.filter(pl.col("brief_state") != "none").height,
        median_days=_whole(wanted.get_column("waiting_days").cast(pl.Float64).median()),
        longest_days=_whole(wanted.get_column("waiting_days").cast(pl.Float64).max()),
        by_relationship=tuple(
            WaitLine(relationship, tier, people, _whole(median), _whole(longest))
            for relationship, tier, people, median, longest in by_relationship.iter_rows()
        ),
    )


def _place(column: str, order: Sequence[str]) -> pl.Expr:
    """The place of a value in ``order``; values it lacks come last."""
    return pl.col(column).replace_strict(
        list(order), list(range(len(order))), default=len(order), return_dtype=pl.Int64
    )


def _whole(days: object) -> int:
    return round(days) if isinstance(days, int | float) else 0
