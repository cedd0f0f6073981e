"""Entries of bulk lists as people ask about them: under one contact, or a line for a whole list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flows.ledger.frames import OPTOUT_LIST
from flows.ledger.model import RecordedEvent
from flows.ledger.snapshots import SNAPSHOT
from policies.permission import split_word, word_of
from policies.schema import UTC_INSTANT, conform

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from flows.ledger.snapshots import Snapshot, Snapshots

__all__ = ["entries_of_tokens", "listed_optouts"]

_CONTACT_KINDS: Final = {
    **{kind: kind for kind in ("email", "phone", "domain")},
    **dict.fromkeys(("md5", "sha1", "sha256"), "digest"),
}


def entries_of_tokens(
    snapshots: Snapshots, named: Sequence[Snapshot], tokens: Collection[str]
) -> Iterator[RecordedEvent]:
    """Every entry of a bulk list that carries one of the tokens, as an event of its own."""
    asked = pl.DataFrame({"token": sorted(tokens)}, schema={"token": pl.String})
    sources = {snapshot.seq: snapshot.source for snapshot in named}
    found = snapshots.statements(named, asked)
    carried = {word: frozenset(own) for word, own in found.group_by("word").agg("token").iter_rows()}
    for row in found.unique("word", keep="first", maintain_order=True).iter_rows(named=True):
        seq, entry = split_word(row["word"])
        body = {name: row[name] for name in ("channel", "scope", "method") if row[name] is not None}
        yield RecordedEvent(
            seq=seq,
            kind=row["kind"],
            effective_at=row["effective_at"],
            recorded_at=row["recorded_at"],
            body={**body, "source": {**sources[seq], "row": entry}},
            matched=carried[row["word"]],
            entry=entry,
        )


def listed_optouts(
    single: pl.DataFrame,
    snapshots: Snapshots,
    named: Sequence[Snapshot],
    tokens: Collection[str] | None,
    voided: pl.DataFrame,
) -> pl.DataFrame:
    """Single events (``OPTOUT_LIST``) and bulk lists: of these the entries under ``tokens``, or each as a whole.

    ``voided`` has ``word, void_seq`` of statements that count no longer.
    """
    if not named:
        return single
    found = [_whole(snapshot) if tokens is None else _entries(snapshots, snapshot, tokens) for snapshot in named]
    gone = voided.rename({"void_seq": "by"})
    entries = pl.concat(found).with_columns(word_of(pl.col("seq"), pl.col("entry").fill_null(0)))
    told = entries.join(gone, on="word", how="left", validate="m:1").with_columns(pl.col("by").alias("voided_by"))
    return pl.concat([single, conform(told, OPTOUT_LIST)]).sort("seq", "entry", nulls_last=False)


def _whole(snapshot: Snapshot) -> pl.DataFrame:
    """One line for a list."""
    line = {
        "seq": snapshot.seq,
        "entries": snapshot.entries,
        "kind": SNAPSHOT,
        "contact_kind": "list",
        "effective_at": snapshot.effective_at,
        "recorded_at": snapshot.recorded_at,
        "feed": snapshot.source.get("feed"),
    }
    return conform(pl.DataFrame([line], schema_overrides={"feed": pl.String}), OPTOUT_LIST)


def _entries(snapshots: Snapshots, snapshot: Snapshot, tokens: Collection[str]) -> pl.DataFrame:
    asked = pl.DataFrame({"token": sorted(tokens)}, schema={"token": pl.String})
    rows = snapshots.rows_of([snapshot], asked).sort(~pl.col("exact"), "entry", maintain_order=True)
    entries = rows.unique("entry", keep="first", maintain_order=True)
    plain = snapshots.plain_text(snapshot, entries.get_column("entry").to_list())
    read, recorded = pl.lit(snapshot.effective_at, UTC_INSTANT), pl.lit(snapshot.recorded_at, UTC_INSTANT)
    shown = entries.join(plain.select("entry", "contact", "words"), on="entry", how="left", validate="1:1")
    return conform(
        shown.with_columns(
            pl.lit(snapshot.seq, pl.Int64).alias("seq"),
            pl.col("token_kind")
            .replace_strict(_CONTACT_KINDS, default=None, return_dtype=pl.String)
            .alias("contact_kind"),
            pl.coalesce("effective_at", "received_at", read).alias("effective_at"),
            recorded.alias("recorded_at"),
            pl.lit(snapshot.source.get("feed"), pl.String).alias("feed"),
        ),
        OPTOUT_LIST,
    )
