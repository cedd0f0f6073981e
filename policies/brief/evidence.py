"""Evidence in a brief: dated facts about the person, each with a link.

A fact is one list item, with whatever stands below it; without list items the whole section is one. Dates are written
as 2026-09-16, 16.09.2026, 16 September 2026, September 16, 2026 or with the month alone, its name in any of eight
languages; 03/04/2026 is no date, since nobody can tell which month is meant. A date inside a link says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from policies.brief.spelling import plain

__all__ = ["Fact", "facts_in", "without_links"]

_LINK: Final = re.compile(r"https?://[^\s<>()\[\]]+", re.IGNORECASE)

_ITEM: Final = re.compile(r"\s{0,3}(?:[-*+]|\d{1,3}[.)])\s+\S")
# Names of the months as people write them, accents off; three letters or more of one are its abbreviation.
_MONTHS: Final = (
    ("january", "januar", "janner", "janvier", "enero", "gennaio", "januari", "janeiro"),
    ("february", "februar", "fevrier", "febrero", "febbraio", "februari", "fevereiro"),
    ("march", "marz", "maerz", "mars", "marzo", "maart", "marco"),
    ("april", "avril", "abril", "aprile"),
    ("may", "mai", "mayo", "maggio", "mei", "maio", "maj"),
    ("june", "juni", "juin", "junio", "giugno", "junho"),
    ("july", "juli", "juillet", "julio", "luglio", "julho"),
    ("august", "aout", "agosto", "augustus", "augusti"),
    ("september", "septembre", "septiembre", "settembre", "setembro"),
    ("october", "oktober", "octobre", "octubre", "ottobre", "outubro"),
    ("november", "novembre", "noviembre", "novembro"),
    ("december", "dezember", "decembre", "diciembre", "dicembre", "dezembro"),
)
_ABBREVIATED: Final = 3
_NUMBERS: Final = {
    name[:length]: number
    for number, names in reversed([*enumerate(_MONTHS, start=1)])
    for name in names
    for length in range(_ABBREVIATED, len(name) + 1)
}
_MONTH: Final = rf"(?P<month>{'|'.join(sorted(_NUMBERS, key=lambda name: (-len(name), name)))})\.?"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|o|a|e)?"
_A_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_LETTERS: Final = re.compile(r"[a-z]{3,}")
_FORMS: Final = tuple(
    re.compile(rf"(?<![\w-]){form}(?![\w-])")
    for form in (
        rf"{_YEAR}-(?P<month>\d\d)(?:-(?P<day>\d\d))?",
        rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}",
        rf"{_DAY}\.?\s+(?:de\s+|of\s+)?{_MONTH},?\s+(?:del?\s+)?{_YEAR}",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_MONTH},?\s+(?:del?\s+)?{_YEAR}",
    )
)
_IN_FIGURES: Final = _FORMS[:2]  # the others name the month


@dataclass(frozen=True)
class Fact:
    """One dated fact, or what should be one."""

    line: int  # offset from the first line of the section
    text: str

    @property
    def is_linked(self) -> bool:
        """Whether it says where it can be looked up."""
        return "://" in self.text and _LINK.search(self.text) is not None

    @cached_property
    def dates(self) -> list[date]:
        """The dates it names, in order of time."""
        return _dates_in(without_links(self.text))


def without_links(text: str) -> str:
    """The text with a blank in the place of each link."""
    return _LINK.sub(" ", text) if "://" in text else text


def facts_in(body: str) -> list[Fact]:
    """The facts of an evidence section, in order."""
    lines = body.split("\n")
    starts = [number for number, line in enumerate(lines) if _ITEM.match(line)] or [0]
    ends = [*starts[1:], len(lines)]
    return [Fact(start, "\n".join(lines[start:end])) for start, end in zip(starts, ends, strict=True)]


def _dates_in(text: str) -> list[date]:
    """Every date of a text that the calendar knows; a month alone stands for its first day."""
    folded = plain(text)
    if _A_YEAR.search(folded) is None:
        return []
    forms = _IN_FIGURES if _NUMBERS.keys().isdisjoint(_LETTERS.findall(folded)) else _FORMS
    found = {_date(match) for form in forms for match in form.finditer(folded)}
    return sorted(day for day in found if day is not None)


def _date(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    month = groups["month"]
    number = int(month) if month.isdigit() else _NUMBERS[month]
    try:
        return date(int(groups["year"]), number, int(groups.get("day") or 1))
    except ValueError:
        return None
