"""CPU per contact point of a column, beside the library that judges them one by one.

Numbers are made near the example numbers of many countries and spelled as lists have them; addresses are those of
companies, with one in fifty of an awkward kind. All are different, so that reading each spelling once gains nothing.
"""

from __future__ import annotations

import argparse
from random import Random
from typing import Final

import phonenumbers
import polars as pl
from email_validator import EmailNotValidError, validate_email

from benchmarks._measuring import cpu, load
from policies.contact_points import canonical_emails, canonical_phones, read_phone

__all__ = ["main"]

WANTED: Final = 200_000
_COUNTRIES: Final = ("US", "US", "US", "GB", "GB", "DE", "DE", "FR", "CA", "AU", "NL", "ES", "IT", "SE", "IN", "BR")
_AWKWARD: Final = ("jane..{}@acme.example", "jäne{}@münchen.example", "jane{}@acme", "INFO{}@xn--bcher-kva.example")


def main() -> None:
    """Make the columns, then read them in both ways."""
    parser = argparse.ArgumentParser(description="CPU per contact point.")
    parser.add_argument("--values", type=int, default=WANTED)
    wanted = parser.parse_args().values
    dice = Random(1)  # noqa: S311  # the same column every time, no secrets
    numbers, addresses = _numbers(dice, wanted), _addresses(dice, wanted)
    print(f"{wanted:,} different values each, all threads; {load()}")
    _show("telephone numbers", wanted, cpu(lambda: canonical_phones(numbers)), cpu(lambda: _parsed(numbers)))
    _show("the same, one by one", wanted, cpu(lambda: _read(numbers)), cpu(lambda: _parsed(numbers)))
    _show("e-mail addresses", wanted, cpu(lambda: canonical_emails(addresses)), cpu(lambda: _validated(addresses)))


def _show(what: str, values: int, ours: float, library: float) -> None:
    each, theirs = ours / values * 1e6, library / values * 1e6
    print(f"{what:<24}{each:>7.2f} us{theirs:>10.2f} us by the library{ours / library:>10.3f} of it")


def _numbers(dice: Random, wanted: int) -> pl.DataFrame:
    """``received, country``, sorted by country, which is how phonenumbers is fastest."""
    found: dict[tuple[str, str], None] = {}
    examples = {country: phonenumbers.example_number(country) for country in _COUNTRIES}
    while len(found) < wanted:
        country = dice.choice(_COUNTRIES)
        example = examples[country]
        if example is not None:
            own = str(example.national_number)
            number = f"{own[:4]}{dice.randrange(10 ** (len(own) - 4)):0{len(own) - 4}d}"
            found[_spelled(dice, country, example.country_code or 0, number), country] = None
    return pl.DataFrame(sorted(found), schema=["received", "country"], orient="row").sort("country", "received")


def _spelled(dice: Random, country: str, code: int, number: str) -> str:
    home = phonenumbers.ndd_prefix_for_region(country, strip_non_digits=True) or ""
    forms = (
        f"+{code}{number}",
        f"+{code} {number[:3]} {number[3:]}",
        f"{home}{number}",
        f"({home}{number[:3]}) {number[3:6]}-{number[6:]}",
        f"{home}{number[:2]}.{number[2:6]}.{number[6:]}",
    )
    return dice.choice(forms)


def _addresses(dice: Random, wanted: int) -> pl.Series:
    names, hosts = ("jane", "J.Doe", "ada.okafor", "bea"), ("acme", "Bolt", "mail.nord")
    plain = (f"{dice.choice(names)}{place}@{dice.choice(hosts)}.example" for place in range(wanted))
    return pl.Series(
        [_AWKWARD[place % 4].format(place) if place % 50 == 0 else address for place, address in enumerate(plain)]
    )


def _parsed(numbers: pl.DataFrame) -> list[str | None]:
    """What a program pays that asks phonenumbers alone: reading, validity, kind, country and canonical form."""
    found: list[str | None] = []
    for text, country in numbers.iter_rows():
        try:
            number = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            found.append(None)
            continue
        valid = phonenumbers.is_valid_number(number)
        phonenumbers.number_type(number)
        phonenumbers.region_code_for_number(number)
        found.append(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if valid else None)
    return found


def _read(numbers: pl.DataFrame) -> list[str | None]:
    return [read_phone(text, country).phone for text, country in numbers.iter_rows()]


def _validated(addresses: pl.Series) -> list[str | None]:
    found: list[str | None] = []
    for address in addresses:
        try:
            found.append(validate_email(address, check_deliverability=False).normalized)
        except EmailNotValidError:
            found.append(None)
    return found


if __name__ == "__main__":
    main()
