"""The next lawful window: where the person may be, and an independent search minute by minute that must agree."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import holidays
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cadence.windows import WINDOWS, windows
from tests.policies.outreach import cadence, country, instant, spans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.jurisdictions import Jurisdiction

US = country(
    "US",
    *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    regions={"California": ("America/Los_Angeles",), "CA": ("America/Los_Angeles",)},
)
COUNTRIES: dict[str, Jurisdiction] = {
    "US": US,
    "DE": country("DE", "Europe/Berlin", weekday=["09:00-17:00"]),
    "FR": country("FR", "Europe/Paris", weekday=["10:00-13:00", "14:00-20:00"]),
    "NZ": country("NZ", "Pacific/Auckland"),
    "AU": country("AU", "Australia/Sydney", "Australia/Perth"),
    "LU": country("LU"),
    "XX": country("XX", "Europe/Berlin"),
    "AT": country("AT", "Europe/Vienna", since=date(2030, 1, 1)),
}
PLACES = pl.Schema(
    [
        ("record_id", pl.String),
        ("channel", pl.String),
        ("countries", pl.List(pl.String)),
        ("region", pl.String),
        ("phone", pl.String),
    ]
)
WEDNESDAY = "2026-10-14T06:30"


def _one(
    countries: Sequence[str | None] | None,
    *,
    region: str | None = None,
    phone: str | None = None,
    as_of: str = WEDNESDAY,
    until: str = "2026-10-14T22:00",
    changes: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The window of one contact point."""
    place = {"record_id": "r", "channel": "email", "countries": countries, "region": region, "phone": phone}
    frame = pl.DataFrame([place], schema=PLACES)
    found = windows(frame, COUNTRIES, cadence(**(changes or {})), instant(as_of), instant(until))
    assert found.schema == WINDOWS
    return found.row(0, named=True)


@pytest.mark.parametrize(
    ("countries", "region", "phone", "zones"),
    [
        (["DE"], None, None, "Europe/Berlin"),
        (["DE"], "Bayern", "+12125550100", "Europe/Berlin"),
        (["US"], " california ", "+12125550100", "America/Los_Angeles"),
        (["US"], "CA", None, "America/Los_Angeles"),
        (["US"], None, "+12125550100", "America/New_York"),
        (["US"], "Atlantis", "+13125550100", "America/Chicago"),
        (["US"], None, "+18005550100", "America/Chicago|America/Denver|America/Los_Angeles|America/New_York"),
        (["US"], None, "+442079460123", "America/Chicago|America/Denver|America/Los_Angeles|America/New_York"),
        (["US"], None, "no number", "America/Chicago|America/Denver|America/Los_Angeles|America/New_York"),
        (["AU"], None, "+61491570156", "Australia/Perth|Australia/Sydney"),
        (["AU"], None, "+61270101234", "Australia/Sydney"),
        (["FR", "DE"], None, None, "Europe/Berlin|Europe/Paris"),
        (["XX"], None, None, "Europe/Berlin"),
        (["DE", "ZZ"], None, None, None),
        (["DE", None], None, None, None),
        (["LU"], None, None, None),
        ([], None, None, None),
        (None, "CA", "+12125550100", None),
    ],
)
def test_zone_comes_from_region_country_or_number(
    countries: list[str | None] | None, region: str | None, phone: str | None, zones: str | None
) -> None:
    """Region before country before number before all zones; what is unknown stays unknown."""
    assert _one(countries, region=region, phone=phone)["timezone"] == zones


@pytest.mark.parametrize(
    ("countries", "as_of", "until", "opens", "closes"),
    [
        (["DE"], "2026-10-14T06:30", "2026-10-14T22:00", "2026-10-14T08:00", "2026-10-14T15:00"),
        (["DE"], "2026-10-14T12:00", "2026-10-14T22:00", "2026-10-14T12:00", "2026-10-14T15:00"),
        (["FR"], "2026-10-14T10:50", "2026-10-14T22:00", "2026-10-14T12:00", "2026-10-14T15:00"),
        (["FR", "DE"], "2026-10-14T06:30", "2026-10-14T22:00", "2026-10-14T08:00", "2026-10-14T11:00"),
        (["NZ"], "2026-10-14T06:30", "2026-10-14T22:00", "2026-10-14T21:00", "2026-10-14T22:00"),
        # Sunday evening in Berlin is Monday morning in Auckland: weekday and hour are looked at together, over there.
        (["NZ"], "2026-10-11T20:00", "2026-10-11T22:00", "2026-10-11T21:00", "2026-10-11T22:00"),
    ],
)
def test_window_is_the_next_lawful_stretch(
    countries: list[str], as_of: str, until: str, opens: str, closes: str
) -> None:
    """Hours count where the person is, from now on, until the queue expires; a rest too short is skipped."""
    found = _one(countries, as_of=as_of, until=until)
    assert (found["not_before"], found["not_after"]) == (instant(opens), instant(closes))
    assert found["window_open"] is True
    assert found["next_window_on"] is None


@pytest.mark.parametrize(
    ("countries", "as_of", "until", "day"),
    [
        (["DE"], "2026-10-16T14:50", "2026-10-16T22:00", date(2026, 10, 19)),  # Friday afternoon: Monday
        (["DE"], "2026-12-24T16:00", "2026-12-24T23:00", date(2026, 12, 28)),  # two holidays and a weekend
        (["US"], "2026-11-26T06:30", "2026-11-26T23:00", date(2026, 11, 27)),  # Thanksgiving
        # Friday in Berlin is Saturday in Auckland from noon on.
        (["NZ"], "2026-10-16T11:00", "2026-10-16T22:00", date(2026, 10, 19)),
    ],
)
def test_closed_today_names_the_next_day(countries: list[str], as_of: str, until: str, day: date) -> None:
    """Weekends, evenings and holidays of the country put it off to a named day, by the person's calendar."""
    found = _one(countries, as_of=as_of, until=until)
    assert (found["window_open"], found["next_window_on"], found["not_before"]) == (False, day, None)


@pytest.mark.parametrize(
    ("countries", "why"),
    [
        (["ZZ"], "no file"),
        (["XX"], "no calendar of holidays"),
        (["AT"], "no version in force"),
        (["US", "DE"], "no common hour of Los Angeles and Berlin"),
    ],
)
def test_what_is_unknown_is_never_a_window(countries: list[str], why: str) -> None:
    """Law 3: without law, calendar or a common hour nothing is said, and the rules hold."""
    found = _one(countries)
    assert (found["window_open"], found["not_before"], found["next_window_on"]) == (None, None, None), why


def test_both_channels_keep_the_same_hours_and_order_makes_no_difference() -> None:
    """One row for each record and channel, whatever the order of rows."""
    rows = [
        {"record_id": record, "channel": channel, "countries": [code], "region": None, "phone": None}
        for record, code in (("b", "DE"), ("a", "FR"))
        for channel in ("phone", "email")
    ]
    places = pl.DataFrame(rows, schema=PLACES)
    as_of, until = instant(WEDNESDAY), instant("2026-10-14T22:00")
    found = windows(places, COUNTRIES, cadence(), as_of, until)
    assert found.equals(windows(places.reverse(), COUNTRIES, cadence(), as_of, until))
    assert found.select("record_id", "channel").rows() == [
        ("a", "email"),
        ("a", "phone"),
        ("b", "email"),
        ("b", "phone"),
    ]
    assert (
        found.get_column("not_after").to_list() == [instant("2026-10-14T11:00")] * 2 + [instant("2026-10-14T15:00")] * 2
    )


def test_no_contact_points_no_windows() -> None:
    """An empty list is no error."""
    places = pl.DataFrame(schema=PLACES)
    assert windows(places, COUNTRIES, cadence(), instant(WEDNESDAY), instant(WEDNESDAY)).schema == WINDOWS


# --- the oracle: every minute looked at on its own ---

ZONES = (
    *("Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "Pacific/Auckland"),
    *("Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Kiritimati", "America/St_Johns", "Africa/Casablanca", "UTC"),
)
HOURS = ("00:00-03:30", "01:15-02:45", "09:00-12:00", "10:00-17:00", "13:30-20:00", "22:00-00:00")
# Days on which clocks change in one of the zones, holidays, and quiet ones.
DAYS = tuple(
    date.fromisoformat(day)
    for day in (
        *("2026-03-08", "2026-03-29", "2026-04-05", "2026-09-27", "2026-10-04", "2026-10-25", "2026-11-01"),
        *("2026-12-24", "2026-12-31", "2026-05-25", "2026-07-03", "2026-10-14", "2026-02-27"),
    )
)
# Every choice of one or two of these that do not overlap.
DAILY = [[span] for span in HOURS] + [
    [first, second] for first, second in combinations(HOURS, 2) if first[6:] != "00:00" and first[6:] <= second[:5]
]
WIDE = [["00:00-00:00"], ["06:00-22:00"]]  # so that some hours are common to several places
some_hours = st.sampled_from([*WIDE, *WIDE, *WIDE, *DAILY])
any_hours = st.sampled_from([[], *WIDE, *WIDE, *WIDE, *DAILY])


@st.composite
def _countries(draw: st.DrawFn) -> dict[str, Jurisdiction]:
    codes = draw(st.lists(st.sampled_from(["DE", "US", "GB", "NZ"]), min_size=1, max_size=2, unique=True))
    return {
        code: country(
            code,
            *draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=2, unique=True)),
            weekday=draw(some_hours),
            saturday=draw(any_hours),
            sunday=draw(any_hours),
        )
        for code in codes
    }


def _is_lawful(minute: datetime, places: Mapping[str, Jurisdiction], own: Mapping[str, Any]) -> bool:
    """Whether one minute is lawful at every place the person may be."""
    for code, place in places.items():
        for zone in place.zones:
            local = minute.astimezone(ZoneInfo(zone))
            day, clock = local.date(), local.time()
            if not _within(clock, own["spans"]) or day.isoweekday() not in own["weekdays"]:
                return False
            if not _within(clock, _hours_of(place, day)) or day in own["holidays"][code]:
                return False
    return True


def _hours_of(place: Jurisdiction, day: date) -> Sequence[tuple[time, time]]:
    rules = place.versions[0].hours
    assert rules is not None
    return {6: rules.saturday, 7: rules.sunday}.get(day.isoweekday(), rules.weekday)


def _within(clock: time, allowed: Sequence[tuple[time, time]]) -> bool:
    return any(start <= clock and (clock < end or end == time.min) for start, end in allowed)


def _first_run(start: datetime, end: datetime, lawful: Mapping[datetime, bool]) -> tuple[datetime, datetime] | None:
    """The first quarter of an hour or more of lawful minutes within a stretch."""
    minute, run = start, 0
    while minute <= end:
        if minute < end and lawful[minute]:
            run += 1
        elif run >= 15:
            return minute - timedelta(minutes=run), minute
        else:
            run = 0
        minute += timedelta(minutes=1)
    return None


@given(
    places=_countries(),
    own_hours=some_hours,
    weekdays=st.sampled_from([[1, 2, 3, 4, 5, 6, 7]] * 4 + [[1, 2, 3, 4, 5], [7, 1]]),
    day=st.sampled_from(DAYS),
    shift=st.integers(min_value=-24 * 60, max_value=24 * 60),
    valid_for=st.integers(min_value=0, max_value=36 * 60),
)
def test_windows_agree_with_a_search_minute_by_minute(
    places: dict[str, Jurisdiction], own_hours: list[str], weekdays: list[int], day: date, shift: int, valid_for: int
) -> None:
    """Any zones, hours and days, changes of the clock and holidays among them: the same window as the plain search."""
    free = {code: holidays.country_holidays(code) for code in places}
    own = {"weekdays": weekdays, "spans": spans(*own_hours), "holidays": free}
    rules = cadence(weekdays=weekdays, hours=[span.split("-") for span in own_hours], search_days=2)
    as_of = datetime.combine(day, time.min, UTC) + timedelta(minutes=shift)
    until = as_of + timedelta(minutes=valid_for)
    horizon = until + timedelta(days=2)
    minutes = (as_of + timedelta(minutes=i) for i in range((horizon - as_of) // timedelta(minutes=1)))
    lawful = {minute: _is_lawful(minute, places, own) for minute in minutes}
    now, later = _first_run(as_of, until, lawful), _first_run(until, horizon, lawful)

    row = {"record_id": "r", "channel": "phone", "countries": sorted(places), "region": None, "phone": None}
    frame = pl.DataFrame([row], schema=PLACES)
    found = windows(frame, places, rules, as_of, until).row(0, named=True)

    zones = [ZoneInfo(zone) for place in places.values() for zone in place.zones]
    assert (found["not_before"], found["not_after"]) == (now or (None, None))
    assert found["window_open"] is (True if now else False if later else None)
    expected = min(later[0].astimezone(zone).date() for zone in zones) if later and not now else None
    assert found["next_window_on"] == expected
