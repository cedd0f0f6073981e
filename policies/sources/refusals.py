"""Flags beyond the headers: columns in a cell of which somebody refuses, and what damaged rows say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.folding import fold_words
from policies.sources.fields import CONTACT_FIELDS, OPT_OUT_FIELDS
from policies.sources.flag_columns import FlagColumn, flags_by_answers, named_channels
from policies.sources.flags import answered, refusing, said_yes
from policies.sources.headers import Headers, fits_any, header_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from policies.sources.column_mapping import ColumnMapping

__all__ = ["damaged_flags", "held_by_file_name", "with_held_rows", "with_refusing_columns"]

_REMARKS: Final = ("excluded_by_file", "email_bounced", "asked_about")  # fields in which people say what they like


def with_refusing_columns(
    mapping: ColumnMapping, rows: pl.DataFrame, lists: Mapping[str, Any], no_flag: Iterable[str] = ()
) -> ColumnMapping:
    """The mapping with a flag for each column without a field, or of remarks, in a cell of which somebody refuses.

    ``rows`` has a text column per header, ``lists`` is the table of that name of the rule data. The channel is the one
    the header names, else both; a cell that names one channel is about that one. Cells that refuse nothing say nothing
    there. A column whose header is about contact and most of whose cells are a yes or a no is a flag as well.
    ``no_flag`` are headers that a layout knows to be no word of the person.
    """
    table = Headers([name for name in rows.columns if name != "row_number"])
    mapping = _with_event_status(mapping, table, lists)
    known = {name for header in no_flag for name in table.matching(header)}
    found: list[FlagColumn] = []
    remarks = [column for field in _REMARKS for column in mapping.fields.get(field, ())]
    for column in (*mapping.unmapped, *remarks):
        if column in known:
            continue
        cells = rows.get_column(column)
        flags = flags_by_answers(column, table, lists) if column not in remarks and _answers(cells, lists) else []
        found += flags or _by_cells(column, cells, lists)
    used = {flag.column for flag in found}
    unmapped = tuple(name for name in mapping.unmapped if name not in used)
    return replace(mapping, flags=(*mapping.flags, *found), unmapped=unmapped)


def _by_cells(column: str, cells: pl.Series, lists: Mapping[str, Any]) -> list[FlagColumn]:
    """Flags of which only the cells count that refuse: for the channels these name, else those of the header."""
    said = refusing(cells, column, lists)
    if not said:
        return []
    channels = named_channels(fold_words([column])[0], lists) or CONTACT_FIELDS
    return [FlagColumn(column, channel, guessed=True, by_cells=True) for channel in channels]


def _answers(cells: pl.Series, lists: Mapping[str, Any]) -> bool:
    """Whether most of the filled cells of a column are a yes or a no, and no state of somebody ("subscribed")."""
    said, filled = answered(cells, lists)
    share = lists.get("flags", {}).get("contact_share", 1.0)
    return filled > 0 and said >= share * filled


def _with_event_status(mapping: ColumnMapping, table: Headers, lists: Mapping[str, Any]) -> ColumnMapping:
    """A plain "Status" beside columns of an event says who cancelled; beside others it may be of anything."""
    patterns = lists.get("flags", {})
    if not any(fits_any(patterns.get("event_headers", ()), table.words[name]) for name in table.names):
        return mapping
    own = [name for name in mapping.unmapped if table.words[name] in patterns.get("plain_status_headers", ())]
    if not own:
        return mapping
    columns = (*mapping.fields.get("excluded_by_file", ()), *own)
    left = tuple(name for name in mapping.unmapped if name not in own)
    return replace(mapping, fields={**mapping.fields, "excluded_by_file": columns}, unmapped=left)


def held_by_file_name(name: str, lists: Mapping[str, Any]) -> bool:
    """Whether the name of a file says that nobody in it may be contacted: "do_not_contact.csv"."""
    # A name may hold bytes that are no characters.
    text = name.encode(errors="replace").decode()
    words, patterns = header_words([text.rpartition(".")[0] or text])[0], lists.get("flags", {})
    said = fits_any(patterns.get("file_name_patterns", ()), words)
    return said and not fits_any(patterns.get("not_file_name_patterns", ()), words)


def with_held_rows(cells: pl.DataFrame) -> pl.DataFrame:
    """``CELLS`` of such a file: whoever says nothing of their own there, to no channel, is unknown on both."""
    silent = pl.all_horizontal(pl.col(OPT_OUT_FIELDS) == "blank")
    return cells.with_columns(
        pl.when(silent).then(pl.lit("unknown")).otherwise(name).alias(name) for name in OPT_OUT_FIELDS
    )


def damaged_flags(damaged: pl.DataFrame, mapping: ColumnMapping, lists: Mapping[str, Any]) -> pl.DataFrame:
    """``row_number, email_opt_out, phone_opt_out`` of damaged rows (``row_number, cells``), in their order.

    Nothing in such a row stands under its header. A cell that says no counts for every channel the list has a flag for,
    and for both where it has none; everything else is unknown where the list has flags at all, and blank where not.
    """
    stated = [flag for flag in mapping.flags if not flag.by_cells]
    channels = {flag.channel for flag in stated} or set(CONTACT_FIELDS)
    assent = bool(stated) and not any(flag.positive or flag.unclear for flag in stated)
    words = said_yes(damaged.get_column("cells").explode(), lists, assent=assent)
    if not stated:
        words = refusing(pl.Series("cell", words, dtype=pl.String), "", lists)
    says_no = damaged.select(
        "row_number", pl.col("cells").list.eval(pl.element().is_in(words)).list.any().fill_null(value=False).alias("no")
    )
    otherwise = pl.lit("unknown" if stated else "blank")
    return says_no.select(
        "row_number",
        *(
            pl.when(pl.col("no") & pl.lit(channel in channels))
            .then(pl.lit("yes"))
            .otherwise(otherwise)
            .alias(f"{channel}_opt_out")
            for channel in CONTACT_FIELDS
        ),
    )
