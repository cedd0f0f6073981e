"""Reading the ledger up to a cut: the head that matters, look-ups by token, publications.

The frames that decisions are made from are in frames.py.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeVar

import sqlalchemy as sa

from flows.ledger.chain import instant, instant_text
from flows.ledger.kinds import IRRELEVANT_KINDS
from flows.ledger.model import EVERYTHING, RecordedEvent
from flows.ledger.tables import event_tokens, events, runs
from flows.ledger.tokens import REFERRED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from flows.ledger.model import Cut

__all__ = [
    "counts",
    "events_of_tokens",
    "last_of_kind",
    "of_kind",
    "pairs",
    "publication_bodies",
    "relevant_head",
    "token_kinds",
    "within",
]

_CHUNK: Final = 500
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def within(cut: Cut) -> sa.ColumnElement[bool]:
    """The condition that an event lies before the cut."""
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    if cut.seq is not None:
        conditions.append(events.c.seq <= cut.seq)
    if cut.recorded_by is not None:
        conditions.append(events.c.recorded_at <= instant_text(cut.recorded_by))
    return sa.and_(*conditions)


def relevant_head(connection: sa.Connection, cut: Cut = EVERYTHING) -> int:
    """Number of the last event before the cut that a decision may rest on; 0 when there is none."""
    relevant = events.c.kind.not_in(IRRELEVANT_KINDS)
    query = sa.select(events.c.seq).where(relevant, within(cut)).order_by(events.c.seq.desc()).limit(1)
    return connection.scalar(query) or 0


def events_of_tokens(connection: sa.Connection, tokens: Collection[str], cut: Cut = EVERYTHING) -> list[RecordedEvent]:
    """Every event that carries one of the tokens, in the order of the ledger."""
    matched: dict[int, set[str]] = {}
    for chunk in _chunks(sorted(set(tokens))):
        query = sa.select(event_tokens.c.seq, event_tokens.c.token).where(event_tokens.c.token.in_(chunk))
        for seq, token in connection.execute(query):
            matched.setdefault(seq, set()).add(token)
    found = []
    for numbers in _chunks(sorted(matched)):
        query = sa.select(events).where(events.c.seq.in_(numbers), within(cut)).order_by(events.c.seq)
        found += [_recorded(row, frozenset(matched[row.seq])) for row in connection.execute(query)]
    return found


def of_kind(connection: sa.Connection, kind: str, cut: Cut = EVERYTHING) -> list[RecordedEvent]:
    """Every event of a kind, in the order of the ledger; for kinds of which there are few."""
    query = sa.select(events).where(events.c.kind == kind, within(cut)).order_by(events.c.seq)
    return [_recorded(row, frozenset()) for row in connection.execute(query)]


def last_of_kind(
    connection: sa.Connection, kind: str, wanted: Callable[[Mapping[str, Any]], bool]
) -> RecordedEvent | None:
    """The last event of a kind whose body is wanted."""
    query = sa.select(events).where(events.c.kind == kind).order_by(events.c.seq.desc())
    for row in connection.execute(query):
        event = _recorded(row, frozenset())
        if wanted(event.body):
            return event
    return None


def counts(connection: sa.Connection, cut: Cut = EVERYTHING) -> dict[str, int]:
    """How many events of each kind there are."""
    query = sa.select(events.c.kind, sa.func.count()).where(within(cut)).group_by(events.c.kind).order_by(events.c.kind)
    return pairs(connection, query)


def pairs(connection: sa.Connection, query: sa.Select[tuple[_Key, _Value]]) -> dict[_Key, _Value]:
    """The answer to a query of two columns as a dictionary, in the query's order."""
    return dict(connection.execute(query).tuples().all())


def token_kinds(connection: sa.Connection) -> frozenset[str]:
    """The kinds of token any event carries; contact points need not be screened by others."""
    kinds = connection.execute(sa.select(event_tokens.c.token_kind).distinct()).scalars()
    return frozenset(kind.removeprefix(REFERRED) for kind in kinds)


def publication_bodies(connection: sa.Connection) -> list[dict[str, Any]]:
    """The records of all publications in their order, each with ``recorded_at`` and ``ledger_seq``."""
    query = sa.select(runs).where(runs.c.kind == "publication").order_by(runs.c.seq)
    return [
        {**json.loads(row.body), "recorded_at": instant(row.recorded_at), "ledger_seq": row.seq}
        for row in connection.execute(query)
    ]


def _recorded(row: sa.Row[Any], matched: frozenset[str]) -> RecordedEvent:
    return RecordedEvent(
        seq=row.seq,
        kind=row.kind,
        effective_at=instant(row.effective_at),
        recorded_at=instant(row.recorded_at),
        body=json.loads(row.body),
        matched=matched,
    )


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
