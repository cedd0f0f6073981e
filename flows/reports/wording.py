"""Names, days and times of the program in words, as pages show them."""

from __future__ import annotations

from datetime import date
from typing import Final

__all__ = ["date_text", "day_text", "hours_text", "words"]

_MINUTES: Final = 60
_HOURS_A_DAY: Final = 24
_HOURS_SHOWN: Final = 72  # longer times are told in days


def words(name: str) -> str:
    """A name of the program as words: ``brief_wanted`` becomes "brief wanted"."""
    return name.replace("_", " ")


def day_text(day: str) -> str:
    """An ISO date in words: "Wednesday, 14 October 2026"."""
    when = date.fromisoformat(day)
    return f"{when:%A}, {date_text(day)}"


def date_text(day: str) -> str:
    """An ISO date without its weekday: "14 October 2026"."""
    when = date.fromisoformat(day)
    return f"{when.day} {when:%B %Y}"


def hours_text(hours: float) -> str:
    """A time in words: "at once", "12 min", "5 h", "3 days"."""
    minutes = round(hours * _MINUTES)
    if minutes < 1:
        return "at once"
    if hours < 1:
        return f"{minutes} min"
    return f"{hours:.0f} h" if hours < _HOURS_SHOWN else f"{hours / _HOURS_A_DAY:,.0f} days"
