"""The lists of the base are in order: no word twice, none in two minds, all patterns sound."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from policies.rulebook.settings import BASE_TABLES
from policies.schema import RECORDS
from tests.policies.rulebooks import base

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS: dict[str, Any] = dict(base().settings)


def _word_lists(table: object, path: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(table, dict):
        for name, value in table.items():
            yield from _word_lists(value, f"{path}.{name}")
    elif isinstance(table, list) and all(isinstance(word, str) for word in table):
        yield path, table


LISTS = dict(_word_lists({name: SETTINGS[name] for name in ("lists", "legal_forms")}, "")).items()


def test_every_table_is_there() -> None:
    """The settings others read are all stated."""
    assert set(BASE_TABLES) <= set(SETTINGS)


@pytest.mark.parametrize(("name", "words"), LISTS, ids=[name for name, _ in LISTS])
def test_no_word_stands_twice(name: str, words: list[str]) -> None:
    """Lists are lower case and say each word once."""
    assert [word for word, count in Counter(words).items() if count > 1] == [], name
    assert [word for word in words if word != word.lower()] == []


def test_no_word_says_two_things() -> None:
    """Yes, no and blank of opt-out columns share no word; neither do endings of companies and of people."""
    words = SETTINGS["lists"]["opt_out_words"]
    forms = SETTINGS["legal_forms"]
    assert not set(words["yes"]) & set(words["no"])
    assert not (set(words["yes"]) | set(words["no"])) & set(words["blank"])
    assert not set(forms["corporate"]) & set(forms["sole_trader"])


def test_header_names_are_folded_and_lead_to_one_field() -> None:
    """A header means one field; only an opt-out may close both channels."""
    synonyms: dict[str, list[str]] = SETTINGS["lists"]["header_synonyms"]
    opt_outs = {"email_opt_out", "phone_opt_out"}
    fields: dict[str, set[str]] = {}
    for field, names in synonyms.items():
        for name in names:
            assert name == _folded(name)
            fields.setdefault(name.replace(" ", ""), set()).add(field)
    assert {name: found for name, found in fields.items() if len(found) > 1 and found != opt_outs} == {}
    assert set(synonyms) <= {*RECORDS, "email_opt_in", "phone_opt_in", "other_email", "other_phone"}
    assert set(SETTINGS["lists"]["header_synonyms_positive"]) <= opt_outs


def _folded(name: str) -> str:
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", " ", bare.lower()).strip()


def test_fictional_numbers_are_in_e164() -> None:
    """Beginnings of numbers with their country code."""
    assert all(re.fullmatch(r"\+[1-9]\d{6,14}", prefix) for prefix in SETTINGS["lists"]["fictional_phone_prefixes"])


TITLES = [
    ("ceo", "c_level", "management"),
    ("chief financial officer", "c_level", "finance"),
    ("vp sales", "vp", "sales"),
    ("vice president", "vp", "management"),
    ("head of procurement", "head", "procurement"),
    ("product owner", "manager", "product"),
    ("owner", "c_level", "management"),
    ("chief of staff", "head", None),
    ("assistant to the ceo", "assistant", "administration"),
    ("hr business partner", "manager", "hr"),
    ("data protection officer", "specialist", "legal"),
    ("software engineer", "specialist", "engineering"),
    ("plant manager", "manager", "production"),
    ("geschaftsfuhrerin", "c_level", "management"),
    ("einkaufsleiter", "head", "procurement"),
    ("teamleiter logistik", "manager", "logistics"),
    ("sachbearbeiterin einkauf", "specialist", "procurement"),
    ("assistentin der geschaftsleitung", "assistant", "administration"),
    ("werkstudent marketing", "student", "marketing"),
    ("produktmanager", "manager", "product"),
    ("directeur des achats", "director", "procurement"),
    ("chef de projet", "manager", "operations"),
    ("responsable logistique", "head", "logistics"),
    ("stagiaire", "student", None),
    ("directora de operaciones", "director", "operations"),
    ("jefe de compras", "head", "procurement"),
    ("beekeeper", None, None),
]


@pytest.mark.parametrize(("title", "seniority", "function"), TITLES)
def test_titles_in_several_languages(title: str, seniority: str | None, function: str | None) -> None:
    """The first pattern that matches says what a title means; nothing is guessed."""
    assert (_first("seniority", title), _first("function", title)) == (seniority, function)


def _first(column: str, title: str) -> str | None:
    rows: list[list[str]] = SETTINGS["titles"][column]
    matches = pl.select(pl.lit(title).str.contains(pattern).alias(str(at)) for at, (pattern, _) in enumerate(rows)).row(
        0
    )
    return next((value for hit, (_, value) in zip(matches, rows, strict=True) if hit), None)


def test_cadence_is_the_promised_one() -> None:
    """Monday to Friday, 10 to 17, one attempt in seven days, three in all."""
    cadence = SETTINGS["cadence"]
    assert (cadence["weekdays"], cadence["hours"]) == ([1, 2, 3, 4, 5], [["10:00", "17:00"]])
    assert (cadence["attempts"], cadence["window_days"], cadence["total"]) == (1, 7, 3)


def test_warmth_follows_the_order_of_relationships() -> None:
    """Cold never outranks warm, and every relationship has its tier of brief."""
    relationship = SETTINGS["relationship"]
    warmth = [relationship["warmth"][name] for name in relationship["order"]]
    assert all(warmer > colder for warmer, colder in pairwise(warmth))
    assert set(SETTINGS["brief"]["tier_by_relationship"]) == set(relationship["order"])
    assert set(relationship["by_source_kind"].values()) <= set(relationship["order"])
    assert set(relationship["call_first"]) <= set(relationship["order"])


def test_briefs_ask_for_parts_there_are() -> None:
    """Tiers name parts, the fuller tier more of them."""
    brief = SETTINGS["brief"]
    parts = {part["name"] for part in brief["part"]}
    assert list(brief["tier"]) == brief["tiers"] or set(brief["tier"]) == set(brief["tiers"])
    assert all(set(tier["parts"]) <= parts for tier in brief["tier"].values())
