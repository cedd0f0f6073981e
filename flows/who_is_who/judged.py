"""Which records people's words are about: those a judgement names, and those that are known again as theirs.

A record is known again by its name together with its mailbox or number: so a word holds when a list is delivered anew
with changed rows. One that could be of either side is of none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flows.ledger.judgements import judged_tokens
from policies.identity.columns import JUDGEMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.ledger import Keyring
    from flows.ledger.judgements import Judgement

__all__ = ["judged_pairs", "said_pairs"]

_SIDE: Final = {"word_number": pl.Int64(), "side": pl.UInt8()}


def judged_pairs(keyring: Keyring, said: Sequence[Judgement], records: pl.DataFrame) -> pl.DataFrame:
    """``JUDGEMENTS`` of ``records`` (``RECORDS``, those that are compared): of each pair the newest word."""
    return said_pairs(keyring, said, records).drop("seq")


def said_pairs(keyring: Keyring, said: Sequence[Judgement], records: pl.DataFrame) -> pl.DataFrame:
    """:func:`judged_pairs` with ``seq``, the number of the word."""
    if not said:
        return pl.DataFrame(schema={**JUDGEMENTS, "seq": pl.Int64()})
    members = _sides_of(keyring, said, records)
    words = pl.DataFrame(
        [(one.seq, one.word, one.again) for one in said],
        schema={"word_number": pl.Int64, "word": pl.String, "again": pl.Boolean},
        orient="row",
    )
    first = members.filter(pl.col("side") == 0).select("word_number", pl.col("record_id").alias("one"))
    second = members.filter(pl.col("side") == 1).select("word_number", pl.col("record_id").alias("other"))
    return (
        first.join(second, on="word_number")
        .join(words, on="word_number", validate="m:1")
        .with_columns(
            pl.min_horizontal("one", "other").alias("record_a"), pl.max_horizontal("one", "other").alias("record_b")
        )
        .sort("word_number")
        .unique(["record_a", "record_b"], keep="last", maintain_order=True)
        .select(*JUDGEMENTS, pl.col("word_number").alias("seq"))
        .sort("record_a", "record_b")
    )


def _sides_of(keyring: Keyring, said: Sequence[Judgement], records: pl.DataFrame) -> pl.DataFrame:
    """``word_number, side, record_id``: which records each side of each judgement is about today."""
    stated = _sides(said, "record_id").join(records.select("record_id").unique(), on="record_id", how="semi")
    known = _sides(said, "token").join(judged_tokens(keyring, records), on="token").drop("token").unique()
    again = known.join(stated, on=["word_number", "record_id"], how="anti")
    either = again.group_by("word_number", "record_id").agg(pl.len().alias("sides")).filter(pl.col("sides") > 1)
    sure = again.join(either, on=["word_number", "record_id"], how="anti")
    return pl.concat([stated, sure.select(stated.columns)]).sort("word_number", "side", "record_id")


def _sides(said: Sequence[Judgement], column: str) -> pl.DataFrame:
    rows = [
        (one.seq, side, value)
        for one in said
        for side, values in enumerate(one.records if column == "record_id" else one.tokens)
        for value in sorted(values)
    ]
    return pl.DataFrame(rows, schema={**_SIDE, column: pl.String()}, orient="row")
