"""People to prepare, from the few cells a test is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from policies.identity.columns import PEOPLE
from policies.identity.preparing import prepare
from policies.schema import conform
from tests.policies.identity.words import base_words

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["keys_of", "people", "prepared"]


def people(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """A frame ``PEOPLE``; record ids are the places of the rows."""
    numbered = [{"record_id": f"r{place:04}", "source": "list", **row} for place, row in enumerate(rows)]
    schema = {name: dtype for name, dtype in PEOPLE.items() if any(name in row for row in numbered)}
    return conform(pl.DataFrame(numbered, schema=schema), PEOPLE)


def prepared(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    """The keys of rows, in their order."""
    return prepare(people(rows), base_words()).to_dicts()


def keys_of(full_name: str, country: str | None = None, **cells: Any) -> dict[str, Any]:  # noqa: ANN401  # cells of any type
    """The keys of one record."""
    return prepared({"full_name": full_name, "country": country, **cells})[0]
