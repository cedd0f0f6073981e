"""Which lines are headers: told by their shape, and by words that are known to be names of columns.

A person taken for a header is lost, so a line is one only where it is certain: it holds no value, and enough of its
cells are known, or it stands where only a header can.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from flows.readers.cells import is_name_of_column, is_something
from flows.readers.contacts import has_contact, holds_somebody, is_name_alone
from policies.folding import ACCENTS, LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "LONGEST_TITLE",
    "HeaderWords",
    "filled",
    "find_header",
    "has_value",
    "is_blank",
    "is_clear",
    "lone_cell",
    "trimmed",
    "usual_width",
    "without_mark",
]

_PREAMBLE: Final = 30  # records a header may be preceded by
_COMPARED: Final = 200
_NARROW: Final = 3  # a line of a preamble fills at most a third of the cells
_SEVERAL: Final = 2  # values, of which one may be a name ("2026") and two are not
_LABELLED: Final = 2  # cells of "Report generated:,2026-09-14"
LONGEST_TITLE: Final = 200
_REMEMBERED: Final = 50_000
_ACCENTS: Final = re.compile(ACCENTS)
_LETTERS: Final = str.maketrans(LETTERS)
_NUMBER: Final = re.compile(r"[\d.,:/ %€$£-]*\d[\d.,:/ %€$£-]*")


class HeaderWords:
    """Whether a cell is the name of a column: of one seen in this file, or of one that stands in many lists.

    Compared like :func:`policies.sources.layouts.header_key`, which works on frames and is too slow for single cells
    of every other row.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._words = set(_words(tuple(known)))
        self._answers: dict[str, bool] = {}

    def learn(self, headers: Iterable[str]) -> None:
        """Remember the headers of a table of this file, or of its layout."""
        self._words.update(word for header in headers if (word := _folded(header)))
        self._answers.clear()

    def __call__(self, cell: str) -> bool:
        """Whether this cell is one."""
        answer = self._answers.get(cell)
        if answer is None:
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            answer = self._answers[cell] = len(cell) <= LONGEST_TITLE and _folded(cell) in self._words
        return answer

    def count(self, cells: Iterable[str]) -> int:
        """How many of these cells are names of columns."""
        return sum(map(self, cells))


@lru_cache(maxsize=16)
def _words(known: tuple[str, ...]) -> frozenset[str]:
    """The names known beforehand, thousands of them and the same for every file of a workspace."""
    return frozenset({_folded(word) for word in known} - {""})


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text))).lower()
    return "".join(filter(str.isalnum, plain.translate(_LETTERS)))


def is_blank(cells: Sequence[str]) -> bool:
    """Whether a record says nothing at all."""
    return not any(cell.strip() for cell in cells)


def filled(cells: Sequence[str]) -> int:
    """How many cells say something."""
    return sum(bool(cell.strip()) for cell in cells)


def lone_cell(cells: Sequence[str]) -> str | None:
    """What a line says that may announce a table: its only filled cell, no contact point and not long."""
    said = [cell for cell in cells if cell.strip()]
    if len(said) != 1 or len(said[0]) > LONGEST_TITLE or has_contact(said):
        return None
    return said[0].strip()


def without_mark(cells: Sequence[str]) -> list[str]:
    """Cells without a byte order mark in front of the first, left by files that were put one after the other.

    Behind such a mark the quotes of the first cell were not understood as quotes.
    """
    if not cells or not cells[0].startswith("\ufeff"):
        return list(cells)
    first = cells[0].lstrip("\ufeff")
    quoted = len(first) > 1 and first[0] == first[-1] == '"'
    return [first[1:-1].replace('""', '"') if quoted else first, *cells[1:]]


def has_value(cells: Iterable[str]) -> bool:
    """Whether a record holds anything that is a value and no name of a column: a contact point, a number, a day."""
    return any("@" in cell or _NUMBER.fullmatch(cell.strip()) is not None for cell in cells) or has_contact(cells)


def find_header(records: Sequence[Sequence[str]], words: HeaderWords | None = None) -> int | None:
    """Position of the header among the first records; None where the table has none.

    A line most of whose cells are known names of columns is the header, unless one above it looks like a header too.
    Otherwise lines before it are a preamble only where each is much narrower than the table and a clear header follows:
    full width, every cell filled and different, none of them data. Otherwise the first line of several cells is the
    header: to take the first person for one would lose them.
    """
    said = [position for position, cells in enumerate(records) if not is_blank(cells)]
    if not said:
        return None
    width = usual_width([records[position] for position in said[:_COMPARED]])
    known = _known_header(records, said[:_PREAMBLE], width, words) if words is not None else None
    below_preamble = _clear_header(records, said[:_PREAMBLE], width)
    found = min((place for place in (known, below_preamble) if place is not None), default=None)
    if found is None:
        found = _first_of_several_cells(records, said, width)
    return None if _is_data(records[found], words) else found


def _is_data(cells: Sequence[str], words: HeaderWords | None) -> bool:
    """Whether the line that should be the header is none: it holds a contact point, or is made of numbers and days."""
    said = [cell for cell in cells if cell.strip()]
    if has_contact(said):
        return True
    values = sum(map(is_something, said))
    if values < _SEVERAL or values * 2 < len(said):
        return False
    return not any(map(is_name_of_column, said)) and (words is None or not words.count(said))


def _first_of_several_cells(records: Sequence[Sequence[str]], said: Sequence[int], width: int) -> int:
    """The first line, or the first below the titles and remarks that stand over a table."""
    somebody = 0
    for position in said[:_PREAMBLE] if width > 1 else ():
        cells = records[position]
        somebody += holds_somebody(cells)
        if somebody > 1:  # no remarks: rows of people, written with another divider
            return said[0]
        is_labelled = filled(cells) == _LABELLED < width and cells[0].strip().endswith(":")
        if lone_cell(cells) is None and not is_labelled:
            return said[0] if has_contact(cells) else position
    return said[0]


def _known_header(
    records: Sequence[Sequence[str]], positions: Sequence[int], width: int, words: HeaderWords
) -> int | None:
    """The first line that is a header by its words, if what stands above it can be a preamble."""
    for place, position in enumerate(positions):
        cells = records[position]
        if _is_known(cells, words) and (len(cells) > 1 or width == 1):
            above = [records[position] for position in positions[:place]]
            return position if _is_preamble(above, width, max(width, len(cells))) else None
    return None


def _is_preamble(lines: Sequence[Sequence[str]], width: int, widest: int) -> bool:
    """Whether none of some lines is a header of its own, and one at most, a short one, names who made the list."""
    with_contact = [cells for cells in lines if has_contact(cells)]
    labelled = all(_is_labelled(cells, widest) for cells in with_contact)
    if any(len(cells) >= max(width, 2) and is_clear(cells) and not has_value(cells) for cells in lines):
        # It may be a pair of a name and a value, one of several: "Event,Fair" over "By,jo@example.com".
        fits = labelled and all(filled(cells) <= _LABELLED <= widest // 2 for cells in lines)
    else:
        fits = labelled or all(filled(cells) == 1 < widest for cells in with_contact)
    return fits and sum(map(holds_somebody, lines)) <= 1


def _clear_header(records: Sequence[Sequence[str]], positions: Sequence[int], width: int) -> int | None:
    """The clear header below narrow lines, at least one."""
    contacts = 0
    for position in positions:
        cells = records[position]
        if position != positions[0] and len(cells) >= width and is_clear(cells[:width]) and _is_different(cells):
            return position
        if holds_somebody(cells):
            contacts += 1 if filled(cells) == 1 or _is_labelled(cells, width) else _PREAMBLE
        if contacts > 1 or not _is_narrow(cells, width):
            return None
    return None


def _is_narrow(cells: Sequence[str], width: int) -> bool:
    """Whether a line fills so few cells that it may stand over a table."""
    return filled(cells) < min(width, max(1, width // _NARROW) + 1)


def _is_labelled(cells: Sequence[str], width: int) -> bool:
    """Whether a line says something about the file: "Organiser,jo@example.com" over a table of twice as many cells."""
    if filled(cells) != _LABELLED or width // 2 < _LABELLED or has_contact(cells[:1]):
        return False
    return not has_contact(cells) or not is_name_alone(next(cell for cell in cells if cell.strip()))


def _is_known(cells: Sequence[str], words: HeaderWords) -> bool:
    """Whether at least two and half of the filled cells are names of columns, or the only one there is."""
    if has_contact(cells):
        return False
    said, known = filled(cells), words.count(cells)
    return known * 2 >= said and known >= min(2, said)


def usual_width(records: Sequence[Sequence[str]]) -> int:
    """The number of cells most records have; of two as frequent, the larger.

    Lines of one cell are titles and remarks where most lines have more.
    """
    divided = [cells for cells in records if len(cells) > 1]
    widths = Counter(map(len, divided if 2 * len(divided) > len(records) else records))
    return max(widths, key=lambda width: (widths[width], width))


def is_clear(cells: Sequence[str]) -> bool:
    """Whether every cell is filled, all are different, and none of them is data."""
    names = [cell.strip() for cell in cells]
    return all(names) and len(set(names)) == len(names) and not has_contact(names)


def _is_different(cells: Sequence[str]) -> bool:
    """Whether no cell holds data and none but blank ones come twice."""
    names = [cell.strip() for cell in cells if cell.strip()]
    return not has_contact(names) and len(set(names)) == len(names)


def trimmed(cells: Sequence[str]) -> list[str]:
    """Cells without the blank ones at the end, with which spreadsheets fill up their lines."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return list(cells[:width])
