"""Columns of any table of people to the columns that are compared, whatever their types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.matching.record_ids import RECORD_ID, record_ids
from flows.readers.typed import as_text
from policies.contact_points import bare_emails
from policies.errors import TactfulError
from policies.folding import fold_words
from policies.identity.columns import PEOPLE
from policies.schema import conform
from policies.sources import country_codes, likely_columns

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = ["READ", "Compared", "columns_to_compare"]

READ: Final = tuple(name for name, dtype in PEOPLE.items() if dtype != pl.List(pl.String))
_IDENTIFYING: Final = ("full_name", "given_name", "family_name", "email", "phone")
# Columns that are looked for by the words of the rule data where the file has none of that name.
_GUESSED: Final = ("full_name", "given_name", "family_name", "company", "email", "phone", "city", "country")
_DAYS: Final = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d %b %Y", "%d %B %Y")
_DAY_FIRST: Final = "%d/%m/%Y"
_MONTH_FIRST: Final = "%m/%d/%Y"


@dataclass(frozen=True)
class Compared:
    """What is compared of a table: ``PEOPLE`` with the further columns of the model, a row per row of it, in order.

    ``columns`` says which column of the file each field was read from, ``unread`` how many cells of days and countries
    nobody could read: they are unknown.
    """

    people: pl.DataFrame
    columns: Mapping[str, str]
    unread: Mapping[str, int] = field(default_factory=dict)


def columns_to_compare(rows: pl.DataFrame, lists: Mapping[str, Any], further: Collection[str] = ()) -> Compared:
    """Read the columns of a table; ``lists`` are those of the rule data, ``further`` fields a model names besides.

    A column is known by its name, whatever its case and blanks, else by the headers that lists usually have. Raises
    ``TactfulError``: ``no_usable_column``, ``column_missing`` for one of ``further``, and those of
    :func:`~flows.matching.record_ids.record_ids`.
    """
    columns = _found(rows.columns, lists, further)
    if missing := [name for name in further if name not in columns]:
        raise _missing(missing)
    if not any(name in columns for name in (*_IDENTIFYING, *further)):
        raise _unusable(further)
    ids = record_ids(rows, columns.get(RECORD_ID))
    texts = rows.select(ids, *(_text(rows, columns[name], name) for name in _texts(columns)))
    texts, unknown_countries = _with_countries(texts, lists)
    texts, unread_days = _with_days(texts, rows, columns.get("obtained_on"))
    people = conform(_with_plain_emails(texts), PEOPLE)
    return Compared(
        people.hstack([texts.get_column(name) for name in further if name in texts.columns and name not in PEOPLE]),
        columns,
        {name: count for name, count in (("country", unknown_countries), ("obtained_on", unread_days)) if count},
    )


def _found(headers: Sequence[str], lists: Mapping[str, Any], further: Collection[str]) -> dict[str, str]:
    """The file's column of each field."""
    keys = dict(zip((_key(word) for word in reversed(fold_words(headers))), reversed(headers), strict=True))
    columns = {name: name if name in headers else keys[_key(name)] for name in (*READ, *further) if _key(name) in keys}
    taken = set(columns.values())
    guessed = likely_columns([str(header) for header in headers], None, lists).fields
    for name in _GUESSED:
        if name not in columns and name in guessed and guessed[name][0] in headers and guessed[name][0] not in taken:
            columns[name] = guessed[name][0]
    return columns


def _key(words: str) -> str:
    return words.replace(" ", "").replace("_", "").lower()


def _unusable(further: Collection[str]) -> TactfulError:
    wanted = ", ".join(further or _IDENTIFYING)
    return TactfulError(
        "no_usable_column",
        f"No column of the file can tell people apart: none is called {wanted}, or anything like it.",
        "Name the columns so in the header line, or name them in a model file with --model.",
        {"wanted": list(further or _IDENTIFYING)},
    )


def _missing(names: Sequence[str]) -> TactfulError:
    return TactfulError(
        "column_missing",
        f"The model compares columns that the file has not: {', '.join(names)}.",
        "Name the columns of the file so, or take them out of the model's [fields].",
        {"missing": list(names)},
    )


def _texts(columns: Mapping[str, str]) -> list[str]:
    return [name for name in columns if name not in (RECORD_ID, "obtained_on")]


def _text(rows: pl.DataFrame, column: str, name: str) -> pl.Expr:
    """A column of any type as bare text; blank is null."""
    text = as_text(column, rows.schema[column]).str.strip_chars()
    return pl.when(text != "").then(text).alias(name)


def _with_plain_emails(texts: pl.DataFrame) -> pl.DataFrame:
    if "email" not in texts.columns:
        return texts
    return texts.with_columns(bare_emails(texts.get_column("email")).alias("email"))


def _with_countries(texts: pl.DataFrame, lists: Mapping[str, Any]) -> tuple[pl.DataFrame, int]:
    """Countries as codes; a word nobody knows is unknown."""
    if "country" not in texts.columns:
        return texts, 0
    codes = country_codes(texts.get_column("country"), lists)
    known = dict(codes.drop_nulls("code").iter_rows())
    read = texts.with_columns(pl.col("country").replace_strict(known, default=None, return_dtype=pl.String))
    return read, read.get_column("country").null_count() - texts.get_column("country").null_count()


def _with_days(texts: pl.DataFrame, rows: pl.DataFrame, column: str | None) -> tuple[pl.DataFrame, int]:
    """The day each row was obtained; what is no day, or may be one of two, is unknown."""
    if column is None:
        return texts, 0
    given = rows.get_column(column)
    if given.dtype == pl.Date or isinstance(given.dtype, pl.Datetime):
        return texts.with_columns(given.cast(pl.Date).alias("obtained_on")), 0
    written = rows.select(as_text(column, given.dtype).str.strip_chars().alias("written"))
    days = _days(written.unique())
    read = written.join(days, on="written", how="left", maintain_order="left").get_column("obtained_on")
    blank = written.get_column("written").eq("").arg_true().len()
    return texts.with_columns(read), read.null_count() - blank


def _days(written: pl.DataFrame) -> pl.DataFrame:
    """``written, obtained_on``: days in ISO form, in words, with dots, or with slashes where the column tells which."""
    day = pl.col("written").str.replace(r"^(\d{4}-\d{2}-\d{2})[T ].*$", "$1")
    read = written.with_columns(pl.coalesce(_read(day, form) for form in _DAYS).alias("obtained_on"))
    slashed = pl.coalesce("obtained_on", _read(day, _slashes(written)))
    return read.with_columns(slashed.alias("obtained_on"))


def _read(text: pl.Expr, form: str) -> pl.Expr:
    return text.str.to_date(form, strict=False) if form else pl.lit(None, dtype=pl.Date)


def _slashes(written: pl.DataFrame) -> str:
    """Which form days with slashes have: told by those that can be read one way only; empty where none tells."""
    day_first, month_first = (
        written.select(_read(pl.col("written"), form).is_not_null().sum()).item() for form in (_DAY_FIRST, _MONTH_FIRST)
    )
    if day_first == month_first:
        return ""
    return _DAY_FIRST if day_first > month_first else _MONTH_FIRST
