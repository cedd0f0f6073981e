"""How people and spreadsheets write telephone numbers: what stands around one, and what is left of a damaged one.

A cell is taken apart into the number itself, as digits and signs between them, and an extension. Words that say what
kind of number it is come off; any other word means that the number is more, or somebody else's, than it seems: letters
are never dialled. What is damaged beyond repair is told by a code.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

__all__ = ["Spelling", "is_damaged", "spelled"]

# Zero-width blanks, soft hyphens and direction marks come along when numbers are copied from web pages.
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0e\ufe0f\ufeff]")
_SIGNS: Final = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u30fc\ufe58\ufe63\uff0d", "-")
    | {
        "\uff0b": "+",
        "\u207a": "+",
        "\uff08": "(",
        "\uff09": ")",
        "\uff0e": ".",
        "\uff0f": "/",
        "\uff3b": "[",
        "\uff3d": "]",
    }
    | {"\uff1a": ":", "\uff1b": ";", "\uff03": "#", "\uff58": "x", "\t": " "}
)
_FORMULA: Final = re.compile(r'="([^"]*)"')
_GUARDS: Final = "'`\u2019\" "

# Spreadsheets turn numbers into floats: 442079460101.0, 4.42079E+11; or group their digits: 442,079,460,101.
_FLOAT: Final = re.compile(r"(\+?\d{4,})[.,]0{1,2}")
_BROKEN_FLOAT: Final = re.compile(r"\+?(?:\d{7,}[.,]\d{1,3}|\d{4,}[.,]\d)")
_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?\s*[eE]\s*[+-]?\s*\d+")
_GROUPED: Final = re.compile(r"\+?\d{1,3}(?:([.,'\u2019])\d{3})(?:\1\d{3})+")
_GROUPING: Final = re.compile(r"[.,'\u2019]")

_SEVERAL: Final = re.compile(
    r"\s*(?:[;|\n\r]|,(?=\s*(?:\+|00))|\s/\s|\s(?:or|oder|ou|o|and|und|et|y|e|en|of)\s|:::|&)\s*"
)
_DIGITS_OF_A_NUMBER: Final = 6
_LONGEST: Final = 250  # more characters than any number is written with; phonenumbers reads no more either
# 030 23125001/02: one number and the end of another. An area code before a stroke is shorter.
_STROKE: Final = re.compile(r"([^/]*)/([^/]*)")
_LONGEST_AREA, _SHORTEST_NUMBER = 6, 5

_EXTENSION: Final = re.compile(
    r"(?:[\s,;-]*(?:;ext=|(?:e?xtn?|extensi[oó]n|extension|poste|interno|int|anexo|ramal|durchwahl|dw|nebenstelle"
    r"|apparat|app|toestel|anknytning)\b[.:]?\s*(?:no|nr)?[.:]?|x[.:]?|#)\s*\(?(\d{1,9})\)?|[ -]+(\d{1,6})#)$",
    re.IGNORECASE,
)
_KIND: Final = (
    r"(?:tel(?:e(?:f(?:on[oe]?|oon)|phone))?|t[eé]l(?:[eé]phone)?|tel[eé]fono|telefonnummer|phone|ph|fon|fone|mobile?|mob"
    r"|mobiel|m[oó]vil|cell(?:phone|ulare|ular)?|celular|handy|portable|gsm|direct(?: line| dial)?|direkt|ddi|did"
    r"|office|work|business|b[uü]ro|buero|dienstlich|gesch[aä]ftlich|geschaeftlich|bureau|oficina|ufficio|home|private?"
    r"|priv[eé]|landline|festnetz|fixe|fijo|fisso|vast|whatsapp|callto|[tpmcwohd])"
)
_NUMBER_WORD: Final = r"(?:\s*(?:n[o°º]|nr|number|nummer|num[eé]ro)\b)?"
_BEFORE: Final = re.compile(
    rf"(?:[(\[]?\s*{_KIND}(?![^\W\d_]){_NUMBER_WORD}[\s.:=)\]\u260e\u2706-]*){{1,3}}|[\u260e\u2706\U0001f4de\U0001f4f1]\s*",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(rf"[\s,;-]*(?:[(\[]\s*{_KIND}\.?\s*[)\]]|\s{_KIND}\.?)$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[(\[ ]*\+?[()\[\] ]*\d[\d ().\[\]/-]*")
_IN_CONTEXT: Final = re.compile(r"tel:[\d().-]+;phone-context=\+\d{1,7}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Spelling:
    """The number in a cell; ``bare``: digits alone, as a spreadsheet leaves them; ``error``: why there is none."""

    number: str = ""
    extension: str | None = None
    bare: bool = False
    error: str | None = None


def spelled(text: str) -> Spelling:
    """Take a cell apart; errors are ``phone_several``, ``phone_scientific``, ``phone_damaged``, ``phone_invalid``."""
    if len(text.strip()) > _LONGEST:
        return Spelling(error="phone_invalid")
    plain = _plain(text)
    if damage := _damage(plain):
        return Spelling(error=damage)
    if repaired := _FLOAT.fullmatch(plain):
        plain = repaired.group(1)
    elif _GROUPED.fullmatch(plain):
        plain = _GROUPING.sub("", plain)
    if _IN_CONTEXT.fullmatch(plain):
        return Spelling(plain)
    rest, extension = _extended(_BEFORE.sub("", plain, count=1) if _BEFORE.match(plain) else plain)
    number = _AFTER.sub("", rest).strip()
    if not _NUMBER.fullmatch(number):
        return Spelling(error="phone_invalid")
    if _is_several(number):
        return Spelling(error="phone_several")
    return Spelling(number, extension, bare=number.isdecimal())


def is_damaged(text: str) -> bool:
    """Whether a text is what a spreadsheet left of a number, with digits lost."""
    return len(text) <= _LONGEST and _damage(_plain(text)) in ("phone_scientific", "phone_damaged")


def _plain(text: str) -> str:
    """Digits of every script as 0 to 9, signs in their plain form, blanks as one kind, guards off."""
    seen = _INVISIBLE.sub("", text).translate(_SIGNS)
    seen = (seen if seen.isascii() else "".join(map(_plain_char, seen))).strip()
    guarded = _FORMULA.fullmatch(seen)
    return (guarded.group(1) if guarded else seen).strip(_GUARDS)


def _plain_char(char: str) -> str:
    if char.isascii():
        return char
    digit = unicodedata.decimal(char, None)
    return str(digit) if digit is not None else " " if unicodedata.category(char) == "Zs" else char


def _damage(text: str) -> str | None:
    if _SCIENTIFIC.fullmatch(text):
        return "phone_scientific"
    if _BROKEN_FLOAT.fullmatch(text) and not _FLOAT.fullmatch(text):
        return "phone_damaged"
    parts = [part for part in _SEVERAL.split(text) if _digits(part) >= _DIGITS_OF_A_NUMBER]
    return "phone_several" if len(parts) > 1 else None


def _extended(text: str) -> tuple[str, str | None]:
    """A number without its extension, and the extension."""
    found = _EXTENSION.search(text)
    if found is None or _digits(text[: found.start()]) < _DIGITS_OF_A_NUMBER:
        return text, None
    return text[: found.start()], found.group(1) or found.group(2)


def _is_several(number: str) -> bool:
    stroke = _STROKE.fullmatch(number)
    return stroke is not None and _digits(stroke[1]) > _LONGEST_AREA and _digits(stroke[2]) < _SHORTEST_NUMBER


def _digits(text: str) -> int:
    return sum(char.isdecimal() for char in text)
