"""Public holidays of a country and of its regions, by the calendars of the library `holidays`.

A region is known by its code (BY, US-CA), by its names in the calendar, or by names of the jurisdiction file. Where a
region is not known, a day counts as free if it is a holiday in any region the person may be in.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from policies.folding import fold_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from types import ModuleType

__all__ = ["ANY_REGION", "RegionalCountry", "calendar_of_region", "free_days", "is_weekend", "public_holidays"]

ANY_REGION: Final = "*"  # in place of a region's code: which one is not known


class RegionalCountry(Protocol):
    """What is read of a jurisdiction here."""

    @property
    def region_zones(self) -> Mapping[str, str | Sequence[str]]:
        """Zones of the regions, by code and by name."""

    @property
    def region_calendars(self) -> Mapping[str, str]:
        """Further names of regions, each with the region whose holidays it keeps; "": those of the whole country."""

    @property
    def holidays(self) -> Sequence[str]:
        """Further kinds of days off beside public holidays, as the library names them."""


@lru_cache(maxsize=512)
def public_holidays(country: str, first: int, last: int) -> frozenset[date] | None:
    """Holidays of the whole country in the years ``first`` to ``last``; none when no calendar is known for it."""
    try:
        return _holidays(country, None, (), first, last)
    except NotImplementedError:
        return None


@lru_cache(maxsize=512)
def is_weekend(country: str, weekday: int) -> bool:
    """Whether nobody works there on a weekday (ISO: 1 is Monday), as on Fridays in Israel."""
    return weekday - 1 in _calendars().country_holidays(country).weekend


def calendar_of_region(code: str, country: RegionalCountry, region: str) -> str | None:
    """The region of the calendar of ``code`` that a list's word means; "": one without holidays of its own.

    None: the word is not known, and so any region may be meant.
    """
    return _names(code, tuple(sorted(country.region_calendars.items()))).get(_folded(code, region))


def free_days(
    code: str, country: RegionalCountry, region: str, zone: str, years: tuple[int, int]
) -> frozenset[date] | None:
    """The days off at one place, from the first to the last of ``years``; none when no calendar is known.

    ``region`` is what :func:`calendar_of_region` says, or ``ANY_REGION``: then every region counts that has ``zone``
    among its own, or whose zones nobody stated.
    """
    national = public_holidays(code, *years)
    if national is None:
        return None
    further = tuple(country.holidays)
    regions = _possible(code, country, zone) if region == ANY_REGION else (region or None,)
    return national.union(*(_holidays(code, one, further, *years) for one in regions))


def _possible(code: str, country: RegionalCountry, zone: str) -> tuple[str | None, ...]:
    zones = country.region_zones
    regions = _calendars().country_holidays(code).subdivisions
    return (None, *(one for one in regions if one not in zones or zone in zones[one]))


@lru_cache(maxsize=4096)
def _holidays(code: str, region: str | None, further: tuple[str, ...], first: int, last: int) -> frozenset[date]:
    calendar = _calendars().country_holidays
    kinds = ("public", *further)
    return frozenset(calendar(code, subdiv=region, years=range(first, last + 1), categories=kinds))


@lru_cache(maxsize=128)
def _names(code: str, further: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Folded names and codes of the regions of a country."""
    if public_holidays(code, 2000, 2000) is None:
        return {}
    calendar = _calendars().country_holidays(code)
    named = [*((one, one) for one in calendar.subdivisions), *calendar.subdivisions_aliases.items(), *further]
    folded = fold_words([name for name, _ in named])
    return {name: region for name, (_, region) in zip(folded, named, strict=True)}


def _folded(code: str, region: str) -> str:
    """Folded, without the country in front that ISO 3166-2 has."""
    word = fold_words([region])[0]
    return word.removeprefix(f"{code.lower()} ")


def _calendars() -> ModuleType:
    """The library, which takes 0.1 s to import: most commands need no calendar."""
    import holidays  # noqa: PLC0415  # see above

    return holidays
