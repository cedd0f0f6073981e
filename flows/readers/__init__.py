"""Readers: bytes of a dropped file to one raw table and its damaged rows. They read; what it means is decided later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.readers.delimited import read_delimited
from flows.readers.detect import SPREADSHEET, file_kind
from flows.readers.model import RawTable
from flows.readers.spreadsheet import read_spreadsheet

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["RawTable", "read_table"]


def read_table(path: Path, *, headerless: bool = False) -> RawTable:
    """Read the table in a file: CSV, TSV and their like in any usual encoding, or XLSX.

    ``headerless`` allows a table whose first line is data (bare lists of opt-outs); without it such a file is refused.
    Raises ``RefusedFile`` with a stable code and what to do; an ``OSError`` of the disk passes through.
    """
    if file_kind(path) == SPREADSHEET:
        return read_spreadsheet(path, headerless=headerless)
    return read_delimited(path, headerless=headerless)
