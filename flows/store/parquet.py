"""The only reader and writer of our own Parquet files: the same frame gives the same bytes, whatever made it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.files import disk_error, mending, native_errno, new_file, sha256_file
from policies.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["ROW_GROUP_SIZE", "damaged", "read_parquet", "write_parquet"]

ROW_GROUP_SIZE: Final = 100_000


def write_parquet(frame: pl.DataFrame | pl.LazyFrame, path: Path, *, named: Path | None = None) -> None:
    """Write ``frame`` to ``path``, closed to other users; a file that is there is replaced.

    Row groups follow the chunks of a frame and these the number of threads, so the frame is made one chunk first.
    The write is not atomic: write into a stage folder that is renamed when it is whole, or to the partial name of a
    file, whose own is ``named``. Raises ``WorkspaceError``.
    """
    place = named or path
    whole = (frame.collect() if isinstance(frame, pl.LazyFrame) else frame).rechunk()
    with mending(place):
        path.unlink(missing_ok=True)
        os.close(new_file(path))
        try:
            whole.write_parquet(path, compression="zstd", row_group_size=ROW_GROUP_SIZE)
        except pl.exceptions.PolarsError as error:
            code = native_errno(error)
            if code is None:
                raise
            raise disk_error(code, place) from None


def read_parquet(path: Path, sha256: str | None = None, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Read one of our own files; raises ``WorkspaceError`` where it is missing or damaged.

    With ``sha256`` a file of other bytes is damaged and is not parsed at all: a damaged one can end the whole process.
    ``columns`` are those to read, else all.
    """
    with mending(path):
        if sha256 is not None and sha256_file(path) != sha256:
            raise damaged(path)
        try:
            return pl.read_parquet(path, columns=None if columns is None else list(columns), glob=False)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
            raise damaged(path) from None


def damaged(path: Path) -> WorkspaceError:
    """What is said of a file of ours that is not as it was written."""
    return WorkspaceError(
        "file_damaged",
        f"`{path.parent.name}/{path.name}` cannot be read: the file is damaged.",
        "Restore it from a backup; `tactful audit verify` names every damaged file.",
        {"place": f"{path.parent.name}/{path.name}"},
    )
