"""Companies: franchises, acquisitions, alias domains, subsidiaries, firms of one name; each in a town."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from benchmarks.people.dice import Weighted
from benchmarks.people.material import load, words
from benchmarks.people.scripts import slug

if TYPE_CHECKING:
    from benchmarks.people.dice import Dice
    from benchmarks.people.rates import Rates

__all__ = ["LAST_DAY", "Firm", "Numbers", "firms", "numbers_of", "town"]

LAST_DAY = 2_650  # days from the beginning of 2019 to the last list
_STEEP = 0.85
_LEAST = 30
_OUTLETS = 20


@dataclass(frozen=True, slots=True)
class Numbers:
    """How telephone numbers of a country are made; all of them are invented."""

    code: str
    mobile: tuple[str, ...]
    mobile_digits: int
    office: tuple[str, ...]
    office_digits: int


@dataclass(slots=True)
class Firm:
    """A company as it was before and after it was sold."""

    name: str
    domain: str
    country: str
    town: str
    switchboard: str
    mailboxes: str  # how its mailboxes are named
    legal: list[str]
    alias: str = ""
    traded_as: str = ""
    parent: str = ""
    sold_on: int = LAST_DAY * 2
    sold_name: str = ""
    sold_domain: str = ""
    taken: dict[str, int] = field(default_factory=dict)  # mailbox name -> the day its last holder left

    def called(self, day: int) -> str:
        """Its name on a day."""
        return self.sold_name if day >= self.sold_on else self.name

    def at(self, day: int) -> str:
        """Its domain on a day."""
        return self.sold_domain if day >= self.sold_on else self.domain


@cache
def numbers_of(country: str) -> Numbers:
    """The numbers of a country."""
    code, mobile, mobile_digits, office, office_digits = load("firms")["telephone"][country].split()
    return Numbers(code, tuple(mobile.split("|")), int(mobile_digits), tuple(office.split("|")), int(office_digits))


def town(dice: Dice) -> str:
    """The name of a town; some names come up in several countries."""
    data = load("firms")
    made = dice.pick(_words("town_first")) + dice.pick(_words("town_last"))
    return f"{dice.pick(words(data['town_before']))} {made}" if dice.chance(0.1) else made


def firms(count: int, countries: Weighted[str], dice: Dice, rates: Rates) -> Weighted[Firm]:
    """So many companies, the first the largest."""
    made: list[Firm] = []
    names: dict[str, int] = {}
    brands = [
        f"{dice.pick(_words('first'))} {dice.pick(_words('brands'))}"
        for _ in range(1 + int(count * rates.franchise / _OUTLETS))
    ]
    for _ in range(max(_LEAST, count)):
        outlet = dice.chance(rates.franchise)
        name = dice.pick(brands) if outlet else _new_name(names, dice, rates)
        made.append(_firm(name, dice.draw(countries), dice, outlet=outlet))
    for place, firm in enumerate(made):
        _further(firm, made[: max(1, place)], dice, rates)
    return Weighted.falling(made, _STEEP)


def _new_name(names: dict[str, int], dice: Dice, rates: Rates) -> str:
    """A name that is new, but for the share that is another firm's as well."""
    first, second = dice.pick(_words("first")), dice.pick(_words("second"))
    name = dice.pick(
        (
            f"{first} {second}",
            f"{first} {second}",
            f"{first}{second.lower()}",
            f"{first} & {dice.pick(_words('first'))}",
        )
    )
    if name in names and not dice.chance(rates.same_name_other_firm * 4):
        name = f"{name} {dice.pick(_words('second'))}"
    names[name] = names.get(name, 0) + 1
    return name


def _firm(name: str, country: str, dice: Dice, *, outlet: bool) -> Firm:
    data = load("firms")
    place = town(dice)
    ending = data["endings"].get(country, country.lower())
    stem = slug(name) + (f"-{slug(place)}" if outlet and dice.chance(0.7) else dice.digits(2) if outlet else "")
    numbers = numbers_of(country)
    board = f"+{numbers.code}{dice.pick(numbers.office)}{dice.digits(numbers.office_digits - 2)}00"
    style = dice.draw(_STYLES)
    return Firm(name, f"{stem}.{ending}", country, place, board, style, _forms(data, country))


def _further(firm: Firm, earlier: list[Firm], dice: Dice, rates: Rates) -> None:
    """What happens to some: a second domain, a parent, another trade name, being sold."""
    stem = firm.domain.partition(".")[0]
    if dice.chance(rates.alias_domain):
        firm.alias = f"{stem}{dice.pick(('-group', 'hq', '-eu', ''))}.{dice.pick(('io', 'net', 'eu', 'biz'))}"
    if dice.chance(rates.traded_as):
        firm.traded_as = f"{dice.pick(_words('first'))} {dice.pick(_words('second'))}"
    if dice.chance(rates.subsidiary):
        firm.parent = dice.pick(earlier).name
        firm.name = f"{firm.parent} {dice.pick(_words('subsidiary'))}"
    if dice.chance(rates.acquired):
        buyer = dice.pick(earlier)
        firm.sold_on = dice.between(300, LAST_DAY - 200)
        joins = dice.chance(0.5)
        firm.sold_name = buyer.name if joins else f"{dice.pick(_words('first'))} {dice.pick(_words('second'))}"
        firm.sold_domain = buyer.domain if joins else f"{slug(firm.sold_name)}{dice.digits(1)}.com"


@cache
def _words(key: str) -> tuple[str, ...]:
    return tuple(words(load("firms")[key]))


def _forms(data: dict[str, Any], country: str) -> list[str]:
    """Legal forms of a country; "Co., Ltd." keeps its comma."""
    listed = data["legal"].get(country, "Ltd., Inc.")
    return [form.replace("\x00", "Co., ") for form in words(listed.replace("Co., ", "\x00"))]


_STYLES = Weighted.of(
    {"given.family": 0.45, "gfamily": 0.25, "given": 0.12, "givenf": 0.06, "family": 0.06, "g.family": 0.06}
)
