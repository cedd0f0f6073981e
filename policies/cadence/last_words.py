"""What the last contacts with a person ask of the next one: a rest, a day they named, a note of what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from policies.cadence.contacts_made import local_date

if TYPE_CHECKING:
    from policies.cadence.settings import CadenceSettings

__all__ = ["excused", "last_words", "pauses", "talks"]

_PROMISE = "call_back"


def pauses(touches: pl.DataFrame, rules: CadenceSettings, zone: str) -> pl.DataFrame:
    """``person_id, cooling_off_until``: the longest pause of the last answer and of what was tried since.

    ``touches`` comes from :func:`policies.cadence.contacts_made.ordered_touches`. A day named with the outcome takes
    the place of its pause: the day to call back on has a rule of its own, and who is away rests until they are back.
    """
    days = pl.col("outcome").replace_strict(rules.cooling_off_days, default=0, return_dtype=pl.Int64)
    until = local_date("at", zone) + pl.duration(days=pl.when(days > 0).then(days))
    named = pl.col("callback_on")
    is_promise = (pl.col("outcome") == _PROMISE) & named.is_not_null()
    is_away = pl.col("outcome").is_in(sorted(rules.away)) & named.is_not_null()
    return (
        touches.filter("since_answer")
        .with_columns(pl.when(is_promise).then(None).when(is_away).then(named).otherwise(until).alias("until"))
        .drop_nulls("until")
        .group_by("person_id")
        .agg(pl.col("until").max().alias("cooling_off_until"))
    )


def last_words(touches: pl.DataFrame, zone: str) -> pl.DataFrame:
    """``person_id, last_outcome, last_touch_on, last_rep, callback_on, callback_promised, callback_rep``.

    ``callback_on`` is the day the person named with their last answer, past or not. It stays promised until somebody
    tries on that day or later, whatever came of it. A touch about somebody else they share a contact with says nothing;
    one that does not tell about whom it is was a try, and nobody's word.
    """
    is_answer, on = pl.col("is_answer"), local_date("at", zone)
    named = pl.when(pl.col("outcome").filter(is_answer).last() == _PROMISE).then(
        pl.col("callback_on").filter(is_answer).last()
    )
    tried_on = on.filter(pl.col("since_answer") & ~is_answer).max()
    theirs = touches.filter(pl.col("about") == pl.col("person_id"))
    return theirs.group_by("person_id", maintain_order=True).agg(
        pl.col("outcome").last().alias("last_outcome"),
        on.max().alias("last_touch_on"),
        pl.col("rep").filter("own").last().alias("last_rep"),
        named.alias("callback_on"),
        (named.is_not_null() & (tried_on >= named).fill_null(value=False).not_()).alias("callback_promised"),
        pl.when(named.is_not_null()).then(pl.col("rep").filter(is_answer).last()).alias("callback_rep"),
    )


def excused(contacts: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """``contacts`` with ``excused``: made before a promise, or too early for it; nobody has tried on its day yet.

    ``contacts`` has ``person_id``, ``words`` comes from :func:`last_words`.
    """
    promised = words.filter("callback_promised").get_column("person_id")
    return contacts.with_columns(pl.col("person_id").is_in(promised.implode()).alias("excused"))


def talks(touches: pl.DataFrame, rules: CadenceSettings, zone: str) -> pl.DataFrame:
    """``person_id, answered_on, note_missing``: the day of the last conversation, and whether it has no note.

    A note of the same day or later makes it good, under whatever outcome it was filed: reps who add it afterwards often
    give the day alone. A talk with somebody they share a contact with is none of theirs, nor is its note.
    """
    on = local_date("at", zone)
    is_conversation = pl.col("outcome").is_in(sorted(rules.conversations))
    noted = pl.col("has_note").fill_null(value=False)
    last = on.filter(is_conversation).max()
    return (
        touches.filter("own")
        .group_by("person_id")
        .agg(
            last.alias("answered_on"),
            (last > on.filter(noted).max().fill_null(pl.date(1, 1, 1))).fill_null(value=False).alias("note_missing"),
        )
    )
