"""The lawful and decent hours at places, over any stretch of time: worked out once for each place and stretch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING, Final, Protocol
from zoneinfo import ZoneInfo

from policies.cadence.calendars import free_days, is_weekend
from policies.cadence.hours import DatedCountry, country_spans, intersection, merged, open_intervals
from policies.cadence.places import ZonedCountry, decode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from policies.cadence.hours import Interval
    from policies.cadence.places import Place
    from policies.cadence.settings import CadenceSettings

__all__ = ["Country", "LawfulHours"]

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_STRETCH: Final = timedelta(days=32)  # hours are worked out for whole stretches, which many searches share


class Country(ZonedCountry, DatedCountry, Protocol):
    """What is read of a jurisdiction here."""


class LawfulHours:
    """Hours that are lawful at every one of some places, and within our own."""

    def __init__(self, jurisdictions: Mapping[str, Country], own: CadenceSettings) -> None:
        self.own = own
        self._jurisdictions = jurisdictions
        self._at_place: dict[tuple[Place, int], list[Interval]] = {}
        self._at_places: dict[tuple[str, int], list[Interval]] = {}
        self._off: dict[tuple[Place, int], frozenset[date] | None] = {}

    def of(self, places: str, start: datetime, end: datetime) -> list[Interval] | None:
        """The hours within ``[start, end)`` at all of ``places`` (as text); none where a law or calendar is unknown."""
        if not all(self._is_known(place, start) for place in decode(places)):
            return None
        stretches = range((start - _EPOCH) // _STRETCH, (end - _EPOCH) // _STRETCH + 1)
        found = merged([hours for number in stretches for hours in self._all(places, number)])
        cut = ((max(opens, start), min(closes, end)) for opens, closes in found)
        return [(opens, closes) for opens, closes in cut if opens < closes]

    def _is_known(self, place: Place, start: datetime) -> bool:
        country = self._jurisdictions[place.country]
        day = start.astimezone(ZoneInfo(place.zone)).date()
        return country.at(day) is not None and self._free_days(place, day.year) is not None

    def _all(self, places: str, number: int) -> list[Interval]:
        """The hours of one stretch at all places."""
        key = (places, number)
        if key not in self._at_places:
            self._at_places[key] = reduce(intersection, [self._one(place, number) for place in decode(places)])
        return self._at_places[key]

    def _one(self, place: Place, number: int) -> list[Interval]:
        """The hours of one stretch at one place."""
        key = (place, number)
        if key not in self._at_place:
            spans = country_spans(self._jurisdictions[place.country], self.own, lambda day: self._is_free(place, day))
            start = _EPOCH + number * _STRETCH
            self._at_place[key] = open_intervals(place.zone, spans, start, start + _STRETCH)
        return self._at_place[key]

    def _is_free(self, place: Place, day: date) -> bool:
        return is_weekend(place.country, day.isoweekday()) or day in (self._free_days(place, day.year) or ())

    def _free_days(self, place: Place, year: int) -> frozenset[date] | None:
        key = (place, year)
        if key not in self._off:
            country = self._jurisdictions[place.country]
            self._off[key] = free_days(place.country, country, place.region, place.zone, (year, year))
        return self._off[key]
