"""Are bulk lists still as they were recorded: the snapshots by their hash, their plain text by what it proves.

The plain text may lose rows when somebody is erased. While it is whole, its hash is what the event vouched for; after
that every contact in it must be one whose token stands in the snapshot under the same entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flows.files import sha256_file
from flows.ledger.keyed import tokens_of
from flows.ledger.snapshots import plain_commitment
from flows.ledger.tokens import DIGEST_KINDS, DOMAIN, EMAIL, PHONE
from policies.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from flows.ledger.keys import Keyring
    from flows.ledger.snapshots import Snapshot, Snapshots

__all__ = ["snapshot_faults"]

_DIGEST: Final = r"^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$"
_NUMBER: Final = r"^\+?[0-9]+$"


def snapshot_faults(
    snapshots: Snapshots, named: Sequence[Snapshot], keyring: Keyring
) -> Iterator[tuple[Path, str | None]]:
    """Each file of every snapshot that events name, and what is wrong with it; None where nothing is."""
    for snapshot in named:
        place = snapshots.place_of(snapshot)
        fault = _fault(snapshots, snapshot)
        yield place, fault
        plain = snapshots.plain_place_of(snapshot)
        if plain.is_file():
            yield plain, None if fault or _is_proven(snapshots, snapshot, plain, keyring) else "was altered"


def _fault(snapshots: Snapshots, snapshot: Snapshot) -> str | None:
    """What is wrong with the tokens."""
    try:
        rows = snapshots.rows(snapshot)
    except LedgerError as error:
        return "is missing" if error.code == "snapshot_missing" else "was altered"
    counted = (rows.get_column("entry").n_unique(), rows.height)
    return None if counted == (snapshot.entries, snapshot.tokens) else "does not hold what its event counted"


def _is_proven(snapshots: Snapshots, snapshot: Snapshot, plain: Path, keyring: Keyring) -> bool:
    """Whether the plain text is what was recorded, or what an erasure left of it."""
    if plain_commitment(keyring, sha256_file(plain)) == snapshot.plain:
        return True
    try:
        texts = snapshots.plain_text(snapshot)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return False
    if texts.get_column("entry").is_duplicated().any():
        return False
    told = texts.select("entry", pl.col("contact").str.split(" ").alias("value")).explode("value").drop_nulls("value")
    rows = snapshots.rows(snapshot).select("entry", "token")
    keys = [key for key in keyring if key.key_id in snapshot.key_ids]
    keyed = [
        part.with_columns(tokens_of(key, str(kind), _keyed_as(str(kind), part)).alias("token"))
        for (kind,), part in told.with_columns(_kind()).partition_by("kind", as_dict=True).items()
        for key in keys
    ]
    proven = pl.concat([part.select("entry", "token") for part in keyed]).join(rows, on=["entry", "token"], how="semi")
    return proven.height == told.height if keyed else told.is_empty()


def _keyed_as(kind: str, contacts: pl.DataFrame) -> pl.Series:
    """The values as they were keyed: addresses and domains in lower case."""
    values = contacts.get_column("value")
    return values.str.to_lowercase() if kind in (EMAIL, DOMAIN) else values


def _kind() -> pl.Expr:
    """What kind of token a contact in plain text has."""
    value = pl.col("value")
    digest = value.str.len_bytes().replace_strict(DIGEST_KINDS, default=None, return_dtype=pl.String)
    return (
        pl.when(value.str.contains(_DIGEST))
        .then(digest)
        .when(value.str.contains("@", literal=True))
        .then(pl.lit(EMAIL))
        .when(value.str.contains(_NUMBER))
        .then(pl.lit(PHONE))
        .otherwise(pl.lit(DOMAIN))
        .alias("kind")
    )
