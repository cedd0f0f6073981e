"""The cells of a list under the names of our fields: values as received, flags and exclusions read, nothing mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.folding import fold_words, words
from policies.sources.countries import country_codes
from policies.sources.flags import blank_words, flag_state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.sources.column_mapping import ColumnMapping
    from policies.sources.contract import SourceContract

__all__ = ["CELLS", "mapped_cells"]

# What a row says under our fields, before anything is made canonical.
CELLS: Final = pl.Schema(
    {
        "row_number": pl.UInt32(),
        "raw": pl.String(),
        "identity": pl.String(),  # the raw row independent of the order of columns, for the record id
        "full_cell": pl.String(),
        "given_cell": pl.String(),
        "family_cell": pl.String(),
        "greeting_cell": pl.String(),
        "email_received": pl.String(),
        "phone_received": pl.String(),
        "extension_cell": pl.String(),
        "company": pl.String(),
        "job_title": pl.String(),
        "country_cell": pl.String(),
        "country": pl.String(),
        "country_source": pl.String(),
        "region": pl.String(),
        "city": pl.String(),
        "postal_code": pl.String(),
        "email_opt_out": pl.String(),
        "phone_opt_out": pl.String(),
        "excluded_by_file": pl.String(),
        "sector": pl.String(),
        "employees": pl.Int64(),
        "asked_on": pl.Date(),
        "asked_about": pl.String(),
        "damage": pl.String(),  # why the row could not be laid under the header; null: it could
    }
)

_PLAIN: Final = {
    "full_cell": "full_name",
    "given_cell": "given_name",
    "family_cell": "family_name",
    "greeting_cell": "salutation_name",
    "extension_cell": "phone_extension",
    "company": "company",
    "job_title": "job_title",
    "country_cell": "country",
    "region": "region",
    "city": "city",
    "postal_code": "postal_code",
    "sector": "sector",
    "asked_about": "asked_about",
}
_INTEGER: Final = r"^\d{1,9}$|^\d{1,3}(?:[ ,.'\u{2019}\u{00A0}\u{202F}]\d{3}){1,2}$"
_ISO_DAY: Final = r"^\s*(\d{4}-\d{2}-\d{2})(?:[T\s].*)?$"
_DOTTED_DAY: Final = r"^\s*(\d{1,2}\.\d{1,2}\.\d{4})(?:\s.*)?$"


def mapped_cells(
    rows: pl.DataFrame, mapping: ColumnMapping, contract: SourceContract | None, lists: Mapping[str, Any]
) -> pl.DataFrame:
    """The rows of a table as ``CELLS``: ``rows`` has ``row_number`` and one text column per header.

    ``lists`` is the table of that name of the rule data. A blank cell is null.
    """
    lookups = contract.lookups if contract else {}
    columns = [name for name in rows.columns if name != "row_number"]
    cells = rows.select(
        "row_number",
        _raw_json(columns).alias("raw"),
        _raw_json(sorted(columns)).alias("identity"),
        *(_looked_up(mapping, field, lookups).alias(name) for name, field in _PLAIN.items()),
        *(_contact(mapping, channel, lists, lookups).alias(f"{channel}_received") for channel in ("email", "phone")),
        *(_flag(rows, mapping, channel, lists, lookups).alias(f"{channel}_opt_out") for channel in ("email", "phone")),
        _excluded(mapping, lists, lookups.get("excluded_by_file", {})).alias("excluded_by_file"),
        _number(_looked_up(mapping, "employees", lookups)).alias("employees"),
        _day(_looked_up(mapping, "asked_on", lookups)).alias("asked_on"),
        pl.lit(None, dtype=pl.String).alias("damage"),
    )
    return _with_country(cells, contract, lists).select(CELLS.names())


def _raw_json(columns: list[str]) -> pl.Expr:
    """A JSON object of some text columns, compact, in their order."""
    return pl.struct(columns).struct.json_encode() if columns else pl.lit("{}")


def _cell(mapping: ColumnMapping, field: str) -> pl.Expr:
    """The cell of a field as it came; null where it is blank or the list has no such column."""
    column = mapping.column(field)
    if column is None:
        return pl.lit(None, dtype=pl.String)
    return pl.when(pl.col(column).str.strip_chars() != "").then(pl.col(column))


def _looked_up(mapping: ColumnMapping, field: str, lookups: Mapping[str, Mapping[str, str]]) -> pl.Expr:
    cell = _cell(mapping, field)
    # Country words are looked up with all the other country words.
    known = lookups.get(field, {}) if field != "country" else {}
    return pl.coalesce(_meaning(words(cell), known), cell) if known else cell


def _meaning(word: pl.Expr, known: Mapping[str, str]) -> pl.Expr:
    return word.replace_strict(dict(known), default=None, return_dtype=pl.String)


def _contact(
    mapping: ColumnMapping, channel: str, lists: Mapping[str, Any], lookups: Mapping[str, Mapping[str, str]]
) -> pl.Expr:
    """The cell of a contact point; "n/a" and its like are blanks here."""
    cell = _looked_up(mapping, channel, lookups)
    return pl.when(~cell.str.strip_chars().str.to_lowercase().is_in(blank_words(lists))).then(cell)


def _flag(
    rows: pl.DataFrame,
    mapping: ColumnMapping,
    channel: str,
    lists: Mapping[str, Any],
    lookups: Mapping[str, Mapping[str, str]],
) -> pl.Expr:
    return flag_state(rows, [flag for flag in mapping.flags if flag.channel == channel], lists, lookups)


def _excluded(mapping: ColumnMapping, lists: Mapping[str, Any], stated: Mapping[str, str]) -> pl.Expr:
    """Why the file itself rules a row out: by the contract's lookups, then by the words of the rule data."""
    listed = lists.get("excluded_words", {})
    known = {word: reason for reason, entries in listed.items() for word in fold_words(entries)} | dict(stated)
    reasons = [_meaning(words(pl.col(column)), known) for column in mapping.fields.get("excluded_by_file", ())]
    given = [pl.when(reason != "").then(reason) for reason in reasons]
    return pl.coalesce(*given, pl.lit(None, dtype=pl.String))


def _number(cell: pl.Expr) -> pl.Expr:
    """A whole number; a range or a word is unknown."""
    bare = cell.str.strip_chars().str.replace(r"\.0$", "")
    return pl.when(bare.str.contains(_INTEGER)).then(bare.str.replace_all(r"\D", "").cast(pl.Int64, strict=False))


def _day(cell: pl.Expr) -> pl.Expr:
    """A day in a spelling that has one reading; 03/04/2026 has two and is unknown."""
    iso = cell.str.extract(_ISO_DAY, 1).str.to_date("%Y-%m-%d", strict=False)
    return pl.coalesce(iso, cell.str.extract(_DOTTED_DAY, 1).str.to_date("%d.%m.%Y", strict=False))


def _with_country(cells: pl.DataFrame, contract: SourceContract | None, lists: Mapping[str, Any]) -> pl.DataFrame:
    """Country code of each row: of its own cell, or the contract's where that is blank; an unknown word stays so."""
    stated = contract.lookups.get("country", {}) if contract else {}
    codes = country_codes(cells.get_column("country_cell"), lists, stated)
    default = pl.lit(contract.default_country if contract else None, dtype=pl.String)
    blank = pl.col("country_cell").is_null()
    source = pl.when(pl.col("code").is_not_null()).then(pl.lit("row")).when(blank & default.is_not_null())
    return cells.join(codes, left_on="country_cell", right_on="cell", how="left", maintain_order="left").with_columns(
        pl.when(blank).then(default).otherwise(pl.col("code")).alias("country"),
        source.then(pl.lit("contract")).alias("country_source"),
    )
