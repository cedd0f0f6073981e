"""The cells of a list under the names of our fields: values as received, flags and exclusions read, nothing mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.folding import fold_words, words
from policies.patterns import literal_pattern
from policies.sources.cell_values import GAP, age, birthday, bounce, day, number, parts_of
from policies.sources.countries import country_codes
from policies.sources.fields import CONTACT_FIELDS
from policies.sources.flags import blank_cells, flag_state
from policies.sources.layouts import meanings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.sources.column_mapping import ColumnMapping
    from policies.sources.contract import SourceContract
    from policies.sources.layouts import Layout

__all__ = ["CELLS", "cell_meanings", "mapped_cells"]

# What a row says under our fields, before anything is made canonical.
CELLS: Final = pl.Schema(
    {
        "row_number": pl.UInt32(),
        "raw": pl.String(),
        "full_cell": pl.String(),
        "given_cell": pl.String(),
        "family_cell": pl.String(),
        "greeting_cell": pl.String(),
        "email_received": pl.String(),
        "phone_received": pl.String(),
        "other_emails_received": pl.List(pl.String()),  # what else the row holds, as it came; null: nothing
        "other_phones_received": pl.List(pl.String()),
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
        "email_bounced": pl.String(),
        "excluded_by_file": pl.String(),
        "sector": pl.String(),
        "employees": pl.Int64(),
        "born_on": pl.Date(),
        "age": pl.Int64(),
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


def mapped_cells(
    rows: pl.DataFrame,
    mapping: ColumnMapping,
    contract: SourceContract | None,
    lists: Mapping[str, Any],
    layout: Layout | None = None,
) -> pl.DataFrame:
    """The rows of a table as ``CELLS``: ``rows`` has ``row_number`` and one text column per header.

    ``lists`` is the table of that name of the rule data; a ``layout`` brings blanks, separators and lookups of its own,
    over which those of the contract go. A blank cell is null.
    """
    said = _Said(mapping, contract, lists, layout)
    columns = [name for name in rows.columns if name != "row_number"]
    points = [_points(rows, channel, said) for channel in CONTACT_FIELDS]
    cells = rows.select(
        "row_number",
        _raw_json(columns).alias("raw"),
        *(said.cell(field).alias(name) for name, field in _PLAIN.items()),
        *(_flag(rows, channel, said).alias(f"{channel}_opt_out") for channel in CONTACT_FIELDS),
        _excluded(said).alias("excluded_by_file"),
        _bounced(said).alias("email_bounced"),
        _number(rows, said, "employees"),
        birthday(said.cell("born_on")).alias("born_on"),
        _number(rows, said, "age"),
        day(said.cell("asked_on")).alias("asked_on"),
        pl.lit(None, dtype=pl.String).alias("damage"),
    )
    whole = cells.hstack([column for frame in points for column in frame.iter_columns()])
    return _with_country(whole, said).select(CELLS.names())


def cell_meanings(contract: SourceContract | None, layout: Layout | None, field: str, column: str) -> dict[str, str]:
    """What the folded cells of one column mean: what its layout says of them, and over that what the contract says."""
    stated = contract.lookups.get(field, {}) if contract else {}
    return {**meanings(layout, field, column), **stated}


@dataclass(frozen=True)
class _Said:
    """What is known about the cells of a list: its mapping, and what contract, layout and rule data say of words."""

    mapping: ColumnMapping
    contract: SourceContract | None
    lists: Mapping[str, Any]
    layout: Layout | None

    def means(self, field: str, column: str) -> dict[str, str]:
        """What the folded cells of one column mean."""
        return cell_meanings(self.contract, self.layout, field, column)

    def filled(self, column: str, field: str) -> pl.Expr:
        """A cell as it came; null where it is blank, or says in a word that it is."""
        text = pl.col(column)
        blanks = [*blank_cells(self.lists, field), *(self.layout.blanks if self.layout else ())]
        said_nothing = "|".join(["", *map(literal_pattern, blanks)])
        return pl.when(~text.str.contains(rf"(?i)^\s*(?:{said_nothing})\s*$")).then(text)

    def cell(self, field: str) -> pl.Expr:
        """The cell of a field that comes from one column; null where the list has none."""
        column = self.mapping.column(field)
        return pl.lit(None, dtype=pl.String) if column is None else self.looked_up(column, field)

    def looked_up(self, column: str, field: str) -> pl.Expr:
        """The cell of one column, put through the lookups."""
        cell = self.filled(column, field)
        # Country words are looked up with all the other country words.
        known = self.means(field, column) if field != "country" else {}
        return pl.coalesce(_meaning(words(cell), known), cell) if known else cell


def _points(rows: pl.DataFrame, channel: str, said: _Said) -> pl.DataFrame:
    """The contact point of each row, of the first column that holds one, and all further ones of the row."""
    own = said.mapping.fields.get(channel, ())
    further = said.mapping.fields.get(f"other_{channel}", ())
    best, rest = f"{channel}_received", f"other_{channel}s_received"
    if len(own) + len(further) == 0 or (
        len(own) == 1 and not further and _several(rows, own[0], channel, said).is_empty()
    ):
        one = said.looked_up(own[0], channel) if own else pl.lit(None, dtype=pl.String)
        alone = rows.select("row_number", one.alias(best), pl.lit(None, dtype=pl.List(pl.String)).alias(rest))
        return alone.drop("row_number")
    mine = [_joined(rows, column, channel, said).alias(f"mine {n}") for n, column in enumerate(own)]
    others = [_joined(rows, column, f"other_{channel}", said).alias(f"other {n}") for n, column in enumerate(further)]
    texts = rows.select(*mine, *others)
    first = _best([pl.col(f"mine {n}") for n in range(len(own))], channel, said)
    # step by step: one expression would do the same work several times
    found = texts.with_columns(first.alias(best)).select(best, *texts.columns)
    every = found.select(best, pl.concat_str(pl.all(), separator=GAP, ignore_nulls=True).alias(rest))
    parts = every.with_columns(pl.col(rest).str.split(GAP).list.unique(maintain_order=True))
    left = parts.with_columns(pl.when(pl.col(best).is_null()).then(rest).otherwise(pl.col(rest).list.slice(1)))
    return left.select(best, pl.when(pl.col(rest).list.join("") != "").then(rest).alias(rest))


def _best(mine: list[pl.Expr], channel: str, said: _Said) -> pl.Expr:
    """The first contact point of the own columns; what cannot be one ("anonymous", "see notes") only if no other."""
    like = said.lists.get("shapes", {}).get(f"like_{channel}", "")
    first = [texts.str.extract(f"^([^{GAP}]*)", 1) for texts in mine]
    usable = [pl.when(text.str.contains(like)).then(text) for text in first]
    return pl.coalesce(*usable, *first, pl.lit(None, dtype=pl.String))


def _joined(rows: pl.DataFrame, column: str, field: str, said: _Said) -> pl.Expr:
    """The contact points of a cell with ``GAP`` between them; null where it is blank."""
    cell = said.looked_up(column, field)
    known = _several(rows, column, field.removeprefix("other_"), said)
    if known.is_empty():
        return cell
    texts = pl.col(column).replace_strict(
        known.get_column("cell"), known.get_column("parts"), default=None, return_dtype=pl.String
    )
    return pl.coalesce(texts, cell)


def _number(rows: pl.DataFrame, said: _Said, field: str) -> pl.Expr:
    """The whole number of each row; every different cell is read once."""
    column = said.mapping.column(field)
    if column is None:
        return pl.lit(None, dtype=pl.Int64).alias(field)
    unique = rows.select(pl.col(column).unique()).filter(pl.col(column).is_not_null())
    cell = said.cell(field)
    value = age(cell, said.lists.get("ages", {})) if field == "age" else number(cell)
    known = unique.select(pl.col(column).alias("cell"), value.alias("number")).drop_nulls()
    read = pl.col(column).replace_strict(known["cell"], known["number"], default=None, return_dtype=pl.Int64)
    return read.alias(field)


def _several(rows: pl.DataFrame, column: str, channel: str, said: _Said) -> pl.DataFrame:
    """The cells of a column that hold several contact points; see :func:`parts_of`."""
    return parts_of(rows.get_column(column), channel, said.lists, said.layout.separators if said.layout else ())


def _raw_json(columns: list[str]) -> pl.Expr:
    """A JSON object of some text columns, compact, in their order."""
    return pl.struct(columns).struct.json_encode() if columns else pl.lit("{}")


def _meaning(word: pl.Expr, known: Mapping[str, str]) -> pl.Expr:
    return word.replace_strict(dict(known), default=None, return_dtype=pl.String)


def _flag(rows: pl.DataFrame, channel: str, said: _Said) -> pl.Expr:
    flags = [flag for flag in said.mapping.flags if flag.channel == channel]
    return flag_state(rows, flags, said.lists, lambda flag: said.means(flag.field, flag.column))


def _excluded(said: _Said) -> pl.Expr:
    """Why the file itself rules a row out: by contract and layout, then by the words of the rule data."""
    listed = said.lists.get("excluded_words", {})
    known = {word: reason for reason, entries in listed.items() for word in fold_words(entries)}
    reasons = [
        _meaning(words(pl.col(column)), known | said.means("excluded_by_file", column))
        for column in said.mapping.fields.get("excluded_by_file", ())
    ]
    given = [pl.when(reason != "").then(reason) for reason in reasons]
    return pl.coalesce(*given, pl.lit(None, dtype=pl.String))


def _bounced(said: _Said) -> pl.Expr:
    """Whether the file says that nothing arrives under the address."""
    found = [
        bounce(said.filled(column, "email_bounced"), said.lists, said.means("email_bounced", column))
        for column in said.mapping.fields.get("email_bounced", ())
    ]
    dead = fold_words(said.lists.get("bounce_words", {}).get("yes", ()))
    found += [
        pl.when(words(pl.col(column)).is_in(dead)).then(pl.lit("yes"))
        for column in said.mapping.fields.get("excluded_by_file", ())
    ]
    return pl.coalesce(*found, pl.lit(None, dtype=pl.String))


def _with_country(cells: pl.DataFrame, said: _Said) -> pl.DataFrame:
    """Country code of each row: of its own cell, or the contract's where that is blank; an unknown word stays so."""
    contract = said.contract
    codes = country_codes(
        cells.get_column("country_cell"), said.lists, said.means("country", said.mapping.column("country") or "")
    )
    default = pl.lit(contract.default_country if contract else None, dtype=pl.String)
    blank = pl.col("country_cell").is_null()
    source = pl.when(pl.col("code").is_not_null()).then(pl.lit("row")).when(blank & default.is_not_null())
    return cells.join(codes, left_on="country_cell", right_on="cell", how="left", maintain_order="left").with_columns(
        pl.when(blank).then(default).otherwise(pl.col("code")).alias("country"),
        source.then(pl.lit("contract")).alias("country_source"),
    )
