"""Linked pairs as users get them: bits, probability, veto, and reasons that add up to the bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from policies.identity.calibration import probability
from policies.identity.model import MILLIBITS
from policies.identity.reasons import reason_texts, veto_label

if TYPE_CHECKING:
    from policies.identity.model import Model

__all__ = ["pairs_table"]


def pairs_table(links: pl.DataFrame, model: Model, id_type: pl.DataType | None = None) -> pl.DataFrame:
    """``a, b, bits, probability, veto, reasons, link`` of ``LINKS``, the smaller record id first, sorted by both.

    ``reasons`` names every comparison that weighs something with its bits, then the prior: together they are ``bits``.
    A veto stands last and weighs nothing. A model without a calibration map gives no probability. Ids that are whole
    numbers in the file (``id_type``) are numbers here, so that the two can be joined.
    """
    likely = probability(pl.col("millibits"), model.calibration) if model.calibration else pl.lit(None, pl.Float64)
    as_in_file = id_type if id_type is not None and id_type.is_integer() else pl.String()
    ends = [pl.col(end).cast(as_in_file) for end in ("record_a", "record_b")]
    named = links.with_columns(pl.min_horizontal(ends).alias("a"), pl.max_horizontal(ends).alias("b"))
    ordered = named.sort("a", "b")
    veto = pl.when(pl.col("veto") > 0).then(pl.format("veto: {} (+0.000)", veto_label(model)))
    return ordered.select(
        "a",
        "b",
        (pl.col("millibits") / MILLIBITS).round(3).alias("bits"),
        likely.alias("probability"),
        (pl.col("veto") > 0).alias("veto"),
        pl.concat_list(pl.lit(reason_texts(ordered, model)), veto).list.drop_nulls().alias("reasons"),
        "link",
    )
