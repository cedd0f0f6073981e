"""Whoever has talked with us is not written to under a brief of before: what they said must stand in it (P10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import polars as pl
import pytest

from policies.brief import About, brief_facts, brief_rows, lint, parse_brief
from tests.policies.brief_texts import CONVERSATION, FULL, NAMES, SETTINGS, TODAY

_DATED: Final = date(2026, 10, 13)  # the day CONVERSATION was written; FULL is four days older
_TALKED: Final = About(NAMES, tier_wanted="conversation")


def _found(text: str, answered_on: date | None) -> set[str]:
    return {
        found.rule_id for found in lint(parse_brief(text), SETTINGS, TODAY, replace(_TALKED, answered_on=answered_on))
    }


@pytest.mark.parametrize(
    ("text", "answered_on", "expected"),
    [
        (FULL, None, set()),  # nobody talked: a fuller brief serves
        (FULL, date(2026, 10, 1), {"brief.part_missing"}),  # of after the talk, and yet without a word of it
        (FULL, date(2026, 10, 12), {"brief.part_missing", "brief.before_they_spoke"}),
        (CONVERSATION, date(2026, 10, 14), {"brief.before_they_spoke"}),
        (CONVERSATION, _DATED, set()),  # written once they had hung up
        (CONVERSATION, date(2026, 10, 1), set()),
    ],
    ids=["never", "after", "before", "before, short", "that day", "after, short"],
)
def test_a_brief_of_before_the_talk_does_not_serve(text: str, answered_on: date | None, expected: set[str]) -> None:
    """Fuller or not, it must have what was asked and said, and be no older than that."""
    assert _found(text, answered_on) == expected


def test_one_that_was_good_before_they_spoke_is_stale() -> None:
    """Time alone has gone over it: the person waits for a newer one."""
    people = pl.DataFrame(
        {
            "person_id": ["p"],
            "full_name": ["Jördis Brückner"],
            "family_name": ["Brückner"],
            "salutation_name": ["Jördis"],
            "email": [None],
            "phone": ["+493023125111"],
            "tier_wanted": ["conversation"],
            "answered_on": [date(2026, 10, 14)],
        },
        schema_overrides={"email": pl.String},
    )
    (fact,) = brief_facts(brief_rows([parse_brief(CONVERSATION)], SETTINGS), people, SETTINGS, TODAY).to_dicts()
    assert (fact["brief_state"], fact["findings"]) == ("stale", ["brief.before_they_spoke"])
