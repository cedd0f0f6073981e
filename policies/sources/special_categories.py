"""Lists on which merely to stand reveals what the law protects: found by words where the contract says otherwise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from policies.folding import fold_words
from policies.sources.headers import header_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.sources.contract import SourceContract

__all__ = ["membership_doubt"]


def membership_doubt(contract: SourceContract, headers: Sequence[str], lists: Mapping[str, Any]) -> str | None:
    """The category that words of a list reveal although its contract states ``none``; None: nothing contradicts it.

    Looked at are name, supplier and the words shown to the people, the columns the contract names, and ``headers``.
    Whatever else the contract states (a category, unknown, nothing) is judged by rules of its own.
    """
    if contract.membership_reveals != "none":
        return None
    texts = fold_words([contract.name or "", contract.supplier or "", contract.told or "", contract.id])
    stated = [header for named in contract.columns.values() for header in named]
    said = [_without_exceptions(text, lists) for text in (*texts, *header_words([*stated, *headers]))]
    for category, patterns in lists.get("special_categories", {}).items():
        if any(re.search(pattern, text) for pattern in patterns for text in said):
            return str(category)
    return None


def _without_exceptions(words: str, lists: Mapping[str, Any]) -> str:
    for phrase in lists.get("special_categories_except", {}).get("phrases", ()):
        words = re.sub(phrase, " ", words)
    return words
