"""Who may not be contacted at this moment: the last look at the ledger, before and after publishing.

It folds permission over everything known now, lists taken in since the last run included, and asks nothing else: an
opt-out must take people out of the queue at once, not with the next run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flows.clock import now, queue_day
from flows.ledger import EVERYTHING
from flows.ledger.screening import contact_tokens
from flows.ledger.tokens import person_id
from flows.policy_files import word_lists
from flows.queue.files import QueueInForce, is_current, lines_of_day, refresh
from flows.store import active_lists, load_generation, load_records
from policies.permission import PERMISSION_FACTS
from policies.standing import Known, standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.ledger import Ledger
    from flows.workspace import Workspace

__all__ = ["keep_queue_current", "refresh_queue", "stopped_points"]

WORDS: Final = {
    "opted_out": "opted out",
    "objected": "objected to direct marketing",
    "complained": "complained",
    "erased": "had their data erased",
    "domain_opted_out": "their organisation opted out",
    "address_opted_out": "this contact point opted out",
    "bounced": "this contact point is dead",
    "opted_out_by_shared_mailbox": "somebody behind a shared mailbox opted out",
    "word_in_doubt": "said something nobody could understand",
}
# What closes one contact point and says nothing about the others of the person.
_OF_ONE_POINT: Final = ("address_opted_out", "bounced")


def refresh_queue(ws: Workspace, ledger: Ledger) -> QueueInForce | None:
    """Derive the queue files anew from the latest publication and the ledger's head."""
    return refresh(ws, ledger, now(ws.settings), lambda people: _reasons(ws, ledger, people))


def keep_queue_current(ws: Workspace, ledger: Ledger) -> None:
    """Complete what an interrupted command left: events that the queue files do not show yet."""
    if not is_current(ws, ledger):
        refresh_queue(ws, ledger)


def _reasons(ws: Workspace, ledger: Ledger, people: Sequence[str]) -> Mapping[str, str]:
    """Why each of the people in the queue in force must not be contacted any more, where that is so."""
    published = ledger.publications()
    if published.is_empty() or not people:
        return {}
    generation = load_generation(ws, published.get_column("identity_generation")[-1])
    then = generation.assignments.select("record_id", pl.col("person_id").alias("current"))
    lines = pl.concat(lines_of_day(ws, published)).select("person_id", "channel", "contact_point").unique()
    found = (
        stopped_points(ws, ledger)
        .join(then, on="record_id", how="inner", validate="m:1")
        .join(
            lines.with_columns(generation.resolve(pl.col("person_id")).alias("current")),
            on=["current", "channel"],
            how="inner",
        )
        .filter(~pl.col("reason").is_in(_OF_ONE_POINT) | (pl.col("contact") == pl.col("contact_point")))
        .sort("person_id", "reason")
        .unique("person_id", keep="first", maintain_order=True)
    )
    wanted = set(people)
    return {
        person: WORDS[reason] for person, reason in found.select("person_id", "reason").iter_rows() if person in wanted
    }


def stopped_points(ws: Workspace, ledger: Ledger) -> pl.DataFrame:
    """``record_id, channel, contact, reason`` for every contact point that something said now stops."""
    published = ledger.publications().get_column("identity_generation").to_list()
    moment = now(ws.settings)
    records = load_records(ws, active_lists(ws))
    known = Known(
        records=records,
        tokens=contact_tokens(ledger.keyring, records, ledger.token_kinds()),
        events=ledger.permission_events(EVERYTHING),
        consents=ledger.consents(EVERYTHING),
        touches=ledger.touches(EVERYTHING),
    )
    found = standing(
        known,
        load_generation(ws, published[-1] if published else None),
        word_lists(ws),
        mint=lambda ids: [person_id(ledger.keyring, record) for record in ids],
        as_of=moment,
        on=queue_day(moment, ws.settings),
    )
    facts, points = found.permission.facts, found.points
    return (
        facts.unpivot(on=PERMISSION_FACTS, index=["record_id", "channel"], variable_name="reason", value_name="holds")
        .filter("holds")
        .join(points, on=["record_id", "channel"], how="left", validate="m:1")
        .select("record_id", "channel", "contact", "reason")
        .sort("record_id", "channel", "reason")
    )
