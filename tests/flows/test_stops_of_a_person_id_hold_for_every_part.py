"""Law 1 for words about a person id: whatever people judge later, every part of whom it ever stood for stays stopped.

An id is kept by the part with the earliest record, which need not be the one that spoke: a judgement that tells two
apart says nothing about which of them a word about the whole person came from.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from flows.asking.questions import why
from flows.cli import call
from tests.effort import each
from tests.small_workspace import Line, at, publish, published

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA = Line("ada@acme.example", phone="+1 312 555 0101")
BEA = Line("bea@bolt.example", "Ruiz", given="Bea", company="Bolt Inc")
DAYS = [datetime(2026, 10, day, 6, 30, tzinfo=UTC) for day in (14, 15, 16)]


def say(ws: Workspace, *words: str) -> None:
    """Run a command of a workspace, which succeeds."""
    assert call([*words, "--workspace", str(ws.root)]) == 0


def verdict(ws: Workspace, who: Line) -> str:
    """Where somebody stands by now."""
    return str(why(ws, [who.email])[0]["verdict"])


def person(ws: Workspace, who: Line) -> str:
    """The id somebody stands under."""
    return str(why(ws, [who.email])[0]["person_id"])


@pytest.mark.parametrize(("who", "merged"), each([(BEA, False), (ADA, False), (ADA, True), (BEA, True)], 2))
def test_a_word_about_an_id_holds_for_whoever_it_stood_for_when_they_are_told_apart(
    tmp_path: Path, who: Line, *, merged: bool
) -> None:
    """Merged by hand and told apart again: the one who spoke is stopped, whoever keeps the id."""
    ws = published(tmp_path / "ws", {"summit": [ADA, BEA]})
    own = person(ws, who)
    if not merged:
        say(ws, "optout", "add", own)
    say(ws, "people", "same", ADA.email, BEA.email)
    publish(at(ws, DAYS[1]))
    if merged:
        say(ws, "optout", "add", own)
    say(ws, "people", "different", ADA.email, BEA.email)
    for day in DAYS[1:]:
        assert verdict(at(ws, day), who) == "suppressed"
        publish(at(ws, day))
    assert verdict(at(ws, DAYS[2]), who) == "suppressed"
