"""Times in files are ISO 8601; where day and month could be confused, nothing is guessed."""

from __future__ import annotations

from datetime import date

import pytest

from flows.event_files import day_of, instant_of


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-10-14", "Europe/Berlin", "2026-10-13T22:00:00+00:00"),
        (" 2026-01-14 ", "Europe/Berlin", "2026-01-13T23:00:00+00:00"),
        ("2026-10-14", "America/New_York", "2026-10-14T04:00:00+00:00"),
        ("2026-10-14T08:30", "Europe/Berlin", "2026-10-14T06:30:00+00:00"),
        ("2026-10-14 08:30:15", "Europe/Berlin", "2026-10-14T06:30:15+00:00"),
        ("2026-10-14T08:30:15.5Z", "Europe/Berlin", "2026-10-14T08:30:15.500000+00:00"),
        ("2026-10-14T08:30:15,25Z", "Europe/Berlin", "2026-10-14T08:30:15.250000+00:00"),
        ("2026-10-14t08:30z", "Europe/Berlin", "2026-10-14T08:30:00+00:00"),
        ("2026-10-14T08:30+05:30", "Europe/Berlin", "2026-10-14T03:00:00+00:00"),
        ("2026-10-14 08:30 -0400", "Europe/Berlin", "2026-10-14T12:30:00+00:00"),
        ("2026-10-14T08:30+02", "Asia/Tokyo", "2026-10-14T06:30:00+00:00"),
    ],
)
def test_instants(text: str, zone: str, expected: str) -> None:
    """With a zone it is that instant; without one a time in the organisation's zone; a day is its start there."""
    assert instant_of(text, zone).isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "14.10.2026",
        "10/14/2026",
        "20261014",
        "2026-W42",
        "2026-13-01",
        "2026-02-30",
        "2026-10-14T25:00",
        "0001-01-01",
        "now",
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    """Anything else is refused."""
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the standard library's
        instant_of(text, "Europe/Berlin")


def test_days() -> None:
    """A day is the calendar day in the organisation's zone."""
    assert day_of("2026-10-14", "Asia/Tokyo") == date(2026, 10, 14)
    assert day_of("2026-10-14T23:30Z", "Europe/Berlin") == date(2026, 10, 15)
