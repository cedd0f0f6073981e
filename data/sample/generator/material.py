"""What people are made from: names, places, companies and titles, read from the TOML files beside this module."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["Company", "Place", "ascii_local", "companies", "load", "names_of", "place", "titles_of", "with_gender"]

MATERIAL = Path(__file__).parent / "material"
_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ł": "l", "ı": "i"}
)


@dataclass(frozen=True, slots=True)
class Place:
    """A city and what follows from being there."""

    city: str
    country: str
    region: str
    postal: str
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Company:
    """An invented company; ``employees`` 0 means that no list says how many."""

    name: str
    stem: str
    sector: str
    employees: int
    place: Place

    @property
    def domain(self) -> str:
        """Its mail domain."""
        return f"{self.stem}.example"


@cache
def load(name: str) -> dict[str, Any]:
    """One material file."""
    return tomllib.loads((MATERIAL / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def place(city: str) -> Place:
    """A city by its name."""
    found = load("places")["cities"][city]
    return Place(city, found["country"], found["region"], found["postal"], tuple(found["phones"]))


@cache
def companies() -> dict[str, Company]:
    """All companies by their stem, in the order of the file."""
    rows = load("companies")["company"]
    return {stem: Company(name, stem, sector, size, place(city)) for name, stem, sector, size, city in rows}


def names_of(country: str, gender: str) -> tuple[list[str], list[str]]:
    """Given and family names of a country for ``f`` or ``m``."""
    names = load("names")[country]
    return names[gender], names["last"]


def titles_of(country: str, kind: str) -> list[str]:
    """Job titles of a kind in the language of the country."""
    titles = load("titles")
    found: list[str] = titles[titles["language"][country]][kind]
    return found


def with_gender(title: str, gender: str) -> str:
    """The form of a ``masculine|feminine`` title."""
    masculine, bar, feminine = title.partition("|")
    return feminine if bar and gender == "f" else masculine


def ascii_local(name: str) -> str:
    """A name as mail systems write it: lower case ASCII, particles run together."""
    decomposed = unicodedata.normalize("NFD", name.translate(_GERMAN).lower())
    kept = [mark for mark in decomposed if mark.isascii() and (mark.isalnum() or mark == "-")]
    return "".join(kept).strip("-")
