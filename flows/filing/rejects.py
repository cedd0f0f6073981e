"""Refused rows of event files: kept as they came, with what to mend; of erased people only what was wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.exports.csv import write_csv
from flows.files import make_folder
from flows.ledger import Keyring
from flows.ledger.contacts import unreadable
from flows.readers.rejects import OWN_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection

    from flows.ledger import Ledger
    from flows.workspace import Workspace

__all__ = ["names_any", "write_rejects"]


def write_rejects(ws: Workspace, ledger: Ledger, kind: str, sha256: str, rejects: pl.DataFrame) -> None:
    """Write ``data/rejects/<kind>-<sha8>.csv`` where there is anything to mend.

    Of a row that names somebody erased its number is written, and what was wrong with it.
    """
    if rejects.height:
        left = _without_erased(ledger, rejects)
        write_csv(left, make_folder(ws.rejects) / f"{kind}-{sha256[:8]}.csv")


def names_any(keyring: Keyring, text: str, tokens: Collection[str]) -> bool:
    """Whether an address or number in a text stands under one of the tokens."""
    rings = [Keyring((key,)) for key in keyring]
    inside = unreadable(text).inside
    return any(made.token in tokens for contact in inside for ring in rings for made in contact.tokens(ring))


def _without_erased(ledger: Ledger, rejects: pl.DataFrame) -> pl.DataFrame:
    erased = ledger.erased()
    columns = [name for name in rejects.columns if name not in OWN_COLUMNS]
    if not (erased.last and columns):
        return rejects
    texts = pl.concat([rejects.get_column(name).alias("text") for name in columns]).drop_nulls().unique().sort()
    about = [text for text in texts if text in erased.person_ids or names_any(ledger.keyring, text, erased.tokens)]
    named = pl.any_horizontal(pl.col(name).is_in(about).fill_null(value=False) for name in columns)
    return rejects.with_columns(pl.when(named).then(pl.lit("")).otherwise(pl.col(name)).alias(name) for name in columns)
