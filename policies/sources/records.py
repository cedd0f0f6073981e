"""Rows of a list to records: canonical contact points, names, keys, and the reason where a row cannot be used.

A row is rejected for what makes it unusable, never dropped: its contact points as received and its opt-outs stay with
it, because they are honoured all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.contact_points import canonical_emails, canonical_phones, further_points
from policies.names import NameWords, with_names
from policies.organisations import company_key
from policies.sources.cells import CELLS
from policies.sources.refusals import damaged_flags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.sources.column_mapping import ColumnMapping
    from policies.sources.layouts import Section

__all__ = ["REJECT_CODES", "damaged_cells", "identities", "with_raw", "with_record_values", "with_section"]

# code: why, and what to do
REJECT_CODES: Final = {
    "cell_count": (
        "The line has more or fewer cells than the header.",
        "Put every value under its header; a value with the divider in it must stand in quotes.",
    ),
    "unbalanced_quote": (
        "A quote is opened in this line and not closed.",
        "Close it, or double it where it is part of the value.",
    ),
    "nul_byte": ("The line holds a zero byte.", "Type the damaged value again."),
    "bad_encoding": ("The line holds a byte that is no character.", "Type the damaged value again, in UTF-8."),
    "bad_json": (
        "The line is no JSON object, or states a key twice.",
        'Correct it: one object a line, such as {"name": "Jane Doe", "email": "jane@acme.example"}.',
    ),
    "row_too_long": (
        "The line is longer than any record is.",
        "Shorten it; it looks like a quote that was not closed.",
    ),
    "no_contact_point": ("There is neither an e-mail address nor a telephone number.", "Add one of them."),
    "email_invalid": ("The e-mail address is not a valid one.", "Correct it as the person gave it; never guess."),
    "phone_invalid": (
        "The telephone number cannot be used, and there is no e-mail address.",
        "Write it with its country code, such as +49 30 ...",
    ),
    "phone_country_unknown": (
        "The telephone number has no country code, and no country is known.",
        "Write it with its country code, or fill in the country of the row.",
    ),
    "phone_scientific": (
        "A spreadsheet has turned the telephone number into 4.42E+11; its digits are lost.",
        "Take the number from the source again, as text.",
    ),
    "phone_damaged": ("A spreadsheet has damaged the telephone number.", "Take it from the source again, as text."),
    "phone_several": ("The cell holds several telephone numbers.", "Keep the one that is the person's own."),
}

# Where a damaged row still shows a contact point. Its flags cannot be trusted to stand under their header.
_ADDRESS: Final = r"[^\s<>,;:\"']+@[^\s<>,;:\"']+\.[^\s<>,;:\"']+"
_RAW_DAMAGED: Final = pl.struct(pl.col("cells").alias("_cells")).struct.json_encode()
_NUMBER: Final = r"\+\d[\d ().\-/]{6,}"


def damaged_cells(damaged: pl.DataFrame, mapping: ColumnMapping, lists: Mapping[str, Any]) -> pl.DataFrame:
    """Damaged rows (``row_number, code, cells``) as ``CELLS``: read from them are a contact point and a plain no.

    In a list with opt-out columns they may hold an opt-out nobody can read: unknown, which holds the person that the
    contact point names.
    """
    text = pl.col("cells").list.join("\n")
    found = damaged.select(
        "row_number",
        _RAW_DAMAGED.alias("raw"),
        text.str.extract(f"({_ADDRESS})", 1).alias("email_received"),
        text.str.extract(f"({_NUMBER})", 1).str.strip_chars().alias("phone_received"),
        pl.col("code").alias("damage"),
    ).join(damaged_flags(damaged, mapping, lists), on="row_number", validate="1:1", maintain_order="left")
    absent = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in CELLS.items() if name not in found.columns]
    return found.with_columns(absent).select(CELLS.names())


def identities(rows: pl.DataFrame, damaged: pl.DataFrame) -> pl.DataFrame:
    """``row_number, identity`` of all rows of a table: the raw row independent of the order of its columns."""
    columns = sorted(name for name in rows.columns if name != "row_number")
    identity = pl.struct(columns).struct.json_encode() if columns else pl.lit("{}")
    whole = rows.select("row_number", identity.alias("identity"))
    return pl.concat([whole, damaged.select("row_number", _RAW_DAMAGED.alias("identity"))])


def with_raw(cells: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """``CELLS`` read from rows that were prepared, under what ``rows`` of the same numbers were before."""
    columns = [name for name in rows.columns if name != "row_number"]
    came = rows.select("row_number", pl.struct(columns).struct.json_encode().alias("raw"))
    found = cells.drop("raw").join(came, on="row_number", validate="1:1", maintain_order="left")
    return found.select(CELLS.names())


def with_section(cells: pl.DataFrame, section: Section) -> pl.DataFrame:
    """``CELLS`` with what a section of a layout says of all its rows, damaged ones included."""
    said: dict[str, pl.Expr] = {f"{channel}_opt_out": pl.lit("yes") for channel in section.opted_out}
    if section.bounced:
        said["email_bounced"] = pl.lit("yes")
    if section.excluded:
        said["excluded_by_file"] = pl.lit(section.excluded)
    return cells.with_columns(**said).select(CELLS.names())


def with_record_values(cells: pl.DataFrame, settings: Mapping[str, Any]) -> pl.DataFrame:
    """Add to ``CELLS`` the columns of ``RECORDS`` that are derived from them; rows keep their order.

    ``settings`` are those of the rulebook: ``lists`` and ``legal_forms``.
    """
    lists = settings["lists"]
    emails = canonical_emails(cells.get_column("email_received"))
    pairs = cells.select(pl.col("phone_received").alias("received"), "country")
    prefixes = lists.get("fictional_phone_prefixes", ())
    phones = canonical_phones(pairs, prefixes)
    key = company_key(pl.col("company"), settings["legal_forms"]).alias("company_key")
    named = with_names(cells, NameWords.from_lists(lists)).with_columns(key)
    keys = ("phone_received", "country")
    pointed = named.join(
        emails, left_on="email_received", right_on="received", how="left", validate="m:1", maintain_order="left"
    ).join(
        phones,
        left_on=keys,
        right_on=("received", "country"),
        how="left",
        validate="m:1",
        maintain_order="left",
        nulls_equal=True,
    )
    extension = pl.coalesce("phone_extension", pl.when(pl.col("phone").is_not_null()).then(pl.col("extension_cell")))
    coded = pointed.with_columns(extension.alias("phone_extension"), _reject_code().alias("reject_code"))
    said = coded.with_columns(_said(0).alias("reject_why"), _said(1).alias("reject_fix"))
    return further_points(said, prefixes)


def _reject_code() -> pl.Expr:
    """Damage first; then a row is usable with one good contact point, and otherwise its worst one is named."""
    usable = pl.col("email").is_not_null() | pl.col("phone").is_not_null()
    return (
        pl.when(pl.col("damage").is_not_null())
        .then(pl.col("damage"))
        .when(usable)
        .then(None)
        .otherwise(pl.coalesce("email_error", "phone_error", pl.lit("no_contact_point")))
    )


def _said(part: int) -> pl.Expr:
    said = {code: texts[part] for code, texts in REJECT_CODES.items()}
    return pl.col("reject_code").replace_strict(said, return_dtype=pl.String)
