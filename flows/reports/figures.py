"""Count a run: from the frames of its decisions to the figures of its report.

Takes the frames DECISIONS, REASONS, QUEUE, SUPPRESSIONS and TOUCHES of ``policies.schema`` and returns counts only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import polars as pl

from flows.reports.latency_figures import latency_of
from flows.reports.model import (
    ContractLine,
    Conversations,
    Count,
    FunnelStep,
    PermissionLine,
    ReasonLine,
    RuleLine,
    RunReport,
    SourceLine,
    SuppressionLine,
)
from policies.effects import STAGES, VERDICT_ORDER, Effect, Stage, Verdict
from policies.schema import SUPPRESSIONS, TOUCHES, empty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.reports.model import FeedLine, RecipientLine, RegistryLine, RunFacts, WaiverLine

__all__ = ["RuleText", "build_report"]

# A conversation is an answer by the person; a plain no is counted apart, so that nobody is praised for being refused.
_CONVERSATIONS: Final = ("connected", "replied", "meeting", "call_back")
_REFUSALS: Final = ("not_interested", "asked_to_stop", "complaint")

# Which fired rules explain which verdict, as policies.decision.outcomes reads them; the others explain themselves.
_EXPLAINS: Final = pl.DataFrame(
    [
        (Verdict.SUPPRESSED.value, Stage.PERMISSION.value, Effect.DENY.label),
        (Verdict.UNFIT.value, Stage.FIT.value, Effect.DENY.label),
        *((Verdict.HELD.value, stage.value, Effect.HOLD.label) for stage in STAGES if stage is not Stage.BRIEF),
        *((Verdict.BRIEF_WANTED.value, Stage.BRIEF.value, effect.label) for effect in (Effect.HOLD, Effect.DENY)),
        (Verdict.DEFERRED.value, Stage.CADENCE.value, Effect.DENY.label),
    ],
    schema=["person_verdict", "stage", "effect"],
    orient="row",
)
_NOT_STOPPED: Final = (Verdict.REJECTED.value, Verdict.QUEUED.value)


class RuleText(Protocol):
    """What the report reads of a rule; ``policies.rulebook.Rule`` has it."""

    @property
    def stage(self) -> Stage:
        """The stage the rule is judged in."""

    @property
    def reason(self) -> str:
        """The sentence for a marketer."""

    @property
    def fix(self) -> str:
        """What would resolve it."""

    @property
    def cites(self) -> tuple[str, ...]:
        """What the rule rests on."""


def build_report(  # noqa: PLR0913 (one keyword per frame of the run; a holder for them would say the same twice)
    *,
    run: RunFacts,
    decisions: pl.DataFrame,
    reasons: pl.DataFrame,
    queue: pl.DataFrame,
    rules: Mapping[str, RuleText],
    contracts: Sequence[ContractLine] = (),
    countries: pl.DataFrame | None = None,
    evidence_kinds: pl.DataFrame | None = None,
    suppressions: pl.DataFrame | None = None,
    touches: pl.DataFrame | None = None,
    quarantined: Mapping[str, int] | None = None,
    waivers: Sequence[WaiverLine] = (),
    feeds: Sequence[FeedLine] = (),
    registries: Sequence[RegistryLine] = (),
    on_registry: int = 0,
    latency: pl.DataFrame | None = None,
    latency_days: int = 0,
    voids: int = 0,
    recipients: Sequence[RecipientLine] = (),
) -> RunReport:
    """Count one run for its report.

    Args:
        run: which run this is.
        decisions: DECISIONS, one row per record.
        reasons: REASONS, every rule that fired.
        queue: QUEUE of the run.
        rules: rule id to rule; ids it lacks are shown without a sentence.
        contracts: what to say about the contract of each source.
        countries: ``person_id, country`` of the queued, for the permission table.
        evidence_kinds: ``person_id, evidence`` of the queued: the kind of evidence, never the evidence itself.
        suppressions: SUPPRESSIONS of the run.
        touches: TOUCHES so far; none: the report says nothing about conversations.
        quarantined: refusal code to number of files in quarantine; none: the report says nothing about it.
        waivers: exceptions in force, counted apart.
        feeds: the declared opt-out feeds.
        registries: the do-not-call registries in force.
        on_registry: people with a number that one of them lists.
        latency: LATENCY of the stops of the last ``latency_days``.
        latency_days: how far back that goes.
        voids: stops that were taken back as provably never the person's word.
        recipients: the systems that stops are carried to.

    """
    fired = _fired(decisions, reasons, rules)
    return RunReport(
        run=run,
        rows_read=decisions.height,
        people=decisions["person_id"].drop_nulls().n_unique(),
        funnel=_funnel(decisions),
        reasons=_reasons(fired, rules),
        rules=_rules(fired, rules),
        reject_codes=_reject_codes(decisions),
        sources=_sources(decisions, contracts),
        permission=_permission(queue, countries, evidence_kinds),
        queue_by_channel=_counts(queue, "channel"),
        queue_by_owner=_counts(queue, "owner"),
        queue_by_relationship=_counts(queue, "relationship"),
        conversations=_conversations(empty(TOUCHES) if touches is None else touches),
        suppressions=_suppressions(empty(SUPPRESSIONS) if suppressions is None else suppressions, on_registry),
        quarantined=None if quarantined is None else _sorted_counts(quarantined),
        waivers=tuple(sorted(waivers, key=lambda waiver: waiver.rule_id)),
        feeds=tuple(sorted(feeds, key=lambda feed: feed.name)),
        registries=tuple(registries),
        latency=None if latency is None or latency.is_empty() else latency_of(latency, latency_days),
        voids=voids,
        recipients=tuple(sorted(recipients, key=lambda recipient: recipient.name)),
    )


def _fired(decisions: pl.DataFrame, reasons: pl.DataFrame, rules: Mapping[str, RuleText]) -> pl.DataFrame:
    """Every fired rule with the person behind it: rule_id, stage, effect, channel, person_id, person_verdict."""
    stages = pl.DataFrame(
        [(rule_id, rule.stage.value) for rule_id, rule in sorted(rules.items())],
        schema={"rule_id": pl.String, "stage": pl.String},
        orient="row",
    )
    people = decisions.select("record_id", "person_id", "person_verdict").drop_nulls("person_id").unique("record_id")
    return (
        reasons.select("subject", "channel", "rule_id", "effect")
        .filter(pl.col("effect") != Effect.PASS.label)
        .join(people, left_on="subject", right_on="record_id", how="inner", validate="m:1")
        .join(stages, on="rule_id", how="left", validate="m:1")
        .with_columns(pl.col("stage").fill_null(""))
        .unique(["rule_id", "effect", "channel", "person_id"], keep="any")
    )


def _funnel(decisions: pl.DataFrame) -> tuple[FunnelStep, ...]:
    rows = dict(decisions.group_by("verdict").len().iter_rows())
    people = dict(decisions.group_by("verdict").agg(pl.col("person_id").drop_nulls().n_unique()).iter_rows())
    left, steps = decisions.height, []
    for verdict in VERDICT_ORDER:
        count = rows.get(verdict.value, 0)
        left -= 0 if verdict is Verdict.QUEUED else count
        heads = None if verdict is Verdict.DUPLICATE else people.get(verdict.value, 0)
        steps.append(FunnelStep(verdict.value, count, heads, left))
    return tuple(steps)


def _reasons(fired: pl.DataFrame, rules: Mapping[str, RuleText]) -> tuple[ReasonLine, ...]:
    """Rules that explain a verdict, most people first; somebody stopped twice counts under both rules."""
    stopped = fired.filter(~pl.col("person_verdict").is_in(_NOT_STOPPED))
    lines = (
        stopped.join(_EXPLAINS, on=["person_verdict", "stage", "effect"], how="semi")
        .group_by("person_verdict", "rule_id")
        .agg(pl.col("person_id").n_unique().alias("people"))
        .sort(["people", "rule_id", "person_verdict"], descending=[True, False, False])
    )
    return tuple(
        ReasonLine(rule_id, verdict, people, rules[rule_id].reason, rules[rule_id].fix)
        for verdict, rule_id, people in lines.iter_rows()
        if rule_id in rules
    )


def _rules(fired: pl.DataFrame, rules: Mapping[str, RuleText]) -> tuple[RuleLine, ...]:
    def of(channel: str) -> pl.Expr:
        return pl.col("person_id").filter(pl.col("channel") == channel).n_unique().alias(f"people_{channel}")

    stage_rank = pl.col("stage").replace_strict({stage.value: rank for rank, stage in enumerate(STAGES)}, default=9)
    effect_rank = pl.col("effect").replace_strict({effect.label: -effect.value for effect in Effect})
    lines = (
        fired.group_by("rule_id", "stage", "effect")
        .agg(pl.col("person_id").n_unique().alias("people"), of("email"), of("phone"))
        .sort([stage_rank, effect_rank, -pl.col("people").cast(pl.Int64), "rule_id"])
    )
    return tuple(
        RuleLine(rule_id, stage, effect, people, email, phone, tuple(rules[rule_id].cites) if rule_id in rules else ())
        for rule_id, stage, effect, people, email, phone in lines.iter_rows()
    )


def _reject_codes(decisions: pl.DataFrame) -> tuple[Count, ...]:
    rejected = decisions.filter(pl.col("verdict") == Verdict.REJECTED.value)
    codes = rejected.select(pl.col("reasons").list.first().fill_null("no code").alias("code"))
    return _counts(codes, "code")


def _sources(decisions: pl.DataFrame, contracts: Sequence[ContractLine]) -> tuple[SourceLine, ...]:
    known = {contract.source: contract for contract in contracts}
    counts: dict[str, dict[str, int]] = {source: {} for source in known}
    for source, verdict, rows in decisions.group_by("source", "verdict").len().iter_rows():
        counts.setdefault(source, {})[verdict] = rows
    return tuple(_source(source, counts[source], known.get(source)) for source in sorted(counts))


def _source(source: str, rows: Mapping[str, int], contract: ContractLine | None) -> SourceLine:
    known = contract or ContractLine(source, None, "missing", None, None)
    total, rejected = sum(rows.values()), rows.get(Verdict.REJECTED.value, 0)
    return SourceLine(
        source=source,
        kind=known.kind,
        rows=total,
        accepted=total - rejected,
        rejected=rejected,
        queued=rows.get(Verdict.QUEUED.value, 0),
        contract=known.status,
        obtained_on=known.obtained_on,
        expires_on=known.expires_on,
        verdicts=tuple(Count(verdict.value, rows.get(verdict.value, 0)) for verdict in VERDICT_ORDER),
    )


def _permission(
    queue: pl.DataFrame, countries: pl.DataFrame | None, evidence_kinds: pl.DataFrame | None
) -> tuple[PermissionLine, ...]:
    nobody = {"person_id": pl.String}
    places = pl.DataFrame(schema={**nobody, "country": pl.String}) if countries is None else countries
    kinds = pl.DataFrame(schema={**nobody, "evidence": pl.String}) if evidence_kinds is None else evidence_kinds
    keys = ["country", "channel", "lawful_basis", "evidence"]
    lines = (
        queue.select("person_id", "channel", "lawful_basis")
        .join(places.unique("person_id", keep="first", maintain_order=True), on="person_id", how="left")
        .join(kinds.unique("person_id", keep="first", maintain_order=True), on="person_id", how="left")
        .with_columns(pl.col("country", "lawful_basis").fill_null("unknown"), pl.col("evidence").fill_null(""))
        .group_by(keys)
        .agg(pl.col("person_id").n_unique().alias("people"))
        .sort(keys)
    )
    return tuple(PermissionLine(*line) for line in lines.iter_rows())


def _counts(frame: pl.DataFrame, column: str) -> tuple[Count, ...]:
    """Counts in the order of the names: never a ranking."""
    counts = frame.select(pl.col(column).fill_null("none")).group_by(column).len().sort(column)
    return tuple(Count(name, count) for name, count in counts.iter_rows())


def _sorted_counts(counts: Mapping[str, int]) -> tuple[Count, ...]:
    return tuple(Count(name, count) for name, count in sorted(counts.items()))


def _conversations(touches: pl.DataFrame) -> Conversations | None:
    if touches.is_empty():
        return None
    outcomes = _counts(touches, "outcome")
    return Conversations(
        contacts=touches.height,
        conversations=sum(count.count for count in outcomes if count.name in _CONVERSATIONS),
        refusals=sum(count.count for count in outcomes if count.name in _REFUSALS),
        outcomes=outcomes,
    )


def _suppressions(suppressions: pl.DataFrame, on_registry: int) -> tuple[SuppressionLine, ...]:
    def people(how: str) -> pl.Expr:
        return pl.col("person_id").filter(pl.col("stated_or_inferred") == how).n_unique().alias(how)

    lines = suppressions.group_by("kind").agg(people("stated"), people("inferred")).sort("kind")
    found = [SuppressionLine(*line) for line in lines.iter_rows()]
    listed = [SuppressionLine("registry", on_registry, 0)] if on_registry else []
    return tuple(sorted([*found, *listed], key=lambda line: line.kind))
