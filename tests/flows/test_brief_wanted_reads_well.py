"""The worklist of research at a terminal: who waits for an answer, who for research, who for a day; what to type."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.commands.research_texts import wanted_text

TODAY = date(2026, 10, 14)
LONG = "hannelore.wolkenstein-birkenfeld@kestrel.example"


def row(said: dict[str, object], contact: str = "ada@acme.example") -> dict[str, Any]:
    """A line of the worklist."""
    known = {"person_id": "p7paetqpgnu3lfug7jyj7azv24f", "full_name": "Ada Okafor", "relationship": "cold"}
    brief = {"tier": "full", "brief_state": "none", "waiting_days": 3}
    days = dict.fromkeys(("asked_on", "answer_by", "permission_ends_on", "contact_from"))
    return {"contact_point": contact, **known, **brief, **days, **said}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"answer_by": TODAY, "relationship": "customer"}, ["They asked us (1)", "today", "no end"]),
        ({"answer_by": date(2026, 10, 12)}, ["2026-10-12 late", "1 person who asked us something should have had"]),
        (
            {"relationship": "inquired", "asked_on": TODAY, "permission_ends_on": TODAY},
            ["They asked us (1)", "tried", "2026-10-14"],
        ),
        ({"relationship": "inquired"}, ["To research", "inquired", "none"]),  # consented, and asked nothing
        ({"brief_state": "lower_tier"}, ["too short"]),
        ({"relationship": "in_conversation"}, ["in conversation", "none"]),
        ({"contact_from": date(2026, 11, 2)}, ["No hurry: not to be contacted before (1)", "2026-11-02"]),
        ({"full_name": "Ada\x1b[31m\nOkafor"}, ["Ada\N{REPLACEMENT CHARACTER}[31m"]),
    ],
)
def test_each_stands_where_they_belong(said: dict[str, object], words: list[str]) -> None:
    """With the days that count; and what comes from a list steers no terminal."""
    text = wanted_text([row(said)], TODAY, 20)
    assert [word for word in words if word not in " ".join(text.split())] == []
    assert "Start with: tactful brief new ada@acme.example" in " ".join(text.split())


def test_the_first_of_many_are_shown_and_the_rest_counted() -> None:
    """Unless everybody is asked for; it all fits a terminal, a long address on two lines."""
    rows = [row({"full_name": "Hannelore Wolkenstein-Birkenfeld", "relationship": "in_conversation"}, LONG)] * 30
    text = wanted_text(rows, TODAY, 20)
    assert "and 10 more: add --all" in text
    assert text.count("\nhannelore.wolkenstein-  ") == text.count("\nbirkenfeld@kestrel.example") == 20
    assert max(map(len, text.splitlines()[:-1])) <= 80
    assert wanted_text(rows, TODAY, None).count("\nbirkenfeld@kestrel.example") == 30
    assert "p7paetqpgnu3lfug7jyj7azv24f" not in text


@pytest.mark.parametrize("relationship", ["cold", "in_conversation"])
def test_an_address_of_usual_length_stands_whole(relationship: str) -> None:
    """Whoever reads the list copies it from there."""
    text = wanted_text([row({"relationship": relationship}, "malys.mcallister@northgate.example")], TODAY, 20)
    assert "malys.mcallister@northgate.example  Ada" in text
    assert "Known as" in text


def test_nobody_waiting_is_said() -> None:
    """No table without lines."""
    assert wanted_text([], TODAY, 20) == "Nobody waits for a brief."
