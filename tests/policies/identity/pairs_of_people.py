"""Two records as a test writes them, and the scored pair that becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from policies.identity.columns import PEOPLE
from policies.identity.organisations import resolve_organisations
from policies.identity.preparing import prepare
from policies.identity.scoring import score
from policies.identity.statistics import statistics_of
from tests.policies.identity.lists_of_people import leads, many_people
from tests.policies.identity.words import base_words

if TYPE_CHECKING:
    from policies.identity.model import Model

__all__ = ["prepared_people", "scored_pair", "veto_of"]


def prepared_people(people: pl.DataFrame) -> pl.DataFrame:
    """Keys of people and their organisations."""
    return resolve_organisations(prepare(people, base_words()))


def scored_pair(one: dict[str, Any], other: dict[str, Any], *further: dict[str, Any]) -> dict[str, Any]:
    """The scored pair of two records among ``further`` ones and some strangers, its levels by their names."""
    rows = [one, other, *further]
    made = [{"record_id": f"a{number}", "source": f"s{number}", **row} for number, row in enumerate(rows)]
    people = pl.concat([pl.DataFrame(made, schema=PEOPLE), many_people(80)])
    prepared = prepared_people(people)
    pair = pl.DataFrame({"a": [0], "b": [1], "rules": [1]}, schema={"a": pl.UInt32, "b": pl.UInt32, "rules": pl.UInt32})
    found = score(prepared, pair, statistics_of(prepared, leads()), leads()).row(0, named=True)
    return {**found, **{name: _level(leads(), name, found[name]) for name in leads().comparison_names}}


def veto_of(found: dict[str, Any]) -> str | None:
    """The name of the veto of a scored pair."""
    return leads().vetoes[found["veto"] - 1].name if found["veto"] else None


def _level(model: Model, comparison: str, code: int) -> str | None:
    return model.comparison(comparison).levels[code - 1].name if code else None
