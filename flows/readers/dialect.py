"""How a text divides its cells: decided by how well its records agree, and by what its cells then look like.

Each way to read a sample is tried: delimiters, quotes, a blank after the delimiter, backslash escapes. Agreement alone
would follow a decimal comma, a "Last, First" column or the colons of times; so it counts for a reading that its cells
are something whole (an address, a number, a day), and against it that they hold what another one would divide.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from flows.readers.cells import is_name_of_column, is_something, quality
from flows.readers.records import Dialect, Record, read_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["DELIMITERS", "detect_dialect", "stated_delimiter"]

DELIMITERS: Final = (",", ";", "\t", "|")
# Signs of writing need a clearer case; separators that no keyboard has, none.
_UNUSUAL: Final = {"\x1f": 1.1, "\x01": 1.1, "^": 0.8, "~": 0.8, ":": 0.7}
_WITHOUT_QUOTES: Final = "\t|\x1f\x01"  # delimiters of formats that know no quotes: there a lone one is a letter
_PREFERENCE: Final = 1.03
_ENOUGH: Final = 200  # records that are compared
_CELLS: Final = 3_000
_LONG: Final = 300  # characters of a cell that are looked at
_DIVIDED: Final = 0.3  # a lower score divides nothing
_CLEARLY: Final = 1.5
_FEW: Final = 3
_MANY: Final = 10
_MOST: Final = 0.8
_ALL: Final = 0.95
_TOP: Final = 30
_STATED: Final = re.compile(r"\"?sep=(.)[,;\t|\"]*\s*", re.IGNORECASE | re.DOTALL)


def stated_delimiter(sample: Sequence[str]) -> str | None:
    """The delimiter of a ``sep=`` line at the top, where the lines below it have it at all."""
    stated = _STATED.fullmatch(sample[0]) if sample else None
    if stated is None or stated.group(1).isalnum() or stated.group(1) in "\"'\r\n":
        return None
    others = sample[1:]
    return stated.group(1) if not others or any(stated.group(1) in line for line in others) else None


def detect_dialect(sample: Sequence[str], *, prefer: str | None = None, delimiter: str | None = None) -> Dialect:
    """The dialect of some lines from the beginning of a file.

    ``prefer`` settles a tie: the tab of a .tsv file. Where ``delimiter`` is known only the rest is decided. A text of
    one column is read with a delimiter it does not have, a comma if it can be.
    """
    carriage_returns = sum(line.endswith("\r") for line in sample)
    base = Dialect(delimiter or ",", cr_ends=2 * carriage_returns > len(sample))
    text = "".join(sample).replace("\r\n", "\n").replace("\r", "\n")
    if delimiter:
        return _best_of([base, *_variants(base, text)], sample).dialect
    usual = [replace(base, delimiter=char, spaced=_is_always_spaced(text, char)) for char in DELIMITERS if char in text]
    unusual = [
        replace(base, delimiter=char)
        for char in _UNUSUAL
        if 2 * sum(char in line for line in sample) > len(sample) and not _is_writing(text, char)
    ]
    tried = [variant for each in (*usual, *unusual) for variant in (each, *_variants(each, text))]
    best = _best_of(tried, sample, prefer) if tried else None
    if best is None or best.score < 2 * _DIVIDED:
        blank = replace(base, delimiter=" ")
        by_blanks = _best_of([blank, *_variants(blank, text)], sample)
        if _is_proven(by_blanks) and (best is None or by_blanks.score > _CLEARLY * max(best.score, _DIVIDED)):
            return by_blanks.dialect
    if best is None or _are_whole(sample, best) or _is_one_column(best):
        return _undivided(best.dialect if best else base, text)
    return best.dialect


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a dialect makes of the sample."""

    dialect: Dialect
    records: tuple[Record, ...]  # without blank ones
    score: float

    @property
    def agreeing(self) -> int:
        return sum(_agrees(self.records, place) for place in range(len(self.records)))


def _best_of(dialects: Sequence[Dialect], sample: Sequence[str], prefer: str | None = None) -> _Reading:
    readings = []
    for dialect in dialects:
        records = tuple(_first(sample, dialect))
        weight = _UNUSUAL.get(dialect.delimiter, _PREFERENCE if dialect.delimiter == prefer else 1.0)
        readings.append(_Reading(dialect, records, weight * _agreement(records) * _looks(records)))
    # max keeps the first of equals: the plain dialect, and nothing special where it is not needed.
    return max(readings, key=lambda reading: round(reading.score, 3))


def _variants(plain: Dialect, text: str) -> Iterator[Dialect]:
    """Further ways to read a delimiter for which the text gives a reason."""
    char = re.escape(plain.delimiter)
    if plain.delimiter not in "\t " and f'{plain.delimiter} "' in text:
        yield replace(plain, spaced=True)
    if '\\"' in text:
        yield replace(plain, escaped=True)
    double, single = (
        re.compile(rf"(?m)(?:^|{char}){quote}(?:[^{quote}\n]|{quote}{quote})*{quote}(?=$|{char})") for quote in "\"'"
    )
    if len(single.findall(text)) >= _FEW and _lines_with(single, text) > _lines_with(double, text):
        yield replace(plain, quote="'")
    if (
        not double.search(text)
        and plain.delimiter in _WITHOUT_QUOTES
        and len(re.findall(rf'(?m)(?:^|{char})"', text)) >= _FEW
    ):
        yield replace(plain, quote="")


def _lines_with(quoted: re.Pattern[str], text: str) -> int:
    """In how many lines a cell stands in quotes; one row in the other quotes is not the way of the file."""
    return sum(quoted.search(line) is not None for line in text.split("\n"))


def _is_always_spaced(text: str, delimiter: str) -> bool:
    count = text.count(delimiter)
    return count >= _MANY and count == len(re.findall(rf"{re.escape(delimiter)}(?: |\n|$)", text))


def _is_writing(text: str, char: str) -> bool:
    """Whether a sign mostly stands as in writing, a blank or the rest of a page's address after it."""
    return 2 * len(re.findall(rf"{re.escape(char)}(?: |//)", text)) > text.count(char)


def _first(sample: Sequence[str], dialect: Dialect) -> Iterator[Record]:
    found = 0
    for record in read_records(sample, dialect):
        if any(cell.strip() for cell in record.cells):
            yield record
            found += 1
        if found >= _ENOUGH:
            return


def _agrees(records: Sequence[Record], place: int) -> bool:
    """Whether a record is divided as one beside it is: the sections of a report agree each in themselves."""
    width = len(records[place].cells)
    if width == 1 or records[place].broken:
        return False
    beside = (*records[max(0, place - 1) : place], *records[place + 1 : place + 2])
    return not beside or any(len(other.cells) == width for other in beside)


def _agreement(records: Sequence[Record]) -> float:
    """Share of the records that agree with one beside them, or half the share of the most frequent width."""
    if not records:
        return 0.0
    together = sum(_agrees(records, place) for place in range(len(records)))
    widths = Counter(len(record.cells) for record in records if len(record.cells) > 1 and not record.broken)
    usual = max(widths.values(), default=0)
    return max(together, usual / 2) / len(records)


def _looks(records: Sequence[Record]) -> float:
    """The mean quality of the cells of divided records."""
    cells = [cell[:_LONG] for record in records if len(record.cells) > 1 for cell in record.cells][:_CELLS]
    known: dict[str, float] = {}
    for cell in cells:
        if cell not in known:
            known[cell] = quality(cell)
    return sum(known[cell] for cell in cells) / len(cells) if cells else 0.0


def _is_proven(reading: _Reading) -> bool:
    """Whether blanks divide cells: all records agree, and quotes around blanks or a column of addresses prove it.

    Names of people are words with blanks between them; agreement alone says nothing.
    """
    records = reading.records
    width = len(records[0].cells) if records else 0
    if len(records) < _FEW or width == 1 or sum(len(record.cells) == width for record in records) < _ALL * len(records):
        return False
    if any(" " in cell.strip() for record in records for cell in record.cells):
        return True
    columns = zip(*(record.cells for record in records[1:] if len(record.cells) == width), strict=True)
    return width >= _FEW and any(sum(map(is_something, column)) >= _MOST * len(column) for column in columns)


def _are_whole(sample: Sequence[str], best: _Reading) -> bool:
    """Whether the lines are each something whole: times, pages, addresses one below the other, perhaps under a name.

    Two figures with a comma between them are no such thing, unless under a name without a comma.
    """
    lines = [line for line in sample if line.strip()][: _ENOUGH + 1]
    divided = len(best.records[0].cells) > 1 if best.records else False
    if divided and (best.dialect.delimiter == "," or not is_something(lines[0])):
        return False
    return len(lines) > 1 and sum(map(is_something, lines[1:])) >= _MOST * (len(lines) - 1)


def _is_one_column(best: _Reading) -> bool:
    """Whether a delimiter is only a sign within the cells of a single column.

    So it is where hardly any records agree; and under the name of one column, which the delimiter does not divide, in
    cells none of which but the first is anything whole.
    """
    records = best.records
    if not records or len(records[0].cells) > 1:
        return False
    if best.score < _DIVIDED and best.agreeing < _FEW:
        return True
    top = records[:_TOP]
    if any(sum(map(is_name_of_column, record.cells)) * 2 >= len(record.cells) > 1 for record in top):
        return False
    divided = [record for record in records[1:] if len(record.cells) > 1]
    if any(is_something(cell) for record in divided for cell in record.cells[1:]):
        return False
    spaced = all(cell.startswith(" ") for record in divided for cell in record.cells[1:])
    return spaced or is_name_of_column(records[0].cells[0])


def _undivided(dialect: Dialect, text: str) -> Dialect:
    """A delimiter that the text does not have."""
    free = next((char for char in (",", "\t", ";", "|") if char not in text), "\x1f")
    return replace(dialect, delimiter=free, spaced=False)
