"""Good briefs from one drawer: ten sentences a part for a whole trade, with slots for what is true of each firm.

Colleagues who research firms of one trade come to write alike: the same point of view for several, each with its own
facts. Such briefs are good. They are the hard case for whoever looks for boilerplate.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

from tests.briefs.drafts import TIERS
from tests.briefs.invented import good_drafts, words_of
from tests.briefs.material import language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.briefs.drafts import Draft

__all__ = ["POOLED", "copied_from_the_pool", "merged_from_the_pool", "pooled_drafts"]

_POOL: Final = Path(__file__).parent / "pool.toml"
POOLED: Final = ("objective", "problem", "point_of_view", "solution", "example", "opening_line", "questions")


@cache
def _pool() -> Mapping[str, Sequence[str]]:
    table: dict[str, list[str]] = tomllib.loads(_POOL.read_text(encoding="utf-8"))
    return table


def pooled_drafts(count: int, seed: int) -> list[Draft]:
    """So many full briefs in English whose own words come from the drawer."""
    dice = Random(seed)  # noqa: S311  # the same briefs every time, no secrets
    drafts = [draft for draft in good_drafts(count * 12, seed) if (draft.language, draft.tier) == ("en", "full")]
    assert len(drafts) >= count
    return [_pooled(draft, dice) for draft in drafts[:count]]


def copied_from_the_pool(original: Draft, theirs: Draft, sentences: int, dice: Random) -> Draft:
    """Somebody else's brief with so many of the original's parts of our own words, names exchanged."""
    taken = {}
    for name in dice.sample(POOLED, sentences):
        told = original.parts[name].replace(original.names[0], theirs.names[0])
        taken[name] = told.replace(original.companies[1], theirs.companies[1])
    return replace(theirs, parts={**theirs.parts, **taken})


def merged_from_the_pool(drafts: Sequence[Draft], dice: Random) -> list[Draft]:
    """A mail merge: the same sentences for all of them, each with its own facts in the slots."""
    text = {name: dice.sample(_pool()[name], 2 if name == "questions" else 1) for name in POOLED}
    return [
        draft.with_parts(**{name: "\n".join(_filled(one, draft, dice) for one in text[name]) for name in POOLED})
        for draft in drafts
    ]


def _pooled(draft: Draft, dice: Random) -> Draft:
    parts = {name: draft.parts[name] for name in TIERS["full"] if name not in POOLED}
    own = {name: _told(name, draft, dice) for name in POOLED}
    return replace(draft, parts={**parts, **own})


def _told(name: str, draft: Draft, dice: Random) -> str:
    """One sentence of the drawer; two for questions, each with facts of its own."""
    sentences = dice.sample(_pool()[name], 2 if name == "questions" else 1)
    return "\n".join(("- " if name == "questions" else "") + _filled(text, draft, dice) for text in sentences)


def _filled(text: str, draft: Draft, dice: Random) -> str:
    words = language("en")
    facts: dict[str, Any] = words_of(dice, draft, dice.choice(words.place))
    return text.format(**facts)
