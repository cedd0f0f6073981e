"""Our own rejects files, dropped again: their columns come off, and what was not corrected is refused again.

A row with too many or too few cells is written under the header as well as it goes. Read back unchanged it would fit,
shifted. A check of its cells stands in ``_why``; a row whose cells still give that check was not touched.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["OWN_COLUMNS", "check_of", "laid_out", "restored", "unchanged"]

OWN_COLUMNS: Final = ("_row", "_code", "_why", "_fix")

_CHECK: Final = re.compile(r"\(check ([0-9a-f]{12})\)")
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
