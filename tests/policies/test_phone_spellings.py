"""Whatever way a number is written, it comes out as phonenumbers reads it, or not at all: none is valid but wrong."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import phonenumbers
import polars as pl
import pytest
from phonenumbers import PhoneNumberFormat as Form
from phonenumbers import PhoneNumberType

from policies.contact_points import canonical_phones, plain_numbers, read_phone
from tests.effort import each

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
KINDS = [
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.VOIP,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.PAGER,
    PhoneNumberType.UAN,
    PhoneNumberType.VOICEMAIL,
]
_WIDE = str.maketrans("0123456789+", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff0b")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def examples(region: str) -> list[PhoneNumber]:
    """The example numbers of a region, one of each kind it has."""
    found = (phonenumbers.example_number_for_type(region, kind) for kind in KINDS)
    return [number for number in found if number is not None]


def abroad(number: PhoneNumber) -> dict[str, str | None]:
    """International spellings, with the extension that stands in each."""
    e164 = phonenumbers.format_number(number, Form.E164)
    spaced = phonenumbers.format_number(number, Form.INTERNATIONAL)
    code = str(number.country_code)
    groups = spaced.removeprefix(f"+{code} ").split(" ")
    return {
        e164: None,
        spaced: None,
        spaced.replace(" ", "."): None,
        spaced.replace(" ", "-"): None,
        spaced.replace(" ", "\u00a0"): None,
        spaced.replace(" ", "\u202f"): None,
        spaced.replace(" ", "\u2011"): None,
        f"+{code} ({groups[0]}) {' '.join(groups[1:])}": None,
        f"(+{code}) {' '.join(groups)}": None,
        f"00{e164[1:]}": None,
        f"00 {spaced[1:]}": None,
        f"tel:{e164}": None,
        phonenumbers.format_number(number, Form.RFC3966): None,
        f"Tel: {spaced}": None,
        f"Mobile: {spaced}": None,
        f"{spaced} (m)": None,
        f"Tel. (work) {spaced}": None,
        f"'{e164}": None,
        f'="{e164}"': None,
        f"  \u200e{spaced}\u202c\ufeff ": None,
        e164.translate(_WIDE): None,
        f"+{e164[1:].translate(_ARABIC)}": None,
        f"{e164}.0": None,
        f"{spaced} x12": "12",
        f"{spaced} ext. 12": "12",
        f"{spaced} Ext 12": "12",
        f"{spaced} #12": "12",
        f"{e164};ext=12": "12",
        f"tel:{e164};ext=12": "12",
        f"{spaced}, extension 12": "12",
        f"{spaced} Durchwahl 12": "12",
    }


def at_home(number: PhoneNumber) -> list[str]:
    """National spellings, with and without what is dialled before."""
    national = phonenumbers.format_number(number, Form.NATIONAL)
    own = phonenumbers.national_significant_number(number)
    return [
        national,
        national.replace(" ", "."),
        national.replace(" ", "-"),
        national.replace(" ", "\u00a0"),
        national.replace("-", "\u2013"),
        f"Tel {national}",
        f"{national} (m)",
        f"'{national}",
        own,
        f"{own[:3]} {own[3:]}",
        f"{own}.0",
    ]


@pytest.mark.parametrize("region", each(REGIONS, 3))
def test_every_country_s_numbers_in_every_spelling(region: str) -> None:
    """International spellings all lead to the number; one with a bracketed zero does, or to none."""
    for number in examples(region):
        expected = phonenumbers.format_number(number, Form.E164)
        for country in (None, region):
            for text, extension in abroad(number).items():
                reading = read_phone(text, country)
                assert (reading.phone, reading.extension) == (expected, extension), text
        spaced = phonenumbers.format_number(number, Form.INTERNATIONAL)
        head, _, tail = spaced.partition(" ")
        assert read_phone(f"{head} (0) {tail}", None).phone in (expected, official(f"{head} (0) {tail}", None), None)


@pytest.mark.parametrize("region", REGIONS)
def test_every_country_s_numbers_as_dialled_at_home(region: str) -> None:
    """With the country they lead to what phonenumbers reads, and usually to the number; without it, to none."""
    for number in examples(region):
        expected = phonenumbers.format_number(number, Form.E164)
        for text in at_home(number):
            assert read_phone(text, None).phone is None
            own = text.removeprefix("Tel ").removesuffix(" (m)").removeprefix("'").removesuffix(".0")
            found = read_phone(text, region).phone
            assert found in (expected, official(own, region)) or (found is None and has_two_readings(own, region)), text
        assert read_phone(phonenumbers.format_number(number, Form.NATIONAL), region).phone == expected


@pytest.mark.parametrize("text", ["442079460013", "442079460013.0"])
def test_digits_that_lost_a_zero_or_a_plus_are_no_number_where_both_are_one(text: str) -> None:
    """In a German row they may be a number at home without its zero or one abroad without its plus: nobody knows."""
    assert read_phone(text, "DE", ("+4420794600",)).error == "phone_damaged"
    cells = pl.DataFrame({"received": [text] * 200, "country": ["DE"] * 200})
    assert canonical_phones(cells, ("+4420794600",)).get_column("phone").to_list() == [None]
    assert read_phone(f"+{text.removesuffix('.0')}", "DE", ("+4420794600",)).phone is not None


def has_two_readings(digits: str, region: str) -> bool:
    """Whether bare digits are a number with a plus as well, in a country whose numbers begin with a zero at home."""
    has_zero = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) == "0"
    return has_zero and digits.isdigit() and official(f"+{digits}", None) is not None


def official(text: str, region: str | None) -> str | None:
    """What phonenumbers makes of a text."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, Form.E164) if phonenumbers.is_valid_number(number) else None


def near(count: int, seed: int) -> pl.DataFrame:
    """So many cells of numbers near example numbers: right, wrong, short, long, in many spellings and countries."""
    dice = Random(seed)  # noqa: S311  # the same numbers every time, no secrets
    known = [(region, number) for region in REGIONS for number in examples(region)]
    found: dict[tuple[str, str | None], None] = {}
    while len(found) < count:
        region, number = dice.choice(known)
        found[_spelled(dice, region, number), _from(dice, region)] = None
    return pl.DataFrame(list(found), schema={"received": pl.String, "country": pl.String}, orient="row")


def _from(dice: Random, region: str) -> str | None:
    return dice.choice(
        (region, region, None, dice.choice(("US", "GB", "DE", "IT", "BR", "CA", "JE", "KZ", "AR", "XX")))
    )


def _spelled(dice: Random, region: str, number: PhoneNumber) -> str:
    digits = list(phonenumbers.national_significant_number(number))
    for _ in range(dice.choice((0, 0, 1, 2, 3, 8))):
        digits[dice.randrange(len(digits))] = dice.choice("0123456789")
    digits[:1] = dice.choice(([], digits[:1] * 2)) if dice.random() < 0.1 else digits[:1]
    own, code = "".join(digits), str(number.country_code)
    home = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) or ""
    forms = (
        *(f"+{code}{own}", f"+{code} {own[:3]} {own[3:]}", f"+{code}.{own[:2]}.{own[2:]}", f"(+{code}) {own}"),
        *(f"+{code} (0){own}", f"+{code}{home}{own}", f"00{code}{own}", f"00 {code} {own}", f"{code}{own}", own),
        *(f"{home}{own}", f"0{own}", f"1{own}", f"({home}{own[:3]}) {own[3:6]}-{own[6:]}", f"{home} {own}"),
        *(f"{home}{own[:2]}/{own[2:]}", f"{own[:7]}.{own[7:]}", f"{own}.0", f"011{code}{own}", f"+{own}"),
    )
    return dice.choice(forms)


def differing(count: int, seed: int) -> tuple[int, list[tuple[str, str | None]]]:
    """How many cells the fast way takes, and those that it reads otherwise than one by one."""
    cells = near(count, seed)
    plain = plain_numbers.plain_numbers(cells)
    one_by_one = (read_phone(text, country) for text, country in plain.select("received", "country").iter_rows())
    expected = [(reading.phone, reading.country, reading.type, reading.extension) for reading in one_by_one]
    found = [(*row, None) for row in plain.select("phone", "phone_country", "phone_type").iter_rows()]
    cell = plain.select("received", "country").rows()
    return plain.height, [cell[place] for place, row in enumerate(found) if row != expected[place]]


def wrong(count: int, seed: int) -> list[tuple[str, str | None]]:
    """Cells without a known country whose number is not the one their international reading has."""
    cells = near(count, seed).filter(pl.col("country").is_null() | (pl.col("country") == "XX"))
    read = canonical_phones(cells).drop_nulls("phone")
    return [
        (text, country)
        for text, country, phone in read.select("received", "country", "phone").iter_rows()
        if phone != official("+" + text.lstrip("(+ ").removeprefix("00").removesuffix(".0"), None)
        and phone != official(text.replace("(0)", ""), None)
    ]


@pytest.fixture
def every_country(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the fast way take its cells however few there are of a country."""
    monkeypatch.setattr(plain_numbers, "FEWEST", 1)


@pytest.mark.usefixtures("every_country")
def test_the_fast_way_reads_as_one_by_one() -> None:
    """Number, country and kind of three thousand cells; it takes a good part of them."""
    taken, found = differing(3_000, seed=1)
    assert found == []
    assert taken > 700


@pytest.mark.long
@pytest.mark.usefixtures("every_country")
@pytest.mark.parametrize("seed", [2, 3])
def test_the_fast_way_reads_fifty_thousand_as_one_by_one(seed: int) -> None:
    """The same of fifty thousand more, twice."""
    taken, found = differing(50_000, seed)
    assert found == []
    assert taken > 10_000


def test_no_number_without_a_country_is_guessed() -> None:
    """Whatever comes out where no country is known is the international reading of the cell."""
    assert wrong(3_000, seed=4) == []


@pytest.mark.long
def test_no_number_of_fifty_thousand_without_a_country_is_guessed() -> None:
    """The same of fifty thousand."""
    assert wrong(50_000, seed=5) == []


def test_columns_are_read_alike_in_any_order() -> None:
    """A column comes out as its cells do one by one, in one order, whatever the order it came in."""
    cells = near(1_500, seed=6)
    many = pl.concat(
        [cells, cells.filter(pl.col("country") == "US"), near(600, seed=7).with_columns(country=pl.lit("GB"))]
    )
    found = canonical_phones(many)
    assert found.equals(canonical_phones(many.reverse()))
    singly = [read_phone(text, country) for text, country in found.select("received", "country").iter_rows()]
    columns = ("phone", "phone_extension", "phone_country", "phone_type", "phone_error")
    expected = [(one.phone, one.extension, one.country, one.type, one.error) for one in singly]
    assert found.select(columns).rows() == expected
