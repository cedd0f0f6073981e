"""Count verdicts and rules: the funnel, why people were not contacted, and what each rule did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import polars as pl

from flows.reports.counting import counts_of
from flows.reports.model import FunnelStep, ReasonLine, RuleLine
from policies.effects import STAGES, VERDICT_ORDER, Effect, Stage, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.reports.people_model import Count

__all__ = ["RuleText", "fired_rules", "funnel_of", "reasons_of", "reject_codes_of", "rules_of"]

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


def fired_rules(decisions: pl.DataFrame, reasons: pl.DataFrame, rules: Mapping[str, RuleText]) -> pl.DataFrame:
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


def funnel_of(decisions: pl.DataFrame) -> tuple[FunnelStep, ...]:
    """Rows and people per verdict, in the order of the verdicts; what is left after the last is the queue."""
    rows = dict(decisions.group_by("verdict").len().iter_rows())
    people = dict(decisions.group_by("verdict").agg(pl.col("person_id").drop_nulls().n_unique()).iter_rows())
    left, steps = decisions.height, []
    for verdict in VERDICT_ORDER:
        count = rows.get(verdict.value, 0)
        left -= 0 if verdict is Verdict.QUEUED else count
        heads = None if verdict is Verdict.DUPLICATE else people.get(verdict.value, 0)
        steps.append(FunnelStep(verdict.value, count, heads, left))
    return tuple(steps)


def reasons_of(fired: pl.DataFrame, rules: Mapping[str, RuleText]) -> tuple[ReasonLine, ...]:
    """Rules that explain a verdict, most people first; somebody stopped twice counts under both rules."""
    stopped = fired.filter(~pl.col("person_verdict").is_in(_NOT_STOPPED))
    lines = (
        stopped.join(_EXPLAINS, on=["person_verdict", "stage", "effect"], how="semi")
        .select("person_verdict", "rule_id", "person_id")
        .unique()
        .with_columns((pl.len().over("person_id") == 1).alias("alone"))
        .group_by("person_verdict", "rule_id")
        .agg(pl.len().alias("people"), pl.col("alone").sum())
        .sort(["people", "rule_id", "person_verdict"], descending=[True, False, False])
    )
    return tuple(
        ReasonLine(rule_id, verdict, people, alone, rules[rule_id].reason, rules[rule_id].fix)
        for verdict, rule_id, people, alone in lines.iter_rows()
        if rule_id in rules
    )


def rules_of(fired: pl.DataFrame, rules: Mapping[str, RuleText]) -> tuple[RuleLine, ...]:
    """People per rule and channel whatever became of them, in the order of stages, the strictest effect first."""

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


def reject_codes_of(decisions: pl.DataFrame) -> tuple[Count, ...]:
    """Refused rows by what is wrong with them."""
    rejected = decisions.filter(pl.col("verdict") == Verdict.REJECTED.value)
    codes = rejected.select(pl.col("reasons").list.first().fill_null("no code").alias("code"))
    return counts_of(codes, "code")
