"""P12: measure conversations, not activity. The report leads with conversations per contact made, and ranks nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.practice.homework import ALL
from tests.practice.team import person

if TYPE_CHECKING:
    from tests.practice.team import Team

_CAME_OF_IT = {
    "Ada Okafor": "meeting",
    "Bea Ruiz": "replied",
    "Cal Whitaker": "no_answer",
    "Dana Lindqvist": "no_answer",
    "Evan Tran": "not_interested",
    "Fiona Marsh": "voicemail",
}


def test_six_contacts_and_two_conversations_are_two_in_six(team: Team) -> None:
    """The first figure of the report is 2 of 6; no rep's volume stands anywhere in report, status or queue files."""
    for homework in ALL:
        given, _, family = homework.name.partition(" ")
        company = homework.contact.partition("@")[2].partition(".")[0].title()
        team.people("summit", person(given, family, homework.contact, company=f"{company} Inc"))
        team.brief(homework.text())
    first = team.morning()
    assert first.report()["conversations"] is None
    team.hand_back({name: {"outcome": outcome, "said": "A note."} for name, outcome in _CAME_OF_IT.items()})
    run = team.morning(days=1)
    figures = run.report()["conversations"]
    assert (figures["contacts"], figures["conversations"]) == (6, 2)
    assert _words(run.page()).index("2 of 6 contacts made") < _words(run.page()).index("to contact today")
    for rep in ("maria", "tom"):
        name = re.compile(rf"\b{rep}\b")
        assert not name.search(_words(run.page()))
        assert not name.search((run.folder / "report.json").read_text(encoding="utf-8").lower())
        assert not name.search(team.tactful("status").lower())


def _words(page: str) -> str:
    """What a reader of the page sees, in lower case."""
    body = re.sub(r"(?s)<(style|script|svg)\b.*?</\1>", " ", page.partition("<body")[2])
    return " ".join(re.sub(r"<[^>]+>", " ", body).lower().split())
