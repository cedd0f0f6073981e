"""Splink 5 on the same people: our normalised columns, our candidate pairs, its own model, trained by EM.

It is given what a user who knows it well would give it: addresses and numbers that three names or more use stand for
the organisation only, organisation clues are one comparison, term frequencies count where they help, and pairs come
from our blocking rules with their caps, so that only scoring and clustering differ. Its threshold is the best of
`THRESHOLDS` for the very data it is judged by, which favours it; ours are fixed.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.identity.blocking import key_hash
from policies.identity.fields import joined, with_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.identity.model import Model

__all__ = ["THRESHOLDS", "columns_for_splink", "splink_clusters"]

THRESHOLDS: Final = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)
_SHARED: Final = 3  # names to one address
_SEED: Final = 1
_SAMPLED_PAIRS: Final = 1e7
_LEAST_WEIGHT: Final = -2.0


def columns_for_splink(prepared: pl.DataFrame, model: Model) -> pl.DataFrame:
    """What Splink sees: folded names, own and shared contact points, organisations, a column per blocking rule."""
    names = {name for rule in model.blocking for name, _ in rule.key}
    made = with_fields(prepared, model, names)
    sign = pl.concat_str(pl.col("surname").str.head(3), pl.col("given_root").str.head(1), ignore_nulls=True)
    few = [sign.n_unique().over(name) < _SHARED for name in ("mailbox", "number")]
    blocked = [
        pl.when(pl.len().over(key := key_hash(joined(rule.key))) <= rule.cap).then(key).alias(f"block_{number}")
        for number, rule in enumerate(model.blocking)
    ]
    return made.select(
        pl.col("record_id").alias("unique_id"),
        "source", "surname", "surname_last", "given_root", "generation", "middle", "org", "company_key", "city",
        "local", "work_domain",
        pl.when(few[0] & ~pl.col("role_mailbox").fill_null(value=False)).then("mailbox").alias("own_mailbox"),
        pl.when(few[1]).then("number").alias("own_number"),
        pl.when(~few[1]).then("number").alias("switchboard"),
        *blocked,
    )  # fmt: skip


def splink_clusters(people: pl.DataFrame, rules: int) -> Callable[[float], pl.DataFrame]:
    """Train and score; what it gives makes the clusters of a threshold: ``unique_id, cluster_id``."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415  # an extra

    logging.getLogger("splink").setLevel(logging.ERROR)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=_comparisons(),
        blocking_rules_to_generate_predictions=[block_on(f"block_{number}") for number in range(rules)],
        retain_matching_columns=False,
    )
    linker = Linker(DuckDBAPI().register(people.to_arrow()), settings)
    training = linker.training
    certain: list[Any] = [block_on("own_mailbox", "surname"), block_on("own_number", "surname", "given_root")]
    training.estimate_probability_two_random_records_match(certain, recall=0.6)
    training.estimate_u_using_random_sampling(max_pairs=_SAMPLED_PAIRS, seed=_SEED)
    for rule in (block_on("own_mailbox"), block_on("surname", "given_root"), block_on("own_number")):
        training.estimate_parameters_using_expectation_maximisation(rule, record_sample_proportion=1.0)
    scored = linker.inference.predict(threshold_match_weight=_LEAST_WEIGHT)

    def clusters(least: float) -> pl.DataFrame:
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold_match_probability=least)
        relation: Any = found.as_duckdbpyrelation()
        return pl.DataFrame(relation.pl()).select("unique_id", "cluster_id")

    return clusters


def _comparisons() -> list[Any]:
    import splink.comparison_level_library as levels  # noqa: PLC0415  # an extra
    from splink.comparison_library import CustomComparison  # noqa: PLC0415

    def custom(name: str, *made: Any) -> Any:  # noqa: ANN401  # Splink's level creators have no common public type
        return CustomComparison(output_column_name=name, comparison_levels=[*made, levels.ElseLevel()])

    def when(sql: str, label: str) -> Any:  # noqa: ANN401
        return levels.CustomLevel(sql, label_for_charts=label)

    return [
        custom(
            "surname",
            levels.NullLevel("surname"),
            levels.ExactMatchLevel("surname", term_frequency_adjustments=True),
            when("surname_l = given_root_r AND given_root_l = surname_r", "swapped"),
            when("surname_last_l = surname_last_r", "same last word"),
            levels.JaroWinklerLevel("surname", 0.92),
            levels.JaroWinklerLevel("surname", 0.82),
        ),
        custom(
            "given",
            levels.NullLevel("given_root"),
            levels.ExactMatchLevel("given_root", term_frequency_adjustments=True),
            when("surname_l = given_root_r AND given_root_l = surname_r", "swapped"),
            when(
                "least(length(given_root_l), length(given_root_r)) = 1 AND given_root_l[1] = given_root_r[1]",
                "initial",
            ),
            levels.JaroWinklerLevel("given_root", 0.88),
        ),
        custom(
            "mailbox",
            levels.NullLevel("own_mailbox"),
            levels.ExactMatchLevel("own_mailbox", term_frequency_adjustments=True),
            when("work_domain_l = work_domain_r AND levenshtein(local_l, local_r) > 1", "two at one domain"),
            when("local_l = local_r", "same local part"),
        ),
        custom("number", levels.NullLevel("own_number"), levels.ExactMatchLevel("own_number")),
        custom(
            "organisation",
            levels.NullLevel("org"),
            levels.ExactMatchLevel("org", term_frequency_adjustments=True),
            when("company_key_l = company_key_r", "same company name"),
            when("switchboard_l = switchboard_r", "same switchboard"),
            when("jaro_winkler_similarity(company_key_l, company_key_r) > 0.9", "alike"),
        ),
        custom("city", levels.NullLevel("city"), levels.ExactMatchLevel("city", term_frequency_adjustments=True)),
        custom("generation", levels.NullLevel("generation"), levels.ExactMatchLevel("generation")),
        custom("middle", levels.NullLevel("middle"), levels.ExactMatchLevel("middle")),
    ]
