"""Who said no in a list, taken out of it before the list goes: into quarantine, or into the store.

Only contact points and flags are taken, and the cells in which more contact points may stand. None of it is ever
written to a file; the ledger keeps tokens of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.errors import RefusedFile
from policies.schema import RECORDS, conform
from policies.sources.fields import OPT_OUT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.list_tables import TableReading

__all__ = ["Flagged", "RefusedList", "RefusedMembership", "everybody", "flagged"]

_COLUMNS: Final = (
    "record_id",
    "source",
    "file_sha256",
    "row_number",
    "country",
    "email_received",
    "email",
    "email_equiv",
    "email_domain",
    "phone_received",
    "phone",
    "other_emails",
    "other_phones",
    "email_bounced",
    "email_opt_out",
    "phone_opt_out",
    "reject_code",
)
_CELLS: Final = pl.Schema({"row_number": pl.UInt32(), "cells": pl.List(pl.String)})


@dataclass(frozen=True)
class Flagged:
    """Those of a list who said no, or something nobody understands.

    ``records``: their ``RECORDS``, rejected rows included, with contact points and flags alone filled (in a list that
    may be kept, names as well). ``cells``: ``row_number, cells`` of those whose contact points may stand anywhere.
    """

    records: pl.DataFrame
    cells: pl.DataFrame

    @property
    def said_no(self) -> int:
        """How many rows say no."""
        return self.records.filter(pl.any_horizontal(pl.col(OPT_OUT_FIELDS) == "yes")).height

    def without_names(self) -> Flagged:
        """The same people, known by their contact points only."""
        return Flagged(conform(self.records.select(_COLUMNS), RECORDS), self.cells)


class RefusedList(RefusedFile):
    """The list is refused although its rows could be read; ``flagged`` are those who said no in it."""

    def __init__(self, why: RefusedFile, found: Flagged) -> None:
        super().__init__(why.code, why.message, why.fix, why.details)
        self.flagged = found


class RefusedMembership(RefusedList):
    """The list is refused before rows are stored; of those who said no only contact points are taken out of it."""

    def __init__(self, reveals: str, found: Flagged) -> None:
        why = RefusedFile(
            "membership_reveals",
            f"Being on this list reveals something about its people that may not be kept ({reveals}).",
            "Do not use this list. The opt-outs in it are honoured; nothing else of it was kept.",
            {"reveals": reveals, "opt_outs": found.said_no},
        )
        super().__init__(why, found.without_names())


def flagged(records: pl.DataFrame, tables: Sequence[TableReading], *, everywhere: bool = False) -> Flagged:
    """Those of ``records`` (``RECORDS`` of ``tables``) who said no, or something unclear, or whose mail bounced.

    Contact points are looked for in all cells of damaged rows, and of every row where ``everywhere``: there nobody
    knows what the columns are.
    """
    said = pl.any_horizontal(pl.col(OPT_OUT_FIELDS).is_in(["yes", "unknown"]), pl.col("email_bounced") == "yes")
    meant = records.filter(said)
    return Flagged(meant, _cells_of(meant, tables, everywhere=everywhere))


def everybody(records: pl.DataFrame, tables: Sequence[TableReading]) -> Flagged:
    """All of ``records`` (``RECORDS`` of ``tables``), whatever they say, with all cells of the damaged rows."""
    return Flagged(records, _cells_of(records, tables, everywhere=False))


def _cells_of(records: pl.DataFrame, tables: Sequence[TableReading], *, everywhere: bool) -> pl.DataFrame:
    found = list(_cells(tables, records.select("row_number"), everywhere=everywhere))
    return pl.concat(found).sort("row_number") if found else pl.DataFrame(schema=_CELLS)


def _cells(tables: Sequence[TableReading], of_them: pl.DataFrame, *, everywhere: bool) -> Iterator[pl.DataFrame]:
    """``row_number, cells`` of the rows meant whose contact points may stand in any cell."""
    for table in (reading.table for reading in tables if reading.people):
        yield table.damaged.select("row_number", "cells").join(of_them, on="row_number", how="semi")
        if everywhere and table.columns:
            rows = table.rows.join(of_them, on="row_number", how="semi")
            yield rows.select("row_number", pl.concat_list(table.columns).alias("cells"))
