"""Telephone numbers in E.164, read with the country of their row or list; without one, only international spellings.

A constant default country would make valid wrong numbers, so there is none. What a spreadsheet did to a number is
repaired where the repair is certain and refused where digits are lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import phonenumbers
import polars as pl
from phonenumbers import NumberParseException, PhoneNumberType

from policies.contact_points.phone_spellings import spelled
from policies.contact_points.plain_numbers import MOST_DIGITS, plain_numbers, with_zero

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phonenumbers import PhoneNumber

    from policies.contact_points.phone_spellings import Spelling

__all__ = ["PhoneReading", "canonical_phone", "canonical_phones", "national_digits", "read_phone"]

_TYPES: Final = {
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}
_COUNTRIES: Final = frozenset(phonenumbers.SUPPORTED_REGIONS)
_COLUMNS: Final = ("received", "country", "phone", "phone_extension", "phone_country", "phone_type", "phone_error")
# 0044 1632 ..., as people dial abroad from most countries; where the country is known, phonenumbers knows its prefix.
_FROM_ABROAD: Final = re.compile(r"\A[(\[ ]*00[ ).\]-]*(?=[1-9])")
_FIRST_GROUP: Final = re.compile(r"\d+")
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
    and spelling; nulls and blank cells are left out. Plain spellings are read in Polars. phonenumbers compiles patterns
    per country and its cache is small, so the order by country is what makes the rest fast.
    """
    filled = pl.col("received").str.strip_chars() != ""
    unique = pairs.select("received", "country").filter(filled).unique()
    plain = plain_numbers(unique)
    rest = unique.join(plain, on=["received", "country"], how="anti", nulls_equal=True)
    read = _read(rest.sort("country", "received", nulls_last=False), tuple(fictional_prefixes))
    found = pl.concat([plain, read], how="diagonal").select(_COLUMNS)
    return found.sort("country", "received", nulls_last=False)


def _read(cells: pl.DataFrame, prefixes: tuple[str, ...]) -> pl.DataFrame:
    """``received, country`` read one by one."""
    readings = [read_phone(text, country, prefixes) for text, country in cells.iter_rows()]
    columns = {
        "phone": [reading.phone for reading in readings],
        "phone_extension": [reading.extension for reading in readings],
        "phone_country": [reading.country for reading in readings],
        "phone_type": [reading.type for reading in readings],
        "phone_error": [reading.error for reading in readings],
    }
    return cells.with_columns(pl.Series(name, values, dtype=pl.String) for name, values in columns.items())


def read_phone(text: str, country: str | None, fictional_prefixes: tuple[str, ...] = ()) -> PhoneReading:
    """Read one spelling as dialled from ``country`` (ISO alpha-2; None: unknown).

    Usable is a number that phonenumbers calls valid, or one in a range reserved for fiction. Errors: ``phone_several``,
    ``phone_scientific`` (digits lost), ``phone_damaged`` (digits lost, or two readings of which nobody knows the right
    one), ``phone_country_unknown`` (national spelling, no country) and ``phone_invalid``.
    """
    known = country if country in _COUNTRIES else None
    spelling = spelled(text)
    if spelling.error:
        return PhoneReading(error=spelling.error)
    if known is None and not _is_international(spelling.number):
        return PhoneReading(error="phone_country_unknown")
    found = _first_usable(spelling, known, fictional_prefixes)
    if found is None:
        return PhoneReading(error="phone_invalid")
    if known and _is_ambiguous(found, spelling, known, fictional_prefixes):
        return PhoneReading(error="phone_damaged")
    return PhoneReading(
        phone=_e164(found),
        extension=spelling.extension,
        country=_country_of(found, known),
        type=_TYPES.get(phonenumbers.number_type(found), "other"),
    )


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


def _first_usable(spelling: Spelling, known: str | None, prefixes: tuple[str, ...]) -> PhoneNumber | None:
    """The number as phonenumbers reads it, or, where it reads none, what is left of one that lost its first signs."""
    return next(filter(None, (_usable(text, known, prefixes) for text in _readings(spelling, known))), None)


def _readings(spelling: Spelling, known: str | None) -> Iterator[str]:
    """The ways to take a spelling, the one it has first; the others complete what is certain."""
    number = spelling.number
    international = _FROM_ABROAD.sub("+", number)
    if known is None:
        yield international
    else:
        yield number
        if international != number:
            yield international
    if "(0)" in number:  # +34 (0) 91 ...: dialled at home alone, and here not even there
        yield international.replace("(0)", "")
    if known and number[0] in "123456789":
        if number.startswith(str(phonenumbers.country_code_for_region(known))):
            yield "+" + number
        elif spelling.bare and _usable("+" + number, None, ()) is None:
            yield "0" + number


def _is_international(number: str) -> bool:
    return number.lstrip("([ ").startswith("+") or _FROM_ABROAD.match(number) is not None or "context=+" in number


def _is_ambiguous(found: PhoneNumber, spelling: Spelling, known: str, prefixes: tuple[str, ...]) -> bool:
    """Whether digits that have lost something, or begin like the country's own code, are another number with a plus.

    What a spreadsheet took away may have been the plus of a number abroad as well as the zero of one at home.
    """
    code = str(phonenumbers.country_code_for_region(known))
    group = _FIRST_GROUP.match(spelling.number)
    coded = group is not None and ((spelling.bare and group[0].startswith(code)) or group[0] == code)
    lost = spelling.bare and known in with_zero() and not spelling.number.startswith("0")
    if not (coded or lost):
        return False
    other = _usable("+" + spelling.number, None, prefixes)
    return other is not None and _e164(other) != _e164(found)


def _usable(text: str, known: str | None, prefixes: tuple[str, ...]) -> PhoneNumber | None:
    """The number of one reading; None where it is none, or none that is in use."""
    try:
        number = phonenumbers.parse(text, known)
    except NumberParseException:
        return None
    e164 = _e164(number)
    is_fictional = e164.startswith(prefixes) and _is_whole(number)
    if len(e164) > MOST_DIGITS + 1 or not (phonenumbers.is_valid_number(number) or is_fictional):
        return None
    return number


def _is_whole(number: PhoneNumber) -> bool:
    """Whether a number in a range reserved for fiction has all its digits, as many as lines and mobiles have."""
    return len(phonenumbers.national_significant_number(number)) in _lengths(number.country_code or 0)


@cache
def _lengths(code: int) -> frozenset[int]:
    """How many digits the numbers of a country have that fixed lines and mobiles share."""
    known = phonenumbers.PhoneMetadata.metadata_for_region(phonenumbers.region_code_for_country_code(code))
    if known is None or known.fixed_line is None or known.mobile is None:
        return frozenset()
    return frozenset(known.fixed_line.possible_length) & frozenset(known.mobile.possible_length)


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _country_of(number: PhoneNumber, country: str | None) -> str | None:
    """Country of the number; of one in a fictional range, which no metadata places, the row's own where it fits."""
    found = phonenumbers.region_code_for_number(number)
    if found is None:
        sharing = phonenumbers.region_codes_for_country_code(number.country_code or 0)
        found = country if country in sharing else phonenumbers.region_code_for_country_code(number.country_code or 0)
    return found if found in _COUNTRIES else None
