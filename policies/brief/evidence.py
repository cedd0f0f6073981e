"""Evidence in a brief: dated facts about the person, each with a link.

A fact is one list item, with whatever stands below it; without list items the whole section is one. Dates are written
as 2026-09-16, 16.09.2026, 16 September 2026, September 16, 2026 or with the month alone; 03/04/2026 is no date, since
nobody can tell which month is meant. A date inside a link says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

__all__ = ["LINK", "Fact", "facts_in"]

LINK: Final = re.compile(r"https?://[^\s<>()\[\]]+", re.IGNORECASE)

_ITEM: Final = re.compile(r"\s{0,3}(?:[-*+]|\d{1,3}[.)])\s+\S")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_DATES: Final = tuple(
    re.compile(rf"(?<![\w-]){form}(?![\w-])", re.IGNORECASE)
    for form in (
        rf"{_YEAR}-(?P<month>\d\d)(?:-(?P<day>\d\d))?",
        rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}",
        rf"{_DAY}\.?\s+{_MONTH},?\s+{_YEAR}",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_MONTH},?\s+{_YEAR}",
    )
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One dated fact, or what should be one."""

    line: int  # offset from the first line of the section
    text: str

    @property
    def is_linked(self) -> bool:
        """Whether it says where it can be looked up."""
        return LINK.search(self.text) is not None

    @property
    def dates(self) -> list[date]:
        """The dates it names, in order of time."""
        return _dates_in(LINK.sub(" ", self.text))


def facts_in(body: str) -> list[Fact]:
    """The facts of an evidence section, in order."""
    lines = body.split("\n")
    starts = [number for number, line in enumerate(lines) if _ITEM.match(line)] or [0]
    ends = [*starts[1:], len(lines)]
    return [Fact(start, "\n".join(lines[start:end])) for start, end in zip(starts, ends, strict=True)]


def _dates_in(text: str) -> list[date]:
    """Every date of a text that the calendar knows; a month alone stands for its first day."""
    found = {_date(match) for form in _DATES for match in form.finditer(text)}
    return sorted(day for day in found if day is not None)


def _date(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    month = groups["month"]
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    try:
        return date(int(groups["year"]), number, int(groups.get("day") or 1))
    except ValueError:
        return None
