"""What a rep or a consent tool wrote where a word of a vocabulary belongs, and nobody listed.

What reads like a refusal is one, at its widest. Anything else may be one: whoever it is about is held until somebody
mends the row. Nothing that a person said is dropped for its spelling.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows.ledger.events import Doubt, OptOut, doubt_event, optout_event
from flows.ledger.vocabulary import checked
from policies.errors import UsageError
from policies.folding import fold_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.event_files.reading import Row
    from flows.ledger.contacts import Contact, ContactLists
    from flows.ledger.model import NewEvent

__all__ = ["held_or_stopped", "known_word", "reads_like_a_refusal"]


def known_word(row: Row, field: str, vocabulary: Mapping[str, str], meanwhile: str) -> str | None:
    """The word of a vocabulary in a cell; None where it is blank or unknown.

    An unknown one is a problem of the row; ``meanwhile`` says what comes of it until the row is mended.
    """
    text = row.text(field)
    if text is None:
        return None
    try:
        return checked(field, text, vocabulary)
    except UsageError as error:
        row.problem(error.code, f"{error.message} {meanwhile}", error.fix)
        return None


def reads_like_a_refusal(text: str, lists: ContactLists) -> bool:
    """Whether a text says "no" by itself (``flags.refusal_patterns`` of the word lists)."""
    [bare] = fold_words([text])
    return any(re.search(pattern, bare) for pattern in lists.refusal_patterns)


def held_or_stopped(row: Row, field: str, contacts: Sequence[Contact], line: str) -> list[NewEvent]:
    """The event of an unknown word about somebody: an opt-out where it reads like a refusal, else a doubt.

    ``line`` tells the word from the same one said at another time.
    """
    words = row.text(field) or ""
    if reads_like_a_refusal(words, row.context.lists):
        said = OptOut(
            contacts=contacts,
            person_id=row.person_id(),
            received_at=row.context.now,
            method="touch" if field == "outcome" else None,
            words=words,
            undated=True,
            source=row.source,
        )
        return [optout_event(row.context.keyring, said, row.context.lists)]
    raised = Doubt(
        at=row.context.now,
        code=f"{field}_unknown",
        words=words,
        contacts=contacts,
        person_id=row.person_id(),
        line=line,
        source=row.source,
    )
    return [doubt_event(row.context.keyring, raised)]
