"""From rows to people, contact points and the countries whose law may apply."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from policies.subjects import contact_points_of, countries_of
from tests.policies.permissions import subjects_of
from tests.policies.worlds import Row, world

CODES = ("US", "CA", "GB", "DE", "FR", "AU", "CH")
LISTS = {"countries": dict.fromkeys(CODES), "generic_country_domains": ["io", "co"]}
ADA, LINE = "ada@acme.example", "+12025550101"


def countries(
    country: str | None = None, phone_country: str | None = None, domain: str | None = None
) -> list[str | None]:
    """What the signals of one record say together."""
    record = pl.DataFrame(
        {"person_id": ["p"], "country": [country], "phone_country": [phone_country], "email_domain": [domain]},
        schema=dict.fromkeys(("person_id", "country", "phone_country", "email_domain"), pl.String),
    )
    return countries_of(record, LISTS).get_column("country").to_list()


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        (("US", None, None), ["US"]),
        (("US", "US", "acme.com"), ["US"]),
        ((None, "GB", None), ["GB"]),
        ((None, None, "acme.de"), ["DE"]),
        ((None, None, "mail.acme.co.uk"), ["GB"]),
        (("BR", None, None), ["BR"]),
        (("US", "DE", None), ["DE", "US"]),
        (("US", "GB", "acme.fr"), ["FR", "GB", "US"]),
        # what says nothing
        ((None, None, "acme.com"), [None]),
        ((None, None, "acme.example"), [None]),
        ((None, None, "acme.io"), [None]),
        ((None, None, "acme.eu"), [None]),
        ((None, None, "acme.ch"), ["CH"]),
        (("US", None, "acme.ch"), ["CH", "US"]),
        ((None, None, "acme.xx"), [None]),
        ((None, None, None), [None]),
    ],
)
def test_every_signal_counts(signals: tuple[str | None, str | None, str | None], expected: list[str | None]) -> None:
    """Column, number and country domain together; none at all is unknown, which stands as a row of its own."""
    assert countries(*signals) == expected


def test_signals_of_all_records_of_a_person_count() -> None:
    """One record knows the country, another says a different one: both laws are asked, and unknown is filled."""
    records = pl.DataFrame(
        [("p", "US", None, None), ("p", None, None, None), ("p", None, "DE", None), ("q", None, None, None)],
        schema=dict.fromkeys(("person_id", "country", "phone_country", "email_domain"), pl.String),
        orient="row",
    )
    assert countries_of(records, LISTS).rows() == [("p", "DE"), ("p", "US"), ("q", None)]


def test_rejected_rows_take_no_part() -> None:
    """A refused row makes nobody, links nobody and is nobody's contact point."""
    inputs = world([Row(ADA, LINE), Row("bea@acme.example", LINE, source="guild")])
    first = pl.col("row_number") == 1
    refused = inputs.records.with_columns(pl.when(first).then(pl.lit("cell_count")).alias("reject_code"))
    subjects = subjects_of(replace(inputs, records=refused))
    assert subjects.rows.height == subjects.records.height == 1
    assert contact_points_of(subjects.records).get_column("contact").to_list() == ["bea@acme.example", LINE]


def test_a_record_in_two_files_is_one_record_and_two_rows() -> None:
    """Conservation counts rows; rules judge records; one row of the person is kept."""
    inputs = world([Row(ADA)])
    again = pl.concat([inputs.records, inputs.records.with_columns(pl.lit("0" * 64).alias("file_sha256"))])
    subjects = subjects_of(replace(inputs, records=again))
    assert (subjects.rows.height, subjects.records.height) == (2, 1)
    assert subjects.rows.filter("kept").select("file_sha256").rows() == [("0" * 64,)]


def test_a_person_has_one_kept_row_over_all_lists() -> None:
    """The newest list speaks for the person, the other row is its duplicate."""
    rows = [Row(ADA, obtained_on=date(2025, 1, 1)), Row(ADA, source="guild", obtained_on=date(2026, 1, 1))]
    subjects = subjects_of(world(rows))
    assert subjects.rows.filter("kept").get_column("source").to_list() == ["guild"]
    assert subjects.rows.get_column("person_id").n_unique() == 1


@pytest.mark.parametrize(
    ("row", "points"),
    [
        (Row(ADA, LINE), [("email", ADA, False), ("phone", LINE, False)]),
        (Row("info@acme.example", LINE), [("email", "info@acme.example", True), ("phone", LINE, False)]),
        (Row(None, LINE), [("phone", LINE, False)]),
        (Row(ADA), [("email", ADA, False)]),
        (Row(None, LINE, typed="ada at acme"), [("phone", LINE, False)]),
    ],
)
def test_contact_points_of_a_record(row: Row, points: list[tuple[str, str, bool]]) -> None:
    """One per channel it can be reached on; behind a role mailbox stands nobody in particular."""
    found = contact_points_of(subjects_of(world([row])).records)
    assert found.select("channel", "contact", "shared").rows() == points


def test_a_line_of_four_surnames_is_shared_and_their_mailboxes_are_not() -> None:
    """Sharing is a matter of the contact point."""
    rows = [Row(f"{name}@acme.example", LINE, name) for name in ("ada", "bea", "cho", "dev")]
    found = contact_points_of(subjects_of(world(rows)).records)
    assert set(found.select("channel", "shared").unique().rows()) == {("email", False), ("phone", True)}
