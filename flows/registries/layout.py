"""Which columns of a registry file hold the number and, in a change list, what happened to it.

By their headings where there are some, else by what stands in the first lines: a number in one column, or an area code
and the rest in two or three; an action where nearly every cell is a word for adding or deleting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.registries.numbers import international
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["EMPTY_FIX", "Layout", "recognise", "recognise_columns", "split"]

_SEPARATORS: Final = (",", ";", "\t", "|")
_SAMPLE: Final = 200  # lines looked at
_MOST: Final = 0.9  # of the cells of a column, for it to be taken for what they are
_HALF: Final = 0.5  # are enough where its heading says it as well
_MOST_COLUMNS: Final = 64
_MANY_DIGITS: Final = re.compile(r"(\d[\s().,;|\"-]{0,3}){7}")
EMPTY_FIX: Final = "Download it again: an empty registry is never taken to mean that nobody is listed."
_AROUND: Final = ' \t\r"'
_PARTS: Final = 3  # columns a number may be spread over


@dataclass(frozen=True, slots=True)
class Layout:
    """How lines are cut, which columns together make a number, where the action stands, and whether line 1 is a header.

    ``separator`` is none where a line is one number.
    """

    separator: str | None
    columns: int
    number: tuple[int, ...]
    action: int | None = None
    header: bool = False


def recognise(lines: Sequence[str], plan: Mapping[str, Any] | None, known: Mapping[str, Any]) -> Layout:
    """The layout of a text file by its first lines, none of them blank; raises ``RefusedFile``."""
    sample = lines[: _SAMPLE + 1]
    separator = next((sign for sign in _SEPARATORS if _cuts(sample, sign)), None)
    columns = min(_MOST_COLUMNS, 1 + (sample[0].count(separator) if separator else 0))
    header = _MANY_DIGITS.search(sample[0]) is None
    if header and len(sample) == 1:
        raise RefusedFile("registry_empty", "The file holds no number.", EMPTY_FIX)
    cells = sample[0].split(separator) if separator else sample[:1]
    names = [cell.strip(_AROUND) for cell in cells[:columns]] if header else []
    frame = split(pl.Series("line", sample[1:] if header else sample, dtype=pl.String), separator, columns)
    number, action = recognise_columns(frame, names, plan, known)
    return Layout(separator, columns, number, action, header)


def recognise_columns(
    frame: pl.DataFrame, names: Sequence[str], plan: Mapping[str, Any] | None, known: Mapping[str, Any]
) -> tuple[tuple[int, ...], int | None]:
    """The columns of the number and of the action; ``names`` are headings, or none. Raises ``RefusedFile``."""
    cells = [frame.to_series(place).cast(pl.String).str.strip_chars() for place in range(frame.width)]
    action = _action(cells, [_folded(name) for name in names], known)
    for number in _candidates(frame.width, [_folded(name) for name in names], known):
        if action not in number and _share(_joined([cells[place] for place in number]), plan) >= _MOST:
            return number, action
    for number in _candidates(frame.width, [], known):  # half of them may be damaged: the file is counted, then refused
        if action not in number and _share(_joined([cells[place] for place in number]), plan) > 0:
            return number, action
    raise RefusedFile(
        "registry_layout_unknown",
        "No column of telephone numbers can be found.",
        "Drop one number a line, or area code and number, or a CSV with a column `phone`; as at home, or with +.",
    )


def split(lines: pl.Series, separator: str | None, columns: int) -> pl.DataFrame:
    """Lines cut into columns, quotation marks and blanks around cells taken off.

    A cell that holds the separator itself, within quotation marks, is no number: it is emptied before the cutting.
    """
    if separator is None or columns == 1:
        return lines.str.strip_chars(_AROUND).to_frame()
    if (lines.str.contains('"', literal=True)).any():
        sign = re.escape(separator)
        holding = f'(^|{sign})"[^"]*{sign}[^"]*"({sign}|$)'
        # twice: of two such cells side by side the first takes the separator between them
        lines = lines.str.replace_all(holding, "${1}${2}").str.replace_all(holding, "${1}${2}")
    cut = lines.str.split_exact(separator, columns - 1).struct.unnest()
    return cut.select(pl.all().str.strip_chars(_AROUND))


def _cuts(lines: Sequence[str], sign: str) -> bool:
    counts = [line.count(sign) for line in lines]
    return counts[0] > 0 and sum(count >= counts[0] for count in counts) >= _MOST * len(counts)


def _candidates(width: int, names: Sequence[str], known: Mapping[str, Any]) -> list[tuple[int, ...]]:
    """Columns that may make the number, those named so first."""
    numbers = [place for place, name in enumerate(names) if name in known["number_headers"]]
    areas = [place for place, name in enumerate(names) if name in known["area_headers"]]
    locals_ = [place for place, name in enumerate(names) if name in known["local_headers"]]
    named = [(place,) for place in numbers] + [(area, local) for area in areas for local in locals_ if area != local]
    runs = [
        tuple(range(start, start + length)) for length in range(1, _PARTS + 1) for start in range(width - length + 1)
    ]
    return [*named, *runs]


def _action(cells: Sequence[pl.Series], names: Sequence[str], known: Mapping[str, Any]) -> int | None:
    """The column that says what happened to a number; one named so goes first."""
    words = [*known["add_words"], *known["delete_words"]]
    order = sorted(range(len(cells)), key=lambda place: not names or names[place] not in known["action_headers"])
    for place in order:
        filled = cells[place].drop_nulls().filter(cells[place].drop_nulls() != "")
        least = _HALF if names and names[place] in known["action_headers"] else _MOST
        if len(filled) and filled.str.to_lowercase().is_in(words).sum() >= least * len(filled):
            return place
    return None


def _joined(cells: Sequence[pl.Series]) -> pl.Series:
    return cells[0] if len(cells) == 1 else pl.select(pl.concat_str(list(cells), ignore_nulls=False)).to_series()


def _share(cells: pl.Series, plan: Mapping[str, Any] | None) -> float:
    """How many of the cells can be read as numbers."""
    filled = cells.fill_null("").filter(cells.fill_null("") != "")
    return float(international(filled, plan).is_not_null().sum()) / len(filled) if len(filled) else 0.0


def _folded(name: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9/]+", " ", name.casefold()).split())
