"""The frames a run leaves behind: decisions for every record, the reasons for them, and the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.effects import CHANNELS, Effect, Verdict
from policies.facts import FACTS
from policies.schema import DECISIONS, REASONS, conform

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from policies.rulebook import Rule

__all__ = ["DUPLICATE_REASON", "ERASED_RULE", "REJECT_PREFIX", "decisions_frame", "erased_reasons", "reasons_frame"]

DUPLICATE_REASON: Final = "identity.duplicate"
REJECT_PREFIX: Final = "intake."
ERASED_RULE: Final = "core.permission.erased"  # of rows of which nothing is kept that another rule could read
WITHHELD: Final = "withheld"
_IDENTIFYING: Final = frozenset(fact.name for fact in FACTS if fact.identifying)


def reasons_frame(facts: pl.DataFrame, fired: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """The ``REASONS`` frame: every rule that fired, with the facts it read as evidence.

    ``facts`` is the fact table with a ``row`` index, ``fired`` has ``row, rule, effect`` (``rule`` is an index into
    ``rules``). Facts that could identify a person are withheld, so that the frame never needs to be rewritten. Where a
    record was judged under several countries, the strictest row stands for the rule.
    """
    told = fired.get_column("rule").unique().sort().to_list()
    parts = [_reasons_of(facts, fired, index, rules[index]) for index in told]
    found = pl.concat(parts or [pl.DataFrame(schema=REASONS)])
    return conform(found.sort("subject", "channel", "rule_id"), REASONS)


def erased_reasons(records: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """``REASONS`` of the rows of erased people: on every channel the one rule that says so."""
    cites = next((list(rule.cites) for rule in rules if rule.id == ERASED_RULE), [])
    stubs = records.filter("erased").select(pl.col("record_id").alias("subject")).unique().sort("subject")
    channels = pl.DataFrame({"channel": [channel.value for channel in CHANNELS]})
    found = stubs.join(channels, how="cross").with_columns(
        pl.lit(ERASED_RULE).alias("rule_id"),
        pl.lit(Effect.DENY.label).alias("effect"),
        pl.lit('{"erased":true}').alias("evidence"),
        pl.lit(pl.Series([cites], dtype=pl.List(pl.String))).first().alias("cites"),
    )
    return conform(found, REASONS)


def _reasons_of(facts: pl.DataFrame, fired: pl.DataFrame, index: int, rule: Rule) -> pl.DataFrame:
    """The reasons one rule gives."""
    own = fired.filter(pl.col("rule") == index).select("row", "effect")
    shown = [_shown(name) for name in sorted({"country", *rule.columns})]
    return (
        own.join(facts, on="row", how="inner", validate="1:1")
        .select(
            pl.col("record_id").alias("subject"),
            "channel",
            "effect",
            pl.struct(shown).struct.json_encode().alias("evidence"),
        )
        .sort(["subject", "channel", "effect", "evidence"], descending=[False, False, True, False])
        .unique(["subject", "channel"], keep="first", maintain_order=True)
        .with_columns(
            pl.lit(rule.id).alias("rule_id"),
            _effect_label(pl.col("effect")),
            pl.lit(pl.Series([list(rule.cites)], dtype=pl.List(pl.String))).first().alias("cites"),
        )
        .select(list(REASONS))
    )


def _shown(name: str) -> pl.Expr:
    """A fact as evidence: identifying ones only say whether they were known."""
    if name in _IDENTIFYING:
        return pl.when(pl.col(name).is_not_null()).then(pl.lit(WITHHELD)).alias(name)
    return pl.col(name)


def _effect_label(effect: pl.Expr) -> pl.Expr:
    """The word for an effect's number."""
    return effect.replace_strict([e.value for e in Effect], [e.label for e in Effect], return_dtype=pl.String)


def decisions_frame(
    records: pl.DataFrame,
    rows: pl.DataFrame,
    people: pl.DataFrame,
    *,
    run_id: str,
    policy_revision: str,
    as_of: datetime,
) -> pl.DataFrame:
    """The ``DECISIONS`` frame: exactly one row for every row of every active list.

    ``records`` is ``RECORDS``; ``rows`` are the accepted rows with ``file_sha256, row_number, person_id, kept``;
    ``people`` has ``person_id, person_verdict, reasons, channels, next_review_on``, one row per person.
    """
    known = rows.select("file_sha256", "row_number", "person_id", "kept").join(
        people, on="person_id", how="left", validate="m:1"
    )
    joined = records.select("record_id", "source", "file_sha256", "row_number", "reject_code", "erased").join(
        known, on=["file_sha256", "row_number"], how="left", validate="1:1"
    )
    rejected, duplicate = pl.col("reject_code").is_not_null(), ~pl.col("kept")
    erased = pl.col("erased").fill_null(value=False)
    as_rejected, as_erased = (rejected, pl.lit(Verdict.REJECTED.value)), (erased, pl.lit(Verdict.SUPPRESSED.value))
    as_duplicate = (duplicate, pl.lit(Verdict.DUPLICATE.value))
    reject_reason = pl.concat_list(pl.concat_str(pl.lit(REJECT_PREFIX), "reject_code"))
    because = [(rejected, reject_reason), (erased, _texts(ERASED_RULE)), (duplicate, _texts(DUPLICATE_REASON))]
    decided = joined.with_columns(
        _instead_of("person_verdict", as_rejected, as_erased, as_duplicate).alias("verdict"),
        _instead_of("person_verdict", as_rejected, as_erased),
        _instead_of("reasons", *because),
        _instead_of("channels", (rejected | erased | duplicate, _texts())),
        _instead_of("next_review_on", (rejected | duplicate, pl.lit(None))),
        pl.lit(run_id).alias("run_id"),
        pl.lit(policy_revision).alias("policy_revision"),
        pl.lit(as_of).alias("as_of"),
    )
    return conform(decided.sort("source", "file_sha256", "row_number"), DECISIONS)


def _instead_of(column: str, *cases: tuple[pl.Expr, pl.Expr]) -> pl.Expr:
    """The value of the first case that holds, in place of a column's own."""
    found = pl.col(column)
    for holds, value in reversed(cases):
        found = pl.when(holds).then(value).otherwise(found)
    return found.alias(column)


def _texts(*texts: str) -> pl.Expr:
    """The same list of texts for every row."""
    return pl.lit(pl.Series([list(texts)], dtype=pl.List(pl.String))).first()
