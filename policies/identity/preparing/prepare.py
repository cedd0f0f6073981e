"""What two records are compared by: keys of names, mailboxes, numbers, companies and places, a row per record.

Every row is read on its own: no other row and no other list changes what is made of it. Each different value is read
once and joined back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from policies.folding import fold
from policies.identity.columns import PREPARED
from policies.identity.preparing.mailboxes import mailbox_keys
from policies.identity.preparing.names import name_keys
from policies.identity.preparing.numbers import comparison_digits
from policies.organisations import company_key
from policies.schema import conform

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["prepare"]


def prepare(people: pl.DataFrame, words: Mapping[str, Any]) -> pl.DataFrame:
    """Make of a frame ``PEOPLE`` the frame ``PREPARED``, sorted by record id.

    ``words`` are the settings tables of the rulebook: ``lists``, ``legal_forms`` and ``identity``.
    """
    lists = words.get("lists", {})
    rows = people.sort("record_id")
    named = name_keys(rows, words)
    mailed = mailbox_keys(rows.get_column("email"), lists)
    company = rows.select(company_key(pl.col("company"), words.get("legal_forms", {})).alias("company_key"))
    plain = rows.select(
        "record_id",
        "source",
        "obtained_on",
        comparison_digits(pl.col("phone")).alias("number"),
        fold(pl.col("city")).str.strip_chars().alias("city"),
        "country",
    )
    return conform(pl.concat([plain, named, mailed, company], how="horizontal"), PREPARED)
