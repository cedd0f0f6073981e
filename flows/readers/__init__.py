"""Readers: bytes of a dropped file to its tables and their damaged rows. They read; what it means is decided later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.readers.apart import is_read_apart, read_apart
from flows.readers.detect import DELIMITED, file_kind
from flows.readers.model import RawFile, RawTable
from flows.readers.reading import as_one, read_here, read_quickly

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from policies.sources.layouts import Layout

__all__ = ["RawFile", "RawTable", "read_file", "read_table"]


def read_file(
    path: Path, layouts: Sequence[Layout] = (), *, headerless: bool = False, header_words: Collection[str] = ()
) -> RawFile:
    """Read all tables of a file: delimited text in any usual encoding, workbooks, Parquet, JSON lines.

    ``layouts`` of known products tell where their sections begin and which of them hold no people; ``header_words``
    are names of columns that stand in many lists, by which the headers of any other file are told. ``headerless``
    allows a table whose first line is data; without it such a file is refused. Raises ``RefusedFile`` with a stable
    code and what to do; an ``OSError`` of the disk passes through.
    """
    kind = file_kind(path)
    if kind == DELIMITED:
        file = read_quickly(path, layouts, headerless=headerless, header_words=header_words)
        if file is not None:
            return file
    read = read_apart if is_read_apart(path, kind) else read_here
    return read(path, layouts, headerless=headerless, header_words=header_words)


def read_table(path: Path, *, headerless: bool = False) -> RawTable:
    """Read the table of a file that should hold one: an event file, a CSV of briefs.

    Of several tables the largest; a row of another one that holds a contact point is a damaged row of it. Raises as
    :func:`read_file` does.
    """
    return as_one(read_file(path, headerless=headerless))
