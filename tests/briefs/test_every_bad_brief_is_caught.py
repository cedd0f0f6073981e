"""Three hundred invented briefs, forty of them bad: each bad one is caught with the right finding, no good one refused.

Who invented them did not know the words and patterns of the lint.
"""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest

from policies.brief import brief_facts, brief_rows, parse_brief
from policies.brief.about import EMPLOYERS
from tests.briefs.corpus import corpus
from tests.briefs.invented import TODAY
from tests.policies.brief_texts import SETTINGS

SEEDS = (7,)


@cache
def judged(seed: int) -> dict[int, tuple[str, list[str]]]:
    """State and findings of each brief by its place, judged all together as a run does."""
    drafts = [labelled.draft for labelled in corpus(seed)]
    people = pl.DataFrame(
        {
            "person_id": [f"p{number:026d}" for number in range(len(drafts))],
            "full_name": [draft.names[0] for draft in drafts],
            "family_name": [draft.family for draft in drafts],
            "salutation_name": [draft.given for draft in drafts],
            "email": [draft.contact for draft in drafts],
            "phone": pl.Series([None] * len(drafts), dtype=pl.String),
            "tier_wanted": [draft.wanted or draft.tier for draft in drafts],
        }
    )
    where = pl.DataFrame(
        {
            "person_id": people.get_column("person_id"),
            "companies": [list(draft.companies) for draft in drafts],
            "former": [list(draft.former) for draft in drafts],
            "changed_on": [draft.changed_on for draft in drafts],
        },
        schema=EMPLOYERS,
    )
    briefs = brief_rows([parse_brief(draft.text) for draft in drafts], SETTINGS)
    facts = brief_facts(briefs, people, SETTINGS, TODAY, where).sort("person_id")
    return dict(enumerate(facts.select("brief_state", "findings").iter_rows()))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_bad_brief_gets_the_right_finding_and_no_wrong_one(seed: int) -> None:
    """What is wrong is what is said to be wrong; who speaks of themselves may do so in phrases of the trade, too."""
    for place, labelled in enumerate(corpus(seed)):
        if labelled.expected:
            found = set(judged(seed)[place][1])
            assert labelled.expected in found, labelled
            assert found - {"brief.stop_phrase"} <= {labelled.expected}, labelled


@pytest.mark.parametrize("seed", SEEDS)
def test_no_good_brief_is_refused(seed: int) -> None:
    """In any language, of any tier."""
    good = [place for place, labelled in enumerate(corpus(seed)) if labelled.expected is None]
    assert [judged(seed)[place] for place in good] == [("passing", [])] * len(good)
