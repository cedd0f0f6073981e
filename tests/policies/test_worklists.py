"""What a run hands to people: briefs to write, matches to look at, classes to find out, outcomes to report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from policies.evaluate import decide
from policies.review import matches_to_review
from policies.schema import COMMITMENTS, TOUCHES, conform
from policies.worklists import WORKLISTS, briefs_wanted, classes_wanted, touches_missing
from tests.policies.permissions import subjects_of
from tests.policies.worlds import AS_OF, Row, Said, briefs_about, world

if TYPE_CHECKING:
    from policies.inputs import DecisionInputs

ADA, BEA, CHO, DEV = (f"{name}@{name}.example" for name in ("ada", "bea", "cho", "dev"))


def test_briefs_are_wanted_for_whom_nothing_else_stands_against() -> None:
    """Not for whoever opted out, is held, no target or queued; and only once a person."""
    rows = [
        Row(ADA),
        Row(ADA, source="guild"),
        Row(BEA, company="Bea Inc"),
        Row(CHO, country=None),
        Row(DEV, title="Student"),
        Row("eve@eve.example", company="Eve Inc"),
    ]
    inputs = world(rows, [Said(BEA)], briefed=["eve@eve.example"])
    found = briefs_wanted(decide(inputs), inputs)
    assert found.columns == list(WORKLISTS["briefs_wanted.csv"])
    assert found.select("contact_point", "tier", "brief_state", "channel").rows() == [(ADA, "full", "none", "email")]


def test_a_failing_brief_is_wanted_again() -> None:
    """With its state, so that its writer knows that one is there."""
    inputs = replace(world([Row(ADA)]), briefs=briefs_about(ADA, name="Jördis Brückner"))
    assert briefs_wanted(decide(inputs), inputs).select("brief_state").item() == "failing"


def test_whoever_asked_us_comes_first_then_the_warmest() -> None:
    """Inquiries before everybody else, customers before strangers, and each with what they asked."""
    sources = {"summit": ADA, "guild": BEA, "desk": CHO}
    rows = [Row(email, company=f"{source} Inc", source=source) for source, email in sources.items()]
    inputs = world(rows)
    kinds = {"summit": "conference", "guild": "referral", "desk": "inquiry"}
    contracts = inputs.contracts.with_columns(pl.col("source").replace_strict(kinds).alias("source_kind"))
    from_desk = pl.when(pl.col("source") == "desk")
    asked = inputs.records.with_columns(
        from_desk.then(pl.lit("Prices?")).alias("asked_about"), from_desk.then(date(2026, 10, 1)).alias("asked_on")
    )
    inputs = replace(inputs, contracts=contracts, records=asked)
    found = briefs_wanted(decide(inputs), inputs)
    assert found.select("contact_point", "relationship", "tier").rows() == [
        (CHO, "inquired", "conversation"),
        (BEA, "referred", "short"),
        (ADA, "cold", "full"),
    ]
    assert found.get_column("asked_about").to_list() == ["Prices?", None, None]


def test_one_mailbox_under_two_names_is_for_a_human_to_look_at() -> None:
    """Both rows with names and lists; people whose rows agree are not shown."""
    rows = [Row(ADA), Row(ADA, surname="Ruiz", source="guild"), Row(BEA), Row(BEA, source="guild")]
    inputs = world(rows)
    found = matches_to_review(decide(inputs), inputs.settings)
    assert found.columns == list(WORKLISTS["review.csv"])
    assert found.height == 1
    pair = found.row(0, named=True)
    assert {(pair["name_a"], pair["source_a"]), (pair["name_b"], pair["source_b"])} == {
        ("Ada Okafor", "summit"),
        ("Ada Ruiz", "guild"),
    }


def test_classes_are_wanted_where_they_would_free_somebody() -> None:
    """Companies without a legal form in a country whose law turns on it; the one with most people first."""
    rows = [
        Row(ADA, company="Ada", country="GB", surname="A"),
        Row("amy@ada.example", company="Ada", country="GB", surname="B"),
        Row(BEA, company="Bea", country="GB", surname="C"),
        Row(CHO, company="Cho Ltd", country="GB", surname="D"),
        Row(DEV, company="Dev", country="US", surname="E"),
        Row("eve@eve.example", company="Eve", country="GB", surname="F"),
    ]
    found = classes_wanted(decide(world(rows, [Said("eve@eve.example")])))
    assert found.columns == list(WORKLISTS["class_wanted.csv"])
    assert found.select("company", "country", "people").rows() == [("Ada", "GB", 2), ("Bea", "GB", 1)]
    assert all(rule.startswith("gb.email.") for rules in found.get_column("rules") for rule in rules.split())


def committed(inputs: DecisionInputs, queue_date: date) -> DecisionInputs:
    """The world with a line handed out on a day to everybody in it."""
    people = subjects_of(inputs).records.get_column("person_id").unique().sort()
    rows = [
        {
            "seq": seq,
            "person_id": person,
            "channel": "email",
            "owner": "ben",
            "queue_date": queue_date,
            "revision": 1,
            "run_id": "earlier",
            "run_as_of": AS_OF.replace(day=queue_date.day),
            "recorded_at": AS_OF.replace(day=queue_date.day),
            "released": False,
        }
        for seq, person in enumerate(people, start=1)
    ]
    return replace(inputs, commitments=conform(pl.DataFrame(rows, schema_overrides=dict(COMMITMENTS)), COMMITMENTS))


def test_lines_nobody_reported_on_are_missing_after_two_working_days() -> None:
    """With whose they are and until when they block; not before they are due, and not once an outcome is there."""
    old = committed(world([Row(ADA)]), date(2026, 10, 9))
    found = touches_missing(decide(old), old)
    assert found.columns == list(WORKLISTS["touches_missing.csv"])
    assert found.select("owner", "queue_date", "run_id", "expires_on", "overdue").rows() == [
        ("ben", date(2026, 10, 9), "earlier", date(2026, 10, 23), True)
    ]
    fresh = committed(world([Row(ADA)]), date(2026, 10, 13))
    assert touches_missing(decide(fresh), fresh).is_empty()
    token = old.tokens.filter(match="exact").get_column("token")[0]
    row = {"seq": 9, "token": token, "channel": "email", "at": AS_OF.replace(day=12), "outcome": "voicemail"}
    touched = replace(old, touches=conform(pl.DataFrame([row], schema_overrides=dict(TOUCHES)), TOUCHES))
    assert touches_missing(decide(touched), touched).is_empty()


def test_with_nothing_to_say_the_columns_stand_alone() -> None:
    """Every worklist of a world without anybody."""
    inputs = world([])
    decision = decide(inputs)
    found = {
        "briefs_wanted.csv": briefs_wanted(decision, inputs),
        "review.csv": matches_to_review(decision, inputs.settings),
        "class_wanted.csv": classes_wanted(decision),
        "touches_missing.csv": touches_missing(decision, inputs),
    }
    assert {name: tuple(frame.columns) for name, frame in found.items()} == WORKLISTS
    assert all(frame.is_empty() for frame in found.values())
