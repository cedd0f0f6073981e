"""Plain spellings of telephone numbers read in Polars, by phonenumbers' own metadata and in its own order.

Most cells of a list are digits with blanks, dots, hyphens and brackets between them. Of these a number is taken here
only where the reading is bound to be that of phonenumbers: the steps below are its steps, and wherever one of them
could go another way (a carrier code, a rule that rewrites a prefix, a number that is not valid), the cell is left to
:func:`policies.contact_points.phone_numbers.read_phone`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import phonenumbers
import polars as pl
from phonenumbers import PhoneMetadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phonenumbers import PhoneNumberDesc

__all__ = ["FEWEST", "MOST_DIGITS", "NUMBERS", "plain_numbers", "with_zero"]

NUMBERS: Final = pl.Schema(
    {
        "received": pl.String,
        "country": pl.String,
        "phone": pl.String,
        "phone_country": pl.String,
        "phone_type": pl.String,
    }
)
FEWEST: Final = 100  # cells of one country from which on its patterns are worth compiling
MOST_DIGITS: Final = 15  # of a number with its country code (E.164)

_SPELLED: Final = r"^[ \u00a0]*\(?\+?\(?[0-9][0-9 \u00a0().\-]*$"
_FLOAT: Final = r"^[ \u00a0]*\+?[0-9]{4,}\.[0-9]{1,3}[ \u00a0]*$"  # as a spreadsheet leaves them
_BARE: Final = r"^[1-9][0-9]*$"
_FROM_ABROAD: Final = r"^[ \u00a0(]*00[ \u00a0).\-]*[1-9]"
_CODES: Final = sorted(
    code for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items() if regions != ("001",)
)
_PARTS: Final = rf"^({'|'.join(map(str, _CODES))})([0-9]+)$"  # no code begins another, so the order does not matter
# In the order in which phonenumbers asks; lines of both kinds stand for themselves.
_TYPES: Final = (
    ("premium_rate", "premium"),
    ("toll_free", "toll_free"),
    ("shared_cost", "shared_cost"),
    ("voip", "voip"),
    ("personal_number", "personal"),
    ("pager", "pager"),
    ("uan", "uan"),
    ("voicemail", "voicemail"),
)


@cache
def with_zero() -> frozenset[str]:
    """The regions in which a zero is dialled before a number at home.

    Digits without one have lost it there, or the plus of a number abroad. Asked for only where numbers are read: the
    metadata of every region is loaded for it.
    """
    return frozenset(
        region
        for region in phonenumbers.SUPPORTED_REGIONS
        if phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) == "0"
    )


def plain_numbers(unique: pl.DataFrame) -> pl.DataFrame:
    """The cells of ``received, country`` (each pair once) that are read here, as ``NUMBERS``; in no particular order.

    A country without a numbering plan counts as unknown.
    """
    received = pl.col("received")
    has_lost = pl.col("country").is_in(sorted(with_zero())) & received.str.contains(_BARE)
    plain = unique.filter(
        received.str.contains(_SPELLED) & ~received.str.contains(_FLOAT) & ~has_lost.fill_null(value=False)
    ).with_columns(
        pl.when(pl.col("country").is_in(list(phonenumbers.SUPPORTED_REGIONS))).then("country").alias("known"),
        pl.col("received").str.replace_all("[^0-9]", "").alias("digits"),
    )
    parts = [*_international(plain), *_national(plain)]
    split = pl.concat(parts) if parts else plain.select("received", "country", code=pl.lit(0), own="digits").clear()
    fits = pl.col("code").cast(pl.String).str.len_bytes() + pl.col("own").str.len_bytes() <= MOST_DIGITS
    found = [_valid(group, code) for code, group in _groups(split.filter(fits), "code")]
    return pl.concat(found) if found else pl.DataFrame(schema=NUMBERS)


def _groups(frame: pl.DataFrame, by: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """The parts of a frame that are worth their patterns."""
    for (key,), group in frame.partition_by(by, as_dict=True).items():
        if group.height >= FEWEST:
            yield key, group


def _international(plain: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """``received, country, code, own`` of numbers with a plus, and of those with 00 where no country is known."""
    plus = pl.col("received").str.contains("+", literal=True)
    abroad = pl.col("known").is_null() & pl.col("received").str.contains(_FROM_ABROAD)
    digits = pl.when(plus).then("digits").when(abroad).then(pl.col("digits").str.slice(2))
    parts = plain.select(
        "received", "country", digits.str.extract(_PARTS, 1).alias("code"), digits.str.extract(_PARTS, 2).alias("own")
    )
    for code, group in _groups(parts.drop_nulls("code"), "code"):
        yield _without_prefix(group, phonenumbers.region_code_for_country_code(int(code)))


def _national(plain: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """``received, country, code, own`` of numbers as dialled at home, also where they have their own code in front."""
    at_home = plain.filter(pl.col("known").is_not_null() & ~pl.col("received").str.contains("+", literal=True))
    for region, group in _groups(at_home, "known"):
        plan = _plan(region)
        code = str(plan.country_code)
        dialled = group.select("received", "country", code=pl.lit(code), own="digits")
        if plan.international_prefix:
            dialled = dialled.filter(~_begins(pl.col("own"), plan.international_prefix))
        coded = pl.col("own").str.starts_with(code)
        yield _without_prefix(dialled.filter(~coded), region)
        rest = pl.col("own").str.strip_prefix(code)
        no_longer = ~_matches(pl.col("own"), plan.general_desc) & _matches(rest, plan.general_desc)
        main = phonenumbers.region_code_for_country_code(int(code))
        own_coded = dialled.filter(coded & no_longer).with_columns(rest.alias("own"))
        yield own_coded.filter(~_prefixed(pl.col("own"), region) & ~_prefixed(pl.col("own"), main))


def _without_prefix(numbers: pl.DataFrame, region: str) -> pl.DataFrame:
    """Take off what is dialled before a number at home; numbers of which that is not certain are left out."""
    plan = _plan(region)
    prefix = plan.national_prefix_for_parsing
    if not prefix:
        return numbers
    bare = numbers.filter(~_prefixed(pl.col("own"), region))
    if plan.national_prefix_transform_rule:
        return bare
    rest = pl.col("own").str.replace(f"^(?:{prefix})", "")
    certain = _is(rest, plan.general_desc)
    stripped = numbers.filter(_prefixed(pl.col("own"), region) & certain).with_columns(rest.alias("own"))
    return pl.concat([bare, stripped])


def _plan(region: str) -> PhoneMetadata:
    plan = PhoneMetadata.metadata_for_region(region)
    if plan is None:
        raise LookupError(region)
    return plan


def _prefixed(own: pl.Expr, region: str) -> pl.Expr:
    prefix = _plan(region).national_prefix_for_parsing
    return _begins(own, prefix) if prefix else pl.lit(value=False)


def _valid(numbers: pl.DataFrame, code: str) -> pl.DataFrame:
    """``NUMBERS`` of those that are valid: the first region of a code that claims a number says what it is."""
    found, rest = [], numbers
    regions = phonenumbers.region_codes_for_country_code(int(code))
    for region in regions:
        leading = _plan(region).leading_digits if len(regions) > 1 else None
        mine = rest.filter(_begins(pl.col("own"), leading)) if leading else rest
        typed = mine.with_columns(_type(region).alias("phone_type"), pl.lit(region).alias("phone_country"))
        found.append(typed.drop_nulls("phone_type"))
        rest = rest.filter(~_begins(pl.col("own"), leading)) if leading else rest.filter(typed["phone_type"].is_null())
    e164 = pl.concat_str(pl.lit("+"), "code", "own").alias("phone")
    return pl.concat(found).with_columns(e164).select(NUMBERS.names())


def _type(region: str) -> pl.Expr:
    """The kind of line a number of a region is; null where it is none of its numbers."""
    plan, own = _plan(region), pl.col("own")
    special = [pl.when(_is(own, getattr(plan, kind))).then(pl.lit(name)) for kind, name in _TYPES]
    either = pl.lit(value=True) if plan.same_mobile_and_fixed_line_pattern else _is(own, plan.mobile)
    lines = (
        pl.when(_is(own, plan.fixed_line))
        .then(pl.when(either).then(pl.lit("fixed_or_mobile")).otherwise(pl.lit("fixed")))
        .when(_is(own, plan.mobile) & pl.lit(value=not plan.same_mobile_and_fixed_line_pattern))
        .then(pl.lit("mobile"))
    )
    return pl.when(_is(own, plan.general_desc)).then(pl.coalesce(*special, lines))


def _is(own: pl.Expr, kind: PhoneNumberDesc | None) -> pl.Expr:
    """Whether a national number has a length and the digits of one kind."""
    lengths = list(kind.possible_length) if kind else []
    fits = own.str.len_bytes().is_in(lengths) if lengths else pl.lit(value=True)
    return fits & _matches(own, kind)


def _matches(own: pl.Expr, kind: PhoneNumberDesc | None) -> pl.Expr:
    pattern = kind.national_number_pattern if kind else None
    return own.str.contains(f"^(?:{pattern})$") if pattern else pl.lit(value=False)


def _begins(own: pl.Expr, pattern: str) -> pl.Expr:
    return own.str.contains(f"^(?:{pattern})")
