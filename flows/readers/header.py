"""Which lines are headers: told by their shape, and by words that are known to be names of columns.

A person taken for a header is lost, so a line is one only where it is certain: it holds no value, and enough of its
cells are known, or it stands where only a header can.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "LONGEST_TITLE",
    "HeaderWords",
    "begins_table",
    "filled",
    "find_header",
    "has_contact",
    "header_block",
    "is_blank",
    "joined",
    "lone_cell",
    "usual_width",
    "without_mark",
]

_PREAMBLE: Final = 30  # records a header may be preceded by
_COMPARED: Final = 200
_NARROW: Final = 3  # a line of a preamble fills at most a third of the cells
_TALLEST: Final = 3  # lines one header may stand in
LONGEST_TITLE: Final = 200
_REMEMBERED: Final = 50_000
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_LETTERS: Final = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
_ADDRESS: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
# A telephone number: "2024-2025" is a header, "030 23125-001" and nine digits in a row are none.
_DIGITS: Final = re.compile(r"(?:\+|\(|0)\d[\d\s()./-]{5,}|\d{9,}")
_DIGEST: Final = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_NUMBER: Final = re.compile(r"[\d.,:/ %€$£-]*\d[\d.,:/ %€$£-]*")


class HeaderWords:
    """Whether a cell is the name of a column: of one seen in this file, or of one that stands in many lists.

    Compared like :func:`policies.sources.layouts.header_key`, which works on frames and is too slow for single cells
    of every other row.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._words = {_folded(word) for word in known} - {""}
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


def has_contact(cells: Iterable[str]) -> bool:
    """Whether a record holds an address, a telephone number or a digest. Days may be headers."""
    return any(_is_value(cell.strip()) for cell in cells)


def _is_value(cell: str) -> bool:
    if _DAY.fullmatch(cell):
        return False
    return any(pattern.fullmatch(cell) is not None for pattern in (_ADDRESS, _DIGITS, _DIGEST))


def _has_value(cells: Iterable[str]) -> bool:
    """Whether a record holds anything that is a value and no name of a column: a contact point, a number, a day."""
    return any("@" in cell or _NUMBER.fullmatch(cell.strip()) is not None for cell in cells) or has_contact(cells)


def find_header(records: Sequence[Sequence[str]], words: HeaderWords | None = None) -> int | None:
    """Position of the header among the first records; None where the table has none.

    A line most of whose cells are known names of columns is the header, unless one above it looks like a header too.
    Otherwise lines before it are a preamble only where each is much narrower than the table and a clear header follows:
    full width, every cell filled and different, none of them data. Otherwise the first line that is not blank is the
    header: to take the first person for one would lose them.
    """
    said = [position for position, cells in enumerate(records) if not is_blank(cells)]
    if not said:
        return None
    width = usual_width([records[position] for position in said[:_COMPARED]])
    known = _known_header(records, said[:_PREAMBLE], width, words) if words is not None else None
    below_preamble = _clear_header(records, said[:_PREAMBLE], width)
    found = min((place for place in (known, below_preamble) if place is not None), default=said[0])
    return None if has_contact(records[found]) else found


def _known_header(
    records: Sequence[Sequence[str]], positions: Sequence[int], width: int, words: HeaderWords
) -> int | None:
    """The first line that is a header by its words."""
    contacts = 0
    for position in positions:
        cells = records[position]
        if _is_known(cells, words) and (len(cells) > 1 or width == 1):
            return position
        # One line may name who made the list; several with contact points are people.
        contacts += has_contact(cells)
        if contacts > 1 or (len(cells) >= max(width, 2) and _is_clear(cells) and not _has_value(cells)):
            return None
    return None


def _clear_header(records: Sequence[Sequence[str]], positions: Sequence[int], width: int) -> int | None:
    """The clear header below narrow lines, at least one."""
    contacts = 0
    for position in positions:
        cells = records[position]
        if position != positions[0] and len(cells) >= width and _is_clear(cells[:width]) and _is_different(cells):
            return position
        contacts += has_contact(cells)
        if contacts > 1 or filled(cells) >= min(width, max(1, width // _NARROW) + 1):
            return None
    return None


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


def _is_clear(cells: Sequence[str]) -> bool:
    """Whether every cell is filled, all are different, and none of them is data."""
    names = [cell.strip() for cell in cells]
    return all(names) and len(set(names)) == len(names) and not has_contact(names)


def _is_different(cells: Sequence[str]) -> bool:
    """Whether no cell holds data and none but blank ones come twice."""
    names = [cell.strip() for cell in cells if cell.strip()]
    return not has_contact(names) and len(set(names)) == len(names)


def begins_table(
    cells: Sequence[str],
    below: Sequence[str] | None,
    header: Sequence[str],
    words: HeaderWords,
    *,
    apart: bool,
) -> bool:
    """Whether a line inside a table under ``header`` is the header of another one.

    ``below`` is the next line, None at the end of the file; ``apart``: a blank line or a title stands before it. Known
    names of columns make it one: half of its cells where it stands apart, two thirds anywhere. Where it stands apart,
    so does another width that the next line shares, if that holds values and this one none.
    """
    names = _trimmed(cells)
    if _has_value(names):
        return False
    said = [name for name in names if name.strip()]
    if len(said) == 1:
        return apart and len(cells) == 1 < len(header) and words(said[0]) and below is not None and has_contact(below)
    if len({name.strip() for name in said}) < len(said):
        return False
    # A cell that repeats the header above it is the answer of a question named so ("Phone" under "Phone").
    answers = sum(name.strip() == head.strip() != "" for name, head in zip(names, header, strict=False))
    begun_again = answers == len(said) and len(names) <= len(_trimmed(header))
    if begun_again and (len(cells) == len(header) or below is None or len(below) != len(cells)):
        return False
    known = words.count(names) - (answers if len(cells) == len(header) else 0)
    if known > 1 and (known * 2 >= len(said) if apart or len(cells) != len(header) else known * 3 >= len(said) * 2):
        return True
    fits = below is not None and len(_trimmed(below)) <= len(names) == len(_trimmed(cells)) and len(below) == len(cells)
    return (
        apart
        and below is not None
        and fits
        and len(names) != len(_trimmed(header))
        and _is_clear(names)
        and has_contact(below)
    )


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Cells without the blank ones at the end, with which spreadsheets fill up their lines."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return list(cells[:width])


def header_block(records: Sequence[Sequence[str]], position: int, words: HeaderWords) -> tuple[int, int]:
    """First line and number of lines of the header found at ``position``: it may stand in several.

    A line of groups above it ("Person,,,Company,") belongs to it, and so do lines below it where only their words
    together are names of columns. Where that is not certain the header is one line.
    """
    if position and _is_group_line(records[position - 1], records[position]):
        return position - 1, 2
    upper, lower = records[position], _at(records, position + 1)
    if _is_group_line(upper, lower) and _is_people(_at(records, position + 2), words):
        # A header may lack a name or two, and the first person have no contact point.
        if 2 * filled(upper) <= len(upper) or words.count(lower) > max(1, words.count(upper)):
            return position, 2
    single = words.count(records[position])
    for lines in range(_TALLEST, 1, -1):
        block = records[position : position + lines]
        if len(block) == lines and _reads_better(block, single, words):
            return position, lines
    return position, 1


def _at(records: Sequence[Sequence[str]], position: int) -> Sequence[str]:
    return records[position] if position < len(records) else ()


def _is_group_line(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether a line names groups of the columns below: some cells, none a value; the line below fills them all."""
    if len(upper) != len(lower) or not 1 < filled(upper) < filled(lower):
        return False
    return not _has_value(upper) and all(cell.strip() for cell in _trimmed(lower)) and not _has_value(lower)


def _is_people(cells: Sequence[str], words: HeaderWords) -> bool:
    return has_contact(cells) and not words.count(cells)


def _reads_better(block: Sequence[Sequence[str]], single: int, words: HeaderWords) -> bool:
    """Whether the words of several lines together are names of columns, and those of no line alone."""
    if len({len(cells) for cells in block}) > 1 or any(_has_value(cells) or is_blank(cells) for cells in block):
        return False
    together = words.count(set(joined(block)))
    apart = max(single, *(words.count(set(cells)) for cells in block))
    return together > max(1, apart) and together * 2 >= len(block[0])


def joined(block: Sequence[Sequence[str]]) -> list[str]:
    """The header of several lines: per column their words from top to bottom; a group reaches to the next one."""
    if len(block) == 1:
        return list(block[0])
    lines = [list(cells) for cells in block]
    if _is_group_line(lines[0], lines[1]):
        group = ""
        for place, cell in enumerate(lines[0]):
            group = lines[0][place] = cell if cell.strip() else group
    return [" ".join(part.strip() for part in parts if part.strip()) for parts in zip(*lines, strict=True)]
