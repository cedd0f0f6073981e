"""What the report of a run is counted from: frames of the decision and a few facts of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from flows.clock import instant_text
from flows.registries.standing import ages_of, shown_coverage
from flows.reports.figures import Material, build_report
from flows.reports.model import ContractLine, FeedLine, RegistryLine, RunFacts, WaiverLine
from policies.conversations import contacts_made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.reports.model import RunReport
    from flows.runs.frames import RunFrames
    from flows.runs.situation import Situation
    from flows.runs.stop_figures import StopFigures
    from flows.workspace import Workspace
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs
    from policies.sources import SourceContract

__all__ = ["report_of"]


def report_of(
    ws: Workspace,
    situation: Situation,
    decision: Decision,
    frames: RunFrames,
    worklists: Mapping[str, pl.DataFrame],
    stops: StopFigures,
) -> RunReport:
    """Count a run for its report; only counts, ids and dates go in. ``worklists`` are its frames by file name."""
    inputs = situation.inputs
    relationship: Any = inputs.settings["relationship"]
    given = Material(
        run=_run_facts(ws, situation),
        decisions=frames.decisions,
        reasons=decision.reasons,
        queue=frames.queue,
        rules={rule.id: rule for rule in decision.rules},
        contacts=contacts_made(decision, inputs),
        wanted=worklists["briefs_wanted.csv"],
        unreported=worklists["touches_missing.csv"].height,
        relationships=relationship["order"],
        contracts=_contracts(situation),
        countries=_countries(decision, frames.queue.select("person_id")),
        evidence_kinds=_evidence_kinds(frames.queue),
        suppressions=decision.table.permission.suppressions,
        waivers=_waivers(decision, situation),
        feeds=[FeedLine(feed.name, None, feed.max_age_hours) for feed in ws.settings.optout_feeds.feed],
        registries=_registries(situation),
        on_registry=_on_registry(inputs, decision),
        latency=stops.latency,
        latency_days=stops.days,
        voids=stops.voids,
        recipients=stops.recipients,
    )
    return build_report(given)


def _run_facts(ws: Workspace, situation: Situation) -> RunFacts:
    """Which run this is."""
    inputs = situation.inputs
    return RunFacts(
        run_id=situation.run.run_id,
        as_of=instant_text(inputs.as_of),
        queue_date=inputs.queue_date.isoformat(),
        valid_until=instant_text(inputs.valid_until),
        policy_revision=situation.policy.revision,
        organisation=inputs.organisation.name,
        timezone=inputs.organisation.timezone,
        clock_is_set=ws.settings.clock is not None,
    )


def _registries(situation: Situation) -> list[RegistryLine]:
    inputs = situation.inputs
    return [
        RegistryLine(
            registry=age.registry,
            version_date=age.version_date.isoformat(),
            coverage=shown_coverage(age.coverage),
            numbers=age.numbers,
            age_days=age.age_days,
            max_age_days=age.max_age_days,
            state=age.state,
        )
        for age in ages_of(situation.registries.versions, inputs.book, inputs.queue_date)
    ]


def _on_registry(inputs: DecisionInputs, decision: Decision) -> int:
    """People with a number that a registry lists."""
    listed = inputs.registries.filter("listed").select("phone").unique()
    people = decision.table.subjects.records.join(listed, on="phone", how="semi")
    return people.get_column("person_id").n_unique()


def _contracts(situation: Situation) -> list[ContractLine]:
    """The state of the contract of every source with an active list, as the rules saw it."""
    facts = situation.inputs.contracts
    dates = situation.inputs.records.group_by("source").agg(pl.col("obtained_on").max())
    obtained = dict(dates.sort("source").iter_rows())
    lines = []
    for source in sorted({meta.source for meta in situation.lists}):
        contract = situation.policy.contracts.get(source)
        day = obtained.get(source)
        lines.append(
            ContractLine(
                source=source,
                kind=contract.kind if contract else None,
                status=_status(contract, facts.filter(pl.col("source") == source)),
                obtained_on=day.isoformat() if day else None,
                expires_on=contract.expires_on.isoformat() if contract and contract.expires_on else None,
            )
        )
    return lines


def _status(contract: SourceContract | None, facts: pl.DataFrame) -> str:
    """In one word; ``facts`` are the source facts of every list of the source."""
    if contract is None:
        return "missing"
    if facts.get_column("contract_expired").any():
        return "expired"
    complete = not facts.get_column("contract_incomplete").any() and facts.get_column("contract_approved").all()
    return "in force" if complete else "incomplete"


def _countries(decision: Decision, queued: pl.DataFrame) -> pl.DataFrame:
    """``person_id, country`` of the queued; several countries stand as one word."""
    return (
        decision.table.countries.join(queued, on="person_id", how="semi")
        .group_by("person_id")
        .agg(pl.col("country").drop_nulls().sort().str.join("+"))
        .sort("person_id")
    )


def _evidence_kinds(queue: pl.DataFrame) -> pl.DataFrame:
    """``person_id, evidence``: whether a line rests on the person's own consent or on the terms of a list."""
    own = pl.col("lawful_basis") == "consent"
    kind = pl.when(own).then(pl.lit("recorded consent")).otherwise(pl.lit("source contract"))
    return queue.select("person_id", kind.alias("evidence"))


def _waivers(decision: Decision, situation: Situation) -> list[WaiverLine]:
    """Every waiver with how many people it let through."""
    people = dict(decision.waived.group_by("rule_id").agg(pl.col("person_id").n_unique()).iter_rows())
    return [
        WaiverLine(waiver.rule_id, int(people.get(waiver.rule_id, 0)), waiver.expires_on.isoformat())
        for waiver in situation.policy.book.waivers
    ]
