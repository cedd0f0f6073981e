"""Small lists of invented people who have much in common, to be matched."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import strategies as st

from policies.identity.columns import JUDGEMENTS, PEOPLE
from policies.identity.model_file import parse_model
from tests.policies.identity.words import base_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.identity.model import Model

__all__ = ["judgements_of", "leads", "lists", "many_people", "people_of", "words_said"]

Row = tuple[int, ...]

_NAMES = (
    "Ada Quist",
    "Quist, Ada",
    "A. Quist",
    "Bo Lindqvist",
    "Bo Lindquist Jr.",
    "Bo Lindquist Sr.",
    "Ada Tamm",
    None,
)
_COMPANIES = ("Acme GmbH", "Acme", "Birch & Sons", None)
_MAILBOXES = (
    *("ada.quist@acme.example", "a.quist@acme.example", "info@acme.example", "bo@birch.example", "bo2@birch.example"),
    *("ada@example.com", None, None),
)
_NUMBERS = ("+12025550101", "+12025550102", None, None)
_CITIES = ("Bergen", "Turku", None)
_LISTS = ("fair", "club", "shop")
_CHOICES = tuple(map(len, (_LISTS, _NAMES, _COMPANIES, _MAILBOXES, _NUMBERS, _CITIES)))
_FIRST_DAY = date(2024, 1, 1)

rows = st.tuples(*(st.integers(0, choices - 1) for choices in _CHOICES))
lists = st.lists(rows, max_size=14)
words_said = st.dictionaries(
    st.tuples(st.integers(0, 13), st.integers(0, 13)).filter(lambda pair: pair[0] < pair[1]),
    st.tuples(st.sampled_from(["same", "different"]), st.booleans()),
    max_size=3,
)


@cache
def leads() -> Model:
    """The model that comes with the package."""
    return parse_model(base_words()["identity"]["leads"])


def people_of(rows: Sequence[Row], *, first: int = 0) -> pl.DataFrame:
    """``PEOPLE`` of rows of choices; record ids count from ``first``."""
    made = [_person(f"r{number:06}", row) for number, row in enumerate(rows, start=first)]
    return pl.DataFrame(made, schema=PEOPLE)


def _person(record_id: str, row: Row) -> dict[str, Any]:
    source, name, company, mailbox, number, city = row
    return {
        "record_id": record_id,
        "source": _LISTS[source],
        "obtained_on": _FIRST_DAY + timedelta(days=100 * source),
        "full_name": _NAMES[name],
        "company": _COMPANIES[company],
        "email": _MAILBOXES[mailbox],
        "phone": _NUMBERS[number],
        "city": _CITIES[city],
    }


def judgements_of(said: dict[tuple[int, int], tuple[str, bool]]) -> pl.DataFrame:
    """``JUDGEMENTS`` of pairs of record numbers."""
    made = [(f"r{a:06}", f"r{b:06}", word, again) for (a, b), (word, again) in said.items()]
    return pl.DataFrame(made, schema=JUDGEMENTS, orient="row")


def many_people(count: int) -> pl.DataFrame:
    """So many records of people with much and little in common, always the same."""
    surnames = ("Quist", "Tamm", "Lindqvist", "Lindquist", "Orrery", "Vasko", "Brandão", "Brandao", "Ozaki", "Fennel")
    givens = ("Ada", "Bo", "Chidi", "Dana", "Eero", "Fay", "Gus", "Hana", "Ines", "Jo", "Kai", "Liv", "Mo")
    rows = []
    for number in range(count):
        person = number * 7919 % (count * 3 // 5 + 1)  # some people occur more than once, in no order
        given, surname = givens[person % len(givens)], surnames[person * 31 % len(surnames)]
        firm = f"firm{person * 17 % (count // 6 + 1)}"
        mailbox = f"{given}.{surname}{person // 130 or ''}@{firm}.example".lower()
        rows.append(
            {
                "record_id": f"r{number:06}",
                "source": f"list{number % 5}",
                "obtained_on": _FIRST_DAY + timedelta(days=number % 5 * 90),
                "full_name": f"{surname}, {given}" if number % 4 == 0 else f"{given} {surname}",
                "company": f"{firm} Ltd" if number % 3 else firm,
                "email": None if number % 3 == 0 else f"info@{firm}.example" if number % 11 == 0 else mailbox,
                "phone": f"+1202555{100 + person % 100:04}" if number % 2 else None,
                "city": ("Bergen", "Turku", "Graz", None)[person % 4],
            }
        )
    return pl.DataFrame(rows, schema=PEOPLE)
