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

__all__ = ["PhoneReading", "canonical_phone", "canonical_phones", "is_damaged", "national_digits", "read_phone"]

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
# 0044 1632 ..., as people dial abroad from most countries; where the country is known, phonenumbers knows its prefix.
_FROM_ABROAD: Final = re.compile(r"\(?00[\s).-]*(?=[1-9])")
_CODES: Final = "|".join(str(code) for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
_PARTS: Final = rf"^\+({_CODES})(\d+)$"  # no code begins another, so the order does not matter


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
    if known is None and (abroad := _FROM_ABROAD.match(bare)):
        bare = "+" + bare[abroad.end() :]
    try:
        number = phonenumbers.parse(bare, known)
    except NumberParseException as error:
        national = error.error_type == NumberParseException.INVALID_COUNTRY_CODE and not bare.startswith("+")
        return PhoneReading(error="phone_country_unknown" if national else "phone_invalid")
    return _usable(number, known, fictional_prefixes)


def is_damaged(text: str) -> bool:
    """Whether a text is what a spreadsheet left of a number, with digits lost."""
    return _damage(_INVISIBLE.sub("", text).strip()) in ("phone_scientific", "phone_damaged")


def national_digits(numbers: pl.Series) -> pl.DataFrame:
    """``phone, digits``: what the digits of a number in E.164 are when it is written in any other way.

    That is the number without its plus, with 00 in its place, and without its country code, with and without the digit
    that is dialled before it at home.
    """
    unique = pl.DataFrame({"phone": numbers.drop_nulls().unique().sort()})
    parts = unique.with_columns(
        pl.col("phone").str.extract(_PARTS, 1).alias("code"), pl.col("phone").str.extract(_PARTS, 2).alias("own")
    )
    codes = parts.get_column("code").drop_nulls().unique().sort()
    trunks = codes.to_frame().with_columns(pl.Series("trunk", [_trunk(int(code)) for code in codes], dtype=pl.String))
    known = parts.join(trunks, on="code", how="left", maintain_order="left")
    bare = pl.col("phone").str.strip_prefix("+")
    ways = (bare, "00" + bare, pl.col("own"), pl.col("trunk") + pl.col("own"))
    return (
        pl.concat(known.select("phone", way.alias("digits")) for way in ways).drop_nulls().unique(maintain_order=True)
    )


def _trunk(code: int) -> str:
    """What is dialled before a number at home: 0 in most countries, nothing in some."""
    region = phonenumbers.region_code_for_country_code(code)
    return phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) or ""


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
