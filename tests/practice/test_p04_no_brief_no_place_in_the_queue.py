"""P4: know what problem you solve for this person before you speak. No brief, no place in the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.practice.homework import ADA, BEA
from tests.practice.team import person

if TYPE_CHECKING:
    from tests.practice.team import Team


def test_nobody_is_contacted_before_somebody_did_the_homework(team: Team) -> None:
    """Two fit people wait; the template asks for the homework; whoever was looked up is queued, the other waits on."""
    team.people(
        "summit",
        person("Ada", "Okafor", ADA.contact, company="Acme Inc"),
        person("Bea", "Ruiz", BEA.contact, company="Bolt Fasteners Inc"),
    )
    first = team.morning()
    assert set(first.verdicts().values()) == {"brief_wanted"}
    assert team.queue() == {}
    wanted = {line["contact_point"]: line for line in first.file("briefs_wanted.csv")}
    assert set(wanted) == {ADA.contact, BEA.contact}
    assert {line["tier"] for line in wanted.values()} == {"full"}
    assert team.verdict(ADA.contact) == ("brief_wanted", ["core.brief.missing"])

    template = team.tactful("brief", "new", ADA.contact)
    assert "Ada Okafor" in template
    assert "## Their business objective" in template
    assert "## The problem we think they feel" in template
    team.brief(template)  # what a template says by itself is no homework
    team.brief(BEA.but(problem="").text())  # and neither is all but the problem
    second = team.morning(days=1)
    assert team.queue() == {}
    assert set(second.verdicts().values()) == {"brief_wanted"}
    for contact in (ADA.contact, BEA.contact):
        assert "core.brief.failing" in team.verdict(contact)[1]

    team.brief(ADA.but(date="2026-10-15").text())
    third = team.morning(days=1)
    assert list(team.queue()) == ["Ada Okafor"]
    assert team.queue()["Ada Okafor"]["opening_line"] == ADA.opening_line
    assert [line["contact_point"] for line in third.file("briefs_wanted.csv")] == [BEA.contact]
    reasons = {line["rule_id"]: line["people"] for line in third.report()["reasons"]}
    assert reasons["core.brief.failing"] == 1
