"""Who never is a target: our own trade, the press, students, own staff, competitors and what the user adds."""

from __future__ import annotations

from datetime import date
from typing import Any

from policies.effects import Effect
from tests.policies.fit.people import decided, fit_rules_of, lead, side_by_side
from tests.policies.rulebooks import with_base, workspace

DENY = int(Effect.DENY)
PRESS: list[tuple[str, dict[str, Any], bool]] = [
    ("Journalist", {}, True),
    ("Freie Wirtschaftsjournalistin", {}, True),
    ("Senior Reporter", {}, True),
    ("Chefredakteurin", {}, True),
    ("Rédactrice en chef", {}, True),
    ("Korrespondent", {}, True),
    ("Editor", {"company": "The Harrow Gazette"}, True),
    ("Redakteur", {"company": "Nordhafener Tageblatt Verlag"}, True),
    ("Editor", {"company": "Acme Software"}, False),
    ("Online-Redakteurin", {"company": "Stadtwerke"}, False),
    ("Head of Data", {"company": "The Harrow Gazette"}, False),
    ("Press Officer", {}, False),
    ("Pressesprecherin", {}, False),
    ("Attachée de presse", {}, False),
    ("Head of Press Shop", {}, False),
    ("Press Operator", {}, False),
]


def test_the_press_is_spoken_to_by_others() -> None:
    """Journalists by title, editors where the company is a newspaper's; no company's own press officers."""
    judged = side_by_side([lead(row={"title": title, **row}) for title, row, _ in PRESS])
    assert [(title, "core.fit.press" in one.rules) for (title, _, _), one in zip(PRESS, judged, strict=True)] == [
        (title, expected) for title, _, expected in PRESS
    ]


def test_an_editor_is_of_the_press_where_the_sector_is() -> None:
    """Also where the company's name does not tell."""
    judged = side_by_side([lead(row={"title": "Editor"}, sector=sector) for sector in ("Broadcast Media", "Software")])
    assert ["core.fit.press" in one.rules for one in judged] == [True, False]


STUDENTS: list[tuple[str, str, bool]] = [
    ("Student of Logistics", "acme.example", True),
    ("Werkstudentin Marketing", "acme.example", True),
    ("Head of Student Recruiting", "acme.example", False),
    ("", "stud.uni-fundort.example", True),
    ("", "students.hs-fundort.example", True),
    ("", "etu.univ-fundort.example", True),
    ("", "student.fundort.ac.uk", True),
    ("Head of IT", "stud.uni-fundort.example", False),
    ("", "uni-fundort.example", False),
    ("", "studio.example", False),
    ("", "student-loans.example", False),
]


def test_students_are_left_alone() -> None:
    """By title, or by a mailbox that a university gives its students where no title shows work."""
    judged = side_by_side([lead(f"ada@{domain}", row={"title": title}) for title, domain, _ in STUDENTS])
    assert ["core.fit.student" in one.rules for one in judged] == [expected for _, _, expected in STUDENTS]


TRADE = """
[fit.own_trade]
titles = ["keynote speaker"]
company_words = ["speakers bureau"]
sectors = ["data quality"]
domains = ["twin.example"]
"""
OURS: list[tuple[dict[str, Any], bool]] = [
    ({"row": {"title": "Keynote Speaker & Author"}}, True),
    ({"row": {"title": "Speaker Manager"}}, False),
    ({"row": {"company": "Fundort Speakers Bureau"}}, True),
    ({"sector": "Data Quality Software"}, True),
    ({"email": "ada@mail.twin.example"}, True),
    ({"sector": "Food"}, False),
]


def test_no_speaker_is_pitched_a_speaker() -> None:
    """Whoever is in our own trade, by title, company, sector or domain, whether they asked or not."""
    judged = side_by_side([lead(**of) for of, _ in OURS], TRADE)
    assert [one.rules.get("core.fit.same_trade") for one in judged] == [DENY if ours else None for _, ours in OURS]


def test_accounts_of_a_kind_are_never_targets() -> None:
    """Competitors, our own trade and our own staff, each for its own reason; a parent speaks for what is below it."""
    accounts = """
        [[account]]
        name = "Rival Group"
        domains = ["rival.example"]
        relationship = "competitor"
        [[account]]
        name = "Rival Labs"
        aliases = ["RL Oy"]
        parent = "Rival Group"
        [[account]]
        name = "Twin"
        domains = ["twin.example"]
        relationship = "same_trade"
    """
    people = [
        lead("ada@rival.example"),
        lead("ada@twin.example"),
        lead("ada@kestrel.example"),
        lead("ada@bolt.example"),
    ]
    judged = side_by_side(people, accounts=accounts)
    assert [list(one.rules) for one in judged] == [
        ["core.fit.competitor"],
        ["core.fit.same_trade"],
        ["core.fit.own_staff"],
        [],
    ]
    assert fit_rules_of(decided([lead(row={"company": "RL Oy"})], accounts=accounts)) == {"core.fit.competitor": DENY}


AGENCIES = """
[[fit.never]]
name = "agencies"
reason = "Agencies sell what others make."
titles = ["talent sourcer"]
companies = ["Bolt Recruiting GmbH"]
company_words = ["staffing"]
domains = ["agency.example"]
sectors = ["recruiting"]
[[fit.never]]
name = "tiny"
reason = "Too small to have the problem."
columns = ["Stores"]
max = 3
"""
ADDED: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"row": {"title": "Senior Talent Sourcer"}}, ["agencies"]),
    ({"row": {"company": "Best Staffing"}}, ["agencies"]),
    ({"row": {"company": "Overstaffing"}}, []),
    ({"email": "ada@berlin.agency.example"}, ["agencies"]),
    ({"email": "ada@myagency.example"}, []),
    ({"sector": "Staffing and Recruiting"}, ["agencies"]),
    ({"cells": {"stores": "2"}}, ["tiny"]),
    ({"cells": {"stores": "4"}}, []),
    ({"cells": {"stores": "many"}}, []),
    ({"cells": {"stores": "1-3"}, "sector": "recruiting"}, ["agencies", "tiny"]),
]


def test_what_the_user_adds_drops_for_the_reason_they_gave() -> None:
    """By title, company, domain, sector or a column; one is enough, and every entry has a rule of its own."""
    judged = side_by_side([lead(**of) for of, _ in ADDED], AGENCIES)
    assert [list(one.rules) for one in judged] == [[f"fit.never.{name}" for name in names] for _, names in ADDED]
    decision = judged[0].decision
    assert {rule.id: rule.reason for rule in decision.rules if rule.id.startswith("fit.never.")} == {
        "fit.never.agencies": "Agencies sell what others make.",
        "fit.never.tiny": "Too small to have the problem.",
    }
    named = decided([lead(row={"company": "Bolt Recruiting"})], AGENCIES)
    assert fit_rules_of(named) == {"fit.never.agencies": DENY}


def test_an_entry_may_begin_and_end_on_a_day() -> None:
    """Like every rule."""
    days = "since = 2026-10-15\nuntil = 2026-12-31\n"
    entry = f'[[fit.never]]\nname = "acme"\nreason = "A pause."\ncompanies = ["Acme Inc"]\n{days}'
    rule = with_base(workspace(entry, "rules/fit.toml")).rule("fit.never.acme")
    assert [rule.in_force(date(2026, month, 15)) for month in (9, 10, 12)] == [False, True, True]
    assert not rule.in_force(date(2027, 1, 1))
