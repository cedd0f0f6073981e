"""When a person may be contacted next: the search for the next lawful window.

Weekday, hours, days off and zone are searched together in absolute time (never one after the other), at every place the
person may be. Whatever leaves the place or the law unknown leaves the window unknown, and the rules hold it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl

from policies.cadence.places import decode
from policies.schema import UTC_INSTANT, conform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from policies.cadence.hours import Interval
    from policies.cadence.lawful_hours import LawfulHours

__all__ = ["WINDOWS", "days_with_window", "windows"]

_COLUMNS: Final[Mapping[str, pl.DataType | type[pl.DataType]]] = {
    "person_id": pl.String,
    "timezone": pl.String,  # several possible zones are joined by "|"; null: the place is unknown
    "not_before": UTC_INSTANT,
    "not_after": UTC_INSTANT,
    "window_open": pl.Boolean,  # null: unknown, or the possible places share no lawful hour in sight
    "next_window_on": pl.Date,  # local date; only where no window is open before the queue expires
}
WINDOWS: Final = pl.Schema(_COLUMNS)
_KEYS: Final = ["places", "from_on"]


def windows(
    places: pl.DataFrame,
    hours: LawfulHours,
    as_of: datetime,
    valid_until: datetime,
) -> pl.DataFrame:
    """The window of every person, under the contract ``WINDOWS``; e-mail and phone keep the same hours.

    Args:
        places: ``person_id, places`` from :func:`policies.cadence.places.possible_places`, and ``from_on``, the first
            day by their own calendar on which they want to be contacted (null: any).
        hours: the lawful hours of every place, within our own.
        as_of: the instant to search from, with offset.
        valid_until: when the queue expires, with offset.
    """
    least = timedelta(minutes=hours.own.min_window_minutes)
    now, until = as_of.astimezone(UTC), valid_until.astimezone(UTC)
    distinct = places.select(_KEYS).drop_nulls("places").unique().sort(_KEYS)
    rows = []
    for text, day in distinct.iter_rows():
        zones = _zones(text)
        start = max(now, _begins(day, zones))
        found = hours.of(text, start, max(start, until) + timedelta(days=hours.own.search_days))
        rows.append((text, day, "|".join(zones), *_window(found, zones, until, least)))
    schema = pl.Schema({"places": pl.String, "from_on": pl.Date, **_COLUMNS})
    del schema["person_id"]
    joined = places.join(
        pl.DataFrame(rows, schema=schema, orient="row"), on=_KEYS, how="left", nulls_equal=True, validate="m:1"
    )
    return conform(joined.sort("person_id"), WINDOWS)


def days_with_window(
    waiting: pl.DataFrame,
    hours: LawfulHours,
    as_of: datetime,
    zone: str,
) -> pl.DataFrame:
    """``person_id, on``: the first of our days, from a given one, on which a run like today's finds a window open.

    ``waiting`` has ``person_id, places, on`` (no earlier than that day) and ``from_on`` as for :func:`windows`. Runs
    are taken to be at the time of day of ``as_of`` in the organisation's ``zone``, and queues to expire at midnight.
    The day stays as given where the places are unknown or share no hour in sight.
    """
    least = timedelta(minutes=hours.own.min_window_minutes)
    keys = [*_KEYS, "on"]
    distinct = waiting.select(keys).drop_nulls(["places", "on"]).unique().sort(keys)
    at = as_of.astimezone(ZoneInfo(zone)).time()
    rows = []
    for text, first, on in distinct.iter_rows():
        end = _instant(on + timedelta(days=hours.own.search_days), time.min, zone)
        start = max(_instant(on, time.min, zone), _begins(first, _zones(text)))
        found = hours.of(text, start, max(start, end)) or []
        rows.append((text, first, on, _first_day(found, on, at, zone, least)))
    schema = pl.Schema({"places": pl.String, "from_on": pl.Date, "on": pl.Date, "lawful_on": pl.Date})
    days = pl.DataFrame(rows, schema=schema, orient="row")
    return (
        waiting.join(days, on=keys, how="left", nulls_equal=True, validate="m:1")
        .select("person_id", pl.coalesce("lawful_on", "on").alias("on"))
        .sort("person_id")
    )


def _zones(places: str) -> list[str]:
    return sorted({place.zone for place in decode(places)})


def _begins(day: date | None, zones: Sequence[str]) -> datetime:
    """The instant from which it is a day, or a later one, in all of some zones."""
    if day is None:
        return datetime.min.replace(tzinfo=UTC)
    return max(_instant(day, time.min, zone) for zone in zones)


def _instant(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def _window(
    found: Sequence[Interval] | None, zones: Sequence[str], until: datetime, least: timedelta
) -> tuple[datetime | None, datetime | None, bool | None, date | None]:
    """``not_before, not_after, window_open, next_window_on`` of lawful hours; none of these where they are unknown."""
    for start, end in found or ():
        cut = min(end, until)
        if cut - start >= least:
            return start, cut, True, None
        rest = max(start, until)
        if end - rest >= least:
            return None, None, False, min(rest.astimezone(ZoneInfo(zone)).date() for zone in zones)
    return None, None, None, None


def _first_day(found: Sequence[Interval], on: date, at: time, zone: str, least: timedelta) -> date | None:
    """The first day whose run finds a window that is open for long enough before the day ends."""
    for start, end in found:
        day = max(on, start.astimezone(ZoneInfo(zone)).date())
        while (opens := max(start, _instant(day, at, zone))) < end:
            if min(end, _instant(day + timedelta(days=1), time.min, zone)) - opens >= least:
                return day
            day += timedelta(days=1)
    return None
