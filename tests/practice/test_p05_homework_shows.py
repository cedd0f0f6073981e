"""P5: show homework. Dated evidence with a link, a point of view, a solution, an example, an opening about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.practice.homework import ADA
from tests.practice.team import person

if TYPE_CHECKING:
    from tests.practice.homework import Homework
    from tests.practice.team import Team

# What a rep in a hurry hands in, and what the check finds.
_IN_A_HURRY: dict[str, tuple[Homework, str]] = {
    "nothing was looked up": (ADA.but(evidence=""), "brief.part_missing"),
    "nobody knows when": (
        ADA.but(evidence="- Acme announces the depot in Joliet: https://acme.example/news/joliet"),
        "brief.evidence_undated",
    ),
    "years ago": (
        ADA.but(evidence="- 2023-09-03: Acme announces a depot in Gary: https://acme.example/news/gary"),
        "brief.evidence_stale",
    ),
    "nobody can look it up": (ADA.but(evidence="- 2026-09-03: Acme announces a depot"), "brief.evidence_unlinked"),
    "no point of view": (ADA.but(point_of_view="They should see it."), "brief.part_thin"),
    "no solution": (ADA.but(solution=""), "brief.part_missing"),
    "no example": (ADA.but(example=""), "brief.part_missing"),
    "about us": (
        ADA.but(opening_line="We at Kestrel Data have built a platform for logistics, Ada Okafor."),
        "brief.opening_about_us",
    ),
    "a phrase": (
        ADA.but(opening_line="Ada Okafor, I hope this email finds you well in these busy weeks of autumn."),
        "brief.stop_phrase",
    ),
    "a template": (
        ADA.but(opening_line="Ada Okafor, what [Company] does in Joliet is impressive."),
        "brief.placeholder",
    ),
}


def test_the_check_names_the_place_and_how_to_mend_it(team: Team) -> None:
    """Ten hurried briefs, ten findings; one that shows its homework passes, and its words reach the rep."""
    team.people("summit", person("Ada", "Okafor", ADA.contact, company="Acme Inc"))
    found = team.checked({name: brief for name, (brief, _) in _IN_A_HURRY.items()})
    for name, (_, rule) in _IN_A_HURRY.items():
        assert rule in [line["rule_id"] for line in found[name]], name
        assert all(line["place"] and line["message"] and line["fix"] for line in found[name])

    for brief, _ in _IN_A_HURRY.values():
        team.brief(brief.text())
    run = team.morning()
    assert team.queue() == {}
    assert set(run.verdicts().values()) == {"brief_wanted"}

    team.brief(ADA.but(date="2026-10-14").text())
    team.morning(days=1)
    line = team.queue()["Ada Okafor"]
    assert line["opening_line"] == ADA.opening_line
    sheet = team.call_sheet(line["owner"])
    assert "https://acme.example/news/joliet" in sheet
    assert "compare the two at the gate" in sheet  # the solution
    assert "flower wholesaler" in sheet  # the example
