"""Terms for opt-outs end when the law says, over weekends, holidays, changes of the clock and ends of years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import holidays
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rules_on_disk import load_rulebook
from policies.cadence.calendars import public_holidays
from policies.jurisdictions import Deadline
from policies.latency import LATENCY, UNKNOWN, Terms, due_at, last_day, latencies
from policies.schema import UTC_INSTANT
from tests.effort import few

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.rulebook import Rulebook

TERMS = Terms(house=timedelta(hours=48), immediate=timedelta(hours=24))
NOW = datetime(2026, 10, 14, 6, 30, tzinfo=UTC)


@cache
def book() -> Rulebook:
    """The base rules."""
    return load_rulebook(None)


def free(country: str, year: int) -> frozenset[date]:
    """Public holidays of a country around a year."""
    return public_holidays(country, year - 1, year + 1) or frozenset()


@pytest.mark.parametrize(
    ("country", "arrived", "n", "expected"),
    [
        ("US", "2026-10-14", 10, "2026-10-28"),  # two plain weeks
        ("US", "2026-10-09", 10, "2026-10-26"),  # a Friday; Columbus Day on the Monday
        ("US", "2026-11-20", 10, "2026-12-07"),  # a Friday; Thanksgiving
        ("US", "2026-12-24", 5, "2027-01-04"),  # Christmas on a Friday, New Year's Day on a Friday
        ("US", "2026-07-02", 1, "2026-07-06"),  # 4 July is a Saturday and observed on Friday the 3rd
        ("US", "2026-10-17", 1, "2026-10-19"),  # arrived on a Saturday
        ("AU", "2026-01-23", 5, "2026-02-02"),  # a Friday; Australia Day on the Monday
        ("AU", "2026-12-24", 5, "2027-01-04"),  # the Monday for Boxing Day is of the states, and excuses nobody
        ("CA", "2026-06-30", 10, "2026-07-15"),  # Canada Day
        ("GB", "2026-04-02", 1, "2026-04-07"),  # Good Friday to Easter Monday, as in England
    ],
)
def test_business_days(country: str, arrived: str, n: int, expected: str) -> None:
    """The last of so many business days, by calendars looked up by hand."""
    calendar = free(country, 2026)
    if country == "GB":
        calendar = frozenset(holidays.country_holidays("GB", subdiv="ENG", years=2026))
    found = last_day(date.fromisoformat(arrived), Deadline(n, "business_days"), calendar)
    assert found == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("deadline", "arrived", "expected"),
    [
        (Deadline(14, "calendar_days"), "2026-12-24", "2027-01-07"),
        (Deadline(1, "months"), "2026-01-31", "2026-02-28"),
        (Deadline(1, "months"), "2028-01-31", "2028-02-29"),
        (Deadline(1, "months"), "2026-12-15", "2027-01-15"),
        (Deadline(13, "months"), "2026-11-30", "2027-12-30"),
        (Deadline(0, "business_days"), "2026-10-17", "2026-10-17"),
    ],
)
def test_calendar_days_and_months(deadline: Deadline, arrived: str, expected: str) -> None:
    """Calendar days count all days; a month later is the same day of the month, or its last one."""
    assert last_day(date.fromisoformat(arrived), deadline, ()) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("arrived", "zones", "expected"),
    [
        # 10 business days of New York end at its midnight, an hour later than in summer once the clock went back
        ("2026-10-21T12:00:00Z", ["America/New_York"], "2026-11-05T05:00:00Z"),
        # where it comes first: the east; just after midnight there it is still the day before in the west
        ("2026-10-14T05:30:00Z", ["America/New_York", "Pacific/Honolulu"], "2026-10-28T10:00:00Z"),
        ("2026-10-14T12:00:00Z", ["America/New_York", "Pacific/Honolulu"], "2026-10-29T04:00:00Z"),
    ],
)
def test_days_end_where_the_person_may_be(arrived: str, zones: Sequence[str], expected: str) -> None:
    """A term in days ends at midnight in the zone where that comes first, whatever the clocks do."""
    moment = datetime.fromisoformat(arrived)
    days = frozenset({date(2026, 10, 12), date(2026, 11, 11)})
    assert due_at(moment, Deadline(10, "business_days"), zones, days, TERMS) == datetime.fromisoformat(expected)


def test_at_once_is_a_day() -> None:
    """Laws that say at once leave as long as the rules say, and an unknown unit none at all."""
    assert due_at(NOW, Deadline(0, "immediate"), ["Europe/Berlin"], (), TERMS) == NOW + timedelta(hours=24)
    with pytest.raises(ValueError, match="no unit"):
        last_day(NOW.date(), Deadline(1, "fortnights"), ())


@few(120)
@given(
    st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2032-12-01"), timezones=st.just(UTC)),
    st.integers(1, 30),
    st.sampled_from([("US", "America/Chicago"), ("AU", "Australia/Sydney"), ("CA", "America/St_Johns")]),
)
def test_business_days_agree_with_counting(arrived: datetime, n: int, place: tuple[str, str]) -> None:
    """Exactly ``n`` business days lie in the term, the last day is one, and the next instant is midnight there."""
    country, name = place
    zone, calendar = ZoneInfo(name), public_holidays(country, 2019, 2034)
    assert calendar is not None
    end = due_at(arrived, Deadline(n, "business_days"), [name], calendar, TERMS).astimezone(zone)
    first, last = arrived.astimezone(zone).date(), end.date() - timedelta(days=1)
    days = [first + timedelta(days=at) for at in range(1, (last - first).days + 1)]
    worked = [day for day in days if day.isoweekday() < 6 and day not in calendar]
    assert len(worked) == n
    assert worked[-1] == last
    assert (end.hour, end.minute, end.second) == (0, 0, 0)


@dataclass(frozen=True)
class Said:
    """One stop, and what came of it."""

    seq: int
    channel: str = "any"
    received: str | None = None
    recorded: str = "2026-10-14T06:00:00Z"
    countries: tuple[str | None, ...] = ()


def found(*said: Said, heeded: Sequence[tuple[int, str]] = ((99, "2026-10-14T06:05:00Z"),)) -> pl.DataFrame:
    """The latency of some stops under the base rules."""

    def moment(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    stops = pl.DataFrame(
        [(one.seq, "optout", one.channel, moment(one.received), moment(one.recorded)) for one in said],
        schema={
            "seq": pl.Int64,
            "kind": pl.String,
            "channel": pl.String,
            "received_at": UTC_INSTANT,
            "recorded_at": UTC_INSTANT,
        },
        orient="row",
    )
    where = pl.DataFrame(
        [(one.seq, country) for one in said for country in one.countries],
        schema={"seq": pl.Int64, "country": pl.String},
        orient="row",
    )
    queues = pl.DataFrame(
        [(1, datetime(2026, 1, 1, tzinfo=UTC)), *((seq, moment(at)) for seq, at in heeded)],
        schema={"events_seq": pl.Int64, "at": UTC_INSTANT},
        orient="row",
    )
    return latencies(stops, where, queues, book().jurisdictions, TERMS, NOW)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        # in Los Angeles and Vancouver it is still the evening before
        (Said(5, countries=("US",)), ("US", "10 business days", "2026-10-28T07:00:00Z", False)),
        (Said(5, "phone", countries=("CA",)), ("CA", "14 calendar days", "2026-10-28T07:00:00Z", False)),
        (Said(5, "email", countries=("AU",)), ("AU", "5 business days", "2026-10-21T13:00:00Z", False)),
        (Said(5, countries=("US", "DE")), ("DE", "at once", "2026-10-15T06:00:00Z", False)),
        (Said(5, countries=("AU",)), ("AU", "at once", "2026-10-15T06:00:00Z", False)),  # calls must stop at once
        (Said(5), (UNKNOWN, "at once", "2026-10-15T06:00:00Z", False)),
        (Said(5, countries=(None,)), (UNKNOWN, "at once", "2026-10-15T06:00:00Z", False)),
        (Said(5, countries=("US", "JP")), (UNKNOWN, "at once", "2026-10-15T06:00:00Z", False)),
        (
            Said(5, received="2026-10-12T06:00:00Z", countries=("GB",)),
            ("GB", "at once", "2026-10-13T06:00:00Z", True),
        ),
        (
            Said(5, received="2026-09-28T06:00:00Z", countries=("US",)),
            ("US", "10 business days", "2026-10-10T07:00:00Z", True),
        ),
    ],
)
def test_the_strictest_term_counts(said: Said, expected: tuple[str, str, str, bool]) -> None:
    """Of all countries and channels the soonest end counts; what is unknown is held to the strictest law."""
    country, term, due, late = expected
    row = found(said).row(0, named=True)
    assert (row["country"], row["term"], row["late"]) == (country, term, late)
    assert row["due_at"] == datetime.fromisoformat(due)


def test_a_stop_holds_with_the_first_queue_that_heeds_it() -> None:
    """The earliest queue that heeds the event counts, and where there is none the stop is open and may be late."""
    queues = [(10, "2026-10-14T06:01:00Z"), (12, "2026-10-14T06:02:00Z"), (11, "2026-10-14T06:03:00Z")]
    old = Said(30, recorded="2026-10-12T06:00:00Z")
    frame = found(Said(9), Said(11), Said(12), Said(20), old, heeded=queues)
    assert frame.schema == LATENCY
    assert frame["in_force_at"].dt.minute().to_list() == [1, 2, 2, None, None]
    assert frame["late"].to_list() == [False, False, False, False, True]
    assert frame["hours"].to_list() == [0.02, 0.03, 0.03, 0.5, 48.5]


def test_before_the_first_queue_nobody_stood_in_one() -> None:
    """What was said before there was any queue holds from its recording."""
    frame = found(Said(1, recorded="2025-12-01T00:00:00Z", received="2025-12-01T00:00:00Z"))
    assert frame["hours"].to_list() == [0.0]


def test_nothing_said_is_no_latency() -> None:
    """No stop, no line."""
    assert found().height == 0
