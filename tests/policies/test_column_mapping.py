"""Columns are understood from the contract and the words of the rule data, or refused with a proposal."""

from __future__ import annotations

import dataclasses
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rules_on_disk import load_rulebook
from policies.errors import RefusedFile
from policies.folding import fold_words
from policies.sources import SourceContract, parse_source_contract
from policies.sources.column_mapping import ColumnMapping, likely_columns, map_columns
from policies.sources.fields import FIELDS, FLAG_FIELDS
from policies.sources.headers import unique_names
from policies.sources.proposal import unclear

LISTS: dict[str, Any] = dict(load_rulebook(None).settings["lists"])


def under(columns: dict[str, tuple[str, ...]]) -> SourceContract:
    """A contract that states some columns."""
    return dataclasses.replace(parse_source_contract("", "rules/sources/x.toml"), columns=columns)


def mapping(headers: list[str], columns: dict[str, tuple[str, ...]] | None = None) -> ColumnMapping:
    """The mapping of some headers."""
    return map_columns(headers, under(columns) if columns else None, LISTS)


def flags(headers: list[str], columns: dict[str, tuple[str, ...]] | None = None) -> list[tuple[str, str, bool, bool]]:
    """Column, channel, positive and guessed of every flag."""
    return [(f.column, f.channel, f.positive, f.guessed) for f in mapping(headers, columns).flags]


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (
            ["First Name", "Last Name", "Email"],
            {"given_name": "First Name", "family_name": "Last Name", "email": "Email"},
        ),
        (["NAME", "e-mail ADDRESS"], {"full_name": "NAME", "email": "e-mail ADDRESS"}),
        (
            ["Vorname", "Nachname", "E-Mail-Adresse", "Firma", "PLZ", "Ort", "Land"],
            {
                "given_name": "Vorname",
                "family_name": "Nachname",
                "email": "E-Mail-Adresse",
                "company": "Firma",
                "postal_code": "PLZ",
                "city": "Ort",
                "country": "Land",
            },
        ),
        (
            ["Prénom", "Nom", "Courriel", "Société"],
            {"given_name": "Prénom", "family_name": "Nom", "email": "Courriel", "company": "Société"},
        ),
        (
            ["Nombre", "Apellidos", "Correo electrónico", "Teléfono"],
            {"given_name": "Nombre", "family_name": "Apellidos", "email": "Correo electrónico", "phone": "Teléfono"},
        ),
        (
            ["Nome completo", "E-mail", "Empresa"],
            {"full_name": "Nome completo", "email": "E-mail", "company": "Empresa"},
        ),
        (
            ["Voornaam", "Achternaam", "E-mailadres"],
            {"given_name": "Voornaam", "family_name": "Achternaam", "email": "E-mailadres"},
        ),
        (["Förnamn", "Efternamn", "E-post"], {"given_name": "Förnamn", "family_name": "Efternamn", "email": "E-post"}),
        (["  Name\n", "E_Mail"], {"full_name": "  Name\n", "email": "E_Mail"}),
    ],
)
def test_headers_in_several_languages(headers: list[str], fields: dict[str, str]) -> None:
    """Case, blanks, accents and punctuation of a header play no part."""
    found = mapping(headers)
    assert {field: columns[0] for field, columns in found.fields.items()} == fields
    assert found.unmapped == ()


def test_the_contract_goes_first() -> None:
    """A column the contract names is taken as it says, and no other column for that field."""
    found = mapping(
        ["Name", "E-Mail", "E-Mail privat", "Kontakt"], {"email": ("E-Mail privat",), "full_name": ("kontakt",)}
    )
    assert (found.column("email"), found.column("full_name")) == ("E-Mail privat", "Kontakt")
    assert found.fields["other_email"] == ("E-Mail",)
    assert found.unmapped == ("Name",)


def test_columns_beside_the_one_the_contract_names_are_screened() -> None:
    """A second address or number is not used, and a no under it still counts; a company's stays out."""
    headers = ["Name", "Email", "Email 2", "Work Email", "Mobile", "Tel", "Company Phone", "Account Owner Email"]
    found = mapping(headers, {"full_name": ("Name",), "email": ("Email",), "phone": ("Tel",)}).fields
    assert (found["email"], found["phone"]) == (("Email",), ("Tel",))
    assert (set(found["other_email"]), found["other_phone"]) == ({"Email 2", "Work Email"}, ("Mobile",))


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (["Name", "Email", "Country", "Pays"], "country"),
        (["Name", "Assistant email", "HQ phone"], "telephone"),
        (["Name", "Shoe size"], "telephone"),
        (["Email", "Shoe size"], "name"),
    ],
)
def test_ambiguous_headers_are_refused_with_a_proposal(headers: list[str], said: str) -> None:
    """Two columns for one meaning, or none for who and how: the file waits for somebody who knows."""
    with pytest.raises(RefusedFile) as caught:
        mapping(headers)
    assert caught.value.code == "mapping_unclear"
    assert said in caught.value.message
    proposal = str(caught.value.details["proposal"])
    assert proposal.startswith("[columns]\n")
    assert tomllib.loads(proposal)["columns"]


def test_a_proposal_can_be_read_whatever_the_headers_hold() -> None:
    """Quotes, line ends and signs that cannot be printed come back as they were."""
    headers = ['the "mail"', "two\nlines", "a\x7fb", "\\"]
    refusal = unclear("Which?", {"email": headers, "full_name": headers[2:]})
    columns = tomllib.loads(str(refusal.details["proposal"]))["columns"]
    assert columns == {"email": headers, "full_name": "a\x7fb"}


def test_a_proposal_pasted_into_the_contract_settles_it() -> None:
    """What was ambiguous is read once the contract says which."""
    headers = ["Name", "Email", "Country", "Pays"]
    with pytest.raises(RefusedFile) as caught:
        mapping(headers)
    pasted = parse_source_contract(str(caught.value.details["proposal"]), "rules/sources/x.toml")
    assert map_columns(headers, pasted, LISTS).column("country") == "Country"


def test_a_column_the_contract_names_must_be_there() -> None:
    """A list that lost a column is not the list the contract was made for."""
    with pytest.raises(RefusedFile) as caught:
        mapping(["Name", "Email"], {"email_opt_out": ("Widerspruch",)})
    assert (caught.value.code, caught.value.details) == ("column_missing", {"missing": ["Widerspruch"]})


def test_a_stated_header_over_two_columns_is_ambiguous() -> None:
    """The contract's word cannot choose between equal headers."""
    with pytest.raises(RefusedFile) as caught:
        mapping(["Name", "Email", "Email"], {"email": ("Email",)})
    assert caught.value.code == "mapping_unclear"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Unsubscribed from all email", [("email", False, False)]),
        ("HASOPTEDOUTOFEMAIL", [("email", False, False)]),
        ("Do Not Call", [("phone", False, False)]),
        ("Opt-Out", [("email", False, False), ("phone", False, False)]),
        ("Do not contact", [("email", False, False), ("phone", False, False)]),
        ("Werbewiderspruch", [("email", False, False), ("phone", False, False)]),
        ("Email opt-in", [("email", True, False)]),
        ("Newsletter", [("email", True, False)]),
        ("Call consent", [("phone", True, False)]),
        # nobody listed these, their wording says enough
        ("Opted out of partner marketing?", [("email", False, True), ("phone", False, True)]),
        ("Opted out of the partner programme?", []),
        ("Do Not Mail", [("email", False, False)]),
        ("Unsubscribe reason", [("email", False, True)]),
        ("Please do not ring at home", [("phone", False, True)]),
        ("Bitte keine Anrufe nach 17 Uhr", [("phone", False, True)]),
        ("Fav colour", []),
    ],
)
def test_flag_columns(header: str, expected: list[tuple[str, bool, bool]]) -> None:
    """A column in which people say no is never overlooked; one that names no channel is about all of them."""
    found = [(channel, positive, guessed) for _, channel, positive, guessed in flags(["Name", "Email", header])]
    listed = [(channel, positive) for channel, positive, _ in expected]
    assert [(channel, positive) for channel, positive, _ in found] == listed
    if header != "Do Not Mail":  # known by wording or by word, one is as good as the other
        assert found == expected


def test_flags_of_the_contract_are_as_it_says_and_others_still_count() -> None:
    """The contract adds to what is recognised; it takes no opt-out column away."""
    found = flags(["Name", "Email", "Spalte 7", "Do Not Call"], {"email_opt_out": ("Spalte 7",)})
    assert found == [("Spalte 7", "email", False, False), ("Do Not Call", "phone", False, False)]


def test_lesser_fields_take_the_better_known_header() -> None:
    """For a field that decides nothing two columns are no reason to refuse; the other one is listed."""
    found = mapping(["Name", "Email", "Message", "Inquiry"])
    assert (found.column("asked_about"), found.unmapped) == ("Inquiry", ("Message",))


def test_the_mapping_reads_back_as_a_columns_table() -> None:
    """What a mapping states can be pasted into a contract and gives the same mapping."""
    headers = ["Name", "Email", "Unsubscribed", "Do Not Call", "Newsletter", "Opt out"]
    found = mapping(headers)
    again = mapping(headers, found.as_columns())
    assert again.as_columns() == found.as_columns()
    assert set(again.flags) == set(found.flags)


@given(st.lists(st.text(max_size=4), max_size=8))
def test_every_column_gets_a_name_of_its_own(headers: list[str]) -> None:
    """Blank and repeated headers are told apart; a header that is neither keeps its name."""
    names = unique_names(headers)
    assert len(set(names)) == len(headers)
    assert "row_number" not in names
    assert [
        name
        for name, header in zip(names, headers, strict=True)
        if header.strip() and headers.count(header) == 1 and header in names
    ] == [header for header in headers if header.strip() and headers.count(header) == 1 and header in names]


def test_no_header_word_of_the_rule_data_means_two_fields() -> None:
    """One header, one meaning; only an opt-out may be about several channels."""
    meanings: dict[str, set[str]] = {}
    for field, headers in LISTS["header_synonyms"].items():
        assert field in FIELDS
        for word in fold_words(headers):
            meanings.setdefault(word.replace(" ", ""), set()).add(field)
    assert [word for word, fields in meanings.items() if len(fields) > 1 and not fields <= set(FLAG_FIELDS)] == []


def test_no_header_word_of_the_rule_data_is_both_a_yes_and_a_no() -> None:
    """A column is read in one sense."""
    negative = {word for field in FLAG_FIELDS for word in fold_words(LISTS["header_synonyms"].get(field, []))}
    positive = {word for headers in LISTS["header_synonyms_positive"].values() for word in fold_words(headers)}
    assert negative.isdisjoint(positive)


@pytest.mark.parametrize(
    ("headers", "columns", "fields", "flagged"),
    [
        (["Email", "E-Mail", "Opt-out"], None, {"email": "Email"}, {"Opt-out"}),
        (["Who", "Where", "Do not call"], None, {}, {"Do not call"}),
        (
            ["Name", "E-Mail", "Opt-out"],
            {"email": ("Mail",), "full_name": ("Name",), "email_opt_out": ("No mail",)},
            {"full_name": "Name", "email": "E-Mail"},
            {"Opt-out"},
        ),
        (["Email", "email", "Raus"], {"email_opt_out": ("Raus",)}, {"email": "Email"}, {"Raus"}),
    ],
)
def test_a_refused_list_still_shows_its_flags(
    headers: list[str], columns: dict[str, tuple[str, ...]] | None, fields: dict[str, str], flagged: set[str]
) -> None:
    """What is unclear or missing hides no opt-out column, and one column is taken for each field."""
    with pytest.raises(RefusedFile):
        mapping(headers, columns)
    found = likely_columns(headers, under(columns) if columns else None, LISTS)
    assert {flag.column for flag in found.flags} == flagged
    assert {field: found.column(field) for field in fields} == fields
    assert all(len(names) == 1 for names in found.fields.values())
