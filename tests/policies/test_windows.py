"""The next lawful window: where the person may be, whose holidays they keep, and the day they named."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from policies.cadence.places import possible_places
from policies.cadence.windows import WINDOWS, days_with_window, windows
from tests.policies.outreach import BERLIN, country, instant, lawful
from tests.policies.worlds import base_rules

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
PEOPLE = pl.Schema(
    [
        ("person_id", pl.String),
        ("countries", pl.List(pl.String)),
        ("regions", pl.List(pl.String)),
        ("phones", pl.List(pl.String)),
        ("from_on", pl.Date),
    ]
)
WEDNESDAY = "2026-10-14T06:30"


def _placed(rows: Sequence[Mapping[str, Any]], laws: Mapping[str, Jurisdiction]) -> pl.DataFrame:
    """People with the places they may be at."""
    people = pl.DataFrame(list(rows), schema=PEOPLE)
    return possible_places(people, laws).join(people.select("person_id", "from_on"), on="person_id")


def _one(
    countries: Sequence[str | None] | None,
    *regions: str | None,
    phones: Sequence[str | None] = (),
    as_of: str = WEDNESDAY,
    until: str = "2026-10-14T22:00",
    from_on: date | None = None,
    laws: Mapping[str, Jurisdiction] | None = None,
) -> dict[str, Any]:
    """The window of one person."""
    row = {"person_id": "p", "countries": countries, "regions": regions, "phones": phones, "from_on": from_on}
    on_file = COUNTRIES if laws is None else laws
    found = windows(_placed([row], on_file), lawful(on_file), instant(as_of), instant(until))
    assert found.schema == WINDOWS
    return found.row(0, named=True)


ALL_US = "America/Chicago|America/Denver|America/Los_Angeles|America/New_York"


@pytest.mark.parametrize(
    ("countries", "regions", "phones", "zones"),
    [
        (["DE"], [], [], "Europe/Berlin"),
        (["DE"], ["Bayern"], ["+12125550100"], "Europe/Berlin"),
        (["US"], [" california "], ["+12125550100"], "America/Los_Angeles"),
        (["US"], ["CA"], [], "America/Los_Angeles"),
        (["US"], ["US-CA"], [], "America/Los_Angeles"),
        (["US"], [None], ["+12125550100"], "America/New_York"),
        (["US"], ["Atlantis"], ["+13125550100"], "America/Chicago"),
        (["US"], ["Atlantis", "CA"], [], ALL_US),  # what the other list means may be anywhere
        (["US"], ["Atlantis", "CA"], ["+12125550100"], "America/Los_Angeles|America/New_York"),
        (["US", "DE"], ["Bayern", "CA"], [], "America/Los_Angeles|Europe/Berlin"),  # each a word of one country
        (["US", "DE"], ["Bayern"], ["+12125550100"], "America/New_York|Europe/Berlin"),
        (["US"], [], ["+18005550100"], ALL_US),
        (["US"], [], ["+442079460123"], ALL_US),
        (["US"], [], ["no number"], ALL_US),
        (["US"], [], ["+12125550100", "+13125550100"], "America/Chicago|America/New_York"),
        (["US"], [], ["+12125550100", "+18005550100", None], "America/New_York"),
        (["AU"], [], ["+61491570156"], "Australia/Perth|Australia/Sydney"),
        (["AU"], [], ["+61270101234"], "Australia/Sydney"),
        (["FR", "DE"], [], [], "Europe/Berlin|Europe/Paris"),
        (["XX"], [], [], "Europe/Berlin"),
        (["DE", "ZZ"], [], [], None),
        (["DE", None], [], [], None),
        (["LU"], [], [], None),
        ([], [], [], None),
        (None, ["CA"], ["+12125550100"], None),
    ],
)
def test_zone_comes_from_region_country_or_number(
    countries: list[str | None] | None, regions: list[str | None], phones: list[str | None], zones: str | None
) -> None:
    """Regions before country before numbers before all zones; what is unknown stays unknown."""
    assert _one(countries, *regions, phones=phones)["timezone"] == zones


@pytest.mark.parametrize(
    ("code", "regions", "day", "works"),
    [
        ("DE", ["Bayern"], "2026-06-04", False),  # Corpus Christi
        ("DE", ["Bavaria"], "2026-06-04", False),
        ("DE", ["de-by"], "2026-06-04", False),
        ("DE", ["Berlin"], "2026-06-04", True),
        ("DE", [], "2026-06-04", False),  # may be in Bavaria
        ("DE", ["Atlantis"], "2026-06-04", False),
        ("DE", ["Berlin", "Bayern"], "2026-06-04", False),  # their lists name both
        ("DE", ["Berlin", "Rhein-Main"], "2026-06-04", False),  # one of them means anywhere
        ("DE", ["Bayern"], "2025-08-15", False),  # Assumption Day, kept in most of Bavaria
        ("DE", ["Sachsen"], "2025-08-15", True),
        ("FR", ["Île-de-France"], "2027-03-26", True),
        ("FR", ["ile de france"], "2027-03-26", True),
        ("FR", ["Alsace"], "2027-03-26", False),  # Good Friday
        ("FR", ["Grand Est"], "2027-03-26", False),  # half of it is Alsace and Moselle
        ("FR", [], "2027-05-27", True),  # a holiday in Guadeloupe alone, where other clocks go
        ("GB", ["Kent"], "2026-11-30", True),
        ("GB", ["Scotland"], "2026-11-30", False),  # Saint Andrew's Day
        ("GB", [], "2026-11-30", False),
        ("US", ["TX"], "2026-11-27", False),
        ("US", ["New York"], "2026-02-12", False),  # Lincoln's birthday
        ("US", ["Texas"], "2026-02-12", True),
        ("CA", ["Ontario"], "2026-08-03", False),  # Civic Holiday
        ("CA", ["Québec"], "2026-06-24", False),
        ("CA", ["Manitoba"], "2026-06-24", True),
    ],
)
def test_holidays_are_those_of_the_region(*, code: str, regions: list[str], day: str, works: bool) -> None:
    """Named by code, by name in their language or in English; an unknown region is off whenever any of them is."""
    laws = base_rules().jurisdictions
    found = _one([code], *regions, as_of=f"{day}T00:00", until=f"{day}T23:59", laws=laws)
    assert found["window_open"] is works


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
        (
            ["US"],
            "2026-11-26T06:30",
            "2026-11-26T23:00",
            date(2026, 11, 30),
        ),  # Thanksgiving, and in half of the states the day after
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


@pytest.mark.parametrize(
    ("code", "from_on", "opens", "next_on"),
    [
        ("DE", None, "2026-10-14T08:00", None),
        ("DE", date(2026, 10, 1), "2026-10-14T08:00", None),  # a day long past
        ("DE", date(2026, 10, 14), "2026-10-14T08:00", None),
        ("DE", date(2026, 10, 15), None, date(2026, 10, 15)),
        ("DE", date(2026, 10, 17), None, date(2026, 10, 19)),  # a Saturday
        ("DE", date(2031, 10, 15), None, date(2031, 10, 15)),
        ("NZ", date(2026, 10, 15), "2026-10-14T21:00", None),  # their Thursday begins on our Wednesday
        ("NZ", date(2026, 10, 16), None, date(2026, 10, 16)),
    ],
)
def test_a_named_day_is_one_of_their_calendar(
    code: str, from_on: date | None, opens: str | None, next_on: date | None
) -> None:
    """Nothing before it, and the next lawful hour on it or later."""
    found = _one([code], from_on=from_on)
    assert found["not_before"] == (instant(opens) if opens else None)
    assert (found["window_open"], found["next_window_on"]) == (opens is not None, next_on)


@pytest.mark.parametrize(
    ("code", "as_of", "on", "from_on", "expected"),
    [
        ("DE", "2026-10-14T06:30", date(2026, 10, 15), None, date(2026, 10, 15)),
        ("DE", "2026-10-14T06:30", date(2026, 10, 17), None, date(2026, 10, 19)),  # Saturday: Monday
        ("DE", "2026-10-14T06:30", date(2026, 12, 25), None, date(2026, 12, 28)),
        ("DE", "2026-10-14T15:30", date(2026, 10, 16), None, None),  # whoever runs in the evening finds nobody
        ("FR", "2026-10-14T14:30", date(2026, 10, 16), None, date(2026, 10, 16)),  # half an hour is left
        ("US", "2026-10-14T06:30", date(2026, 10, 24), None, date(2026, 10, 26)),  # a Saturday here, Friday night there
        ("NZ", "2026-10-14T06:30", date(2026, 10, 17), None, date(2026, 10, 18)),  # Monday there is Sunday night here
        ("NZ", "2026-10-14T06:30", date(2026, 10, 19), date(2026, 10, 21), date(2026, 10, 20)),
        ("ZZ", "2026-10-14T06:30", date(2026, 10, 17), None, date(2026, 10, 17)),  # nothing is known of the place
    ],
)
def test_the_first_day_whose_run_finds_a_window(
    code: str, as_of: str, on: date, from_on: date | None, expected: date | None
) -> None:
    """No day that is a weekend or a holiday for them, nor one whose run comes too late for them."""
    row = {"person_id": "p", "countries": [code], "regions": [], "phones": [], "from_on": from_on}
    waiting = _placed([row], COUNTRIES).with_columns(pl.lit(on).alias("on"))
    found = days_with_window(waiting, lawful(COUNTRIES), instant(as_of), BERLIN)
    assert found.rows() == [("p", on if expected is None else expected)]


def test_the_order_of_people_makes_no_difference() -> None:
    """One row for each person, by person id."""
    rows: list[dict[str, Any]] = [
        {"person_id": person, "countries": codes, "regions": ["CA", "TX"], "phones": ["+12125550100"], "from_on": None}
        for person, codes in (("b", ["DE"]), ("a", ["FR", "DE"]), ("c", ["US"]))
    ]
    mixed = [{**row, "countries": row["countries"][::-1], "regions": ["TX", "CA"]} for row in reversed(rows)]
    as_of, until = instant(WEDNESDAY), instant("2026-10-14T22:00")
    found = [windows(_placed(some, COUNTRIES), lawful(COUNTRIES), as_of, until) for some in (rows, mixed)]
    assert found[0].equals(found[1])
    assert found[0].get_column("person_id").to_list() == ["a", "b", "c"]


def test_nobody_has_no_windows() -> None:
    """An empty list is no error."""
    nobody = _placed([], COUNTRIES)
    found = windows(nobody, lawful(COUNTRIES), instant(WEDNESDAY), instant(WEDNESDAY))
    assert (found.height, found.schema) == (0, WINDOWS)
    waiting = nobody.with_columns(pl.lit(None, dtype=pl.Date).alias("on"))
    assert days_with_window(waiting, lawful(COUNTRIES), instant(WEDNESDAY), BERLIN).height == 0
