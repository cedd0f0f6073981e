"""Contacts made and what came of them (practice P12): each once, with the relationship it was made in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from policies.conversations import CONTACTS_MADE, contacts_made
from policies.evaluate import decide
from policies.schema import TOUCHES, conform
from tests.policies.worlds import AS_OF, Row, world

if TYPE_CHECKING:
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

ADA, BEA, CHO = (f"{name}@{name}.example" for name in ("ada", "bea", "cho"))
STRANGER = "t" * 64  # the token of somebody whom no list names any more
Made = tuple[str, str, date]  # whom, the outcome, the day


@pytest.fixture(scope="module")
def decided() -> tuple[DecisionInputs, Decision]:
    """Ada of a conference, Bea and Cho behind one address of a list of inquiries."""
    rows = [Row(ADA), Row(BEA, source="desk", company="Bea Inc"), Row(BEA, source="desk", surname="Ruiz")]
    inputs = world(rows)
    kinds = {"summit": "conference", "desk": "inquiry"}
    kind = pl.col("source").replace_strict(kinds, return_dtype=pl.String)
    inputs = replace(inputs, contracts=inputs.contracts.with_columns(kind.alias("source_kind")))
    return inputs, decide(inputs)


def made(decided: tuple[DecisionInputs, Decision], *rows: Made) -> list[tuple[str, str | None]]:
    """What each contact came to, in the order of days, and the relationship before it."""
    inputs, decision = decided
    exact = inputs.tokens.filter(match="exact").join(inputs.records.select("record_id", "email"), on="record_id")
    tokens = dict(exact.select("email", "token").iter_rows())
    touches = [
        {
            "seq": seq,
            "token": tokens.get(whom, STRANGER),
            "channel": "email",
            "at": AS_OF.replace(year=on.year, month=on.month, day=on.day),
            "outcome": outcome,
            "rep": "maria",
        }
        for seq, (whom, outcome, on) in enumerate(rows, start=1)
    ]
    frame = conform(pl.DataFrame(touches, schema_overrides=dict(TOUCHES)), TOUCHES)
    found = contacts_made(decision, replace(inputs, touches=frame))
    assert found.schema == CONTACTS_MADE
    assert found.equals(contacts_made(decision, replace(inputs, touches=frame.reverse())))
    return found.select("came_to", "relationship").rows()


@pytest.mark.parametrize(
    ("outcome", "came_to"),
    [
        *((outcome, "conversation") for outcome in ("connected", "replied", "meeting", "call_back")),
        *((outcome, "refusal") for outcome in ("not_interested", "asked_to_stop", "complaint")),
        *((outcome, "nothing") for outcome in ("voicemail", "no_answer", "out_of_office", "bounced", "wrong_person")),
    ],
)
def test_an_answer_is_a_conversation_and_a_no_is_none(
    decided: tuple[DecisionInputs, Decision], outcome: str, came_to: str
) -> None:
    """So that nobody is praised for being refused, or for having rung."""
    assert made(decided, (ADA, outcome, date(2026, 10, 1))) == [(came_to, "cold")]


def test_the_relationship_is_that_before_the_contact(decided: tuple[DecisionInputs, Decision]) -> None:
    """Who answered is in conversation from then on, for half a year; after that we have met."""
    rows = [
        (ADA, "connected", date(2026, 1, 5)),
        (ADA, "voicemail", date(2026, 2, 5)),
        (ADA, "replied", date(2026, 9, 5)),
    ]
    assert made(decided, *rows) == [
        ("conversation", "cold"),
        ("nothing", "in_conversation"),
        ("conversation", "met"),
    ]


def test_whoever_was_spoken_to_years_ago_is_a_stranger_as_in_the_queue(
    decided: tuple[DecisionInputs, Decision],
) -> None:
    """Three years after the talk, to the day."""
    talked = (ADA, "connected", date(2022, 1, 5))
    assert made(decided, talked, (ADA, "voicemail", date(2025, 1, 3)))[1] == ("nothing", "met")
    assert made(decided, talked, (ADA, "voicemail", date(2025, 1, 4)))[1] == ("nothing", "cold")


def test_one_contact_under_an_address_of_several_is_one(decided: tuple[DecisionInputs, Decision]) -> None:
    """And one with somebody whom no list names any more counts as well."""
    rows = [(BEA, "no_answer", date(2026, 10, 1)), ("gone@gone.example", "replied", date(2026, 10, 2))]
    assert made(decided, *rows) == [("nothing", "inquired"), ("conversation", None)]


def test_nobody_contacted_is_an_empty_frame(decided: tuple[DecisionInputs, Decision]) -> None:
    """With its columns."""
    assert contacts_made(decided[1], decided[0]).is_empty()
