"""Whoever is deferred is told until when: not queued a day before, and queued on the day, if nothing else happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from policies.effects import Stage
from policies.evaluate import decide
from policies.inputs import Rep
from tests.effort import few
from tests.policies.office import Line, Office
from tests.policies.outreach import core
from tests.policies.worlds import Row, base_rules, world

if TYPE_CHECKING:
    from policies.evaluate import Decision

PLACES: tuple[tuple[str, str | None], ...] = (
    ("US", None),
    ("US", "+12025550101"),
    ("US", "+14155550101"),
    ("GB", None),
)
# What needs no other word of the person to be over.
PASSING = ("voicemail", "no_answer", "connected", "replied", "call_back", "out_of_office")


def opened(chance: Random) -> Office:
    """One person, whose research is done, somewhere."""
    book = base_rules()
    asked = tuple(rule for rule in book.rules if rule.stage not in (Stage.BRIEF, Stage.PERMISSION))
    country, phone = chance.choice(PLACES)
    inputs = world([Row("ada@acme.example", phone, country=country)], book=replace(book, rules=asked))
    return Office(replace(inputs, reps=[Rep("ada", 5)]))


def verdict(decision: Decision) -> tuple[str, date | None, list[str]]:
    """What became of the one person."""
    row = decision.people.row(0, named=True)
    return row["person_verdict"], row["next_review_on"], row["reasons"]


def at(day: date, like: datetime) -> datetime:
    """The run of a day, at the hour of another."""
    return datetime.combine(day, like.time(), UTC)


def live(office: Office, now: datetime, chance: Random) -> None:
    """Some weeks of contacts and promised lines before the run."""
    (person,) = office.people()
    for _ in range(chance.randint(0, 4)):
        then = now - timedelta(minutes=chance.randint(1, 20 * 24 * 60))
        outcome = chance.choice(PASSING)
        named = (
            then.date() + timedelta(days=chance.randint(0, 30)) if outcome in ("call_back", "out_of_office") else None
        )
        office.report(person, then, outcome, "ada", callback_on=named)
    if chance.random() < 0.3:
        day = now.date() - timedelta(days=chance.randint(1, 13))
        office.lines.append(Line(person, "ada", day, at(day, now), 1, at(day, now)))


@few(3)
@given(seed=st.integers(0, 2**32), day=st.dates(date(2026, 10, 1), date(2027, 1, 31)), hour=st.integers(5, 15))
def test_the_date_of_a_deferral_is_right(seed: int, day: date, hour: int) -> None:
    """Over caps, pauses, promises, open lines, weekends, holidays: the first day on which a run can queue them."""
    chance = Random(seed)  # noqa: S311  # no secret
    office, now = opened(chance), datetime(day.year, day.month, day.day, hour, chance.randint(0, 59), tzinfo=UTC)
    live(office, now, chance)
    found, review, reasons = verdict(decide(office.at(now)))
    if found != "deferred" or "core.cadence.total_cap" in reasons:
        assert found != "deferred" or review == _or_later(
            review, now.date() + timedelta(days=core("cadence")["new_approach_days"])
        )
        return
    assert review is not None
    assert review > day
    before = decide(office.at(at(review - timedelta(days=1), now)))
    assert review - timedelta(days=1) == day or verdict(before)[0] == "deferred"
    on_it = verdict(decide(office.at(at(review, now))))
    assert on_it[0] == "queued" or "core.cadence.total_cap" in on_it[2], on_it


def _or_later(review: date | None, day: date) -> date:
    assert review is not None
    return max(review, day)
