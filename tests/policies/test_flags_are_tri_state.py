"""An opt-out cell is yes, no or blank; a word nobody listed holds, and a blank is no statement."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from flows.rules_on_disk import load_rulebook
from policies.sources.column_mapping import FlagColumn
from policies.sources.flags import flag_state, flag_states

LISTS: dict[str, Any] = dict(load_rulebook(None).settings["lists"])


def state(cell: str | None, *, positive: bool = False, lookups: dict[str, str] | None = None) -> str:
    """The state of one cell."""
    found: str = flag_states(pl.Series([cell], dtype=pl.String), LISTS, lookups or {}, positive=positive).item(
        0, "state"
    )
    return found


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["yes", "YES", " y ", "1", "true", "TRUE", "x", "X", "on", "checked"], "yes"),
        (["opted out", "Opt-Out", "unsubscribed", "Do not contact", "DNC", "cleaned", "blocklisted"], "yes"),
        (
            [
                "ja",
                "Abgemeldet",
                "Widerspruch",
                "gesperrt",
                "oui",
                "désabonné",
                "Sí",
                "sì",
                "afgemeld",
                "sim",
                "avregistrerad",
            ],
            "yes",
        ),
        (
            [
                "no",
                "N",
                "0",
                "false",
                "FALSE",
                "off",
                "subscribed",
                "opted in",
                "nein",
                "non",
                "nee",
                "não",
                "nej",
                "angemeldet",
            ],
            "no",
        ),
        (["", " ", None, "-", "--", "n/a", "N/A", "#N/A", "null", "NaN"], "blank"),
        (["maybe", "2", "yes?", "ask Ann", "2026-01-01", "1.0", "not sure", "yess"], "unknown"),
    ],
)
def test_words_of_a_negative_column(cells: list[str | None], expected: str) -> None:
    """The vocabulary is closed, in several languages, whatever the case."""
    assert {cell: state(cell) for cell in cells} == dict.fromkeys(cells, expected)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["yes", "1", "TRUE", "ja", "oui", "sì", "x"], "no"),
        (["no", "0", "false", "nein", "", None, "n/a", "subscribed"], "blank"),
        (["unsubscribed", "opted out", "out", "abgemeldet", "do not contact", "désabonné", "baja", "refused"], "yes"),
        (["maybe", "yes?"], "unknown"),
    ],
)
def test_words_of_a_positive_column(cells: list[str | None], expected: str) -> None:
    """Its yes is no consent and no opt-out, its no and blank say nothing; a word that refuses by itself counts."""
    assert {cell: state(cell, positive=True) for cell in cells} == dict.fromkeys(cells, expected)


def test_the_contract_may_say_what_a_word_means() -> None:
    """Lookups go before the vocabulary and are compared in folded words."""
    assert state("Gelöscht!", lookups={"geloscht": "yes"}) == "yes"
    assert state("Gelöscht!") == "unknown"


def test_words_mean_one_thing() -> None:
    """No word is in two lists of the rule data, in any spelling."""
    words = LISTS["opt_out_words"]
    assert [word for word in words["yes"] if state(word) != "yes"] == []
    assert [word for word in words["no"] if state(word) != "no"] == []
    assert [word for word in words["blank"] if state(word) != "blank"] == []


def test_only_words_of_assent_are_a_yes_in_a_positive_column() -> None:
    """Every other yes-word refuses by itself and stays an opt-out: a new word must not become its opposite."""
    assent = [word for word in LISTS["opt_out_words"]["yes"] if state(word, positive=True) == "no"]
    listed = "1 y yes true t x on checked ja wahr oui vrai si sí sì verdadero vero waar sim verdadeiro sant tak prawda"
    assert sorted(assent) == sorted(listed.split())


def test_of_several_columns_the_strictest_counts() -> None:
    """Yes before unknown before no before blank; another channel's columns play no part."""
    frame = pl.DataFrame(
        {"out": ["no", "yes", "", "what", ""], "in": ["yes", "yes", "no", "no", "unsubscribed"], "call": ["yes"] * 5}
    )
    columns = [FlagColumn("out", "email"), FlagColumn("in", "email", positive=True)]
    assert frame.select(flag_state(frame, columns, LISTS, {}).alias("s"))["s"].to_list() == [
        "no",
        "yes",
        "blank",
        "unknown",
        "yes",
    ]


def test_without_a_column_nothing_is_said() -> None:
    """A list without flags says nothing about anybody."""
    frame = pl.DataFrame({"a": ["x", "y"]})
    assert frame.with_columns(flag_state(frame, [], LISTS, {}).alias("s"))["s"].to_list() == ["blank", "blank"]
    none = frame.clear()
    assert none.with_columns(flag_state(none, [FlagColumn("a", "email")], LISTS, {}).alias("s")).is_empty()
