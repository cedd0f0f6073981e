"""From effects of single rules to one outcome per contact point and one verdict per person (design D7)."""

from __future__ import annotations

from typing import Final

import polars as pl

from policies.effects import Effect, Stage, Verdict

__all__ = ["OUTCOMES", "best_points", "outcomes_of_points", "person_outcomes", "reaching"]

POINT: Final = ("record_id", "channel")
STAGE_COLUMNS: Final = tuple(stage.value for stage in Stage)

# What a contact point can come to, from the best to the worst.
OUTCOMES: Final = (
    Verdict.QUEUED,
    Verdict.DEFERRED,
    Verdict.BRIEF_WANTED,
    Verdict.HELD,
    Verdict.UNFIT,
    Verdict.SUPPRESSED,
)
_RANK: Final = {verdict.value: rank for rank, verdict in enumerate(OUTCOMES)}


def reaching(fired: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Carry every fired rule to the contact points it reaches.

    ``fired`` has ``record_id, person_id, channel, rule, stage, reach, effect``. A rule of reach ``contact`` stays with
    its own contact point; a rule of reach ``person`` covers every point of that person on that channel, so that no
    record is judged more gently than another (law 2). Returns ``record_id, person_id, channel, rule, stage, effect``.
    """
    of_contact = fired.filter(pl.col("reach") == "contact").drop("reach")
    of_person = (
        fired.filter(pl.col("reach") == "person")
        .group_by("person_id", "channel", "rule", "stage")
        .agg(pl.col("effect").max())
        .join(points.select("person_id", *POINT), on=["person_id", "channel"], how="inner")
    )
    columns = ["record_id", "person_id", "channel", "rule", "stage", "effect"]
    return (
        pl.concat([of_contact.select(columns), of_person.select(columns)])
        .group_by("record_id", "person_id", "channel", "rule", "stage")
        .agg(pl.col("effect").max())
        .sort("record_id", "channel", "rule")
    )


def outcomes_of_points(reached: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """The outcome of every contact point: the strictest effect of each stage, read in the order of the verdicts.

    ``reached`` comes from :func:`reaching`; ``points`` has ``record_id, person_id, channel``. Returns these with one
    column per stage (the strictest effect), ``outcome`` (a verdict) and ``outcome_rank`` (0 is the best).
    """
    strictest = [pl.col("effect").filter(pl.col("stage") == stage).max().alias(stage) for stage in STAGE_COLUMNS]
    # a doubt goes before "not today", which the strictest effect of the stage would hide
    waits = (pl.col("stage") == Stage.CADENCE.value) & (pl.col("effect") == Effect.HOLD.value)
    by_point = reached.group_by(POINT).agg(*strictest, waits.any().alias("in_doubt"))
    judged = (
        points.select("record_id", "person_id", "channel")
        .join(by_point, on=POINT, how="left", validate="1:1")
        .with_columns(pl.col(stage).fill_null(Effect.PASS.value) for stage in STAGE_COLUMNS)
        .with_columns(_outcome(pl.col("in_doubt").fill_null(value=False)).alias("outcome"))
    )
    return judged.drop("in_doubt").with_columns(_rank_of(pl.col("outcome")).alias("outcome_rank"))


def _rank_of(outcome: pl.Expr) -> pl.Expr:
    """0 for the best outcome."""
    return outcome.replace_strict(list(_RANK), list(_RANK.values()), return_dtype=pl.UInt8)


def _outcome(in_doubt: pl.Expr) -> pl.Expr:
    """The verdict a contact point would get if it were the only one; ``in_doubt``: a rule of the cadence holds it."""
    hold, deny = Effect.HOLD.value, Effect.DENY.value
    permission, fit, brief, cadence = (pl.col(stage) for stage in STAGE_COLUMNS)
    held = (permission == hold) | (fit == hold) | in_doubt
    return (
        pl.when(permission == deny)
        .then(pl.lit(Verdict.SUPPRESSED.value))
        .when(fit == deny)
        .then(pl.lit(Verdict.UNFIT.value))
        .when(held)
        .then(pl.lit(Verdict.HELD.value))
        .when(brief >= hold)
        .then(pl.lit(Verdict.BRIEF_WANTED.value))
        .when(cadence == deny)
        .then(pl.lit(Verdict.DEFERRED.value))
        .otherwise(pl.lit(Verdict.QUEUED.value))
    )


def best_points(outcomes: pl.DataFrame, preference: pl.DataFrame) -> pl.DataFrame:
    """The contact point each person would be reached under: the best outcome, then the preferred one.

    ``preference`` has ``record_id, channel`` and ``preference`` (smaller is preferred: channel by relationship, the
    kept record, newer lists). One row per person, with the columns of ``outcomes``.
    """
    return (
        outcomes.join(preference, on=POINT, how="left", validate="1:1")
        .sort(["person_id", "outcome_rank", "preference", "record_id", "channel"], nulls_last=True)
        .unique("person_id", keep="first", maintain_order=True)
    )


def person_outcomes(outcomes: pl.DataFrame) -> pl.DataFrame:
    """``person_id, person_verdict``: the best of the person's contact points.

    Where every channel is denied the person is suppressed as soon as one of them is denied by a permission rule.
    """
    rank = pl.col("outcome_rank")
    unfit, suppressed = _RANK[Verdict.UNFIT.value], _RANK[Verdict.SUPPRESSED.value]
    names = [verdict.value for verdict in OUTCOMES]
    verdict_rank = pl.when(pl.col("best") >= unfit).then(pl.col("worst")).otherwise(pl.col("best"))
    return (
        outcomes.group_by("person_id")
        .agg(rank.min().alias("best"), rank.filter(rank <= suppressed).max().alias("worst"))
        .select(
            "person_id",
            verdict_rank.replace_strict(list(range(len(names))), names, return_dtype=pl.String).alias("person_verdict"),
        )
        .sort("person_id")
    )
