"""What in a line may be somebody: an address, a telephone number, a name alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["has_contact", "holds_somebody", "is_name_alone", "is_person", "mentions_number", "mentions_somebody"]

_ADDRESS: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
# A telephone number: "2024-2025" is a header, "030 23125-001" and nine digits in a row are none.
_DIGITS: Final = re.compile(r"(?:\+|\(|0)\d[\d\s()./-]{5,}|\d{9,}")
_GROUPS: Final = re.compile(r"\d(?:[\s()./\u2010-\u2015-]{0,3}\d){6,}")  # seven digits and more: "212-555-0125"
_AMOUNT: Final = re.compile(r"\d{1,8}(?:\.\d{1,2})?")
# Days, years and spans of years within a text: digits that belong to no telephone number.
_DAYS: Final = re.compile(
    r"(?<![\d.])(?:(?:19|20)\d\d[./-](?:0?[1-9]|1[0-2])[./-](?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|[12]\d|3[01])\1(?:19|20)\d\d"
    r"|(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])/\d\d"
    r"|(?:19|20)\d\d(?: ?[/\u2013-] ?| )(?:19|20)\d\d)(?![\d])"
)
# A digest, with or without its kind in front: "sha256=9f86..."
_DIGEST: Final = re.compile(r"(?i)(?:(?:md5|sha-?(?:1|256))\s?[:=]\s?)?(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_PERSON: Final = re.compile(
    r"(?:[^\W\d_a-z][\w'\u2019.-]*(?:(?<=[^\W\d_])|(?<=\.)) ){1,2}[^\W\d_a-z][^\W\d_]*(?:['\u2019-]\w+)*\.?"
)
_TITLE: Final = re.compile(
    r"\b(?:days?|sessions?|lists?|leads?|contacts?|attendees?|guests?|visitors?|participants?|members?|speakers?|people|"
    r"hosts?|panelists?|teams?|groups?|rooms?|halls?|stages?|tracks?|pages?|sheets?|parts?|tables?|reports?|expo|fair|"
    r"events?|webinars?|workshops?|customers?|partners?|subscribers?|registrations?|monday|tuesday|wednesday|thursday|"
    r"friday|saturday|sunday|teilnehmer|kontakte|g\u00e4ste|liste|tag|seite|gmbh|inc|ltd|llc|conference|summit)\b"
)


def has_contact(cells: Iterable[str]) -> bool:
    """Whether a record holds an address, a telephone number or a digest. Days may be headers."""
    return any(_is_value(cell.strip()) for cell in cells)


def holds_somebody(cells: Iterable[str]) -> bool:
    """Whether an address stands anywhere in a record: rows written with another divider are one cell each."""
    return has_contact(cells) or any("@" in cell and _ADDRESS.search(cell) is not None for cell in cells)


def mentions_somebody(cells: Iterable[str]) -> bool:
    """Whether a line holds an address or a telephone number, within a sentence as well."""
    said = list(cells)
    return holds_somebody(said) or any(map(mentions_number, said))


def _is_value(cell: str) -> bool:
    if _DAY.fullmatch(cell):
        return False
    if any(pattern.fullmatch(cell) is not None for pattern in (_ADDRESS, _DIGITS, _DIGEST)):
        return True
    return _GROUPS.fullmatch(cell) is not None and mentions_number(cell)


def mentions_number(text: str) -> bool:
    """Whether what may be a telephone number stands anywhere in a text: seven digits in groups, or nine in a row.

    Days, years and amounts are none.
    """
    return any(_AMOUNT.fullmatch(found) is None for found in _GROUPS.findall(_DAYS.sub(" - ", text)))


def is_person(text: str) -> bool:
    """Whether a line of one cell may be somebody's name and nothing else: two or three words that begin with capitals.

    Words that titles of tables have make it one ("Expo Leads", "Main Stage").
    """
    return _PERSON.fullmatch(text.strip()) is not None and _TITLE.search(text.casefold()) is None


def is_name_alone(text: str) -> bool:
    """Whether a cell has the shape of a name: two or three words that begin with capitals."""
    return _PERSON.fullmatch(text.strip()) is not None
