"""An opt-out cell is yes, no or blank; a word nobody listed holds, and a blank is no statement."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rules_on_disk import load_rulebook
from policies.sources.flag_columns import FlagColumn
from policies.sources.flags import flag_state, flag_states, refusing, said_yes, unknown_cells

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
        (
            ["maybe", "2", "yes?", "ask Ann", "2026-01-01", "1.5", "not sure", "yess", "?", "✗", "✘", "unknown"],
            "unknown",
        ),
        (["1.0", "-1", "☑", "☒", "✓", "✔", "✔️", "T", "t", "J", "O", "S", "VERO", "WAHR", "VRAI", "Sì"], "yes"),
        (["0.0", "☐", "F", "FALSO", "FALSCH", "FAUX", "Nej", "Nee", "Não", "Onwaar"], "no"),
        (
            [
                "k.A.",
                "keine Angabe",
                "non renseigné",
                "no indicado",
                "non indicato",
                "niet ingevuld",
                "não informado",
                "saknas",
            ],
            "blank",
        ),
    ],
)
def test_words_of_a_negative_column(cells: list[str | None], expected: str) -> None:
    """The vocabulary is closed, in several languages, whatever the case."""
    assert {cell: state(cell) for cell in cells} == dict.fromkeys(cells, expected)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["yes", "1", "TRUE", "ja", "oui", "sì", "x"], "no"),
        (["subscribed", "opted in", "angemeldet", "inscrit", "iscritto", "alta", "prenumererar", "allowed"], "no"),
        (["no", "0", "0.0", "false", "nein", "non", "nee", "não", "nej", "falso", "☐"], "yes"),
        (["", None, "n/a", "keine Angabe", "--"], "blank"),
        (["unsubscribed", "opted out", "out", "abgemeldet", "do not contact", "désabonné", "baja", "refused"], "yes"),
        (["maybe", "yes?"], "unknown"),
    ],
)
def test_words_of_a_positive_column(cells: list[str | None], expected: str) -> None:
    """Its yes is no consent and no opt-out, its no refuses, its blank says nothing; what refuses by itself counts."""
    assert {cell: state(cell, positive=True) for cell in cells} == dict.fromkeys(cells, expected)


def test_the_contract_may_say_what_a_word_means() -> None:
    """Lookups go before the vocabulary and are compared in folded words."""
    assert state("Gelöscht!", lookups={"geloscht": "yes"}) == "yes"
    assert state("Gelöscht!") == "unknown"


def test_words_mean_one_thing() -> None:
    """No word is in two lists of the rule data, in any spelling."""
    words = LISTS["opt_out_words"]
    assert [word for word in words["yes"] if state(word) != "yes"] == []
    assert [word for word in (*words["no"], *words["permits"]) if state(word) != "no"] == []
    assert [word for word in words["blank"] if state(word) != "blank"] == []


def test_only_words_of_assent_are_a_yes_in_a_positive_column() -> None:
    """Every other yes-word refuses by itself and stays an opt-out: a new word must not become its opposite."""
    words = LISTS["opt_out_words"]
    assent = [word for word in words["yes"] if state(word, positive=True) == "no"]
    assert sorted(assent) == sorted(words["assent"])


def test_of_several_columns_about_one_channel() -> None:
    """Yes before unknown before no before blank; what one column refuses and another permits is unknown."""
    frame = pl.DataFrame(
        {
            "out": ["no", "yes", "", "what", "", "yes", "yes"],
            "in": ["yes", "yes", "no", "no", "unsubscribed", "no", ""],
            "call": ["yes"] * 7,
        }
    )
    columns = [FlagColumn("out", "email"), FlagColumn("in", "email", positive=True)]
    assert frame.select(flag_state(frame, columns, LISTS).alias("s"))["s"].to_list() == [
        "no",
        "unknown",
        "yes",
        "yes",
        "yes",
        "yes",
        "yes",
    ]


def test_a_broad_permission_takes_nothing_back() -> None:
    """A yes to any contact beside a no to calls is no contradiction: the one about calls is the narrower."""
    frame = pl.DataFrame({"out": ["yes"], "in": ["yes"]})
    columns = [FlagColumn("out", "phone"), FlagColumn("in", "phone", positive=True, broad=True)]
    assert frame.select(flag_state(frame, columns, LISTS).alias("s")).item() == "yes"
    broad = [FlagColumn("out", "phone", broad=True), columns[1]]
    assert frame.select(flag_state(frame, broad, LISTS).alias("s")).item() == "unknown"


@pytest.mark.parametrize(
    "day",
    [
        "2026-01-31",
        "2026-01-31T08:15:00Z",
        "2026-01-31 08:15:00",
        "31.01.2026",
        "31/01/2026",
        "1/31/2026",
        "20260131",
        "31 Jan 2026",
        "Jan 31, 2026",
    ],
)
def test_a_day_in_a_column_that_asks_when_is_a_yes(day: str) -> None:
    """Under "unsubscribed at" it is an opt-out, under "opted in on" none; anywhere else nobody knows."""
    cells = pl.Series([day])
    assert flag_states(cells, LISTS, {}, positive=False, timed=True).item(0, "state") == "yes"
    assert flag_states(cells, LISTS, {}, positive=True, timed=True).item(0, "state") == "no"
    assert state(day) == "unknown"


def test_a_day_of_subscribing_takes_no_unsubscribing_back() -> None:
    """Whoever unsubscribed had subscribed before: the two days are no contradiction."""
    frame = pl.DataFrame({"off": ["2026-02-01", ""], "on": ["2025-01-01", "2025-01-01"]})
    columns = [FlagColumn("off", "email", timed=True), FlagColumn("on", "email", positive=True, timed=True)]
    assert frame.select(flag_state(frame, columns, LISTS).alias("s"))["s"].to_list() == ["yes", "no"]


def test_unknown_words_are_counted_and_never_shown() -> None:
    """The summary has columns and counts."""
    frame = pl.DataFrame({"out": ["yes", "ask Ann", "ask Ann", "maybe"], "in": ["yes", "", "no", "1"]})
    columns = [FlagColumn("out", "email"), FlagColumn("in", "email", positive=True)]
    assert unknown_cells(frame, columns, LISTS) == {"out": 3}


@given(
    st.lists(
        st.sampled_from(["yes", "no", "", "what", "unsubscribed", "x", "0", "subscribed"]), min_size=2, max_size=4
    ),
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_no_column_turns_a_yes_into_a_no(cells: list[str], positive: list[bool], broad: list[bool]) -> None:
    """Whatever other columns say, a refusal in one of them stays one, or holds."""
    frame = pl.DataFrame({str(number): [cell] for number, cell in enumerate(cells)})
    columns = [FlagColumn(str(n), "email", positive=positive[n], broad=broad[n]) for n in range(len(cells))]
    alone = [frame.select(flag_state(frame, [column], LISTS).alias("s")).item() for column in columns]
    together = frame.select(flag_state(frame, columns, LISTS).alias("s")).item()
    assert together in (
        ("yes", "unknown") if "yes" in alone else ("unknown",) if "unknown" in alone else ("no", "blank")
    )


def test_without_a_column_nothing_is_said() -> None:
    """A list without flags says nothing about anybody."""
    frame = pl.DataFrame({"a": ["x", "y"]})
    assert frame.with_columns(flag_state(frame, [], LISTS).alias("s"))["s"].to_list() == ["blank", "blank"]
    none = frame.clear()
    assert none.with_columns(flag_state(none, [FlagColumn("a", "email")], LISTS).alias("s")).is_empty()


@pytest.mark.parametrize(
    "cell",
    [
        *("Unsubscribed", "unsubscribed 2026-01-02", "Opted out", "Has opted out of email", "opt-out", "STOP"),
        *(
            "Do not contact",
            "Don't call me!",
            "On the do-not-call list",
            "must not be contacted",
            "no more calls please",
        ),
        *("Please remove me from your mailing list", "asked us to stop", "Objected to direct marketing", "Blacklisted"),
        *("abgemeldet", "Bitte nicht mehr kontaktieren", "keine Werbung", "Kontaktsperre", "gesperrt", "widersprochen"),
        *("Désinscrit", "désabonnée", "ne plus nous contacter", "dado de baja", "non contattare", "uitgeschreven"),
        *("não contatar", "avregistrerad", "kontakta inte", "wypisana"),
    ],
)
def test_words_that_refuse_under_any_header(cell: str) -> None:
    """What can mean nothing else is an opt-out, whatever its column is called."""
    assert refusing(pl.Series([cell, "customer", None]), "Notes", LISTS) == [cell]


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "yes",
            "no",
            "x",
            "1",
            "ja",
            "customer",
            "subscribed",
            "Blockchain",
            "Objective-C",
            "Clean energy",
            "refused",
        ),
        *(
            "declined",
            "removed",
            "withdrawn",
            "cancelled",
            "Never contacted",
            "not contacted",
            "no contact",
            "no email",
        ),
        *(
            "Reduce the unsubscribe rate",
            "Opt-out management",
            "Prioridad: baja",
            "baja",
            "nicht erreicht",
            "keine Zeit",
        ),
        "Do not miss the keynote",
    ],
)
def test_words_that_may_mean_something_else(cell: str) -> None:
    """They refuse nothing in a column that is no flag."""
    assert refusing(pl.Series([cell]), "Notes", LISTS) == []


@pytest.mark.parametrize("header", ["Email Marketing Status", "Newsletter", "Contact status", "Einwilligung", "GDPR"])
def test_a_header_about_messages_makes_more_of_a_word(header: str) -> None:
    """There every word counts that refuses in a flag column; a yes or a no still says nothing."""
    cells = pl.Series(["Cleaned", "removed", "declined", "Subscribed", "yes", "no", "x", "Never"])
    assert refusing(cells, header, LISTS) == ["Cleaned", "declined", "removed"]


def test_what_a_damaged_row_says_in_any_cell() -> None:
    """A plain yes counts where people say no in flags; letters and digits that may be anything else never do."""
    cells = pl.Series(["yes", "ON", "x", "1", "SI", "ja", "unsubscribed", "declined", "Blockchain", "no", ""])
    assert sorted(said_yes(cells, LISTS, assent=True)) == ["ja", "unsubscribed", "yes"]
    assert sorted(said_yes(cells, LISTS, assent=False)) == ["unsubscribed"]
