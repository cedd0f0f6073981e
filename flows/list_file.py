"""A dropped list as its tables, read with what is known of lists: layouts of products, and names of columns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.readers import read_file
from policies.sources.layouts import recognise, section_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from flows.readers import RawFile, RawTable
    from policies.sources.layouts import Layout

__all__ = ["layout_of", "read_list_file"]


def read_list_file(path: Path, settings: Mapping[str, Any], *, headerless: bool = False) -> RawFile:
    """Read a list; ``settings`` are those of the rulebook. Raises ``RefusedFile`` where it is none.

    A table that the reader did not lay under a section is held against the layouts by its headers alone: one of Parquet
    or JSON, and our own rejects file, which must be understood as the list was that it comes from.
    """
    layouts: Sequence[Layout] = settings.get("layouts", ())
    file = read_file(path, layouts, headerless=headerless, header_words=_header_words(settings["lists"]))
    if file.layout is not None or not layouts:
        return file
    for table in file.tables:
        layout = recognise(layouts, [table.headers], path.name)
        if layout is not None:
            return replace(file, layout=layout, tables=tuple(_in_section(other, layout) for other in file.tables))
    return file


def layout_of(table: RawTable, file: RawFile, settings: Mapping[str, Any]) -> Layout | None:
    """The layout whose section a table is; the sheets of a workbook may be exports of several products."""
    if table.section is None:
        return None
    layouts: Sequence[Layout] = (*filter(None, [file.layout]), *settings.get("layouts", ()))
    return next((layout for layout in layouts if table.section in layout.sections), None)


def _in_section(table: RawTable, layout: Layout) -> RawTable:
    return replace(table, section=section_at(layout, table.headers, table.title))


def _header_words(lists: Mapping[str, Any]) -> list[str]:
    """The names of columns that stand in many lists."""
    known = [lists.get(name, {}) for name in ("header_synonyms", "header_synonyms_positive")]
    return sorted({word for synonyms in known for words in synonyms.values() for word in words})
