"""What stands on a terminal fits it, breaks between words and steers nothing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.messages import WIDTH, Progress, facts, json_text, paragraph, printable, table

_WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
_CELLS = st.lists(_WORDS, max_size=9).map(" ".join)


def _columns(line: str) -> int:
    from flows.messages import _width

    return _width(line)


@given(st.integers(1, 7).flatmap(lambda width: st.lists(st.lists(_CELLS, min_size=width, max_size=width), min_size=1)))
def test_tables_fit_and_never_break_a_word(rows: list[list[str]]) -> None:
    """Every word of every cell stands in one piece, and no line is wider than a terminal."""
    shown = table([f"heading {number}" for number in range(len(rows[0]))], rows)
    assert all(_columns(line) <= WIDTH for line in shown.splitlines())
    words = shown.split()
    assert all(word in words for row in rows for cell in row for word in cell.split())


def test_a_table_sets_figures_to_the_right() -> None:
    """Figures line up by their last digit."""
    assert table(("Verdict", "Rows"), [("held", "7"), ("queued", "1,018")], figures=(1,)).splitlines() == [
        "Verdict   Rows",
        "held         7",
        "queued   1,018",
    ]


def test_wide_signs_take_two_columns() -> None:
    """Names in every script keep the table straight."""
    lines = table(("Name", "Town"), [("山田太郎", "Kyoto"), ("Zoe\u0301", "Lyon")]).splitlines()
    assert lines[1] == "山田太郎  Kyoto"
    assert lines[2] == "Zoe\u0301       Lyon"


def test_what_does_not_fit_stands_in_blocks() -> None:
    """Long names of the machine are never cut: somebody copies them."""
    identifier = "p" + "a" * 78
    shown = table(("Person", "Why"), [(identifier, "no brief")])
    assert shown.splitlines() == [f"Person  {identifier}", "Why     no brief"]


def test_facts_keep_their_names_whole() -> None:
    """A name stands before its value."""
    assert facts([("last run", "none"), ("queue", None)]) == "last run  none\nqueue"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Théo\x1b[31m", "Théo\ufffd[31m"),
        ("two\nlines\tone", "two lines one"),
        ("\u202egnp.exe", "\ufffdgnp.exe"),
        ("\x9bmC1", "\ufffdmC1"),
        (None, ""),
        (["a", "b"], "a, b"),
        ("नमस्ते", "नमस्ते"),
    ],
)
def test_nothing_from_outside_steers_a_terminal(value: object, shown: str) -> None:
    """Controls and signs that turn text around are replaced; letters of every script stay."""
    assert printable(value) == shown


def test_json_keeps_values_and_escapes_signs() -> None:
    """The value is unchanged; no sign in it reaches a terminal as it is."""
    value = {"name": "\x9b\u202eThéo\x1b"}
    text = json_text(value)
    assert json.loads(text) == value
    assert not {"\x9b", "\u202e", "\x1b"}.intersection(text)
    assert "Théo" in text


def test_json_writes_days_and_instants() -> None:
    """ISO 8601 for both."""
    value = [date(2026, 10, 14), datetime(2026, 10, 14, 6, 30, tzinfo=UTC)]
    assert json.loads(json_text(value)) == ["2026-10-14", "2026-10-14T06:30:00+00:00"]


def test_paragraphs_break_between_words() -> None:
    """A path is one word, however long."""
    path = "rules/" + "x" * 90
    assert path in paragraph(f"This is wrong in {path} on a line.").split("\n")


def test_progress_leaves_nothing_behind() -> None:
    """The line is taken away when the work is done."""
    stream = StringIO()
    progress = Progress(stream)
    progress("deciding about everybody")
    progress("publishing")
    progress.done()
    assert stream.getvalue().endswith(f"\r{' ' * len('publishing')}\r")
