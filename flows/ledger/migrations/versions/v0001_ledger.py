"""The ledger's first schema: events with their tokens, runs, claims, keys, and the erasable plain text."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from flows.ledger.migrations.guards import guards, guards_gone
from policies.errors import LedgerError

revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None

SEQ = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables and the triggers that let them only grow."""
    _create_chains()
    _create_side_tables()
    for statement in guards(op.get_bind().dialect.name):
        op.execute(statement)


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
    for statement in guards_gone(connection.dialect.name):
        op.execute(statement)


def _create_chains() -> None:
    op.create_table(
        "events",
        sa.Column("seq", SEQ, primary_key=True, autoincrement=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("recorded_at", TEXT, nullable=False),
        sa.Column("effective_at", TEXT, nullable=False),
        sa.Column("dedup_key", TEXT, unique=True),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("prev_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
    )
    op.create_index("events_by_kind", "events", ["kind", "seq"])
    op.create_table(
        "runs",
        sa.Column("seq", SEQ, primary_key=True, autoincrement=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("recorded_at", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("prev_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
    )


def _create_side_tables() -> None:
    op.create_table(
        "event_tokens",
        sa.Column("seq", SEQ, sa.ForeignKey("events.seq"), primary_key=True, autoincrement=False),
        sa.Column("token_kind", TEXT, primary_key=True),
        sa.Column("token", TEXT, primary_key=True),
        sa.Column("exact", sa.Boolean, nullable=False),
        sa.Column("key_id", TEXT, nullable=False),
        sa.Column("rule_version", sa.Integer, nullable=False),
    )
    op.create_index("event_tokens_by_token", "event_tokens", ["token"])
    op.create_table(
        "claims",
        sa.Column("workspace_id", TEXT, primary_key=True),
        sa.Column("queue_date", TEXT, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("run_id", TEXT, nullable=False, unique=True),
        sa.Column("publication_seq", SEQ, sa.ForeignKey("runs.seq"), nullable=False),
    )
    op.create_table(
        "keys",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key_id", TEXT, nullable=False, unique=True),
        sa.Column("check_value", TEXT, nullable=False),
    )
    op.create_table(
        "erasable",
        sa.Column("ref", SEQ, primary_key=True, autoincrement=False),
        sa.Column("kind", TEXT, primary_key=True),
        sa.Column("value", TEXT, nullable=False),
    )
