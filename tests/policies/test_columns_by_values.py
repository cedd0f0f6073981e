"""What stands in a column tells, confirms or contradicts what its header says; the order of rows plays no part."""

from __future__ import annotations

import tomllib
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rules_on_disk import load_rulebook
from policies.errors import RefusedFile
from policies.sources.cells import mapped_cells
from policies.sources.column_mapping import ColumnMapping, map_columns

LISTS: dict[str, Any] = dict(load_rulebook(None).settings["lists"])
MAIL = [
    "ada.okafor@acme.example",
    "bea.ruiz@bolt.example",
    "cy.lee@core.example",
    "dan.moor@dyn.example",
    "eve.nash@ever.example",
]
TURNED = ["Okafor, Ada", "Ruiz, Bea", "Lee, Cy", "Moor, Dan", "Nash, Eve"]
WHOLE = ["Ada Okafor", "Bea Ruiz", "Cy Lee", "Dan Moor", "Eve Nash"]
GIVEN = ["Ada", "Bea", "Cy", "Dan", "Eve"]
FAMILY = ["Okafor", "Ruiz", "Lee", "Moor", "Nash"]
PHONE = ["+1 202-555-0101", "+1 202-555-0102", "(202) 555-0103", "+44 20 7946 0104", "020 7946 0105"]
BLANK = [""] * 5


def frame(columns: dict[str, list[str]]) -> pl.DataFrame:
    """Rows of a table."""
    return pl.DataFrame(columns).with_row_index("row_number", offset=1).cast({"row_number": pl.UInt32})


def mapping(columns: dict[str, list[str]]) -> ColumnMapping:
    """The mapping of a table."""
    return map_columns(list(columns), None, LISTS, None, frame(columns))


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        (
            {"a": TURNED, "b": MAIL, "c": PHONE, "d": ["Germany", "France", "Spain", "USA", "Italy"]},
            {"full_name": "a", "email": "b", "phone": "c", "country": "d"},
        ),
        ({"Name": WHOLE, "x": MAIL}, {"full_name": "Name", "email": "x"}),
        (
            {"Name": WHOLE, "x": [f"{n} <{m}>" for n, m in zip(WHOLE, MAIL, strict=True)]},
            {"full_name": "Name", "email": "x"},
        ),
        (
            {"Name": WHOLE, "Email": MAIL, "x": ["SW1A 1AA", "M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT"]},
            {"postal_code": "x"},
        ),
        ({"Name": WHOLE, "Email": MAIL, "x": ["DE", "FR", "AT", "CH", "GB"]}, {"country": "x"}),
        # states, languages, days, numbers, addresses of machines are none of these
        ({"Name": WHOLE, "Email": MAIL, "x": ["CA", "IL", "DE", "IN", "AL"]}, {"country": None}),
        (
            {"Name": WHOLE, "Email": MAIL, "x": ["2026-09-14", "2026-09-15", "2026-09-16", "2026-09-17", "2026-09-18"]},
            {"phone": None},
        ),
        ({"Name": WHOLE, "Email": MAIL, "x": ["01.09.2026"] * 5}, {"phone": None}),
        ({"Name": WHOLE, "Email": MAIL, "x": ["192.168.10.12"] * 5}, {"phone": None}),
        (
            {"Name": WHOLE, "Email": MAIL, "x": ["1000000001", "1000000002", "1000000003", "1000000004", "1"]},
            {"phone": None},
        ),
        ({"Name": WHOLE, "Email": MAIL, "x": ["10115", "20095", "80331", "50667", "60311"]}, {"postal_code": None}),
        # somebody else's, whatever it holds
        ({"Name": WHOLE, "Email": MAIL, "Head office": PHONE}, {"phone": None}),
        ({"Name": WHOLE, "Phone": PHONE, "Assistant": MAIL}, {"email": None}),
        # given names are no shape
        ({"Name": WHOLE, "Email": MAIL, "x": GIVEN}, {"given_name": None}),
    ],
)
def test_columns_without_a_known_header(columns: dict[str, list[str]], fields: dict[str, str | None]) -> None:
    """Addresses, numbers, countries, clear postal codes and "Last, First" are told by their looks, and nothing else."""
    found = mapping(columns)
    assert {field: found.column(field) for field in fields} == fields
    told = {field for field, column in fields.items() if column and column not in ("Name", "Email")}
    assert {field for field in told if found.basis[field] == "values"} == told


def test_places_read_like_turned_names() -> None:
    """A column of "Chicago, Illinois" names nobody: the addresses must hold the names."""
    with pytest.raises(RefusedFile) as caught:
        mapping(
            {
                "x": ["Chicago, Illinois", "Boston, Massachusetts", "Austin, Texas", "Reno, Nevada", "Tampa, Florida"],
                "Email": MAIL,
            }
        )
    assert caught.value.code == "mapping_unclear"


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"Name": WHOLE, "Email": PHONE, "Other": MAIL}, 'email = ["Other"]'),
        ({"Name": WHOLE, "Email": MAIL, "Phone": ["yes", "no", "yes", "no", "yes"]}, 'phone = ["Phone"]'),
        ({"Name": MAIL, "Email": MAIL}, "[columns]"),
        ({"Name": WHOLE, "a": MAIL, "b": MAIL[::-1]}, 'email = ["a", "b"]'),
        ({"Name": WHOLE, "Email": MAIL, "Country": ["DE"] * 5, "Pays": ["FR"] * 5}, 'country = "Country"'),
        ({"Name": WHOLE, "Full name": WHOLE[::-1], "Email": MAIL}, "full_name"),
    ],
)
def test_values_that_contradict_are_refused_with_a_proposal(columns: dict[str, list[str]], says: str) -> None:
    """A header over something else, or two columns that say different things, wait for somebody who knows."""
    with pytest.raises(RefusedFile) as caught:
        mapping(columns)
    proposal = str(caught.value.details["proposal"])
    assert caught.value.code == "mapping_unclear"
    assert says in proposal
    assert tomllib.loads(proposal)["columns"]
    assert not [word for word in (*MAIL, *WHOLE) if word in str(caught.value.as_dict())]


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        ({"Name": ["Expo 2026"] * 5, "Full name": WHOLE, "Email": MAIL}, {"full_name": "Full name"}),
        ({"Name": WHOLE, "Full name": WHOLE, "Email": MAIL}, {"full_name": "Full name"}),
        (
            {"Vorname": GIVEN, "Name": FAMILY, "Email": MAIL},
            {"given_name": "Vorname", "family_name": "Name", "full_name": None},
        ),
        (
            {"First name": GIVEN, "Name": WHOLE, "Email": MAIL},
            {"given_name": "First name", "full_name": "Name", "family_name": None},
        ),
        (
            {"First name": GIVEN, "Last name": FAMILY, "Name": ["Expo"] * 5, "Email": MAIL},
            {"full_name": None, "family_name": "Last name"},
        ),
        ({"Email": BLANK, "Work email": MAIL, "Name": WHOLE}, {"email": "Work email"}),
        ({"Name": WHOLE, "Email": MAIL, "Company": BLANK, "Organisation": FAMILY}, {"company": "Organisation"}),
        ({"Name": WHOLE, "Email": MAIL, "Country": ["DE"] * 5, "Land": ["DE"] * 5}, {"country": "Country"}),
        ({"Name": WHOLE, "Email": MAIL, "Title": ["Mr", "Ms", "Dr", "Mrs", "Mr"]}, {"job_title": None}),
        (
            {"Name": WHOLE, "Email": MAIL, "Title": ["CEO", "CTO", "Buyer", "Head of IT", "Clerk"]},
            {"job_title": "Title"},
        ),
    ],
)
def test_values_decide_between_columns(columns: dict[str, list[str]], fields: dict[str, str | None]) -> None:
    """Where headers leave a choice, what stands in the columns makes it."""
    found = mapping(columns)
    assert {field: found.column(field) for field in fields} == fields


def test_how_sure_a_mapping_is() -> None:
    """A known header is surer than one with words around it, and that than values; all are above the bar."""
    headers = [
        {"Name": WHOLE, "Email": MAIL},
        {"Attendee name": WHOLE, "Attendee: Email": MAIL},
        {"Name": WHOLE, "x": MAIL},
    ]
    sure = [mapping(columns).confidence for columns in headers]
    assert sure == sorted(sure, reverse=True)
    assert 1 >= sure[0] > sure[-1] >= LISTS["headers"]["confidence"]["bar"]


@given(st.permutations(range(5)))
def test_the_order_of_rows_changes_no_mapping(order: list[int]) -> None:
    """Shares of cells decide, wherever they stand."""
    columns = {"a": TURNED, "b": MAIL, "c": PHONE, "Name": ["Expo"] * 5, "d": ["x", "", "", "y", "z"]}
    turned = {name: [cells[number] for number in order] for name, cells in columns.items()}
    assert mapping(turned) == mapping(columns)


@pytest.mark.parametrize(
    ("cell", "first", "others"),
    [
        ("ada@acme.example", "ada@acme.example", None),
        ("ada@acme.example; ada@home.example", "ada@acme.example", ["ada@home.example"]),
        ("ada@acme.example ::: ada@home.example", "ada@acme.example", ["ada@home.example"]),
        ("ada@acme.example|ada@home.example", "ada@acme.example", ["ada@home.example"]),
        ("ada@acme.example, ada@home.example", "ada@acme.example", ["ada@home.example"]),
        ("ada@acme.example\nada@home.example", "ada@acme.example", ["ada@home.example"]),
        ("ada@acme.example / ada@home.example", "ada@acme.example", ["ada@home.example"]),
        ("ada@acme.example or ada@home.example", "ada@acme.example", ["ada@home.example"]),
        ("ada@acme.example oder ada@home.example", "ada@acme.example", ["ada@home.example"]),
        ("ada@acme.example; ada@acme.example", "ada@acme.example", None),
        ("ada@acme.example;", "ada@acme.example", None),
        # not every part is an address: nothing is made of it
        ("ada@acme.example; ask her", "ada@acme.example; ask her", None),
        ('"Okafor; Ada" <ada@acme.example>', '"Okafor; Ada" <ada@acme.example>', None),
        ("Okafor, Ada <ada@acme.example>", "Okafor, Ada <ada@acme.example>", None),
    ],
)
def test_several_addresses_in_a_cell(cell: str, first: str, others: list[str] | None) -> None:
    """A cell is parted where every part is an address; the first is the person's, the rest are further ones."""
    rows = frame({"Name": ["Ada"], "Email": [cell]})
    found = mapped_cells(rows, map_columns(["Name", "Email"], None, LISTS), None, LISTS)
    assert found.select("email_received", "other_emails_received").row(0) == (first, others)


@pytest.mark.parametrize(
    ("cell", "first", "others"),
    [
        ("+1 202-555-0101", "+1 202-555-0101", None),
        ("+1 202-555-0101 / +1 202-555-0102", "+1 202-555-0101", ["+1 202-555-0102"]),
        ("+1 202-555-0101; +1 202-555-0102", "+1 202-555-0101", ["+1 202-555-0102"]),
        ("+49 30 23125001 oder 0171 3920001", "+49 30 23125001", ["0171 3920001"]),
        ("030 / 23125001", "030 / 23125001", None),
        ("030/23125-001", "030/23125-001", None),
        ("+1 202-555-0101 ext. 12", "+1 202-555-0101 ext. 12", None),
        ("+1 202-555-0101, ext 12", "+1 202-555-0101, ext 12", None),
    ],
)
def test_several_numbers_in_a_cell(cell: str, first: str, others: list[str] | None) -> None:
    """Only where every part is a whole number: an area code before a stroke is none."""
    rows = frame({"Name": ["Ada"], "Phone": [cell]})
    found = mapped_cells(rows, map_columns(["Name", "Phone"], None, LISTS), None, LISTS)
    assert found.select("phone_received", "other_phones_received").row(0) == (first, others)


@pytest.mark.parametrize(
    ("cells", "first", "others"),
    [
        (
            ("+1 202-555-0101", "+1 202-555-0102", "+1 202-555-0103"),
            "+1 202-555-0101",
            ["+1 202-555-0102", "+1 202-555-0103"],
        ),
        (("", "+1 202-555-0102", "+1 202-555-0103"), "+1 202-555-0102", ["+1 202-555-0103"]),
        (("n/a", "", "+1 202-555-0103"), "+1 202-555-0103", None),
        (("see notes", "+1 202-555-0102", ""), "+1 202-555-0102", ["see notes"]),
        (("", "", ""), None, None),
    ],
)
def test_of_several_columns_the_first_that_holds_a_number(
    cells: tuple[str, str, str], first: str | None, others: list[str] | None
) -> None:
    """Row by row: direct, then mobile, then home; all others are further numbers."""
    headers = ["Name", "Direct phone", "Mobile", "Home phone"]
    rows = frame(dict(zip(headers, [["Ada"], *([cell] for cell in cells)], strict=True)))
    found = mapped_cells(rows, map_columns(headers, None, LISTS), None, LISTS)
    assert found.select("phone_received", "other_phones_received").row(0) == (first, others)


@pytest.mark.parametrize(
    ("header", "cell", "field", "value"),
    [
        *(
            ("Company", blank, "company", None)
            for blank in ("n/a", "-", "keine Angabe", "non renseigné", "no disponible")
        ),
        *(
            ("Company", blank, "company", None)
            for blank in ("non indicato", "niet ingevuld", "não informado", "saknas")
        ),
        ("Country", "NA", "country", "NA"),
        ("Bounced", "yes", "email_bounced", "yes"),
        ("Bounced", "mailbox unavailable", "email_bounced", "yes"),
        ("Bounced", "2026-09-14", "email_bounced", "yes"),
        ("Bounced", "no", "email_bounced", None),
        ("Bounced", "0", "email_bounced", None),
        ("Email Status", "Hard bounce", "email_bounced", "yes"),
        ("Email Status", "Verified", "email_bounced", None),
        ("Bounced", "", "email_bounced", None),
        ("Age", "17", "age", 17),
        ("Age", "17.0", "age", 17),
        ("Age", "young", "age", None),
        ("Age", "16-24", "age", 16),
        ("Age", "65+", "age", 65),
        ("Age", "Under 18", "age", 17),
        ("Age", "<18", "age", 17),
        ("Alter", "unter 18", "age", 17),
        ("Edad", "menor de edad", "age", 17),
        ("Attendee Status", "Refunded", "excluded_by_file", "refunded"),
        ("Attendee Status", "Remboursé", "excluded_by_file", "refunded"),
        ("Teilnahmestatus", "Abgesagt", "excluded_by_file", "cancelled"),
        ("Estado de inscripción", "Lista de espera", "excluded_by_file", "pending"),
        ("Stato iscrizione", "Annullato", "excluded_by_file", "cancelled"),
        ("Deelnamestatus", "Geannuleerd", "excluded_by_file", "cancelled"),
        ("Status da inscrição", "Recusado", "excluded_by_file", "declined"),
        ("Anmälningsstatus", "Avbokad", "excluded_by_file", "cancelled"),
        ("Email Status", "Guessed", "excluded_by_file", "address_guessed"),
        ("Attendee Status", "No show", "excluded_by_file", None),
        ("Attendee Status", "Checked In", "excluded_by_file", None),
    ],
)
def test_cells_of_other_fields(header: str, cell: str, field: str, value: object) -> None:
    """Blank words per language, bounces, ages and what a status rules out; who did not come is not ruled out by us."""
    headers = ["Name", "Email", header]
    rows = frame(dict(zip(headers, [["Ada"], ["ada@acme.example"], [cell]], strict=True)))
    found = mapped_cells(rows, map_columns(headers, None, LISTS), None, LISTS)
    assert found.item(0, field) == value


@pytest.mark.parametrize(
    ("cell", "born"),
    [
        ("2010-04-03", "2010-04-03"),
        ("3.4.2010", "2010-04-03"),
        ("03/04/2010", "2010-04-03"),
        ("13/04/2010", "2010-04-13"),
        ("04/13/2010", "2010-04-13"),
        ("2010", "2010-12-31"),
        ("spring", None),
        ("0.0.00", None),
    ],
)
def test_days_of_birth(cell: str, born: str | None) -> None:
    """What can be read in two ways is read as the later day: nobody is made older."""
    rows = frame({"Name": ["Ada"], "Email": ["ada@acme.example"], "Geburtsdatum": [cell]})
    found = mapped_cells(rows, map_columns(["Name", "Email", "Geburtsdatum"], None, LISTS), None, LISTS)
    day = found.item(0, "born_on")
    assert (day.isoformat() if day else None) == born


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"Guest": ["Yes", "No"], "Contact": WHOLE[:2], "Email": MAIL[:2]}, "Contact"),
        ({"Guest": ["Yes", "No", "No", "No", "No"], "Delegate": WHOLE, "Email": MAIL}, "Delegate"),
        ({"Attendee": ["1", "2", "3", "4", "5"], "Contact": WHOLE, "Email": MAIL}, "Contact"),
        ({"Participant": ["VoIP"] * 5, "Contact": WHOLE, "Email": MAIL}, "Contact"),
        ({"Guest": WHOLE, "Email": MAIL}, "Guest"),
    ],
)
def test_headers_that_may_mean_a_person(columns: dict[str, list[str]], name: str) -> None:
    """A header "Guest" may ask whether somebody is one, and "attendee" be a number: names look otherwise."""
    assert mapping(columns).column("full_name") == name


@pytest.mark.parametrize(
    "header",
    ["Attendee #", "Attendee No.", "Member number", "Company No.", "Name Firma", "Office name", "Business Name"],
)
def test_words_that_may_not_go(header: str) -> None:
    """What is left of a number, or of the name of a place, is no name of a person."""
    found = mapping({"Full name": WHOLE, "Email": MAIL, header: FAMILY})
    assert header not in (*found.fields["full_name"], *found.fields.get("given_name", ()))
    assert found.column("company") in (None, "Business Name")
