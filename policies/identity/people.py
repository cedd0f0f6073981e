"""Stable person ids: kept through new lists, with aliases when people merge and new ids when they split.

The id of a person is minted once from the record first seen of them. When groups that had ids merge, the id with the
oldest first sight survives and the others become aliases for ever; when a group splits, the part with the record
it was minted from keeps the id, else the one with the earliest record. Only a committed run writes the result down
(design D6).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from policies.schema import ALIASES, ASSIGNMENTS, CROSSED, SPLITS, conform, empty

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Generation", "Mint", "People", "resolve_people"]

Mint: TypeAlias = Callable[[list[str]], list[str]]


@dataclass(frozen=True)
class Generation:
    """What earlier runs decided: frames ``ASSIGNMENTS``, ``ALIASES``, ``SPLITS`` and ``CROSSED``.

    ``links`` are those of the matching it was made of; None where an earlier release made it, or nobody asks for them.
    """

    assignments: pl.DataFrame
    aliases: pl.DataFrame
    splits: pl.DataFrame
    crossed: pl.DataFrame = field(default_factory=lambda: empty(CROSSED))
    links: pl.DataFrame | None = None

    @classmethod
    def none(cls) -> Generation:
        """The state before the first run."""
        return cls(empty(ASSIGNMENTS), empty(ALIASES), empty(SPLITS))

    def resolve(self, person_ids: pl.Expr) -> pl.Expr:
        """An expression giving the id in force for an id of any age."""
        return person_ids.replace(self.aliases.get_column("old_person_id"), self.aliases.get_column("person_id"))


@dataclass(frozen=True)
class People:
    """The people of one run and the generation that a committed run would write."""

    generation: Generation

    @property
    def assignments(self) -> pl.DataFrame:
        """``record_id, person_id, first_seen_on``."""
        return self.generation.assignments


def resolve_people(groups: pl.DataFrame, prior: Generation, *, mint: Mint, seen_on: date) -> People:
    """Give every group of records (``record_id, component``) its person id.

    ``prior`` is the last committed generation, ``mint`` makes ids from record ids, ``seen_on`` is the day of the run.
    The result depends on content alone. Records that are gone keep their assignment, so that an id is never reused.
    """
    known = prior.assignments.rename({"person_id": "old"})
    members = groups.join(known, on="record_id", how="left", validate="1:1").with_columns(
        pl.col("first_seen_on").fill_null(seen_on)
    )
    holders = _holders(members, mint)
    named = _named_groups(members, holders, _never_reusing(mint, prior))
    assigned = members.join(named, on="component", validate="m:1")
    now = assigned.select("record_id", "person_id", "first_seen_on")
    gone = prior.assignments.join(now, on="record_id", how="anti")
    aliases = _aliases(assigned, holders, prior)
    kept = gone.with_columns(Generation(gone, aliases, prior.splits).resolve(pl.col("person_id")))
    return People(
        Generation(
            conform(pl.concat([now, kept]).sort("record_id"), ASSIGNMENTS),
            aliases,
            _splits(assigned, prior, aliases),
            prior.crossed,
        )
    )


def _holders(members: pl.DataFrame, mint: Mint) -> pl.DataFrame:
    """Which group keeps each old id (``old, component``): the one with the record it was made from, else its earliest.

    So whoever gave a person their id has it back when they are told apart from those who joined them.
    """
    known = members.drop_nulls("old")
    parted = known.filter(pl.col("component").n_unique().over("old") > 1)
    made = pl.Series("made", mint(parted.get_column("record_id").to_list()), dtype=pl.String)
    namesakes = parted.with_columns(made).filter(pl.col("made") == pl.col("old")).select("record_id")
    return (
        known.with_columns(pl.col("record_id").is_in(namesakes.get_column("record_id").implode()).alias("first"))
        .sort(["first", "first_seen_on", "record_id"], descending=[True, False, False])
        .unique("old", keep="first", maintain_order=True)
        .select("old", "component")
    )


def _never_reusing(mint: Mint, prior: Generation) -> Mint:
    """Mint again, with a counter, where an id was in use before: a split may start at a record that once gave one."""
    taken = set(prior.assignments.get_column("person_id")) | set(prior.aliases.get_column("old_person_id"))

    def fresh(record_ids: list[str]) -> list[str]:
        ids = mint(record_ids)
        attempt = 1
        while clashes := [position for position, minted in enumerate(ids) if minted in taken]:
            attempt += 1
            again = mint([f"{record_ids[position]}:{attempt}" for position in clashes])
            for position, minted in zip(clashes, again, strict=True):
                ids[position] = minted
        return ids

    return fresh


def _named_groups(members: pl.DataFrame, holders: pl.DataFrame, mint: Mint) -> pl.DataFrame:
    """``component, person_id``: the surviving old id of the group, or a new one from its first record."""
    sizes = (
        members.drop_nulls("old")
        .group_by("component", "old")
        .agg(pl.len().alias("records"), pl.col("first_seen_on").min().alias("since"))
    )
    survivors = (
        holders.join(sizes, on=["component", "old"], validate="1:1")
        .sort(["component", "since", "records", "old"], descending=[False, False, True, False])
        .unique("component", keep="first", maintain_order=True)
        .select("component", pl.col("old").alias("person_id"))
    )
    fresh = (
        members.join(survivors, on="component", how="anti")
        .sort("component", "first_seen_on", "record_id")
        .unique("component", keep="first", maintain_order=True)
    )
    minted = pl.Series("person_id", mint(fresh.get_column("record_id").to_list()), dtype=pl.String)
    return pl.concat([survivors, fresh.select("component").with_columns(minted)])


def _aliases(assigned: pl.DataFrame, holders: pl.DataFrame, prior: Generation) -> pl.DataFrame:
    """Old ids that merged into another, together with all earlier aliases brought up to date."""
    merged = (
        assigned.join(holders, on=["old", "component"], how="semi")
        .filter(pl.col("old") != pl.col("person_id"))
        .select(pl.col("old").alias("old_person_id"), "person_id", pl.lit("merged").alias("reason"))
        .unique()
    )
    current = Generation(prior.assignments, merged, prior.splits)
    earlier = prior.aliases.with_columns(current.resolve(pl.col("person_id")))
    return conform(pl.concat([earlier, merged]).unique("old_person_id").sort("old_person_id"), ALIASES)


def _splits(assigned: pl.DataFrame, prior: Generation, aliases: pl.DataFrame) -> pl.DataFrame:
    """People that left another person, by the ids in force: suppressions of the one they left follow them.

    Parts that merged into somebody else take the split along; parts that are one person again are none.
    """
    left = (
        assigned.drop_nulls("old")
        .group_by("old")
        .agg(pl.col("person_id").unique().sort())
        .filter(pl.col("person_id").list.len() > 1)
        .explode("person_id")
        .filter(pl.col("old") != pl.col("person_id"))
        .select("person_id", pl.col("old").alias("split_from"), pl.lit("no longer linked").alias("reason"))
    )
    current = Generation(prior.assignments, aliases, prior.splits)
    in_force = pl.concat([prior.splits, left]).with_columns(
        current.resolve(pl.col("person_id")), current.resolve(pl.col("split_from"))
    )
    apart = in_force.filter(pl.col("person_id") != pl.col("split_from"))
    return conform(apart.unique().sort("person_id", "split_from"), SPLITS)
