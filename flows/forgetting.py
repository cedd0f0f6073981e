"""Forgetting somebody on request: whom it reaches, and doing it under the workspace lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.filing import erasing, reach
from flows.ledger.contacts import ContactLists
from flows.ledger_access import open_ledger
from flows.locks import workspace_lock
from flows.pipeline import prepare
from flows.policy_files import word_lists
from flows.queue.suppression_now import refresh_queue

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.filing.erasing import Gone
    from flows.filing.reach import Reach
    from flows.workspace import Workspace

__all__ = ["forget", "reach_of"]


def reach_of(ws: Workspace, contact: str) -> Reach:
    """Whom a request for erasure is about and what of theirs would go; nothing is changed. It waits for no rule file.

    Raises ``UnknownContact``, and ``UsageError`` where several people stand under the contact.
    """
    with open_ledger(ws) as ledger:
        return reach.reach_of(ws, ledger, contact, ContactLists.of(word_lists(ws)))


def forget(ws: Workspace, contact: str, request: str, *, progress: Callable[[str], None] | None = None) -> Gone:
    """Erase whom :func:`reach_of` names, and take them out of the queue in force."""
    step = progress or (lambda _: None)
    with open_ledger(ws) as ledger:
        with workspace_lock(ws, on_wait=lambda: step("waiting for another command")):
            prepare(ws)
            step("taking their data away")
            found = reach.reach_of(ws, ledger, contact, ContactLists.of(word_lists(ws)))
            gone = erasing.erase(ws, ledger, found, request)
        refresh_queue(ws, ledger)
    return gone
