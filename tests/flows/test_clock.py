"""Now is the machine's clock or the workspace's; a working day ends at local midnight, also when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from flows.clock import instant_text, machine_now, now, queue_day, valid_until
from flows.settings import parse_settings
from tests.flows.workspaces import SETTINGS

FIXED = parse_settings(SETTINGS, "tactful.toml")


def test_a_clock_in_the_settings_is_taken_for_now() -> None:
    """Without one it is the machine's."""
    assert now(FIXED) == datetime(2026, 10, 14, 6, 30, tzinfo=UTC)
    free = parse_settings(SETTINGS.replace("clock =", "#"), "tactful.toml")
    before = now(free)
    assert timedelta(0) <= machine_now() - before < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-10-13T21:59:59+00:00", date(2026, 10, 13)),
        ("2026-10-13T22:00:00+00:00", date(2026, 10, 14)),
        ("2026-12-13T22:00:00+00:00", date(2026, 12, 13)),
    ],
)
def test_the_queue_day_is_the_day_in_the_organisations_zone(instant: str, day: date) -> None:
    """Berlin is two hours ahead in summer, one in winter."""
    assert queue_day(datetime.fromisoformat(instant), FIXED) == day


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 10, 14), "2026-10-15T00:00:00+02:00"),
        (date(2026, 10, 25), "2026-10-26T00:00:00+01:00"),  # clocks go back on this day
        (date(2026, 3, 29), "2026-03-30T00:00:00+02:00"),
        (date(2026, 12, 31), "2027-01-01T00:00:00+01:00"),
    ],
)
def test_a_day_ends_at_the_next_local_midnight(day: date, end: str) -> None:
    """The end carries the offset that holds then."""
    assert instant_text(valid_until(day, FIXED)) == end


def test_utc_is_written_z() -> None:
    """Instants have one spelling."""
    assert instant_text(datetime(2026, 10, 14, 6, 30, 1, 5, tzinfo=UTC)) == "2026-10-14T06:30:01Z"
