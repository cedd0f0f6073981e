"""The invented briefs are what they are said to be, before anybody is measured with them."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from policies.brief import parse_brief
from tests.briefs.corpus import BAD, GOOD, corpus
from tests.briefs.invented import good_drafts, many_drafts
from tests.briefs.material import LANGUAGES


def test_forty_of_three_hundred_are_bad_in_a_dozen_ways_and_more() -> None:
    """Every one can be read, is about somebody of their own, and the order tells nothing."""
    found = corpus()
    kinds = Counter(labelled.expected for labelled in found)
    assert (len(found), kinds.pop(None), kinds.total()) == (GOOD + BAD, GOOD, BAD)
    assert len(kinds) >= 12
    assert {labelled.draft.language for labelled in found} == set(LANGUAGES)
    assert len({labelled.draft.contact for labelled in found}) == len(found)
    assert all(parse_brief(labelled.draft.text).parts for labelled in found)


def test_the_same_seed_writes_the_same_briefs() -> None:
    """And another one writes others; the first thousand of many are the same as a thousand."""
    first, again, other = ([draft.text for draft in good_drafts(40, seed)] for seed in (1, 1, 2))
    assert first == again
    assert not set(first) & set(other)
    assert list(islice(many_drafts(100_000, 3), 50)) == list(many_drafts(50, 3))
