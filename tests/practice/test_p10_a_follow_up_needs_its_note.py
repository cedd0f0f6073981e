"""P10: follow up with a detail of the conversation. Without a note from it the next contact is held."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.practice.homework import ADA, BEA, CAL, conversation
from tests.practice.team import person

if TYPE_CHECKING:
    from tests.practice.team import Team

_AT = "2026-10-14T16:40:00Z"
_AFTER_THE_REST = 33  # days, a Monday


def test_who_talked_to_us_is_not_just_checked_in_with(team: Team) -> None:
    """Connected without a note: held until it is written down; then a brief that says what was talked about opens."""
    team.people(
        "summit",
        person("Ada", "Okafor", ADA.contact, company="Acme Inc"),
        person("Bea", "Ruiz", BEA.contact, company="Bolt Fasteners Inc"),
        person("Cal", "Whitaker", CAL.contact, company="Copperfield Dairy"),
    )
    for homework in (ADA, BEA, CAL):
        team.brief(homework.text())
    team.morning()
    said = {"Ada Okafor": "connected", "Bea Ruiz": "connected", "Cal Whitaker": "no_answer"}
    team.hand_back({name: {"outcome": outcome, "at": _AT} for name, outcome in said.items()})

    # No answer: a retry under the same brief, and no note is asked for. Who talked to us is held, rest or no rest.
    run = team.morning(days=_AFTER_THE_REST)
    assert list(team.queue()) == ["Cal Whitaker"]
    assert team.queue()["Cal Whitaker"]["opening_line"] == CAL.opening_line
    for contact in (ADA.contact, BEA.contact):
        verdict, rules = team.verdict(contact)
        assert (verdict, "core.cadence.note_missing" in rules) == ("held", True)
    (channel,) = team.why(ADA.contact)["channels"].values()
    fixes = {line["rule_id"]: line["fix"] for line in channel["reasons"]}
    assert "--said" in fixes["core.cadence.note_missing"]
    assert {line["rule_id"] for line in run.report()["reasons"]} >= {"core.cadence.note_missing"}

    # The note comes: Ada is no longer held, and waits for a brief that says what was talked about.
    note = "The fifth depot is late; she worries about who signs for a pallet at night."
    team.tactful("touch", "add", ADA.contact, "--outcome", "connected", "--at", _AT, "--said", note)
    verdict, rules = team.verdict(ADA.contact)
    assert (verdict, "core.brief.failing" in rules) == ("brief_wanted", True)
    assert {"brief.before_they_spoke", "brief.part_missing"} <= set(team.why(ADA.contact)["brief"]["findings"])
    team.brief(
        conversation(
            ADA.contact,
            asked="She asked who else had opened a depot without a second night shift.",
            last="On 14 October she said that the depot is late and that nobody signs for pallets at night.",
            opening="Ada Okafor, you wondered who signs for a pallet at night: shall I show you what Rotterdam does?",
            questions="- Who stands at the gate after ten?\n- Which pallets wait for a signature most often?",
            date=date(2026, 11, 16).isoformat(),
        )
    )
    team.morning(days=1)
    assert "Ada Okafor" in team.queue()
    assert "you wondered who signs" in team.queue()["Ada Okafor"]["opening_line"]
    assert "Bea Ruiz" not in team.queue()
