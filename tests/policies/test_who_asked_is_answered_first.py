"""The worklist of research: who asked us comes first, with the days that count; then the warmest and best fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from policies.evaluate import decide
from policies.identity import Generation
from policies.schema import ASSIGNMENTS, TOUCHES, conform
from policies.worklists import briefs_wanted
from policies.worklists.inquiries import inquiries
from policies.worklists.permission_ends import permission_ends
from tests.policies.worlds import AS_OF, Consented, Row, briefs_about, world

if TYPE_CHECKING:
    from policies.inputs import DecisionInputs

_NAMES = ("ada", "bea", "cho", "dev", "eve", "fay", "gus", "hal")
ADA, BEA, CHO, DEV, EVE, FAY, GUS, HAL = (f"{name}@{name}.example" for name in _NAMES)
TODAY = AS_OF.date()  # Wednesday, 14 October 2026


def asking(rows: dict[str, date], *others: Row, country: str = "US") -> DecisionInputs:
    """A world in which each of these people asked us something on a day."""
    inquiries = [Row(email, company=f"{email} Inc", source="desk", country=country) for email in rows]
    inputs = world([*inquiries, *others])
    day = pl.col("email").replace_strict(rows, default=None, return_dtype=pl.Date)
    kind = pl.when(pl.col("source") == "desk").then(pl.lit("inquiry")).otherwise("source_kind")
    return replace(
        inputs,
        records=inputs.records.with_columns(day.alias("asked_on"), pl.lit("Prices?").alias("asked_about")),
        contracts=inputs.contracts.with_columns(kind.alias("source_kind")),
    )


def touched(inputs: DecisionInputs, contact: str, outcome: str, day: date) -> DecisionInputs:
    """The same with one contact made."""
    exact = inputs.records.filter(email=contact).select("record_id").join(inputs.tokens, on="record_id")
    token = exact.filter(match="exact", channel="email").get_column("token")[0]
    at = AS_OF.replace(year=day.year, month=day.month, day=day.day)
    row = {
        "seq": 1,
        "token": token,
        "channel": "email",
        "at": at,
        "recorded_at": at,
        "outcome": outcome,
        "has_note": True,
    }
    made = conform(pl.DataFrame([row], schema_overrides=dict(TOUCHES)), TOUCHES)
    return replace(inputs, touches=pl.concat([inputs.touches, made]))


QUESTIONS = (
    ("UTC", date(2026, 10, 13), date(2026, 10, 14)),
    ("UTC", TODAY, date(2026, 10, 15)),
    ("UTC", date(2026, 10, 9), date(2026, 10, 12)),  # a Friday: by Monday
    ("UTC", date(2026, 10, 10), date(2026, 10, 12)),  # a Saturday: by Monday as well
    ("UTC", date(2026, 10, 11), date(2026, 10, 12)),
    ("Europe/Berlin", date(2026, 5, 13), date(2026, 5, 15)),  # the day between is Ascension
    ("Europe/Berlin", date(2026, 4, 30), date(2026, 5, 4)),  # Labour Day, then a weekend
    ("Europe/London", date(2026, 4, 30), date(2026, 5, 1)),
    ("America/New_York", date(2026, 9, 4), date(2026, 9, 8)),  # Labor Day
    ("UTC", date(1970, 1, 1), date(1970, 1, 2)),
)


def answer_by(zone: str, asked_on: date, last_touch_on: date | None = None) -> date | None:
    """By when somebody must be answered who asked on a day and was last contacted on another."""
    inputs = world([])
    inputs = replace(inputs, organisation=replace(inputs.organisation, timezone=zone))
    records = {"record_id": ["r"], "person_id": ["p"], "asked_on": [asked_on], "asked_about": ["Prices?"]}
    people = pl.DataFrame(
        {"person_id": ["p"], "last_touch_on": [last_touch_on]}, schema_overrides={"last_touch_on": pl.Date}
    )
    due = inquiries(pl.DataFrame(records), people, inputs).get_column("answer_by")
    return due.item() if due.len() else None


@pytest.mark.parametrize(("zone", "asked", "due"), QUESTIONS)
def test_an_answer_is_due_by_the_end_of_the_next_working_day(zone: str, asked: date, due: date) -> None:
    """Monday to Friday without the public holidays of where we work."""
    assert answer_by(zone, asked) == due


def test_a_question_of_a_day_to_come_is_none_yet() -> None:
    """A slip in a list makes nobody late, and nobody early."""
    assert answer_by("UTC", TODAY + timedelta(days=1)) is None


@pytest.mark.parametrize(("touched_on", "due"), [(date(2026, 10, 1), None), (date(2026, 9, 30), date(2026, 10, 2))])
def test_whoever_was_tried_since_is_not_late(touched_on: date, due: date | None) -> None:
    """A contact on the day of the question or later is the try; one before it is not."""
    assert answer_by("UTC", date(2026, 10, 1), touched_on) == due


def test_those_who_can_still_be_answered_in_time_come_first_then_the_warmest() -> None:
    """Due today, due tomorrow; of the late the one whose permission ends first; then whoever asked nothing."""
    asked = {ADA: date(2026, 9, 1), BEA: TODAY, CHO: date(2026, 10, 13), FAY: date(2026, 9, 20)}
    inputs = asking(asked, Row(DEV, company="Dev Inc"), Row(EVE, company="Eve Inc", source="guild"))
    kind = pl.when(pl.col("source") == "guild").then(pl.lit("referral")).otherwise("source_kind")
    inputs = replace(
        inputs,
        contracts=inputs.contracts.with_columns(kind.alias("source_kind")),
        consents=world([Row(FAY)], given=[Consented(FAY, expires_in=9)]).consents,
    )
    found = briefs_wanted(decide(inputs), inputs)
    assert found.get_column("contact_point").to_list() == [CHO, BEA, FAY, ADA, EVE, DEV]
    assert found.get_column("waiting_since").to_list()[:4] == [asked[one] for one in (CHO, BEA, FAY, ADA)]


def test_permission_ends_with_the_first_of_what_it_rests_on() -> None:
    """The contract of the list, a consent of this very contact point, or one that the law of the country implies."""
    contract, month, long, over = date(2027, 9, 18), TODAY + timedelta(days=30), 900, -1
    given = [Consented(ADA, expires_in=30), Consented(BEA, expires_in=long), Consented(CHO, expires_in=over)]
    canadian = {GUS: date(2026, 9, 1), HAL: date(2026, 3, 1)}  # six months there; the other one's are over
    rows = [Row(email, company=f"{email} Inc") for email in (ADA, BEA, CHO, DEV)]
    inputs = replace(asking(canadian, *rows, country="CA"), consents=world([], given=given).consents)
    decision = decide(inputs)
    found = permission_ends(decision.table.points.select("record_id", "channel"), decision, inputs)
    by_record = dict(found.select("record_id", "permission_ends_on").iter_rows())
    emails = dict(inputs.records.select("record_id", "email").iter_rows())
    assert {emails[record]: ends for record, ends in by_record.items()} == {
        ADA: month,
        BEA: contract,
        CHO: contract,
        DEV: contract,
        GUS: date(2027, 3, 1),
        HAL: contract,
    }


def known_since(inputs: DecisionInputs, day: date) -> DecisionInputs:
    """The same, everybody having been seen by a run on a day."""
    ids = inputs.records.get_column("record_id")
    seen = {"record_id": ids, "person_id": inputs.mint(ids.to_list()), "first_seen_on": [day] * ids.len()}
    return replace(inputs, prior=replace(Generation.none(), assignments=pl.DataFrame(seen, schema=ASSIGNMENTS)))


def test_waiting_began_when_only_the_brief_was_missing() -> None:
    """When a run first knew them, they consented, or the last brief grew too old, whichever was last."""
    inputs = known_since(world([Row(email, company=f"{email} Inc") for email in (ADA, BEA, CHO)]), date(2026, 1, 2))
    shelf_life: Any = inputs.settings["brief"]["shelf_life_days"]
    written = TODAY - timedelta(days=shelf_life + 7)
    aged = pl.col("text").str.replace(r"(?m)^date: .*$", f"date: {written.isoformat()}")
    inputs = replace(
        inputs,
        briefs=briefs_about(ADA).with_columns(pl.lit(written).alias("written_on"), aged),
        consents=world([], given=[Consented(BEA, days_ago=5)]).consents,
    )
    found = (
        briefs_wanted(decide(inputs), inputs)
        .select("contact_point", "brief_state", "waiting_days")
        .sort("contact_point")
    )
    assert found.rows() == [(ADA, "stale", 7), (BEA, "none", 5), (CHO, "none", 285)]


def test_whoever_rests_is_last_and_says_from_when() -> None:
    """Nobody researches today whom nobody may contact for weeks; whoever asked us goes before all the same."""
    inputs = touched(world([Row(ADA), Row(BEA, company="Bea Inc")]), ADA, "replied", date(2026, 10, 12))
    found = briefs_wanted(decide(inputs), inputs)
    assert found.select("contact_point", "contact_from").rows() == [(BEA, None), (ADA, date(2026, 10, 26))]
