"""Pollution of how a table is laid out: turned on its side, told line by line, announced at length, written twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.pollution.drafts import Entry, blank_entry, text_entry
from tests.pollution.names import LANGUAGES

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from tests.pollution.drafts import Draft

__all__ = ["LAYOUTS"]

_UNCLEAR: Final = ("mapping_unclear", "no_header", "not_a_list", "no_rows")


def _turned_on_its_side(draft: Draft, _: random.Random) -> Draft:
    """Fields down, people across: nobody may come in, neither alone nor as a mixture."""
    table = zip(*(entry.cells for entry in draft.entries), strict=True)
    people = range(len(draft.clean.leads))
    turned = replace(draft, entries=tuple(Entry(cells) for cells in table))
    return turned.expect(gone=people, refusals=_UNCLEAR, strange=0, flags_lost=True, header_line=False)


def _told_line_by_line(draft: Draft, _: random.Random) -> Draft:
    """A card for each person: ``field: value`` down the page."""
    lines: list[Entry] = []
    for entry in draft.entries[1:]:
        pairs = zip(draft.clean.header, entry.cells, strict=True)
        lines += [text_entry(f"{header}: {cell.replace(chr(10), ' ')}") for header, cell in pairs]
        lines.append(blank_entry())
    people = range(len(draft.clean.leads))
    told = replace(draft, entries=tuple(lines))
    return told.expect(gone=people, refusals=_UNCLEAR, flags_lost=True, header_line=False)


def _long_preamble(draft: Draft, _: random.Random) -> Draft:
    """Terms of use over sixty lines above the table."""
    lines = (text_entry(f"{number}. This list may be used for the purpose it was made for.") for number in range(60))
    return draft.insert(draft.header(), *lines, blank_entry()).expect(refusals=_UNCLEAR, flags_lost=True)


def _header_in_two_languages(draft: Draft, _: random.Random) -> Draft:
    other = LANGUAGES["fr" if draft.clean.language != "fr" else "de"].headers
    second = tuple(other[column] for column in draft.clean.columns)
    return draft.insert(draft.header() + 1, Entry(second)).expect(strange=1, header_line=False)


def _footer_with_an_address(draft: Draft, _: random.Random) -> Draft:
    line = text_entry("Questions? Write to organiser@fair.example or call +44 20 7946 0999")
    return draft.insert(len(draft.entries), blank_entry(), line).expect(strange=1)


def _titles_between_rows(draft: Draft, draw: random.Random) -> Draft:
    """Groups of people under a title of their own, in a line as wide as the table."""
    pad = ("",) * (len(draft.clean.header) - 1)
    for place in sorted(draw.sample(draft.people(), 2), reverse=True):
        draft = draft.insert(place, Entry((f"Hall {place % 7}", *pad)))
    return draft.expect(strange=2)


def _other_delimiter_from_here(draft: Draft, _: random.Random) -> Draft:
    """Two exports one after the other, the second divided by another character, with its own header."""
    half = draft.people()[len(draft.people()) // 2 :]
    other = ";" if draft.writing.delimiter != ";" else ","
    hurt = {draft.entries[place].lead for place in half}
    for place in half:
        entry = draft.entries[place]
        draft = draft.swap(place, replace(entry, raw=_divided(entry.cells, other)))
    return draft.insert(half[0], text_entry(_divided(draft.clean.header, other))).expect(
        hurt=hurt, strange=1, refusals={"mapping_unclear"}
    )


def _divided(cells: tuple[str, ...], delimiter: str) -> str:
    return delimiter.join('"' + cell.replace('"', '""') + '"' for cell in cells)


def _doubled_delimiters(draft: Draft, _: random.Random) -> Draft:
    """Two delimiters between every two cells, the header's as well."""

    def spread(entry: Entry) -> Entry:
        cells = [part for cell in entry.cells for part in (cell, "")]
        return replace(entry, cells=tuple(cells[:-1]))

    return draft.each(spread)


def _boxed(draft: Draft, _: random.Random) -> Draft:
    """As databases print tables: cells between pipes, padded, rules above and below."""
    people = range(len(draft.clean.leads))
    rule = text_entry("+" + "+".join(["-" * 12] * len(draft.clean.header)) + "+")

    def box(entry: Entry) -> Entry:
        return replace(entry, raw="| " + " | ".join(cell.replace("\n", " ").ljust(10) for cell in entry.cells) + " |")

    boxed = draft.each(box).insert(draft.header() + 1, rule).insert(0, rule)
    return boxed.insert(len(boxed.entries), rule).expect(
        hurt=people, strange=3, refusals=_UNCLEAR, flags_lost=True, header_line=False
    )


LAYOUTS: Final[Mapping[str, Callable[[Draft, random.Random], Draft]]] = {
    "turned on its side": _turned_on_its_side,
    "told line by line": _told_line_by_line,
    "long preamble": _long_preamble,
    "header in two languages": _header_in_two_languages,
    "footer with an address": _footer_with_an_address,
    "titles between rows": _titles_between_rows,
    "other delimiter from here": _other_delimiter_from_here,
    "doubled delimiters": _doubled_delimiters,
    "boxed": _boxed,
}
