"""Which organisation a record belongs to, told from the data: company names by the domains their people write from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Organisations", "learn_organisations", "resolve_organisations"]

_AGREEING: Final = 0.6  # share of a company's people with a work address who write from one domain
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
    counted = (
        prepared.lazy()
        .filter(pl.col("work_domain").is_not_null() & pl.col("company_key").is_not_null())
        .group_by("company_key", "work_domain")
        .len("people")
        .sort(["company_key", "people", "work_domain"], descending=[False, True, False])
        .group_by("company_key", maintain_order=True)
        .agg(pl.col("work_domain").first().alias("home"), (pl.col("people").first() / pl.col("people").sum()).alias("share"))
        .collect()
    )
    agreed = pl.when(pl.col("share") >= _AGREEING).then("home").alias("home")
    return counted.select("company_key", agreed).match_to_schema(_HOMES).sort("company_key")


def _aliases(prepared: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame(schema=_ALIASES) if prepared.width else pl.DataFrame(schema=_ALIASES)
