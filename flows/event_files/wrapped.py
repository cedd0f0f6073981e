"""Answers of programs saved as they came: one JSON object around the list that is meant."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

if TYPE_CHECKING:
    from flows.readers import RawTable

__all__ = ["unwrapped"]

_ROW: Final = "row_number"


def unwrapped(table: RawTable) -> RawTable:
    """The longest list of objects inside a table of one object, as a table; any other table as it is."""
    if table.kind != "json" or table.height != 1 or table.rows.is_empty():
        return table
    [row] = table.rows.drop(_ROW).to_dicts()
    lists = [found for cell in row.values() if (found := _objects(cell))]
    if not lists:
        return table
    objects = max(lists, key=len)
    names = tuple(dict.fromkeys(name for one in objects for name in one))
    columns = {name: [_text(one.get(name)) for one in objects] for name in names}
    rows = pl.DataFrame(
        {_ROW: range(1, len(objects) + 1), **columns}, schema={_ROW: pl.UInt32, **dict.fromkeys(names, pl.String)}
    )
    return replace(table, headers=names, columns=names, rows=rows)


def _objects(cell: str | None) -> list[dict[str, Any]]:
    """The objects of a JSON array in a cell; of an object, those of the longest array in it."""
    if not cell or cell.lstrip()[:1] not in ("[", "{"):
        return []
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        return []
    if isinstance(value, dict):
        return max((_listed(inner) for inner in value.values()), key=len, default=[])
    return _listed(value)


def _listed(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        return []
    return [{str(name): inner for name, inner in one.items() if str(name) != _ROW} for one in value]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
