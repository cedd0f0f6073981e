"""A list on its way into a file: records that can be edited one by one, how they are written, what is expected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.pollution.lists import CleanList

__all__ = [
    "UNREADABLE",
    "Draft",
    "Entry",
    "Expected",
    "Polluted",
    "Span",
    "Writing",
    "blank_entry",
    "count_lines",
    "draft_of",
    "entry_text",
    "text_entry",
    "written",
]

# Refusals of files in which nobody can read anything, flags included.
UNREADABLE: Final = frozenset(
    {
        "empty_file",
        "no_rows",
        "encoding_unclear",
        "not_a_table",
        "not_a_list",
        "unreadable_file",
        "too_many_columns",
        "file_too_large",
        "no_sheet",
        "format_unsupported",
    }
)


@dataclass(frozen=True)
class Writing:
    """How records become text and text becomes bytes. ``escape``: what stands before a quote inside a cell."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    quote_all: bool = False
    ends: tuple[str, ...] = ("\r\n",)  # used in turn
    last_end: int = 1  # how many line ends the last record has
    codec: str = "utf-8"
    mark: bytes = b""


@dataclass(frozen=True)
class Entry:
    """One record: ``cells``, or ``raw`` text in their place; ``edit`` has the last word on its text."""

    cells: tuple[str, ...] = ()
    lead: int | None = None
    is_header: bool = False
    raw: str | None = None
    edit: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Expected:
    """The least a reading must give. Whoever is not named is accepted exactly as in the clean list.

    ``hurt``: people whose rows may be refused, or read as far as they go, never mixed with others. ``gone``: people the
    file does not name any more. ``again``: people who stand in it several times. ``strange``: records that are
    nobody's and may count as rows. ``refusals``: codes with which the whole file may be refused; ``must_refuse``: and
    one of them has to be. ``loose``: fields that may stay null. ``spliced``: rows of the hurt may be mixtures nobody
    can tell. ``lenient``: sound rows may be refused too, as long as they are counted.
    """

    hurt: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    again: frozenset[int] = frozenset()
    strange: int = 0
    merged: int = 0  # people whose rows ended up in the row of somebody else
    refusals: frozenset[str] = frozenset()
    must_refuse: bool = False
    loose: frozenset[str] = frozenset()
    spliced: bool = False
    lenient: bool = False
    flags_lost: bool = False  # nobody can tell what the cells of flags mean
    header_hurt: bool = False  # names of columns may have become others
    header_line: bool = True  # whether the line of the header is that of the clean header


@dataclass(frozen=True)
class Draft:
    """A clean list, its entries in order and how they are written."""

    clean: CleanList
    entries: tuple[Entry, ...]
    writing: Writing = Writing()
    expected: Expected = Expected()
    suffix: str = ".csv"
    make: Callable[[Draft], bytes] | None = None  # for files that are no text

    def write(self, **changes: object) -> Draft:
        """The same draft, written differently."""
        return replace(self, writing=replace(self.writing, **changes))  # type: ignore[arg-type]  # names of its fields

    def expect(self, **changes: object) -> Draft:
        """The same draft with another expectation; what was hurt or refusable before stays so."""
        before = self.expected
        for name in ("hurt", "gone", "again", "refusals", "loose"):
            if name in changes:
                changes[name] = getattr(before, name) | frozenset(changes[name])  # type: ignore[call-overload]
        for name in ("strange", "merged"):
            if name in changes:
                changes[name] = getattr(before, name) + changes[name]
        return replace(self, expected=replace(before, **changes))  # type: ignore[arg-type]  # names of its fields

    def people(self) -> list[int]:
        """Positions of the entries that are people."""
        return [position for position, entry in enumerate(self.entries) if entry.lead is not None]

    def header(self) -> int:
        """Position of the header; 0 where there is none."""
        return next((position for position, entry in enumerate(self.entries) if entry.is_header), 0)

    def swap(self, position: int, *entries: Entry) -> Draft:
        """The entry at a position, replaced by others or by none."""
        kept = (*self.entries[:position], *entries, *self.entries[position + 1 :])
        return replace(self, entries=kept)

    def insert(self, position: int, *entries: Entry) -> Draft:
        """Entries put in before a position."""
        return replace(self, entries=(*self.entries[:position], *entries, *self.entries[position:]))

    def each(self, change: Callable[[Entry], Entry]) -> Draft:
        """Every header and person changed."""
        changed = (change(entry) if entry.is_header or entry.lead is not None else entry for entry in self.entries)
        return replace(self, entries=tuple(changed))

    def edit(self, position: int, edit: Callable[[str], str]) -> Draft:
        """The text of one entry changed; the person it is counts as hurt."""
        entry = self.entries[position]
        changed = self.swap(position, replace(entry, edit=edit))
        return changed.expect(hurt={entry.lead}) if entry.lead is not None else changed


@dataclass(frozen=True)
class Span:
    """Where an entry lies in the bytes of a file, its line end included."""

    start: int
    stop: int
    lead: int | None
    is_header: bool


@dataclass(frozen=True)
class Polluted:
    """A file with its expectation; ``recipe`` makes it again."""

    recipe: str
    clean: CleanList
    expected: Expected
    data: bytes
    suffix: str = ".csv"
    lines: int | None = None  # physical lines of its text
    header_line: int | None = None
    spans: tuple[Span, ...] = ()


def draft_of(clean: CleanList) -> Draft:
    """A clean list as it would be exported by a tool without fault."""
    people = (Entry(clean.row(lead), lead) for lead in range(len(clean.leads)))
    return Draft(clean, (Entry(clean.header, is_header=True), *people))


def text_entry(text: str) -> Entry:
    """A line that is nobody's."""
    return Entry(raw=text)


def blank_entry() -> Entry:
    """An empty line."""
    return Entry(raw="")


def written(draft: Draft, recipe: str) -> Polluted:
    """The bytes of a draft."""
    if draft.make is not None:
        return Polluted(recipe, draft.clean, draft.expected, draft.make(draft), draft.suffix)
    writing = draft.writing
    data, text, spans, header_line = writing.mark, "", [], None
    for position, entry in enumerate(draft.entries):
        ends = writing.last_end if position == len(draft.entries) - 1 else 1
        piece = entry_text(entry, writing) + writing.ends[position % len(writing.ends)] * ends
        if entry.is_header:
            header_line = header_line or count_lines(text) + 1
        encoded = piece.encode(writing.codec, "surrogateescape" if writing.codec == "utf-8" else "surrogatepass")
        spans.append(Span(len(data), len(data) + len(encoded), entry.lead, entry.is_header))
        data, text = data + encoded, text + piece
    shown = header_line if draft.expected.header_line else None
    return Polluted(recipe, draft.clean, draft.expected, data, draft.suffix, count_lines(text), shown, tuple(spans))


def count_lines(text: str) -> int:
    """Physical lines: what ends in a line feed, a carriage return or both, and a last line without an end."""
    ends = text.replace("\r\n", "\n").replace("\r", "\n")
    return ends.count("\n") + (not ends.endswith("\n") and bool(ends))


def entry_text(entry: Entry, writing: Writing) -> str:
    """The text of an entry without its line end."""
    text = writing.delimiter.join(_cells(entry.cells, writing)) if entry.raw is None else entry.raw
    return entry.edit(text) if entry.edit else text


def _cells(cells: Iterable[str], writing: Writing) -> Iterable[str]:
    quote = writing.quote
    special = {*(writing.delimiter.strip(" ") or " "), quote, "\r", "\n", writing.escape}
    for cell in cells:
        if writing.quote_all or special & set(cell) or (not cell and writing.delimiter == " "):
            body = cell.replace("\\", "\\\\") if writing.escape == "\\" else cell
            yield quote + body.replace(quote, writing.escape + quote) + quote
        else:
            yield cell
