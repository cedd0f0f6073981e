"""Names in other scripts as Latin letters, in the several ways that are in use."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

from benchmarks.people.material import load, pairs

__all__ = ["bare", "feminine", "romanise", "slug", "without_marks"]

_PLAIN: Final = str.maketrans(
    {
        "ł": "l",
        "Ł": "L",
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "æ": "ae",
        "Æ": "Ae",
        "\u0131": "i",
        "\u2019": "",
    }
)
_GERMAN: Final = (
    ("ä", "ae"),
    ("ö", "oe"),
    ("ü", "ue"),
    ("Ä", "Ae"),
    ("Ö", "Oe"),
    ("Ü", "Ue"),
    ("å", "aa"),
    ("Å", "Aa"),
)


@cache
def without_marks(text: str) -> str:
    """Latin letters with their marks taken off."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@cache
def bare(text: str) -> str:
    """As `without_marks`, with the vowels of German and Danish written out: Müller becomes Mueller."""
    for mark, plain in _GERMAN:
        text = text.replace(mark, plain)
    return without_marks(text)


@cache
def slug(text: str) -> str:
    """What of a text can stand in an address."""
    return "".join(letter for letter in without_marks(text).lower() if letter.isascii() and letter.isalnum())


@cache
def romanise(text: str, culture: str, standard: str) -> str:
    """A Cyrillic or Greek name by one of the tables of its culture; longer pieces first."""
    table = _table(culture, standard)
    plain = unicodedata.normalize("NFC", "".join(_unaccented(letter) for letter in text.lower()))
    written, place = "", 0
    while place < len(plain):
        size = 2 if plain[place : place + 2] in table else 1
        piece = plain[place : place + size]
        written += table.get(piece, piece)
        place += size
    return "-".join(part[:1].upper() + part[1:] for part in written.split("-"))


@cache
def _table(culture: str, standard: str) -> dict[str, str]:
    return dict(pairs(load("scripts")[culture]["romanisations"][standard]))


def _unaccented(letter: str) -> str:
    """Greek loses its accents, Cyrillic keeps й and ё, which are letters of their own."""
    if letter in "йёїґ":
        return letter
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


@cache
def feminine(surname: str, rules: str) -> str:
    """The form of a woman's surname where the language has one."""
    for ending, other in pairs(rules):
        if surname.endswith(ending):
            return surname[: -len(ending)] + other
    return surname
