"""The fact table: every country of the person is judged, and no fact is overlaid by another of its name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations

import polars as pl
import pytest

from policies.fact_table.law import law_facts, law_table
from policies.fact_table.table import gather
from policies.facts import FACT_SCHEMA, FACTS, LATE_FACTS
from policies.schema import NOTICES, UTC_INSTANT, conform
from tests.policies.worlds import AS_OF, Row, base_rules, world

ADA, ALSO_ADA, LINE = "ada@acme.example", "ada.okafor@example.org", "+12025550101"
KEYS = {"record_id", "person_id", "channel"}


def test_there_is_a_row_for_each_contact_point_and_country() -> None:
    """Both records of a person stand under both countries, whatever their own cells say."""
    rows = [Row(ADA, LINE, country="US"), Row(ALSO_ADA, LINE, country="DE", source="guild"), Row("bea@acme.example")]
    facts = gather(world(rows)).facts
    found = facts.group_by("record_id", "channel").agg(pl.col("country").sort())
    assert sorted(map(tuple, found.get_column("country"))) == [("DE", "US")] * 4 + [("US",)]
    assert facts.select("jurisdiction_on_file").to_series().all()


def test_the_country_of_a_number_or_a_domain_is_judged_as_well() -> None:
    """A record whose own country cell says something else, or nothing."""
    rows = [Row(ADA, country="US"), Row("bea@bolt.de", surname="Ruiz", country=None)]
    inputs = world(rows)
    british = pl.when(pl.col("email") == ADA).then(pl.lit("GB")).alias("phone_country")
    table = gather(replace(inputs, records=inputs.records.with_columns(british)))
    emails = dict(table.records.select("record_id", "email").iter_rows())
    found = {(emails[record], country) for record, country in table.facts.select("record_id", "country").iter_rows()}
    assert found == {(ADA, "US"), (ADA, "GB"), ("bea@bolt.de", "DE")}


def test_facts_have_the_types_of_the_vocabulary_and_known_ones_are_known() -> None:
    """Every early fact is there; one that is said to be always known has no null."""
    rows = [Row(ADA, LINE, country=None, title="", obtained_on=None), Row(None, "+12025550102", company="")]
    facts = gather(world(rows)).facts
    early = {fact.name: fact for fact in FACTS if fact.name not in LATE_FACTS}
    assert {name: facts.schema[name] for name in early} == {name: FACT_SCHEMA[name] for name in early}
    assert [name for name, fact in early.items() if not fact.nullable and facts.get_column(name).null_count()] == []


def test_the_parts_share_nothing_but_their_keys() -> None:
    """A column of one name in two parts would hide one of the two from the rules."""
    inputs = world([Row(ADA, LINE)])
    table = gather(inputs)
    law = law_facts(table.records, table.countries, table.subjects, inputs)
    parts = {
        "points": set(table.points.columns),
        "people": set(table.people.columns) - {"company_key"},
        "law": set(law.columns),
    }
    for one, other in combinations(parts.values(), 2):
        assert one & other <= KEYS
    # records stand behind the other parts, so what they share must be the same or the record's own cell
    shared = set(table.records.columns) & set.union(*parts.values()) - KEYS
    assert shared <= {
        "country",
        "email_domain",
        "phone",
        "phone_type",
        "region",
        "role_mailbox",
        "channels_in_contract",
    }


def test_point_facts_say_nothing_about_the_other_channel() -> None:
    """A role mailbox is no property of a number, nor a kind of line one of an address."""
    facts = gather(world([Row("info@acme.example", LINE)])).facts
    by_channel = {row["channel"]: row for row in facts.iter_rows(named=True)}
    assert (by_channel["email"]["role_mailbox"], by_channel["phone"]["role_mailbox"]) == (True, False)
    assert (by_channel["email"]["phone_type"], by_channel["phone"]["phone_type"]) == (None, "fixed")


@pytest.mark.parametrize(
    ("kind", "own", "asked_on", "obtained_on", "expected"),
    [
        ("inquiry", True, date(2026, 4, 14), None, True),
        ("inquiry", True, date(2026, 4, 13), None, False),
        ("inquiry", True, date(2026, 10, 15), None, False),
        ("inquiry", True, None, date(2026, 9, 1), False),
        ("customers", True, None, date(2026, 9, 1), False),
        ("membership", True, None, date(2024, 10, 14), True),
        ("membership", True, None, date(2024, 10, 13), False),
        ("membership", False, None, date(2026, 9, 1), False),
        ("conference", True, None, date(2026, 9, 1), False),
    ],
)
def test_implied_consent_runs_out(
    kind: str, asked_on: date | None, obtained_on: date | None, *, own: bool, expected: bool
) -> None:
    """Canada: an inquiry implies consent for six months, a membership of our own for two years, to the day."""
    inputs = world([Row(ADA, country="CA", obtained_on=obtained_on)])
    contracts = inputs.contracts.with_columns(pl.lit(kind).alias("source_kind"), pl.lit(own).alias("own_list"))
    records = inputs.records.with_columns(pl.lit(asked_on, dtype=pl.Date).alias("asked_on"))
    facts = gather(replace(inputs, contracts=contracts, records=records)).facts
    assert facts.get_column("implied_consent").to_list() == [expected]


@pytest.mark.parametrize(
    ("obtained_on", "told", "overdue"),
    [
        (date(2026, 9, 24), False, False),
        (date(2026, 9, 14), False, False),
        (date(2026, 9, 13), False, True),
        (date(2026, 9, 13), True, False),
        (None, False, False),
    ],
)
def test_a_notice_is_due_in_time(obtained_on: date | None, *, told: bool, overdue: bool) -> None:
    """Germany: a month after the list was obtained whoever stands on it must have been told; one notice is enough."""
    inputs = world([Row(ADA, country="DE", obtained_on=obtained_on)])
    token = inputs.tokens.filter(match="exact").get_column("token")[:1]
    sent = pl.DataFrame({"seq": [1], "token": token, "sent_at": [AS_OF]}).cast({"sent_at": UTC_INSTANT})
    notices = conform(sent, NOTICES) if told else inputs.notices
    facts = gather(replace(inputs, notices=notices)).facts
    assert facts.get_column("notice_overdue").to_list() == [overdue]


def test_the_law_of_a_country_begins_on_its_day() -> None:
    """Before its first version a country is not on file."""
    countries = set(law_table(base_rules(), date(2026, 10, 14)).get_column("country"))
    assert {"US", "CA", "GB", "DE", "FR", "AU"} <= countries
    assert law_table(base_rules(), date(1900, 1, 1)).is_empty()
