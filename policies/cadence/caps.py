"""Rolling caps: how often a person or a company may be contacted, over all channels and lists.

Our own cap and those of every country the person may be in each have a window of their own. All of them hold; the one
with least left is the one a decision is explained by. Where the person named a day themselves, what was before counts
against law alone: not against our own cap, nor against one of a country's file that is our own choice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol
from zoneinfo import ZoneInfo

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from policies.cadence.settings import CadenceSettings

__all__ = ["CappedCountry", "free_on", "limits_of", "tightest"]

_HOURS_A_DAY: Final = 24
_OUR_CHOICE: Final = "house"


class _Frequency(Protocol):
    @property
    def max_attempts(self) -> int: ...
    @property
    def window_hours(self) -> int: ...
    @property
    def basis(self) -> str: ...


class _Version(Protocol):
    @property
    def frequency(self) -> _Frequency | None: ...


class CappedCountry(Protocol):
    """What is read of a jurisdiction here."""

    def at(self, day: date) -> _Version | None:
        """The version in force on a day."""


def limits_of(
    people: pl.DataFrame, jurisdictions: Mapping[str, CappedCountry], settings: CadenceSettings, today: date
) -> pl.DataFrame:
    """``person_id, cap, hours, is_law``: our own limit and that of each country of the person.

    ``people`` has ``person_id, countries`` (list of codes), one row or more per person.
    """
    ours = (
        people.select("person_id")
        .unique()
        .with_columns(
            pl.lit(settings.attempts, dtype=pl.Int64).alias("cap"),
            pl.lit(settings.window_days * _HOURS_A_DAY, dtype=pl.Int64).alias("hours"),
            pl.lit(value=False).alias("is_law"),
        )
    )
    countries = (
        people.select("person_id", pl.col("countries").cast(pl.List(pl.String)).alias("country"))
        .explode("country")
        .drop_nulls()
        .unique()
    )
    theirs = countries.join(_country_limits(jurisdictions, today), on="country", how="inner", validate="m:1")
    return pl.concat([ours, theirs.select(*ours.columns)]).unique()


def tightest(limits: pl.DataFrame, contacts: pl.DataFrame, as_of: datetime, key: str) -> pl.DataFrame:
    """The limit with least left for each ``key``: ``key, attempts_in_window, attempt_cap, frees_at``.

    ``limits`` has ``key, cap, hours, is_law``, ``contacts`` has ``key, at`` and, where what was before a promise is
    excused from limits that are no law, ``excused`` (one row per contact). ``frees_at`` is the instant from which all
    limits of the key have room again; null where they have now, or never will (a cap of 0). Contacts dated after
    ``as_of`` count as well: a clock set back opens no cap.
    """
    window = pl.duration(hours=pl.col("hours"))
    excused = pl.col("excused") if "excused" in contacts.columns else pl.lit(value=False)
    counts = (pl.col("at") > pl.lit(as_of) - window) & (pl.col("is_law") | ~pl.col("excused"))
    counted = (
        limits.join(contacts.select(key, "at", excused.alias("excused")), on=key, how="left")
        .with_columns(counts.fill_null(value=False).alias("inside"))
        .group_by(key, "cap", "hours", "is_law")
        .agg(
            pl.col("inside").sum().cast(pl.Int64).alias("used"),
            (pl.col("at") + window).filter("inside").sort(descending=True).alias("leaves_at"),
        )
        .with_columns(_frees_at().alias("frees_at"))
    )
    return (
        counted.with_columns(pl.col("frees_at").max().over(key))
        .with_columns((pl.col("cap") - pl.col("used")).alias("left"))
        .sort([key, "left", "cap", "hours", "is_law"], descending=[False, False, False, True, True])
        .unique(key, keep="first", maintain_order=True)
        .select(key, pl.col("used").alias("attempts_in_window"), pl.col("cap").alias("attempt_cap"), "frees_at")
    )


def free_on(instant: str, as_of: datetime, zone: str) -> pl.Expr:
    """The first of our days, from tomorrow, on which a run at the time of day of ``as_of`` finds an instant passed."""
    local = pl.col(instant).dt.convert_time_zone(zone)
    now = as_of.astimezone(ZoneInfo(zone))
    day = local.dt.date() + pl.duration(days=(local.dt.time() > now.time()).cast(pl.Int64))
    return pl.when(local.is_not_null()).then(pl.max_horizontal(day, pl.lit(now.date() + timedelta(days=1))))


def _country_limits(jurisdictions: Mapping[str, CappedCountry], today: date) -> pl.DataFrame:
    versions = ((code, country.at(today)) for code, country in sorted(jurisdictions.items()))
    rows = [
        (code, version.frequency.max_attempts, version.frequency.window_hours, version.frequency.basis != _OUR_CHOICE)
        for code, version in versions
        if version is not None and version.frequency is not None
    ]
    schema = {"country": pl.String, "cap": pl.Int64, "hours": pl.Int64, "is_law": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _frees_at() -> pl.Expr:
    """When the contact leaves whose leaving brings the count below the cap."""
    is_full = (pl.col("used") >= pl.col("cap")) & (pl.col("cap") > 0)
    return pl.when(is_full).then(pl.col("leaves_at").list.get(pl.col("cap") - 1, null_on_oob=True))
