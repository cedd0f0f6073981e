"""P9: listen and ask. The brief carries questions, and what they said has its place up to the next brief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.practice.homework import ADA
from tests.practice.team import person

if TYPE_CHECKING:
    from tests.practice.team import Team

_SAID = "The fifth depot is late; she worries about who signs for a pallet at night."


def test_a_monologue_is_no_brief(team: Team) -> None:
    """Without questions a brief fails, and so it does where the questions are a speech."""
    speech = "- We will tell her about our platform.\n- And about its many advantages, one by one."
    found = team.checked({"none": ADA.but(questions=""), "speech": ADA.but(questions=speech)})
    assert [line["rule_id"] for line in found["none"]] == ["brief.part_missing"]
    assert [line["rule_id"] for line in found["speech"]] == ["brief.part_thin"]
    assert all(line["place"].startswith("Questions") for lines in found.values() for line in lines)


def test_what_they_said_comes_back_before_the_next_conversation(team: Team) -> None:
    """Questions on the sheet, room for the answer; handed back, it stands in the next brief and nowhere public."""
    team.people("summit", person("Ada", "Okafor", ADA.contact, company="Acme Inc"))
    team.brief(ADA.text())
    team.morning()
    (line,) = team.queue().values()
    assert [line[name] for name in ("outcome", "said", "next_step", "callback_on", "referred_to")] == [""] * 5
    sheet = team.call_sheet(line["owner"])
    assert "What happens to a pallet nobody can vouch for?" in sheet

    team.hand_back(
        {
            "Ada Okafor": {
                "outcome": "connected",
                "at": "2026-10-14T16:40:00Z",
                "said": _SAID,
                "next_step": "Send the page of the flower wholesaler.",
            }
        }
    )
    run = team.morning(days=1)
    assert list(team.ws.inbox.rglob("*.csv")) == []  # taken in, nothing returned
    template = team.tactful("brief", "new", ADA.contact)
    assert "who signs for a pallet at night" in template
    assert "Send the page of the flower wholesaler" in template
    for public in ("report.html", "report.json", "decisions.parquet", "reasons.parquet", "manifest.json"):
        assert b"pallet at night" not in (run.folder / public).read_bytes()
