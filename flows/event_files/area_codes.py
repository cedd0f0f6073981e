"""Numbers in two columns, area code and the rest, as registries of North America write them: joined into one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.event_files.tables import folded_header

if TYPE_CHECKING:
    from flows.event_files.tables import EventTable

__all__ = ["with_joined_numbers"]

_AREA: Final = r"^\s*\(?\d{3}\)?\s*$"
_REST: Final = r"^\s*\d{3}[ .\-]?\d{4}\s*$"
_AREAS: Final = frozenset({"area", "area_code", "areacode", "npa"})
_RESTS: Final = frozenset(
    {
        *("exchange_number", "local_number", "number", "phone", "phone_number", "subscriber_number", "telephone"),
        *("telephone_number", "telephonenumber", "phonenumber", "tel"),
    }
)
_PAIR: Final = 2


def with_joined_numbers(table: EventTable) -> EventTable:
    """The table with such numbers whole, in E.164; any other table as it is.

    Without a header they are the only two columns, and every row is one; under a header it says which they are, and the
    rows that are no such number stay as they came.
    """
    if table.bare:
        return table if table.damage else _of_bare(table)
    named = {folded_header(name): name for name in reversed(table.frame.columns)}
    areas, rests = (sorted(called & named.keys()) for called in (_AREAS, _RESTS))
    if len(areas) != 1 or len(rests) != 1:
        return table
    area, rest = named[areas[0]], named[rests[0]]
    whole = _whole(pl.col(area), pl.col(rest))
    if table.frame.select(whole.is_not_null().any()).item():
        kept = pl.when(whole.is_null()).then(pl.col(area))
        frame = table.frame.with_columns(pl.coalesce(whole, rest).alias(rest), kept.fill_null("").alias(area))
        columns = {field: name for field, name in table.columns.items() if name not in (area, rest)}
        return replace(table, frame=frame, columns={"phone": rest} | columns)
    return table


def _of_bare(table: EventTable) -> EventTable:
    if table.frame.width != _PAIR:
        return table
    first, second = table.frame.columns
    joined = table.frame.select(_whole(pl.col(first), pl.col(second)).alias("value"))
    if joined.get_column("value").null_count():
        return table
    return replace(table, frame=joined, columns={"value": "value"}, bare=False)


def _whole(area: pl.Expr, rest: pl.Expr) -> pl.Expr:
    """The number of an area code and seven digits; null where a cell is anything else."""
    digits = [cell.str.replace_all(r"\D", "") for cell in (area, rest)]
    return pl.when(area.str.contains(_AREA) & rest.str.contains(_REST)).then("+1" + digits[0] + digits[1])
