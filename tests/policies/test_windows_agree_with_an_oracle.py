"""Windows against a search minute by minute that shares no code with ours: any zone, instant, rule and holiday."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

import holidays
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cadence.places import possible_places
from policies.cadence.windows import windows
from tests.effort import few
from tests.policies.minute_search import Spot, Wanted, earliest
from tests.policies.outreach import country, lawful

if TYPE_CHECKING:
    from policies.jurisdictions import Jurisdiction

ZONES = sorted(
    zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix", "right"))
)
CODES = ("DE", "US", "GB", "NZ", "ES", "CH", "PT", "IL", "BR", "AU", "CA")
HOURS = ("00:00-03:30", "01:15-02:45", "09:00-12:00", "10:00-17:00", "13:30-20:00", "22:00-00:00")
# every choice of one or two of these that do not overlap; wide ones besides, so that places have hours in common
DAILY = [(span,) for span in HOURS] + [
    (first, second) for first, second in combinations(HOURS, 2) if first[6:] != "00:00" and first[6:] <= second[:5]
]
some_hours = st.sampled_from([("00:00-00:00",), ("06:00-22:00",), ("06:00-22:00",), *DAILY])
any_hours = st.one_of(st.just(()), some_hours)


@cache
def days_of_change(zone: str) -> tuple[date, ...]:
    """Days of 2026 on which the clocks of a zone change, or holidays of everywhere where they never do."""
    noons = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=number) for number in range(365)]
    offsets = [noon.astimezone(ZoneInfo(zone)).utcoffset() for noon in noons]
    changes = [noon.date() for noon, old, new in zip(noons, offsets, offsets[1:], strict=False) if old != new]
    return tuple(changes) or (date(2026, 1, 1), date(2026, 12, 25))


@st.composite
def spots_of(draw: st.DrawFn) -> list[Spot]:
    """One to three places of one or two countries, with one region each or an unknown one."""
    spots = []
    for code in draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=2, unique=True)):
        regions = holidays.country_holidays(code).subdivisions
        region = draw(st.sampled_from(("", *regions)))
        law = (draw(some_hours), draw(any_hours), draw(any_hours))
        known = (region,) if region else (None, *regions)
        zones = draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=2, unique=True))
        spots += [Spot(zone, code, *law, regions=known) for zone in zones]
    return spots


@st.composite
def instants_near(draw: st.DrawFn, zone: str) -> datetime:
    """Any instant of three years, or one around a change of the clock."""
    days = st.one_of(
        st.sampled_from(days_of_change(zone)), st.dates(min_value=date(2025, 1, 1), max_value=date(2027, 12, 31))
    )
    return datetime.combine(draw(days), time.min, UTC) + timedelta(minutes=draw(st.integers(-24 * 60, 24 * 60)))


def jurisdictions_of(spots: list[Spot]) -> dict[str, Jurisdiction]:
    """The law of the spots as files would state it; a known region lies in the zones of its spots."""
    return {
        code: country(
            code,
            *(spot.zone for spot in spots if spot.country == code),
            weekday=first.weekday,
            saturday=first.saturday,
            sunday=first.sunday,
            regions={region: tuple(s.zone for s in spots if s.country == code) for region in first.regions if region},
        )
        for code, first in {spot.country: spot for spot in reversed(spots)}.items()
    }


@few(8)
@given(data=st.data(), spots=spots_of(), own_hours=some_hours, valid_for=st.integers(0, 30 * 60))
def test_windows_agree_with_a_search_minute_by_minute(
    data: st.DataObject, spots: list[Spot], own_hours: tuple[str, ...], valid_for: int
) -> None:
    """Changes of the clock, weekends of elsewhere, regional holidays, named days: the same window, the same day."""
    as_of = data.draw(instants_near(spots[0].zone))
    named = data.draw(st.one_of(st.none(), st.integers(-1, 2)))
    weekdays = data.draw(st.sampled_from([(1, 2, 3, 4, 5, 6, 7), (1, 2, 3, 4, 5), (1, 2, 3, 4, 5), (7, 1)]))
    from_on = None if named is None else as_of.date() + timedelta(days=named)
    own = Wanted(own_hours, weekdays, from_on)
    until = as_of + timedelta(minutes=valid_for)

    file = jurisdictions_of(spots)
    regions = sorted({region for spot in spots if len(spot.regions) == 1 for region in spot.regions if region})
    person = {"person_id": "p", "countries": sorted(file), "regions": regions, "phones": []}
    schema = {"countries": pl.List(pl.String), "regions": pl.List(pl.String), "phones": pl.List(pl.String)}
    placed = possible_places(pl.DataFrame([person], schema_overrides=schema), file)
    rules = {"weekdays": list(weekdays), "hours": [span.split("-") for span in own_hours], "search_days": 2}
    wanted = placed.with_columns(pl.lit(from_on, dtype=pl.Date).alias("from_on"))
    found = windows(wanted, lawful(file, **rules), as_of, until).row(0, named=True)

    begins = as_of if from_on is None else max(as_of, *(_midnight(from_on, spot.zone) for spot in spots))
    horizon = max(begins, until) + timedelta(days=2)
    now, later = earliest(as_of, until, spots, own), earliest(max(as_of, until), horizon, spots, own)
    assert (found["not_before"], found["not_after"]) == (now or (None, None))
    assert found["window_open"] is (True if now else False if later else None)
    zones = {ZoneInfo(spot.zone) for spot in spots}
    expected = min(later[0].astimezone(zone).date() for zone in zones) if later and not now else None
    assert found["next_window_on"] == expected


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "country_code", "as_of", "opens"),
    [
        # Sunday evening in UTC is Monday in Auckland, and Friday evening is Saturday there
        ("Pacific/Auckland", "NZ", "2026-10-11T20:00", "2026-10-11T21:00"),
        ("Pacific/Auckland", "NZ", "2026-10-16T04:00", "2026-10-18T21:00"),
        # fourteen hours ahead and eleven behind: a week's end on another day of ours
        ("Pacific/Kiritimati", "NZ", "2026-10-09T05:00", "2026-10-11T20:00"),
        ("Pacific/Pago_Pago", "US", "2026-10-10T03:50", "2026-10-13T21:00"),  # Columbus Day on Monday
        # Lord Howe goes on by half an hour on 4 October, a Sunday
        ("Australia/Lord_Howe", "AU", "2026-10-02T06:40", "2026-10-05T23:00"),  # Labour Day on Monday
    ],
)
def test_a_zone_ahead_of_utc_over_a_weekday_change(zone: str, country_code: str, as_of: str, opens: str) -> None:
    """The weekday that counts is theirs (peers R15): the search of both finds the same instant."""
    law = country(country_code, zone, weekday=("09:00-20:00",), regions={"NSW": (zone,)})
    region = ["NSW"] if country_code == "AU" else [""]
    person = {"person_id": "p", "countries": [country_code], "regions": region, "phones": []}
    schema = {"countries": pl.List(pl.String), "regions": pl.List(pl.String), "phones": pl.List(pl.String)}
    placed = possible_places(pl.DataFrame([person], schema_overrides=schema), {country_code: law})
    start = datetime.fromisoformat(as_of).replace(tzinfo=UTC)
    found = windows(
        placed.with_columns(pl.lit(None, dtype=pl.Date).alias("from_on")),
        lawful({country_code: law}),
        start,
        start + timedelta(days=5),
    )
    known = ("NSW",) if country_code == "AU" else (None,)
    spot = Spot(zone, country_code, ("09:00-20:00",), regions=known)
    own = Wanted(("10:00-17:00",), (1, 2, 3, 4, 5))
    wanted = datetime.fromisoformat(opens).replace(tzinfo=UTC)
    assert earliest(start, start + timedelta(days=5), [spot], own) == (wanted, wanted + timedelta(hours=7))
    assert found.get_column("not_before").to_list() == [wanted]
