"""People and what happens to them between 2019 and 2026: jobs, marriages, numbers, and those they are taken for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from benchmarks.people.dice import Weighted
from benchmarks.people.doubles import DOUBLES
from benchmarks.people.firms import LAST_DAY, Firm, firms, numbers_of, town
from benchmarks.people.material import load, words
from benchmarks.people.naming import Culture, Name, culture_named, name_of, surname_of
from benchmarks.people.rates import CULTURES
from benchmarks.people.scripts import bare, romanise, slug

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.people.dice import Dice
    from benchmarks.people.rates import Rates

__all__ = ["Job", "Person", "World"]

_FATHERS: Final = frozenset({"ru", "ar"})  # the middle name is made of the father's given name
_MIDDLES: Final = frozenset({"en", "pl", "in", "nordic", "de", "pt"})


@dataclass(slots=True)
class Job:
    """Where somebody works from a day on, with the mailbox and the direct number there."""

    firm: Firm
    since: int
    mailbox: str
    direct: str


@dataclass(slots=True)
class Person:
    """One human being."""

    number: int
    culture: Culture
    woman: bool
    country: str
    given: Name
    surname: Name
    habit: int  # which romanisation is the person's own
    town: str
    mobile: str
    jobs: list[Job]
    kind: str = "plain"
    second_surname: Name | None = None
    middle: Name | None = None
    suffix: str = ""
    married_on: int = LAST_DAY * 2
    married: Name | None = None
    private: str = ""
    assistant: str = ""  # the mailbox of the one who registers this person
    mobile_until: int = LAST_DAY * 2
    mobile_since: int = 0

    def job(self, day: int) -> Job:
        """The job on a day."""
        held = self.jobs[0]
        for job in self.jobs:
            if job.since <= day:
                held = job
        return held

    def family(self, day: int) -> Name:
        """The surname on a day."""
        return self.married if self.married is not None and day >= self.married_on else self.surname


@dataclass(slots=True)
class World:
    """Everybody, and the companies they work for."""

    dice: Dice
    rates: Rates
    size: int
    people: list[Person] = field(default_factory=list)
    _firms: Weighted[Firm] = field(init=False)
    _cultures: Weighted[Culture] = field(init=False)
    _privates: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Found the companies, then let people be born until there are enough."""
        self._cultures = Weighted([culture_named(code) for code in CULTURES], CULTURES.values())
        countries = [country for code in CULTURES for country in culture_named(code).countries]
        shares = [
            share / len(culture_named(code).countries)
            for code, share in CULTURES.items()
            for _ in culture_named(code).countries
        ]
        count = int(self.size / self.rates.people_per_company)
        self._firms = firms(count, Weighted(countries, shares), self.dice, self.rates)
        self._local = self._by_country(count)
        special = Weighted.of({None: 1.0} | {make: getattr(self.rates, name) for name, make in DOUBLES.items()})
        while len(self.people) < self.size:
            person = self.newcomer()
            double = self.dice.draw(special)
            if double is not None:
                double(self, person)

    _local: dict[str, list[Firm]] = field(init=False, default_factory=dict)

    def _by_country(self, count: int) -> dict[str, list[Firm]]:
        local: dict[str, list[Firm]] = {}
        for _ in range(min(count * 3, 30_000)):
            firm = self.dice.draw(self._firms)
            local.setdefault(firm.country, []).append(firm)
        return local

    def newcomer(
        self,
        like: Person | None = None,
        *,
        given: Name | None = None,
        surname: Name | None = None,
        firm: Firm | None = None,
        since: int = 0,
    ) -> Person:
        """Another person; ``like`` gives culture and country, the rest what is not drawn."""
        dice, rates = self.dice, self.rates
        culture = like.culture if like else dice.draw(self._cultures)
        country = like.country if like else dice.pick(culture.countries)
        if like is None and dice.chance(rates.abroad):
            country = dice.draw(self._cultures).countries[0]
        woman = dice.chance(0.5)
        if given is not None and like is not None:
            woman = like.woman
        drawn_given, drawn_surname = name_of(culture, dice, rates, woman=woman)
        firm = firm or self.employer(country)
        person = Person(
            number=len(self.people),
            culture=culture,
            woman=woman,
            country=country,
            given=given or drawn_given,
            surname=surname or drawn_surname,
            habit=0 if dice.chance(0.6) else dice.between(0, 5),
            town=firm.town if dice.chance(0.75) else town(dice),
            mobile=self._mobile(country),
            jobs=[],
        )
        self._name_further(person)
        self._career(person, firm, since)
        if dice.chance(rates.private_mailbox):
            person.private = self.private_mailbox(person)
        self.people.append(person)
        return person

    def employer(self, country: str) -> Firm:
        """Some company, mostly one of the country."""
        near = self._local.get(country)
        return self.dice.pick(near) if near and self.dice.chance(0.85) else self.dice.draw(self._firms)

    def _mobile(self, country: str) -> str:
        numbers = numbers_of(country)
        return f"+{numbers.code}{self.dice.pick(numbers.mobile)}{self.dice.digits(numbers.mobile_digits)}"

    def _name_further(self, person: Person) -> None:
        """Middle name or patronymic, second surname, the surname after a marriage."""
        dice, rates, culture = self.dice, self.rates, person.culture
        if culture.code in _FATHERS:
            person.middle = _patronymic(dice.draw(culture.men), woman=person.woman, culture=culture.code)
        elif culture.code in _MIDDLES and dice.chance(rates.middle_name):
            person.middle = dice.draw(culture.women if person.woman else culture.men)
        if culture.two_surnames:
            person.second_surname = surname_of(culture, dice, rates, woman=person.woman)
        if person.woman and dice.chance(rates.marriage):
            other = surname_of(culture, dice, rates, woman=True)
            if dice.chance(rates.marriage_double):
                other = Name(tuple(f"{person.surname.latin[0]}-{way}" for way in other.latin))
            person.married, person.married_on = other, dice.between(200, LAST_DAY - 100)

    def _career(self, person: Person, firm: Firm, since: int) -> None:
        dice, rates = self.dice, self.rates
        person.jobs.append(self.job(person, firm, since))
        for share in (rates.job_change, rates.second_job_change):
            if not dice.chance(share):
                break
            start = dice.between(person.jobs[-1].since + 150, max(person.jobs[-1].since + 151, LAST_DAY - 60))
            left = person.jobs[-1]
            left.firm.taken[left.mailbox] = start
            person.jobs.append(self.job(person, self.employer(person.country), start))

    def job(self, person: Person, firm: Firm, since: int) -> Job:
        """A job with its mailbox and direct number."""
        family = person.family(since) if not self.dice.chance(self.rates.keeps_mailbox_name) else person.surname
        mailbox = self._mailbox(person, family, firm, since)
        direct = f"{firm.switchboard[:-2]}{self.dice.between(10, 99)}"
        return Job(firm, since, mailbox, direct)

    def _mailbox(self, person: Person, surname: Name, firm: Firm, since: int) -> str:
        """A mailbox by the firm's style; numbered, or with another letter, where a colleague has it."""
        write = bare if person.culture.code == "de" and self.dice.chance(0.6) else str
        given = slug(write(person.given.own(person.habit).partition(" ")[0])) or "x"
        family = slug(write(surname.own(person.habit))) or "x"
        wanted = _LOCAL[firm.mailboxes](given, family)
        free = firm.taken.get(wanted, -1)
        if free < 0 or (free <= since and self.dice.chance(0.5)):
            firm.taken[wanted] = LAST_DAY * 2
            return wanted
        for count in range(2, 1_000):
            other = (
                f"{wanted}{count}"
                if self.dice.chance(0.6)
                else f"{given}.{self.dice.pick('abcdefghjklmnprst')}.{family}"
            )
            if other not in firm.taken:
                firm.taken[other] = LAST_DAY * 2
                return other
        return f"{wanted}{self.dice.digits(6)}"

    def private_mailbox(self, person: Person) -> str:
        """A mailbox at a provider, made of the name or of parts of it."""
        dice = self.dice
        given, family = slug(person.given.own(person.habit)) or "x", slug(person.surname.own(person.habit)) or "x"
        style = dice.pick(("{g}.{f}", "{g}{f}", "{i}{f}{n}", "{f}{g}{n}", "{g}.{f}{n}", "{g}{n}", "{f}.{g}"))
        local = style.format(g=given, f=family, i=given[:1], n=dice.between(1, 99))
        provider = dice.pick(_PROVIDERS)
        while f"{local}@{provider}" in self._privates:
            local += dice.digits(1)
        self._privates.add(f"{local}@{provider}")
        return f"{local}@{provider}"


def _patronymic(father: Name, *, woman: bool, culture: str) -> Name:
    """What stands between given name and surname: in Russian made of the father's name, in Arabic his name itself."""
    if culture != "ru":
        return father
    stem, rules = father.native, load("scripts")["ru"]["patronymics"]
    ending = stem[-1:] if stem[-1:] in rules else ""
    made = stem[: len(stem) - len(ending)] + rules[ending or "other"][woman]
    return Name(tuple(romanise(made, "ru", standard) for standard in load("scripts")["ru"]["romanisations"]), made)


_PROVIDERS: Final[Sequence[str]] = words(load("firms")["private"])
_LOCAL: Final[dict[str, Callable[[str, str], str]]] = {
    "given.family": lambda given, family: f"{given}.{family}",
    "gfamily": lambda given, family: f"{given[:1]}{family}",
    "given": lambda given, _: given,
    "givenf": lambda given, family: f"{given}{family[:1]}",
    "family": lambda _, family: family,
    "g.family": lambda given, family: f"{given[:1]}.{family}",
}
