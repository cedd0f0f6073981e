"""Days and times as they come back from a spreadsheet: ISO 8601 as we wrote it, or as the program's country writes it.

A spreadsheet turns ``2026-10-14`` into a date of its own and saves it as ``14.10.2026``, ``14/10/2026`` or
``10/14/2026``. Dots have one order; slashes and hyphens have two, and which one is told by the other days of the file
or by what is possible at all. What has two readings left is never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from flows.event_files.times import instant_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Moment", "day_first", "latest_of", "moments_of"]

_CLOCK: Final = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.]\d{2})?\s*(?P<half>[ap]\.?m\.?)?"
_LOCAL: Final = re.compile(
    rf"(?P<one>\d{{1,2}})(?P<mark>[./-])(?P<two>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|\d{{2}})(?:,?\s+{_CLOCK})?",
    re.IGNORECASE,
)
_YEAR_FIRST: Final = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?=\s|$)")
_TIME: Final = re.compile(_CLOCK, re.IGNORECASE)
_MONTHS: Final = 12
_NOON: Final = 12
_CENTURY: Final = 2000
_SHORT_YEAR: Final = 2


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of a cell: the instant it names, or with ``whole_day`` the beginning of the day it names."""

    at: datetime
    day: date
    whole_day: bool


def day_first(cells: Iterable[str]) -> bool | None:
    """Whether days with slashes or hyphens begin with the day, as the unmistakable ones among them say; None: unknown.

    Cells that contradict each other say nothing.
    """
    found = [match for cell in cells if (match := _LOCAL.fullmatch(cell.strip())) and match["mark"] != "."]
    orders = {int(match["one"]) > _MONTHS for match in found if _has_one_reading(match)}
    return orders.pop() if len(orders) == 1 else None


def moments_of(text: str, zone: str, *, day_first: bool | None = None, on: date | None = None) -> tuple[Moment, ...]:
    """Every reading of a cell, without an offset in ``zone``; a time alone is one of the day ``on``, if that is known.

    Raises ``ValueError`` for what is no day and no time.
    """
    bare = _YEAR_FIRST.sub(_iso_day, text.strip())
    if (local := _LOCAL.fullmatch(bare)) is not None:
        readings = [_moment(day, _clock(local), zone) for day in _days(local, day_first=day_first)]
        if readings:
            return tuple(readings)
    elif (clock := _TIME.fullmatch(bare)) is not None and on is not None:
        return (_moment(on, _clock(clock), zone),)
    at = instant_of(bare, zone)
    return (Moment(at, at.astimezone(ZoneInfo(zone)).date(), whole_day=len(bare) == len("2026-10-14")),)


def _has_one_reading(match: re.Match[str]) -> bool:
    return (int(match["one"]) > _MONTHS) != (int(match["two"]) > _MONTHS)


def _iso_day(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    return f"{year}-{int(month):02}-{int(day):02}"


def _days(match: re.Match[str], *, day_first: bool | None) -> list[date]:
    """The days that three numbers can mean, the day before the month first."""
    one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
    full_year = year + _CENTURY if len(match["year"]) == _SHORT_YEAR else year
    orders = {True: [(one, two)], False: [(two, one)], None: [(one, two), (two, one)]}
    known = orders[True if match["mark"] == "." else day_first]
    found = [_day(full_year, month, day) for day, month in known]
    return list(dict.fromkeys(day for day in found if day is not None))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(match: re.Match[str]) -> time | None:
    """The time of day in a match; None where it names none. Raises ``ValueError`` for an hour there is not."""
    if match["hour"] is None:
        return None
    hour, half = int(match["hour"]), (match["half"] or "").lower()
    if half:
        hour = hour % _NOON + (_NOON if half.startswith("p") else 0)
    return time(hour, int(match["minute"]))


def _moment(day: date, clock: time | None, zone: str) -> Moment:
    at = datetime.combine(day, clock or time(), ZoneInfo(zone)).astimezone(UTC)
    return Moment(at, day, whole_day=clock is None)


def latest_of(day: date, zone: str, now: datetime) -> datetime:
    """The latest instant of a day in ``zone`` that something noted by ``now`` can have happened at.

    Who notes a day alone called at some hour of it; whoever counts the days since must not count too many.
    """
    start, following = (datetime.combine(day + timedelta(days=days), time(), ZoneInfo(zone)) for days in (0, 1))
    return max(start.astimezone(UTC), min(following.astimezone(UTC) - timedelta(seconds=1), now))
