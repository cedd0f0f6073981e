"""Further contact points of a row: every address and number beside the one that is used.

They are read to hear a no under each of them, never to write to or to call. So a cell that is none as a whole counts
with whatever stands in it, and so does the cell of the row's own contact point where it cannot be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.contact_points.email_addresses import canonical_emails
from policies.contact_points.inside import addresses_inside, numbers_inside
from policies.contact_points.phone_numbers import canonical_phones

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["further_points"]

_OWN: Final = ("country", "email_received", "email", "phone_received", "phone")
_OTHERS: Final = ("other_emails_received", "other_phones_received")
_TEXTS: Final = pl.List(pl.String)
_FAR: Final = 10_000  # characters into a cell; whoever writes more than that writes no contact points
_POINTS: Final = pl.Schema({"received": pl.String, "country": pl.String, "point": pl.String})


def further_points(records: pl.DataFrame, fictional_prefixes: Sequence[str] = ()) -> pl.DataFrame:
    """Add ``other_emails`` and ``other_phones``: canonical, each once, sorted, without the row's own; null if none.

    ``records`` has ``country, email_received, email, phone_received, phone`` and, where the list has them,
    ``other_emails_received`` and ``other_phones_received`` (lists of cells as they came). Rows keep their order.
    """
    given = [pl.col(name) if name in records.columns else pl.lit(None, dtype=_TEXTS).alias(name) for name in _OTHERS]
    rows = records.select(pl.row_index("at"), *_OWN, *given)
    emails, phones = _cells(rows, "email"), _cells(rows, "phone")
    others = {
        "other_emails": _listed(rows, "email", emails, _addresses(emails)),
        "other_phones": _listed(rows, "phone", phones, _numbers(phones, tuple(fictional_prefixes))),
    }
    return records.with_columns(values.alias(name) for name, values in others.items())


def _cells(rows: pl.DataFrame, channel: str) -> pl.DataFrame:
    """``at, received, country``: the further cells of a channel, and the row's own where it is none as a whole."""
    received, others = f"{channel}_received", f"other_{channel}s_received"
    unread = rows.filter(pl.col(channel).is_null()).select("at", pl.col(received).alias("received"), "country")
    further = rows.select("at", pl.col(others).alias("received"), "country").explode("received")
    return pl.concat([unread, further]).drop_nulls("received")


def _addresses(cells: pl.DataFrame) -> pl.DataFrame:
    """``received, country, point``, a row for every address in a cell."""
    read = canonical_emails(cells.get_column("received")).select("received", pl.col("email").alias("point"))
    known = cells.select("received", "country").unique().join(read, on="received", how="inner", validate="m:1")
    unread = known.filter(pl.col("point").is_null()).select("received", "country")
    inside = [
        (text, country, address) for text, country in unread.iter_rows() for address in addresses_inside(text[:_FAR])
    ]
    return _points(known, inside)


def _numbers(cells: pl.DataFrame, prefixes: tuple[str, ...]) -> pl.DataFrame:
    """``received, country, point``, a row for every number in a cell."""
    known = canonical_phones(cells, prefixes).select("received", "country", pl.col("phone").alias("point"))
    unread = known.filter(pl.col("point").is_null()).select("received", "country")
    inside = [
        (text, country, number)
        for text, country in unread.iter_rows()
        for number in numbers_inside(text[:_FAR], country, prefixes)
    ]
    return _points(known, inside)


def _points(known: pl.DataFrame, inside: list[tuple[str, str | None, str]]) -> pl.DataFrame:
    """Cells that are one contact point, and what was found inside the others."""
    whole = known.drop_nulls("point").select(_POINTS.names())
    return pl.concat([whole, pl.DataFrame(inside, schema=_POINTS, orient="row")])


def _listed(rows: pl.DataFrame, channel: str, cells: pl.DataFrame, points: pl.DataFrame) -> pl.Series:
    """The points of each row as a list, in the order of the rows."""
    found = cells.join(points, on=["received", "country"], how="inner", nulls_equal=True)
    others = (
        found.join(rows.select("at", pl.col(channel).alias("own")), on="at", how="left", validate="m:1")
        .filter(pl.col("point").ne_missing(pl.col("own")))
        .group_by("at")
        .agg(pl.col("point").unique().sort())
    )
    listed = rows.select("at").join(others, on="at", how="left", validate="1:1", maintain_order="left")
    return listed.get_column("point")
