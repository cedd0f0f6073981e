"""Rules over facts: all of them at once, wide, then only what did not pass, long.

Kept apart from loading: this is the part that meets a million rows. One lazy pass gives a bit per rule and row (yes, no
or unknown); only rows that fire or are unknown become lines. Reasons as list columns would cost fifty times as much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.effects import Effect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from policies.rulebook.model import Rule, Waiver

__all__ = ["JUDGED", "judge", "waive"]

# row: index into the facts; rule: index into the rules given; effect: value of policies.effects.Effect
JUDGED: Final = pl.Schema({"row": pl.UInt32, "rule": pl.UInt16, "effect": pl.UInt8})


def judge(facts: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Every (row, rule) that does not pass, as ``JUDGED``, ordered by rule, then row.

    A condition that is yes gives the rule's ``effect``, one that is unknown (null) its ``unknown``. ``facts`` needs the
    columns the rules read, typed as in ``policies.facts``; a missing one raises ``polars.exceptions.PolarsError``.
    """
    if not rules or facts.is_empty():
        return pl.DataFrame(schema=JUDGED)
    names = [str(position) for position in range(len(rules))]
    conditions = [rule.expression.alias(name) for name, rule in zip(names, rules, strict=True)]
    wide = facts.lazy().select(conditions).collect()
    parts = [part for name, rule in zip(names, rules, strict=True) for part in _not_passed(wide[name], rule, int(name))]
    return pl.concat(parts).sort("rule", "row", maintain_order=False) if parts else pl.DataFrame(schema=JUDGED)


def _not_passed(answers: pl.Series, rule: Rule, position: int) -> Iterator[pl.DataFrame]:
    """The rows one rule fires for, and those for which it cannot be told."""
    outcomes = [(answers, rule.effect)]
    if answers.null_count():
        outcomes.append((answers.is_null(), rule.unknown))
    for rows, effect in outcomes:
        found = rows.arg_true()
        if effect != Effect.PASS and len(found):
            columns = [
                found.cast(pl.UInt32).alias("row"),
                pl.lit(position, dtype=pl.UInt16).alias("rule"),
                pl.lit(int(effect), dtype=pl.UInt8).alias("effect"),
            ]
            yield pl.select(columns)


def waive(
    judged: pl.DataFrame, facts: pl.DataFrame, rules: Sequence[Rule], waivers: Sequence[Waiver], day: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split ``judged`` into what stands and what a waiver in force on ``day`` lifts; both as ``JUDGED``.

    ``facts`` needs ``source`` and ``country``. What was lifted is counted apart in every report; it never vanishes.
    """
    lifted = pl.Series("lifted", [False], dtype=pl.Boolean).new_from_index(0, judged.height)
    keyed = judged.join(facts.select("source", "country").with_row_index("row"), on="row", how="left", validate="m:1")
    for waiver in waivers:
        positions = [position for position, rule in enumerate(rules) if rule.id == waiver.rule_id and rule.waivable]
        if waiver.expires_on < day or not positions:
            continue
        subject = pl.col("source") == waiver.source if waiver.source else pl.col("country") == waiver.country
        hit = keyed.select((pl.col("rule").is_in(positions) & subject).fill_null(value=False)).to_series()
        lifted = lifted | hit
    return judged.filter(~lifted), judged.filter(lifted)
