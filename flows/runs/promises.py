"""Queue lines as commitments: every line handed out counts as a contact until somebody says what came of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.ledger.contacts import Contact
from flows.ledger.touch_events import Commitment, commitment_event, release_event
from policies.effects import Verdict

if TYPE_CHECKING:
    from flows.ledger import Claim, Ledger, NewEvent
    from policies.evaluate import Decision

__all__ = ["commitments_and_releases"]

TAKEN_OUT: Final = "not_in_revision"
_LINE: Final = ("person_id", "channel")
_ENDED: Final = (Verdict.SUPPRESSED.value, Verdict.UNFIT.value)


def commitments_and_releases(
    ledger: Ledger, decision: Decision, queue: pl.DataFrame, day_queue: pl.DataFrame, claim: Claim
) -> list[NewEvent]:
    """What a publication hands out anew, and what it takes back of the day's earlier revisions.

    A line that an earlier revision handed out is promised already; one that somebody worked on is never taken back, nor
    is one whose hours have begun: its rep may have used it without saying so yet, and it counts as a contact. Only of
    whoever is not to be contacted any more nothing is left to count. ``queue`` is the ``QUEUE`` of the run,
    ``day_queue`` the ``DAY_QUEUE`` it was decided with.
    """
    generation = decision.table.subjects.generation
    today = pl.col("queue_date").cast(pl.String) == claim.queue_date
    resolved = generation.resolve(pl.col("person_id"))
    standing = ledger.commitments().filter(today, ~pl.col("released")).with_columns(resolved)
    unworked = ledger.open_commitments().filter(today).with_columns(resolved)
    begun = day_queue.filter("begun").with_columns(resolved).select(_LINE)
    ended = decision.people.filter(pl.col("person_verdict").is_in(_ENDED)).select("person_id")
    left = unworked.join(queue.select(_LINE), on=_LINE, how="anti")
    unused = [left.join(begun, on=_LINE, how="anti"), left.join(ended, on="person_id", how="semi")]
    gone = pl.concat(unused).unique("seq").sort("seq")
    fresh = queue.join(standing.select(_LINE).unique(), on=_LINE, how="anti").sort("rank")
    companies = decision.table.people.select("person_id", "company_key")
    released = [release_event(seq, claim.run_id, TAKEN_OUT, claim.as_of) for seq in gone.get_column("seq")]
    promised = fresh.join(companies, on="person_id", how="left", validate="m:1")
    return released + [
        commitment_event(ledger.keyring, _commitment(row, claim)) for row in promised.iter_rows(named=True)
    ]


def _commitment(row: dict[str, str], claim: Claim) -> Commitment:
    return Commitment(
        person_id=row["person_id"],
        contact=Contact("email" if row["channel"] == "email" else "phone", row["contact_point"]),
        company_key=row["company_key"],
        channel=row["channel"],
        owner=row["owner"],
        queue_date=date.fromisoformat(claim.queue_date),
        revision=claim.revision,
        run_id=claim.run_id,
        run_as_of=claim.as_of,
    )
