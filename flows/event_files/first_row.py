"""Lists whose first line is somebody's, though it was taken for a header: it names a contact, and counts as a row."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.ledger.contacts import unreadable
from policies.stop_lists.entries import DIGEST_LENGTHS, plain_entry

if TYPE_CHECKING:
    from flows.readers import RawTable

__all__ = ["with_first_row"]

_ROW: Final = "row_number"
# An example in the header of a form ("E-mail, such as you@example.com") is nobody's.
_EXAMPLE: Final = re.compile(r"\S*@(?:[\w-]+\.)*example\.(?:com|net|org)\b", re.IGNORECASE)
_HEX: Final = re.compile(r"[0-9a-fA-F]+")


def with_first_row(table: RawTable) -> RawTable:
    """The table without a header where its header names somebody; a list of one column is seen to elsewhere."""
    if len(table.headers) == 1 or table.header_line == 0 or not any(map(_names_somebody, table.headers)):
        return table
    names = tuple(f"column {number}" for number in range(1, len(table.columns) + 1))
    first = pl.DataFrame(
        [(1, *table.headers)], schema={_ROW: pl.UInt32, **dict.fromkeys(names, pl.String)}, orient="row"
    )
    moved = (pl.col(_ROW) + 1).cast(pl.UInt32)
    rows = table.rows.rename(dict(zip(table.columns, names, strict=True))).with_columns(moved)
    return replace(
        table,
        headers=tuple("" for _ in names),
        columns=names,
        rows=pl.concat([first, rows]),
        damaged=table.damaged.with_columns(moved),
        header_line=0,
    )


def _names_somebody(header: str) -> bool:
    text = _EXAMPLE.sub(" ", header)
    bare = plain_entry(text)
    is_digest = len(bare) in DIGEST_LENGTHS and _HEX.fullmatch(bare) is not None
    return is_digest or ("@" in text and bool(unreadable(text).inside))
