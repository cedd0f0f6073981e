"""Headers inside a file: of a further table below another one, and of one that stands in several lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.readers.contacts import has_contact
from flows.readers.header import filled, has_value, is_blank, is_clear, trimmed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.readers.header import HeaderWords

__all__ = ["begins_table", "header_block", "joined"]

_TALLEST: Final = 3  # lines one header may stand in


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
    names of columns make it one: half of its cells where it stands apart or has another width, two thirds anywhere.
    Where it stands apart, so does another width that the next line shares, if that holds values and this one none.
    """
    names = trimmed(cells)
    said = [name.strip() for name in names if name.strip()]
    if has_value(names) or len(set(said)) < len(said):
        return False
    if len(said) == 1:
        return apart and len(cells) == 1 < len(header) and words(said[0]) and below is not None and has_contact(below)
    return _begins_by_words(cells, below, header, words, apart=apart) or (
        apart and below is not None and _begins_by_shape(cells, below, header)
    )


def _begins_by_words(
    cells: Sequence[str], below: Sequence[str] | None, header: Sequence[str], words: HeaderWords, *, apart: bool
) -> bool:
    said, every = filled(cells), words.count(cells)
    same_width = len(cells) == len(header)
    # A cell that repeats the header above it is the answer of a question named so ("Phone" under "Phone").
    answers = sum(name.strip() == head.strip() != "" for name, head in zip(cells, header, strict=False))
    if answers == said and (same_width or below is None or len(below) != len(cells)):
        return False
    known = every - answers if same_width else every
    enough = known * 2 >= said if apart or not same_width else known * 3 >= said * 2
    return known > 1 and (enough or every == said)


def _begins_by_shape(cells: Sequence[str], below: Sequence[str], header: Sequence[str]) -> bool:
    names = trimmed(cells)
    fits = len(below) == len(cells) and len(trimmed(below)) <= len(names)
    return fits and len(names) != len(trimmed(header)) and is_clear(names) and has_contact(below)


def header_block(records: Sequence[Sequence[str]], position: int, words: HeaderWords) -> tuple[int, int]:
    """First line and number of lines of the header found at ``position``: it may stand in several.

    A line of groups above it ("Person,,,Company,") belongs to it, and so do lines below it where only their words
    together are names of columns. Where that is not certain the header is one line.
    """
    if position and _is_group_line(records[position - 1], records[position]):
        return position - 1, 2
    upper, lower = records[position], _at(records, position + 1)
    # A header may lack a name or two, and the first person have no contact point.
    is_certain = 2 * filled(upper) <= len(upper) or words.count(lower) > max(1, words.count(upper))
    if is_certain and _is_group_line(upper, lower) and _is_people(_at(records, position + 2), words):
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
    return not has_value(upper) and all(cell.strip() for cell in trimmed(lower)) and not has_value(lower)


def _is_people(cells: Sequence[str], words: HeaderWords) -> bool:
    return has_contact(cells) and not words.count(cells)


def _reads_better(block: Sequence[Sequence[str]], single: int, words: HeaderWords) -> bool:
    """Whether the words of several lines together are names of columns, and those of no line alone."""
    if len({len(cells) for cells in block}) > 1 or any(has_value(cells) or is_blank(cells) for cells in block):
        return False
    together = words.count(set(joined(block, words)))
    apart = max(single, *(words.count(set(cells)) for cells in block))
    return together > max(1, apart) and together * 2 >= len(block[0])


def joined(block: Sequence[Sequence[str]], words: HeaderWords) -> list[str]:
    """The header of several lines: per column their words from top to bottom; a group reaches to the next one.

    A group is left out where it adds nothing: the names below it are all different, and its own is that of no column.
    Under "Company" a "Phone" is the company's.
    """
    if len(block) == 1:
        return list(block[0])
    lines = [list(cells) for cells in block]
    if _is_group_line(lines[0], lines[1]):
        lines[0] = _reaching(lines[0])
        below = [cell.strip() for cell in lines[1]]
        told = [below.count(cell) == 1 and not words(group) for cell, group in zip(below, lines[0], strict=True)]
        lines[0] = ["" if alone else group for alone, group in zip(told, lines[0], strict=True)]
    parts = (
        list(dict.fromkeys(part.strip() for part in column if part.strip())) for column in zip(*lines, strict=True)
    )
    return [" ".join(said) for said in parts]


def _reaching(groups: Sequence[str]) -> list[str]:
    """Every group in each of its columns."""
    found: list[str] = []
    for cell in groups:
        found.append(cell if cell.strip() or not found else found[-1])
    return found
