"""What ties people to each other although they are counted as several: a stop crosses it, a consent never does.

Two people may have been one before, or a link between two of their records leaves a doubt whether they are one. Records
that share a mailbox of their own, or a number and a surname, are tied as well, whatever speaks against one person: the
name may be wrong, the address is there. What people judged to be different is tied by nothing (law 2, design D11).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.components import components
from policies.identity.matched import DIFFERENT
from policies.schema import SPLITS, empty

if TYPE_CHECKING:
    from policies.identity.matched import Matching
    from policies.identity.people import Generation

__all__ = ["CROSSINGS", "Ties", "kin_of", "ties_between"]

# A link between records of two people, in both directions; of several the strongest.
CROSSINGS: Final = pl.Schema(
    {
        "person_id": pl.String,
        "kin": pl.String,  # the other person
        "crossed_from": pl.String,  # record of the person
        "crossed_to": pl.String,  # record of the other
        "millibits": pl.Int32,  # null: nothing is weighed, they share a key or were linked before
    }
)
_APART: Final = pl.Schema({"person_id": pl.String, "kin": pl.String})
_OF: Final = ("person_id", "kin")
_KEYED: Final = pl.col("millibits").is_null()
_STRONGEST_FIRST: Final = [False, False, False, True, False, False]
# A key that more people than this have in common is nobody's own, and ties none of them.
_MOST_PEOPLE: Final = 60


@dataclass(frozen=True)
class Ties:
    """``splits``: ``SPLITS``; ``crossings``: ``CROSSINGS``; ``apart``: ``person_id, kin`` judged to be different.

    ``former``: ``CROSSINGS`` by links that the last run found, and that are none any more.
    """

    splits: pl.DataFrame
    crossings: pl.DataFrame
    apart: pl.DataFrame
    former: pl.DataFrame = field(default_factory=lambda: empty(CROSSINGS))

    @classmethod
    def none(cls) -> Ties:
        """Nobody is tied to anybody."""
        return cls(empty(SPLITS), empty(CROSSINGS), empty(_APART))


def ties_between(
    records: pl.DataFrame,
    matching: Matching,
    exact: pl.DataFrame,
    generation: Generation,
    found_before: pl.DataFrame | None = None,
) -> Ties:
    """The ties between people.

    ``records`` has ``record_id, person_id``; ``exact`` comes from :func:`policies.identity.exact_links`;
    ``generation`` has the splits by the person ids in force, and the links a stop once crossed: these stay ties even
    where more records have made the likeness a common one, so that nothing inferred runs out by itself. For that
    reason so do the links of the last committed run, ``found_before``: a stop may have crossed them since.
    """
    person_of = records.select("record_id", "person_id")
    judged = matching.judged.filter(pl.col("word") == DIFFERENT).select("record_a", "record_b")
    apart = _between(judged, person_of).select(_OF).unique()
    links = _between(matching.links.select("record_a", "record_b", pl.col("millibits").cast(pl.Int32)), person_of)
    keyed = _between(pl.concat([_sharing(exact, person_of), generation.crossed]), person_of)
    crossings = (
        pl.concat([links.select(CROSSINGS.names()), keyed.select(CROSSINGS.names())])
        .join(apart, on=_OF, how="anti")
        .sort([*_OF, _KEYED, "millibits", "crossed_from", "crossed_to"], descending=_STRONGEST_FIRST)
        .unique(_OF, keep="first", maintain_order=True)
    )
    former = _former(found_before, matching.links, person_of).join(apart, on=_OF, how="anti")
    return Ties(generation.splits, crossings, apart.sort(_OF), former)


def _former(before: pl.DataFrame | None, links: pl.DataFrame, person_of: pl.DataFrame) -> pl.DataFrame:
    """Links there were and are no more, as ``CROSSINGS``."""
    pair = ["record_a", "record_b"]
    if before is None:
        return empty(CROSSINGS)
    gone = before.select(pair).join(links.select(pair), on=pair, how="anti")
    return _between(gone, person_of).select(CROSSINGS.names()).sort(CROSSINGS.names())


def _between(pairs: pl.DataFrame, person_of: pl.DataFrame) -> pl.DataFrame:
    """Pairs of records of two people, in both directions, with ``person_id, kin, crossed_from, crossed_to``."""
    one = person_of.rename({"record_id": "crossed_from"})
    other = person_of.rename({"record_id": "crossed_to", "person_id": "kin"})
    there = pairs.rename({"record_a": "crossed_from", "record_b": "crossed_to"})
    if "millibits" not in there.columns:
        there = there.with_columns(pl.lit(None, dtype=pl.Int32).alias("millibits"))
    back = there.with_columns(pl.col("crossed_to").alias("crossed_from"), pl.col("crossed_from").alias("crossed_to"))
    return (
        pl.concat([there, back])
        .join(one, on="crossed_from", how="inner", validate="m:1")
        .join(other, on="crossed_to", how="inner", validate="m:1")
        .filter(pl.col("person_id") != pl.col("kin"))
    )


def _sharing(exact: pl.DataFrame, person_of: pl.DataFrame) -> pl.DataFrame:
    """``record_a, record_b``: for each two people under one key a record of each."""
    members = (
        exact.join(person_of, on="record_id", how="inner", validate="m:1")
        .group_by("key", "person_id")
        .agg(pl.col("record_id").min())
        .filter(pl.len().over("key").is_between(2, _MOST_PEOPLE))
    )
    return (
        members.join(members, on="key", suffix="_b")
        .filter(pl.col("record_id") < pl.col("record_id_b"))
        .select(pl.col("record_id").alias("record_a"), pl.col("record_id_b").alias("record_b"))
        .unique()
    )


def kin_of(people: pl.DataFrame, ties: Ties, *, undivided: bool = False) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Whom a stop of each of ``people`` (``person_id``) covers: first those it covers anyway, then those over a link.

    Gives ``person_id, kin`` of the people themselves and of everybody they were once one person with, over any number
    of splits; and ``person_id, kin, crossed_from, crossed_to`` of whom one link leads to from any of these. One link,
    never two: a chain of doubts would reach anybody. ``undivided``: those judged different since they were one are
    covered as well, and so is whom a link leads to from any of them.
    """
    apart = pl.DataFrame(schema=_APART) if undivided else ties.apart
    near = _once_one(people.select("person_id"), ties, apart)
    there = near.rename({"kin": "middle"}).join(
        pl.concat([ties.crossings, ties.former]).rename({"person_id": "middle", "kin": "reached"}),
        on="middle",
        how="inner",
    )
    parts = _once_one(there.select(pl.col("reached").alias("person_id")), ties, ties.apart).rename(
        {"person_id": "reached"}
    )
    between = ("middle", "kin") if undivided else _OF
    direct = (pl.col("middle") == pl.col("person_id")) & (pl.col("reached") == pl.col("kin"))
    over = (
        there.join(parts, on="reached", how="inner")
        .join(near, on=_OF, how="anti")
        .join(ties.apart.rename({"person_id": "middle"}) if undivided else ties.apart, on=between, how="anti")
        .sort(
            [*_OF, ~direct, _KEYED, "millibits", "crossed_from", "crossed_to"],
            descending=[False, *_STRONGEST_FIRST],
        )
        .unique(_OF, keep="first", maintain_order=True)
    )
    return near, over.select(*_OF, "crossed_from", "crossed_to")


def _once_one(people: pl.DataFrame, ties: Ties, apart: pl.DataFrame) -> pl.DataFrame:
    """``person_id, kin``: the people themselves, and those they were once one person with and are not ``apart``."""
    people = people.unique()
    themselves = people.select("person_id", pl.col("person_id").alias("kin"))
    if ties.splits.is_empty():
        return themselves
    parts = ties.splits.with_row_index("key").unpivot(
        on=["person_id", "split_from"], index="key", value_name="record_id"
    )
    family = components(parts.get_column("record_id"), parts).rename({"record_id": "person_id"})
    others = family.rename({"person_id": "kin"})
    kin = people.join(family, on="person_id").join(others, on="component").select(_OF)
    return pl.concat([themselves, kin.join(apart, on=_OF, how="anti")]).unique()
