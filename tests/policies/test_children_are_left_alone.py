"""Whoever is under 18 by their list, or at a school without a grown-up's work, is ruled out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from flows.rules_on_disk import load_rulebook
from policies.evaluate import decide
from policies.fact_table.protected import protected_facts
from tests.policies.worlds import Row, world

LISTS: dict[str, Any] = dict(load_rulebook(None).settings["lists"])
TODAY = date(2026, 10, 14)
SCHEMA = {
    "born_on": pl.Date,
    "age": pl.Int64,
    "obtained_on": pl.Date,
    "email_domain": pl.String,
    "seniority": pl.String,
    "function": pl.String,
}


def facts(**values: object) -> tuple[bool, bool]:
    """Minor, and school address, of a record with some values."""
    frame = pl.DataFrame([values], schema=SCHEMA)
    found: tuple[bool, bool] = frame.select(protected_facts(TODAY, LISTS)).row(0)
    return found


@pytest.mark.parametrize(
    ("values", "minor"),
    [
        ({"born_on": date(2008, 10, 14)}, False),
        ({"born_on": date(2008, 10, 15)}, True),
        ({"born_on": date(1980, 1, 1)}, False),
        ({"age": 17}, True),
        ({"age": 18}, False),
        ({"age": 17, "obtained_on": date(2026, 9, 1)}, True),
        ({"age": 17, "obtained_on": date(2025, 10, 14)}, False),
        ({"age": 17, "obtained_on": date(2025, 10, 15)}, True),
        ({"age": 17, "obtained_on": date(2027, 1, 1)}, True),
        ({"age": 40, "born_on": date(2015, 1, 1)}, True),
        ({}, False),
    ],
)
def test_age(values: dict[str, object], minor: bool) -> None:  # noqa: FBT001 - a case table
    """A date of birth counts by the day of the run, a stated age from the day of the list; the younger one counts."""
    assert facts(**values)[0] is minor


@pytest.mark.parametrize(
    ("domain", "school"),
    [
        ("lincoln.k12.il.us", True),
        ("stmarys.sch.uk", True),
        ("stadtschule-neustadt.example", True),
        ("gymnasium-neustadt.example", True),
        ("lycee-hugo.example", True),
        ("scuola-dante.example", True),
        ("skolan.example", True),
        ("basisschool-dorp.example", True),
        ("students.dorp.example", True),
        ("hochschule-neustadt.example", False),
        ("ecole-polytechnique.example", False),
        ("ecole-jules-verne.example", True),
        ("fahrschule-neustadt.example", False),
        ("acme.example", False),
        ("university.example", False),
        (None, False),
    ],
)
def test_school_domains(domain: str | None, school: bool) -> None:  # noqa: FBT001 - a case table
    """An address at a school alone rules out; universities, driving schools and companies are none."""
    assert facts(email_domain=domain)[1] is school


@pytest.mark.parametrize(
    ("seniority", "function", "school"),
    [("head", None, False), (None, "education", False), ("student", None, True), ("student", "education", True)],
)
def test_who_works_at_a_school_is_no_pupil(seniority: str | None, function: str | None, school: bool) -> None:  # noqa: FBT001 - a case table
    """A professional title speaks for a grown-up, one of a pupil or student does not."""
    assert facts(email_domain="lincoln.k12.il.us", seniority=seniority, function=function)[1] is school


def test_one_record_that_shows_a_child_rules_out_the_person() -> None:
    """What one list says of somebody holds under their other addresses as well."""
    line = "+12025550101"
    inputs = world([Row("ada@acme.example", line), Row("ada.okafor@example.org", line, source="guild")])
    young = pl.when(pl.col("source") == "guild").then(pl.lit(date(2012, 1, 1))).alias("born_on")
    people = decide(replace(inputs, records=inputs.records.with_columns(young))).people
    assert people.get_column("person_verdict").to_list() == ["unfit"]
    assert "core.fit.minor" in people.get_column("reasons").explode().to_list()
