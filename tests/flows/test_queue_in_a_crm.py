"""Import files for HubSpot and Salesforce: columns their importers know, and nothing that turns marketing on."""

from __future__ import annotations

import csv
import io

import pytest

from flows.exports.crm import HUBSPOT, PERSON_ID, SALESFORCE, as_hubspot, as_salesforce
from flows.exports.handout import Handout, Known
from tests.flows.handouts import FACTS, MARLENE, handout, line

# What the importers ask for, from their documentation (docs/queue.md names the pages).
CONTACT = {"First name", "Last name", "Email", "Phone number", "Job title", "Company name"}
TASK = {"Task title", "Task type", "Task status", "Due date", "Task notes", "Assigned to"}
LEAD = {"First Name", "Last Name", "Company", "Title", "Email", "Phone", "Description"}
LENGTHS = {"First Name": 40, "Last Name": 80, "Company": 255, "Title": 128, "Email": 80, "Phone": 40}
MARKETING = (
    "marketing",
    "lifecycle",
    "lead status",
    "lead source",
    "campaign",
    "opt out",
    "do not call",
    "legal basis",
)
MADE = {"hubspot": as_hubspot, "salesforce": as_salesforce}


def rows_of(data: bytes) -> list[dict[str, str]]:
    """The rows of a file by header, as an importer reads it: UTF-8, one header line."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def one(form: str, known: Known | None = None, /, **changed: object) -> dict[str, str]:
    """The row of one line."""
    (row,) = rows_of(MADE[form](Handout(line(**changed), FACTS, {} if known is None else {MARLENE: known})))
    return row


@pytest.mark.parametrize(("columns", "wanted"), [(HUBSPOT, CONTACT | TASK), (SALESFORCE, LEAD)])
def test_columns_are_those_the_importer_knows(columns: tuple[str, ...], wanted: set[str]) -> None:
    """By their labels, and one of our own to find a person again by."""
    assert set(columns) == wanted | {PERSON_ID}


@pytest.mark.parametrize("columns", [HUBSPOT, tuple(SALESFORCE)])
def test_no_column_turns_marketing_on_or_lifts_an_opt_out(columns: tuple[str, ...]) -> None:
    """Neither status nor stage, campaign, flag or legal basis."""
    assert [name for name in columns if any(word in name.lower() for word in MARKETING)] == []


@pytest.mark.parametrize("form", MADE)
@pytest.mark.parametrize(("channel", "point"), [("phone", "+12025550123"), ("email", "m.okonkwo@kestrel.example")])
def test_only_the_contact_point_that_may_be_used_is_there(form: str, channel: str, point: str) -> None:
    """The other channel's cell is blank: a channel without permission is not handed on."""
    row = one(form, channel=channel, contact_point=point)
    email, phone = row["Email"], row["Phone number" if form == "hubspot" else "Phone"]
    assert (email, phone) == ((point, "") if channel == "email" else ("", point))


def test_a_task_says_what_to_do_when_and_what_must_be_said() -> None:
    """With the values that HubSpot's task properties take."""
    row = one("hubspot")
    assert (row["Task type"], row["Task status"], row["Due date"]) == ("CALL", "NOT_STARTED", "2026-10-14")
    assert (row["Task title"], row["Assigned to"]) == ("Call Marlene Okonkwo (Kestrel Works)", "nadia")
    for words in ("Call first.", "10:00 to 17:00 (America/Chicago)", "Say: 'I am calling for Harbour &amp; Sons.'"):
        assert words in row["Task notes"]
    assert "Your talk on &lt;b&gt;tides&lt;/b&gt; stayed with me." in row["Task notes"]
    assert set(row["Task notes"].split("<")[1:]) == {
        part for part in row["Task notes"].split("<")[1:] if part[:3] == "br>"
    }


@pytest.mark.parametrize("form", MADE)
@pytest.mark.parametrize(
    ("known", "first", "last"),
    [
        (Known(given_name="Marlene", family_name="Okonkwo"), "Marlene", "Okonkwo"),
        (Known(given_name="Marlene"), "", "Marlene Okonkwo"),
        (None, "", "Marlene Okonkwo"),
    ],
)
def test_no_name_is_taken_apart_by_guessing(form: str, known: Known | None, first: str, last: str) -> None:
    """Parts stand apart only where a list states both."""
    row = one(form, known)
    assert [value for name, value in row.items() if name.lower() in ("first name", "last name")] == [first, last]


@pytest.mark.parametrize(("column", "field"), [("Company", "company"), ("Last Name", "full_name")])
def test_what_a_lead_must_have_is_there(column: str, field: str) -> None:
    """Salesforce refuses a row without it."""
    assert one("salesforce", **{field: None})[column] == "[not provided]"


@pytest.mark.parametrize(
    ("column", "field"),
    [("Company", "company"), ("Last Name", "full_name"), ("Title", "job_title"), ("Email", "contact_point")],
)
def test_what_is_too_long_for_its_field_is_told_whole_elsewhere(column: str, field: str) -> None:
    """A name cut off is no name, an address cut off somebody else's."""
    text = f"{'x' * 300}@kestrel.example"
    row = one("salesforce", **{field: text, "channel": "email"})
    assert row[column] in ("", "[not provided]")
    assert f"{column}: {text}" in row["Description"]


def test_every_cell_fits_its_field() -> None:
    """Of whatever comes from a list."""
    rows = rows_of(as_salesforce(Handout(handout().lines.vstack(line(must_include="long. " * 9_000)), FACTS)))
    limits = {**LENGTHS, "Description": 32_000}
    assert [name for row in rows for name, most in limits.items() if len(row[name]) > most] == []


@pytest.mark.parametrize("form", MADE)
def test_one_line_is_one_row(form: str) -> None:
    """Whatever line ends its cells bring along."""
    rows = rows_of(MADE[form](handout()))
    assert [row[PERSON_ID] for row in rows] == handout().lines["person_id"].to_list()
    assert {len(row) for row in rows} == {len(HUBSPOT if form == "hubspot" else SALESFORCE)}
