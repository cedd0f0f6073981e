"""Judgements: a human's word that two are one person, or that they are not, kept for good.

Invariants: a word is about records, known by their ids, and by keyed tokens of name and contact point, so that it holds
when a list is delivered again with changed rows. Nothing is taken back: of two words about a pair the newer counts. The
event names nobody; who said it and why stand in plain text that can be erased.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import sqlalchemy as sa

from flows.ledger.chain import instant
from flows.ledger.events import dedup_key, plain
from flows.ledger.keyed import tokens_of
from flows.ledger.model import EVERYTHING, NewEvent, Token
from flows.ledger.queries import within
from flows.ledger.tables import events
from flows.ledger.tokens import MATCH_KEY, folded_name, token

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from flows.ledger.keys import Keyring
    from flows.ledger.model import Cut

__all__ = [
    "JUDGED_VERSION",
    "JUDGEMENT",
    "Judgement",
    "Said",
    "Side",
    "judged_tokens",
    "judged_values",
    "judgement_event",
    "judgements",
    "last_judgement",
    "naming",
]

JUDGEMENT: Final = "judgement"
JUDGED_VERSION: Final = 2  # of the rule by which a name and a contact point become one value
_SEPARATOR: Final = "\x1f"
_POINTS: Final = {"email_equiv": "mail:", "phone": "tel:"}


@dataclass(frozen=True, slots=True)
class Side:
    """One of two people as a judgement knows them: ids of their records, and values of name and contact point."""

    records: frozenset[str]
    values: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A word about two people: ``same`` or ``different``, who says it and why.

    ``again``: said at second sight, against what the records themselves say (Jr and Sr). ``after`` is the number of
    the word it comes after, 0 for none: the same word after the same one is the same event.
    """

    word: str
    sides: tuple[Side, Side]
    by: str = field(repr=False)
    because: str | None = field(default=None, repr=False)
    again: bool = False
    after: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judgement as it stands in the ledger; of each side the ids of records and the tokens it is known by."""

    seq: int
    word: str
    again: bool
    recorded_at: datetime
    records: tuple[frozenset[str], frozenset[str]]
    tokens: tuple[frozenset[str], frozenset[str]] = field(repr=False)

    def names(self, records: Collection[str], tokens: Collection[str]) -> bool:
        """Whether it is about one of some records, or of some tokens."""
        return any(not side.isdisjoint(records) for side in self.records) or any(
            not side.isdisjoint(tokens) for side in self.tokens
        )


def judgement_event(keyring: Keyring, said: Said, at: datetime) -> NewEvent:
    """The event of a judgement. Whoever says A and B, says B and A."""
    sides = sorted(said.sides, key=lambda side: sorted(side.records))
    keyed = [sorted(token(keyring.current, MATCH_KEY, value) for value in side.values) for side in sides]
    about = [sorted(side.records) for side in sides]
    body: dict[str, Any] = {
        "word": said.word,
        "again": said.again,
        "after": said.after,
        "sides": [{"records": ids, "tokens": known} for ids, known in zip(about, keyed, strict=True)],
    }
    tokens = [
        Token(MATCH_KEY, value, keyring.current.key_id, exact=False, rule_version=JUDGED_VERSION)
        for value in sorted({value for side in keyed for value in side})
    ]
    return NewEvent(
        kind=JUDGEMENT,
        effective_at=at,
        body=body,
        tokens=tokens,
        dedup_key=dedup_key(keyring, JUDGEMENT, said.word, said.again, about, said.after),
        erasable=plain(by=said.by, because=said.because),
    )


def judgements(connection: sa.Connection, cut: Cut = EVERYTHING) -> list[Judgement]:
    """Every judgement before the cut, in the order of the ledger; there are as few as people could say."""
    query = sa.select(events.c.seq, events.c.recorded_at, events.c.body)
    rows = connection.execute(query.where(events.c.kind == JUDGEMENT, within(cut)).order_by(events.c.seq))
    return [_read(row.seq, instant(row.recorded_at), json.loads(row.body)) for row in rows]


def last_judgement(connection: sa.Connection, cut: Cut = EVERYTHING) -> str | None:
    """The hash of the last judgement before the cut, which stands for it and everything before; none: there is none."""
    query = sa.select(events.c.hash).where(events.c.kind == JUDGEMENT, within(cut))
    found: str | None = connection.scalar(query.order_by(events.c.seq.desc()).limit(1))
    return found


def naming(connection: sa.Connection, records: Collection[str], tokens: Collection[str]) -> set[int]:
    """The numbers of the judgements about one of some records, or of some tokens."""
    return {one.seq for one in judgements(connection) if one.names(records, tokens)}


def judged_values(names: Iterable[str | None], emails: Iterable[str], phones: Iterable[str]) -> frozenset[str]:
    """The values that somebody of these names is known by under these contact points.

    ``emails`` are equivalence keys, ``phones`` numbers in E.164.
    """
    mail, tel = _POINTS["email_equiv"], _POINTS["phone"]
    points = [f"{mail}{value}" for value in emails] + [f"{tel}{value}" for value in phones]
    return frozenset(f"{folded_name(name or '')}{_SEPARATOR}{point}" for name in names for point in points)


def judged_tokens(keyring: Keyring, records: pl.DataFrame) -> pl.DataFrame:
    """``record_id, token``: what records (``RECORDS``) are known by, under every key."""
    names = records.select("full_name").unique(maintain_order=True)
    folded = pl.Series("name", [folded_name(name or "") for name in names.get_column("full_name")], dtype=pl.String)
    named = records.join(names.with_columns(folded), on="full_name", how="left", nulls_equal=True, validate="m:1")
    values = pl.concat(
        named.filter(pl.col(column).is_not_null()).select(
            "record_id", pl.concat_str("name", pl.lit(_SEPARATOR + prefix), column).alias("value")
        )
        for column, prefix in _POINTS.items()
    )
    ids, keyed = values.get_column("record_id"), values.get_column("value")
    return pl.concat(
        pl.DataFrame({"record_id": ids, "token": tokens_of(key, MATCH_KEY, keyed)}) for key in keyring
    ).unique()


def _read(seq: int, recorded_at: datetime, body: Mapping[str, Any]) -> Judgement:
    one, other = body["sides"]
    return Judgement(
        seq=seq,
        word=body["word"],
        again=bool(body["again"]),
        recorded_at=recorded_at,
        records=(_set(one["records"]), _set(other["records"])),
        tokens=(_set(one["tokens"]), _set(other["tokens"])),
    )


def _set(values: Sequence[str]) -> frozenset[str]:
    return frozenset(values)
