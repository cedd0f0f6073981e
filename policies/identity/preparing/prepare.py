"""What two records are compared by: keys of names, mailboxes, numbers, companies and places, a row per record.

Every row is read on its own: no other row and no other list changes what is made of it. Each different value is read
once and joined back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from policies.folding import fold
from policies.identity.columns import PREPARED
from policies.identity.preparing.companies import company_keys
from policies.identity.preparing.mailboxes import mailbox_keys, others
from policies.identity.preparing.names import name_keys
from policies.identity.preparing.numbers import comparison_digits
from policies.identity.preparing.spelling import flat
from policies.schema import conform

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["prepare"]


def prepare(people: pl.DataFrame, words: Mapping[str, Any]) -> pl.DataFrame:
    """Make of a frame ``PEOPLE`` the frame ``PREPARED``, sorted by record id.

    ``words`` are the settings tables of the rulebook: ``lists``, ``legal_forms`` and ``identity``.
    """
    rows = people.sort("record_id")
    plain = rows.select(
        "record_id",
        "source",
        "obtained_on",
        _once(rows, "phone", comparison_digits(pl.col("phone"))).alias("number"),
        _once(rows, "city", _place(pl.col("city"))).alias("city"),
        "country",
        company_keys(rows, words),
        others(rows.get_column("other_phones"), _numbers).alias("other_numbers"),
    )
    mailed = mailbox_keys(rows, words.get("lists", {}))
    return conform(pl.concat([plain, name_keys(rows, words), mailed], how="horizontal"), PREPARED)


def _once(rows: pl.DataFrame, column: str, key: pl.Expr) -> pl.Series:
    """An expression over a text column, computed once for each different value."""
    keys = rows.select(column).unique().with_columns(key.alias("key"))
    return rows.select(column).join(keys, on=column, how="left", nulls_equal=True, maintain_order="left")["key"]


def _place(city: pl.Expr) -> pl.Expr:
    """A city by its letters, umlauts spelled either way."""
    key = flat(fold(city)).str.replace_all(r"[^\p{L}\p{M}]+", "")
    return pl.when(key != "").then(key)


def _numbers(values: pl.DataFrame) -> pl.DataFrame:
    return values.with_columns(comparison_digits(pl.col("value")))
