"""Event files as tables: bytes through the readers, columns by their names, bare lists without any."""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.ledger.contacts import ContactLists, looks_like_contact, read_contact
from policies.errors import RefusedFile, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["EventTable", "contact_column", "load_table"]

_DELIMITERS: Final = re.compile(r"[,;\t|]")
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LOOKED_AT: Final = 50  # rows whose cells tell what a column holds


@dataclass(frozen=True, slots=True)
class EventTable:
    """One event file: its rows as they came (strings), and which column holds which field."""

    frame: pl.DataFrame
    columns: Mapping[str, str]  # field -> column
    sha256: str

    def rows(self) -> Iterator[dict[str, str]]:
        """The cells of each row by field; cells that are not there are empty."""
        fields = list(self.columns)
        cells = self.frame.select(pl.col(list(self.columns.values())).fill_null("")) if fields else self.frame
        for row in cells.iter_rows():
            yield dict(zip(fields, row, strict=True))

    def require(self, *fields: str) -> None:
        """Refuse the file unless it has one column at least of each field; ``a|b`` names alternatives."""
        missing = [field for field in fields if not set(field.split("|")) & self.columns.keys()]
        if missing:
            named = ", ".join(field.replace("|", " or ") for field in missing)
            raise RefusedFile(
                "columns_missing", f"The file has no column {named}.", "Add the column to the first line."
            )


def load_table(path: Path, names: Mapping[str, Sequence[str]]) -> EventTable:
    """Read a file and find the columns of its fields (``names``: field -> header names it goes by).

    A list of one column may do without a header: then its column is the first field of ``names``. Raises
    ``RefusedFile``, from the readers and ``events_empty`` where there is no row at all, which never means that nobody
    said anything.
    """
    content = _bytes(path)
    frame = _bare_list(content, next(iter(names)), names)
    if frame is None:
        from flows.readers import read_table

        frame = read_table(path).rows
    if frame.height == 0:
        raise RefusedFile(
            "events_empty",
            "The file holds no row. An empty file never means that nobody said anything.",
            "Check the export and drop the file again once it is complete.",
        )
    return EventTable(frame, _columns(frame.columns, names), hashlib.sha256(content).hexdigest())


def contact_column(table: EventTable, lists: ContactLists) -> str | None:
    """The column whose cells are mostly e-mail addresses or digests, for files with headers nobody knows."""
    best: tuple[int, str] | None = None
    for name in table.frame.columns:
        cells = table.frame.get_column(name).drop_nulls().head(_LOOKED_AT).to_list()
        hits = sum(_is_contact(cell, lists, ("email", "digest")) for cell in cells)
        if hits * 2 > len(cells) and (best is None or hits > best[0]):
            best = (hits, name)
    return best[1] if best else None


def _columns(headers: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Which column holds which field: the first one under the first of its names that is there."""
    by_name: dict[str, str] = {}
    for header in headers:
        by_name.setdefault(_folded(header), header)
    found: dict[str, str] = {}
    for field, known in names.items():
        column = next((by_name[name] for name in map(_folded, known) if name in by_name), None)
        if column is not None and column not in found.values():
            found[field] = column
    return found


def _folded(header: str) -> str:
    return "_".join(re.findall(r"[^\W_]+", header.casefold()))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RefusedFile(
            "unreadable_file", f"The file cannot be read: {error.strerror}.", "Check its permissions and drop it again."
        ) from None


def _bare_list(content: bytes, field: str, names: Mapping[str, Sequence[str]]) -> pl.DataFrame | None:
    """A text of one column, whose first line may be a header or an entry already; None for anything else."""
    text = _text(content)
    lines = [line.strip().strip('"').strip() for line in text.splitlines()] if text is not None else []
    filled = [line for line in lines if line]
    if not filled or any(_DELIMITERS.search(line) for line in filled):
        return None
    known = {_folded(name) for same in names.values() for name in same}
    is_entry = looks_like_contact(filled[0]) or _is_contact(filled[0], ContactLists(), None)
    if _folded(filled[0]) in known or not is_entry:
        return pl.DataFrame({filled[0]: filled[1:]}, schema={filled[0]: pl.String}) if len(filled) > 1 else None
    return pl.DataFrame({field: filled}, schema={field: pl.String})


def _text(content: bytes) -> str | None:
    """The text of a plain file; None for what is no text."""
    if content.startswith(_UTF16):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _is_contact(text: str, lists: ContactLists, kinds: Sequence[str] | None) -> bool:
    try:
        found = read_contact(text, lists)
    except UsageError as error:
        return kinds is None and error.code == "domain_too_wide"
    return kinds is None or found.kind in kinds
