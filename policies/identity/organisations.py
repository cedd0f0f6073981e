"""Which organisation a record belongs to, told from the data: company names by the domains their people write from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Organisations", "learn_organisations", "resolve_organisations"]

_AGREEING: Final = 0.6  # share of a company's people with a work address who write from one domain
_SHARED: Final = 3  # people two domains of one organisation have in common, at least
_PART: Final = 0.1  # and the part they are of the smaller domain's people
_COMMON: Final = 3  # domains on which a name with its local part may stand and still tell something
_HOMES: Final = pl.Schema({"company_key": pl.String, "home": pl.String})
_ALIASES: Final = pl.Schema({"work_domain": pl.String, "organisation": pl.String})


@dataclass(frozen=True)
class Organisations:
    """What the data say about organisations; values that are not here say nothing.

    ``homes`` (``company_key, home``) is the domain the people of a company write from, null where they do not agree.
    ``aliases`` (``work_domain, organisation``) is the domain that stands for several of one organisation.
    """

    homes: pl.DataFrame
    aliases: pl.DataFrame

    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames by name, to be stored."""
        return {"homes": self.homes, "aliases": self.aliases}

    @classmethod
    def of(cls, frames: Mapping[str, pl.DataFrame]) -> Organisations:
        """From frames as :meth:`frames` gave them."""
        return cls(frames["homes"], frames["aliases"])


def learn_organisations(prepared: pl.DataFrame, known: Organisations | None = None) -> Organisations:
    """Learn from the rows of a frame ``PREPARED``; what is ``known`` of a company or domain stays as it is."""
    homes, aliases = _homes(prepared), _aliases(prepared)
    if known is None:
        return Organisations(homes, aliases)
    return Organisations(_kept(known.homes, homes, "company_key"), _kept(known.aliases, aliases, "work_domain"))


def resolve_organisations(prepared: pl.DataFrame, organisations: Organisations | None = None) -> pl.DataFrame:
    """Add ``org``: the work domain, else the domain of the company, else the company's key; rows keep their order.

    Without ``organisations`` they are learned from these rows.
    """
    told = organisations or learn_organisations(prepared)
    domain = pl.coalesce("work_domain", "home")
    return (
        prepared.join(told.homes, on="company_key", how="left", maintain_order="left")
        .with_columns(domain.alias("own_domain"))
        .join(told.aliases, left_on="own_domain", right_on="work_domain", how="left", maintain_order="left")
        .with_columns(pl.coalesce("organisation", "own_domain", "company_key").alias("org"))
        .drop("home", "own_domain", "organisation")
    )


def _kept(known: pl.DataFrame, learned: pl.DataFrame, key: str) -> pl.DataFrame:
    return pl.concat([known, learned.join(known, on=key, how="anti")]).sort(key)


def _homes(prepared: pl.DataFrame) -> pl.DataFrame:
    """``company_key, home``: the domain most of a company's people write from; null where they do not agree."""
    told = prepared.lazy().filter(pl.col("work_domain").is_not_null() & pl.col("company_key").is_not_null())
    counted = (
        told.group_by("company_key", "work_domain")
        .len("people")
        .with_columns((pl.col("people") / pl.col("people").sum().over("company_key")).alias("share"))
    )
    # More than half of the rows can be one domain's only.
    agreed = pl.col("work_domain").filter(pl.col("share") >= _AGREEING).first()
    return (
        counted.group_by("company_key").agg(agreed.alias("home")).sort("company_key").collect().match_to_schema(_HOMES)
    )


def _aliases(prepared: pl.DataFrame) -> pl.DataFrame:
    """``work_domain, organisation`` of domains that share people: the same local part and name on either.

    A firm that was bought or renamed keeps its people's local parts. Chance gives large firms a few common names in
    common, so the shared people must also be a fair part of the smaller one, and names on many domains do not count.
    """
    person = ["local", "given_root", "surname"]
    people = (
        prepared.lazy()
        .filter(pl.col("work_domain").is_not_null() & ~pl.col("role_mailbox"))
        .select("work_domain", *person)
        .drop_nulls()
        .filter(pl.col("given_root").str.len_bytes() > 1)
        .unique()
    )
    sizes = people.group_by("work_domain").len("size")
    shared = people.filter(pl.len().over(person).is_between(2, _COMMON))
    both = (
        shared.join(shared, on=person, suffix="_b")
        .filter(pl.col("work_domain") < pl.col("work_domain_b"))
        .group_by("work_domain", "work_domain_b")
        .len("shared")
        .filter(pl.col("shared") >= _SHARED)
        .join(sizes, on="work_domain")
        .join(sizes, left_on="work_domain_b", right_on="work_domain", suffix="_b")
        .filter(pl.col("shared") >= _PART * pl.min_horizontal("size", "size_b"))
        .sort("work_domain", "work_domain_b")
        .collect()
    )
    return _largest_of_each(both, sizes.collect())


def _largest_of_each(both: pl.DataFrame, sizes: pl.DataFrame) -> pl.DataFrame:
    """Each domain of a group of linked ones with the one of them that has the most people."""
    size = dict(sizes.iter_rows()) if not both.is_empty() else {}
    group: dict[str, set[str]] = {}
    for first, second in both.select("work_domain", "work_domain_b").iter_rows():
        together = group.get(first, {first}) | group.get(second, {second})
        group.update(dict.fromkeys(together, together))
    named = {domain: min(together, key=lambda name: (-size[name], name)) for domain, together in group.items()}
    rows = {"work_domain": sorted(named), "organisation": [named[domain] for domain in sorted(named)]}
    return pl.DataFrame(rows, schema=_ALIASES)
