"""What a newer file of a source changes: who is new in it, whose row is another one, who is as before, who is gone.

Counts for people to look at. Nothing is deleted by them: who is named no longer stays on the earlier list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

__all__ = ["Changes", "changes_of"]

_NAME: Final = "name"


@dataclass(frozen=True, slots=True)
class Changes:
    """A list against the earlier ones of its source, in usable rows: ``new`` + ``changed`` + ``unchanged`` are all.

    ``changed``: the same address, number or name, and another row. ``no_longer_named``: rows of the earlier lists that
    nothing in this one resembles.
    """

    new: int
    changed: int
    unchanged: int
    no_longer_named: int


def changes_of(earlier: pl.DataFrame, records: pl.DataFrame) -> Changes:
    """Compare ``RECORDS`` of a list with those of all earlier lists of its source; rejected rows take no part."""
    before, after = _usable(earlier).unique("record_id"), _usable(records)
    known = after.join(before, on="record_id", how="semi")
    others = after.join(before, on="record_id", how="anti")
    changed = _alike(others, before)
    gone = before.join(after, on="record_id", how="anti")
    return Changes(
        new=others.height - changed.height,
        changed=changed.height,
        unchanged=known.height,
        no_longer_named=gone.height - _alike(gone, after).height,
    )


def _usable(records: pl.DataFrame) -> pl.DataFrame:
    """``record_id`` and what people are told apart by, of the rows that can be used."""
    name = pl.concat_str(pl.col("full_name", "company").str.to_lowercase().fill_null(""), separator="\x1f")
    named = pl.when(pl.col("full_name").is_not_null()).then(name).alias(_NAME)
    return records.filter(pl.col("reject_code").is_null() & pl.col("erased").is_null()).select(
        "record_id", "email_equiv", "phone", named
    )


def _alike(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Those of ``rows`` that have an address, a number, or name and company in common with one of ``others``."""
    same = [pl.col(key).is_in(others.get_column(key).drop_nulls().implode()) for key in ("email_equiv", "phone", _NAME)]
    return rows.filter(pl.any_horizontal(expr.fill_null(value=False) for expr in same))
