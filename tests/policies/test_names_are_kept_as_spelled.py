"""Names are kept byte for byte; what is compared or greeted with is derived and never invented (practice P7)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.names import NameWords, name_columns, surname_key

RULES = Path(__file__).parents[2] / "policies" / "rules" / "core" / "names.toml"
WORDS = NameWords.from_lists(tomllib.loads(RULES.read_text(encoding="utf-8"))["lists"])


def names(
    full: str | None = None, given: str | None = None, family: str | None = None, greeting: str | None = None
) -> dict[str, str | None]:
    """The name columns of one record."""
    cells = {"full": full, "given": given, "family": family, "greeting": greeting}
    frame = pl.DataFrame({name: [cell] for name, cell in cells.items()}, schema=dict.fromkeys(cells, pl.String))
    columns = name_columns(pl.col("full"), pl.col("given"), pl.col("family"), pl.col("greeting"), WORDS)
    row: dict[str, str | None] = frame.select(columns).row(0, named=True)
    return row


@pytest.mark.parametrize(
    ("full", "greet", "key"),
    [
        ("Jane Doe", "Jane Doe", "doe"),
        ("Doe, Jane", "Jane", "doe"),
        ("DOE,Jane", "Jane", "doe"),
        ("Doe, Dr. Jane", "Jane", "doe"),
        ("Dr. Doe, Jane", "Jane", "doe"),
        ("Doe, Jane, PhD", "Jane", "doe"),
        ("Jane Doe, Jr.", "Jane Doe, Jr.", "doe"),
        ("Prof. Dr. Łukasz Żółć", "Prof. Dr. Łukasz Żółć", "zolc"),
        ("Drew Barry", "Drew Barry", "barry"),
        ("Ludwig van Beethoven", "Ludwig van Beethoven", "vanbeethoven"),
        ("van Beethoven, Ludwig", "Ludwig", "vanbeethoven"),
        ("Van Morrison", "Van Morrison", "morrison"),
        ("María de la Cruz", "María de la Cruz", "delacruz"),
        ("Ana Müller-Lüdenscheidt", "Ana Müller-Lüdenscheidt", "mullerludenscheidt"),
        ("Sinéad O'Brien", "Sinéad O'Brien", "obrien"),
        ("Jane Strauß", "Jane Strauß", "strauss"),
        ("Søren Kierkegård", "Søren Kierkegård", "kierkegard"),
        ("Ægir Ørsted", "Ægir Ørsted", "orsted"),
        ("王小明", "王小明", "王小明"),
        ("山田,太郎", "太郎", "山田"),
        ("कुमार", "कुमार", "कुमार"),
        ("Cher", "Cher", "cher"),
        (", Jane", ", Jane", "jane"),
        ("Doe,", "Doe,", "doe"),
        ("Doe, Jane, Jim", "Doe, Jane, Jim", "jim"),
    ],
)
def test_full_names(full: str, greet: str, key: str) -> None:
    """A full name stays as it is; the greeting uses a given name only where the list says which part it is."""
    found = names(full)
    assert (found["full_name"], found["salutation_name"], found["surname_key"]) == (full, greet, key)


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
    assert found["full_name"] == name
    assert found["salutation_name"] in name  # type: ignore[operator]  # never null for a cell with text


@pytest.mark.parametrize(
    ("surname", "key"), [("", None), ("-", None), ("1", None), ("Çelik", "celik"), ("İnce", "ince")]
)
def test_surname_keys(surname: str, key: str | None) -> None:
    """A key is letters only, and none where there are none."""
    assert pl.DataFrame({"s": [surname]}).select(surname_key(pl.col("s"))).item() == key
