"""An export is recognised by what only its product writes, whatever its order, casing and further columns."""

from __future__ import annotations

import csv
import random
from typing import TYPE_CHECKING

import polars as pl
import pytest

from policies.folding import fold_words
from policies.rulebook import RuleFile
from policies.sources.layouts import (
    Layout,
    Section,
    header_key,
    is_footer,
    meanings,
    prepared_rows,
    recognise,
    section_at,
    title_of,
)
from tests.flows.exports_of_products import EXPORTS
from tests.policies.rulebooks import base, problems_of

if TYPE_CHECKING:
    from collections.abc import Sequence

LAYOUTS: tuple[Layout, ...] = base().settings["layouts"]
BY_ID = {layout.id: layout for layout in LAYOUTS}
GENERIC = [
    "First Name,Last Name,Email,Phone,Company,Job Title,Country",
    "Name,Email,Company,Status",
    "email,name",
    "email,name,tags",
    "Name,E-Mail,Firma,Telefon,Land,Abgemeldet",
    "Vorname,Nachname,E-Mail,Telefon,Unternehmen,Bestellnummer,Teilnehmerstatus",
    "Nom,Prénom,Courriel,Société,Désabonné",
    "ID,First Name,Last Name,Email,Account Name",
    "ID,Name,Email,Do Not Call",
    "Record Id,Contact Owner.id,Contact Owner,First Name,Last Name,Email,Email Opt Out,Lead Source,Created Time",
    "First Name,Last Name,Email,Company,Position",
    "First Name,Last Name,Email,Title,Company Name,Phone,Email Status",
    "Order ID,Email,Name,Total,Status",
    "Name,User ID,Email,RSVP",
    "Timestamp,Email Address,First Name,Last Name,Company",
    "Topic,Email,Join Time,Leave Time,Duration (Minutes)",
    "uuid,email,status",
    "Do Not Email,Do Not Phone,Name,Email",
    "Archived,Email,Name,Member",
    "Subscriber,Email Address,Optin Time",
]


def headers_of(name: str) -> list[list[str]]:
    """The first records of an export."""
    content = EXPORTS[name].path.read_bytes()
    text = content.decode("utf-16" if content.startswith(b"\xff\xfe") else "utf-8", "replace")
    lines = [line for line in text.removeprefix("\ufeff").splitlines() if line][:60]
    divider = "\t" if sum("\t" in line for line in lines) > len(lines) // 2 else ","
    return list(csv.reader(lines, delimiter=divider))


@pytest.mark.parametrize("name", EXPORTS)
def test_each_export_has_one_layout(name: str) -> None:
    """The layout of its product, and none of another product's fits it at all."""
    records, file_name = headers_of(name), EXPORTS[name].name
    found = recognise(LAYOUTS, records, file_name)
    assert found is not None
    assert found.id == EXPORTS[name].layout
    product = found.id.split("_")[0]
    fitting = {layout.id.split("_")[0] for layout in LAYOUTS if recognise([layout], records, file_name)}
    assert fitting == {product}


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("change", [str.upper, str.lower, str.title, lambda text: f" {text} ".replace(" ", "  ")])
def test_order_and_casing_make_no_difference(name: str, change: object) -> None:
    """Columns in any order, under headers in any case, with columns of the account's own among them."""
    assert callable(change)
    shuffle = random.Random(name).shuffle  # noqa: S311  # any order will do
    records = []
    for cells in headers_of(name):
        mixed = [change(cell) for cell in cells]
        if title_of(cells) is None:
            mixed.append("Shoe size")
            shuffle(mixed)
        records.append(mixed)
    found = recognise(LAYOUTS, records, EXPORTS[name].name)
    assert found is not None
    assert found.id == EXPORTS[name].layout


@pytest.mark.parametrize("header", GENERIC)
def test_a_list_of_somebody_else_matches_none(header: str) -> None:
    """Headers that many lists have are nobody's export."""
    assert recognise(LAYOUTS, [header.split(",")], "subscribed_list.csv") is None


@pytest.mark.parametrize(
    "text",
    [
        "E-Mail 1 - Value",
        "# Employees",
        "What's your company?",
        "No Bulk Emails (User Opt Out)",
        "Número",
        "Straße",
        "ÅSA Ø",
        "",
        "名前",
    ],
)
def test_keys_of_headers_are_folded_words_without_blanks(text: str) -> None:
    """As headers are compared everywhere; plain letters take a shorter way to the same key."""
    assert header_key(text) == fold_words([text])[0].replace(" ", "")


WEBINAR = BY_ID["zoom_webinar"]
TABLE = ["Attended", "User Name (Original Name)", "Email", "Join Time", "Leave Time"]
REGISTERED = [*TABLE, "Registration Time", "Approval Status"]


@pytest.mark.parametrize(
    ("cells", "title", "section"),
    [
        (TABLE, "Host Details", "hosts"),
        (TABLE, "PANELIST DETAILS", "panelists"),
        (TABLE, "Attendee Details", "unregistered"),
        (TABLE, None, None),
        (TABLE, "Anything else", None),
        (REGISTERED, "Attendee Details", "attendees"),
        (REGISTERED, None, "attendees"),
        (
            ["Yes", "Ada", "ada@acme.example", "User Name (Original Name)", "Join Time", "Leave Time"],
            "Host Details",
            None,
        ),
        (["Topic", "Webinar ID", "Actual Start Time"], None, "webinar"),
        (["Host Details"], "Host Details", None),
    ],
)
def test_sections_are_told_by_title_and_header(cells: Sequence[str], title: str | None, section: str | None) -> None:
    """The same header under another title is another table; a line with an address is never a header."""
    found = section_at(WEBINAR, cells, title)
    assert (found.id if found else None) == section


@pytest.mark.parametrize(
    ("cells", "footer"),
    [
        (["Grand Totals (3 records)"], True),
        (["Grand Totals", "", "3 records"], True),
        (["Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."], True),
        (["Confidential Information - Do Not Distribute", "", ""], True),
        (["Generated By:  Pat Owner  3/5/2026 4:15 AM"], True),
        (["Copyright", "ada@acme.example"], False),
        (["Grand", "Total", "CTO"], False),
        (["Copyright", "Clerk", "Lawyer", "Acme GmbH"], False),
        (["", ""], False),
        ([], False),
    ],
)
def test_footers_are_told_from_rows(cells: Sequence[str], *, footer: bool) -> None:
    """Lines that the tool adds at the end; whoever may be a person is none."""
    assert is_footer(BY_ID["salesforce_report"], cells) is footer
    assert not is_footer(BY_ID["hubspot"], cells)


def test_lookups_are_those_of_the_field_and_of_the_column() -> None:
    """A "no" means one thing for a flag to share and another for anything else."""
    civicrm = BY_ID["civicrm"]
    assert meanings(civicrm, "excluded_by_file", "Do Not Trade")["yes"] == "not_to_be_shared"
    assert meanings(civicrm, "excluded_by_file", "contact type")["household"] == "organisation"
    assert "yes" not in meanings(civicrm, "excluded_by_file", "Contact Type")
    assert meanings(BY_ID["teams"], "excluded_by_file", "Rolle")["organisator"] == "host"
    assert meanings(None, "excluded_by_file", "Role") == {}


def test_cells_are_taken_as_the_layout_says() -> None:
    """Marks of nothing are blank, parts are kept, cells another one rules out are left out; nothing else changes."""
    section = Section(
        id="people",
        header=("name",),
        columns={"full_name": ("Name",), "country": ("Land", "Missing", "Home"), "email": ("Mail", "Other mail")},
        extract={"full_name": r"^(\w+) \("},
        unless={"Phone": {"Kind": "fax"}, "File as": {"Name": ".", "Not there": "."}, "Nor this": {"Kind": "."}},
    )
    layout = Layout(id="x", product="X", sections=(section,), blanks=("--",))
    rows = pl.DataFrame(
        {
            "row_number": [1, 2, 3],
            "Name": ["Ada (A.)", " -- ", "Cy"],
            "Phone": ["1", "2", "3"],
            "Kind": ["Work Fax", "Mobile", ""],
            "File as": ["Lovell, Ada", "Okri, Ben", "--"],
            "Land": ["DE", "--", " "],
            "Home": ["FR", "GB", ""],
            "Mail": ["", "", ""],
            "Other mail": ["a@acme.example", "", ""],
        }
    )
    found = prepared_rows(rows, layout, section)
    assert found.columns == rows.columns
    assert found.drop("row_number").rows() == [
        ("Ada", "", "Work Fax", "", "DE", "FR", "", "a@acme.example"),
        ("", "2", "Mobile", "Okri, Ben", "GB", "GB", "", ""),
        ("Cy", "3", "", "", "", "", "", ""),
    ]
    plain = Section(id="plain", header=("name",), columns={"full_name": ("Name",)})
    assert prepared_rows(rows, Layout(id="y", product="Y", sections=(plain,)), plain) is rows


GOOD = """[layout]
id = "x"
product = "X"
[layout.lookups.excluded_by_file]
gone = "cancelled"
[[section]]
id = "people"
header = ["X Name"]
[section.columns]
full_name = "X Name"
email = ["Mail", "Other Mail"]
excluded_by_file = "State"
"""
FAULTS = [
    # what is wrong, its line, a word of the message or the fix
    (GOOD.replace('id = "x"', 'id = "X y"'), 2, "no word"),
    (GOOD.replace('product = "X"\n', ""), 1, "product is missing"),
    (GOOD.replace('product = "X"', 'product = "X"\nfooter = ["x"]'), 4, "footers"),
    (GOOD.replace('product = "X"', 'product = "X"\nfooters = ["("]'), 4, "no pattern"),
    (GOOD.replace('product = "X"', 'product = "X"\nblanks = "--"'), 4, "list of texts"),
    (GOOD.replace('product = "X"', 'product = "X"\nrefuse = "no"'), 1, "refuse_fix is missing"),
    (GOOD.replace('gone = "cancelled"', 'gone = "Gone away"'), 5, "no reason"),
    (GOOD.replace("lookups.excluded_by_file", "lookups.Nowhere"), 4, "No section reads a column"),
    (GOOD.replace('gone = "cancelled"', "gone = 1"), 4, "no table of texts"),
    (GOOD.replace("lookups.excluded_by_file", "lookups.email_opt_out"), 5, "no state of a flag"),
    (GOOD.replace('header = ["X Name"]\n', ""), 6, "no header"),
    (GOOD.replace('header = ["X Name"]', "header = 3"), 8, "list of texts"),
    (GOOD.replace('header = ["X Name"]', 'header_like = ["["]'), 8, "no pattern"),
    (GOOD.replace('header = ["X Name"]', 'header = ["X Name"]\npeople = "yes"'), 9, "true nor false"),
    (GOOD.replace('header = ["X Name"]', 'header = ["X Name"]\npeople = false'), 1, "holds people"),
    (GOOD.replace('header = ["X Name"]', 'header = ["X Name"]\nopted_out = ["fax"]'), 9, "fax"),
    (GOOD.replace('header = ["X Name"]', 'header = ["X Name"]\nexcluded = "Host!"'), 9, "no word"),
    (GOOD.replace('header = ["X Name"]', 'header = ["X Name"]\ntitle = "*"'), 9, "no pattern"),
    (GOOD.replace('header = ["X Name"]', 'header = ["X Name"]\ntitel = "x"'), 9, "title"),
    (GOOD.replace("full_name =", "ful_name ="), 10, "full_name"),
    (GOOD.replace('full_name = "X Name"', "full_name = 1"), 10, "list of texts"),
    (GOOD.replace('full_name = "X Name"', 'full_name = "Mail"'), 9, "more than one column"),
    (GOOD.replace("[section.columns]", "[section.extract]\nfull_name = '('\n[section.columns]"), 10, "no pattern"),
    (GOOD.replace("[section.columns]", "[section]\ncolumns = 3\n[x]"), 6, "TOML"),
    (GOOD + GOOD[GOOD.index("[[section]]") :], 1, "more than one section"),
    (GOOD + '[[rule]]\nid = "x"\n', 13, "no table 'rule'"),
    ("x = 1\n", 1, "says nothing of a layout"),
]


@pytest.mark.parametrize(("text", "line", "words"), FAULTS, ids=[f"{line} {words}" for _, line, words in FAULTS])
def test_a_rule_file_of_a_layout_names_what_is_wrong(text: str, line: int, words: str) -> None:
    """Like every rule file: each problem with its line, and the rules are not loaded."""
    found = problems_of(RuleFile("base/layouts/x.toml", text, "base"), alone=True)
    said = [(problem.line, f"{problem.message} {problem.fix}") for problem in found]
    assert any(words in text and (at == line or words == "TOML") for at, text in said), said


def test_a_good_file_of_a_layout_has_no_problems() -> None:
    """What the faults are made of holds by itself, and its id is its own."""
    assert not problems_of(RuleFile("base/layouts/x.toml", GOOD, "base"), alone=True)
    again = problems_of(
        RuleFile("base/layouts/x.toml", GOOD, "base"), RuleFile("base/layouts/y.toml", GOOD, "base"), alone=True
    )
    assert [problem.message for problem in again] == ["There is another layout 'x'."]


def test_layouts_belong_to_the_policy_revision_and_to_the_base() -> None:
    """They decide who is ruled out; a workspace does not state them."""
    text = GOOD.replace('"x"', '"ours"')
    assert problems_of(RuleFile("rules/local/ours.toml", text, "workspace"))
    paths = {layout.path for layout in LAYOUTS}
    assert paths == {f"base/layouts/{layout.id}.toml" for layout in LAYOUTS}
