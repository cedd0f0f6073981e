"""Every contact point that must be left alone, with what stops it: what other systems have to be told.

That is whatever somebody named when they said stop, and every other contact point of theirs on the lists, doubtful
ones and further ones of a row included. Bounces stay here: nobody said anything by them. What a newer consent lifted or
a void took back is not there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.clock import now, queue_day
from flows.queue.bare_points import said_of_points
from flows.queue.suppression_now import standing_now
from policies.contact_points import addresses_inside, canonical_email, numbers_inside
from policies.permission import SAID_STOP, word_of
from policies.schema import PERMISSION_EVENTS, UTC_INSTANT, empty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.ledger import Ledger
    from flows.workspace import Workspace
    from policies.standing import Standing

__all__ = ["STATEMENTS", "nameless", "statements"]

# One row for each contact point and statement that stops it, on the channel it stops.
STATEMENTS: Final = pl.Schema(
    {
        "kind": pl.String(),  # email | phone: what the contact is
        "contact": pl.String(),  # canonical address or E.164
        "stops": pl.String(),  # email | phone: what must not be done
        "word": pl.Int64(),  # the statement
        "recorded_at": UTC_INSTANT,
    }
)
_NUMBER: Final = re.compile(r"\+\d{5,15}")
_DIGEST: Final = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[^@\s]+\.[a-z-]{2,}")  # or a domain
_FLAGS: Final = {"any": ("email", "phone"), "email": ("email",), "phone": ("phone",)}
_ALL: Final = pl.DataFrame(
    [(channel, flag) for channel, flags in _FLAGS.items() for flag in flags], schema=["said", "stops"], orient="row"
)


def statements(ws: Workspace, ledger: Ledger, standing: Standing | None = None, *, after: int = 0) -> pl.DataFrame:
    """Everything in force that must be heeded elsewhere, as ``STATEMENTS``.

    ``standing`` is of this moment, if that is known already. With ``after`` nothing is looked up of contact points that
    stand in no list and were named up to that event alone: every system was told of them, unless there is a consent.
    """
    found = standing or standing_now(ws, ledger)
    listed = found.points.select(pl.col("channel").alias("kind"), _spelled_alike())
    bare = _named(ledger, after).join(listed, on=["kind", "contact"], how="anti")
    own_bare, said = _of_bare(ws, ledger, bare)
    parts = (_own(found), _beside(found, _said(found.events)), own_bare, _crossing(bare, said))
    told = pl.concat([part.select(list(STATEMENTS)) for part in parts])
    return told.with_columns(_spelled_alike()).unique().sort(list(STATEMENTS))


def nameless(ledger: Ledger, carried: pl.DataFrame) -> int:
    """How many statements in force cannot be carried: only tokens are known, and no list has whom they name."""
    said = _said(ledger.permission_events()).select("word").unique()
    return said.join(carried.select("word").unique(), on="word", how="anti").height


def _said(events: pl.DataFrame) -> pl.DataFrame:
    """``word, said, scope, recorded_at`` of what people said: opt-outs, objections, complaints, consents withdrawn."""
    stops = events.filter(pl.col("kind").is_in(SAID_STOP))
    told = stops.select("word", pl.col("channel").alias("said"), "scope", "recorded_at")
    return told.unique(["word", "said", "scope"])


def _spelled_alike() -> pl.Expr:
    """One spelling of an address: no system tells capitals apart there."""
    return pl.col("contact").str.to_lowercase()


def _own(found: Standing) -> pl.DataFrame:
    """The contact points of records that something stops, by what lists and links say."""
    covered = found.permission.suppressions.filter(pl.col("kind").is_in(SAID_STOP))
    return covered.join(found.points, on=["record_id", "channel"], how="inner").select(
        pl.col("channel").alias("kind"), "contact", pl.col("channel").alias("stops"), "word", "recorded_at"
    )


def _beside(found: Standing, said: pl.DataFrame) -> pl.DataFrame:
    """What somebody said about themselves, for all they can be reached by.

    A contact point they may be written or called under is left to :func:`_own`, which knows what a consent lifted.
    """
    covered = found.permission.suppressions.filter(pl.col("kind").is_in(SAID_STOP) & (pl.col("scope") != "address"))
    flags = covered.select("person_id", "word").unique().join(said, on="word", how="inner").join(_ALL, on="said")
    records = found.subjects.records
    people = found.points.select("record_id").unique().join(records.select("record_id", "person_id"), on="record_id")
    own = found.points.join(people, on="record_id", how="inner", suffix="_").select(
        "person_id", pl.col("channel").alias("kind"), "contact", pl.lit(value=True).alias("own")
    )
    further = [
        records.select("person_id", pl.lit(kind).alias("kind"), pl.col(others).alias("contact"))
        .explode("contact")
        .drop_nulls("contact")
        .with_columns(pl.lit(value=False).alias("own"))
        for kind, others in (("email", "other_emails"), ("phone", "other_phones"))
    ]
    known = pl.concat([own, *further]).unique()
    crossing = ~pl.col("own") | (pl.col("kind") != pl.col("stops"))
    return flags.join(known, on="person_id", how="inner").filter(crossing)


def _named(ledger: Ledger, after: int) -> pl.DataFrame:
    """``word, kind, contact``: each address and number that a statement names in plain text."""
    texts = ledger.stop_texts()
    consented = texts.filter(pl.col("kind") == "consent").get_column("text").unique().implode()
    old = pl.col("word") < word_of(pl.lit(after + 1, dtype=pl.Int64))
    texts = texts.filter(~old | pl.col("text").is_in(consented)).select("word", "text")
    table = [(text, *point) for text in texts.get_column("text").unique() for point in _points_in(text)]
    points = pl.DataFrame(table, schema={"text": pl.String, "kind": pl.String, "contact": pl.String}, orient="row")
    return texts.join(points, on="text", how="inner").drop("text").with_columns(_spelled_alike()).unique()


def _points_in(text: str) -> Iterator[tuple[str, str]]:
    """The addresses and numbers in the plain text of whom an event names, which has blanks between them."""
    doubtful = False
    for part in text.split():
        if _NUMBER.fullmatch(part):
            yield "phone", part
        elif address := canonical_email(part):
            yield "email", address
        else:
            doubtful = doubtful or _DIGEST.fullmatch(part) is None
    if doubtful:  # a text that could not be read as a contact
        yield from (("email", address) for address in addresses_inside(text))
        yield from (("phone", number) for number in numbers_inside(text, None, ()))


def _of_bare(ws: Workspace, ledger: Ledger, named: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is in force under contact points that stand in no active list, and what was said (:func:`_said`)."""
    if named.is_empty():
        return pl.DataFrame(schema=STATEMENTS), _said(empty(PERMISSION_EVENTS))
    moment = now(ws.settings)
    points = named.select(
        pl.concat_str("kind", "contact", separator=":").alias("person_id"), pl.col("kind").alias("channel"), "contact"
    ).unique()
    permission, events = said_of_points(ledger, points, moment, queue_day(moment, ws.settings))
    covered = permission.suppressions.filter(pl.col("kind").is_in(SAID_STOP)).drop("kind")
    own = covered.join(points, on=["person_id", "channel"], how="inner").select(
        pl.col("channel").alias("kind"), "contact", pl.col("channel").alias("stops"), "word", "recorded_at"
    )
    return own, _said(events)


def _crossing(named: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """What was said under one contact point about the other channel: no calls, said by e-mail."""
    of_person = named.join(said, on="word", how="inner").filter(pl.col("scope") == "person").join(_ALL, on="said")
    return of_person.filter(pl.col("kind") != pl.col("stops"))
