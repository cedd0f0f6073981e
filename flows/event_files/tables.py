"""Event files as tables: bytes through the readers, columns by their names, bare lists without any."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import polars as pl

from flows.event_files.first_row import with_first_row
from flows.event_files.sheets import read_sheets
from flows.event_files.wrapped import unwrapped
from flows.ledger.contacts import ContactLists, looks_like_contact, read_contact
from flows.readers import read_table
from flows.readers.rejects import laid_out
from policies.errors import RefusedFile, UsageError
from policies.stop_lists.entries import plain_entry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from flows.event_files.optout_rows import StopList
    from flows.readers import RawTable

__all__ = ["EventTable", "contact_column", "folded_header", "load_table"]

_Damage: TypeAlias = "dict[int, tuple[str, Sequence[str]]]"
_ROW: Final = "row_number"
_LOOKED_AT: Final = 50  # rows whose cells tell what a column holds
_NUMBER: Final = re.compile(r"'?\(?(?:\+|00|0)?[\d(][\d ().\-/\u00a0]{6,20}(?:\s*(?:x|ext\.?)\s*\d{1,6})?")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}|[12]\d{9}(?:\d{3})?$")


@dataclass(frozen=True, slots=True)
class EventTable:
    """One event file: its rows as they came (strings), and which column holds which field.

    ``numbers`` are those of the rows, 1 for the first data row. A damaged row stands in ``frame`` with as many of its
    cells as there are columns; ``damage`` has its number, what is wrong with it, and all of its cells.
    """

    frame: pl.DataFrame
    columns: Mapping[str, str]  # field -> column
    sha256: str
    numbers: Sequence[int]
    damage: Mapping[int, tuple[str, Sequence[str]]]
    bare: bool = False  # without a header: its columns have numbers for names
    encoding: str | None = None  # of a text; None for any other file
    about: StopList | None = None  # what an opt-out file says as a whole

    def rows(self) -> Iterator[tuple[int, Sequence[str], dict[str, str], list[tuple[str, str]]]]:
        """The number of each row, its cells as they came, its cells by field, and the others with their headers."""
        place = {field: self.frame.get_column_index(column) for field, column in self.columns.items()}
        other = [(name, index) for index, name in enumerate(self.frame.columns) if index not in place.values()]
        for number, cells in zip(self.numbers, self.frame.iter_rows(), strict=True):
            by_field = {field: cells[index] for field, index in place.items()}
            yield number, cells, by_field, [(name, cells[index]) for name, index in other]

    def require(self, *fields: str) -> None:
        """Refuse the file unless it has one column at least of each field; ``a|b`` names alternatives."""
        missing = [field for field in fields if not set(field.split("|")) & self.columns.keys()]
        if missing:
            named = ", ".join(field.replace("|", " or ") for field in missing)
            raise RefusedFile(
                "columns_missing", f"The file has no column {named}.", "Add the column to the first line."
            )


def load_table(path: Path, names: Mapping[str, Sequence[str]], *, headerless: bool = False) -> EventTable:
    """Read a file and find the columns of its fields (``names``: field -> header names it goes by).

    ``headerless`` allows a file whose first line is a row; a list of one column is then under the first field of
    ``names``. Raises ``RefusedFile`` as the readers do: a file without rows never means that nobody said anything.
    """
    sha256 = _sha256(path)
    raw = with_first_row(unwrapped(read_sheets(path))) if headerless else read_table(path)
    frame, damage = _laid_out(raw)
    if headerless and len(raw.columns) == 1:
        frame, damage = _one_column(raw, frame, damage, names)
    numbers = frame.get_column(_ROW).to_list()
    original = frame.drop(_ROW)
    bare = not any(header.strip() for header in raw.headers)
    encoding = raw.encoding if raw.kind == "delimited" else None
    return EventTable(original, _columns(original.columns, names), sha256, numbers, damage, bare, encoding)


def contact_column(table: EventTable, others: Collection[str] = (), own_domains: Collection[str] = ()) -> str | None:
    """The column whose cells are mostly contacts, for files with headers nobody knows.

    Addresses and digests go first, then domains written as such (``@acme.example``), then numbers, then all of them
    together. Columns of ``others``, who only keep the list, and addresses at our own domains are no choice.
    """
    ours = tuple(f"{sign}{domain}" for domain in own_domains for sign in ("@", "."))
    for is_one in (_is_address, _is_wide, _is_number, _is_any):
        best: tuple[int, str] | None = None
        for name in table.frame.columns:
            if name in others:
                continue
            cells = [cell for cell in table.frame.get_column(name).drop_nulls() if cell.strip()][:_LOOKED_AT]
            cells = [cell for cell in cells if not cell.strip().lower().endswith(ours)] if ours else cells
            hits = sum(map(is_one, cells))
            if hits * 2 > len(cells) and (best is None or hits > best[0]):
                best = (hits, name)
        if best:
            return best[1]
    return None


def _is_address(cell: str) -> bool:
    return _kind(plain_entry(cell)) in ("email", "digest")


def _is_wide(cell: str) -> bool:
    return cell.strip().startswith(("@", "*")) and _kind(cell) == "domain"


def _is_any(cell: str) -> bool:
    return _is_address(cell) or _is_number(cell) or _is_wide(cell)


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell.strip()) is not None and _DAY.match(cell.strip()) is None


def _laid_out(raw: RawTable) -> tuple[pl.DataFrame, _Damage]:
    """All rows of a file in their order, damaged ones laid under the header as well as it goes."""
    damage: _Damage = {
        number: (code, cells) for number, code, cells in raw.damaged.select(_ROW, "code", "cells").iter_rows()
    }
    width, delimiter = len(raw.columns), raw.delimiter or ","
    laid = [(number, *laid_out(cells, width, delimiter)) for number, (_, cells) in damage.items()]
    rows = pl.DataFrame(laid, schema=raw.rows.schema, orient="row")
    return pl.concat([raw.rows, rows]).sort(_ROW), damage


def _one_column(
    raw: RawTable, frame: pl.DataFrame, damage: _Damage, names: Mapping[str, Sequence[str]]
) -> tuple[pl.DataFrame, _Damage]:
    """A list of one column: without a header it is the first field's; a header that is an entry is the first row."""
    [column] = raw.columns
    if column in _columns([column], names).values() or not (raw.header_line == 0 or _is_entry(column)):
        return frame, damage
    named = frame.rename({column: next(iter(names))})
    if raw.header_line == 0:
        return named, damage
    first = pl.DataFrame([(0, column)], schema=named.schema, orient="row")
    moved = pl.concat([first, named]).with_columns(pl.col(_ROW) + 1)
    return moved, {number + 1: wrong for number, wrong in damage.items()}


def _columns(headers: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Which column holds which field: the first one under the first of its names that is there."""
    by_name: dict[str, str] = {}
    for header in headers:
        by_name.setdefault(folded_header(header), header)
    found: dict[str, str] = {}
    for field, known in names.items():
        column = next((by_name[name] for name in map(folded_header, known) if name in by_name), None)
        if column is not None and column not in found.values():
            found[field] = column
    return found


def folded_header(header: str) -> str:
    """A header as names of columns are compared: its words in lower case, joined by underscores."""
    return "_".join(re.findall(r"[^\W_]+", header.casefold()))


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RefusedFile(
            "unreadable_file", f"The file cannot be read: {error.strerror}.", "Check its permissions and drop it again."
        ) from None


def _is_entry(text: str) -> bool:
    """Whether a text may be somebody's contact rather than the name of a column."""
    return looks_like_contact(text) or _kind(text) is not None


def _kind(text: str) -> str | None:
    try:
        found = read_contact(text, ContactLists())
        return found.inside[0].kind if found.inside else found.kind
    except UsageError as error:
        return "domain" if error.code == "domain_too_wide" else None
