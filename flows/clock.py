"""The only place that reads the machine's clock.

A workspace with ``clock`` in ``tactful.toml`` takes that instant for now everywhere: expiry, ages of feeds,
``effective_at`` and ``recorded_at`` of events, the default ``--as-of``. Only how long ago a file on this machine was
written to is asked of the machine itself (:func:`machine_now`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date

    from flows.settings import Settings

__all__ = ["instant_text", "machine_now", "now", "queue_day", "valid_until"]


def now(settings: Settings) -> datetime:
    """The instant the workspace takes for now, in UTC: the machine's clock, or the one fixed in its settings."""
    return machine_now() if settings.clock is None else settings.clock


def machine_now() -> datetime:
    """The machine's clock, in UTC; only to be compared with times the machine itself gave to files."""
    return datetime.now(UTC)


def queue_day(as_of: datetime, settings: Settings) -> date:
    """The working day an instant belongs to: its calendar day in the organisation's zone."""
    return as_of.astimezone(ZoneInfo(settings.organisation.timezone)).date()


def valid_until(day: date, settings: Settings) -> datetime:
    """The end of a working day: the next midnight in the organisation's zone, as an instant in that zone."""
    zone = ZoneInfo(settings.organisation.timezone)
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=zone)


def instant_text(instant: datetime) -> str:
    """An instant as ISO 8601 with its offset, to the second; UTC is written ``Z``."""
    return instant.isoformat(timespec="seconds").removesuffix("+00:00") + ("Z" if _is_utc(instant) else "")


def _is_utc(instant: datetime) -> bool:
    return instant.isoformat(timespec="seconds").endswith("+00:00")
