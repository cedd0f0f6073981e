"""Source contracts: everything wrong is named by line, everything open holds, nothing is filled in by us."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from policies.errors import RuleFileError
from policies.expectations import Expectation
from policies.rulebook.files import RuleFile
from policies.sources import (
    SourceContract,
    contract_facts,
    expectations,
    parse_source_contract,
    parse_source_contracts,
    refused_membership,
    template,
)
from policies.sources.contract import STATED_FIELDS

PATH = "rules/sources/expo-2026.toml"
FULL = """
id = "expo-2026"
name = "Expo 2026, attendees"
kind = "conference"
supplier = "Expo Ltd"
role = "independent"
agreement = "DPA-2026-17"
obtained_on = 2026-09-14
obtained_how = "secure download"
told = "We may pass your details to exhibitors."
purposes = ["direct_marketing"]
channels = ["email", "phone"]
third_party_marketing = true
solicitation_forbidden = false
membership_reveals = "none"
lawful_basis = "legitimate_interest"
lia_ref = "LIA-12"
default_country = "DE"
expires_on = 2027-09-14
approved_by = "Data protection officer"
approved_on = 2026-09-20

[columns]
email = "E-Mail"
email_opt_out = ["Kein Newsletter", "Widerspruch"]

[lookups.country]
"Bavaria" = "DE"

[expect]
rows = { min = 500, max = 700 }
fill.email = 0.9
values.country = ["DE", "AT"]
range.employees = { min = 1, max = 5000 }
range.asked_on = { min = 2026-01-01 }
length.postal_code = { min = 4, max = 5 }
pattern.postal_code = '^[0-9]+$'
unique = ["email"]
not_null = ["full_name"]

[files]
"part-2.csv" = 2026-09-15
"""
WRONG = """id = "expo-2026"
suplier = "x"
kind = "konference"
obtained_on = "14.9.2026"
channels = "email"
third_party_marketing = "yes"
default_country = "UK"
[columns]
emial = "E-Mail"
full_name = ["A", "B"]
[expect]
row = 3
fill.email = 90
"""
TODAY = date(2026, 10, 14)


def contract(**changes: object) -> SourceContract:
    """The full contract with some fields changed."""
    return dataclasses.replace(parse_source_contract(FULL, PATH), **changes)  # type: ignore[arg-type]  # any field


def problems(text: str) -> list[tuple[int, str, str]]:
    """Line, message and fix of everything wrong in a contract."""
    with pytest.raises(RuleFileError) as caught:
        parse_source_contract(text, PATH)
    return [(problem.line, problem.message, problem.fix) for problem in caught.value.problems]


def test_a_full_contract_is_complete() -> None:
    """Every field is read under its own type and nothing is open."""
    read = parse_source_contract(FULL, PATH)
    assert read.incomplete == ()
    assert (read.obtained_on, read.purposes, read.channels) == (
        date(2026, 9, 14),
        ("direct_marketing",),
        ("email", "phone"),
    )
    assert read.columns == {"email": ("E-Mail",), "email_opt_out": ("Kein Newsletter", "Widerspruch")}
    assert read.lookups == {"country": {"bavaria": "DE"}}


def test_expectations_are_data() -> None:
    """The [expect] table becomes expectations, in a fixed order."""
    assert expectations(parse_source_contract(FULL, PATH)) == [
        Expectation("row_count", None, 500, 700),
        Expectation("fill_rate", "email", 0.9, None),
        Expectation("values_in_set", "country", values=("DE", "AT")),
        Expectation("range", "employees", 1, 5000),
        Expectation("range", "asked_on", 20260101, None),
        Expectation("length", "postal_code", 4, 5),
        Expectation("pattern", "postal_code", values=("^[0-9]+$",)),
        Expectation("unique", "email"),
        Expectation("not_null", "full_name"),
    ]
    assert expectations(None) == []


@pytest.mark.parametrize(
    "value",
    [
        '""',
        '" "',
        '"<who gave it?>"',
        '"TODO"',
        '"todo: ask Ann"',
        '"tbd"',
        '"TBA"',
        '"fill in"',
        '"Fill me in, please"',
        '"???"',
        '"..."',
        "[]",
        '["<x>"]',
    ],
)
@pytest.mark.parametrize(
    "field", ["supplier", "channels", "obtained_on", "third_party_marketing", "kind", "approved_on"]
)
def test_placeholders_are_open_and_no_error(field: str, value: str) -> None:
    """A placeholder in any field leaves the field open, whatever type it has."""
    lines = [line for line in FULL.split("[columns]", maxsplit=1)[0].splitlines() if not line.startswith(f"{field} =")]
    read = parse_source_contract("\n".join([*lines, f"{field} = {value}"]), PATH)
    assert getattr(read, field) is None
    assert read.incomplete == (field,)


@pytest.mark.parametrize("field", [name for name in STATED_FIELDS if name not in ("id", "default_country")])
def test_a_missing_field_is_open(field: str) -> None:
    """Every field of the contract is asked for, but the country that may differ by row."""
    read = contract(**{field: None}, files={})
    assert read.incomplete == (field,)
    facts = contract_facts(read, TODAY)
    assert (facts["contract_incomplete"], facts["contract_missing"]) == (True, field)


def test_the_balancing_test_is_asked_for_under_legitimate_interest_only() -> None:
    """Other bases need none."""
    assert contract(lia_ref=None, lawful_basis="consent").incomplete == ()


def test_everything_wrong_is_reported_at_once_with_its_line() -> None:
    """Unknown names get the nearest known one, wrong values the right form."""
    assert problems(WRONG) == [
        (2, "A source contract has no field 'suplier'.", "Did you mean supplier?"),
        (3, "kind cannot be 'konference'.", "Did you mean conference?"),
        (4, "obtained_on is no date.", "Write it as 2026-09-14."),
        (5, "channels is no list.", 'Write it in brackets, such as ["email", "phone"].'),
        (6, "third_party_marketing is neither true nor false.", "Write true or false, without quotes."),
        (7, "default_country is no country code.", "Write two capital letters (ISO 3166), such as DE, GB or US."),
        (9, "[columns] has no field 'emial'.", "Did you mean email?"),
        (10, "columns.full_name can be one column only.", "Keep the one that is meant."),
        (12, "[expect] has no field 'row'.", "Did you mean rows?"),
        (
            13,
            "The expectation 'fill.email' cannot be checked.",
            "A share lies between 0 and 1, a number of rows is not negative.",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('id = "expo-2026"\nname = "x\n', 2),
        ('id = "other"', 1),
        ('columns = "x"', 1),
        ("[lookups]\ncountry = 1", 2),
        ("[lookups.country]\nx = 1", 2),
        ('[files]\n"a.csv" = 2026-01-01\n"part.csv" = 1', 3),
        ('[expect.fill]\nfull_name = 1\nemail = "x"', 3),
        ('[lookups.email_opt_out]\n"raus" = "out"', 2),
        ("[expect]\nrows = { most = 3 }", 2),
        ("[expect]\nrows = { min = 3, max = 2 }", 2),
        ('[expect]\nvalues.country = "DE"', 2),
        ('[expect]\nunique = ["mail"]', 2),
        ("[expect]\nfill = 1", 2),
        ("[expect.range]\ncompany = { min = 1 }", 2),
        ("[expect.range]\nemployees = 3", 2),
        ("[expect]\nrange.employees = { min = 5, max = 1 }", 2),
        ("[expect]\nrange.employees = { min = 2026-01-01 }", 2),
        ('[expect]\nrange.asked_on = { min = "2026-01-01" }', 2),
        ("[expect]\nlength.postal_code = { min = -1 }", 2),
        ("[expect]\nlength.postal_code = 5", 2),
        ("[expect]\npattern.postal_code = '('", 2),
        ("[expect]\npattern.postal_code = 5", 2),
        ('channels = ["email", "fax"]', 1),
        ("[columns]\nemail = 1", 2),
    ],
)
def test_what_cannot_be_meant_is_an_error_with_its_line(text: str, line: int) -> None:
    """One fault, one problem, at its line."""
    assert [found[0] for found in problems(text)] == [line]


def test_problems_of_all_files_come_together() -> None:
    """Whoever mends contracts mends them in one go; good ones are found by id."""
    bad = [RuleFile("rules/sources/a.toml", "x = 1", "source"), RuleFile("rules/sources/b.toml", "y =", "source")]
    with pytest.raises(RuleFileError) as caught:
        parse_source_contracts(bad)
    assert [problem.file for problem in caught.value.problems] == ["rules/sources/a.toml", "rules/sources/b.toml"]
    assert list(parse_source_contracts([RuleFile(PATH, FULL, "source")])) == ["expo-2026"]


@pytest.mark.parametrize("stem", ["Expo", "a b", "..", "", "-a"])
def test_a_file_name_that_is_no_source_id_is_refused(stem: str) -> None:
    """The name of the file is the id and becomes a folder: it must be a plain word."""
    with pytest.raises(RuleFileError):
        parse_source_contract("", f"rules/sources/{stem}.toml")


def test_the_facts_of_a_contract() -> None:
    """A contract in force says everything the rules ask."""
    assert contract_facts(contract(), TODAY) == {
        "source_kind": "conference",
        "channels_in_contract": ["email", "phone"],
        "purpose_in_contract": True,
        "third_party_marketing": True,
        "own_list": False,
        "solicitation_forbidden": False,
        "membership_reveals": "none",
        "membership_doubt": None,
        "lawful_basis": "legitimate_interest",
        "assessment_on_file": True,
        "contract_expired": False,
        "contract_ends_on": date(2027, 9, 14),
        "contract_approved": True,
        "contract_incomplete": False,
        "contract_missing": None,
        "obtained_on": date(2026, 9, 14),
    }


@pytest.mark.parametrize(
    ("changes", "fact", "value"),
    [
        ({"expires_on": TODAY}, "contract_expired", False),
        ({"expires_on": date(2026, 10, 13)}, "contract_expired", True),
        ({"expires_on": None}, "contract_expired", None),
        ({"approved_by": None}, "contract_approved", False),
        ({"approved_on": date(2026, 10, 15)}, "contract_approved", False),
        ({"approved_on": TODAY}, "contract_approved", True),
        ({"purposes": ("research",)}, "purpose_in_contract", False),
        ({"purposes": ("dpv#DirectMarketing",)}, "purpose_in_contract", True),
        ({"purposes": None}, "purpose_in_contract", None),
        ({"channels": None}, "channels_in_contract", None),
        ({"kind": "inquiry"}, "own_list", True),
        ({"kind": "referral"}, "own_list", False),
        ({"supplier": "Ourselves"}, "own_list", True),
        ({"kind": None}, "source_kind", "unknown"),
        ({"membership_reveals": "unknown"}, "membership_reveals", "unknown"),
        ({"lia_ref": None}, "assessment_on_file", False),
    ],
)
def test_single_facts(changes: dict[str, object], fact: str, value: object) -> None:
    """What is not stated is unknown, never permitted."""
    assert contract_facts(contract(**changes), TODAY)[fact] == value


def test_without_a_contract_everything_is_unknown() -> None:
    """No contract, no permission of any kind."""
    facts = contract_facts(None, TODAY)
    assert facts.keys() == contract_facts(contract(), TODAY).keys()
    assert {name for name, value in facts.items() if value is None} == {
        "channels_in_contract",
        "purpose_in_contract",
        "third_party_marketing",
        "solicitation_forbidden",
        "membership_reveals",
        "membership_doubt",
        "lawful_basis",
        "contract_expired",
        "contract_ends_on",
        "contract_missing",
        "obtained_on",
    }
    assert (facts["contract_incomplete"], facts["contract_approved"]) == (True, False)


def test_files_may_have_days_of_their_own() -> None:
    """A day under [files] goes before the list's, by hash or name; a file without one makes the contract incomplete."""
    read = contract(obtained_on=None)
    assert read.incomplete == ()
    assert contract_facts(read, TODAY, file_name="part-2.csv")["obtained_on"] == date(2026, 9, 15)
    assert contract_facts(read, TODAY, file_name="part-3.csv")["contract_incomplete"] is True
    assert contract_facts(read, TODAY, file_name="part-3.csv")["contract_missing"] == "obtained_on"
    by_hash = contract(files={"ab" * 32: date(2026, 1, 2)})
    assert by_hash.obtained("part-2.csv", "ab" * 32) == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("reveals", "refused"),
    [
        ("none", None),
        ("unknown", None),
        (None, None),
        ("health", "health"),
        ("union", "union"),
        ("ethnicity", "ethnicity"),
    ],
)
def test_lists_that_reveal_too_much_are_refused(reveals: str | None, refused: str | None) -> None:
    """Every special category is refused; unknown waits for somebody to look."""
    assert refused_membership(contract(membership_reveals=reveals)) == refused
    assert refused_membership(None) is None


def test_the_template_is_a_contract_with_everything_open() -> None:
    """It can be read as it is, holds everything, and carries the columns that are known, whatever their headers."""
    columns = {"email": ("E-Mail",), "email_opt_out": ('Say "no"', "New\nline\x7f")}
    read = parse_source_contract(template("expo-2026", columns, note="check"), PATH)
    assert (read.id, read.columns) == ("expo-2026", columns)
    assert set(read.incomplete) == set(STATED_FIELDS) - {"id", "lia_ref", "default_country"}
    facts = contract_facts(read, TODAY)
    assert (facts["contract_incomplete"], facts["contract_approved"]) == (True, False)
