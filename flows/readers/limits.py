"""How much a dropped file may hold. Beyond these it is refused, before it can fill memory or take the day (D13)."""

from __future__ import annotations

from typing import Final

__all__ = [
    "APART_BYTES",
    "LARGE_ZIP_ENTRY_BYTES",
    "MAX_CELL_CHARS",
    "MAX_CELL_LINES",
    "MAX_COLUMNS",
    "MAX_FILE_BYTES",
    "MAX_JSON_BYTES",
    "MAX_READING_BYTES",
    "MAX_READING_SECONDS",
    "MAX_ROWS",
    "MAX_SHEET_BYTES",
    "MAX_SHEET_CELLS",
    "MAX_ZIP_ENTRIES",
    "MAX_ZIP_RATIO",
]

MAX_FILE_BYTES: Final = 1 << 30
MAX_ROWS: Final = 5_000_000
MAX_COLUMNS: Final = 2_000
# A longer cell, or a quoted one over more lines, is a quote that was never closed: the row is refused, not the file.
MAX_CELL_CHARS: Final = 1 << 22
MAX_CELL_LINES: Final = 2_000
# Spreadsheets are zip archives; this is what they may unpack to.
MAX_SHEET_BYTES: Final = 256 << 20
MAX_SHEET_CELLS: Final = 20_000_000
MAX_ZIP_ENTRIES: Final = 5_000
# A large entry that shrinks to less than this share was made to fill memory; sheets shrink to a tenth or so.
MAX_ZIP_RATIO: Final = 200
LARGE_ZIP_ENTRY_BYTES: Final = 10 << 20

# A .json file that is one array is read at once.
MAX_JSON_BYTES: Final = 256 << 20
# Workbooks, Parquet, JSON and texts beyond this size are read in a process of their own, which may take this much.
APART_BYTES: Final = 32 << 20
MAX_READING_SECONDS: Final = 600
MAX_READING_BYTES: Final = 6 << 30
