"""Several people under one number or mailbox: what one of them says never makes another more contactable."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.effects import Stage
from policies.evaluate import decide
from policies.fact_table.table import gather
from policies.schema import COMMITMENTS, TOUCHES, conform
from tests.effort import few
from tests.policies.outreach import NOW, cadence, commitments, facts_of
from tests.policies.permissions import subjects_of
from tests.policies.worlds import AS_OF, KEYRING, Row, base_rules, world

if TYPE_CHECKING:
    from policies.inputs import DecisionInputs

OUTCOMES = sorted(cadence()["cooling_off_days"])
ANSWERS: list[str] = cadence()["answers"]
GONE = "p" + "z" * 26  # somebody who is on no list any more

# --- the facts, whatever was said ---

WHOSE = {"own": ("p", True), "unclear": ("p", False), "another's": ("q", False)}


def said(whose: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """A touch found for person p: about whom it is, and what came of it."""
    return st.fixed_dictionaries(
        {
            "whose": whose,
            "outcome": st.sampled_from(OUTCOMES),
            "hours": st.integers(-48, 40 * 24),
            "named": st.none() | st.integers(-10, 30),
            "rep": st.sampled_from(["Kim", "Lee"]),
            "has_note": st.booleans(),
            "token": st.sampled_from([None, "t"]),
        }
    )


def found(words: list[dict[str, Any]]) -> pl.DataFrame:
    """The touches as identity gives them, all under person p."""
    rows = [
        {
            "seq": seq, "person_id": "p", "about": WHOSE[word["whose"]][0], "own": WHOSE[word["whose"]][1],
            "outcome": word["outcome"], "at": NOW - timedelta(hours=word["hours"]), "rep": word["rep"],
            "callback_on": None if word["named"] is None else NOW.date() + timedelta(days=word["named"]),
            "has_note": word["has_note"], "token": word["token"], "channel": "phone",
        }
        for seq, word in enumerate(words)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=pl.Schema([*TOUCHES.items(), ("about", pl.String()), ("own", pl.Boolean())]))


def held_by(facts: dict[str, Any]) -> set[str]:
    """What speaks against contacting them, as the rules of the cadence read it."""
    promised = facts["callback_promised"]
    against = {
        "cap": facts["attempts_in_window"] >= facts["attempt_cap"],
        "total": facts["attempts_ever"] >= facts["total_cap"] and not promised,
        "rest": facts["cooling_off"] and not promised,
    }
    plain = ("callback_pending", "open_commitment", "note_missing", "contact_outdated")
    return {name for name, holds in {**against, **{name: facts[name] for name in plain}}.items() if holds}


@few(4)
@given(
    words=st.lists(said(st.sampled_from(sorted(WHOSE))), max_size=6),
    another=said(st.just("another's")),
    line=st.none() | st.integers(1, 13),
)
def test_a_touch_that_names_another_only_ever_holds_back(
    words: list[dict[str, Any]], another: dict[str, Any], line: int | None
) -> None:
    """Whatever holds without it holds with it, and no promise or rep is theirs by it."""
    lines = commitments() if line is None else commitments((90, "p", str(NOW.date() - timedelta(days=line))))
    before, after = (facts_of(found(made), lines) for made in (words, [*words, another]))
    assert held_by(before) <= held_by(after)
    assert after["attempts_ever"] >= before["attempts_ever"]
    assert (after["cooling_off_until"] or date.min) >= (before["cooling_off_until"] or date.min)
    own = ("callback_on", "callback_promised", "callback_rep", "last_rep", "last_outcome", "answered_on")
    assert {name: after[name] for name in own} == {name: before[name] for name in own}


# --- the decision, from touches as reps report them ---

STATES: dict[str, list[tuple[str, int, dict[str, Any]]]] = {
    "refused": [("not_interested", 20, {})],
    "tried": [("no_answer", 40, {}), ("voicemail", 30, {}), ("no_answer", 20, {})],
    "later": [("call_back", 20, {"callback_on": AS_OF.date() + timedelta(days=5)})],
    "talked": [("connected", 40, {"has_note": False})],
    "moved": [("wrong_person", 40, {})],
    "owed": [],
}


def number(state: str) -> str:
    """The number the two people of a state share."""
    return f"+120255501{list(STATES).index(state):02d}"


def token(contact: str) -> str:
    """The exact token of an address or number."""
    return KEYRING.first.sign(f"{'email' if '@' in contact else 'phone'}:{contact}")


def touch(person: str | None, contact: str, outcome: str, days: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """A line of a rep's file: it names the person, and the contact point they were to be reached under."""
    at = AS_OF - timedelta(days=days)
    channel = "email" if "@" in contact else "phone"
    return {
        "person_id": person, "token": token(contact), "channel": channel, "at": at, "recorded_at": at,
        "outcome": outcome, "rep": "ben", "has_note": True, **more,
    }  # fmt: skip


def with_touches(inputs: DecisionInputs, rows: list[dict[str, Any]]) -> DecisionInputs:
    """The world after some touches."""
    numbered = [{"seq": 100 + seq, **row} for seq, row in enumerate(rows)]
    return replace(inputs, touches=conform(pl.DataFrame(numbered, schema=TOUCHES), TOUCHES))


def pairs() -> tuple[DecisionInputs, dict[str, str]]:
    """For each state two people of two companies under one number, everybody's research done; ids by address."""
    book = base_rules()
    asked = tuple(rule for rule in book.rules if rule.stage is not Stage.BRIEF)
    rows = [
        Row(f"{who}@{who}{state}.example", number(state), surname=f"{who}{state}".title(), company=f"{who}{state}")
        for state in STATES
        for who in ("ada", "bea")
    ]
    inputs = world(rows, book=replace(book, rules=asked))
    return inputs, dict(subjects_of(inputs).records.select("email", "person_id").iter_rows())


def states_of(inputs: DecisionInputs, ids: dict[str, str], outcome: str | None) -> dict[str, dict[str, Any]]:
    """What became of everybody's bea, after ada reported one outcome under the number they share."""
    own = [
        touch(ids[f"bea@bea{state}.example"], number(state), word, days, **more)
        for state, made in STATES.items()
        for word, days, more in made
    ]
    named = AS_OF.date() if outcome in ("call_back", "out_of_office") else None
    others = [
        touch(ids[f"ada@ada{state}.example"], number(state), outcome, 8, callback_on=named)
        for state in STATES
        if outcome
    ]
    day = AS_OF.date() - timedelta(days=10)
    line = {
        "seq": 1, "person_id": ids["bea@beaowed.example"], "token": token(number("owed")), "owner": "ben",
        "channel": "phone", "queue_date": day, "revision": 1, "run_id": "r", "run_as_of": AS_OF - timedelta(days=10),
        "released": False,
    }  # fmt: skip
    promised = conform(pl.DataFrame([line], schema=COMMITMENTS), COMMITMENTS)
    people = decide(replace(with_touches(inputs, own + others), commitments=promised)).people
    rows = {row["person_id"]: row for row in people.iter_rows(named=True)}
    return {state: rows[ids[f"bea@bea{state}.example"]] for state in STATES}


def test_no_outcome_of_somebody_else_lifts_what_holds_a_person() -> None:
    """A no, three tries, a day they named, a talk without note, a wrong number, a line without outcome."""
    inputs, ids = pairs()
    without = states_of(inputs, ids, None)
    held = {
        "refused": "cooling_off", "tried": "total_cap", "later": "callback_pending", "talked": "note_missing",
        "moved": "contact_outdated", "owed": "open_commitment",
    }  # fmt: skip
    for state, rule in held.items():
        assert f"core.cadence.{rule}" in without[state]["reasons"]
    for outcome in ANSWERS:
        for state, row in states_of(inputs, ids, outcome).items():
            assert set(without[state]["reasons"]) <= set(row["reasons"]), (state, outcome)
            assert row["person_verdict"] != "queued" or without[state]["person_verdict"] == "queued", (state, outcome)


@pytest.mark.parametrize("named", [GONE, None])
def test_somebody_on_no_list_any_more_is_still_another(named: str | None) -> None:
    """The number is one person's now, who said no; the other's talk under it is none of theirs."""
    mail = "bea@bolt.example"
    inputs = world([Row(mail, company="Bolt Ltd")])
    own = touch(None, mail, "not_interested", 20)
    made = with_touches(inputs, [own, touch(named, mail, "call_back", 8, callback_on=AS_OF.date())])
    person = gather(made).people.row(0, named=True)
    theirs = named is None
    assert (person["cooling_off"], person["callback_promised"]) == (not theirs, theirs)
    assert person["relationship"] == ("in_conversation" if theirs else "cold")


@pytest.mark.parametrize(("reported", "is_open"), [(None, True), ("ada", False), ("bea", True), ("nobody", False)])
def test_a_line_is_settled_by_what_is_said_of_whom_it_was_for(*, reported: str | None, is_open: bool) -> None:
    """It holds everybody under the number, and a report naming its person, or nobody, ends it for all of them."""
    ada, bea, shared = "ada@acme.example", "bea@bolt.example", "+12025550101"
    inputs = world([Row(ada, shared), Row(bea, shared, surname="Baker", company="Bolt Ltd")])
    ids = dict(subjects_of(inputs).records.select("email", "person_id").iter_rows())
    names = {"ada": ids[ada], "bea": ids[bea], "nobody": None}
    rows = [] if reported is None else [touch(names[reported], shared, "no_answer", 8)]
    line = {
        "seq": 1, "person_id": ids[ada], "token": token(shared), "owner": "ben", "channel": "phone",
        "queue_date": AS_OF.date() - timedelta(days=9), "revision": 1, "run_id": "r", "run_as_of": AS_OF,
        "released": False,
    }  # fmt: skip
    promised = conform(pl.DataFrame([line], schema=COMMITMENTS), COMMITMENTS)
    people = gather(replace(with_touches(inputs, rows), commitments=promised)).people
    assert people.get_column("open_commitment").to_list() == [is_open, is_open]
