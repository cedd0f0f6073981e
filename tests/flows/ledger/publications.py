"""Claims for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.ledger import Claim, Ledger
from tests.flows.ledger.ledgers import NOW

if TYPE_CHECKING:
    from datetime import datetime


def claim(ledger: Ledger, revision: int = 1, run_id: str | None = None, as_of: datetime = NOW) -> Claim:
    """A claim on a revision of the day, decided at the present head."""
    return Claim(
        workspace_id="ws",
        queue_date="2026-10-14",
        revision=revision,
        run_id=run_id or f"run-{revision}",
        as_of=as_of,
        expected_relevant_head=ledger.relevant_head(),
    )
