"""Files a match is written to: Parquet or CSV by their name, whole or not at all, closed to other users."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.exports.csv import write_csv
from flows.files import PARTIAL_PREFIX, fsync, make_folder, mending, partial_name
from flows.readers.typed import as_text
from flows.store.parquet import write_parquet
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["check_targets", "check_writable", "write_table"]

_PARQUET: Final = (".parquet", ".pq")
_CSV: Final = (".csv",)


def check_targets(source: Path, targets: Sequence[tuple[str, Path]]) -> None:
    """Make sure that every target (option, path) can be written: known by its name, no folder, no file twice.

    Raises ``UsageError``: ``unknown_format``, ``target_is_folder``, ``same_file``, ``target_not_writable``.
    """
    taken = {source.resolve()}
    for option, path in targets:
        if path.suffix.lower() not in (*_PARQUET, *_CSV):
            raise UsageError(
                "unknown_format", f"{option} must name a .parquet or .csv file.", "Say it as -o people.parquet."
            )
        if path.is_dir():
            raise UsageError("target_is_folder", f"{option} names a folder.", "Name a file in it.")
        if path.resolve() in taken:
            raise UsageError(
                "same_file", f"{option} names a file that is read or written already.", "Give each its own name."
            )
        check_writable(option, path)
        taken.add(path.resolve())


def check_writable(option: str, path: Path) -> None:
    """Make sure that a file can be made where ``path`` is to stand, before any work is done for it.

    Raises ``UsageError`` (``target_not_writable``). Tried with a file that is gone again; no folder is made.
    """
    folder = next(place for place in path.absolute().parents if place.exists())
    try:
        tempfile.TemporaryFile(prefix=PARTIAL_PREFIX, dir=folder).close()
    except OSError:
        raise UsageError(
            "target_not_writable",
            f"`{path.name}`, which {option} names, cannot be written there.",
            "Name a file in a folder that you may write to.",
        ) from None


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Replace ``path`` by ``frame``; in CSV lists become one cell and cells that would run as formulas are neutralised.

    Raises ``WorkspaceError`` on disk trouble.
    """
    if path.suffix.lower() in _CSV:
        write_csv(frame.select(_flat(name, dtype) for name, dtype in frame.schema.items()), path)
        return
    make_folder(path.absolute().parent)
    partial = partial_name(path)
    try:
        write_parquet(frame, partial, named=path)
        with mending(path):
            fsync(partial)
            partial.replace(path)
    finally:
        with mending(path):
            partial.unlink(missing_ok=True)


def _flat(name: str, dtype: pl.DataType) -> pl.Expr:
    """A column as it may stand in a CSV file."""
    if dtype == pl.List(pl.String):
        return pl.col(name).list.join("; ")
    nested = dtype.is_nested() or dtype in (pl.Binary, pl.Duration, pl.Time, pl.Object)
    return as_text(name, dtype) if nested else pl.col(name)
