"""Wall-clock hours as absolute time: clocks that are put forward and back, ends of days, and sets of intervals."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cadence.calendars import public_holidays
from policies.cadence.hours import intersection, open_intervals, overlap
from tests.policies.outreach import instant, spans


@pytest.mark.parametrize(
    ("zone", "day", "hours", "expected"),
    [
        ("Europe/Berlin", "2026-10-14", "10:00-17:00", [("2026-10-14T08:00", "2026-10-14T15:00")]),
        # 02:00 to 03:00 does not exist on the day clocks go forward
        ("Europe/Berlin", "2026-03-29", "01:30-03:30", [("2026-03-29T00:30", "2026-03-29T01:30")]),
        ("Europe/Berlin", "2026-03-29", "02:15-02:45", []),
        # and comes twice on the day they go back
        ("Europe/Berlin", "2026-10-25", "02:15-02:45", [
            ("2026-10-25T00:15", "2026-10-25T00:45"),
            ("2026-10-25T01:15", "2026-10-25T01:45"),
        ]),
        ("Europe/Berlin", "2026-10-25", "01:00-04:00", [("2026-10-24T23:00", "2026-10-25T03:00")]),
        # half an hour only, on Lord Howe Island
        ("Australia/Lord_Howe", "2026-10-04", "01:00-04:00", [("2026-10-03T14:30", "2026-10-03T17:00")]),
        # an end of 00:00 is the end of the day
        ("Asia/Kolkata", "2026-10-14", "22:00-00:00", [("2026-10-14T16:30", "2026-10-14T18:30")]),
        ("Pacific/Kiritimati", "2026-10-14", "10:00-17:00", [("2026-10-13T20:00", "2026-10-14T03:00")]),
    ],
)  # fmt: skip
def test_hours_of_a_day_in_absolute_time(zone: str, day: str, hours: str, expected: list[tuple[str, str]]) -> None:
    """The hours of one day, and of no other."""
    wanted, start = date.fromisoformat(day), instant(f"{day}T00:00") - timedelta(days=2)
    found = open_intervals(zone, lambda at: spans(hours) if at == wanted else (), start, start + timedelta(days=5))
    assert found == [(instant(begin), instant(end)) for begin, end in expected]


def test_a_stretch_cuts_hours_at_both_ends() -> None:
    """Nothing before the start, nothing after the end."""
    start, end = instant("2026-10-14T09:17"), instant("2026-10-14T09:40")
    assert open_intervals("Europe/Berlin", lambda _: spans("10:00-17:00"), start, end) == [(start, end)]


@pytest.mark.parametrize(
    ("ours", "theirs", "both"),
    [
        (["10:00-17:00"], ["09:00-12:30", "14:00-20:00"], ["10:00-12:30", "14:00-17:00"]),
        (["10:00-17:00"], ["18:00-20:00"], []),
        (["20:00-00:00"], ["08:00-21:30"], ["20:00-21:30"]),
        (["20:00-00:00"], ["00:00-00:00"], ["20:00-00:00"]),
        (["10:00-17:00"], [], []),
    ],
)
def test_our_hours_are_narrowed_never_widened(ours: list[str], theirs: list[str], both: list[str]) -> None:
    """Only what both allow is left."""
    assert overlap(spans(*ours), spans(*theirs)) == spans(*both)


_ANY = st.lists(st.integers(0, 60), max_size=8, unique=True).map(sorted)


@given(_ANY, _ANY)
def test_intersection_is_that_of_the_instants(left: list[int], right: list[int]) -> None:
    """Interval by interval comes to the same as minute by minute."""
    noon = instant("2026-10-14T12:00")

    def minutes(edges: list[int]) -> set[int]:
        return {minute for start, end in zip(edges[::2], edges[1::2], strict=False) for minute in range(start, end)}

    intervals = [
        [
            (noon + timedelta(minutes=a), noon + timedelta(minutes=b))
            for a, b in zip(edges[::2], edges[1::2], strict=False)
        ]
        for edges in (left, right)
    ]
    found = intersection(*intervals)
    spread = {
        (start - noon) // timedelta(minutes=1) + i
        for start, end in found
        for i in range((end - start) // timedelta(minutes=1))
    }
    assert spread == minutes(left) & minutes(right)
    assert found == sorted(found)


def test_holidays_are_those_of_the_whole_country() -> None:
    """Known for the countries on file; an unknown calendar is said to be unknown, not empty."""
    germany = public_holidays("DE", 2026, 2026)
    assert germany is not None
    assert date(2026, 12, 25) in germany
    assert date(2026, 8, 15) not in germany  # Assumption Day, in two of the states only
    assert public_holidays("XX", 2026, 2026) is None


@pytest.mark.parametrize("code", ["AU", "CA", "DE", "FR", "GB", "US"])
def test_a_year_of_the_calendar_holds_all_its_days_off(code: str) -> None:
    """Holidays kept in another year than their own too, such as New Year's Day on 31 December."""
    alone = frozenset[date]().union(*(public_holidays(code, year, year) or () for year in range(2020, 2036)))
    together = public_holidays(code, 2019, 2036) or frozenset()
    assert {day for day in together if 2020 <= day.year < 2036} == {day for day in alone if 2020 <= day.year < 2036}
