"""Three hundred briefs, forty of them bad, each with the finding it must get.

The good ones are kept honest on purpose: hospitals speak of patients, schools of children, works councils of
agreements, churches of heating, and none of that is about anybody's private life.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Final

from tests.briefs.faults import FAULTS, MISTAKES
from tests.briefs.invented import good_drafts

if TYPE_CHECKING:
    from tests.briefs.drafts import Draft

__all__ = ["BAD", "GOOD", "Labelled", "corpus", "mistakes"]

GOOD: Final = 260
BAD: Final = 40
_SPOILT: Final = 1_000  # drafts are numbered from here on where they are meant to be spoilt


@dataclass(frozen=True)
class Labelled:
    """A brief and the finding it must get; none: it is good."""

    draft: Draft
    expected: str | None


@cache
def corpus(seed: int = 7) -> tuple[Labelled, ...]:
    """The briefs in an order that tells nothing."""
    dice = Random(seed)  # noqa: S311  # the same briefs every time, no secrets
    good = good_drafts(GOOD, seed)
    fresh = iter(good_drafts(_SPOILT, seed + 1)[GOOD:])
    found = [Labelled(draft, None) for draft in good]
    for rule_id, spoil in FAULTS:
        found.append(Labelled(spoil(dice, fresh, good), rule_id))
    dice.shuffle(found)
    return tuple(found)


@cache
def mistakes(seed: int = 11) -> tuple[Labelled, ...]:
    """Every mistake in words, in every language there is material for."""
    dice = Random(seed)  # noqa: S311  # the same briefs every time, no secrets
    fresh = iter(good_drafts(_SPOILT, seed))
    return tuple(Labelled(spoil(dice, fresh, ()), rule_id) for rule_id, spoil in MISTAKES)
