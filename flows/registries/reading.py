"""A registry file read in batches: numbers to add, numbers to take out, and how many lines say neither."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.registries.layout import Layout, recognise, recognise_columns, split
from flows.registries.numbers import PHONE, international
from flows.registries.opening import is_parquet, text_blocks
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from flows.registries.opening import Block

    Numbers = npt.NDArray[np.uint64]

__all__ = ["Batch", "Manner", "read_registry"]

_ROWS: Final = 1_000_000  # of Parquet, read at a time
_LINE: Final = "line"
_SHORT: Final = 7  # bytes: a shorter line may be blank
_NO_SEPARATOR: Final = "\x01"  # a sign that stands in no line: each is one cell


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file is to be understood: the numbering plan, the word lists, and whether it tells changes.

    ``change`` is add or delete where a whole file says one of them, ``changes`` whether it must say either.
    """

    plan: Mapping[str, Any] | None
    known: Mapping[str, Any]
    changes: bool
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What some lines say. ``cut``: the last of them breaks off."""

    added: Numbers
    removed: Numbers
    lines: int
    unreadable: int
    cut: bool = False


def read_registry(path: Path, manner: Manner) -> Iterator[Batch]:
    """Read a file of numbers; raises ``RefusedFile`` where it is none, or says something else than its sidecar."""
    if is_parquet(path):
        yield from _parquet(path, manner)
        return
    layout: Layout | None = None
    shortest: int | None = None
    for block in text_blocks(path, manner.known):
        lines = _lines(block)
        if lines.is_empty():
            continue
        if layout is None:
            layout = _fitting(recognise(lines.head(1_000).to_list(), manner.plan, manner.known), manner)
            lines = lines.slice(1) if layout.header else lines
        batch = _batch(_cells(lines, layout), lines.len(), layout, manner)
        yield batch if block.whole else replace(batch, cut=_breaks_off(batch, lines, shortest))
        least = lines.str.len_bytes().min()
        shortest = min(least, shortest or least) if isinstance(least, int) else shortest


def _lines(block: Block) -> pl.Series:
    """The lines of a block that are not blank, as they came."""
    frame = pl.read_csv(
        io.BytesIO(block.data),
        has_header=False,
        separator=_NO_SEPARATOR,
        quote_char=None,
        infer_schema=False,
        truncate_ragged_lines=True,
        encoding="utf8-lossy",
    )
    lines = frame.to_series(0).alias(_LINE).drop_nulls()
    short = lines.str.len_bytes() < _SHORT
    if not short.any():
        return lines
    return lines.filter(~short | (lines.str.strip_chars() != ""))


def _cells(lines: pl.Series, layout: Layout) -> pl.DataFrame:
    """Lines cut into cells; where all of them together are the number, they need not be cut."""
    if layout.separator is None or len(layout.number) < layout.columns:
        return split(lines, layout.separator, layout.columns)
    return lines.str.replace_all(layout.separator, "", literal=True).to_frame()


def _fitting(layout: Layout, manner: Manner) -> Layout:
    """Whether a file tells changes, as its sidecar has it; raises ``RefusedFile`` where it does not."""
    tells = layout.action is not None
    if tells and not manner.changes:
        raise RefusedFile(
            "registry_is_change_list",
            "The sidecar says that this is the full registry, but its lines say what was added and deleted.",
            'Write kind = "delta" and the version it builds on as base, or drop the full registry.',
        )
    if manner.changes and not tells and manner.change is None:
        raise RefusedFile(
            "registry_change_unknown",
            "The file does not say whether its numbers were added or deleted.",
            'Write change = "add" or change = "delete" into the sidecar, or drop a file with a column `action`.',
        )
    return layout


def _batch(cells: pl.DataFrame, lines: int, layout: Layout, manner: Manner) -> Batch:
    """The numbers of cut lines."""
    columns = [cells.to_series(place).fill_null("") for place in layout.number if place < cells.width]
    number = columns[0] if len(columns) == 1 else pl.select(pl.concat_str(columns)).to_series()
    read = international(number, manner.plan).rename(PHONE).to_frame()
    if layout.action is None:
        gone = pl.lit(value=manner.change == "delete")
    else:
        word = cells.to_series(layout.action).cast(pl.String).str.strip_chars().str.to_lowercase()
        told = word.is_in([*manner.known["add_words"], *manner.known["delete_words"]])
        read = read.with_columns(word.is_in(manner.known["delete_words"]).alias("gone")).filter(told)
        gone = pl.col("gone")
    found = read.select(PHONE, gone.alias("gone")).drop_nulls(PHONE)
    added, removed = (found.filter(part).get_column(PHONE).to_numpy() for part in (~pl.col("gone"), pl.col("gone")))
    return Batch(added, removed, lines, lines - found.height)


def _breaks_off(batch: Batch, lines: pl.Series, shortest: int | None) -> bool:
    """Whether a last line without line end is not the whole of one: no number, or shorter than any other."""
    least = lines.str.len_bytes().min()
    return shortest is not None and (batch.unreadable > 0 or (isinstance(least, int) and least < shortest))


def _parquet(path: Path, manner: Manner) -> Iterator[Batch]:
    """The numbers of a Parquet file, in batches."""
    layout: Layout | None = None
    try:
        for frame in pl.scan_parquet(path, glob=False).collect_batches(chunk_size=_ROWS):
            if layout is None:
                number, action = recognise_columns(frame.head(1_000), frame.columns, manner.plan, manner.known)
                layout = _fitting(Layout(None, frame.width, number, action), manner)
            filled = frame.drop_nulls(frame.columns[layout.number[0]])
            yield _batch(filled, filled.height, layout, manner)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        message = "The Parquet file is damaged or cut off."
        raise RefusedFile("registry_archive_damaged", message, "Write or download it again.") from None
