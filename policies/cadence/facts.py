"""How often and when a person may be contacted again, from the contacts made and promised so far.

A touch under any of a person's records counts for the person, over all channels; a company's contacts count across its
people. Pauses follow the person's own last word and whatever was tried since. What others who share a contact with them
said may hold them back, and never sets them free. All facts are for one ``as_of``; days are days of the organisation's
zone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.cadence.caps import free_on, limits_of, tightest
from policies.cadence.contacts_made import contacts_of, local_day, open_lines, ordered_touches
from policies.cadence.last_words import excused, last_words, pauses, talks
from policies.cadence.settings import read_cadence
from policies.schema import conform

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from policies.cadence.caps import CappedCountry
    from policies.cadence.settings import CadenceSettings

__all__ = [
    "TOUCH_FACTS",
    "blocked_owners",
    "open_commitments",
    "outdated_contacts",
    "touch_facts",
]

TOUCH_FACTS: Final = pl.Schema(
    {
        "person_id": pl.String,
        "attempts_in_window": pl.Int64,  # under the limit with least left: ours or a country's
        "attempt_cap": pl.Int64,  # of that limit
        "attempts_free_on": pl.Date,  # when every limit has room again; null: has now, or never
        "attempts_ever": pl.Int64,  # contacts since the last answer
        "total_cap": pl.Int64,
        "open_commitment": pl.Boolean,
        "commitment_expires_on": pl.Date,
        "cooling_off": pl.Boolean,
        "cooling_off_until": pl.Date,  # first day without pause; null: no pause
        "callback_pending": pl.Boolean,
        "callback_on": pl.Date,  # the day the person named, past or not; null once they answered again
        "callback_promised": pl.Boolean,  # nobody has tried on that day or later yet
        "callback_rep": pl.String,  # to whom they named it
        "note_missing": pl.Boolean,
        "last_outcome": pl.String,
        "last_touch_on": pl.Date,
        "last_rep": pl.String,
        "answered_on": pl.Date,  # the day of the last conversation; null: none yet
        "contact_outdated": pl.Boolean,  # said of the person as a whole; single contacts: `outdated_contacts`
    }
)

_OF_PERSON: Final = ["person_id"]


def touch_facts(  # all that the facts depend on, written out
    touches: pl.DataFrame,
    commitments: pl.DataFrame,
    people: pl.DataFrame,
    settings: Mapping[str, Any],
    as_of: datetime,
    *,
    zone: str,
    jurisdictions: Mapping[str, CappedCountry],
) -> pl.DataFrame:
    """Cadence facts of every person in ``people``, under the contract ``TOUCH_FACTS``.

    Args:
        touches: ``TOUCHES`` with ``person_id`` filled in by identity; it may stand once for each of several people,
            with ``about`` and ``own`` (:func:`policies.fact_table.people.of_people`).
        commitments: ``COMMITMENTS`` of all days, ``person_id`` likewise.
        people: ``person_id, countries`` (list of codes); several rows of a person are taken together.
        settings: the ``[cadence]`` table.
        as_of: the instant to judge at, with offset.
        zone: the organisation's zone, whose calendar counts days.
        jurisdictions: by country code; their caps hold besides our own.
    """
    rules, today = read_cadence(settings), local_day(as_of, zone)
    known = ordered_touches(touches, rules.answers)
    lines = open_lines(commitments, known, rules, today, zone)
    contacts = contacts_of(known, lines)
    limits = limits_of(people, jurisdictions, rules, today)
    words = last_words(known, zone)
    parts = [
        _unanswered(contacts),
        _commitment(lines),
        pauses(known, rules, zone),
        words,
        talks(known, rules, zone),
        _outdated_people(known, rules),
    ]
    facts = tightest(limits, excused(contacts, words), as_of, "person_id")
    for part in parts:
        facts = facts.join(part, on=_OF_PERSON, how="left", validate="1:1")
    return conform(facts.with_columns(*_person_columns(rules, as_of, zone)).sort(_OF_PERSON), TOUCH_FACTS)


def open_commitments(
    commitments: pl.DataFrame, touches: pl.DataFrame, settings: Mapping[str, Any], as_of: datetime, *, zone: str
) -> pl.DataFrame:
    """Queue lines of earlier days without outcome (``OPEN_COMMITMENTS`` of :mod:`policies.cadence.contacts_made`)."""
    rules = read_cadence(settings)
    return open_lines(commitments, ordered_touches(touches, rules.answers), rules, local_day(as_of, zone), zone)


def blocked_owners(lines: pl.DataFrame, settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Reps with more than ``owner_block_after`` overdue commitments; ``lines`` comes from :func:`open_commitments`.

    A line is overdue once the working days for reporting it are over: those that ``touches_missing.csv`` lists.
    """
    count = lines.filter("overdue").group_by("owner").agg(pl.col("seq").n_unique())
    many = count.filter(pl.col("seq") > read_cadence(settings).owner_block_after)
    return tuple(many.get_column("owner").drop_nulls().sort())


def outdated_contacts(touches: pl.DataFrame, settings: Mapping[str, Any]) -> pl.DataFrame:
    """Contact points a touch found to be somebody else's or no longer in use: ``token, channel, person_id``.

    ``touches`` as for :func:`touch_facts`. Only the contact point the touch names is meant, for everybody who uses it;
    an answer under it afterwards makes it good again for whoever answered.
    """
    rules = read_cadence(settings)
    key = ["token", "channel", "person_id"]
    named = ordered_touches(touches.filter(pl.col("token").is_not_null()), rules.answers)
    return _latest_telling(named, key, rules).filter(_is_outdating(rules)).select(key).sort(key)


def _person_columns(rules: CadenceSettings, as_of: datetime, zone: str) -> list[pl.Expr]:
    """What is said of people without any touch as well."""
    today = local_day(as_of, zone)
    promised = pl.col("callback_promised").fill_null(value=False)
    pending = promised & (pl.col("callback_on") > today)
    return [
        free_on("frees_at", as_of, zone).alias("attempts_free_on"),
        pl.col("attempts_ever").fill_null(0),
        pl.lit(rules.total, dtype=pl.Int64).alias("total_cap"),
        pl.col("commitment_expires_on").is_not_null().alias("open_commitment"),
        (pl.col("cooling_off_until") > today).fill_null(value=False).alias("cooling_off"),
        promised,
        pending.alias("callback_pending"),
        pl.col("note_missing").fill_null(value=False),
        pl.col("contact_outdated").fill_null(value=False),
    ]


def _unanswered(contacts: pl.DataFrame) -> pl.DataFrame:
    """``person_id, attempts_ever``."""
    return contacts.group_by("person_id").agg(pl.col("unanswered").sum().cast(pl.Int64).alias("attempts_ever"))


def _commitment(lines: pl.DataFrame) -> pl.DataFrame:
    """``person_id, commitment_expires_on``."""
    return lines.group_by("person_id").agg(pl.col("expires_on").max().alias("commitment_expires_on"))


def _outdated_people(touches: pl.DataFrame, rules: CadenceSettings) -> pl.DataFrame:
    """``person_id, contact_outdated`` from touches that name the person but no contact point."""
    nameless = touches.filter(pl.col("token").is_null() | pl.col("is_answer"))
    return _latest_telling(nameless, _OF_PERSON, rules).select(
        "person_id", (_is_outdating(rules) & pl.col("token").is_null()).alias("contact_outdated")
    )


def _latest_telling(touches: pl.DataFrame, key: list[str], rules: CadenceSettings) -> pl.DataFrame:
    """The last touch of each key that says whether the contact point is right."""
    return (
        touches.filter(pl.col("is_answer") | _is_outdating(rules))
        .unique([*key, "seq"])
        .sort([*key, "at", "seq"])
        .unique(key, keep="last", maintain_order=True)
    )


def _is_outdating(rules: CadenceSettings) -> pl.Expr:
    return pl.col("outcome").is_in(sorted(rules.outdating))
