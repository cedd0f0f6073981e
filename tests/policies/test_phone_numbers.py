"""Telephone numbers: every usual spelling, damage repaired only where it is certain, none valid but wrong."""

from __future__ import annotations

import phonenumbers
import polars as pl
import pytest
from phonenumbers import PhoneNumberFormat as Form

from flows.rules_on_disk import load_rulebook
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
        ("442079460101,00", "GB", "+442079460101"),
        ("442.079.460.101", "GB", "+442079460101"),
        ("442,079,460,101", "GB", "+442079460101"),
        ("442'079'460'101", "GB", "+442079460101"),
        ("493023125001", "DE", "+493023125001"),
        ("49 30 23125001", "DE", "+493023125001"),
        ("12125550123", "US", "+12125550123"),
        ("612345678", "IT", "+390612345678"),  # its zero belongs to the number
        ("102030405", "CI", "+2250102030405"),
        ('="02079460101"', "GB", "+442079460101"),
        ("`020 7946 0101", "GB", "+442079460101"),
        # words that say what kind of number it is
        ("Tel: 020 7946 0101", "GB", "+442079460101"),
        ("Tel. (work): +44 20 7946 0101", None, "+442079460101"),
        ("mobile +44 20 7946 0101", None, "+442079460101"),
        ("+44 20 7946 0101 mobile", None, "+442079460101"),
        ("(m) +44 20 7946 0101", None, "+442079460101"),
        ("Tél. : 01 99 00 12 34", "FR", "+33199001234"),
        ("Handy 0171 3920012", "DE", "+491713920012"),
        ("\u260e +44 20 7946 0101", None, "+442079460101"),
        ("Phone no. 020 7946 0101", "GB", "+442079460101"),
        ("(212) 555-0123 (cell)", "US", "+12125550123"),
        # signs and digits of other keyboards
        ("+49 (0) 30 23125-001", None, "+493023125001"),
        ("+34 (0) 91 234 5678", None, "+34912345678"),
        ("\uff0b\uff14\uff14 20 7946 0101", None, "+442079460101"),
        ("+44\u202f20\u202f7946\u20110101", None, "+442079460101"),
        ("02/555.12.34", "BE", "+3225551234"),
        ("0475/12.34.56", "BE", "+32475123456"),
        ("011 44 20 7946 0101", "US", "+442079460101"),
        ("0044 20 7946 0101", "US", "+442079460101"),
        ("tel:7946-0101;phone-context=+4420", None, "+442079460101"),
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
        # digits lost, or two readings of which nobody knows the right one
        ("442079460101.25", "GB", "phone_damaged"),
        ("22123.5", "WS", "phone_damaged"),
        ("483419099", "PL", "phone_damaged"),  # a number at home as it stands, and another with a plus before it
        ("-4.42079E+11", "GB", "phone_scientific"),
        ("442.079.460.101", None, "phone_country_unknown"),
        ("49 30 23125001", None, "phone_country_unknown"),
        ("49 30 23125001", "FR", "phone_invalid"),
        ("+4915112345678901234", None, "phone_invalid"),
        ("1234567890123456", "GB", "phone_invalid"),
        # letters are never dialled, other words name somebody else's line
        ("1-800-FLOWERS", "US", "phone_invalid"),
        ("030 23125 (Bob)", "DE", "phone_invalid"),
        ("030 23125 mobile Bob", "DE", "phone_invalid"),
        ("Fax: 020 7946 0101", "GB", "phone_invalid"),
        ("020 7946 0101 (Fax)", "GB", "phone_invalid"),
        ("HQ +44 20 7946 0101", None, "phone_invalid"),
        ("Assistant: 020 7946 0101", "GB", "phone_invalid"),
        ("020 7946 0101\u00b2", "GB", "phone_invalid"),
        ("020 7946 0101*", "GB", "phone_invalid"),
        ("030 23125001/02", "DE", "phone_several"),
        ("030 23125-0/-12", "DE", "phone_several"),
        ("030 23125001 and 030 23125002", "DE", "phone_several"),
        ("+", "GB", "phone_invalid"),
        ("00", None, "phone_country_unknown"),
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
        ("070 1234 5678", "GB", "personal"),
        ("0700 12345678", "DE", "personal"),
        ("0164 1234567", "DE", "pager"),
        ("+33 810 123 456", None, "shared_cost"),
        ("+39 347 123 4567", None, "mobile"),
        ("+1 800 234 5678", None, "toll_free"),
        ("+1 900 234 5678", None, "premium"),
        ("03 70 123 4567", "GB", "uan"),
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
        ("tel:+44-20-7946-0101;ext=12", None, "12", "GB"),
        ("020 7946 0101 #12", "GB", "12", "GB"),
        ("+1 212 555 0123 - 45#", None, "45", "US"),
        ("030 23125001 Nebenstelle 7", "DE", "7", "DE"),
        ("01 99 00 12 34 poste 123", "FR", "123", "FR"),
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


@pytest.mark.parametrize(
    ("number", "whole"),
    [
        *(("+442079460101", True), ("+44207946010", False), ("+441632960123", True), ("+44163296012", False)),
        *(("+61491570156", True), ("+614915701", False), ("+4915228817386", True)),
    ],
)
def test_a_number_of_fiction_has_all_its_digits(number: str, whole: bool) -> None:  # noqa: FBT001 - a case table
    """One a digit short is nobody's number, in no range."""
    prefixes = tuple(load_rulebook(None).settings["lists"]["fictional_phone_prefixes"])
    assert (read_phone(number, None, prefixes).phone == number) is whole
