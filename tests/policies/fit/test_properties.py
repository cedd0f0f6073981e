"""Any column of a list can be asked for: found by its header, read once a value, dropped by a rule of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from policies.effects import Effect
from policies.fit.columns import READABLE, read_columns
from policies.fit.properties import met
from policies.rulebook.cases import run_cases
from tests.policies.fit.people import lead, side_by_side
from tests.policies.rulebooks import with_base, workspace

DENY, HOLD, WARN = int(Effect.DENY), int(Effect.HOLD), int(Effect.WARN)
TECHNOLOGY = """
[[fit.property]]
name = "technology"
columns = ["Tech stack", "Technologies"]
any_of = ["snowflake", "big query"]
none_of = ["excel only"]
unknown = "hold"
weight = 4
"""
BUDGET = """
[[fit.property]]
name = "budget"
columns = ["Annual budget"]
min = 100000
unknown = "warn"
reason = "They have no budget for it."
"""
CELLS: list[tuple[dict[str, str | None], dict[str, int]]] = [
    ({"Tech stack": "dbt, Snowflake (EU)"}, {}),
    ({"TECH_STACK": "BigQuery"}, {"fit.property.technology": DENY}),
    ({"tech-stack": "Big-Query"}, {}),
    ({"Technologies": "snowflake"}, {}),
    ({"Tech stack": None, "Technologies": "Snowflake"}, {}),
    ({"Tech stack": "Snowflakes"}, {"fit.property.technology": DENY}),
    ({"Tech stack": "Snowflake; Excel only"}, {"fit.property.technology": DENY}),
    ({"Tech stack": "n/a"}, {"fit.property.technology.unknown": HOLD}),
    ({"Tech stack": " "}, {"fit.property.technology.unknown": HOLD}),
    ({"Téch stäck": "Snowflake"}, {}),
    ({"Stack": "Snowflake"}, {"fit.property.technology.unknown": HOLD}),
    ({'say "Tech stack":': "x", "Tech stack": 'a "Snowflake", \\ and \n more'}, {}),
]


def test_a_column_is_asked_for_by_its_header() -> None:
    """Case, accents and signs of a header make no difference; words count as whole words; blank is not told."""
    judged = side_by_side([lead(cells=cells) for cells, _ in CELLS], TECHNOLOGY)
    assert [one.rules for one in judged] == [rules for _, rules in CELLS]
    assert judged[0].facts("fit_score", "fit_parts", "properties_missed") == (4, "technology +4", "")
    assert judged[1].facts("fit_score", "fit_parts", "properties_missed") == (0, "", "technology")
    assert judged[7].facts("fit_score", "fit_parts", "properties_untold") == (0, "not told: technology", "technology")


def test_every_property_drops_for_itself() -> None:
    """Two that are missed are two reasons, one that nobody tells is told apart; the words are those of the file."""
    cells = [{"Tech stack": "Lotus", "Annual budget": "€ 20k"}, {"Annual budget": "about 1.5m"}, {"Annual budget": "?"}]
    judged = side_by_side([lead(cells=row) for row in cells], TECHNOLOGY + BUDGET)
    assert judged[0].rules == {"fit.property.budget": DENY, "fit.property.technology": DENY}
    assert judged[1].rules == {"fit.property.technology.unknown": HOLD}
    assert judged[2].rules == {"fit.property.budget.unknown": WARN, "fit.property.technology.unknown": HOLD}
    book = with_base(workspace(TECHNOLOGY + BUDGET, "rules/fit.toml"))
    assert book.rule("fit.property.budget").reason == "They have no budget for it."
    assert book.rule("fit.property.technology").reason == "Their technology is not what rules/fit.toml asks for."
    assert "Tech stack, Technologies" in book.rule("fit.property.technology.unknown").fix
    assert (book.rule("fit.property.budget").file, book.rule("fit.property.budget").line) == ("rules/fit.toml", 10)
    made = replace(book, rules=tuple(rule for rule in book.rules if rule.id.startswith("fit.")))
    results = run_cases(made)
    assert (len(results), [result for result in results if not result.ok]) == (12, [])


def test_a_field_of_a_record_is_a_column_too() -> None:
    """Whatever header the list has for it."""
    town = '[[fit.property]]\nname = "town"\ncolumns = ["city"]\nany_of = ["Köln"]\nunknown = "warn"\n'
    judged = side_by_side([lead(city="KOLN"), lead(city="Bonn")], town)
    assert [one.rules for one in judged] == [{}, {"fit.property.town": DENY}]


def test_tables_of_one_file_have_columns_of_their_own() -> None:
    """Two sheets under one name, each with its headers, are both read."""
    rows = [{"Name": "a", "Segment": "bank"}, {"Name": "b", "Branche": "Bank"}, {"Name": "c"}, {}]
    frame = pl.DataFrame({"record_id": list("abcd"), "raw": [json.dumps(row) for row in rows]}).with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in READABLE
    )
    found = read_columns(frame, {"segment": ["segment", "branche"]}).sort("record_id")
    assert found.get_column("segment").to_list() == ["bank", "Bank", None, None]
    assert read_columns(frame, {}).columns == ["record_id"]


@pytest.mark.parametrize(
    ("asked", "text", "expected"),
    [
        ({"any_of": ["c"]}, "C#, F#", True),
        ({"none_of": ["none"]}, "anything", True),
        ({"none_of": ["none"]}, "None", False),
        ({"any_of": ["a"], "max": 5}, "a 7", False),
        ({"any_of": ["a"], "max": 5}, "b 3", False),
        ({"min": 10}, "5-20", None),
        ({"min": 10, "max": 20}, "12", True),
        ({"min": 10}, "plenty", None),
        ({"any_of": ["x"], "min": 10}, "plenty", False),
    ],
)
def test_all_that_is_asked_of_a_text_must_hold(asked: dict[str, Any], text: str, expected: bool | None) -> None:  # noqa: FBT001 - a value of the table
    """A no of one test is a no, whatever the other cannot tell."""
    assert met(pl.Series("t", [text, None]), asked).rows() == [(text, expected)]
