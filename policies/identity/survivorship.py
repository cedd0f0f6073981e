"""Which record speaks for a person: the others are its duplicates."""

from __future__ import annotations

import polars as pl

__all__ = ["kept_records"]


def kept_records(records: pl.DataFrame) -> pl.DataFrame:
    """Choose one row per person: the newest list, then the fuller row, then the smallest id.

    ``records`` has ``person_id`` beside the columns of ``RECORDS``, one line per row of a file (the same record may
    stand in two files). Returns ``person_id, record_id, file_sha256, row_number``, one line per person. A list without
    a date counts as the oldest.
    """
    filled = pl.sum_horizontal(
        pl.col(name).is_not_null().cast(pl.UInt8) for name in ("full_name", "company", "job_title", "email", "phone")
    )
    return (
        records.with_columns(filled.alias("filled"))
        .sort(
            ["person_id", "obtained_on", "filled", "record_id", "file_sha256", "row_number"],
            descending=[False, True, True, False, False, False],
            nulls_last=True,
        )
        .unique("person_id", keep="first", maintain_order=True)
        .select("person_id", "record_id", "file_sha256", "row_number")
        .sort("person_id")
    )
