"""Pollution of single rows: what costs the row itself at most, and never its neighbours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.pollution.drafts import Entry, entry_text

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from tests.pollution.drafts import Draft

__all__ = ["ROWS"]


def _row(draft: Draft, draw: random.Random) -> int:
    """A row whose text is one line, so that an edit of its text is an edit of its line."""
    plain = [place for place in draft.people() if "\n" not in entry_text(draft.entries[place], draft.writing)]
    return draw.choice(plain or draft.people())


def _with_cells(draft: Draft, place: int, cells: tuple[str, ...]) -> Draft:
    entry = draft.entries[place]
    assert entry.lead is not None
    return draft.swap(place, replace(entry, cells=cells)).expect(hurt={entry.lead})


def _cell_less(draft: Draft, draw: random.Random) -> Draft:
    """A separator is missing: two cells have become one."""
    place = _row(draft, draw)
    cells = draft.entries[place].cells
    at = draw.randrange(len(cells) - 1)
    return _with_cells(draft, place, (*cells[:at], cells[at] + cells[at + 1], *cells[at + 2 :]))


def _cell_more(draft: Draft, draw: random.Random) -> Draft:
    place = _row(draft, draw)
    cells = draft.entries[place].cells
    at = draw.randint(0, len(cells))
    return _with_cells(draft, place, (*cells[:at], "", *cells[at:]))


def _cells_cut(draft: Draft, draw: random.Random) -> Draft:
    place = _row(draft, draw)
    cells = draft.entries[place].cells
    kept = cells[: draw.randint(1, len(cells) - 1)]
    return _with_cells(draft, place, kept).expect(merged=0 if any(kept) else 1)  # or nothing is left of it


def _ragged_ends(draft: Draft, _: random.Random) -> Draft:
    """Blank cells at the end of rows are not written."""
    for place in draft.people():
        cells = draft.entries[place].cells
        kept = next(end for end in range(len(cells), -1, -1) if not end or cells[end - 1])
        if kept < len(cells):
            draft = _with_cells(draft, place, cells[:kept])
    return draft


def _delimiters_at_ends(draft: Draft, _: random.Random) -> Draft:
    """Every row ends in a delimiter that the header lacks."""
    return draft.each(lambda entry: entry if entry.is_header else replace(entry, cells=(*entry.cells, "")))


def _delimiter_at_one_end(draft: Draft, draw: random.Random) -> Draft:
    place = _row(draft, draw)
    return _with_cells(draft, place, (*draft.entries[place].cells, ""))


def _quote_somewhere(draft: Draft, draw: random.Random) -> Draft:
    """One more quote before, in or after a cell."""
    place = _row(draft, draw)
    quote = draft.writing.quote

    def edit(text: str) -> str:
        at = draw_at(text)
        return text[:at] + quote + text[at:]

    where = draw.random()

    def draw_at(text: str) -> int:
        edges = [0, *(at + 1 for at, char in enumerate(text) if char == draft.writing.delimiter), len(text)]
        return edges[int(where * len(edges))] if where < 0.7 else int(where * len(text))

    return draft.edit(place, edit)


def _quote_missing(draft: Draft, draw: random.Random) -> Draft:
    """A cell in quotes has lost one of them."""
    quote = draft.writing.quote
    quoted = [place for place in draft.people() if quote in entry_text(draft.entries[place], draft.writing)]
    if not quoted:
        return _quote_somewhere(draft, draw)
    place = draw.choice(quoted)
    which = draw.random()

    def edit(text: str) -> str:
        places = [at for at, char in enumerate(text) if char == quote]
        if not places:  # written otherwise it needs none
            return text
        at = places[int(which * len(places))]
        return text[:at] + text[at + 1 :]

    pieces = entry_text(draft.entries[place], draft.writing).count("\n")
    return draft.edit(place, edit).expect(strange=pieces)


def _other_delimiter(draft: Draft, draw: random.Random) -> Draft:
    place = _row(draft, draw)
    other = ";" if draft.writing.delimiter != ";" else ","
    return draft.edit(place, lambda text: text.replace(draft.writing.delimiter, other))


def _whole_row_in_quotes(draft: Draft, draw: random.Random) -> Draft:
    place = _row(draft, draw)
    quote = draft.writing.quote
    return draft.edit(place, lambda text: quote + text.replace(quote, quote * 2) + quote)


def _row_in_other_quotes(draft: Draft, draw: random.Random) -> Draft:
    place = _row(draft, draw)
    cells = ("'" + cell.replace("'", "''") + "'" for cell in draft.entries[place].cells)
    text = draft.writing.delimiter.join(cells)
    return draft.edit(place, lambda _: text)


def _inserted(draft: Draft, draw: random.Random, what: str) -> Draft:
    place = draw.choice(draft.people())
    share = draw.random()

    def edit(text: str) -> str:
        at = int(share * len(text))
        return text[:at] + what + text[at:]

    return draft.edit(place, edit)


def _nul_byte(draft: Draft, draw: random.Random) -> Draft:
    return _inserted(draft, draw, "\0")


def _bad_byte(draft: Draft, draw: random.Random) -> Draft:
    """A byte that is no UTF-8. In a file without other letters beyond ASCII it may be a letter of cp1252."""
    return _inserted(draft, draw, draw.choice("\udcff\udce9\udc81\udcc3"))


def _line_end_inside(draft: Draft, draw: random.Random) -> Draft:
    """A row broken in two by a line end that no quotes hold."""
    place = _row(draft, draw)
    cells = draft.entries[place].cells
    at = draw.randint(1, len(cells) - 1)
    entry = draft.entries[place]
    assert entry.lead is not None
    rest = Entry(cells[at:])
    return _with_cells(draft, place, cells[:at]).insert(place + 1, rest).expect(strange=1)


def _two_rows_in_one(draft: Draft, draw: random.Random) -> Draft:
    people = draft.people()
    at = draw.randrange(len(people) - 1)
    first, second = people[at], people[at + 1]
    lost = draft.entries[second]
    joined = (*draft.entries[first].cells, *lost.cells)
    return _with_cells(draft.swap(second), first, joined).expect(hurt={lost.lead}, merged=1)


def _blanks_around_cells(draft: Draft, draw: random.Random) -> Draft:
    """Blanks around every cell of a row; names are kept as they come."""
    place = _row(draft, draw)
    return _with_cells(draft, place, tuple(f" {cell} " for cell in draft.entries[place].cells))


def _numbers_guarded(draft: Draft, _: random.Random, guard: Callable[[str], str]) -> Draft:
    """Telephone numbers kept from being taken for sums, the ways spreadsheet programs know."""
    columns = draft.clean.columns

    def guarded(entry: Entry) -> Entry:
        pairs = zip(columns, entry.cells, strict=True)
        cells = (guard(cell) if column == "phone" else cell for column, cell in pairs)
        return entry if entry.is_header else replace(entry, cells=tuple(cells))

    return draft.each(guarded)


def _numbers_behind_apostrophes(draft: Draft, draw: random.Random) -> Draft:
    return _numbers_guarded(draft, draw, lambda cell: f"'{cell}")


def _numbers_as_formulas(draft: Draft, draw: random.Random) -> Draft:
    return _numbers_guarded(draft, draw, lambda cell: f'="{cell}"').expect(loose={"phone"})


def _escaped_with_backslashes(draft: Draft, _: random.Random) -> Draft:
    """Quotes inside cells stand behind a backslash: such a row is read right or refused."""
    hurt = {entry.lead for entry in draft.entries if entry.lead is not None and '"' in "".join(entry.cells)}
    return draft.write(escape="\\").expect(hurt=hurt, lenient=False)


ROWS: Final[Mapping[str, Callable[[Draft, random.Random], Draft]]] = {
    "cell less": _cell_less,
    "cell more": _cell_more,
    "cells cut": _cells_cut,
    "ragged ends": _ragged_ends,
    "delimiters at ends": _delimiters_at_ends,
    "delimiter at one end": _delimiter_at_one_end,
    "quote somewhere": _quote_somewhere,
    "quote missing": _quote_missing,
    "other delimiter in a row": _other_delimiter,
    "whole row in quotes": _whole_row_in_quotes,
    "row in other quotes": _row_in_other_quotes,
    "zero byte": _nul_byte,
    "bad byte": _bad_byte,
    "line end inside": _line_end_inside,
    "two rows in one": _two_rows_in_one,
    "blanks around cells": _blanks_around_cells,
    "numbers behind apostrophes": _numbers_behind_apostrophes,
    "numbers as formulas": _numbers_as_formulas,
    "escaped with backslashes": _escaped_with_backslashes,
}
