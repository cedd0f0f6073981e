"""Doubtful matches for a human to look at: two people who may be one, or rows of one person who may be two.

Whole people are shown, not pairs of records: of all that links two people the strongest pair stands for them. Those
whose answer changes who may be contacted come first (design D11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.effects import Verdict
from policies.identity import doubtful_links
from policies.identity.calibration import probability
from policies.identity.model import MILLIBITS
from policies.identity.model_file import lead_model
from policies.identity.reasons import reason_texts, veto_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.evaluate import Decision

__all__ = ["REVIEW", "matches_to_review"]

REVIEW: Final = (
    *("person_id", "record_a", "name_a", "source_a", "record_b", "name_b", "source_b", "why"),
    *("person_a", "person_b", "company_a", "company_b", "link", "bits", "probability", "veto", "reasons", "pairs"),
    "changes_answer",
)
_RECORDS: Final = ("record_a", "record_b")
_PEOPLE: Final = ("person_a", "person_b")
# Verdicts of people who are contacted now, or as soon as nothing but time or work stands against it.
_OPEN: Final = (Verdict.QUEUED.value, Verdict.BRIEF_WANTED.value, Verdict.DEFERRED.value)
_KEYED: Final = "one mailbox or number, and too little else in common"
_WHY: Final = {
    "merge": "may be one person",
    "review": "may be one person",
    "suppress": "too unlike to be one person, too like for a stop not to hold for both",
}


def matches_to_review(decision: Decision, settings: Mapping[str, Any]) -> pl.DataFrame:
    """Columns ``REVIEW``: a row per two people in doubt, or per two surnames under one mailbox that made one person.

    ``settings`` are the tables of the rulebook, in which the model stands. ``bits``, what they are made of and what
    they mean by experience are null where nothing was weighed; ``pairs`` counts the links between the two.
    ``changes_answer`` says whether the answer changes who may be contacted: this doubt alone stops one of them, or one
    of them is open, and would share a place, a cap or a stop with the other.
    """
    records = decision.table.subjects.records
    found = pl.concat([_between_people(decision), _within_people(decision)], how="diagonal")
    for side in ("a", "b"):
        about = records.select(
            pl.col("record_id").alias(f"record_{side}"),
            pl.col("person_id").alias(f"person_{side}"),
            pl.col("full_name").alias(f"name_{side}"),
            pl.col("source").alias(f"source_{side}"),
            pl.col("company").alias(f"company_{side}"),
        )
        found = found.join(about, on=f"record_{side}", how="left", validate="m:1")
    opened = decision.people.filter(pl.col("person_verdict").is_in(_OPEN)).get_column("person_id").implode()
    either_open = pl.any_horizontal(pl.col(name).is_in(opened) for name in _PEOPLE)
    return (
        _weighed(found, decision, settings)
        .with_columns(
            pl.col("person_a").alias("person_id"),
            (pl.col("silences") | either_open).alias("changes_answer"),
        )
        .sort(["changes_answer", "bits", *_RECORDS], descending=[True, True, False, False], nulls_last=True)
        .select(REVIEW)
    )


def _weighed(found: pl.DataFrame, decision: Decision, settings: Mapping[str, Any]) -> pl.DataFrame:
    """Add ``probability``, ``veto`` and the list of ``reasons`` in words to the pairs that were weighed."""
    links = decision.table.subjects.matching.links.join(found.select(_RECORDS).unique(), on=_RECORDS, how="semi")
    if links.is_empty():
        unknown: dict[str, pl.DataType] = {
            "probability": pl.Float64(),
            "veto": pl.String(),
            "reasons": pl.List(pl.String()),
        }
        return found.with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in unknown.items())
    model = lead_model(settings)
    known = probability(pl.col("millibits"), model.calibration) if model.calibration else pl.lit(None, dtype=pl.Float64)
    reasons = reason_texts(links, model).alias("reasons")
    told = links.select(*_RECORDS, known.alias("probability"), veto_label(model).alias("veto"), reasons)
    return found.join(told, on=_RECORDS, how="left", validate="m:1")


def _between_people(decision: Decision) -> pl.DataFrame:
    """The strongest pair of records of two people whom a link in doubt ties, or over whose link a stop went.

    Links too weak to be looked at are left out where no stop went over them: the answer would change nothing.
    """
    subjects = decision.table.subjects
    strongest = subjects.ties.crossings.filter(pl.col("person_id") < pl.col("kin")).select(
        pl.min_horizontal("crossed_from", "crossed_to").alias("record_a"),
        pl.max_horizontal("crossed_from", "crossed_to").alias("record_b"),
        pl.col("person_id").alias("low"),
        pl.col("kin").alias("high"),
        (pl.col("millibits") / MILLIBITS).round(3).alias("bits"),
    )
    links = subjects.matching.links.select(*_RECORDS, "link")
    silences = pl.col("silences").fill_null(value=False)
    return (
        strongest.join(links, on=_RECORDS, how="left", validate="1:1")
        .join(_linked(decision), on=["low", "high"], how="left", validate="1:1")
        .join(_silencing(decision), on=["low", "high"], how="left", validate="1:1")
        .filter(silences | (pl.col("link") != "suppress").fill_null(value=True))
        .with_columns(
            silences,
            pl.col("link").replace_strict(_WHY, default=_KEYED, return_dtype=pl.String).alias("why"),
            pl.col("pairs").fill_null(0),
        )
        .drop("low", "high")
    )


def _linked(decision: Decision) -> pl.DataFrame:
    """``low, high, pairs``: how many links there are between two people (ids in order)."""
    links = decision.table.subjects.matching.links.select(*_RECORDS)
    of_two = _people(decision, links).filter(pl.col("low") != pl.col("high"))
    return of_two.group_by("low", "high").agg(pl.len().cast(pl.Int64).alias("pairs"))


def _silencing(decision: Decision) -> pl.DataFrame:
    """``low, high, silences`` of two people where a doubt between them, and nothing else said, stops one of them."""
    covered = decision.table.permission.suppressions
    crossed = pl.col("crossed_to").is_not_null()
    stopped_anyway = covered.filter(~crossed).select("person_id").unique()
    alone = covered.filter(crossed).join(stopped_anyway, on="person_id", how="anti")
    pairs = alone.select(pl.col("crossed_from").alias("record_a"), pl.col("crossed_to").alias("record_b")).unique()
    of_people = _people(decision, pairs).select("low", "high").unique()
    return of_people.with_columns(pl.lit(value=True).alias("silences"))


def _people(decision: Decision, pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs (``record_a, record_b``) with ``low, high``, the people they are of: one and the same, or two."""
    person_of = decision.table.subjects.records.select("record_id", "person_id")
    for side in ("a", "b"):
        own = person_of.rename({"record_id": f"record_{side}", "person_id": f"of_{side}"})
        pairs = pairs.join(own, on=f"record_{side}", how="inner", validate="m:1")
    low, high = pl.min_horizontal("of_a", "of_b").alias("low"), pl.max_horizontal("of_a", "of_b").alias("high")
    return pairs.with_columns(low, high).drop("of_a", "of_b")


def _within_people(decision: Decision) -> pl.DataFrame:
    """Records that one mailbox made one person of although their surnames differ."""
    subjects = decision.table.subjects
    doubtful = _people(decision, doubtful_links(subjects.records, subjects.links)).filter(
        pl.col("low") == pl.col("high")
    )
    links = subjects.matching.links.select(*_RECORDS, "link", (pl.col("millibits") / MILLIBITS).round(3).alias("bits"))
    return (
        doubtful.join(links, on=_RECORDS, how="left", validate="1:1")
        .with_columns(pl.lit(1, dtype=pl.Int64).alias("pairs"), pl.lit(value=False).alias("silences"))
        .drop("low", "high")
    )
