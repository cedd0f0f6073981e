"""What left the house and when the house heard: exports, the words that say stop, and the queues without them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import sqlalchemy as sa

from flows.ledger.chain import instant as parsed_instant
from flows.ledger.decoding import decoded_events, fetched, instant, text_columns
from flows.ledger.model import EVERYTHING
from flows.ledger.snapshots import SNAPSHOT, named_snapshots
from flows.ledger.tables import erasable, events, runs
from flows.ledger.void import without_voided
from policies.permission import NO_LONGER, SAID_STOP, SPREAD, word_of
from policies.schema import UTC_INSTANT, conform

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flows.ledger.model import Cut
    from flows.ledger.snapshots import Snapshots

__all__ = [
    "EXPORTS",
    "HEEDED",
    "QUEUE_REWRITE",
    "STOPS",
    "exports",
    "first_recorded_at",
    "heeded",
    "last_heeded",
    "stop_texts",
    "stops",
]

QUEUE_REWRITE: Final = "queue_rewrite"  # kind of the record of runs: the queue files were written anew between runs

# Files handed out, one row each.
EXPORTS: Final = pl.Schema(
    {
        "seq": pl.Int64(),
        "recorded_at": UTC_INSTANT,
        "format": pl.String(),
        "run_id": pl.String(),  # whose queue it was; null for opt-outs
        "owner": pl.String(),  # whose lines alone, where only theirs were handed out
        "recipient": pl.String(),  # the system of tactful.toml it was carried to; null: to nobody named
        "person_ids": pl.List(pl.String()),
        "lines": pl.Int64(),
        "snapshot": pl.String(),  # SHA-256 of the tokens of what was carried
        "as_of_seq": pl.Int64(),  # everything recorded up to this event was in it
    }
)

# Everything somebody said that says stop, one row per event, without what was void.
STOPS: Final = pl.Schema(
    {
        "seq": pl.Int64(),
        "kind": pl.String(),
        "channel": pl.String(),  # any | email | phone
        "received_at": UTC_INSTANT,  # as stated; null where nobody stated it
        "recorded_at": UTC_INSTANT,
    }
)

# Queues in force, in the order they came: ``events_seq`` is the last event each of them heeds.
HEEDED: Final = pl.Schema({"events_seq": pl.Int64(), "at": UTC_INSTANT})

_QUEUES: Final = ("publication", QUEUE_REWRITE)


def exports(connection: sa.Connection, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """Every file handed out, as ``EXPORTS``."""
    texts = text_columns("format", "run_id", "owner", "recipient", "snapshot")
    body = {**texts, "person_ids": pl.List(pl.String()), "lines": pl.Int64(), "as_of_seq": pl.Int64()}
    return conform(decoded_events(connection, ("export",), cut, body), EXPORTS).sort("seq")


def stops(connection: sa.Connection, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """Opt-outs, objections, complaints and consents withdrawn or refused, as ``STOPS``.

    What was spread over an identity is not there: nobody said it anew. Nor is a bounce, which nobody said at all.
    """
    body = text_columns("channel", "received_at", "method", "state")
    told = decoded_events(connection, (*SAID_STOP, SNAPSHOT, "consent"), cut, body)
    consent = pl.col("kind") == "consent"
    said = told.filter((~consent | pl.col("state").is_in(NO_LONGER)) & pl.col("method").ne_missing(SPREAD))
    received = pl.when(consent).then("effective_at").otherwise(instant("received_at", strict=False))
    dated = said.with_columns(received.alias("received_at"), pl.col("channel").fill_null("any"))
    return conform(without_voided(connection, dated.with_columns(word_of(pl.col("seq"))), cut), STOPS).sort("seq")


def heeded(connection: sa.Connection) -> pl.DataFrame:
    """Publications and rewrites of the queue files, as ``HEEDED``."""
    query = sa.select(runs.c.recorded_at, runs.c.body).where(runs.c.kind.in_(_QUEUES))
    rows = [
        (_last_heeded(json.loads(body)), parsed_instant(recorded_at))
        for recorded_at, body in connection.execute(query.order_by(runs.c.seq))
    ]
    return pl.DataFrame(rows, schema=HEEDED, orient="row")


def last_heeded(connection: sa.Connection) -> int:
    """The last event that the latest of these queues heeds; 0 where there was none yet."""
    query = sa.select(runs.c.body).where(runs.c.kind.in_(_QUEUES)).order_by(runs.c.seq.desc()).limit(1)
    body: str | None = connection.scalar(query)
    return _last_heeded(json.loads(body)) if body else 0


def first_recorded_at(connection: sa.Connection) -> datetime | None:
    """When the ledger began."""
    text: str | None = connection.scalar(sa.select(events.c.recorded_at).order_by(events.c.seq).limit(1))
    return parsed_instant(text) if text else None


def _last_heeded(body: Mapping[str, Any]) -> int:
    """The last event a queue heeds: a rewrite says it, a publication is refused where one came in between."""
    return int(body.get("heeded_seq", body.get("events_seq", 0)))


def stop_texts(connection: sa.Connection, snapshots: Snapshots) -> pl.DataFrame:
    """``word, kind, text``: the plain text of whom each statement names that says stop; gone where it was erased.

    Consents are there in every state, with ``kind`` consent.
    """
    kinds = (*SAID_STOP, "consent")
    query = (
        sa.select(erasable.c.ref, events.c.kind, erasable.c.value)
        .join(events, events.c.seq == erasable.c.ref)
        .where(erasable.c.kind == "contact", events.c.kind.in_(kinds))
        .order_by(erasable.c.ref)
    )
    single = fetched(connection, query, {"seq": pl.Int64(), "kind": pl.String(), "text": pl.String()})
    parts = [single.select(word_of(pl.col("seq")).alias("word"), "kind", "text")]
    for named in named_snapshots(connection):
        plain = snapshots.plain_text(named).drop_nulls("contact")
        word = word_of(pl.lit(named.seq, dtype=pl.Int64), pl.col("entry"))
        parts.append(plain.select(word.alias("word"), pl.lit(SNAPSHOT).alias("kind"), pl.col("contact").alias("text")))
    return pl.concat(parts)
