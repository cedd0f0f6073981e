"""Clean lists with their truth: what each row must be read as, cell by cell."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.pollution.names import LANGUAGES, PEOPLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.pollution.names import Language

__all__ = ["TRUTH", "CleanList", "Lead", "chance", "clean_list"]

# Columns of the preview whose value is known beforehand. Without a column of its own a field is null, a flag blank.
TRUTH: Final = (
    "full_name",
    "given_name",
    "family_name",
    "email",
    "phone",
    "company",
    "job_title",
    "city",
    "postal_code",
    "country",
    "email_opt_out",
    "phone_opt_out",
)
FLAGS: Final = ("email_opt_out", "phone_opt_out")

_SYLLABLES: Final = ("bra", "lo", "ken", "ti", "mur", "dal", "sev", "ono", "fi", "gur", "pel", "wy")
_FORMS: Final = ("{} GmbH", "{} S.A.", "{} Ltd", "{} AB", "{} & Co. KG", 'The "{}" Works', "{}, Rossi & Partners", "{}")
_ROLES: Final = ("Head of {}", "VP, {}", 'Lead "{}" Manager', "Director\n{}", "{} Engineer", "Head of {} (EMEA)")
_AREAS: Final = ("Sales", "Purchasing", "Logistics", "Data", "Finance", "Facilities", "Research", "Quality", "Export")
_NOTES: Final = ("", "met at stand 4", "likes tea; no sugar", 'says "call me in May", maybe', "two\nlines", "a,b", "-")
_CITIES: Final = ("Rome", "New York", "Basel", "Lyon", "Leeds", "Porto")
_NUMBERS: Final = (
    "+1 212-555-01{:02d}",
    "+44 20 7946 0{:03d}",
    "+49 30 23125{:03d}",
    "+33 1 99 00 10 {:02d}",
    "+44 7700 900{:03d}",
    "+61 2 5550 00{:02d}",
)
_OPTIONAL: Final = (
    "phone",
    "company",
    "job_title",
    "city",
    "postal_code",
    "country",
    "email_opt_out",
    "phone_opt_out",
    "note",
    "number",
)
_MOST: Final = 60


@dataclass(frozen=True)
class Lead:
    """One person: ``cells`` as the list writes them, by column; ``truth`` what the preview must say, by field."""

    cells: Mapping[str, str]
    truth: Mapping[str, str | None]


@dataclass(frozen=True)
class CleanList:
    """A list without any fault; ``columns`` are our names of its columns, ``header`` its own."""

    language: str
    columns: tuple[str, ...]
    header: tuple[str, ...]
    leads: tuple[Lead, ...]

    def row(self, lead: int) -> tuple[str, ...]:
        """The cells of one person in the order of the columns."""
        return tuple(self.leads[lead].cells[column] for column in self.columns)


def chance(recipe: str) -> random.Random:
    """Numbers that are the same for a recipe on every machine and in every run."""
    return random.Random(recipe)  # noqa: S311  # nothing here is a secret


def clean_list(recipe: str, *, codec: str = "utf-8", fewest: int = 3, most: int = _MOST) -> CleanList:
    """A list drawn by a recipe; every name in it can be written in ``codec``."""
    draw = chance(f"list {recipe}")
    languages = sorted(name for name, language in LANGUAGES.items() if _fits("".join(language.headers.values()), codec))
    name = draw.choice(languages)
    language = LANGUAGES[name]
    known = [person for person in PEOPLE if _fits("".join(person), codec)]
    people = draw.sample(known, min(len(known), draw.randint(fewest, most)))
    columns = _columns(draw)
    leads = tuple(_lead(draw, number, person, columns, language) for number, person in enumerate(people))
    return CleanList(name, columns, tuple(language.headers[column] for column in columns), leads)


def _fits(text: str, codec: str) -> bool:
    return text.encode(codec, "ignore").decode(codec) == text


def _columns(draw: random.Random) -> tuple[str, ...]:
    names = ["full_name"] if draw.random() < 0.3 else ["given_name", "family_name"]
    others = draw.sample(_OPTIONAL, draw.randint(3, len(_OPTIONAL)))
    columns = [*names, "email", *others]
    draw.shuffle(columns)
    return tuple(columns)


def _lead(
    draw: random.Random, number: int, person: tuple[str, ...], columns: tuple[str, ...], language: Language
) -> Lead:
    given, family, country = person
    word = "".join(_SYLLABLES[(number // 12**place + 5 * place) % 12] for place in range(3)).capitalize()
    phone = draw.choice(_NUMBERS).format(number)
    flags = {flag: draw.choice((language.yes, language.no, language.no, "")) for flag in FLAGS}
    cells = {
        "full_name": f"{given} {family}",
        "given_name": given,
        "family_name": family,
        "email": f"lead{number}.{word.lower()}@{word.lower()}.example",
        "phone": phone,
        "company": draw.choice(_FORMS).format(word),
        "job_title": _ROLES[number % len(_ROLES)].format(f"{_AREAS[number % len(_AREAS)]} {word[::-1].lower()}"),
        "city": draw.choice(_CITIES),
        "postal_code": str(10_100 + number),
        "country": country,
        "note": draw.choice(_NOTES),
        "number": str(700 + number),
        **flags,
    }
    return Lead({column: cells[column] for column in columns}, _truth(cells, columns, language))


def _truth(cells: Mapping[str, str], columns: tuple[str, ...], language: Language) -> dict[str, str | None]:
    truth: dict[str, str | None] = {field: cells[field] if field in columns else None for field in TRUTH}
    truth["full_name"] = cells["full_name"]
    if "phone" in columns:
        truth["phone"] = "+" + "".join(filter(str.isdigit, cells["phone"]))
    states = {language.yes: "yes", language.no: "no", "": "blank"}
    for flag in FLAGS:
        truth[flag] = states[cells[flag]] if flag in columns else "blank"
    return truth
