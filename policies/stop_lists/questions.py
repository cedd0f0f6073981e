"""Columns whose header asks people whether they want to hear from us, and what they answered.

Their yes leaves people alone who did not opt out, their no stops, and any other answer is a doubt. A header that asks
whether to stop, or denies anything, is no such question: whoever is on the list is then stopped with the rest of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.folding import fold_words
from policies.sources.headers import fits_any
from policies.stop_lists.vocabulary import State, word_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["asks_to_hear", "polite_answers"]

_MOST: Final = 6  # words of an answer; more of them are a sentence


def asks_to_hear(header: str, lists: Mapping[str, Any]) -> bool:
    """Whether a header in folded words asks if somebody wants to hear from us."""
    patterns = lists.get("optout_files", {}).get("questions", {})
    refusing = (*patterns.get("refusing", ()), *lists.get("optout_files", {}).get("refusing_headers", ()))
    denying = lists.get("flags", {}).get("negation_patterns", ())
    asks = fits_any(patterns.get("asking", ()), header) and fits_any(patterns.get("about", ()), header)
    return asks and not fits_any((*refusing, *denying), header)


def polite_answers(cells: Sequence[str], lists: Mapping[str, Any]) -> dict[str, State]:
    """What plain answers to such a question say, with or without polite words around them; other cells are left out."""
    listed, own = lists.get("opt_out_words", {}), lists.get("optout_files", {})
    answers, questions = own.get("answers", {}), own.get("questions", {})
    yes = _folded((*listed.get("assent", ()), *answers.get("yes", ())))
    no = _folded((*listed.get("no", ()), *answers.get("no", ())))
    never = _folded(questions.get("never", ()))
    polite = _folded(questions.get("polite", ()))
    found: dict[str, State] = {}
    for cell, key in zip(cells, word_keys(list(cells)), strict=True):
        said = key.split()
        bare = [word for word in said if word not in polite]
        if said and said[0] in never:
            found[cell] = "stop"
        if len(bare) != 1 or len(said) > _MOST:
            continue
        if bare[0] in no:
            found[cell] = "stop"
        elif bare[0] in yes:
            found[cell] = "no"
    return found


def _folded(listed: Sequence[str]) -> frozenset[str]:
    return frozenset(word for word in fold_words(tuple(listed)) if word)
