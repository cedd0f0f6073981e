"""Telephone numbers in E.164, read with the country of their row or list; without one, only international spellings.

A constant default country would make valid wrong numbers, so there is none. What a spreadsheet did to a number is
repaired where the repair is certain and refused where digits are lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import phonenumbers
import polars as pl
from phonenumbers import NumberParseException, PhoneNumberType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phonenumbers import PhoneNumber

__all__ = ["PhoneReading", "canonical_phone", "canonical_phones", "read_phone"]

_TYPES: Final = {
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
}
_COUNTRIES: Final = frozenset(phonenumbers.SUPPORTED_REGIONS)

# Zero-width blanks and direction marks come along when numbers are copied from web pages.
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# Spreadsheets guard text with an apostrophe, and turn numbers into floats: 442079460101.0, 4.42079E+11.
_FLOAT: Final = re.compile(r"(\+?\d{7,15})[.,]0{1,2}")
_BROKEN_FLOAT: Final = re.compile(r"\+?\d{9,15}[.,]\d")
_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
_SEVERAL: Final = re.compile(r"\s*(?:[;|\n\r]|,(?=\s*(?:\+|00))|\s/\s|\s(?:or|oder|ou|o)\s|:::)\s*")
_DIGITS_OF_A_NUMBER: Final = 6


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """What one cell says: a number in E.164, or why there is none (``error``)."""

    phone: str | None = None
    extension: str | None = None
    country: str | None = None
    type: str | None = None
    error: str | None = None


def canonical_phone(text: str, country: str | None, fictional_prefixes: Sequence[str] = ()) -> str | None:
    """The number in E.164 without extension; None where ``text`` holds no usable one (see :func:`read_phone`)."""
    return read_phone(text, country, tuple(fictional_prefixes)).phone


def canonical_phones(pairs: pl.DataFrame, fictional_prefixes: Sequence[str] = ()) -> pl.DataFrame:
    """Read every different pair of ``received`` and ``country`` once, country by country.

    Returns ``received, country, phone, phone_extension, phone_country, phone_type, phone_error``, ordered by country
    and spelling; nulls and blank cells are left out. phonenumbers compiles patterns per country and its cache is small,
    so the order by country is what makes this fast.
    """
    filled = pl.col("received").str.strip_chars() != ""
    unique = pairs.select("received", "country").filter(filled).unique().sort("country", "received", nulls_last=False)
    prefixes = tuple(fictional_prefixes)
    readings = [read_phone(text, country, prefixes) for text, country in unique.iter_rows()]
    columns = {
        "phone": [reading.phone for reading in readings],
        "phone_extension": [reading.extension for reading in readings],
        "phone_country": [reading.country for reading in readings],
        "phone_type": [reading.type for reading in readings],
        "phone_error": [reading.error for reading in readings],
    }
    return unique.with_columns(pl.Series(name, values, dtype=pl.String) for name, values in columns.items())


def read_phone(text: str, country: str | None, fictional_prefixes: tuple[str, ...] = ()) -> PhoneReading:
    """Read one spelling as dialled from ``country`` (ISO alpha-2; None: unknown).

    Usable is a number that phonenumbers calls valid, or one in a range reserved for fiction. Errors: ``phone_several``,
    ``phone_scientific`` (digits lost), ``phone_damaged``, ``phone_country_unknown`` (national spelling, no country) and
    ``phone_invalid``.
    """
    known = country if country in _COUNTRIES else None
    bare = _INVISIBLE.sub("", text).strip().lstrip("'`\u2019").strip()
    if damage := _damage(bare):
        return PhoneReading(error=damage)
    bare = repaired.group(1) if (repaired := _FLOAT.fullmatch(bare)) else bare
    try:
        number = phonenumbers.parse(bare, known)
    except NumberParseException as error:
        national = error.error_type == NumberParseException.INVALID_COUNTRY_CODE and not bare.startswith("+")
        return PhoneReading(error="phone_country_unknown" if national else "phone_invalid")
    return _usable(number, known, fictional_prefixes)


def _damage(text: str) -> str | None:
    if _SCIENTIFIC.fullmatch(text):
        return "phone_scientific"
    if _BROKEN_FLOAT.fullmatch(text) and not _FLOAT.fullmatch(text):
        return "phone_damaged"
    parts = [part for part in _SEVERAL.split(text) if sum(char.isdigit() for char in part) >= _DIGITS_OF_A_NUMBER]
    return "phone_several" if len(parts) > 1 else None


def _usable(number: PhoneNumber, country: str | None, fictional_prefixes: tuple[str, ...]) -> PhoneReading:
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    is_valid = phonenumbers.is_valid_number(number)
    is_fictional = e164.startswith(fictional_prefixes) and phonenumbers.is_possible_number(number)
    if not (is_valid or is_fictional):
        return PhoneReading(error="phone_invalid")
    return PhoneReading(
        phone=e164,
        extension=number.extension or None,
        country=_country_of(number, country),
        type=_TYPES.get(phonenumbers.number_type(number), "other"),
    )


def _country_of(number: PhoneNumber, country: str | None) -> str | None:
    """Country of the number; of one in a fictional range, which no metadata places, the row's own where it fits."""
    found = phonenumbers.region_code_for_number(number)
    if found is None:
        sharing = phonenumbers.region_codes_for_country_code(number.country_code or 0)
        found = country if country in sharing else phonenumbers.region_code_for_country_code(number.country_code or 0)
    return found if found in _COUNTRIES else None
