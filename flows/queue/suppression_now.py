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
from flows.ledger.taken_back import UNDO
from flows.ledger.tokens import person_id, token
from flows.policy_files import word_lists
from flows.queue.files import QueueInForce, is_current, lines_of_day, refresh
from flows.runs.published import read_published
from flows.store import active_lists, load_generation, load_records
from policies.permission import PERMISSION_FACTS
from policies.standing import Known, standing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

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
    "list_waiting": "a list that names them waits to be confirmed",
}
NO_LIST: Final = "the list they came from was taken out"
NO_CONSENT: Final = "the file with their consent or notice was taken out"
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
    said = {person: WORDS[reason] for person, reason in found.select("person_id", "reason").iter_rows()}
    reasons = _taken_out(ws, ledger, published) | said
    return {person: reason for person, reason in reasons.items() if person in wanted}


def _taken_out(ws: Workspace, ledger: Ledger, published: pl.DataFrame) -> dict[str, str]:
    """Who stood in a queue of the day on grounds of a file that was taken back since."""
    undone = ledger.files_marked(UNDO)
    if not undone:
        return {}
    of_day = published.filter(pl.col("queue_date") == published.get_column("queue_date").last())
    since = of_day.get_column("events_seq").min()
    gone = {sha256 for sha256, seq in undone.items() if isinstance(since, int) and seq > since}
    rows = [
        read_published(ws, run_id, "decisions.parquet").filter(pl.col("file_sha256").is_in(sorted(gone)))
        for run_id in of_day.get_column("run_id")
    ]
    people = pl.concat([row.select("person_id") for row in rows]).get_column("person_id").drop_nulls().unique()
    without = _without_their_consent(ledger, lines_of_day(ws, published), gone)
    return dict.fromkeys(without, NO_CONSENT) | dict.fromkeys(people.sort(), NO_LIST)


def _without_their_consent(ledger: Ledger, lines: Sequence[pl.DataFrame], gone: Collection[str]) -> list[str]:
    """People in the queue whose contact point a consent or notice was about that was taken back with its file."""
    named = ledger.tokens_of_files(gone)
    found = []
    for person, channel, contact in (
        pl.concat(lines).select("person_id", "channel", "contact_point").unique().iter_rows()
    ):
        value = contact.lower() if channel == "email" else contact
        if named and any(token(key, channel, value) in named for key in ledger.keyring):
            found.append(person)
    return sorted(found)


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
