"""What people said and what was done about them: opt-outs, consents, notices and touches."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from generator.casting import CONFERENCE, INQUIRIES, MEMBERSHIP
from generator.dice import Dice
from generator.material import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.casting import Cast
    from generator.people import Person

__all__ = ["consents", "notices", "optouts", "touches"]

_CONSENTS = (
    *("contact", "channel", "purpose", "event_state", "captured_at", "method", "statement", "statement_version"),
    *("evidence", "expires_on", "lawful_basis", "controller"),
)
_TOUCHES = ("contact", "channel", "at", "outcome", "rep", "said", "next_step", "callback_on", "referred_to")
_REPS = ("lena", "tomasz", "priya")


class Bystanders:
    """People nothing is planned for, drawn one after the other, nobody twice."""

    def __init__(self, cast: Cast, part: str) -> None:
        self._cast = cast
        self._dice = Dice(part)
        self._drawn = set(cast.researched)
        self._switchboards = set(load("makeup")["switchboards"].values())

    def draw(self, source: str, countries: Sequence[str], *, several: bool = False, phone: bool = False) -> Person:
        """Somebody of a list and of one of the countries; ``several``: who is on more than one list."""
        known_twice = self._cast.several_lists
        fitting = [
            person
            for person in self._cast.lists[source]
            if person.full_name not in self._drawn
            and person.country in countries
            and person.kind in {"target", "near"}
            and (person.full_name in known_twice) == several
            and (not phone or (person.phone and person.phone not in self._switchboards))
        ]
        person = self._dice.pick(fitting)
        self._drawn.add(person.full_name)
        return person


def optouts(cast: Cast, bystanders: Bystanders) -> dict[str, list[list[str]]]:
    """The opt-out files by name: replies, telephone, domains, and a partner's hashed list."""
    dice = Dice("optouts")
    haddad = next(known for known in cast.shared if any(p.family == "Haddad" for p in known.values()))
    replies = [
        [
            haddad[MEMBERSHIP].email,
            "any",
            "person",
            "2026-10-09T16:42:00Z",
            "reply by e-mail",
            _words(haddad[MEMBERSHIP], 1),
        ],
    ]
    for source, countries in ((CONFERENCE, "US DE GB"), (MEMBERSHIP, "DE GB FR"), (MEMBERSHIP, "US DE")):
        person = bystanders.draw(source, countries.split(), several=True)
        replies.append([person.email, "", "", _instant(dice), "reply by e-mail", _words(person, dice.number(0, 9))])
    for source, channel, scope in (
        (CONFERENCE, "email", "person"), (CONFERENCE, "any", "person"), (CONFERENCE, "any", "person"),
        (MEMBERSHIP, "email", "person"), (MEMBERSHIP, "any", "person"), (INQUIRIES, "any", "person"),
        (INQUIRIES, "email", "address"), (CONFERENCE, "", ""),
    ):  # fmt: skip
        person = bystanders.draw(source, ["US", "GB", "DE", "FR", "CA"])
        replies.append(
            [person.email, channel, scope, _instant(dice), "reply by e-mail", _words(person, dice.number(0, 9))]
        )
    replies.append(
        ["w.ashworth@example.org", "any", "person", "2026-05-19T08:10:00Z", "letter", "Not known to us yet."]
    )
    calls = []
    for source, channel in ((CONFERENCE, "phone"), (MEMBERSHIP, "phone"), (INQUIRIES, "any")):
        person = bystanders.draw(source, ["US", "GB", "DE"], phone=True)
        calls.append([_international(person), channel, _instant(dice), "said on the phone"])
    return {
        "replies": [
            ["value", "channel", "scope", "received_at", "method", "words"],
            *sorted(replies, key=lambda r: r[3]),
        ],
        "on-the-phone": [["phone", "channel", "received_at", "method"], *calls],
        "domains": [
            ["domain", "received_at", "method", "words"],
            [
                "wharfedale-university.example",
                "2026-09-21T09:30:00Z",
                "letter",
                "No marketing to any of our addresses.",
            ],
            [
                "domstadt-kv.example",
                "2026-10-05T07:55:00Z",
                "e-mail of the legal department",
                "Keine Werbung an unser Haus.",
            ],
        ],
        "partner-sha256": [["sha256", "normalisation", "received_at"], *_hashed(bystanders)],
    }


def consents(cast: Cast, bystanders: Bystanders) -> list[list[str]]:
    """Who agreed, with all that proves it; some took it back, some never meant marketing."""
    dice = Dice("consents")
    odd = load("events")["consent"]["odd"]
    rows = [_consent(person, dice) for person in _agreed(cast, dice)]
    for _ in range(odd["withdrawn"]):
        person = bystanders.draw(CONFERENCE, ["DE", "CA"])
        rows.append(_consent(person, dice, captured_at="2026-04-14T10:00:00Z"))
        rows.append(_consent(person, dice, event_state="ConsentWithdrawn", captured_at="2026-09-28T18:21:00Z"))
    changes: list[tuple[str, dict[str, str]]] = [
        ("refused", {"event_state": "ConsentRefused"}),
        (
            "expired",
            {"captured_at": "2024-09-12T09:00:00Z", "expires_on": "2026-09-12", "statement_version": "2024-06"},
        ),
        ("renewed", {"event_state": "RenewedConsentGiven", "captured_at": "2026-09-17T11:40:00Z"}),
        ("other_purpose", {"purpose": "service_information"}),
    ]
    for name, change in changes:
        drawn = [bystanders.draw(CONFERENCE, ["DE", "CA"]) for _ in range(odd[name])]
        rows += [_consent(person, dice, **change) for person in drawn]
    for _ in range(odd["by_phone"]):
        person = bystanders.draw(INQUIRIES, ["DE", "US"], phone=True)
        rows.append(_by_phone(person, dice))
    ordered = sorted(rows, key=lambda row: (row["captured_at"], row["contact"]))
    for number, row in enumerate(ordered, start=1):
        row["evidence"] = f"{row['evidence']}/{row['captured_at'][:4]}/{number:05d}"
    return [list(_CONSENTS), *([row[name] for name in _CONSENTS] for row in ordered)]


def notices(cast: Cast) -> list[list[str]]:
    """The notice that data came from the association; most got it, some were forgotten."""
    dice = Dice("notices")
    settings = load("events")["notice"]
    rows = []
    for person in sorted(cast.lists[MEMBERSHIP], key=lambda person: person.email):
        told = person.full_name in cast.researched or dice.chance(settings["share"])
        if person.country in settings["countries"] and told:
            sent_at = f"2026-09-08T{dice.number(7, 9):02d}:{dice.number(0, 59):02d}:00Z"
            rows.append([person.email, sent_at, settings["text_version"], "e-mail"])
    return [["contact", "sent_at", "text_version", "method"], *rows]


def touches(cast: Cast, bystanders: Bystanders) -> list[list[str]]:
    """What reps did in past weeks and what came of it."""
    dice = Dice("touches")
    people = {person.family: person for _, person in cast.stories}
    rows = [
        {**touch, "contact": _contact(people[touch["family"]], touch["channel"])} for touch in load("events")["touch"]
    ]
    for plan in load("events")["touches"]:
        rows += _planned(plan, bystanders, dice)
    ordered = sorted(rows, key=lambda row: (row["at"], row["contact"]))
    return [list(_TOUCHES), *([str(row.get(name, "")) for name in _TOUCHES] for row in ordered)]


def _hashed(bystanders: Bystanders) -> list[list[str]]:
    """SHA-256 of trimmed, lower-case addresses: people of ours, and some we never heard of."""
    drawn = [
        bystanders.draw(source, ["US", "DE", "GB", "FR"]) for source in (CONFERENCE, CONFERENCE, MEMBERSHIP, INQUIRIES)
    ]
    known = [person.email for person in drawn]
    unknown = [f"member{number}@example.net" for number in range(17, 23)]
    digests = sorted(hashlib.sha256(email.strip().lower().encode()).hexdigest() for email in (*known, *unknown))
    return [[digest, "trim, lower case", "2026-10-10T05:00:00Z"] for digest in digests]


def _agreed(cast: Cast, dice: Dice) -> Iterator[Person]:
    """The researched who need a consent, and a share of the others; never those on several lists."""
    shares = load("events")["consent"]["share"]
    for entry, person in cast.stories:
        if person.country in {"DE", "CA", "AU"} and not (person.country == "CA" and entry["source"] == INQUIRIES):
            yield person
    for source, of_country in shares.items():
        for person in cast.lists[source]:
            apart = person.full_name in cast.researched or person.full_name in cast.several_lists
            if not apart and dice.chance(of_country.get(person.country, 0.0)):
                yield person


def _consent(person: Person, dice: Dice, **changes: str) -> dict[str, str]:
    about = load("events")["consent"]
    wording = {"de": "german_", "fr": "french_"}.get(_language(person), "")
    day = f"2026-{dice.number(3, 9):02d}-{dice.number(1, 28):02d}"
    return {
        "contact": person.email,
        "channel": "email",
        "purpose": "direct_marketing",
        "event_state": "ConsentGiven",
        "captured_at": f"{day}T{dice.number(7, 19):02d}:{dice.number(0, 59):02d}:00Z",
        "method": "double opt-in",
        "statement": about[f"{wording}statement"],
        "statement_version": about["statement_version" if not wording else f"{wording}version"],
        "evidence": "opt-in-log",
        "expires_on": "",
        "lawful_basis": "consent",
        "controller": about["controller"],
        **changes,
    }


def _by_phone(person: Person, dice: Dice) -> dict[str, str]:
    about = load("events")["consent"]
    return _consent(
        person, dice, contact=_international(person), channel="phone", method="web form",
        statement=about["call_statement"], statement_version=about["call_version"], evidence="web-form-log",
    )  # fmt: skip


def _planned(plan: dict[str, Any], bystanders: Bystanders, dice: Dice) -> Iterator[dict[str, str]]:
    """One touch for each day of a plan, each with another person unless the plan says the same."""
    needs_phone = plan["channel"] == "phone"
    person: Person | None = None
    for place, day in enumerate(plan["on"]):
        if person is None or not plan.get("same_person"):
            person = bystanders.draw(plan["list"], plan["countries"], phone=needs_phone)
        yield {
            "contact": _contact(person, plan["channel"]),
            "channel": plan["channel"],
            "at": f"{day}T{dice.number(13, 15):02d}:{dice.number(0, 59):02d}:00Z",
            "outcome": plan["outcome"],
            "rep": _REPS[place % len(_REPS)] if not plan.get("same_person") else "lena",
            "said": plan.get("said", ""),
            "next_step": plan.get("next_step", ""),
            "callback_on": plan["callback_on"][place] if "callback_on" in plan else "",
        }


def _contact(person: Person, channel: str) -> str:
    return _international(person) if channel == "phone" else person.email


def _words(person: Person, number: int) -> str:
    """What somebody wrote, in the language of their country."""
    replies: dict[str, list[str]] = load("events")["replies"]
    words = replies.get(_language(person), replies["en"])
    return words[number % len(words)]


def _language(person: Person) -> str:
    return {"DE": "de", "AT": "de", "FR": "fr"}.get(person.country, "en")


def _international(person: Person) -> str:
    """The number with its country's prefix."""
    prefix = {"GB": "+44 ", "DE": "+49 ", "FR": "+33 ", "AU": "+61 "}.get(person.country, "")
    return prefix + person.phone.removeprefix("0") if prefix else person.phone


def _instant(dice: Dice) -> str:
    """Some moment of the past months."""
    return (
        f"2026-{dice.number(6, 9):02d}-{dice.number(1, 28):02d}T{dice.number(6, 17):02d}:{dice.number(0, 59):02d}:00Z"
    )
