"""Aims of fit.toml: what is met, what is not, what nobody tells; sectors and regions by word, sizes also as spans."""

from __future__ import annotations

from typing import Any

import polars as pl

from policies.effects import Effect
from policies.fit.aims import country_facts
from tests.policies.fit.people import decided, facts_of, fit_rules_of, lead, side_by_side

DENY, HOLD, WARN = int(Effect.DENY), int(Effect.HOLD), int(Effect.WARN)
AIMS = """
[fit]
functions = ["operations"]
seniorities = ["head"]
sectors = ["food", "rail freight"]
regions = ["Illinois"]
countries = ["US"]
min_employees = 50
max_employees = 500
"""
FITTING: dict[str, Any] = {"sector": "Food", "employees": 100, "region": "Illinois"}
RULES = {name: f"core.fit.{name}_not_targeted" for name in ("function", "seniority", "sector", "size", "region")}


CASES: list[tuple[dict[str, Any], str, dict[str, int]]] = [
    ({}, "Head of Operations", {}),
    ({}, "Head of Human Resources", {RULES["function"]: DENY}),
    ({}, "Operations Manager", {RULES["seniority"]: DENY}),
    ({}, "Beekeeper", {RULES["function"]: HOLD, RULES["seniority"]: WARN}),
    ({"sector": "Food & Beverages"}, "Head of Operations", {}),
    ({"sector": "RAIL-FREIGHT"}, "Head of Operations", {}),
    ({"sector": "Freight, rail"}, "Head of Operations", {RULES["sector"]: DENY}),
    ({"sector": "Seafoods"}, "Head of Operations", {RULES["sector"]: DENY}),
    ({"sector": None}, "Head of Operations", {RULES["sector"]: WARN}),
    ({"sector": " - "}, "Head of Operations", {RULES["sector"]: WARN}),
    ({"employees": 49}, "Head of Operations", {RULES["size"]: DENY}),
    ({"employees": 501}, "Head of Operations", {RULES["size"]: DENY}),
    ({"employees": 500}, "Head of Operations", {}),
    ({"employees": None}, "Head of Operations", {RULES["size"]: WARN}),
    ({"region": "Ohio"}, "Head of Operations", {RULES["region"]: DENY}),
    ({"region": None}, "Head of Operations", {RULES["region"]: WARN}),
]


def test_each_aim_drops_by_a_rule_of_its_own() -> None:
    """What is not met is denied, what nobody tells is held or told, and what is met says nothing."""
    judged = side_by_side([lead(row={"title": title}, **(FITTING | told)) for told, title, _ in CASES], AIMS)
    assert [one.rules for one in judged] == [reasons for _, _, reasons in CASES]


SIZES: dict[str, bool | None] = dict.fromkeys(["51-200", "201 to 500 employees", "120"], True)
SIZES |= dict.fromkeys(["1-10", "1,001-5,000", "10,001+", "<40"], False)
SIZES |= dict.fromkeys(["11-50", "under 50", "many", "n/a"])


def test_a_size_may_be_a_span() -> None:
    """A span within the range is met, one outside is not, and one that crosses its end is unknown."""
    judged = side_by_side([lead(cells={"Company size": cell}, employees=None) for cell in SIZES], AIMS)
    assert {cell: one.facts("size_targeted")[0] for cell, one in zip(SIZES, judged, strict=True)} == SIZES


def test_an_aim_that_is_not_set_restricts_nobody() -> None:
    """Nor does an empty list of aims, and what no aim asks for is no part of the score."""
    found = decided([lead(row={"title": "Beekeeper", "country": None})], "[fit]\nfunctions = []\n")
    assert fit_rules_of(found) == {}
    assert facts_of(found, "fit_score", "fit_parts") == (0, "")


def test_every_country_of_a_person_must_be_served() -> None:
    """Signals that disagree are judged by the strictest; whoever gives no signal is unknown."""
    signals = [("a", "US"), ("b", "US"), ("b", "DE"), ("c", "DE"), ("d", None)]
    countries = pl.DataFrame(signals, {"person_id": pl.String, "country": pl.String}, orient="row")
    found = dict(country_facts(countries, {"countries": ["US"]}).iter_rows())
    assert found == {"a": True, "b": False, "c": False, "d": None}
    assert set(country_facts(countries, {}).get_column("country_targeted")) == {True}


def test_an_unserved_country_is_a_reason_of_its_own() -> None:
    """Where a list names one we do not serve, and where no signal says which it is."""
    judged = side_by_side([lead(row={"country": code}, **FITTING) for code in ("CA", None, "US")], AIMS)
    assert [one.rules.get("core.fit.country_not_targeted") for one in judged] == [DENY, HOLD, None]
