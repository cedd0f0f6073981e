"""Who names a day to be called on is called on that day, by whom they told, before anybody else; never against law."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from policies.effects import Stage
from policies.evaluate import decide
from policies.inputs import Rep
from policies.schema import COMMITMENTS, TOUCHES, conform
from tests.policies.permissions import subjects_of
from tests.policies.worlds import AS_OF, Row, Said, base_rules, world

if TYPE_CHECKING:
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

ADA, BEA = "ada@acme.example", "bea@bolt.example"
TODAY = AS_OF.date()
YESTERDAY = AS_OF - timedelta(days=1)


def office(*rows: Row, said: tuple[Said, ...] = ()) -> DecisionInputs:
    """A world in which everybody's research is done, with two reps."""
    book = base_rules()
    asked = tuple(rule for rule in book.rules if rule.stage is not Stage.BRIEF)
    return replace(world(rows, said, book=replace(book, rules=asked)), reps=[Rep("ada", 5), Rep("ben", 5)])


def told(inputs: DecisionInputs, email: str, *outcomes: tuple[str, datetime, dict[str, Any]]) -> DecisionInputs:
    """The world after some contacts of ben's with somebody, each with its note."""
    rows = [
        {
            "seq": seq,
            "person_id": _id(inputs, email),
            "outcome": outcome,
            "at": at,
            "rep": "ben",
            "has_note": True,
            **more,
        }
        for seq, (outcome, at, more) in enumerate(outcomes)
    ]
    made = conform(pl.DataFrame(rows, schema=TOUCHES), TOUCHES)
    return replace(inputs, touches=pl.concat([inputs.touches, made]))


def on(inputs: DecisionInputs, as_of: datetime) -> DecisionInputs:
    """The same at another instant; queues expire at midnight."""
    end = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC) + timedelta(days=1)
    return replace(inputs, as_of=as_of, queue_date=as_of.date(), valid_until=end)


def of(decision: Decision, inputs: DecisionInputs, email: str) -> dict[str, Any]:
    """Verdict and place of somebody."""
    person = decision.people.join(decision.places, on="person_id", how="left")
    return person.row(by_predicate=pl.col("person_id") == _id(inputs, email), named=True)


def _id(inputs: DecisionInputs, email: str) -> str:
    records = subjects_of(inputs).records
    return str(records.filter(pl.col("email") == email).get_column("person_id")[0])


TWO = (Row(BEA, company="Bolt Ltd"), Row(ADA))


def test_they_come_first_with_whom_they_told() -> None:
    """The contact of yesterday, a no answer of last week, even a longer pause: their day goes before all of that."""
    before: tuple[tuple[str, datetime, dict[str, Any]], ...] = (
        ("no_answer", AS_OF - timedelta(days=4), {}),
        ("call_back", YESTERDAY, {"callback_on": TODAY}),
    )
    inputs = told(office(*TWO), ADA, *before)
    decision = decide(inputs)
    found = of(decision, inputs, ADA)
    assert (found["person_verdict"], found["rank"], found["owner"]) == ("queued", 1, "ben")
    assert of(decision, inputs, BEA)["rank"] == 2


@pytest.mark.parametrize(
    ("named", "review"),
    [(date(2026, 10, 16), date(2026, 10, 16)), (date(2026, 10, 24), date(2026, 10, 26))],  # the 24th is a Saturday
)
def test_before_their_day_they_wait_for_it(named: date, review: date) -> None:
    """With the day, or the first one after it on which they work."""
    inputs = told(office(*TWO), ADA, ("call_back", YESTERDAY, {"callback_on": named}))
    found = of(decide(inputs), inputs, ADA)
    assert (found["person_verdict"], found["reasons"]) == ("deferred", ["core.cadence.callback_pending"])
    assert found["next_review_on"] == review
    assert of(decide(on(inputs, AS_OF.replace(day=review.day))), inputs, ADA)["person_verdict"] == "queued"


def test_once_tried_the_caps_are_back() -> None:
    """One try on the day keeps the promise, whatever came of it."""
    asked = ("call_back", YESTERDAY, {"callback_on": TODAY})
    inputs = told(office(*TWO), ADA, asked, ("no_answer", AS_OF - timedelta(hours=1), {}))
    found = of(decide(inputs), inputs, ADA)
    assert (found["person_verdict"], found["reasons"]) == (
        "deferred",
        ["core.cadence.company_cap", "core.cadence.person_cap"],
    )


def test_no_promise_goes_before_the_word_of_a_person() -> None:
    """Who opted out after naming a day is not called on it."""
    inputs = told(office(*TWO, said=(Said(ADA, days_ago=0),)), ADA, ("call_back", YESTERDAY, {"callback_on": TODAY}))
    assert of(decide(inputs), inputs, ADA)["person_verdict"] == "suppressed"


def test_no_promise_goes_before_the_hours_of_where_they_are() -> None:
    """On a holiday there nobody is called, promise or not."""
    inputs = told(office(*TWO), ADA, ("call_back", YESTERDAY, {"callback_on": date(2026, 11, 26)}))
    found = of(decide(on(inputs, datetime(2026, 11, 26, 14, 30, tzinfo=UTC))), inputs, ADA)
    assert (found["person_verdict"], found["reasons"]) == ("deferred", ["core.cadence.window_closed"])
    assert found["next_review_on"] == date(2026, 11, 30)  # the day after Thanksgiving is off in half of the states


def test_colleagues_wait_while_a_day_is_promised() -> None:
    """One person per company at a time; somebody who may not be contacted at all keeps nobody back."""
    rows = (Row(ADA), Row("amy@acme.example"))
    inputs = told(office(*rows), ADA, ("call_back", YESTERDAY, {"callback_on": date(2026, 10, 16)}))
    found = of(decide(inputs), inputs, "amy@acme.example")
    assert (found["person_verdict"], found["reasons"]) == ("deferred", ["core.cadence.company_today"])
    asked = ("call_back", YESTERDAY, {"callback_on": date(2026, 10, 16)})
    stopped = told(office(*rows, said=(Said(ADA, days_ago=0),)), ADA, asked)
    assert of(decide(stopped), stopped, "amy@acme.example")["person_verdict"] == "queued"


@pytest.mark.parametrize(
    ("days", "verdict", "review"),
    [
        (2, "deferred", date(2026, 10, 20)),  # a weekend, and Alaska Day
        (14, "deferred", date(2026, 10, 29)),
        (15, "queued", None),
        (600, "queued", None),
    ],
)
def test_colleagues_wait_for_a_day_that_is_near(days: int, verdict: str, review: date | None) -> None:
    """Until the day after it, and told so; a day in two years leaves the company open."""
    asked = ("call_back", AS_OF - timedelta(days=8), {"callback_on": TODAY + timedelta(days=days)})
    inputs = told(office(Row(ADA), Row("amy@acme.example")), ADA, asked)
    found = of(decide(inputs), inputs, "amy@acme.example")
    assert (found["person_verdict"], found["next_review_on"]) == (verdict, review)


def test_colleagues_of_an_open_line_know_until_when() -> None:
    """At the latest when it expires."""
    inputs = office(Row(ADA), Row("amy@acme.example"))
    line = {
        "seq": 1, "person_id": _id(inputs, ADA), "owner": "ben", "channel": "email", "revision": 1, "run_id": "r",
        "queue_date": TODAY - timedelta(days=8), "run_as_of": AS_OF - timedelta(days=8), "released": False,
    }  # fmt: skip
    inputs = replace(inputs, commitments=conform(pl.DataFrame([line], schema=COMMITMENTS), COMMITMENTS))
    found = of(decide(inputs), inputs, "amy@acme.example")
    assert (found["reasons"], found["next_review_on"]) == (["core.cadence.company_today"], date(2026, 10, 20))


def test_a_day_begins_where_they_are() -> None:
    """Thursday in Sydney begins on our Wednesday: they stand in Wednesday's queue, for their Thursday morning."""
    inputs = told(
        office(Row("cho@dune.example", country="AU", phone="+61270101234", company="Dune Pty Ltd")),
        "cho@dune.example",
        ("call_back", YESTERDAY, {"callback_on": date(2026, 10, 15)}),
    )
    decision = decide(inputs)
    assert "core.cadence.callback_pending" not in of(decision, inputs, "cho@dune.example")["reasons"]
    points = decision.table.points.select("not_before", "window_open").unique().row(0)
    assert points == (datetime(2026, 10, 14, 23, tzinfo=UTC), True)


def test_a_talk_without_its_note_is_held_until_somebody_notes_it() -> None:
    """P10, at the level of the verdict: with the reason and what to do."""
    inputs = told(office(*TWO), ADA, ("connected", AS_OF - timedelta(days=40), {"has_note": False}))
    found = of(decide(inputs), inputs, ADA)
    assert (found["person_verdict"], found["reasons"]) == ("held", ["core.cadence.note_missing"])
    noted = told(inputs, ADA, ("connected", AS_OF - timedelta(days=40), {"seq": 9}))
    assert of(decide(noted), noted, ADA)["person_verdict"] == "queued"
