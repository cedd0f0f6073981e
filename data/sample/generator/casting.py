"""Who is on which list: the researched, strangers, and people several lists know under different addresses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from generator.dice import Dice
from generator.material import load
from generator.people import Crowd, Person, researched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["CONFERENCE", "INQUIRIES", "MEMBERSHIP", "Cast", "cast", "extras_of"]

CONFERENCE = "summit-2026"
MEMBERSHIP = "data-leaders-association"
INQUIRIES = "website-inquiries"
_SWITCHBOARD_USERS = 5


@dataclass(frozen=True)
class Cast:
    """The people of every list; ``shared`` has, for everybody on several lists, how each of these knows them."""

    lists: dict[str, list[Person]]
    shared: list[dict[str, Person]]
    stories: list[tuple[dict[str, Any], Person]]

    @property
    def researched(self) -> set[str]:
        """Full names of the people with a brief."""
        return {person.full_name for _, person in self.stories}

    @property
    def several_lists(self) -> set[str]:
        """Full names of the people on more than one list."""
        return {person.full_name for known in self.shared for person in known.values()}


def extras_of(source: str) -> list[dict[str, Any]]:
    """The rows of one list that were written by hand."""
    return [row for row in load("extras")["row"] if row["list"] == source]


def cast() -> Cast:
    """Cast all three lists."""
    crowd = Crowd("people")
    for row in load("extras")["row"]:
        crowd.reserve(row["cells"].get("email", ""), row["cells"].get("phone", ""))
    crowd.reserve(*load("makeup")["switchboards"].values())
    stories = researched(crowd)
    troupe = _Troupe(crowd, stories)
    troupe.fill_conference()
    troupe.fill_membership()
    troupe.fill_inquiries()
    return Cast(troupe.lists, troupe.shared, stories)


class _Troupe:
    """The lists while they are being filled."""

    def __init__(self, crowd: Crowd, stories: Sequence[tuple[dict[str, Any], Person]]) -> None:
        self._crowd = crowd
        self._dice = Dice("casting")
        self._makeup = load("makeup")
        self.shared: list[dict[str, Person]] = []
        self.lists = {
            source: [person for entry, person in stories if entry["source"] == source]
            for source in (CONFERENCE, MEMBERSHIP, INQUIRIES)
        }
        self._researched = {person.full_name for _, person in stories}

    def fill_conference(self) -> None:
        """Strangers for the conference; some of them share their company's switchboard."""
        repeats = sum(self._makeup["repeats"].values())
        self._fill_up(CONFERENCE, lambda _: True, besides=repeats)
        people = self.lists[CONFERENCE]
        for stem, number in self._makeup["switchboards"].items():
            there = [p for p in people if p.company.stem == stem and p.full_name not in self._researched]
            users = {person.full_name for person in there[:_SWITCHBOARD_USERS]}
            people[:] = [replace(p, phone=number) if p.full_name in users else p for p in people]

    def fill_membership(self) -> None:
        """Members: some were at the conference, the rest are strangers the list's encoding can spell."""
        both, all_three = self._counts("summit-2026+data-leaders-association"), self._counts("all")
        also = self._makeup["also_members"]
        known = [p for p in self.lists[CONFERENCE] if p.family in also and p.full_name in self._researched]
        pool = [p for p in self._eligible(CONFERENCE) if _in_cp1252(p)]
        drawn = self._dice.some(pool, both + all_three - len(known))
        for person in [*known, *drawn]:
            self._share(person, CONFERENCE, MEMBERSHIP, also.get(person.family) if person in known else None)
        self._fill_up(MEMBERSHIP, _in_cp1252)

    def fill_inquiries(self) -> None:
        """Inquiries: people of either list who asked as well, and strangers."""
        members = [known for known in self.shared if next(iter(known.values())).full_name not in self._researched]
        for known in members[: self._counts("all")]:
            again = self._again(known[CONFERENCE], "private_address")
            known[INQUIRIES] = again
            self.lists[INQUIRIES].append(again)
        for person in self._dice.some(self._eligible(CONFERENCE), self._counts("summit-2026+website-inquiries")):
            self._share(person, CONFERENCE, INQUIRIES)
        pool = self._eligible(MEMBERSHIP)
        for person in self._dice.some(pool, self._counts("data-leaders-association+website-inquiries")):
            self._share(person, MEMBERSHIP, INQUIRIES)
        self._fill_up(INQUIRIES, lambda _: True)

    def _counts(self, lists: str) -> int:
        name = "summit-2026+data-leaders-association+website-inquiries" if lists == "all" else lists
        return int(self._makeup["shared"][name])

    def _fill_up(self, source: str, fits: Callable[[Person], bool], besides: int = 0) -> None:
        wanted = self._makeup["rows"][source] - len(extras_of(source)) - besides
        people = self.lists[source]
        while len(people) < wanted:
            person = self._crowd.stranger(self._makeup["countries"][source], self._makeup["kinds"][source])
            if fits(person):
                people.append(person)

    def _eligible(self, source: str) -> list[Person]:
        """Whom of a list another list may know as well: nobody researched, nobody taken already."""
        taken = {person.full_name for known in self.shared for person in known.values()} | self._researched
        countries = self._makeup["countries"][MEMBERSHIP]
        return [
            p
            for p in self.lists[source]
            if p.full_name not in taken and p.kind in {"target", "near"} and p.country in countries and p.country
        ]

    def _share(self, person: Person, first: str, second: str, how: str | None = None) -> None:
        again = self._again(person, how or self._dice.weighted(self._makeup["shared_as"]))
        self.shared.append({first: person, second: again})
        self.lists[second].append(again)

    def _again(self, person: Person, how: str) -> Person:
        """The same person as another list knows them."""
        local, _, domain = person.email.partition("@")
        if how == "private_address" and person.phone:
            return replace(person, email=self._crowd.private(person))
        if how == "plus_tag":
            return replace(person, email=f"{local}+verband@{domain}")
        if how == "other_case":
            return replace(person, email=f"{local.title()}@{domain.upper()}")
        return person


def _in_cp1252(person: Person) -> bool:
    try:
        f"{person.full_name}{person.company_name}{person.title}".encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
