"""Where the header is: the first line as wide as the table whose cells can be names of columns."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["find_header", "is_blank", "usual_width"]

_PREAMBLE: Final = 30  # records a header may be preceded by
_COMPARED: Final = 200
_NARROW: Final = 3  # a line of a preamble fills at most a third of the cells
_ADDRESS: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
# A telephone number: "2024-2025" is a header, "030 23125-001" and nine digits in a row are none.
_DIGITS: Final = re.compile(r"(?:\+|\(|0)\d[\d\s()./-]{5,}|\d{9,}")
_DIGEST: Final = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}")


def is_blank(cells: Sequence[str]) -> bool:
    """Whether a record says nothing at all."""
    return not any(cell.strip() for cell in cells)


def _looks_like_data(cells: Sequence[str]) -> bool:
    """Whether a record cannot be a header: it holds an address, a telephone number or a digest. Days may be headers."""
    return any(_is_value(cell.strip()) for cell in cells)


def _is_value(cell: str) -> bool:
    if _DAY.fullmatch(cell):
        return False
    return any(pattern.fullmatch(cell) is not None for pattern in (_ADDRESS, _DIGITS, _DIGEST))


def find_header(records: Sequence[Sequence[str]]) -> int | None:
    """Position of the header among the first records; None where the table has none.

    Lines before it are a preamble only where each is much narrower than the table and a clear header follows: full
    width, every cell filled and different, none of them data. Otherwise the first line that is not blank is the header:
    to take the first person for one would lose them.
    """
    filled = [position for position, cells in enumerate(records) if not is_blank(cells)]
    if not filled:
        return None
    width = usual_width([records[position] for position in filled[:_COMPARED]])
    for position in filled[:_PREAMBLE]:
        cells = records[position]
        if position != filled[0] and len(cells) >= width and _is_clear(cells, width):
            return position
        if _filled_cells(cells) >= min(width, max(1, width // _NARROW) + 1):
            break
    first = filled[0]
    return None if _looks_like_data(records[first]) else first


def usual_width(records: Sequence[Sequence[str]]) -> int:
    """The number of cells most records have; of two as frequent, the larger."""
    widths = Counter(len(cells) for cells in records)
    return max(widths, key=lambda width: (widths[width], width))


def _filled_cells(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _is_clear(cells: Sequence[str], width: int) -> bool:
    names = [cell.strip() for cell in cells]
    return all(names[:width]) and len(set(names)) == len(names) and not _looks_like_data(names)
