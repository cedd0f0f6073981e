"""The invented briefs are what they are said to be, before anybody is measured with them."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from policies.brief import parse_brief
from tests.briefs.corpus import BAD, GOOD, corpus, mistakes
from tests.briefs.invented import good_drafts, many_drafts
from tests.briefs.material import LANGUAGES
from tests.briefs.pooled import POOLED, pooled_drafts


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


def test_every_mistake_is_made_in_every_language() -> None:
    """Placeholders, stock phrases, ourselves first, private lives: each in the words of each language."""
    kinds = {(labelled.draft.language, labelled.expected) for labelled in mistakes()}
    assert len(kinds) == 5 * len(LANGUAGES)
    assert all(labelled.draft.text not in {other.draft.text for other in corpus()} for labelled in mistakes())


def test_colleagues_share_sentences_and_never_a_whole_brief() -> None:
    """Ten sentences a part make two hundred and sixty briefs, no two the same."""
    found = pooled_drafts(GOOD, 5)
    assert len({draft.text for draft in found}) == len({draft.contact for draft in found}) == GOOD
    assert len({tuple(draft.parts[name] for name in POOLED) for draft in found}) == GOOD
