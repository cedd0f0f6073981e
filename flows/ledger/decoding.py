"""Events and their tokens as frames: columns fetched as plain tuples, bodies decoded by Polars.

So a hundred thousand events take about a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import polars as pl
import sqlalchemy as sa

from flows.ledger.queries import within
from flows.ledger.tables import event_tokens, events
from policies.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.ledger.model import Cut

__all__ = ["CONTACT_KINDS", "decoded_events", "fetched", "instant", "text_columns", "tokens_of_events"]

Columns: TypeAlias = dict[str, pl.DataType]

# Tokens of names raise doubt, they name no contact point.
CONTACT_KINDS: Final = ("email", "email_equiv", "phone", "domain", "md5", "sha1", "sha256")
_EVENT: Final[Columns] = {
    "seq": pl.Int64(),
    **dict.fromkeys(("kind", "recorded_at", "effective_at", "body"), pl.String()),
}
_TOKEN: Final[Columns] = {"seq": pl.Int64(), "token": pl.String(), "exact": pl.Boolean()}


def decoded_events(connection: sa.Connection, kinds: Sequence[str], cut: Cut, body: Columns) -> pl.DataFrame:
    """The events of some kinds: ``seq, kind, recorded_at, effective_at`` and the named fields of their bodies."""
    query = sa.select(*(events.c[name] for name in _EVENT)).where(events.c.kind.in_(kinds), within(cut))
    frame = fetched(connection, query.order_by(events.c.seq), _EVENT)
    try:
        decoded = frame.get_column("body").str.json_decode(pl.Struct(body)).struct.unnest()
        instants = frame.select("seq", "kind", instant("recorded_at"), instant("effective_at"))
    except pl.exceptions.PolarsError:
        raise LedgerError(
            "ledger_damaged",
            "An event of the ledger cannot be read: it was altered.",
            "Run `tactful audit verify` to see which one, and restore the backup.",
        ) from None
    return pl.concat([instants, decoded], how="horizontal")


def tokens_of_events(connection: sa.Connection, kinds: Sequence[str], cut: Cut) -> pl.DataFrame:
    """``seq, token, exact`` of the contact points of events of some kinds."""
    query = (
        sa.select(event_tokens.c.seq, event_tokens.c.token, event_tokens.c.exact)
        .join(events, events.c.seq == event_tokens.c.seq)
        .where(events.c.kind.in_(kinds), event_tokens.c.token_kind.in_(CONTACT_KINDS), within(cut))
    )
    return fetched(connection, query, _TOKEN)


def instant(name: str, *, strict: bool = True) -> pl.Expr:
    """A moment as the ledger writes it, read back."""
    form = "%Y-%m-%dT%H:%M:%S%.6fZ"
    return pl.col(name).str.to_datetime(form, time_unit="us", time_zone="UTC", strict=strict)


def fetched(connection: sa.Connection, query: sa.Select[Any], columns: Columns) -> pl.DataFrame:
    """The result of a query, column by column; SQLite answers a truth value as 0 or 1, PostgreSQL as what it is."""
    with connection.execute(query) as result:
        rows = result.cursor.fetchall()
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    numbered = connection.dialect.name == "sqlite"
    raw = [pl.Int64() if numbered and dtype == pl.Boolean else dtype for dtype in columns.values()]
    named = zip(columns, values, raw, strict=True)
    series = [pl.Series(name, column, dtype=dtype) for name, column, dtype in named]
    return pl.DataFrame(series).cast(pl.Schema(columns))


def text_columns(*names: str) -> Columns:
    """Columns of text."""
    return {name: pl.String() for name in names}
