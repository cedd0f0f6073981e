"""P6: never the same message to everyone. Near-copies are refused and shown side by side; the older one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.practice.homework import ADA, BEA, CAL, Homework
from tests.practice.team import person

if TYPE_CHECKING:
    from tests.practice.team import Team


def _copied(of: Homework, onto: Homework, date: str) -> Homework:
    """A brief with the other's words: their names, companies and addresses put in place of those of the first."""
    company = {ADA.contact: "Acme", BEA.contact: "Bolt", CAL.contact: "Copperfield"}
    parts = {
        name: value.replace(of.name, onto.name).replace(company[of.contact], company[onto.contact])
        for name, value in vars(of).items()
    }
    return Homework(**(parts | {"contact": onto.contact, "date": date}))


def test_a_copy_with_the_names_changed_opens_nothing(team: Team) -> None:
    """Ada's brief stands; the same with Bea's name is refused, beside it, until Bea was looked up herself."""
    team.people(
        "summit",
        person("Ada", "Okafor", ADA.contact, company="Acme Inc"),
        person("Bea", "Ruiz", BEA.contact, company="Bolt Fasteners Inc"),
        person("Cal", "Whitaker", CAL.contact, company="Copperfield Dairy"),
    )
    copied = _copied(ADA, BEA, "2026-10-13")
    team.brief(ADA.text())
    team.brief(copied.text())
    team.brief(CAL.text())
    team.morning()
    assert sorted(team.queue()) == ["Ada Okafor", "Cal Whitaker"]
    why = team.why(BEA.contact)
    assert why["verdict"] == "brief_wanted"
    assert why["brief"]["findings"] == ["brief.boilerplate"]

    shown = team.tactful("brief", "check", expected=1)
    assert "multiplies the formats, not the goods" in " ".join(shown.split())
    (failing,) = [entry for entry in team.answer("brief", "check", expected=1)["briefs"] if entry["findings"]]
    (finding,) = failing["findings"]
    assert finding["rule_id"] == "brief.boilerplate"
    assert finding["fix"]

    team.brief(BEA.but(date="2026-10-15").text())  # looked up herself
    team.morning(days=1)
    assert list(team.queue()) == ["Bea Ruiz"]
    assert team.queue()["Bea Ruiz"]["opening_line"] == BEA.opening_line


def test_renewing_one_s_own_brief_is_no_copy(team: Team) -> None:
    """The same words about the same person, dated anew, renew her brief: she stays in the queue."""
    team.people("summit", person("Ada", "Okafor", ADA.contact, company="Acme Inc"))
    team.brief(ADA.text())
    team.morning()
    team.brief(ADA.but(date="2026-10-14").text())
    team.tactful("intake")
    assert team.verdict(ADA.contact) == ("queued", [])
    assert team.tactful("brief", "check")
