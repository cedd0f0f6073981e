"""Those a person is taken for: namesakes, families, colleagues, and successors who inherit a mailbox or a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.people.naming import given_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.people.lives import Person, World

__all__ = ["DOUBLES"]


def namesake_at_firm(world: World, person: Person) -> None:
    """Another of the same name at the same firm."""
    world.newcomer(person, given=person.given, surname=person.surname, firm=person.jobs[0].firm).kind = "namesake"
    person.kind = "namesake"


def sibling_at_firm(world: World, person: Person) -> None:
    """One of the same surname at the same firm."""
    world.newcomer(person, surname=person.surname, firm=person.jobs[0].firm).kind = "sibling"
    person.kind = "sibling"


def twins_at_firm(world: World, person: Person) -> None:
    """Twins whose given names begin alike, born to one firm."""
    pool = person.culture.women if person.woman else person.culture.men
    begin = person.given.latin[0][:1]
    for _ in range(40):
        other = world.dice.draw(pool)
        if other.latin[0][:1] == begin and other.latin[0] != person.given.latin[0] and other.latin[0]:
            twin = world.newcomer(person, given=other, surname=person.surname, firm=person.jobs[0].firm)
            twin.kind = person.kind = "twin"
            return


def father_and_son(world: World, person: Person) -> None:
    """One name for two generations of a family firm, sometimes one telephone."""
    son = world.newcomer(person, given=person.given, surname=person.surname, firm=person.jobs[0].firm)
    person.kind, son.kind = "father", "son"
    person.suffix, son.suffix = world.dice.pick((("Sr.", "Jr."), ("Sr.", "Jr."), ("", "Jr."), ("", "II")))
    son.town = person.town
    if world.dice.chance(0.4):
        son.mobile = person.mobile


def spouses(world: World, person: Person) -> None:
    """Two people with one private mailbox."""
    given = given_of(person.culture, world.dice, world.rates, woman=not person.woman)
    other = world.newcomer(person, given=given, surname=person.surname)
    other.woman = not person.woman
    person.private = person.private or world.private_mailbox(person)
    other.private, other.town = person.private, person.town
    person.kind = other.kind = "spouse"


def namesake_in_town(world: World, person: Person) -> None:
    """Another of the same name in the same town at another firm."""
    other = world.newcomer(person, given=person.given, surname=person.surname)
    other.town, other.kind, person.kind = person.town, "namesake in town", "namesake in town"


def with_assistant(world: World, person: Person) -> None:
    """A colleague registers this person with her own mailbox."""
    colleague = world.newcomer(person, firm=person.jobs[0].firm)
    person.assistant, person.kind = f"{colleague.jobs[0].mailbox}@{person.jobs[0].firm.domain}", "assisted"


def recycled_mailbox(world: World, person: Person) -> None:
    """A later colleague is given the mailbox of one who left: by first name, or initials that agree."""
    successor = _successor(world, person)
    successor.jobs[0].mailbox = person.jobs[0].mailbox
    person.kind = successor.kind = "recycled mailbox"


def recycled_direct(world: World, person: Person) -> None:
    """A later colleague has the direct number of one who left."""
    successor = _successor(world, person)
    successor.jobs[0].direct = person.jobs[0].direct
    person.kind = successor.kind = "recycled direct"


def recycled_mobile(world: World, person: Person) -> None:
    """Somebody anywhere in the country is given the number, years later."""
    other = world.newcomer(person)
    day = world.dice.between(700, 1_900)
    person.mobile_until, other.mobile_since = day, day + 250
    other.mobile = person.mobile
    person.kind = other.kind = "recycled mobile"


def _successor(world: World, person: Person) -> Person:
    left = world.dice.between(600, 1_600)
    firm = person.jobs[0].firm
    if len(person.jobs) == 1:
        person.jobs.append(world.job(person, world.employer(person.country), left))
    else:
        left = person.jobs[1].since
    return world.newcomer(person, firm=firm, since=left + world.dice.between(60, 400))


# By the rate that says how often.
DOUBLES: Final[dict[str, Callable[[World, Person], None]]] = {
    "namesake_at_firm": namesake_at_firm,
    "sibling_at_firm": sibling_at_firm,
    "twins_at_firm": twins_at_firm,
    "father_and_son": father_and_son,
    "spouses": spouses,
    "namesake_in_town": namesake_in_town,
    "assistant": with_assistant,
    "recycled_mailbox": recycled_mailbox,
    "recycled_direct": recycled_direct,
    "recycled_mobile": recycled_mobile,
}
