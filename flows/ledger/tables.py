"""The ledger's tables, once for every database.

Invariant: events, event_tokens, runs, claims and keys only grow; triggers refuse UPDATE and DELETE. Their columns are
never altered either: new fields go into the canonical JSON of ``body``. Only ``erasable`` may lose rows. Instants are
canonical text (see chain.py), so that the same bytes stand in every database; and text is compared by its bytes in
every one, whatever language a server was set up for.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

__all__ = ["APPEND_ONLY", "claims", "erasable", "event_tokens", "events", "keys", "metadata", "runs"]

metadata: Final = sa.MetaData()

_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
# In SQLite only a column of the very type INTEGER is the row id itself.
_SEQ: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# Everything anybody said, and everything done about it. `seq` has no gaps and is the only order there is.
events: Final = sa.Table(
    "events",
    metadata,
    sa.Column("seq", _SEQ, primary_key=True, autoincrement=False),
    sa.Column("kind", _TEXT, nullable=False),
    sa.Column("recorded_at", _TEXT, nullable=False),  # when the ledger learned of it
    sa.Column("effective_at", _TEXT, nullable=False),  # when it began to hold in the world
    sa.Column("dedup_key", _TEXT, unique=True),
    sa.Column("body", _TEXT, nullable=False),  # canonical JSON; names nobody
    sa.Column("prev_hash", _TEXT, nullable=False),
    sa.Column("hash", _TEXT, nullable=False),
    sa.Index("events_by_kind", "kind", "seq"),
)

event_tokens: Final = sa.Table(
    "event_tokens",
    metadata,
    sa.Column("seq", _SEQ, sa.ForeignKey("events.seq"), primary_key=True, autoincrement=False),
    sa.Column("token_kind", _TEXT, primary_key=True),
    sa.Column("token", _TEXT, primary_key=True),
    sa.Column("exact", sa.Boolean, nullable=False),
    sa.Column("key_id", _TEXT, nullable=False),
    sa.Column("rule_version", sa.Integer, nullable=False),
    sa.Index("event_tokens_by_token", "token"),
)

# Runs and publications, in a chain of their own; each record names the head of the events at that moment.
runs: Final = sa.Table(
    "runs",
    metadata,
    sa.Column("seq", _SEQ, primary_key=True, autoincrement=False),
    sa.Column("kind", _TEXT, nullable=False),
    sa.Column("recorded_at", _TEXT, nullable=False),
    sa.Column("body", _TEXT, nullable=False),
    sa.Column("prev_hash", _TEXT, nullable=False),
    sa.Column("hash", _TEXT, nullable=False),
)

# The one place where two runs that want to publish the same revision of a day meet.
claims: Final = sa.Table(
    "claims",
    metadata,
    sa.Column("workspace_id", _TEXT, primary_key=True),
    sa.Column("queue_date", _TEXT, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("run_id", _TEXT, nullable=False, unique=True),
    sa.Column("publication_seq", _SEQ, sa.ForeignKey("runs.seq"), nullable=False),
)

# Which keys the tokens were made with, oldest first; the check value proves a key without revealing it.
keys: Final = sa.Table(
    "keys",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("key_id", _TEXT, nullable=False, unique=True),
    sa.Column("check_value", _TEXT, nullable=False),
)

# The plain text of what was said. `ref` is the event's seq; the event's body holds a keyed commitment to each value.
erasable: Final = sa.Table(
    "erasable",
    metadata,
    sa.Column("ref", _SEQ, primary_key=True, autoincrement=False),
    sa.Column("kind", _TEXT, primary_key=True),
    sa.Column("value", _TEXT, nullable=False),
)

APPEND_ONLY: Final = ("events", "event_tokens", "runs", "claims", "keys")
