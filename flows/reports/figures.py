"""Count a run: from the frames of its decisions to the figures of its report. Counts only, nobody (law 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from flows.reports.counting import counts_of, sorted_counts
from flows.reports.latency_figures import latency_of
from flows.reports.model import RunReport
from flows.reports.people_figures import conversations_of, waits_of
from flows.reports.source_figures import permission_of, sources_of, suppressions_of
from flows.reports.verdict_figures import fired_rules, funnel_of, reasons_of, reject_codes_of, rules_of
from policies.conversations import CONTACTS_MADE
from policies.latency import LATENCY
from policies.schema import SUPPRESSIONS, empty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from flows.reports.model import (
        ContractLine,
        FeedLine,
        RecipientLine,
        RegistryLine,
        RunFacts,
        WaiverLine,
    )
    from flows.reports.verdict_figures import RuleText

__all__ = ["Material", "build_report"]


@dataclass(frozen=True, kw_only=True)
class Material:
    """What a report is counted from: which run it was, its frames, and what else is known of its workspace.

    Attributes:
        run: which run this is.
        decisions: DECISIONS, one row per record.
        reasons: REASONS, every rule that fired.
        queue: QUEUE of the run.
        rules: rule id to rule; ids it lacks are shown without a sentence.
        contacts: CONTACTS_MADE so far.
        wanted: the frame of ``briefs_wanted``; None: the report says nothing about waits.
        unreported: queue lines whose outcome is overdue.
        relationships: what a relationship is called, the warmest first.
        countries: ``person_id, country`` of the queued.
        evidence_kinds: ``person_id, evidence`` of the queued: the kind of evidence, never the evidence itself.
        suppressions: SUPPRESSIONS of the run.
        on_registry: people with a number that a registry lists.
        contracts: what to say about the contract of each source.
        quarantined: refusal code to number of files in quarantine; None: the report says nothing about it.
        waivers: exceptions in force, counted apart.
        feeds: the declared opt-out feeds.
        registries: the do-not-call registries in force.
        latency: LATENCY of the stops of the last ``latency_days``.
        latency_days: how far back that goes.
        voids: stops that were taken back as provably never the person's word.
        recipients: the systems that stops are carried to.

    """

    run: RunFacts
    decisions: pl.DataFrame
    reasons: pl.DataFrame
    queue: pl.DataFrame
    rules: Mapping[str, RuleText]
    contacts: pl.DataFrame = field(default_factory=lambda: empty(CONTACTS_MADE))
    wanted: pl.DataFrame | None = None
    unreported: int = 0
    relationships: Sequence[str] = ()
    countries: pl.DataFrame | None = None
    evidence_kinds: pl.DataFrame | None = None
    suppressions: pl.DataFrame = field(default_factory=lambda: empty(SUPPRESSIONS))
    on_registry: int = 0
    contracts: Sequence[ContractLine] = ()
    quarantined: Mapping[str, int] | None = None
    waivers: Sequence[WaiverLine] = ()
    feeds: Sequence[FeedLine] = ()
    registries: Sequence[RegistryLine] = ()
    latency: pl.DataFrame = field(default_factory=lambda: empty(LATENCY))
    latency_days: int = 0
    voids: int = 0
    recipients: Sequence[RecipientLine] = ()

    @property
    def today(self) -> date:
        """The day of the run's queue."""
        return date.fromisoformat(self.run.queue_date)


def build_report(given: Material) -> RunReport:
    """Count one run for its report."""
    decisions, queue = given.decisions, given.queue
    fired = fired_rules(decisions, given.reasons, given.rules)
    return RunReport(
        run=given.run,
        rows_read=decisions.height,
        people=decisions["person_id"].drop_nulls().n_unique(),
        funnel=funnel_of(decisions),
        reasons=reasons_of(fired, given.rules),
        rules=rules_of(fired, given.rules),
        reject_codes=reject_codes_of(decisions),
        sources=sources_of(decisions, given.contracts),
        permission=permission_of(queue, given.countries, given.evidence_kinds),
        queue_by_channel=counts_of(queue, "channel"),
        queue_by_relationship=counts_of(queue, "relationship"),
        conversations=conversations_of(
            given.contacts, given.today, unreported=given.unreported, order=given.relationships
        ),
        waits=None if given.wanted is None else waits_of(given.wanted, given.today, given.relationships),
        suppressions=suppressions_of(given.suppressions, given.on_registry),
        quarantined=None if given.quarantined is None else sorted_counts(given.quarantined),
        waivers=tuple(sorted(given.waivers, key=lambda waiver: waiver.rule_id)),
        feeds=tuple(sorted(given.feeds, key=lambda feed: feed.name)),
        registries=tuple(given.registries),
        latency=None if given.latency.is_empty() else latency_of(given.latency, given.latency_days),
        voids=given.voids,
        recipients=tuple(sorted(given.recipients, key=lambda recipient: recipient.name)),
    )
