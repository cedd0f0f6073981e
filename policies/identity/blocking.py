"""Which pairs of records are compared at all: those that share the key of a blocking rule.

A key is a hash in 64 bits of the values of its fields. It is stable for one version of Polars, which therefore belongs
to the identity of whatever stores a key table. A collision costs a needless comparison and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.fields import joined, with_fields

if TYPE_CHECKING:
    from policies.identity.model import Model

__all__ = ["KEYS", "candidate_pairs", "key_hash", "key_table", "pairs_of"]

KEYS: Final = pl.Schema({"rule": pl.UInt8, "key": pl.UInt64, "position": pl.UInt32})
_SEED: Final = 20_261_123
_LEAST_PART: Final = 100  # records: smaller partitions need no less memory


def key_hash(text: pl.Expr) -> pl.Expr:
    """64 bits that stand for a text; null for null."""
    return pl.when(text.is_not_null()).then(text.hash(_SEED))


def key_table(prepared: pl.DataFrame, model: Model) -> pl.DataFrame:
    """The blocking keys of ``prepared``: ``rule, key, position``, sorted by all three.

    ``position`` is the row in ``prepared``, ``rule`` the place of the rule in the model.
    """
    names = {name for rule in model.blocking for name, _ in rule.key}
    made = with_fields(prepared, model, names).with_row_index("position").lazy()
    of_rules = [
        made.select(pl.lit(number, pl.UInt8).alias("rule"), key_hash(joined(rule.key)).alias("key"), "position")
        .drop_nulls("key")
        .sort("key", "position")
        for number, rule in enumerate(model.blocking)
    ]
    return pl.concat(pl.collect_all(of_rules)).match_to_schema(KEYS)


def candidate_pairs(prepared: pl.DataFrame, model: Model, *, partitions: int = 1) -> pl.DataFrame:
    """All pairs to compare among ``prepared``: ``a, b, rules`` with ``a < b``, sorted.

    ``rules`` has a bit for every blocking rule the pair was found by. ``partitions`` bounds memory and changes nothing.
    """
    return pairs_of(key_table(prepared, model), model, partitions=partitions)


def pairs_of(keys: pl.DataFrame, model: Model, *, partitions: int = 1) -> pl.DataFrame:
    """Pairs of positions that share a key in a block of at most the rule's cap.

    ``keys`` is a key table; with a Boolean column ``outside`` only pairs with at least one outside record are made.
    Returns ``a, b, rules`` sorted by ``a, b``.
    """
    members = _in_blocks(keys, model)
    if not members.height:
        return pl.DataFrame(schema={"a": pl.UInt32, "b": pl.UInt32, "rules": pl.UInt32})
    positions = int(members.select(pl.col("position").max()).item()) + 1
    size = max(-(-positions // partitions), _LEAST_PART)
    return pl.concat([_pairs_from(members, first, first + size) for first in range(0, positions, size)])


def _in_blocks(keys: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Members of blocks that hold at least two records and at most the cap."""
    caps = pl.DataFrame(
        {"rule": range(len(model.blocking)), "cap": [rule.cap for rule in model.blocking]},
        schema={"rule": pl.UInt8, "cap": pl.UInt32},
    )
    sizes = (
        keys.lazy()
        .group_by("rule", "key")
        .agg(pl.len().alias("size"))
        .join(caps.lazy(), on="rule")
        .filter((pl.col("size") > 1) & (pl.col("size") <= pl.col("cap")))
        .select("rule", "key")
    )
    return keys.lazy().join(sizes, on=["rule", "key"], how="semi").collect()


def _pairs_from(members: pl.DataFrame, first: int, end: int) -> pl.DataFrame:
    """Pairs whose smaller position lies in ``first <= a < end``."""
    left = members.lazy().filter(pl.col("position").is_between(first, end, closed="left"))
    right = members.lazy().filter(pl.col("position") > first)
    wanted = pl.col("position") < pl.col("position_right")
    if "outside" in members.columns:
        wanted &= pl.col("outside") | pl.col("outside_right")
    return (
        left.join(right, on=["rule", "key"], how="inner")
        .filter(wanted)
        .group_by(pl.col("position").alias("a"), pl.col("position_right").alias("b"))
        .agg((pl.lit(1, pl.UInt32) * (2 ** pl.col("rule").cast(pl.UInt32)).cast(pl.UInt32)).bitwise_or().alias("rules"))
        .sort("a", "b")
        .collect()
    )
