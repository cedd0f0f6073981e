"""What a decision rests on, looked up in one place: rules, contracts, facts, events up to a cut, the day so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from flows.clock import queue_day, valid_until
from flows.ledger import Cut
from flows.ledger.erasure import namesakes
from flows.ledger.one_key import OneKey
from flows.ledger.referrals import records_named
from flows.ledger.tokens import person_id
from flows.ledger.unsubscribe import seal_tokens
from flows.registries.versions import Shelf
from flows.runs.past_matching import matching_published
from flows.runs.published import read_published
from flows.runs.run_id import decisive_parts, fingerprint, parts_sha256
from flows.store import active_lists, generation_id, load_briefs, load_generation, load_records
from flows.who_is_who import Cohort, matching_for
from policies.fact_table.table import standing_of
from policies.inputs import DecisionInputs, Organisation, Rep, Unsubscribing
from policies.schema import DAY_QUEUE, empty

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from flows.ledger import Ledger
    from flows.policy_files import Policy
    from flows.runs.run_id import Fingerprint
    from flows.store import ListMeta
    from flows.workspace import Workspace
    from policies.standing import Standing

__all__ = ["Situation", "look"]


@dataclass(frozen=True)
class Situation:
    """The inputs of a decision and where they came from.

    ``standing``: where everybody stands by these inputs, whoever is in the day's queue; the decision takes it over.
    ``relevant_head``: number of the last event a decision may rest on. ``run`` names the run that would decide here,
    ``inputs_sha256`` what it rests on but the day's earlier revisions. ``registries`` are the do-not-call registries in
    force. ``earlier_revision``: run id of the day's
    revision before it; ``previous``: of the publication before it.
    """

    inputs: DecisionInputs
    standing: Standing
    policy: Policy
    lists: Sequence[ListMeta]
    registries: Shelf
    cut: Cut
    relevant_head: int
    run: Fingerprint
    inputs_sha256: str
    earlier_revision: str | None
    previous: str | None


def look(ws: Workspace, ledger: Ledger, policy: Policy, as_of: datetime, *, past: bool = False) -> Situation:
    """Gather what is known: all of it for a live run, or with ``past`` only what was recorded by ``as_of``."""
    cut = Cut(seq=ledger.head(), recorded_by=as_of if past else None)
    lists = [meta for meta in active_lists(ws) if not past or meta.accepted_at <= as_of]
    published = ledger.publications()
    known = published.filter(pl.col("as_of") <= as_of) if past else published
    relevant_head = ledger.relevant_head(cut)
    registries = Shelf.of(ws, ledger, queue_day(as_of, ws.settings), cut)
    base = _inputs(ws, ledger, policy, as_of, cut, lists, known)
    base = replace(base, registries=registries.screen(base.records.get_column("phone")))
    found = standing_of(base)
    parts = decisive_parts(ws, ledger, policy, lists, base, relevant_head) | {
        "registries": registries.identity(),
        # the identity that counts is the one the run would commit: what earlier runs committed and the lists make it
        "identity_generation": generation_id(found.subjects.generation),
    }
    before = _before(known, as_of, parts_sha256(parts))
    of_day = before.filter(pl.col("queue_date") == base.queue_date).select("run_id", "as_of")
    earlier, previous = (_last(runs.get_column("run_id").to_list()) for runs in (of_day, before))
    return Situation(
        inputs=replace(base, day_queue=_day_queue(ws, of_day, as_of)),
        standing=found,
        policy=policy,
        lists=lists,
        registries=registries,
        cut=cut,
        relevant_head=relevant_head,
        run=fingerprint(base, parts, earlier_revision=earlier, previous=previous),
        inputs_sha256=parts_sha256(parts),
        earlier_revision=earlier,
        previous=previous,
    )


def _inputs(
    ws: Workspace,
    ledger: Ledger,
    policy: Policy,
    as_of: datetime,
    cut: Cut,
    lists: Sequence[ListMeta],
    published: pl.DataFrame,
) -> DecisionInputs:
    """The inputs of a decision, nobody being in the day's queue yet."""
    records = load_records(ws, lists)
    past = matching_published(ws, ledger, published, records, lists, cut) if cut.recorded_by is not None else None
    day = queue_day(as_of, ws.settings)
    own = OneKey(ledger.keyring, records.filter(pl.col("reject_code").is_null()), ledger.token_kinds())
    referrals = own.named(ledger.referrals(cut))
    return DecisionInputs(
        records=records,
        matching=past or matching_for(ws, ledger, policy.book.settings, Cohort.of_lists(records, lists), cut),
        tokens=own.tokens,
        events=own.named(ledger.permission_events(cut, own.as_made)),
        consents=own.named(ledger.consents(cut)),
        notices=own.named(ledger.notices(cut)),
        touches=own.named(ledger.touches(cut)),
        referrals=referrals,
        named=records_named(ledger.keyring, records, referrals.filter("of_name").get_column("token")),
        commitments=own.named(_earlier_days(ledger.commitments(cut), day)),
        briefs=load_briefs(ws),
        contracts=policy.contract_frame(lists, day),
        day_queue=empty(DAY_QUEUE),
        prior=load_generation(ws, _last(published.get_column("identity_generation").to_list()), pairs=True),
        book=policy.book,
        organisation=_organisation_of(ws),
        reps=[Rep(rep.name, rep.daily_budget) for rep in ws.settings.reps],
        queue_date=day,
        valid_until=valid_until(day, ws.settings),
        as_of=as_of,
        mint=lambda record_ids: [person_id(ledger.keyring, record) for record in record_ids],
        namesakes=namesakes(ledger.keyring, records, ledger.erased(cut)),
        unsubscribing=_unsubscribing(ws, ledger),
    )


def _unsubscribing(ws: Workspace, ledger: Ledger) -> Unsubscribing | None:
    """How an e-mail lets people out, where the settings say where links lead."""
    base = ws.settings.unsubscribe_base
    return None if base is None else Unsubscribing(base, partial(seal_tokens, ledger.keyring.current))


def _before(published: pl.DataFrame, as_of: datetime, inputs_sha256: str) -> pl.DataFrame:
    """Publications that come before a run: of an earlier instant, or of the same one and resting on other inputs.

    Where the run itself was published already, only what was published before it counts: it gets its name again.
    """
    same = published.filter(pl.col("as_of") == as_of)
    itself = same.filter(pl.col("inputs_sha256") == inputs_sha256).get_column("ledger_seq").min()
    others = pl.lit(value=True) if itself is None else pl.col("ledger_seq") < pl.lit(itself)
    return published.filter((pl.col("as_of") < as_of) | ((pl.col("as_of") == as_of) & others)).sort("ledger_seq")


def _organisation_of(ws: Workspace) -> Organisation:
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


def _last(values: Sequence[str]) -> str | None:
    return values[-1] if values else None


def _earlier_days(commitments: pl.DataFrame, day: date) -> pl.DataFrame:
    """Commitments of earlier days that were not taken back; those of the day itself are its own revisions."""
    return commitments.filter((pl.col("queue_date") < day) & ~pl.col("released"))


def _day_queue(ws: Workspace, revisions: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Every line of the day's earlier revisions (``run_id, as_of``, in order), as ``DAY_QUEUE``.

    A line has begun where its hours came before a later revision left it out: its rep may have used it.
    """
    ids, instants = revisions.get_column("run_id").to_list(), [*revisions.get_column("as_of"), as_of]
    opens = pl.col("not_before").str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_zone="UTC")
    lines = [
        read_published(ws, run_id, "queue.parquet").select(
            *("person_id", "channel", "owner"),
            pl.lit(place == len(ids) - 1).alias("standing"),
            (opens <= pl.lit(instants[place + 1])).fill_null(value=True).alias("begun"),
        )
        for place, run_id in enumerate(ids)
    ]
    found = pl.concat([empty(DAY_QUEUE), *lines])
    key = ["person_id", "channel"]
    return (
        found.with_columns(pl.col("begun").any().over(key))
        .sort([*key, "standing", "owner"], descending=[False, False, True, False])
        .unique(key, keep="first", maintain_order=True)
    )
