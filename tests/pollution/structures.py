"""Pollution of the structure: what stands around the table, between its rows, and instead of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.pollution.drafts import Entry, blank_entry, text_entry

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from tests.pollution.drafts import Draft

__all__ = ["STRUCTURES"]

_HEADLESS: Final = ("no_header", "mapping_unclear")
_LONG_CELL: Final = 1 << 20


def _no_payload(draft: Draft, _: random.Random) -> Draft:
    people = range(len(draft.clean.leads))
    return replace(draft, entries=()).expect(gone=people, refusals={"empty_file"}, must_refuse=True)


def _only_line_ends(draft: Draft, _: random.Random) -> Draft:
    people = range(len(draft.clean.leads))
    emptied = replace(draft, entries=(blank_entry(),) * 3)
    return emptied.expect(gone=people, refusals={"empty_file"}, must_refuse=True)


def _no_header(draft: Draft, _: random.Random) -> Draft:
    without = draft.swap(draft.header())
    return without.expect(refusals=_HEADLESS, flags_lost=True, header_line=False)


def _header_only(draft: Draft, _: random.Random) -> Draft:
    people = range(len(draft.clean.leads))
    kept = replace(draft, entries=draft.entries[: draft.header() + 1])
    return kept.expect(gone=people, refusals={"no_rows"}, must_refuse=True)


def _one_row(draft: Draft, _: random.Random) -> Draft:
    first = draft.people()[0]
    gone = {draft.entries[place].lead for place in draft.people()[1:]}
    return replace(draft, entries=draft.entries[: first + 1]).expect(gone=gone)


def _group_header(draft: Draft, _: random.Random) -> Draft:
    cells = ["Person", *[""] * (len(draft.clean.header) - 2), "Details"]
    return draft.insert(draft.header(), Entry(tuple(cells))).expect(header_line=False)


def _header_in_two_lines(draft: Draft, _: random.Random) -> Draft:
    units = tuple(f"({name})" for name in ("text", *["optional"] * (len(draft.clean.header) - 1)))
    return draft.insert(draft.header() + 1, Entry(units)).expect(strange=1)


def _rule_under_header(draft: Draft, _: random.Random) -> Draft:
    dashes = tuple("-" * max(3, len(name)) for name in draft.clean.header)
    return draft.insert(draft.header() + 1, Entry(dashes)).expect(strange=1)


def _preamble(draft: Draft, _: random.Random) -> Draft:
    lines = ("Attendees of the spring fair", "Exported on 2026-09-14 08:30 by the organiser", "")
    return draft.insert(draft.header(), *map(text_entry, lines))


def _preamble_with_cells(draft: Draft, _: random.Random) -> Draft:
    """Pairs of name and value above the table, some of which are addresses."""
    pairs = (("Event", "Spring fair"), ("Organiser", "organiser@fair.example"), ("Attendees", "42"), ())
    return draft.insert(draft.header(), *(Entry(pair) for pair in pairs))


def _padded_preamble(draft: Draft, _: random.Random) -> Draft:
    """A title in a line as wide as the table, as spreadsheets write it."""
    pad = ("",) * (len(draft.clean.header) - 1)
    return draft.insert(draft.header(), Entry(("Attendees", *pad)), Entry(("", *pad)))


def _comment_lines(draft: Draft, draw: random.Random) -> Draft:
    first = draft.insert(draft.header(), text_entry("# publisher: the organiser"), text_entry("#"))
    place = draw.choice(first.people())
    return first.insert(place, text_entry("# second day")).expect(strange=1)


def _footer(draft: Draft, draw: random.Random) -> Draft:
    width = len(draft.clean.header)
    total = ("Total", str(len(draft.clean.leads)), *[""] * (width - 2))
    lines = [blank_entry(), Entry(total), text_entry("Confidential Information - Do Not Distribute")]
    lines += [text_entry("Copyright (c) 2026 The Organisers. All rights reserved.")]
    chosen = lines if draw.random() < 0.5 else lines[1:3]
    return draft.insert(len(draft.entries), *chosen).expect(strange=3)


def _repeated_header(draft: Draft, draw: random.Random) -> Draft:
    """The header again after every few rows, as printed pages have it."""
    step = draw.randint(2, 9)
    for place in reversed(draft.people()[step::step]):
        draft = draft.insert(place, Entry(draft.clean.header))
    return draft


def _files_put_together(draft: Draft, _: random.Random) -> Draft:
    """Two exports one after the other, the second with its byte order mark."""
    people = draft.people()
    return draft.insert(people[len(people) // 2], Entry(edit=lambda text: "\ufeff" + text, cells=draft.clean.header))


def _blank_lines(draft: Draft, draw: random.Random) -> Draft:
    for _ in range(4):
        draft = draft.insert(draw.randint(0, len(draft.entries)), blank_entry())
    return draft


def _lines_of_delimiters(draft: Draft, draw: random.Random) -> Draft:
    empty = Entry(("",) * len(draft.clean.header))
    for _ in range(3):
        draft = draft.insert(draw.choice(draft.people()), empty)
    return draft


def _other_columns(draft: Draft, draw: random.Random, change: Callable[[list[str]], list[str]]) -> Draft:
    """The second half of the people in a table of its own, below the first."""
    names = list(draft.clean.columns)
    wanted = change(names)
    half = draft.people()[len(draft.people()) // 2 :]
    headers = dict(zip(draft.clean.columns, draft.clean.header, strict=True))
    for place in half:
        entry = draft.entries[place]
        assert entry.lead is not None
        cells = draft.clean.leads[entry.lead].cells
        draft = draft.swap(place, replace(entry, cells=tuple(cells.get(name, "x") for name in wanted)))
    above = [blank_entry()] if draw.random() < 0.5 else [blank_entry(), text_entry("Second day"), blank_entry()]
    second = Entry(tuple(headers.get(name, name) for name in wanted))
    dropped = [name for name in names if name not in wanted]
    hurt = {draft.entries[place].lead for place in half} if dropped else set()
    return draft.insert(half[0], *above, second).expect(hurt=hurt, strange=2, header_line=False)


def _same_columns(draft: Draft, draw: random.Random) -> Draft:
    return _other_columns(draft, draw, list)


def _turned_columns(draft: Draft, draw: random.Random) -> Draft:
    """The same columns in another order: laid under the first header every cell would be shifted."""
    return _other_columns(draft, draw, lambda names: [*names[1:], names[0]])


def _swapped_columns(draft: Draft, draw: random.Random) -> Draft:
    """Two columns swapped, neither of which is the address: nothing but the second header tells."""

    def swap(names: list[str]) -> list[str]:
        one, other = draw.sample([place for place, name in enumerate(names) if name != "email"], 2)
        names[one], names[other] = names[other], names[one]
        return names

    return _other_columns(draft, draw, swap)


def _more_columns(draft: Draft, draw: random.Random) -> Draft:
    return _other_columns(draft, draw, lambda names: ["Room", *names, "Table"])


def _fewer_columns(draft: Draft, draw: random.Random) -> Draft:
    """Whatever else is dropped, address and names stay."""
    kept = {"email", "full_name", "given_name", "family_name", "email_opt_out", "phone_opt_out"}
    return _other_columns(draft, draw, lambda names: [name for name in names if name in kept])


def _table_of_other_things(draft: Draft, draw: random.Random) -> Draft:
    lines = [("Session", "Seats"), ("Opening", "300"), ("Workshop", "25"), ("Dinner", "80")]
    block = [Entry(cells) for cells in lines]
    place = draft.header() if draw.random() < 0.5 else len(draft.entries)
    around = [*block, blank_entry()] if place == draft.header() else [blank_entry(), *block]
    return draft.insert(place, *around).expect(strange=4)


def _duplicated_block(draft: Draft, draw: random.Random) -> Draft:
    people = draft.people()
    start = draw.randrange(len(people))
    block = [draft.entries[place] for place in people[start : start + draw.randint(1, 8)]]
    return draft.insert(draw.choice(people), *block).expect(again={entry.lead for entry in block})


def _long_cell(draft: Draft, draw: random.Random) -> Draft:
    place = draw.choice(draft.people())
    return _wider(draft, "Notes", lambda here: "x, " * (_LONG_CELL // 3) if here == place else "")


def _wider(draft: Draft, header: str, cell: Callable[[int], str]) -> Draft:
    """One more column at the end."""
    for place, entry in enumerate(draft.entries):
        if entry.is_header or entry.lead is not None:
            added = header if entry.is_header else cell(place)
            draft = draft.swap(place, replace(entry, cells=(*entry.cells, added)))
    return draft


def _many_columns(draft: Draft, columns: int) -> Draft:
    def widen(entry: Entry) -> Entry:
        added = (f"Answer {number}" if entry.is_header else "x" for number in range(columns))
        return replace(entry, cells=(*entry.cells, *added))

    return draft.each(widen)


def _hundreds_of_columns(draft: Draft, _: random.Random) -> Draft:
    return _many_columns(_few(draft), 500)


def _thousands_of_columns(draft: Draft, _: random.Random) -> Draft:
    return _many_columns(_few(draft), 5_000).expect(refusals={"too_many_columns"}, must_refuse=True)


def _few(draft: Draft) -> Draft:
    beyond = draft.people()[4:]
    gone = {draft.entries[place].lead for place in beyond}
    kept = tuple(entry for place, entry in enumerate(draft.entries) if place not in beyond)
    return replace(draft, entries=kept).expect(gone=gone)


def _separator_line(draft: Draft, _: random.Random) -> Draft:
    return draft.insert(0, text_entry(f"sep={draft.writing.delimiter}"))


def _blank_headers(draft: Draft, _: random.Random) -> Draft:
    return _wider(_wider(draft, "", lambda _: ""), "", lambda place: f"room {place}")


def _index_column(draft: Draft, _: random.Random) -> Draft:
    """A first column without a header that numbers the rows."""
    for number, place in enumerate([draft.header(), *draft.people()]):
        entry = draft.entries[place]
        draft = draft.swap(place, replace(entry, cells=("" if entry.is_header else str(number), *entry.cells)))
    return draft


def _doubled_header_names(draft: Draft, _: random.Random) -> Draft:
    return _wider(_wider(draft, "Answer", lambda _: "x"), "Answer", lambda _: "y")


def _headers_in_capitals(draft: Draft, _: random.Random) -> Draft:
    return draft.each(lambda entry: _with_header(entry, str.upper))


def _headers_over_two_lines(draft: Draft, _: random.Random) -> Draft:
    return draft.each(lambda entry: _with_header(entry, lambda name: name.replace(" ", "\n")))


def _headers_with_blanks(draft: Draft, _: random.Random) -> Draft:
    return draft.each(lambda entry: _with_header(entry, lambda name: f"\u00a0{name} "))


def _with_header(entry: Entry, change: Callable[[str], str]) -> Entry:
    return replace(entry, cells=tuple(map(change, entry.cells))) if entry.is_header else entry


def _blank_last_column(draft: Draft, _: random.Random) -> Draft:
    """Every line, the header too, ends in a delimiter."""
    return _wider(draft, "", lambda _: "")


STRUCTURES: Final[Mapping[str, Callable[[Draft, random.Random], Draft]]] = {
    "no payload": _no_payload,
    "only line ends": _only_line_ends,
    "no header": _no_header,
    "header only": _header_only,
    "one row": _one_row,
    "group header": _group_header,
    "header in two lines": _header_in_two_lines,
    "rule under header": _rule_under_header,
    "preamble": _preamble,
    "preamble with cells": _preamble_with_cells,
    "padded preamble": _padded_preamble,
    "comment lines": _comment_lines,
    "footer": _footer,
    "repeated header": _repeated_header,
    "files put together": _files_put_together,
    "blank lines": _blank_lines,
    "lines of delimiters": _lines_of_delimiters,
    "second table, same columns": _same_columns,
    "second table, turned columns": _turned_columns,
    "second table, swapped columns": _swapped_columns,
    "second table, more columns": _more_columns,
    "second table, fewer columns": _fewer_columns,
    "table of other things": _table_of_other_things,
    "duplicated block": _duplicated_block,
    "long cell": _long_cell,
    "hundreds of columns": _hundreds_of_columns,
    "thousands of columns": _thousands_of_columns,
    "separator line": _separator_line,
    "blank headers": _blank_headers,
    "index column": _index_column,
    "doubled header names": _doubled_header_names,
    "headers in capitals": _headers_in_capitals,
    "headers over two lines": _headers_over_two_lines,
    "headers with blanks": _headers_with_blanks,
    "blank last column": _blank_last_column,
}
