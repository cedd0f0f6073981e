"""Each known export, as its product writes it: right header line, cells, flags and exclusions, and no line lost."""

from __future__ import annotations

import json
import shutil
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from flows.cli import call
from flows.exports.csv import write_csv
from flows.list_intake import read_list, read_preview, rejects_frame
from flows.refused_lists import RefusedList
from policies.sources import parse_source_contract
from tests.effort import each
from tests.flows.exports_of_products import EXPECTED, EXPORTS
from tests.policies.rulebooks import base

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS: dict[str, Any] = dict(base().settings)
REFUSED = "meetup"
READ = [name for name in EXPORTS if name != REFUSED]

# encoding, header line of its people, lines of headers, ignored lines, rows, rejected, tables of people
STRUCTURE = {
    "apollo": ("utf-8", 1, 1, 0, 4, 0, 1),
    "apollo_2024": ("utf-8", 1, 1, 0, 3, 0, 1),
    "civicrm": ("utf-8", 1, 1, 0, 5, 0, 1),
    "eventbrite": ("utf-8", 1, 1, 0, 5, 0, 1),
    "eventbrite.gb": ("utf-8", 1, 1, 0, 2, 0, 1),
    "google_contacts": ("utf-8", 1, 1, 0, 2, 0, 1),
    "google_contacts.older": ("utf-8", 1, 1, 0, 1, 0, 1),
    "hubspot": ("utf-8", 1, 1, 0, 4, 0, 1),
    "linkedin": ("utf-8", 4, 1, 3, 3, 2, 1),
    "listmonk_export": ("utf-8", 1, 1, 0, 3, 0, 1),
    "listmonk_import": ("utf-8", 1, 1, 0, 2, 0, 1),
    "luma": ("utf-8-sig", 1, 1, 0, 5, 0, 1),
    "mailchimp": ("utf-8", 1, 1, 0, 2, 0, 1),
    "mailchimp.renamed": ("utf-8", 1, 1, 0, 2, 1, 1),
    "mailchimp_cleaned": ("utf-8", 1, 1, 0, 1, 0, 1),
    "mailchimp_nonsubscribed": ("utf-8", 1, 1, 0, 2, 0, 1),
    "mailchimp_unsubscribed": ("utf-8", 1, 1, 0, 2, 0, 1),
    "mailchimp_unsubscribed.left": ("utf-8", 1, 1, 0, 2, 1, 1),
    "salesforce_data_loader": ("utf-8", 1, 1, 0, 3, 0, 1),
    "salesforce_report": ("cp1252", 1, 1, 8, 3, 0, 1),
    "teams": ("utf-16-le-bom", 10, 1, 16, 3, 0, 1),
    "teams.comma": ("utf-8", 10, 1, 16, 3, 0, 1),
    "teams.de": ("utf-16-le-bom", 6, 1, 10, 2, 0, 1),
    "teams.es": ("utf-16-le-bom", 6, 1, 9, 2, 0, 1),
    "teams.fr": ("utf-16-le-bom", 6, 1, 9, 2, 0, 1),
    "wild_apricot": ("utf-8", 1, 1, 0, 5, 0, 1),
    "zoom_meeting": ("utf-8", 4, 1, 3, 4, 1, 1),
    "zoom_webinar": ("utf-8", 12, 4, 8, 7, 1, 4),
    "zoominfo": ("utf-8", 1, 1, 0, 3, 1, 1),
}


@cache
def preview(name: str) -> tuple[pl.DataFrame, dict[str, Any]]:
    """An export as ``tactful read`` reads it."""
    return read_preview(EXPORTS[name].path, None, SETTINGS)


@cache
def records(path: Path, contract: str = "") -> pl.DataFrame:
    """The records of a file in the order of its rows."""
    terms = parse_source_contract(contract, "rules/sources/fair.toml") if contract else None
    read = read_list(path, terms, SETTINGS, lambda messages: ["x"] * len(messages), "ab" * 32)
    return read.records.sort("row_number")


@pytest.mark.parametrize("name", READ)
def test_the_structure_is_found(name: str) -> None:
    """Whose export it is, where its people begin, and what every physical line was."""
    _, summary = preview(name)
    assert summary["layout"] == EXPORTS[name].layout
    assert summary["confidence"] == 1
    tables = [table for table in summary["tables"] if table["people"]]
    keys = ("encoding", "header_line", "header_lines", "ignored_lines", "rows", "rejected")
    assert (*(summary[key] for key in keys), len(tables)) == STRUCTURE[name]
    assert summary["rows"] == summary["accepted"] + summary["rejected"] == sum(table["rows"] for table in tables)
    lines = summary["row_lines"] + summary["header_lines"] + summary["ignored_lines"]
    assert summary["physical_lines"] == lines
    assert summary["unknown_flags"] == {"email_opt_out": int(name == "wild_apricot"), "phone_opt_out": 0}


@pytest.mark.parametrize("name", READ)
def test_every_cell_is_as_expected(name: str, tmp_path: Path) -> None:
    """The rows that `tactful read -o` writes, byte for byte."""
    lines, _ = preview(name)
    write_csv(lines, tmp_path / EXPECTED)
    expected = EXPORTS[name].path.with_name(EXPECTED)
    assert (tmp_path / EXPECTED).read_text(encoding="utf-8") == expected.read_text(encoding="utf-8")


def test_every_product_is_covered() -> None:
    """Each layout has its export, and each export its structure."""
    assert {export.layout for export in EXPORTS.values()} == {layout.id for layout in SETTINGS["layouts"]}
    assert set(STRUCTURE) | {REFUSED} == set(EXPORTS)


def test_further_contact_points_and_dead_addresses() -> None:
    """What is the person's besides the best is kept for screening; the company's numbers are nobody's."""
    others = {
        name: records(EXPORTS[name].path).row(0, named=True) for name in ("google_contacts", "apollo_2024", "zoominfo")
    }
    assert others["google_contacts"]["other_emails"] == ["ada.lovell@example.org", "al@example.net"]
    assert others["google_contacts"]["other_phones"] is None
    assert others["apollo_2024"]["other_phones"] == ["+12025550146"]
    assert others["zoominfo"]["other_phones"] == ["+12025550144"]
    every = pl.concat([records(EXPORTS[name].path) for name in READ])
    said = every.select("phone", "other_phones").explode("other_phones")
    for company in ("+12025550100", "+12025550101", "+12025550140"):
        assert not said.select(pl.any_horizontal(pl.all() == company).any()).item()
    bounced = every.filter(pl.col("email_bounced") == "yes").get_column("email").to_list()
    assert sorted(bounced) == ["ben@acme.example", "cy@acme.example", "dee@acme.example"]


def test_a_no_show_is_one_where_the_source_contract_says_so() -> None:
    """Whoever registered and stayed away is a lead to some and none to others."""
    path = EXPORTS["zoom_webinar"].path
    stated = records(path, '[lookups.excluded_by_file]\n"no" = "no_show"').get_column("excluded_by_file")
    assert stated.to_list() == ["host", "panelist", None, "no_show", "no_show", "no_show", None]
    plain = records(path, "").get_column("excluded_by_file")
    assert plain.to_list() == ["host", "panelist", None, None, "declined", "pending", None]


def test_columns_of_a_contract_hold_in_every_section_that_has_them() -> None:
    """The hosts have no column of a telephone number; that is no fault of the contract."""
    found = records(EXPORTS["zoom_webinar"].path, '[columns]\nphone = "Phone"\ncountry = "Country/Region Name"')
    assert found.get_column("phone").to_list()[2] == "+12025550143"
    assert found.get_column("country").to_list()[:3] == ["DE", "FR", "US"]


def test_the_row_is_kept_as_it_came() -> None:
    """What the layout leaves out of account stays in the original row."""
    raw = json.loads(records(EXPORTS["google_contacts"].path).get_column("raw")[0])
    assert raw["Phone 1 - Value"] == "+1 202-555-0140"
    assert raw["Notes"] == "met at the fair\nlikes tea, black"
    raw = json.loads(records(EXPORTS["zoom_webinar"].path).get_column("raw")[3])
    assert raw["User Name (Original Name)"] == "--"


def test_meetup_is_refused_with_its_reason() -> None:
    """There is nobody to contact in it; what was found of it is said."""
    with pytest.raises(RefusedList) as caught:
        preview(REFUSED)
    assert caught.value.code == "no_contact_columns"
    assert "Meetup" in caught.value.message
    assert caught.value.details == {
        "kind": "delimited",
        "encoding": "utf-8",
        "delimiter": "\t",
        "layout": "meetup",
        "product": "Meetup event attendee download",
        "header_line": 1,
        "rows": 2,
        "physical_lines": 3,
    }


def test_a_no_in_a_refused_export_is_heard(tmp_path: Path) -> None:
    """Somebody wrote it beside a name; the contact point in the row is stopped all the same."""
    path = tmp_path / "attendees.csv"
    path.write_text(
        "Name\tUser ID\tRSVP\tRSVPed on\tNote\nAda\t1\tYes\t1\t\nBen\t2\tNo\t1\tdo not contact ben@acme.example\n"
    )
    with pytest.raises(RefusedList) as caught:
        read_preview(path, None, SETTINGS)
    flagged = caught.value.flagged
    assert flagged.said_no == 1
    assert flagged.cells.get_column("cells").to_list() == [["Ben", "2", "No", "1", "do not contact ben@acme.example"]]


def test_rejects_of_those_who_left_come_back_as_such(tmp_path: Path) -> None:
    """Mailchimp says it in the name of the file, which rejects do not bear."""
    path = EXPORTS["mailchimp_unsubscribed"].path
    broken = tmp_path / path.name
    broken.write_text(path.read_text(encoding="utf-8").replace("ben@acme.example", "ben at acme"), encoding="utf-8")
    read = read_list(broken, None, SETTINGS, lambda messages: ["x"] * len(messages), "")
    rejects = tmp_path / "fair-abcdef01.csv"
    write_csv(rejects_frame(read).with_columns(pl.lit("ben@acme.example").alias("Email Address")), rejects)
    again = records(rejects)
    assert again.select("email", "email_opt_out", "country", "reject_code").rows() == [
        ("ben@acme.example", "yes", "FR", None)
    ]


def test_rejects_of_several_tables_keep_who_is_ruled_out(tmp_path: Path) -> None:
    """A host without an address is refused; given one, they are a host still."""
    path = EXPORTS["zoom_webinar"].path
    broken = tmp_path / path.name
    broken.write_text(
        path.read_text(encoding="utf-8")
        .replace("hal@ours.example", "")
        .replace("ada@acme.example,+1 202-555-0143", ",")
    )
    read = read_list(broken, None, SETTINGS, lambda messages: ["x"] * len(messages), "")
    assert read.rejected == 3
    rejects = tmp_path / "fair-abcdef01.csv"
    write_csv(rejects_frame(read).with_columns(pl.lit("new@acme.example").alias("Email")), rejects)
    again = records(rejects).select("full_name", "email", "excluded_by_file", "reject_code").rows()
    assert again == [
        ("Hal Host", "new@acme.example", "host", None),
        ("Ada Lovell", "new@acme.example", None, None),
        (None, "new@acme.example", None, None),
    ]


@pytest.mark.parametrize("name", ["hubspot", "zoominfo"])
def test_an_export_saved_in_another_format_is_the_same(name: str, tmp_path: Path) -> None:
    """A workbook or Parquet in between changes nothing of what the columns mean."""
    frame = pl.read_csv(EXPORTS[name].path, infer_schema=False)
    frame.write_parquet(tmp_path / "list.parquet")
    frame.write_ndjson(tmp_path / "list.jsonl")
    lines, _ = preview(name)
    for path in (tmp_path / "list.parquet", tmp_path / "list.jsonl"):
        found, summary = read_preview(path, None, SETTINGS)
        assert summary["layout"] == name
        assert found.rows() == lines.rows()


@pytest.mark.parametrize("name", each(EXPORTS, 3))
def test_the_command_reads_it(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`tactful read` on each, and the refusal of the one nobody can be reached from."""
    file = tmp_path / EXPORTS[name].name
    shutil.copy(EXPORTS[name].path, file)
    out = tmp_path / "out.csv"
    code = call(["read", str(file), "--json", "-o", str(out)])
    answer = json.loads(capsys.readouterr().out)
    if name == REFUSED:
        assert code == 1
        assert answer["error"]["code"] == "no_contact_columns"
        assert not out.exists()
    else:
        assert code == 0
        assert answer["layout"] == EXPORTS[name].layout
        assert len(out.read_text(encoding="utf-8").splitlines()) == answer["rows"] + 1


def test_the_terminal_shows_the_tables(capsys: pytest.CaptureFixture[str]) -> None:
    """For a person: which tables there are, what was ruled out."""
    assert call(["read", str(EXPORTS["zoom_webinar"].path)]) == 0
    said = capsys.readouterr().out
    for words in ("Zoom webinar attendee report", "panelists", "Ruled out by the file", "no_contact_point"):
        assert words in said


def test_questions_of_the_organiser_are_read_by_their_headers(tmp_path: Path) -> None:
    """What the product does not ask for every organiser may; a column the product names for it goes first."""
    path = tmp_path / "guests.csv"
    head, *rest = EXPORTS["luma"].path.read_text(encoding="utf-8").splitlines()
    own = head.replace("What's your company?", "Organisation").replace("phone_number", "Mobile number")
    path.write_text("\n".join([own, *rest]), encoding="utf-8")
    found = records(path).row(0, named=True)
    assert (found["company"], found["phone"], found["job_title"]) == ("Acme", "+12025550143", "Founder")
    _, summary = read_preview(path, None, SETTINGS)
    assert summary["layout"] == "luma"


@pytest.mark.parametrize(
    ("header", "row", "mapped"),
    [
        # somebody's own list that begins like an export
        (
            "Contact ID,Do Not Email,Do Not Phone,Full name,E-mail address,Firm",
            "1,yes,no,Ada Lovell,ada@acme.example,Acme",
            {"full_name": ["Full name"], "email": ["E-mail address"]},
        ),
        # an export of which the columns of people were left out
        (
            "ZoomInfo Contact ID,First Name,Last Name,Company HQ Phone,Fax",
            "1,Ada,Lovell,(202) 555-0100,(202) 555-0101",
            None,
        ),
        (
            "First Name,Last Name,Email Status,Email,Work Direct Phone,Qualify Contact,Corporate Phone,Company Phone",
            "Ada,Lovell,Unavailable,,,x,'+12025550100,'+12025550100",
            {"email": ["Email"], "phone": ["Work Direct Phone"]},
        ),
    ],
)
def test_who_and_how_are_told_by_headers_where_the_layout_names_neither(
    tmp_path: Path, header: str, row: str, mapped: dict[str, list[str]] | None
) -> None:
    """But a number of the company is never the person's."""
    path = tmp_path / "list.csv"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    if mapped is None:
        with pytest.raises(RefusedList, match="e-mail address or telephone number"):
            read_preview(path, None, SETTINGS)
        return
    found: Any = read_preview(path, None, SETTINGS)[1]["mapping"]
    assert {field: found[field] for field in mapped} == mapped
    assert "phone" in mapped or "phone" not in found
