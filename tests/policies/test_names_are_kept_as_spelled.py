"""Names are kept byte for byte; what is compared or greeted with is derived and never invented (practice P7)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.names import NameWords, surname_key, with_names
from tests.policies.names_of_people import FULL_NAMES, NOBODY

RULES = Path(__file__).parents[2] / "policies" / "rules" / "core" / "names.toml"
CELLS = ("full_cell", "given_cell", "family_cell", "greeting_cell", "company")
WORDS = NameWords.from_lists(tomllib.loads(RULES.read_text(encoding="utf-8"))["lists"])


def names(
    full: str | None = None,
    given: str | None = None,
    family: str | None = None,
    greeting: str | None = None,
    company: str | None = None,
) -> dict[str, str | None]:
    """The name columns of one record."""
    cells = dict(zip(CELLS, (full, given, family, greeting, company), strict=True))
    frame = with_names(pl.DataFrame([cells], schema=dict.fromkeys(CELLS, pl.String)), WORDS)
    row: dict[str, str | None] = frame.drop(CELLS).row(0, named=True)
    return row


@pytest.mark.parametrize(("full", "greet", "key"), FULL_NAMES)
def test_full_names(full: str, greet: str | None, key: str) -> None:
    """A full name stays as it is; the greeting uses a given name only where the list says which part it is."""
    found = names(full, company="Kestrel Data")
    assert (found["full_name"], found["salutation_name"], found["surname_key"]) == (full, greet or full, key)


@pytest.mark.parametrize("cell", NOBODY)
def test_what_names_nobody_is_no_name(cell: str) -> None:
    """An address, a number, a word for nothing: whoever has no other name is held for it."""
    assert set(names(cell).values()) == {None}
    parts = {"given_name": cell, "family_name": cell}
    assert names(None, cell, cell) == dict.fromkeys(names()) | parts
    assert names(cell, "Jane", "Doe")["full_name"] == "Jane Doe"
    assert names("Jane Doe", greeting=cell)["salutation_name"] == "Jane Doe"


def test_there_are_enough_names() -> None:
    """More than a hundred and twenty, each another one."""
    assert len({full for full, _, _ in FULL_NAMES}) == len(FULL_NAMES) > 120


@pytest.mark.parametrize(
    ("given", "family", "full", "greet", "key"),
    [
        ("Jane", "Doe", "Jane Doe", "Jane", "doe"),
        ("Dr. Jane", "van der Berg", "Dr. Jane van der Berg", "Jane", "vanderberg"),
        ("Jane", None, "Jane", "Jane", None),
        (None, "Smith Jr.", "Smith Jr.", "Smith Jr.", "smith"),
        ("Dr.", "Doe", "Dr. Doe", "Dr. Doe", "doe"),
        (" jANE ", "dOE", " jANE  dOE", "jANE", "doe"),
        (None, None, None, None, None),
        ("Mr & Mrs", "Doe", "Mr & Mrs Doe", "Mr & Mrs Doe", "doe"),
        ("Mr. & Mrs. John", "Doe", "Mr. & Mrs. John Doe", "John", "doe"),
        ("Herr und Frau", "Müller", "Herr und Frau Müller", "Herr und Frau Müller", "muller"),
        ("J.", "Doe", "J. Doe", "J. Doe", "doe"),
        ("J. R.", "Doe", "J. R. Doe", "J. R. Doe", "doe"),
        ("明", "王", "明 王", "明", "王"),
        ("Jane (she/her)", "Doe", "Jane (she/her) Doe", "Jane", "doe"),
        ("Prof. Dr.-Ing. Jane", "Doe", "Prof. Dr.-Ing. Jane Doe", "Jane", "doe"),
        ("Herrn Jörg", "Müller", "Herrn Jörg Müller", "Jörg", "muller"),
        ("Don", "Draper", "Don Draper", "Don Draper", "draper"),
        ("Jennifer", "Null", "Jennifer Null", "Jennifer", "null"),
        ("Ji-hoon", "Na", "Ji-hoon Na", "Ji-hoon", "na"),
        ("Amartya", "Sen", "Amartya Sen", "Amartya", "sen"),
        ("Jack", "Ma", "Jack Ma", "Jack", "ma"),
        ("n/a", "Doe", "Doe", "Doe", "doe"),
        ("-", "Doe", "Doe", "Doe", "doe"),
        ("Jane", "-", "Jane", "Jane", None),
        ("Jane", "jane@acme.example", "Jane", "Jane", None),
        ("jane@acme.example", None, None, None, None),
        ("Test", "Test", None, None, None),
        ("Test", "Doe", "Test Doe", "Test", "doe"),
        ("Unknown", None, None, None, None),
        ("Dr.", None, None, None, None),
        ("Jane", "O\u2019Neil", "Jane O\u2019Neil", "Jane", "oneil"),
        ("JANE", "DOE", "JANE DOE", "JANE", "doe"),
        ("Jane", "Doe PhD", "Jane Doe PhD", "Jane", "doe"),
        ("Jane", "Doe (Acme)", "Jane Doe (Acme)", "Jane", "doe"),
    ],
)
def test_names_in_parts(
    given: str | None, family: str | None, full: str | None, greet: str | None, key: str | None
) -> None:
    """Parts are put together as spelled; titles are no part of the name to greet with."""
    found = names(None, given, family)
    assert (found["given_name"], found["family_name"]) == (given, family)
    assert (found["full_name"], found["salutation_name"], found["surname_key"]) == (full, greet, key)


def test_turned_names_say_their_parts() -> None:
    """``Last, First`` says itself which part is which; nothing else does."""
    assert (names("Doe, Jane")["given_name"], names("Doe, Jane")["family_name"]) == ("Jane", "Doe")
    assert (names("Jane Doe")["given_name"], names("Jane Doe")["family_name"]) == (None, None)


def test_a_preferred_name_greets() -> None:
    """A column of preferred names goes before everything else, a blank one does not."""
    assert names("Doe, Jane", greeting="Janie")["salutation_name"] == "Janie"
    assert names("Doe, Jane", greeting=" ")["salutation_name"] == "Jane"


@given(st.text(min_size=1, max_size=30))
def test_any_name_is_shown_as_it_came(name: str) -> None:
    """Whatever stands in a name cell is what is shown, and the greeting is a part of it."""
    found = names(name)
    assert found["full_name"] in (name, None)
    assert (found["salutation_name"] or "") in name
    assert (found["full_name"] is None) == (found["salutation_name"] is None)


@pytest.mark.parametrize(
    ("surname", "key"), [("", None), ("-", None), ("1", None), ("Çelik", "celik"), ("İnce", "ince")]
)
def test_surname_keys(surname: str, key: str | None) -> None:
    """A key is letters only, and none where there are none."""
    assert pl.DataFrame({"s": [surname]}).select(surname_key(pl.col("s"))).item() == key
