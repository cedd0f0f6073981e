"""What was carried to a system, kept as tokens: nobody is named, and what is new since can be told.

Each time is a Parquet file under its own hash in ``data/store/carried`` and an ``export`` event that names it. A file
that is not there or not as it was written vouches for nothing: everything then counts as still to be carried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flows.files import fsync, make_folder, mending, partial_name, sha256_file
from flows.ledger.tokens import token
from flows.store.parquet import read_parquet, write_parquet
from policies.errors import WorkspaceError
from policies.schema import conform

if TYPE_CHECKING:
    from flows.ledger import Keyring, Ledger
    from flows.ledger.keys import Key
    from flows.workspace import Workspace

__all__ = ["CARRIED", "carried_up_to", "keep", "last_carried", "without_carried"]

CARRIED: Final = pl.Schema({"token": pl.String(), "stops": pl.String(), "word": pl.Int64()})
_POINT: Final = ("kind", "contact")


def keep(ws: Workspace, key: Key, carried: pl.DataFrame) -> str:
    """Put down for good what is about to be carried (``STATEMENTS``); gives the SHA-256 it is found under."""
    tokens = _tokens(carried, key).group_by("token", "stops").agg(pl.col("word").max())
    folder = make_folder(ws.store_carried)
    stage = partial_name(folder / "carried")
    write_parquet(tokens.select(list(CARRIED)).sort("token", "stops"), stage)
    sha256 = sha256_file(stage)
    with mending(stage):
        fsync(stage)
        stage.replace(folder / f"{sha256}.parquet")
        fsync(folder)
    return sha256


def last_carried(ws: Workspace, ledger: Ledger, recipient: str) -> pl.DataFrame:
    """What the latest export to a recipient carried, as ``CARRIED``; empty where nothing ever was."""
    made = ledger.exports().filter(pl.col("recipient") == recipient).drop_nulls("snapshot")
    if made.is_empty():
        return pl.DataFrame(schema=CARRIED)
    sha256 = made.get_column("snapshot")[-1]
    try:
        return conform(read_parquet(ws.store_carried / f"{sha256}.parquet", sha256), CARRIED)
    except WorkspaceError:
        return pl.DataFrame(schema=CARRIED)


def carried_up_to(ws: Workspace, ledger: Ledger) -> int:
    """The last event that every recipient was told of; 0 where one was told nothing, or nobody can say what."""
    if any(last_carried(ws, ledger, recipient.name).is_empty() for recipient in ws.settings.recipient):
        return 0
    made = ledger.exports().drop_nulls("snapshot").sort("seq").unique("recipient", keep="last")
    told = made.filter(pl.col("recipient").is_in([recipient.name for recipient in ws.settings.recipient]))
    return min(told.get_column("as_of_seq").to_list(), default=0)


def without_carried(said: pl.DataFrame, carried: pl.DataFrame, keyring: Keyring) -> pl.DataFrame:
    """Those of ``STATEMENTS`` that the last export did not hold yet, under any key it may have been made with."""
    if carried.is_empty():
        return said
    known = pl.concat([_tokens(said, key) for key in keyring]).join(
        carried.rename({"word": "carried_word"}), on=["token", "stops"], how="inner"
    )
    done = known.filter(pl.col("word") <= pl.col("carried_word")).select(*_POINT, "stops", "word").unique()
    return said.join(done, on=[*_POINT, "stops", "word"], how="anti", maintain_order="left")


def _tokens(said: pl.DataFrame, key: Key) -> pl.DataFrame:
    """``STATEMENTS`` with the ``token`` of each contact under one key; keyed once for each contact."""
    points = said.select(_POINT).unique(maintain_order=True)
    made = [token(key, kind, contact.lower() if kind == "email" else contact) for kind, contact in points.iter_rows()]
    return said.join(points.with_columns(pl.Series("token", made, dtype=pl.String)), on=_POINT, how="left")
