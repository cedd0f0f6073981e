"""Instants and days as people write them into files: ISO 8601, with or without a zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

__all__ = ["day_of", "instant_of"]

_ISO: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?", re.IGNORECASE
)


def instant_of(text: str, zone: str) -> datetime:
    """The instant (UTC) of an ISO 8601 text; without an offset it is a time in ``zone``, a day alone its start there.

    Raises ``ValueError`` for anything else: a date with its day and month in doubt is never guessed.
    """
    bare = text.strip()
    if not _ISO.fullmatch(bare):
        message = "not an ISO 8601 instant"
        raise ValueError(message)
    at = datetime.fromisoformat(bare.replace(",", ".").replace(" ", "T", 1).replace(" ", "").upper())
    try:
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(*error.args) from None


def day_of(text: str, zone: str) -> date:
    """The calendar day of an ISO 8601 text, in ``zone`` where it is an instant; raises ``ValueError``."""
    return instant_of(text, zone).astimezone(ZoneInfo(zone)).date()
