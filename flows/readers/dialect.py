"""Which character divides the cells: the one under which the lines of the file agree with each other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from flows.readers.records import Dialect, read_records

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DELIMITERS", "detect_dialect"]

DELIMITERS: Final = (",", ";", "\t", "|")
_ENOUGH: Final = 200  # records that are compared


def detect_dialect(sample: Sequence[str], *, prefer: str | None = None) -> Dialect:
    """The dialect of some lines from the beginning of a file; a comma where there is one column only.

    ``prefer`` settles a tie: the tab of a .tsv file. A blank after the delimiter belongs to the dialect where quotes
    only make sense that way.
    """
    candidates = [Dialect(delimiter) for delimiter in sorted(DELIMITERS, key=lambda char: char != prefer)]
    text = "".join(sample)
    candidates += [Dialect(char, spaced=True) for char in DELIMITERS if char != "\t" and f'{char} "' in text]
    scores = {dialect: _agreement(sample, dialect) for dialect in candidates}
    # max keeps the first of equals: the preferred delimiter, and no blank where none is needed.
    return max(candidates, key=scores.__getitem__)


def _agreement(sample: Sequence[str], dialect: Dialect) -> tuple[float, int]:
    """Share of records with the usual number of cells, then that number; one cell is no division at all."""
    widths: Counter[int] = Counter()
    broken = 0
    for record in read_records(sample, dialect):
        if record.cells:
            widths[len(record.cells)] += 1
            broken += record.broken
        if widths.total() >= _ENOUGH:
            break
    divided = {width: count for width, count in widths.items() if width > 1}
    if not divided:
        return (0.0, 0)
    usual = max(divided, key=lambda width: (divided[width], width))
    return (round((divided[usual] - broken) / widths.total(), 2), usual)
