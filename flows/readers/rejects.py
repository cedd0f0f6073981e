"""Our own rejects files, dropped again: their columns come off, and what was not corrected is refused again.

A row with too many or too few cells is written under the header as well as it goes. Read back unchanged it would fit,
shifted. A check of its cells stands in ``_why``; a row whose cells still give that check was not touched.

A row that its file ruled out by the section it stood in (a host, a panelist) is ruled out in the rejects file as well,
which has no sections: that stands in ``_why`` too. Rejects of several tables stand under all of their columns.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "OWN_COLUMNS",
    "all_columns",
    "check_of",
    "laid_out",
    "placed",
    "restored",
    "ruled_out_by",
    "ruled_out_note",
    "unchanged",
]

OWN_COLUMNS: Final = ("_row", "_code", "_why", "_fix")

_CHECK: Final = re.compile(r"\(check ([0-9a-f]{12})\)")
_RULED_OUT: Final = re.compile(r"\(ruled out by the file: ([a-z_]+)\)")
_GUARDED: Final = re.compile(r"'[=@+\-\t\r]")  # as flows.exports.csv writes cells a spreadsheet would run


def check_of(cells: Sequence[str]) -> str:
    """The check of a row as it is written, for its ``_why``."""
    return f"(check {hashlib.sha256(chr(31).join(cells).encode()).hexdigest()[:12]})"


def laid_out(cells: Sequence[str], width: int, delimiter: str) -> list[str]:
    """The cells of a damaged row under ``width`` columns: what is missing is blank, what is too much ends the last."""
    if len(cells) > width:
        return [*cells[: width - 1], delimiter.join(cells[width - 1 :])]
    return [*cells, *([""] * (width - len(cells)))]


def restored(cells: Sequence[str]) -> list[str]:
    """Cells as they came before they were guarded against being run as formulas."""
    return [cell[1:] if _GUARDED.match(cell) else cell for cell in cells]


def unchanged(cells: Sequence[str], own: Sequence[str]) -> str | None:
    """The code of a damaged row that comes back as it was written; None for every other row."""
    _row, code, why, _fix = own
    found = _CHECK.search(why)
    return code if found and found.group(0) == check_of(cells) else None


def ruled_out_note(reason: str) -> str:
    """What ``_why`` says of a row that its file ruled out; ``reason`` as in ``excluded_by_file``."""
    return f"(ruled out by the file: {reason})"


def ruled_out_by(why: str) -> str | None:
    """Why the original file ruled a row out, read back from ``_why``; None where it did not."""
    found = _RULED_OUT.search(why)
    return found.group(1) if found else None


def all_columns(tables: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The columns of several tables, each once, in the order in which they first come."""
    return tuple(dict.fromkeys(column for columns in tables for column in columns))


def placed(cells: Sequence[str], columns: Sequence[str], everywhere: Sequence[str]) -> list[str]:
    """The cells of a row of one table under the columns of all (:func:`all_columns`); those it lacks are blank."""
    by_column = dict(zip(columns, cells, strict=True))
    return [by_column.get(column, "") for column in everywhere]
