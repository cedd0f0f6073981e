"""Publishing: the unique claim on a day's revision, its commitments and its record, all in one transaction (D8).

Either all of it stands, or the world has moved on since the run decided and nothing stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from flows.ledger.appending import append_events, append_run_record
from flows.ledger.chain import instant, instant_text
from flows.ledger.queries import publication_bodies, relevant_head
from flows.ledger.tables import claims
from policies.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flows.ledger.keys import Key
    from flows.ledger.model import NewEvent

__all__ = ["AsOfPassed", "Claim", "ClaimTaken", "publish"]


class ClaimTaken(LedgerError):
    """This revision of the day is published already; ``details["run_id"]`` says by which run."""


class AsOfPassed(LedgerError):
    """The run judges at an instant before the one of the last publication."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a run wants to publish: which revision of which day, and what it decided on."""

    workspace_id: str
    queue_date: str  # ISO date
    revision: int
    run_id: str
    as_of: datetime
    expected_relevant_head: int


def publish(
    connection: sa.Connection,
    claim: Claim,
    new: Sequence[NewEvent],
    body: Mapping[str, Any],
    key: Key,
    now: datetime,
) -> bool:
    """Claim, commit and record; False when a relevant event arrived since the run decided, and it must decide again.

    Raises :class:`ClaimTaken` and :class:`AsOfPassed`.
    """
    _refuse_taken(connection, claim)
    _refuse_past(connection, claim.as_of)
    if relevant_head(connection) != claim.expected_relevant_head:
        return False
    append_events(connection, new, key, now)
    place = {"workspace_id": claim.workspace_id, "queue_date": claim.queue_date, "revision": claim.revision}
    record = {**body, **place, "run_id": claim.run_id, "as_of": instant_text(claim.as_of)}
    seq = append_run_record(connection, "publication", record, now)
    connection.execute(sa.insert(claims), [{**place, "run_id": claim.run_id, "publication_seq": seq}])
    return True


def _refuse_taken(connection: sa.Connection, claim: Claim) -> None:
    same_place = sa.and_(
        claims.c.workspace_id == claim.workspace_id,
        claims.c.queue_date == claim.queue_date,
        claims.c.revision == claim.revision,
    )
    query = sa.select(claims.c.run_id).where(sa.or_(same_place, claims.c.run_id == claim.run_id))
    holder = connection.scalar(query.order_by(claims.c.run_id != claim.run_id).limit(1))
    if holder is not None:
        raise ClaimTaken(
            "already_published",
            f"Revision {claim.revision} of {claim.queue_date} is already published.",
            "Nothing is left to do; a new run makes the next revision.",
            {"run_id": holder},
        )


def _refuse_past(connection: sa.Connection, as_of: datetime) -> None:
    last = max((instant(body["as_of"]) for body in publication_bodies(connection)), default=None)
    if last is not None and as_of < last:
        raise AsOfPassed(
            "as_of_passed",
            f"A run as of {as_of.isoformat()} would come before the last publication, as of {last.isoformat()}.",
            "Run with a later --as-of; to see what would have been decided then, use --dry-run.",
        )
