"""Nothing is written down again about who was erased: their events go without what was said in plain text.

Apart from the filing of files, so that a single opt-out need not load all of that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.ledger import Ledger, NewEvent

__all__ = ["without_texts"]


def without_texts(ledger: Ledger, events: Iterable[NewEvent]) -> list[NewEvent]:
    """Events without the plain text of those that name somebody erased."""
    found = list(events)
    tokens = ledger.erased().tokens if found else frozenset()
    if not tokens:
        return found
    return [
        replace(event, erasable={}) if any(made.token in tokens for made in event.tokens) else event for event in found
    ]
