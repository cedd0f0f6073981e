"""What of a bulk list the ledger does not know yet.

A list comes again every month, nearly the same: only what is new becomes a snapshot. The rules are those of single
events (``appending``): the same statement is recorded once; one without a date counts anew where another file makes it
after a consent. Where a consent names the contact of an entry, the answer may hang on single events as well: such
entries are left to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl
import sqlalchemy as sa

from flows.ledger.decoding import fetched
from flows.ledger.keyed import tokens_of
from flows.ledger.snapshots import ROWS, named_snapshots
from flows.ledger.tables import event_tokens, events
from flows.ledger.void import voided_words
from policies.permission import word_of
from policies.schema import UTC_INSTANT, conform

if TYPE_CHECKING:
    from flows.ledger.keys import Key, Keyring
    from flows.ledger.snapshots import Snapshot, Snapshots

__all__ = ["SAID", "Unrecorded", "unrecorded"]

# What a list says, one row for every value of every entry that is to be keyed; instants as the list states them.
SAID: Final = pl.Schema(
    {
        "entry": pl.Int64(),  # row of the file, from 1
        "token_kind": pl.String(),
        "value": pl.String(),
        "exact": pl.Boolean(),
        "rule_version": pl.Int64(),
        "kind": pl.String(),
        "channel": pl.String(),
        "scope": pl.String(),
        "effective_at": UTC_INSTANT,
        "received_at": UTC_INSTANT,
        "method": pl.String(),
    }
)
_STATEMENT: Final = ("kind", "channel", "scope", "effective_at", "received_at", "method")
_MATCH: Final = pl.Schema({"row": pl.UInt32(), "seq": pl.Int64(), "word": pl.Int64(), "same_file": pl.Boolean()})


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """What of a list is new: ``rows`` (``ROWS``) for a snapshot; ``apart`` the entries that single events decide.

    ``again`` are the entries of other lists, by ``word``, that it repeats.
    """

    rows: pl.DataFrame
    apart: pl.Series
    again: pl.Series


def unrecorded(
    connection: sa.Connection, keyring: Keyring, snapshots: Snapshots, said: pl.DataFrame, file_sha256: str
) -> Unrecorded:
    """Key the rows of a list (``SAID``) under the current key and leave out what was recorded before."""
    rows = _keyed(keyring.current, said).with_row_index("row")
    consents = _answered(keyring, said, rows, _consents(connection))
    earlier = named_snapshots(connection)
    matches = _matches(keyring, snapshots, earlier, said, rows, file_sha256)
    standing = _standing(matches, voided_words(connection))
    known = [_known(rows, standing, consents), _repeated(rows)]
    new = rows.join(pl.concat(known), on="row", how="anti").select("entry").unique()
    consented = rows.join(consents, on="row", how="semi").select("entry").unique()
    apart = new.join(consented, on="entry", how="semi")
    fresh = rows.join(new, on="entry", how="semi").join(apart, on="entry", how="anti")
    repeated = standing.filter(~pl.col("same_file")).join(rows.join(new, on="entry", how="anti"), on="row", how="semi")
    return Unrecorded(
        rows=conform(fresh, ROWS).sort("entry", "token_kind", "token"),
        apart=apart.get_column("entry").sort(),
        again=repeated.get_column("word").unique().sort(),
    )


def _keyed(key: Key, said: pl.DataFrame) -> pl.DataFrame:
    """The rows of a list with their tokens under a key."""
    parts = said.partition_by("token_kind", as_dict=True, maintain_order=True)
    keyed = [
        part.with_columns(tokens_of(key, str(kind), part.get_column("value")).alias("token"))
        for (kind,), part in sorted(parts.items())
    ]
    rows = pl.concat(keyed) if keyed else said.with_columns(pl.col("value").alias("token"))
    return rows.drop("value").with_columns(pl.lit(key.key_id).alias("key_id"))


def _matches(
    keyring: Keyring,
    snapshots: Snapshots,
    earlier: list[Snapshot],
    said: pl.DataFrame,
    rows: pl.DataFrame,
    file_sha256: str,
) -> pl.DataFrame:
    """``row, seq, word, same_file``: where the very same was said before, under whatever key."""
    found = [pl.DataFrame(schema=_MATCH)]
    for key in keyring:
        named = [snapshot for snapshot in earlier if key.key_id in snapshot.key_ids]
        if named:
            current = key.key_id == keyring.current.key_id
            ours = rows if current else _under(key, said, rows)
            found.append(_same(snapshots, named, key, ours, file_sha256))
    return pl.concat(found)


def _under(key: Key, said: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows once more with their tokens under an older key, ``row`` being the same."""
    return _keyed(key, said).with_row_index("row").select(rows.columns)


def _same(snapshots: Snapshots, named: list[Snapshot], key: Key, ours: pl.DataFrame, file_sha256: str) -> pl.DataFrame:
    """``row, seq, word, same_file`` of the rows that stand in snapshots under one key."""
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_then")) for name in _STATEMENT)
    theirs = snapshots.rows_of(named, ours).filter(pl.col("key_id") == key.key_id)
    told = theirs.select("seq", word_of(pl.col("seq"), pl.col("entry")), "token", *_STATEMENT)
    both = ours.join(told, on="token", how="inner", suffix="_then").filter(same)
    of_file = [snapshot.seq for snapshot in named if snapshot.file_sha256 == file_sha256]
    return conform(both.with_columns(pl.col("seq").is_in(of_file).alias("same_file")), _MATCH)


def _standing(matches: pl.DataFrame, voided: pl.DataFrame) -> pl.DataFrame:
    """Those that may keep a statement from counting again: what was voided does so in its own file alone."""
    gone = matches.join(voided, on="word", how="semi").filter(~pl.col("same_file"))
    return matches.join(gone, on=["row", "word"], how="anti")


def _known(rows: pl.DataFrame, matches: pl.DataFrame, consents: pl.DataFrame) -> pl.DataFrame:
    """``row`` of those that count once more under no circumstances.

    The first time decides, as with single events: what comes later in another file and without a date counts anew
    where a consent came in between.
    """
    dated = pl.col("received_at").is_not_null()
    told = matches.join(rows.select("row", "received_at"), on="row", how="inner")
    after = told.join(consents, on="row", how="left", validate="m:1")
    renewed = (pl.col("consent_seq") > pl.col("seq")).fill_null(value=False) & ~pl.col("same_file") & ~dated
    return after.filter(~renewed).select("row").unique()


def _repeated(rows: pl.DataFrame) -> pl.DataFrame:
    """``row`` of those that say what an earlier row of the same list said."""
    if rows.get_column("token").n_unique() == rows.height:
        return rows.clear().select("row")
    first = rows.unique(["token", *_STATEMENT], keep="first", maintain_order=True)
    return rows.join(first, on="row", how="anti").select("row")


def _answered(keyring: Keyring, said: pl.DataFrame, rows: pl.DataFrame, consents: pl.DataFrame) -> pl.DataFrame:
    """``row, consent_seq``: the last word about consent under the contact of each row, under whatever key it stands."""
    found = [consents.clear().select(pl.lit(0, pl.UInt32).alias("row"), "consent_seq")]
    for key in () if consents.is_empty() else keyring:
        ours = rows if key.key_id == keyring.current.key_id else _under(key, said, rows)
        found.append(ours.join(consents, on="token", how="inner").select("row", "consent_seq"))
    return pl.concat(found).group_by("row").agg(pl.col("consent_seq").max())


def _consents(connection: sa.Connection) -> pl.DataFrame:
    """``token, consent_seq``: the last word about consent under each token."""
    query = (
        sa.select(event_tokens.c.token, sa.func.max(events.c.seq))
        .join(events, events.c.seq == event_tokens.c.seq)
        .where(events.c.kind == "consent")
        .group_by(event_tokens.c.token)
    )
    return fetched(connection, query, {"token": pl.String(), "consent_seq": pl.Int64()})
