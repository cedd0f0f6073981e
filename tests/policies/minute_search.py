"""An oracle for windows: every minute looked at on its own, with the clock and the calendar of each place.

It shares no code with the search it is compared with, only the zone data and the calendars of holidays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import holidays

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Spot", "Wanted", "earliest", "is_lawful"]

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Spot:
    """A place: its clock, its law's hours ("09:00-17:00") by kind of day, and whose holidays it may keep."""

    zone: str
    country: str
    weekday: tuple[str, ...]
    saturday: tuple[str, ...] = ()
    sunday: tuple[str, ...] = ()
    regions: tuple[str | None, ...] = (None,)


@dataclass(frozen=True)
class Wanted:
    """Our own hours and weekdays (ISO), and the first day they want, by their own calendar."""

    hours: tuple[str, ...]
    weekdays: tuple[int, ...]
    from_on: date | None = None


def is_lawful(minute: datetime, spots: Sequence[Spot], own: Wanted) -> bool:
    """Whether a minute is lawful at every spot, decent, and not before the day they want."""
    for spot in spots:
        there = minute.astimezone(ZoneInfo(spot.zone))
        day = there.date()
        if own.from_on is not None and day < own.from_on:
            return False
        if day.isoweekday() not in own.weekdays or not _within(there.time(), own.hours):
            return False
        law = {6: spot.saturday, 7: spot.sunday}.get(day.isoweekday(), spot.weekday)
        if not _within(there.time(), law) or any(_is_off(day, spot.country, region) for region in spot.regions):
            return False
    return True


def earliest(
    start: datetime, end: datetime, spots: Sequence[Spot], own: Wanted, least: int = 15
) -> tuple[datetime, datetime] | None:
    """The first run of at least so many lawful minutes within ``[start, end)``."""
    minute, run = start, 0
    while minute <= end:
        if minute < end and is_lawful(minute, spots, own):
            run += 1
        elif run >= least:
            return minute - run * MINUTE, minute
        else:
            run = 0
        minute += MINUTE
    return None


def _within(clock: time, spans: Sequence[str]) -> bool:
    return any(_holds(clock, *span.split("-")) for span in spans)


def _holds(clock: time, start: str, end: str) -> bool:
    text = f"{clock:%H:%M}"
    return start <= text and (text < end or end == "00:00")


@cache
def _is_off(day: date, country: str, region: str | None) -> bool:
    calendar = holidays.country_holidays(country, subdiv=region, years=[day.year - 1, day.year, day.year + 1])
    return day in calendar or day.weekday() in calendar.weekend
