"""Events as lines of canonical JSON: what a backup and the journal of stops are made of.

A line holds everything the event's hash covers and the hash itself, so that each line proves itself, under every
database. It holds no plain text: that stands in the erasable table alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from flows.ledger.chain import canonical, event_hash
from flows.ledger.model import Token
from flows.ledger.tables import event_tokens, events

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["EventLine", "event_lines", "read_line"]

_COLUMNS: Final = ("seq", "kind", "recorded_at", "effective_at", "dedup_key", "body", "prev_hash", "hash")
_FETCHED: Final = 5_000  # rows held in memory at once


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event as it stood in a ledger: the columns of its row, and its tokens."""

    row: dict[str, Any]
    tokens: tuple[Token, ...]

    @property
    def seq(self) -> int:
        """Its number in the ledger it was written down from."""
        return int(self.row["seq"])

    @property
    def hash(self) -> str:
        """Its hash in the chain of that ledger."""
        return str(self.row["hash"])

    @property
    def body(self) -> dict[str, Any]:
        """What it says; empty where that cannot be read."""
        try:
            body = json.loads(self.row["body"])
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    def holds(self) -> bool:
        """Whether it is what was recorded: its content has its hash."""
        unhashed = {name: self.row[name] for name in _COLUMNS if name != "hash"}
        try:
            return event_hash(unhashed, self.tokens) == self.hash
        except (TypeError, UnicodeError):
            return False

    def text(self) -> str:
        """The line itself, without its end."""
        keyed = sorted(
            [token.kind, token.token, token.exact, token.key_id, token.rule_version] for token in self.tokens
        )
        return canonical({**self.row, "tokens": keyed})


def read_line(text: str | bytes) -> EventLine:
    """Read a line back; raises ``ValueError`` for what is none. Whether it holds is asked separately."""
    values = json.loads(text)
    try:
        tokens = tuple(
            Token(kind, token, key_id, exact, version) for kind, token, exact, key_id, version in values["tokens"]
        )
        row = {name: values[name] for name in _COLUMNS}
    except (KeyError, TypeError) as error:
        message = "this is no line of an event"
        raise ValueError(message) from error
    texts = (row[name] for name in _COLUMNS if name not in ("seq", "dedup_key"))
    if not isinstance(row["seq"], int) or not all(isinstance(text, str) for text in texts):
        message = "this is no line of an event"
        raise ValueError(message)
    return EventLine(row, tokens)


def event_lines(connection: sa.Connection, wanted: sa.ColumnElement[bool] | None = None) -> Iterator[EventLine]:
    """The events of a ledger in their order, fetched little by little; ``wanted`` is a condition on ``events``."""
    condition = sa.true() if wanted is None else wanted
    rows = sa.select(*(events.c[name] for name in _COLUMNS)).where(condition).order_by(events.c.seq)
    named = (
        sa.select(event_tokens)
        .join(events, events.c.seq == event_tokens.c.seq)
        .where(condition)
        .order_by(event_tokens.c.seq)
    )
    streamed = connection.execution_options(yield_per=_FETCHED)
    with streamed.execute(rows) as found, streamed.execute(named) as tokens:
        by_event = groupby(tokens, key=lambda row: row.seq)
        seq, own = next(by_event, (None, iter(())))
        for row in found.mappings():
            mine: tuple[Token, ...] = ()
            if seq == row["seq"]:
                mine = tuple(Token(t.token_kind, t.token, t.key_id, bool(t.exact), t.rule_version) for t in own)
                seq, own = next(by_event, (None, iter(())))
            yield EventLine(dict(row), mine)
