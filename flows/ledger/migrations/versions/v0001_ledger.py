"""The ledger's first schema: events with their tokens, runs, claims, keys, and the erasable plain text."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from policies.errors import LedgerError

revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None

SEQ = sa.BigInteger().with_variant(sa.Integer, "sqlite")
APPEND_ONLY = ("events", "event_tokens", "runs", "claims", "keys")

# A REPLACE deletes without asking the DELETE trigger, so each insert is checked as well: the next number, a new key.
NEXT_ONLY = {
    "events": "NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM events)"
    " OR EXISTS (SELECT 1 FROM events WHERE dedup_key = NEW.dedup_key)",
    "runs": "NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM runs)",
    "event_tokens": "EXISTS (SELECT 1 FROM event_tokens"
    " WHERE seq = NEW.seq AND token_kind = NEW.token_kind AND token = NEW.token)",
    "claims": "EXISTS (SELECT 1 FROM claims WHERE run_id = NEW.run_id OR (workspace_id = NEW.workspace_id"
    " AND queue_date = NEW.queue_date AND revision = NEW.revision))",
    "keys": "NEW.position <> (SELECT COALESCE(MAX(position), 0) + 1 FROM keys)"
    " OR EXISTS (SELECT 1 FROM keys WHERE key_id = NEW.key_id)",
}


def upgrade() -> None:
    """Create the tables and the triggers that let them only grow."""
    _create_chains()
    _create_side_tables()
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
            )
    for table, wrong in NEXT_ONLY.items():
        op.execute(
            f"CREATE TRIGGER {table}_next BEFORE INSERT ON {table} WHEN {wrong}"
            f" BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        )


def downgrade() -> None:
    """Drop everything, but only from a ledger in which nothing stands; raises ``LedgerError`` otherwise."""
    connection = op.get_bind()
    for table in ("events", "runs"):
        if connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))):
            raise LedgerError(
                "ledger_downgrade_refused",
                "This ledger holds events; taking its schema back would lose them.",
                "Keep the newer version of Tactful, or restore a backup made by the older one.",
            )
    for table in ("erasable", "event_tokens", "claims", "events", "runs", "keys"):
        op.drop_table(table)


def _create_chains() -> None:
    op.create_table(
        "events",
        sa.Column("seq", SEQ, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("effective_at", sa.Text, nullable=False),
        sa.Column("dedup_key", sa.Text, unique=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("prev_hash", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.create_index("events_by_kind", "events", ["kind", "seq"])
    op.create_table(
        "runs",
        sa.Column("seq", SEQ, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("prev_hash", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )


def _create_side_tables() -> None:
    op.create_table(
        "event_tokens",
        sa.Column("seq", SEQ, sa.ForeignKey("events.seq"), primary_key=True, autoincrement=False),
        sa.Column("token_kind", sa.Text, primary_key=True),
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("exact", sa.Boolean, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("rule_version", sa.Integer, nullable=False),
    )
    op.create_index("event_tokens_by_token", "event_tokens", ["token"])
    op.create_table(
        "claims",
        sa.Column("workspace_id", sa.Text, primary_key=True),
        sa.Column("queue_date", sa.Text, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("run_id", sa.Text, nullable=False, unique=True),
        sa.Column("publication_seq", SEQ, sa.ForeignKey("runs.seq"), nullable=False),
    )
    op.create_table(
        "keys",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key_id", sa.Text, nullable=False, unique=True),
        sa.Column("check_value", sa.Text, nullable=False),
    )
    op.create_table(
        "erasable",
        sa.Column("ref", SEQ, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
