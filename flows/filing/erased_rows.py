"""Rows of erased people: of each, only the place is kept, so that every row read still comes out as a decision.

A row is known again under any of its contact points, further ones included, in every spelling that is screened, and by
its own id. What it says of contact is recorded all the same, without the plain text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.ledger.screening import contact_tokens, lookup_tokens
from policies.schema import RECORDS, conform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ledger import Keyring
    from flows.ledger.erasure import Erased

__all__ = ["SCREENED", "about_erased", "with_stubs"]

# By what kinds of token a row is known again.
SCREENED: Final = ("email", "email_equiv", "phone")
_KEPT: Final = ("record_id", "source", "file_sha256", "row_number", "obtained_on")


def with_stubs(keyring: Keyring, records: pl.DataFrame, erased: Erased) -> pl.DataFrame:
    """``RECORDS`` with the rows of erased people reduced to stubs; the same frame where there are none."""
    if not erased.last:
        return records
    tokens = contact_tokens(keyring, records, SCREENED)
    known = pl.Series("token", sorted(erased.tokens), dtype=pl.String)
    named = tokens.filter(pl.col("token").is_in(known.implode())).get_column("record_id").unique()
    ids = pl.concat([named, pl.Series("record_id", sorted(erased.record_ids), dtype=pl.String)])
    goes = pl.col("record_id").is_in(ids.implode()) & pl.col("erased").is_null()
    leaving = records.filter(goes)
    if leaving.is_empty():
        return records
    stubs = conform(leaving.select(*_KEPT, pl.lit(value=True).alias("erased")), RECORDS)
    return pl.concat([records.filter(~goes), stubs]).sort("file_sha256", "row_number")


def about_erased(keyring: Keyring, erased: Erased, brief: Mapping[str, Any]) -> bool:
    """Whether a brief (a row of ``BRIEFS``) is about somebody erased, by its contact or person id."""
    if not erased.last:
        return False
    kind = "email" if brief["contact_channel"] == "email" else "phone"
    tokens = lookup_tokens(keyring, kind, brief["contact"]) if brief["contact"] else frozenset()
    return brief["person_id"] in erased.person_ids or bool(erased.tokens & tokens)
