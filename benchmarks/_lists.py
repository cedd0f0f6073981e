"""Lists for benchmarks: invented people on example domains with numbers kept for fiction, the same in every run."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["clean_list", "polluted_list"]

_GIVEN: Final = ("Anna", "Ben", "Carla", "David", "Eva", "Finn", "Greta", "Hugo", "Ida", "Jonas", "Zoë", "Søren")
_FAMILY: Final = ("Meier", "Smith", "Dubois", "García", "Rossi", "de Vries", "Silva", "Lind", "O'Neil", "Kowalski")
_HEADER: Final = (
    "First Name,Last Name,Email,Phone,Company,Job Title,Country,City,Postal Code,Industry,Employees,"
    "Email Opt Out,Do Not Call,Created,Notes"
)
_SEED: Final = 5
_COMPANIES: Final = 20_000
_OPTED_OUT: Final = 50  # one row in so many
_WHOLE: Final = 40  # rows to one that is damaged or odd


def clean_list(path: Path, rows: int) -> None:
    """A list of 15 columns as a CRM exports it: UTF-8, quotes where they are needed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_HEADER + "\n")
        file.writelines(_rows(rows))


def polluted_list(path: Path, rows: int) -> None:
    """The same under a title, with a footer; every fortieth row is cut off, too long, open, blank or of two lines."""
    odd: tuple[bytes, ...] = (
        b"Anna,Meier,anna@c1.example.com\n",
        b"Anna,Meier,anna@c2.example.com,,,,,,,,,,,,,one,too many\n",
        b'Anna,Meier,anna@c3.example.com,,"Company 3, Ltd.,,,,,,,,,,\n',
        b"\n",
        b",,,,,,,,,,,,,,\n",
        b'Anna,Meier,anna@c4.example.com,,,,,,,,,,,,"two\nlines"\n',
        b"An\xffna,Meier,anna@c5.example.com,,,,,,,,,,,,\n",
        b"An\x00na,Meier,anna@c6.example.com,,,,,,,,,,,,\n",
        b'Anna,Meier,anna@c7.example.com,,6" pipes,,,,,,,,,,\n',
    )
    with path.open("wb") as file:
        file.write(f"Attendees of Expo 2026\n\n{_HEADER}\n".encode())
        for number, row in enumerate(_rows(rows)):
            file.write(odd[number // _WHOLE % len(odd)] if number % _WHOLE == _WHOLE - 1 else row.encode())
        file.write(b"\n\nTotal: 17\n")


def _rows(count: int) -> Iterator[str]:
    chance = Random(_SEED)  # noqa: S311  # the same people in every run, no secret
    for number in range(count):
        given, family, company = chance.choice(_GIVEN), chance.choice(_FAMILY), chance.randrange(_COMPANIES)
        local = given.lower().replace("ë", "e").replace("ø", "o")
        phone = f"+447700900{number % 1000:03d}" if number % 2 else f"+1 212 555 01{number % 100:02d}"
        yield (
            f'{given},{family},{local}.{number}@c{company}.example.com,{phone},"Company {company}, Ltd.",'
            f"Head of Marketing,United Kingdom,Leeds,LS1 {company % 9}AB,Software,{company % 5000},"
            f"{'true' if number % _OPTED_OUT == 0 else 'false'},false,2026-03-0{number % 9 + 1},"
            f'"met at stand {company}, asked for a call back after the fair and a brochure"\n'
        )
