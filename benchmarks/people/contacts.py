"""Contact points as a list has them: addresses, telephone numbers, company and town."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.people.firms import numbers_of
from benchmarks.people.material import load, words
from benchmarks.people.writing import cell, typo

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.people.dice import Dice
    from benchmarks.people.lives import Job, Person
    from benchmarks.people.manners import Manner
    from benchmarks.people.rates import Rates

__all__ = ["company_cell", "mail_cell", "phone_cell"]


def mail_cell(person: Person, manner: Manner, job: Job, day: int, dice: Dice, rates: Rates) -> str | None:
    """The address given, or none."""
    if person.assistant and dice.chance(rates.by_assistant):
        return person.assistant
    if not dice.chance(manner.email):
        return None
    role = rates.role_mailbox if manner.role_email is None else manner.role_email
    at = dice.roll()
    if at < role:
        address = f"{dice.pick(_ROLES)}@{job.firm.at(day)}"
    elif person.private and at < role + manner.private_email / max(rates.private_mailbox, 0.01):
        address = _private(person.private, dice, rates)
    else:
        address = _work(job, day, dice, rates)
    return (
        address.upper()
        if dice.chance(rates.mail_in_capitals * 0.4)
        else address.capitalize()
        if dice.chance(rates.mail_in_capitals)
        else address
    )


def _work(job: Job, day: int, dice: Dice, rates: Rates) -> str:
    local, domain = job.mailbox, job.firm.at(day)
    if job.firm.alias and day < job.firm.sold_on and dice.chance(0.3):
        domain = job.firm.alias
    if dice.chance(rates.plus_tag):
        local = f"{local}+{dice.pick(_TAGS)}"
    if dice.chance(rates.typo_mailbox):
        local = typo(local, dice)
    return f"{local}@{domain}"


def _private(address: str, dice: Dice, rates: Rates) -> str:
    local, _, domain = address.partition("@")
    if domain == "gmail.com":
        local = local.replace(".", "") if dice.chance(0.25) else local
        domain = "googlemail.com" if dice.chance(0.06) else domain
        if dice.chance(rates.plus_tag * 2):
            local = f"{local}+{dice.pick(_TAGS)}"
    return f"{local}@{domain}"


def phone_cell(person: Person, manner: Manner, job: Job, day: int, dice: Dice, rates: Rates) -> str | None:
    """The number given in one of its spellings, or none."""
    if not dice.chance(manner.phone):
        return None
    if dice.chance(manner.office_phone):
        return _spelled(job.firm.switchboard, job.firm.country, manner, dice)
    has_mobile = person.mobile_since <= day < person.mobile_until
    if has_mobile and dice.chance(0.62):
        return _spelled(person.mobile, person.country, manner, dice)
    if dice.chance(rates.extension):
        return f"{_spelled(job.firm.switchboard, job.firm.country, manner, dice)} ext. {job.direct[-2:]}"
    return _spelled(job.direct, job.firm.country, manner, dice)


def _spelled(number: str, country: str, manner: Manner, dice: Dice) -> str:
    code = numbers_of(country).code
    national = number[len(code) + 1 :]
    style = manner.phone_style if manner.phone_style != "mixed" else dice.pick(_MIXED)
    return _SPELLINGS[style](code, national)


def company_cell(job: Job, manner: Manner, day: int, dice: Dice, rates: Rates) -> str:
    """The company as somebody wrote it down."""
    firm = job.firm
    name = firm.called(day)
    if firm.parent and day < firm.sold_on and dice.chance(0.3):
        name = firm.parent
    if firm.traded_as and day < firm.sold_on and dice.chance(0.3):
        name = dice.pick((firm.traded_as, f"{name} d/b/a {firm.traded_as}"))
    if dice.chance(rates.typo_company * manner.typos):
        name = typo(name, dice)
    at = dice.roll()
    for share, write in _COMPANY:
        if at < share:
            return cell(write(name, dice.pick(firm.legal), firm.town), manner, dice)
        at -= share
    return cell(name.upper() if dice.chance(0.3) else name.replace(" & ", " and "), manner, dice)


def _grouped(digits: str, gap: str) -> str:
    """In groups of three, the last of two to four digits."""
    groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = ["".join(groups[-2:])]
    return gap.join(groups)


def _trunk(code: str, national: str) -> str:
    """The national number as dialled at home: a leading nought where the country has one."""
    return national if code in _NO_TRUNK or national.startswith("0") else f"0{national}"


_NO_TRUNK: Final = frozenset(["1", "34", "39", "45", "47", "48", "351", "420", "30", "852", "65", "36", "7"])
_MIXED: Final = ("plus", "e164", "doubled", "national", "slash", "brackets", "e164")
_SPELLINGS: Final[dict[str, Callable[[str, str], str]]] = {
    "e164": lambda code, national: f"+{code}{national}",
    "plus": lambda code, national: f"+{code} {_grouped(national, ' ')}",
    "doubled": lambda code, national: f"00{code} {_grouped(national, ' ')}",
    "digits": lambda code, national: f"{code}{national}",
    "national": lambda code, national: _grouped(_trunk(code, national), " "),
    "slash": lambda code, national: f"{_trunk(code, national)[:3]}/{_trunk(code, national)[3:]}",
    "brackets": lambda code, national: f"+{code} ({national[:3]}) {_grouped(national[3:], '-')}",
}
_COMPANY: Final[tuple[tuple[float, Callable[[str, str, str], str]], ...]] = (
    (0.42, lambda name, _legal, _town: name),
    (0.34, lambda name, legal, _town: f"{name} {legal}"),
    (0.06, lambda name, legal, _town: f"{name}, {legal}"),
    (0.06, lambda name, _legal, _town: name.upper()),
    (0.04, lambda name, _legal, place: f"{name} ({place})"),
    (0.03, lambda name, _legal, place: f"{name} {place}"),
)
_ROLES: Final = words(load("firms")["roles"])
_TAGS: Final = words(load("firms")["scribbles"])
