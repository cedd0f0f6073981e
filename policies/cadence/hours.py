"""Lawful hours as intervals of absolute time, right across changes of the clock.

Wall clock is turned into instants piece by piece: a zone is cut where its offset changes, and within a piece the two
differ by a constant. A wall time that a change skips is then never reached, one that it repeats is reached twice.
Intervals are half-open, in UTC, sorted and disjoint.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from policies.cadence.settings import CadenceSettings, Span

__all__ = [
    "DatedCountry",
    "Interval",
    "Spans",
    "country_spans",
    "intersection",
    "merged",
    "open_intervals",
    "overlap",
]

Interval: TypeAlias = tuple[datetime, datetime]
Spans: TypeAlias = "Sequence[Span]"

_PROBE: Final = timedelta(hours=6)  # no zone changes its offset twice within this time
_SATURDAY: Final = 6
_SUNDAY: Final = 7


class _Hours(Protocol):
    @property
    def weekday(self) -> Spans: ...
    @property
    def saturday(self) -> Spans: ...
    @property
    def sunday(self) -> Spans: ...


class _Version(Protocol):
    @property
    def hours(self) -> _Hours | None: ...


class DatedCountry(Protocol):
    """What is read of a jurisdiction here: its hours in force on a day."""

    def at(self, day: date) -> _Version | None:
        """The version in force; none: nothing is known of that day."""


def country_spans(
    country: DatedCountry, own: CadenceSettings, is_free: Callable[[date], bool]
) -> Callable[[date], tuple[Span, ...]]:
    """The hours of a day at one place: our own, narrowed by the country's; on a day off there are none."""

    def spans(day: date) -> tuple[Span, ...]:
        version = country.at(day)
        if version is None or is_free(day) or day.isoweekday() not in own.weekdays:
            return ()
        return overlap(own.hours, _statutory(version.hours, day.isoweekday())) if version.hours else own.hours

    return spans


def overlap(ours: Spans, theirs: Spans) -> tuple[Span, ...]:
    """The wall-clock hours that lie in both."""
    both = ((max(a_start, b_start), _earlier_end(a_end, b_end)) for a_start, a_end in ours for b_start, b_end in theirs)
    return tuple(sorted((start, end) for start, end in both if end == time.min or start < end))


def open_intervals(zone: str, spans: Callable[[date], Spans], start: datetime, end: datetime) -> list[Interval]:
    """The instants of ``[start, end)`` whose wall clock in ``zone`` lies within the hours of its local day."""
    found = [
        (max(opens, piece_start), min(closes, piece_end))
        for piece_start, piece_end, offset in _pieces(ZoneInfo(zone), start.astimezone(UTC), end.astimezone(UTC))
        for day in _days(piece_start + offset, piece_end + offset)
        for opens, closes in _shifted(day, spans(day), offset)
    ]
    return merged(sorted((opens, closes) for opens, closes in found if opens < closes))


def intersection(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """The instants that lie in both."""
    found: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            found.append((start, end))
        if left[i][1] <= right[j][1]:
            i += 1
        else:
            j += 1
    return found


def merged(intervals: Sequence[Interval]) -> list[Interval]:
    """Join intervals that touch or overlap; ``intervals`` is sorted."""
    found: list[Interval] = []
    for start, end in intervals:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _statutory(hours: _Hours, weekday: int) -> Spans:
    if weekday == _SATURDAY:
        return hours.saturday
    return hours.sunday if weekday == _SUNDAY else hours.weekday


def _earlier_end(left: time, right: time) -> time:
    """The earlier of two ends, where 00:00 is the end of the day."""
    return min(left, right, key=lambda end: (end == time.min, end))


@lru_cache(maxsize=4096)
def _pieces(zone: ZoneInfo, start: datetime, end: datetime) -> list[tuple[datetime, datetime, timedelta]]:
    """Cut ``[start, end)`` where the offset of the zone changes; looked for once, since every search asks again."""
    count = (end - start) // _PROBE + 1
    probes = [start + i * _PROBE for i in range(count)] + [end]
    cuts = [_change(zone, a, b) for a, b in pairwise(probes) if _offset(zone, a) != _offset(zone, b)]
    edges = [start, *cuts, end]
    return [(a, b, _offset(zone, a)) for a, b in pairwise(edges) if a < b]


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second with the new offset, by bisection."""
    old, second = _offset(zone, before), timedelta(seconds=1)
    while after - before > second:
        middle = before + (after - before) // second // 2 * second
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    return after.replace(microsecond=0)


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _days(first: datetime, last: datetime) -> list[date]:
    """The calendar days of a stretch of wall clock."""
    return [first.date() + timedelta(days=i) for i in range((last.date() - first.date()).days + 1)]


def _shifted(day: date, spans: Spans, offset: timedelta) -> Iterator[Interval]:
    """Wall clock of a day as instants under one offset."""
    for start, end in spans:
        closes = datetime.combine(day, end, UTC) + timedelta(days=int(end == time.min))
        yield datetime.combine(day, start, UTC) - offset, closes - offset
