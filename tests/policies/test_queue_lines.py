"""A line of the queue: whom, how, when in their own time, what to say, on what basis, and whence we know them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from flows.ledger.tokens import token
from policies.brief import brief_rows, parse_brief
from policies.evaluate import decide
from policies.queue_lines import queue_lines
from policies.schema import QUEUE, TOUCHES, conform
from tests.policies.brief_texts import CONVERSATION
from tests.policies.worlds import AS_OF, KEYRING, Consented, Row, Said, world

if TYPE_CHECKING:
    from policies.inputs import DecisionInputs

ADA, BEA = "ada@ada.example", "bea@bea.example"


def lines_of(inputs: DecisionInputs) -> list[dict[str, Any]]:
    """The queue of a world."""
    queue = queue_lines(decide(inputs), inputs)
    assert queue.schema == QUEUE
    return queue.to_dicts()


def in_region(inputs: DecisionInputs, region: str) -> DecisionInputs:
    """The world with everybody in one state."""
    return replace(inputs, records=inputs.records.with_columns(region=pl.lit(region)))


def touched(inputs: DecisionInputs, contact: str, outcome: str) -> DecisionInputs:
    """The world after a contact so long ago that they are strangers again, with research that takes it up."""
    row = {
        "seq": 5000,
        "token": token(KEYRING.first, "phone" if contact.startswith("+") else "email", contact),
        "channel": "phone",
        "at": AS_OF - timedelta(days=1200),
        "recorded_at": AS_OF - timedelta(days=1200),
        "outcome": outcome,
        "rep": "ada",
        "has_note": True,
    }
    told = CONVERSATION.replace('"+49 30 23125 111"', ADA).replace("Jördis Brückner", "Ada Okafor")
    research = brief_rows([parse_brief(told)], inputs.settings["brief"])
    return replace(inputs, touches=conform(pl.DataFrame([row]), TOUCHES), briefs=pl.concat([inputs.briefs, research]))


def test_a_line_says_everything_a_rep_needs() -> None:
    """Channel, contact, local window, opening line, basis, disclosures and provenance stand in it."""
    (line,) = lines_of(in_region(world([Row(ADA)], briefed=[ADA]), "Illinois"))
    opening = line.pop("opening_line")
    assert "Ada Okafor" in opening
    assert len(line.pop("brief_id")) == 16
    assert "How to stop: a reply with 'stop' to stop@kestrel.example." in line.pop("must_include")
    assert len(line.pop("person_id")) == 27
    assert line == {
        "rank": 1,
        "full_name": "Ada Okafor",
        "salutation_name": "Ada",
        "job_title": "Head of Operations",
        "company": "Acme Inc",
        "channel": "email",
        "contact_point": ADA,
        "not_before": "2026-10-14T10:00:00-05:00",
        "not_after": "2026-10-14T17:00:00-05:00",
        "timezone": "America/Chicago",
        "owner": "ada",
        "relationship": "cold",
        "warmth": 0,
        "lawful_basis": "legitimate_interest",
        "permission_evidence": "source contract summit, under the law of US",
        "provenance": "summit (obtained 2026-09-24, file ffffffff, row 1)",
        "unsubscribe_token": None,
    }


def test_a_consent_is_named_as_the_basis() -> None:
    """Where the person agreed, their word is the basis and its event the evidence."""
    german = Row(ADA, country="DE", company="Ada GmbH")
    (line,) = lines_of(world([german], (), [Consented(ADA)], briefed=[ADA]))
    assert line["lawful_basis"] == "consent"
    assert line["permission_evidence"] == "consent recorded as event 1000 on 2026-10-09"
    assert line["timezone"] == "Europe/Berlin"
    assert datetime.fromisoformat(line["not_before"]) < datetime.fromisoformat(line["not_after"])


def test_names_come_from_the_row_that_speaks_for_the_person() -> None:
    """And the contact point from the one they may be reached under, with every list they stand on."""
    old = Row(ADA, "+12025550101", title="Analyst", obtained_on=date(2025, 1, 7))
    new = Row("ada@new.example", "+12025550101", title="Head of Data", source="guild")
    said = [Said("ada@new.example", scope="address"), Said("+12025550101", channel="phone", scope="address")]
    (line,) = lines_of(in_region(world([old, new], said, briefed=[ADA]), "Illinois"))
    assert (line["job_title"], line["contact_point"]) == ("Head of Data", ADA)
    assert line["provenance"] == (
        "guild (obtained 2026-09-24, file ffffffff, row 2); summit (obtained 2025-01-07, file ffffffff, row 1)"
    )


def test_several_countries_are_all_named() -> None:
    """Whose law was asked stands in the evidence, the strictest disclosures in what to say."""
    rows = [Row(ADA), Row(BEA, company="Bea Inc")]
    inputs = in_region(world(rows, briefed=[ADA, BEA]), "New York")
    british = pl.when(pl.col("email") == BEA).then(pl.lit("GB")).alias("phone_country")
    both = replace(inputs, records=inputs.records.with_columns(british))
    lines = {line["contact_point"]: line for line in lines_of(both)}
    assert lines[BEA]["permission_evidence"] == "source contract summit, under the law of GB, US"
    assert len(lines[BEA]["must_include"]) > len(lines[ADA]["must_include"])


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (None, False),
        ("voicemail", False),
        ("no_answer", False),
        ("out_of_office", False),
        ("connected", True),
        ("replied", True),
        ("call_back", True),
    ],
)
def test_the_first_contact_is_over_once_they_answered_one(outcome: str | None, *, told: bool) -> None:
    """Nobody knows who heard a voicemail: until then the right to object and the lists are named again."""
    german = Row(ADA, country="DE", company="Ada GmbH")
    inputs = world([german], (), [Consented(ADA)], briefed=[ADA])
    (line,) = lines_of(inputs if outcome is None else touched(inputs, ADA, outcome))
    assert ("You may object" in line["must_include"]) is not told
    assert ("Where the data came from: summit (" in line["must_include"]) is not told
    assert "How to stop: " in line["must_include"]


def test_a_talk_with_another_of_the_mailbox_told_them_nothing() -> None:
    """Under a number or an address that several people use it was with any of them."""
    desk = "+493023125001"
    rows = [
        Row(ADA, desk, country="DE", company="Ada GmbH"),
        Row(BEA, desk, surname="Ruiz", country="DE", company="Bea GmbH"),
    ]
    (line,) = lines_of(touched(world(rows, (), [Consented(ADA)], briefed=[ADA]), desk, "connected"))
    assert line["contact_point"] == ADA
    assert "You may object" in line["must_include"]


def test_the_lists_are_named_where_they_must_be() -> None:
    """Each with the day it was obtained, the row left out: nobody outside knows our rows."""
    german = [Row(ADA, country="DE", company="Ada GmbH"), Row(ADA, country="DE", company="Ada GmbH", source="guild")]
    (line,) = lines_of(world(german, (), [Consented(ADA)], briefed=[ADA]))
    assert (
        "Where the data came from: guild (obtained 2026-09-24); summit (obtained 2026-09-24)." in line["must_include"]
    )


def test_ranks_have_no_gaps_and_nobody_stands_twice() -> None:
    """From one on, whoever drops out on the way."""
    rows = [Row(f"p{place}@p{place}.example", company=f"P{place} Inc") for place in range(6)]
    inputs = world(rows, [Said("p2@p2.example")], briefed=[str(row.email) for row in rows])
    lines = lines_of(inputs)
    assert [line["rank"] for line in lines] == [1, 2, 3, 4, 5]
    assert len({line["person_id"] for line in lines}) == 5


def test_nobody_to_contact_is_an_empty_queue() -> None:
    """With the columns of the contract."""
    assert lines_of(world([Row(ADA)], [Said(ADA)], briefed=[ADA])) == []
    assert lines_of(world([])) == []
