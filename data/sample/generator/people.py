"""Invented people: who they are, where they work and how they can be reached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from generator.dice import Dice
from generator.material import Company, ascii_local, companies, load, names_of, titles_of, with_gender

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BRIEFS", "Crowd", "Person", "researched"]

BRIEFS = ("briefs_us", "briefs_gb", "briefs_de", "briefs_elsewhere", "briefs_failing")
_FORMS = ("{given}.{family}", "{initial}.{family}", "{initial}{family}", "{given}")
_SOLE = {
    "DE": ("{given} {family} Datenberatung e.K.", "Ingenieurbüro {given} {family} e.K."),
    "GB": ("{given} {family} Data Services, sole trader", "{given} {family} Consulting (sole trader)"),
    "FR": ("{given} {family} Conseil EI",),
}
_COUNTRY_OF_TITLE = "US"  # people whose country no list tells have English titles


@dataclass(frozen=True)
class Person:
    """One human being as one list knows them."""

    given: str
    family: str
    gender: str
    title: str
    kind: str  # target, near, other, student or vague: what the title makes of them
    company: Company  # for people on their own: the company whose town they live in
    company_name: str
    country: str  # empty: no list tells
    email: str
    phone: str = ""

    @property
    def is_independent(self) -> bool:
        """Whether they work for themselves."""
        return self.company_name != self.company.name

    @property
    def full_name(self) -> str:
        """Given and family name."""
        return f"{self.given} {self.family}"


class Crowd:
    """Makes people; no two of them share a name, an address or a number."""

    def __init__(self, part: str) -> None:
        self._dice = Dice(part)
        self._names: set[str] = set()
        self._emails: set[str] = set()
        self._phones: set[str] = set()
        self._makeup = load("makeup")

    def introduce(self, person: Person) -> Person:
        """Take in somebody made elsewhere, so that nobody else gets their name, address or number."""
        self._names.add(person.full_name)
        self._emails.add(person.email)
        self._phones.add(person.phone)
        return person

    def reserve(self, *contacts: str) -> None:
        """Keep addresses and numbers for somebody written by hand."""
        self._emails.update(contacts)
        self._phones.update(contacts)

    def stranger(self, countries: Mapping[str, float], kinds: Mapping[str, float]) -> Person:
        """A new person: country and kind by weight, everything else by chance."""
        country = self._dice.weighted(countries)
        kind = self._dice.weighted(kinds)
        company = self._employer(country, kind)
        country = company.place.country if country else ""
        home = country or _COUNTRY_OF_TITLE
        gender = self._dice.pick("fm")
        given, family = self._unused_name(home, gender)
        title = "" if kind == "blank" else with_gender(self._dice.pick(titles_of(home, kind)), gender)
        person = Person(given, family, gender, title, kind, company, company.name, country, "")
        if kind == "vague" and country in _SOLE and self._dice.chance(self._makeup["share_of_sole_traders"]):
            person = self._independent(person)
        return self.introduce(self._reachable(person))

    def private(self, person: Person) -> str:
        """A private address of a person."""
        provider = self._dice.pick(self._makeup["private_mail"])
        year = self._dice.number(68, 99)
        local = f"{ascii_local(person.given)}.{ascii_local(person.family)}"
        return f"{local}{year}@{provider}" if self._dice.chance(0.5) else f"{local}@{provider}"

    def phone_of(self, company: Company, country: str) -> str:
        """An unused number from the ranges kept for fiction; empty where the place has none left."""
        mobiles = load("places")["mobiles"].get(country, [])
        patterns = list(company.place.phones)
        if mobiles and self._dice.chance(self._makeup["share_of_mobiles"]):
            patterns = mobiles
        for _ in range(60):
            number = self._dice.filled(self._dice.pick(patterns)) if patterns else ""
            if number not in self._phones:
                self._phones.add(number)
                return number
        return ""

    def _employer(self, country: str, kind: str) -> Company:
        """A company of the country; students are at universities, and the large employ more people than the small."""
        here = [found for found in companies().values() if not country or found.place.country == country]
        if kind == "student":
            here = [found for found in companies().values() if found.sector == "education"]
            here = [found for found in here if found.place.country == country] or here
        return self._dice.weighted({found: float(found.employees) ** 0.5 for found in here})

    def _unused_name(self, country: str, gender: str) -> tuple[str, str]:
        givens, families = names_of(country, gender)
        while True:
            given, family = self._dice.pick(givens), self._dice.pick(families)
            if f"{given} {family}" not in self._names:
                return given, family

    def _independent(self, person: Person) -> Person:
        name = self._dice.pick(_SOLE[person.country]).format(given=person.given, family=person.family)
        host = f"{ascii_local(person.given)}-{ascii_local(person.family)}.example"
        return replace(person, company_name=name, email=f"{ascii_local(person.given)}@{host}")

    def _reachable(self, person: Person) -> Person:
        """Give a person the address of the house, sometimes a private one, and mostly a number."""
        email = person.email or work_address(person, person.company)
        if email in self._emails:
            email = work_address(person, person.company, form="{given}.{family}")
        if self._dice.chance(self._makeup["share_of_private_mail"]):
            email = self.private(person)
        has_phone = self._dice.chance(self._makeup["share_with_phone"])
        phone = self.phone_of(person.company, person.country) if has_phone and person.country else ""
        return replace(person, email=email, phone=phone)


def work_address(person: Person, company: Company, form: str | None = None) -> str:
    """The address a person has at a company; every house has a form of its own."""
    house = form or _FORMS[sum(map(ord, company.stem)) % len(_FORMS)]
    given, family = ascii_local(person.given), ascii_local(person.family)
    return house.format(given=given, family=family, initial=given[0]) + f"@{company.domain}"


def researched(crowd: Crowd) -> list[tuple[dict[str, Any], Person]]:
    """The people somebody wrote a brief on, in the order of the files, each with that brief."""
    found = []
    for entry in (entry for file in BRIEFS for entry in load(file)["brief"]):
        company = companies()[entry["company"]]
        country = company.place.country
        phone = crowd.phone_of(company, country)
        person = Person(
            given=entry["given"],
            family=entry["family"],
            gender=entry["gender"],
            title=entry["title"],
            kind="target",
            company=company,
            company_name=company.name,
            country=country,
            email="",
            phone=phone,
        )
        address = work_address(person, company, form="{given}.{family}")
        found.append((entry, crowd.introduce(replace(person, email=address))))
    return found
