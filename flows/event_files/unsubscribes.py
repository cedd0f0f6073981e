"""Unsubscribe tokens in an opt-out file: what a web form or a mail program hands on when somebody follows the link.

A cell may hold the token, the whole link or its query. A token that does not open stops nobody: it was cut or forged,
and the row is a reject. In a file that names people otherwise, a column of that name may be another product's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.event_files.words import known_word
from flows.ledger.events import OptOut
from flows.ledger.unsubscribe import token_in, unsubscribe_event
from flows.ledger.vocabulary import CHANNELS
from policies.errors import UsageError

if TYPE_CHECKING:
    from flows.event_files.reading import Row
    from flows.ledger.model import NewEvent

__all__ = ["TOKEN_NAMES", "token_events"]

# The columns a token may stand in, by what their headers are called.
TOKEN_NAMES: Final = ("token", "unsubscribe_token", "unsubscribe_link", "unsubscribe_url", "list_unsubscribe")
_WIDEST: Final = "The stop counts at its widest meanwhile."


def token_events(row: Row, *, names_others: bool) -> list[NewEvent]:
    """The opt-outs that the tokens of a row are; their cells are taken, so that nothing else is read from them.

    ``names_others``: the file has columns of contacts besides, so that a strange token is no fault of the row.
    """
    tokens = [token for name in ("token", "value") if (token := token_in(row.cells.get(name, "")))]
    for name in ("token", "value"):
        if token_in(row.cells.get(name, "")):
            row.cells[name] = ""
    if not tokens and row.text("token") and not names_others:
        row.named += 1
        row.problem(
            "token_unreadable",
            "The cell holds no unsubscribe token of this workspace. It stops nobody.",
            "Copy the whole token or link from the message, or give the e-mail address itself.",
        )
    return [event for token in tokens for event in _opened(row, token)]


def _opened(row: Row, token: str) -> list[NewEvent]:
    """The event of one token; none, and a problem of the row, where it does not open."""
    row.named += 1
    stated = row.instant("received_at")
    said = OptOut(
        received_at=stated or row.context.now,
        undated=stated is None,
        method=row.text("method"),
        channel=known_word(row, "channel", CHANNELS, _WIDEST),
        source=row.source,
    )
    try:
        event = unsubscribe_event(row.context.keyring, token, said)
    except UsageError as error:
        row.problems.append(error)
        return []
    row.understood += 1
    return [event]
