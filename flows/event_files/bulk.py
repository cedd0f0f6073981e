"""Long opt-out lists: read a column at a time, to become a snapshot in place of an event a row (design D4).

Invariant: what comes of a row does not hang on how long its file is. A row that is plain in every cell is read here;
every other one goes through the reader of rows and becomes events as it would in a short file.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.event_files.archives import is_archive, read_archive
from flows.event_files.bulk_cells import harmless
from flows.event_files.bulk_entries import FIELDS, READ_BY_ROW, contacts_of, keyed_values, plain_texts, statements_of
from flows.event_files.optout_rows import StopList, holds_contacts
from flows.event_files.optouts import optout_table, read_optout_table, read_optouts
from flows.event_files.reading import BulkEntries
from flows.event_files.wholeness import judged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.event_files.reading import EventContext, EventReading
    from flows.event_files.tables import EventTable
    from flows.ledger.model import NewEvent

__all__ = ["BULK_ROWS", "read_bulk", "read_optouts_of_any_length"]

BULK_ROWS: Final = 10_000  # rows of a file; a longer one is a bulk list
_WORD: Final = pl.Schema({"outcome": pl.String(), "said_kind": pl.String(), "said_channel": pl.String()})
_SILENT: Final = ("nothing", "deletion")  # outcomes of a row that stops nobody


def read_optouts_of_any_length(path: Path, context: EventContext) -> EventReading:
    """Read an opt-out file, or all files of an archive; of a bulk list what is plain comes as ``BulkEntries``.

    Raises ``RefusedFile`` as ``read_optouts``.
    """
    if not is_archive(path):
        return _read(path, context)
    long: list[Path] = []

    def member(part: Path, context: EventContext) -> EventReading:
        found = read_optouts(part, context) if long else _read(part, context)  # one bulk list a file
        if found.bulk is not None:
            long.append(part)
        return found

    return read_archive(path, context, member)


def _read(path: Path, context: EventContext) -> EventReading:
    table = optout_table(path, context)
    long = table.frame.height > BULK_ROWS
    return judged(table, read_bulk(table, context) if long else read_optout_table(table, context))


def read_bulk(table: EventTable, context: EventContext) -> EventReading:
    """Read a table of opt-outs a column at a time, as far as it can be."""
    about = table.about or StopList()
    if not _can_be_read(table, about):
        return read_optout_table(table, context)
    cells = _cells(table, about)
    silent = cells.filter(pl.col("outcome").is_in(_SILENT)).select("entry", "outcome")
    stopping = cells.filter((pl.col("outcome") == "stop") & _is_plain(table, about))
    contacts = contacts_of(stopping, about, context)
    statements = statements_of(stopping, contacts, context)
    contacts = contacts.join(statements.select("entry"), on="entry", how="semi", maintain_order="left")
    numbers = pl.Series(table.numbers, dtype=pl.Int64)
    done = pl.concat([silent.get_column("entry"), statements.get_column("entry")])
    reading = read_optout_table(_rows(table, numbers, ~numbers.is_in(done.implode())), context)

    def single(entries: Sequence[int]) -> list[NewEvent]:
        return read_optout_table(_rows(table, numbers, numbers.is_in(list(entries))), context).events

    return replace(
        reading,
        rows=table.frame.height,
        counted=reading.counted + statements.height,
        understood=reading.understood + statements.height,
        blank=reading.blank + silent.height,
        passed=Counter(reading.passed) + Counter(silent.get_column("outcome").to_list()),
        bulk=BulkEntries(keyed_values(contacts, statements), plain_texts(contacts, statements), single),
    )


def _can_be_read(table: EventTable, about: StopList) -> bool:
    """Whether every field of the table is one that is known here, and its words hang on nothing else."""
    mixed = "kind" in about.stated and about.kind_column in about.meaning.names
    return FIELDS.issuperset(table.columns) and FIELDS.issuperset(about.stated) and not mixed


def _rows(table: EventTable, numbers: pl.Series, chosen: pl.Series) -> EventTable:
    """The table of some rows, which keep their numbers."""
    kept = numbers.filter(chosen).to_list()
    damage = {number: table.damage[number] for number in kept if number in table.damage}
    return replace(table, frame=table.frame.filter(chosen), numbers=kept, damage=damage)


def _cells(table: EventTable, about: StopList) -> pl.DataFrame:
    """Of undamaged rows ``entry``, the trimmed cell of every field (``_<field>``, null where blank), and their word.

    ``outcome, said_kind, said_channel`` are what the list says of the row (``ListMeaning.of``).
    """
    own = {field: table.frame.get_column(column).str.strip_chars() for field, column in table.columns.items()}
    fields = {f"_{field}": cells.set(cells == "", None) for field, cells in own.items()}
    stated = {
        f"_{field}": fields.get(f"_{field}", pl.Series([None] * table.frame.height, dtype=pl.String)).fill_null(text)
        for field, text in about.stated.items()
    }
    entry = pl.Series("entry", table.numbers, dtype=pl.Int64)
    cells = pl.DataFrame({"entry": entry, **fields, **stated})
    return pl.concat([cells, _words(table, about)], how="horizontal").filter(
        ~pl.col("entry").is_in(sorted(table.damage))
    )


def _words(table: EventTable, about: StopList) -> pl.DataFrame:
    """What the list says of each row, asked once for every different set of cells."""
    readable = {*table.frame.columns} - {*table.columns.values()} | {about.kind_column}
    names = [name for name in table.frame.columns if name in about.meaning.names & readable]
    if not names:
        word = about.meaning.of({})
        return pl.DataFrame([(word.outcome, word.kind, word.channel)], schema=_WORD, orient="row").select(
            pl.all().repeat_by(table.frame.height).explode()
        )
    asked = table.frame.select(names)
    unique = asked.unique(maintain_order=True)
    words = [about.meaning.of(row) for row in unique.iter_rows(named=True)]
    told = pl.DataFrame([(word.outcome, word.kind, word.channel) for word in words], schema=_WORD, orient="row")
    known = pl.concat([unique, told], how="horizontal")
    return asked.join(known, on=names, how="left", nulls_equal=True, maintain_order="left").select(_WORD.names())


def _is_plain(table: EventTable, about: StopList) -> pl.Expr:
    """Whether nothing but its fields can matter in a row: no further contact, no cell left to the reader of rows."""
    odd = [
        table.frame.get_column(table.columns[field]).str.strip_chars() != ""
        for field in READ_BY_ROW
        if field in table.columns
    ]
    odd += [
        _may_name(table.frame.get_column(column).fill_null(""), column, about)
        for column in table.frame.columns
        if column not in table.columns.values()
    ]
    numbers = pl.Series("entry", table.numbers, dtype=pl.Int64)
    none = pl.zeros(len(numbers), dtype=pl.Boolean, eager=True)
    unsure = numbers.filter(reduce(or_, (cells.fill_null(value=False) for cells in odd), none))
    return ~pl.col("entry").is_in(unsure.implode())


def _may_name(cells: pl.Series, column: str, about: StopList) -> pl.Series:
    """The rows in which a column that holds no field may name somebody."""
    if holds_contacts(column, about.repeated):
        return cells.str.strip_chars() != ""
    if about.bare:  # a contact may stand within any text
        return cells.str.contains(r"[@+]|\b00") | ~harmless(cells)
    if column in about.others:
        return cells.str.len_bytes() < 0
    return ~harmless(cells) | cells.str.contains("@", literal=True)  # an address within a remark is told of
