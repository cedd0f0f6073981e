"""Who is who by exact links alone: for tests whose subject is not how people are told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from policies.identity import Matching, components, contact_usage, exact_links, mark_shared
from policies.organisations import is_role_mailbox

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["exactly_matched"]

_LINKS = {"record_a": pl.String, "record_b": pl.String, "millibits": pl.Int32, "veto": pl.UInt8, "link": pl.String}


def exactly_matched(records: pl.DataFrame, lists: Mapping[str, Any]) -> Matching:
    """One person to each group of records (``RECORDS``) that exact links tie, and nobody in doubt."""
    accepted = records.filter(pl.col("reject_code").is_null() & pl.col("erased").is_null())
    distinct = accepted.sort("record_id", "file_sha256", "row_number").unique("record_id", keep="first")
    marked = distinct.with_columns(is_role_mailbox(pl.col("email"), lists).alias("role_mailbox"))
    links = exact_links(mark_shared(marked, contact_usage(marked)))
    return Matching(components(marked.get_column("record_id"), links), pl.DataFrame(schema=_LINKS))
