"""What a decision rests on, looked up in one place: rules, contracts, facts, events up to a cut, the day so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flows.clock import queue_day, valid_until
from flows.ledger import Cut
from flows.ledger.screening import contact_tokens
from flows.ledger.tokens import person_id
from flows.store import active_lists, load_briefs, load_generation, load_records
from flows.store.parquet import read_parquet
from policies.inputs import DecisionInputs, Organisation, Rep

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from flows.ledger import Ledger
    from flows.policy_files import Policy
    from flows.store import ListMeta
    from flows.workspace import Workspace

__all__ = ["Situation", "look", "organisation_of"]


@dataclass(frozen=True)
class Situation:
    """The inputs of a decision and where they came from.

    ``relevant_head``: number of the last event a decision may rest on; ``generation``: id of the identity generation
    of the latest publication; ``earlier_revision``: run id of the day's latest revision with an earlier ``as_of``.
    """

    inputs: DecisionInputs
    policy: Policy
    lists: Sequence[ListMeta]
    cut: Cut
    relevant_head: int
    generation: str | None
    earlier_revision: str | None
    previous: str | None


def look(ws: Workspace, ledger: Ledger, policy: Policy, as_of: datetime, *, past: bool = False) -> Situation:
    """Gather what is known: all of it for a live run, or with ``past`` only what was recorded by ``as_of``."""
    cut = Cut(seq=ledger.head(), recorded_by=as_of if past else None)
    lists = [meta for meta in active_lists(ws) if not past or meta.accepted_at <= as_of]
    records = load_records(ws, lists)
    day = queue_day(as_of, ws.settings)
    known = _Publications.before(ledger, as_of, day, past=past)
    inputs = DecisionInputs(
        records=records,
        tokens=contact_tokens(ledger.keyring, records.filter(pl.col("reject_code").is_null()), ledger.token_kinds()),
        events=ledger.permission_events(cut),
        consents=ledger.consents(cut),
        notices=ledger.notices(cut),
        touches=ledger.touches(cut),
        commitments=_earlier_days(ledger.commitments(cut), day),
        briefs=load_briefs(ws),
        contracts=policy.contract_frame(lists, day),
        day_queue=_day_queue(ws, known.revisions),
        prior=load_generation(ws, known.generation),
        book=policy.book,
        organisation=organisation_of(ws),
        reps=[Rep(rep.name, rep.daily_budget) for rep in ws.settings.reps],
        queue_date=day,
        valid_until=valid_until(day, ws.settings),
        as_of=as_of,
        mint=lambda record_ids: [person_id(ledger.keyring, record) for record in record_ids],
    )
    return Situation(
        inputs=inputs,
        policy=policy,
        lists=lists,
        cut=cut,
        relevant_head=ledger.relevant_head(cut),
        generation=known.generation,
        earlier_revision=known.revisions[-1] if known.revisions else None,
        previous=known.previous,
    )


def organisation_of(ws: Workspace) -> Organisation:
    """Who is sending, from the settings."""
    own = ws.settings.organisation
    return Organisation(
        name=own.name,
        postal_address=own.postal_address,
        privacy_notice_url=own.privacy_notice_url,
        reply_address=own.reply_address or "",
        timezone=own.timezone,
        domains=own.domains,
    )


@dataclass(frozen=True, slots=True)
class _Publications:
    """What earlier publications leave to a decision."""

    generation: str | None
    revisions: tuple[str, ...]
    previous: str | None

    @classmethod
    def before(cls, ledger: Ledger, as_of: datetime, day: date, *, past: bool) -> _Publications:
        """``past`` leaves out what was published for a later instant."""
        known = ledger.publications()
        if past:
            known = known.filter(pl.col("as_of") <= as_of)
        earlier = known.filter(pl.col("as_of") < as_of)
        return cls(
            generation=_last(known, "identity_generation"),
            revisions=tuple(earlier.filter(pl.col("queue_date") == day).get_column("run_id")),
            previous=_last(earlier, "run_id"),
        )


def _last(publications: pl.DataFrame, column: str) -> str | None:
    values: list[str] = publications.get_column(column).to_list()
    return values[-1] if values else None


def _earlier_days(commitments: pl.DataFrame, day: date) -> pl.DataFrame:
    """Commitments of earlier days that were not taken back; those of the day itself are its own revisions."""
    return commitments.filter((pl.col("queue_date") < day) & ~pl.col("released"))


def _day_queue(ws: Workspace, revisions: Sequence[str]) -> pl.DataFrame:
    """Every line of the day's earlier revisions; ``standing`` marks those of the latest one."""
    texts = dict.fromkeys(("person_id", "channel", "owner"), pl.String())
    schema = pl.Schema({**texts, "standing": pl.Boolean()})
    lines = [
        read_parquet(ws.run_folder(run_id) / "queue.parquet").select(
            "person_id", "channel", "owner", pl.lit(run_id == revisions[-1]).alias("standing")
        )
        for run_id in revisions
    ]
    found = pl.concat([pl.DataFrame(schema=schema), *lines])
    return found.sort(["person_id", "channel", "standing", "owner"], descending=[False, False, True, False]).unique(
        ["person_id", "channel"], keep="first", maintain_order=True
    )
