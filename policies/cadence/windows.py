"""When a person may be contacted next: the search for the next lawful window.

Weekday, hours, public holidays and zone are searched together in absolute time (never one after the other), at every
place the person may be. Whatever leaves the place or the law unknown leaves the window unknown, and the rules hold it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, Protocol
from zoneinfo import ZoneInfo

import polars as pl

from policies.cadence.hours import (
    DatedCountry,
    country_spans,
    intersection,
    open_intervals,
    public_holidays,
)
from policies.cadence.settings import read_cadence
from policies.cadence.zones import ZonedCountry, decode, possible_places
from policies.schema import UTC_INSTANT, conform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from policies.cadence.hours import Interval
    from policies.cadence.settings import CadenceSettings
    from policies.cadence.zones import Place

__all__ = ["WINDOWS", "Country", "windows"]

_COLUMNS: Final[Mapping[str, pl.DataType | type[pl.DataType]]] = {
    "record_id": pl.String,
    "channel": pl.String,
    "timezone": pl.String,  # several possible zones are joined by "|"; null: the place is unknown
    "not_before": UTC_INSTANT,
    "not_after": UTC_INSTANT,
    "window_open": pl.Boolean,  # null: unknown, or the possible places share no lawful hour in sight
    "next_window_on": pl.Date,  # local date; only where no window is open before the queue expires
}
WINDOWS: Final = pl.Schema(_COLUMNS)


class Country(ZonedCountry, DatedCountry, Protocol):
    """What is read of a jurisdiction here."""


@dataclass(frozen=True, slots=True)
class _Search:
    """One search: from when, until when the queue holds, and how far ahead to look."""

    jurisdictions: Mapping[str, Country]
    own: CadenceSettings
    as_of: datetime
    valid_until: datetime

    @property
    def horizon(self) -> datetime:
        return max(self.as_of, self.valid_until) + timedelta(days=self.own.search_days)


def windows(
    places: pl.DataFrame,
    jurisdictions: Mapping[str, Country],
    settings: Mapping[str, Any],
    as_of: datetime,
    valid_until: datetime,
) -> pl.DataFrame:
    """The window of every contact point, under the contract ``WINDOWS``.

    Args:
        places: ``record_id, channel, countries`` (list of codes), ``region, phone`` (E.164, may be null); one row for
            each record and channel. E-mail and phone keep the same hours.
        jurisdictions: by country code.
        settings: the ``[cadence]`` table.
        as_of: the instant to search from, with offset.
        valid_until: when the queue expires, with offset.
    """
    search = _Search(jurisdictions, read_cadence(settings), as_of.astimezone(UTC), valid_until.astimezone(UTC))
    keyed = possible_places(places, jurisdictions)
    distinct = keyed.select("places").drop_nulls().unique().sort("places")
    found = _windows_of(distinct.get_column("places").to_list(), search)
    joined = keyed.join(found, on="places", how="left", validate="m:1")
    return conform(joined.sort("record_id", "channel"), WINDOWS)


def _windows_of(places: Sequence[str], search: _Search) -> pl.DataFrame:
    """One row for each distinct set of possible places."""
    hours_at: dict[Place, list[Interval] | None] = {}
    rows = []
    for text in places:
        pairs = decode(text)
        for pair in pairs:
            if pair not in hours_at:
                hours_at[pair] = _hours_at(pair, search)
        zones = sorted({zone for _, zone in pairs})
        rows.append((text, "|".join(zones), *_window([hours_at[pair] for pair in pairs], zones, search)))
    columns = [name for name in WINDOWS if name not in ("record_id", "channel")]
    schema = pl.Schema({"places": pl.String} | {name: WINDOWS[name] for name in columns})
    return pl.DataFrame(rows, schema=schema, orient="row")


def _hours_at(place: Place, search: _Search) -> list[Interval] | None:
    """The lawful hours at one place from now to the horizon; none when its law or calendar is unknown."""
    code, zone = place
    country = search.jurisdictions[code]
    free_days = public_holidays(code, search.as_of.year - 1, search.horizon.year + 1)
    if free_days is None or country.at(search.as_of.astimezone(ZoneInfo(zone)).date()) is None:
        return None
    return open_intervals(zone, country_spans(country, search.own, free_days), search.as_of, search.horizon)


def _window(
    hours: Sequence[list[Interval] | None], zones: Sequence[str], search: _Search
) -> tuple[datetime | None, datetime | None, bool | None, date | None]:
    """``not_before, not_after, window_open, next_window_on`` at all possible places together."""
    known = [place for place in hours if place is not None]
    if len(known) < len(hours):
        return None, None, None, None
    least = timedelta(minutes=search.own.min_window_minutes)
    for start, end in reduce(intersection, known):
        cut = min(end, search.valid_until)
        if cut - start >= least:
            return start, cut, True, None
        rest = max(start, search.valid_until)
        if end - rest >= least:
            return None, None, False, min(rest.astimezone(ZoneInfo(zone)).date() for zone in zones)
    return None, None, None, None
