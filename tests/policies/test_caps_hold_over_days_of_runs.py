"""Caps as a property, over whole days of runs with real frames: never exceeded, never counted twice.

Two lists bring the same people, several runs share a day, reps report late, with the day alone, or not at all, and
clocks are set back and forward. Every new line is held against a plain count of all that happened.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from policies.effects import Stage
from policies.inputs import Rep
from tests.effort import few
from tests.policies.office import Line, Office
from tests.policies.outreach import core
from tests.policies.worlds import Row, base_rules, world

if TYPE_CHECKING:
    from policies.evaluate import Decision

START = datetime(2026, 10, 13, 14, 30, tzinfo=UTC)  # a Tuesday on which every office of the United States is open later
WEEK = timedelta(days=7)
OUTCOMES = (
    "connected",
    "replied",
    "voicemail",
    "no_answer",
    "no_answer",
    "call_back",
    "not_interested",
    "out_of_office",
)
RESTS = core("cadence")["cooling_off_days"]
STAFF = {
    "ada": "Acme Inc",
    "bea": "Acme Inc",
    "cho": "Acme Inc",
    "dan": "Bolt Ltd",
    "eva": "Bolt Ltd",
    "fay": "Solo Inc",
}
PEOPLE = [Row(f"{name}@{name}.example", surname=name.title() + "son", company=firm) for name, firm in STAFF.items()]
AGAIN = [replace(row, source="guild", title="Director of Operations") for row in PEOPLE[::2]]  # a second list
BUDGETS = {"ada": 2, "ben": 2}


def opened() -> Office:
    """An office before its first run, where everybody's research is done: no rule asks for it."""
    book = base_rules()
    asked = tuple(rule for rule in book.rules if rule.stage is not Stage.BRIEF)
    inputs = world([*PEOPLE, *AGAIN], book=replace(book, rules=asked))
    return Office(replace(inputs, reps=[Rep(name, many) for name, many in BUDGETS.items()]))


def work(office: Office, now: datetime, chance: Random) -> None:
    """Reps report on some lines, on some of them twice, and call somebody without a line now and then."""
    for line in [line for line in office.lines if not line.released and chance.random() < 0.4]:
        at = max(line.at + timedelta(hours=chance.randint(1, 30)), line.at)
        if chance.random() < 0.3:
            at = datetime.combine(line.day, time.min, UTC)  # the day alone
        if at <= now:
            _report(office, line.person, at, line.owner, chance)
    if chance.random() < 0.2:
        _report(office, chance.choice(sorted(office.people())), now, "ben", chance)


def _report(office: Office, person: str, at: datetime, rep: str, chance: Random) -> None:
    outcome = chance.choice(OUTCOMES)
    names_a_day = outcome == "call_back" or (outcome == "out_of_office" and chance.random() < 0.5)
    day = at.date() + timedelta(days=chance.randint(0, 9)) if names_a_day else None
    office.report(person, at, outcome, rep, callback_on=day, noted=chance.random() < 0.9)


def holds(office: Office, fresh: list[Line], as_of: datetime) -> None:
    """Every promise of the cadence, counted plainly."""
    companies, today = office.people(), as_of.date()
    for line in fresh:
        before = office.counted(line.person, as_of, first=line)
        answer, tries = office.since_answer(line.person)
        promised = office.is_promised(line.person)
        assert not office.is_owed(line.person, as_of)
        assert sum(at > as_of - timedelta(days=1) for at in before) < 3  # the law of the country, promise or not
        assert promised or not any(at > as_of - WEEK for at in before)
        assert promised or len(tries) < 3
        for contact in [*([answer] if answer else []), *tries] if not promised else []:
            rests = contact.at.date() + timedelta(days=RESTS[contact.outcome])
            named = contact.callback_on if contact.outcome == "out_of_office" else None
            assert (named or rests) <= today or contact.outcome == "call_back"
        talks = [
            c for c in office.contacts if c.person == line.person and c.outcome in ("connected", "replied", "call_back")
        ]
        assert not talks or any(
            c.noted and c.at.date() >= max(talk.at for talk in talks).date()
            for c in office.contacts
            if c.person == line.person
        )
        colleagues = {person for person, company in companies.items() if company == companies[line.person]}
        theirs = [at for person in colleagues for at in office.counted(person, as_of, first=line)]
        assert promised or sum(at > as_of - WEEK for at in theirs) < 2
        assert promised or not any(office.is_owed(person, as_of) for person in colleagues)
    standing = [line for line in office.lines if line.day == today and not line.released]
    assert len({companies[line.person] for line in standing}) == len({line.person for line in standing})
    assert all(many <= BUDGETS[owner] for owner, many in Counter(line.owner for line in standing).items())


def counts_once(office: Office, decision: Decision, as_of: datetime) -> None:
    """The facts that rules read are the plain counts, over two lists and however often a contact is named."""
    for row in decision.table.people.iter_rows(named=True):
        person = row["person_id"]
        before = office.counted(person, as_of)
        _, tries = office.since_answer(person)
        owed = len(before) - sum(contact.person == person for contact in office.contacts)
        assert row["attempts_ever"] == len(tries) + owed
        assert row["open_commitment"] is (owed > 0)
        if not office.is_promised(person):
            week = sum(at > as_of - WEEK for at in before)
            assert (row["attempts_in_window"] >= row["attempt_cap"]) is (week >= 1)


@few(1)
@given(seed=st.integers(0, 2**32))
def test_caps_hold_over_days_of_runs(seed: int) -> None:
    """A fortnight of runs: every line within all caps, every count plain, everybody deferred to a day of work."""
    chance = Random(seed)  # noqa: S311  # no secret
    office, day = opened(), 0
    for _ in range(9):
        # a second run of the day, the next day, days later; the clock set back by hours, or by a day
        day += chance.choice([0, 0, 1, 1, 1, 2, 3, 4, 7, -1])
        now = START + timedelta(days=day, minutes=chance.randint(-8 * 60, 5 * 60))
        before = replace(office, lines=[replace(line) for line in office.lines])
        done = office.run(now)
        if done is not None:
            decision, fresh = done
            holds(office, fresh, now)
            counts_once(before, decision, now)
            deferred = decision.people.filter(pl.col("person_verdict") == "deferred").get_column("next_review_on")
            assert all(on is not None and now.date() < on and on.isoweekday() < 6 for on in deferred)
        work(office, now + timedelta(hours=6), chance)


def test_the_office_is_busy() -> None:
    """What the property holds against a plain count is not an empty queue: lines of many days, reports and debts."""
    chance, office = Random(1), opened()  # noqa: S311  # no secret
    for day in (0, 1, 2, 7, 8):
        office.run(START + timedelta(days=day))
        work(office, START + timedelta(days=day, hours=20), chance)
    assert len(office.lines) >= 5
    assert len(office.contacts) >= 2
    assert len({line.day for line in office.lines}) >= 3
