"""Telephone numbers: every usual spelling, damage repaired only where it is certain, none valid but wrong."""

from __future__ import annotations

import phonenumbers
import polars as pl
import pytest
from phonenumbers import PhoneNumberFormat as Form

from policies.contact_points import canonical_phone, canonical_phones, national_digits, read_phone

FICTION = ("+441632960", "+447700900", "+3363998")


@pytest.mark.parametrize(
    ("text", "country", "phone"),
    [
        ("020 7946 0101", "GB", "+442079460101"),
        ("+44 (0)20 7946 0101", None, "+442079460101"),
        ("0044 20 7946 0101", "DE", "+442079460101"),
        ("0044 20 7946 0101", None, "+442079460101"),
        ("(0044) 20 7946 0101", "XX", "+442079460101"),
        ("00 44 (0)20 7946 0101", None, "+442079460101"),
        ("tel:+44-20-7946-0101", None, "+442079460101"),
        ("'+442079460101", None, "+442079460101"),
        ("\u200e+44 20 7946 0101\u202c", None, "+442079460101"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("1-212-555-0123", "US", "+12125550123"),
        ("416.555.0123", "CA", "+14165550123"),
        ("030 / 23125-001", "DE", "+493023125001"),
        ("01 99 00 12 34", "FR", "+33199001234"),
        ("(02) 5550 1234", "AU", "+61255501234"),
        # what a spreadsheet did: repaired with a known country only
        ("442079460101.0", "GB", "+442079460101"),
        ("2079460101.0", "GB", "+442079460101"),
        ("2079460101", "GB", "+442079460101"),
        ("442079460101", "GB", "+442079460101"),
        ("+442079460101.0", None, "+442079460101"),
        # reserved for fiction: possible, though no metadata calls them valid
        ("01632 960123", "GB", "+441632960123"),
        ("+447700900123", None, "+447700900123"),
    ],
)
def test_usual_spellings(text: str, country: str | None, phone: str) -> None:
    """Each spelling leads to the one number it means."""
    assert canonical_phone(text, country, FICTION) == phone


@pytest.mark.parametrize(
    ("text", "country", "error"),
    [
        ("020 7946 0101", None, "phone_country_unknown"),
        ("442079460101", None, "phone_country_unknown"),
        ("442079460101.0", None, "phone_country_unknown"),
        ("4.42079E+11", "GB", "phone_scientific"),
        ("4,42079e11", "DE", "phone_scientific"),
        ("442079460101.5", "GB", "phone_damaged"),
        ("020 7946 0101 / 020 7946 0102", "GB", "phone_several"),
        ("020 7946 0101; 0171 3920012", "GB", "phone_several"),
        ("+442079460101, +442079460102", None, "phone_several"),
        ("12", "GB", "phone_invalid"),
        ("call me", "GB", "phone_invalid"),
        ("n/a", None, "phone_invalid"),
        ("01632 960123", "XX", "phone_country_unknown"),
        ("+99 1234567", None, "phone_invalid"),
        ("jane@acme.example", "GB", "phone_invalid"),
    ],
)
def test_what_is_no_usable_number(text: str, country: str | None, error: str) -> None:
    """No number is guessed, and the reason is one of a few codes."""
    reading = read_phone(text, country, FICTION)
    assert (reading.phone, reading.error) == (None, error)


@pytest.mark.parametrize(
    ("text", "country", "kind"),
    [
        ("020 7946 0101", "GB", "fixed"),
        ("0171 3920012", "DE", "mobile"),
        ("(212) 555-0123", "US", "fixed_or_mobile"),
        ("0800 0000000", "DE", "toll_free"),
        ("0900 1000000", "DE", "premium"),
        ("0180 1000000", "DE", "shared_cost"),
        ("01632 960123", "GB", "other"),
    ],
)
def test_number_types(text: str, country: str, kind: str) -> None:
    """Premium and shared-cost numbers are told apart, for the rules that keep them out of a call queue."""
    assert read_phone(text, country, FICTION).type == kind


@pytest.mark.parametrize(
    ("text", "country", "extension", "number_country"),
    [
        ("020 7946 0101 ext. 12", "GB", "12", "GB"),
        ("+1 416 555 0123 x7", None, "7", "CA"),
        ("01632 960123", "GB", None, "GB"),
        ("+44 1632 960123", "DE", None, "GB"),
        ("+800 1234 5678", None, None, None),
    ],
)
def test_extension_and_country(
    text: str, country: str | None, extension: str | None, number_country: str | None
) -> None:
    """The extension is kept apart; the number's own country counts, and a world-wide number has none."""
    reading = read_phone(text, country, FICTION)
    assert (reading.extension, reading.country) == (extension, number_country)


def test_a_number_out_of_fiction_needs_its_range() -> None:
    """An invalid number passes only where its range is listed."""
    assert canonical_phone("+447700900123", None) is None


@pytest.mark.parametrize("country", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_example_number_of_every_country(country: str) -> None:
    """In each country the usual spellings of its example number lead to phonenumbers' E.164."""
    example = phonenumbers.example_number(country)
    assert example is not None
    expected = phonenumbers.format_number(example, Form.E164)
    national = phonenumbers.format_number(example, Form.NATIONAL)
    international = phonenumbers.format_number(example, Form.INTERNATIONAL)
    spellings = [
        expected,
        national,
        international,
        phonenumbers.format_number(example, Form.RFC3966),
        f"  {international}\u00a0",
        f"'{international}",
        f"\u202a{international}\u202c",
        international.replace(" ", "."),
        international.replace(" ", "-"),
        f"{expected}.0",
        f"{international} ext. 5",
    ]
    found = [canonical_phone(text, country) for text in spellings]
    assert found == [expected] * len(spellings)


def test_columns_agree_with_single_readings() -> None:
    """A column is read once per pair of spelling and country, blanks left out, in a fixed order."""
    pairs = pl.DataFrame(
        {
            "received": ["020 7946 0101", "020 7946 0101", None, " ", "+12125550123", "020 7946 0101"],
            "country": ["GB", "GB", "GB", "GB", None, None],
        }
    )
    found = canonical_phones(pairs).select("received", "country", "phone", "phone_error")
    assert found.rows() == [
        ("+12125550123", None, "+12125550123", None),
        ("020 7946 0101", None, None, "phone_country_unknown"),
        ("020 7946 0101", "GB", "+442079460101", None),
    ]


@pytest.mark.parametrize(
    ("phone", "digits"),
    [
        ("+441632960457", {"441632960457", "00441632960457", "1632960457", "01632960457"}),
        ("+15035550137", {"15035550137", "0015035550137", "5035550137"}),
        ("+390612345678", {"390612345678", "00390612345678", "0612345678"}),
        ("+3612345678", {"3612345678", "003612345678", "12345678", "0612345678"}),
        ("+80012345678", {"80012345678", "0080012345678", "12345678"}),
    ],
)
def test_the_digits_of_a_number_in_every_way_of_writing_it(phone: str, digits: set[str]) -> None:
    """From abroad and at home, with the digit dialled first where there is one."""
    found = national_digits(pl.Series([phone, None, phone]))
    assert set(found.get_column("phone")) == {phone}
    assert set(found.get_column("digits")) == digits
    assert found.height == len(digits)
