"""Contacts inside a text that is none as a whole: every e-mail address and every telephone number that stands in it.

Somebody who said no must not stay in because of a remark, a list of two addresses or a link around theirs. So this
reads more than it must: where a text may be read in two ways, both count. It is for stops alone; nothing is ever
permitted by it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from phonenumbers import Leniency, PhoneNumberMatcher

from policies.contact_points.email_addresses import DASHES, canonical_email, email_equivalence
from policies.contact_points.phone_numbers import canonical_phone
from policies.contact_points.phone_spellings import is_damaged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["addresses_inside", "numbers_inside"]

_PLAIN_DASHES: Final = str.maketrans(dict.fromkeys(DASHES, "-"))
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_IN_LOCAL: Final = r"[\w.!#$%&'*+\-/=?^`{}~" + DASHES + "]"
_ADDRESS: Final = re.compile(rf"({_IN_LOCAL}{{1,64}})@((?:[^\W_][\w-]{{0,62}}\.)+[^\W_][\w-]{{0,62}})")
# How an address is written where a program would take it for one: ann (at) acme.example, ann @ acme . example.
_AT: Final = re.compile(r"\s*(?:[(\[{]\s*(?:at|@)\s*[)\]}]|@)\s*", re.IGNORECASE)
_DOT: Final = re.compile(r"\s*[(\[{]\s*(?:dot|\.|punkt|point)\s*[)\]}]\s*", re.IGNORECASE)
_SPACED_DOT: Final = re.compile(r"\s*\.\s*")
_BLANKS: Final = re.compile(r"\s+")
_AROUND: Final = "'`*#!$^~{}.?/=&"  # allowed in an address, and far more often what stands around one
_IN_A_LINK: Final = re.compile(r"[/?=&]")
_DAY: Final = re.compile(r"(?<![\d.+/-])(?:\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d\d))(?![./-]?\d)")
_INTERNATIONAL: Final = re.compile(r"(?<![\d+])\(?00[\s).-]*(?=[1-9])")


def addresses_inside(text: str) -> tuple[str, ...]:
    """Every e-mail address in a text, in canonical form and in their order; spellings of one mailbox count once."""
    plain = _condensed(unquote(_INVISIBLE.sub("", text)))
    folded = _AT.sub("@", _DOT.sub(".", unicodedata.normalize("NFKC", plain).translate(_PLAIN_DASHES)))
    found = [*_addresses(plain), *_addresses(folded)] or list(_addresses(_SPACED_DOT.sub(".", folded)))
    return tuple({email_equivalence(address): address for address in reversed(found)}.values())[::-1]


def numbers_inside(text: str, country: str | None = None, fictional_prefixes: Sequence[str] = ()) -> tuple[str, ...]:
    """Every telephone number in a text in E.164; national ones only where ``country`` is known.

    What a spreadsheet left of a number is none: digits are missing. Neither is a day.
    """
    if is_damaged(text):
        return ()
    rest = _ADDRESS.sub(" ", _condensed(unquote(text))).translate(_PLAIN_DASHES)
    rest = _DAY.sub(" ", rest) if country else _INTERNATIONAL.sub("+", rest)
    matches = PhoneNumberMatcher(rest, country, leniency=Leniency.POSSIBLE)
    found = [number for match in matches for number in _numbers(match.raw_string, country, fictional_prefixes)]
    return tuple(dict.fromkeys(found))


def _condensed(text: str) -> str:
    """A text without long runs of blanks, over which the patterns would go again and again."""
    return _BLANKS.sub(lambda run: "\n" if "\n" in run[0] else " ", text)


def _numbers(raw: str, country: str | None, prefixes: Sequence[str]) -> Iterator[str]:
    """The number a text is, or, of one with strokes, the numbers between them: 030 23125001/02."""
    whole = canonical_phone(raw, country, prefixes)
    parts = [whole] if whole else [canonical_phone(part, country, prefixes) for part in raw.split("/")]
    yield from filter(None, parts)


def _addresses(text: str) -> Iterator[str]:
    for match in _ADDRESS.finditer(text):
        local = _IN_A_LINK.split(match.group(1).strip(_AROUND))[-1]
        if address := canonical_email(f"{local}@{match.group(2)}"):
            yield address
