"""Word processors put a curved apostrophe where a straight one was typed: a name is spelled right under either."""

from __future__ import annotations

import pytest

from tests.policies.brief_texts import FULL, rule_ids


@pytest.mark.parametrize("written", ["Zoë O\u2019Sullivan", "Zoë O\u02bcSullivan", "Zoë O'Sullivan"])
@pytest.mark.parametrize("recorded", ["Zoë O'Sullivan", "Zoë O\u2019Sullivan"])
def test_either_form_spells_the_name(written: str, recorded: str) -> None:
    """In the opening line and in the research."""
    text = FULL.replace("Jördis Brückner", written).replace("j.brueckner", "zoe")
    assert rule_ids(text, (recorded,)) == []


def test_another_name_stays_another() -> None:
    """Only the sign is one, not the letters around it."""
    assert "brief.opening_name" in rule_ids(FULL.replace("Jördis Brückner", "Zoë O\u2019Sulivan"), ("Zoë O'Sullivan",))
