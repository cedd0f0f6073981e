"""Columns of lists that no field of a record stands for, read from the rows as they came.

A column is named as people name headers: case, accents and signs make no difference. Every different value is looked at
once.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.folding import fold_words, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["READABLE", "read_columns"]

# Fields of a record that a property may name like a column: whatever header the list has for them.
READABLE: Final = (
    *("company", "job_title", "country", "region", "city", "postal_code", "sector", "employees", "asked_about"),
    *("phone_type", "source"),
)
_VALUE: Final = r':\s*(?:"(?:[^"\\]|\\.)*"|[^",{}\[\]\s]+)'  # of a JSON object, with the colon before it


def _column_key(header: str) -> str:
    """A header as it is compared: letters and digits alone, folded."""
    return fold_words([header])[0].replace(" ", "")


def read_columns(
    records: pl.DataFrame, wanted: Mapping[str, Sequence[str]], blank_words: Sequence[str] = ()
) -> pl.DataFrame:
    """``record_id`` and a text per name of ``wanted``: the first of its columns that says anything, else null.

    ``records`` has ``record_id, raw`` and the fields of ``READABLE``. ``blank_words`` are folded words by
    which a cell says that it is blank.
    """
    headers = _headers_of(records) if wanted else {}
    found = {name: [headers.get(_column_key(column), []) for column in columns] for name, columns in wanted.items()}
    needed = sorted({header for lists in found.values() for headers in lists for header in headers})
    cells = records.select("record_id", *READABLE, _decoded(needed))
    texts = cells.select("record_id", *(_first(name, wanted[name], found[name]) for name in wanted))
    return _without_blanks(texts, [*wanted], blank_words)


def _headers_of(records: pl.DataFrame) -> dict[str, list[str]]:
    """The headers of all tables, by the key they are compared by: of rows alike but for their values one is read."""
    shaped = records.select("raw", pl.col("raw").str.replace_all(_VALUE, ":").alias("shape")).drop_nulls()
    rows = shaped.group_by("shape").agg(pl.col("raw").min()).get_column("raw")
    headers = sorted({header for row in rows for header in json.loads(row)})
    by_key: dict[str, list[str]] = {}
    for header in headers:
        by_key.setdefault(_column_key(header), []).append(header)
    return by_key


def _decoded(headers: Sequence[str]) -> pl.Expr:
    """The cells of some columns as a struct."""
    if not headers:
        return pl.lit(None).alias("cells")
    return pl.col("raw").str.json_decode(pl.Struct({header: pl.String() for header in headers})).alias("cells")


def _first(name: str, columns: Sequence[str], headers: Sequence[Sequence[str]]) -> pl.Expr:
    fields = [_filled(pl.col(column).cast(pl.String)) for column in columns if column in READABLE]
    cells = [_filled(pl.col("cells").struct.field(header)) for group in headers for header in group]
    return pl.coalesce(*fields, *cells, pl.lit(None, dtype=pl.String)).alias(name)


def _filled(cell: pl.Expr) -> pl.Expr:
    return pl.when(cell.str.strip_chars() != "").then(cell)


def _without_blanks(texts: pl.DataFrame, names: Sequence[str], blank_words: Sequence[str]) -> pl.DataFrame:
    """Null where a cell says in a word, or with signs alone, that it is blank."""
    for name in names:
        unique = texts.select(pl.col(name).drop_nulls().unique().sort())
        blank = unique.filter(words(pl.col(name)).is_in(["", *blank_words])).to_series()
        texts = texts.with_columns(pl.when(~pl.col(name).is_in(blank.implode())).then(pl.col(name)).alias(name))
    return texts
