"""Opening a workspace's ledger: its database, its keys, its clock."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from flows.clock import now
from policies.errors import LedgerError, TactfulError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.ledger import Keyring, Ledger
    from flows.workspace import Workspace

__all__ = ["create_ledger", "keyring_of", "open_ledger"]


def keyring_of(ws: Workspace) -> Keyring:
    """The keys of a workspace; raises ``HeldError`` where there is none or one is damaged."""
    from flows.ledger import load_keyring

    return load_keyring(ws.keys, ws.key_file_elsewhere)


@contextlib.contextmanager
def open_ledger(ws: Workspace) -> Iterator[Ledger]:
    """The ledger of a workspace, closed again at the end; what an interrupted command left undone is completed first.

    Raises ``LedgerError`` where it is missing, locked or damaged and ``HeldError`` where its key is not there. A ledger
    that is missing is made only where nothing ever happened (see ``ledger_beginning``).
    """
    from flows.ledger.journal import Journal
    from flows.queue.suppression_now import keep_queue_current

    ledger = _opened(ws)
    ledger.attach(lambda: keyring_of(ws), Journal(ws.journal_file))
    try:
        with contextlib.suppress(TactfulError):  # another command may be at it
            _complete_erasure(ws, ledger)
        with contextlib.suppress(TactfulError):  # what cannot be completed here is said where it matters
            _complete_undos(ws, ledger)
            keep_queue_current(ws, ledger)
        head = ledger.head()
        try:
            yield ledger
        except BaseException:
            with contextlib.suppress(TactfulError):
                _heed_what_came(ws, ledger, head)  # what was said before the trouble holds at once all the same
            raise
        _heed_what_came(ws, ledger, head)
    finally:
        ledger.close()


def _opened(ws: Workspace) -> Ledger:
    from flows.ledger import Ledger

    def opened() -> Ledger:
        return Ledger.open(ws.database_url, keyring_of(ws), lambda: now(ws.settings), snapshot_folder=ws.store_optouts)

    try:
        return opened()
    except LedgerError as error:
        from flows.ledger_beginning import begin_elsewhere

        if error.code != "ledger_missing" or not begin_elsewhere(ws):
            raise
    return opened()


def _heed_what_came(ws: Workspace, ledger: Ledger, head: int) -> None:
    """Whoever wrote to the ledger meanwhile, no stop waits for the next command."""
    from flows.queue.suppression_now import keep_queue_current

    if ledger.head() != head:
        keep_queue_current(ws, ledger)


def _complete_undos(ws: Workspace, ledger: Ledger) -> None:
    """Complete an interrupted ``intake undo``, if there is one."""
    from flows.store import withdrawn_lists

    if withdrawn_lists(ws):
        from flows.filing.undo import complete_undos

        complete_undos(ws, ledger)


def _complete_erasure(ws: Workspace, ledger: Ledger) -> None:
    """Complete an interrupted ``forget``, if there is one and nobody is at it."""
    from flows.store.redacting import erasing

    if erasing(ws):
        from flows.filing.erasing import complete_erasure

        complete_erasure(ws, ledger)


def create_ledger(ws: Workspace) -> None:
    """Make the ledger of a new workspace; raises ``LedgerError`` where there is one already."""
    from flows.ledger import Ledger

    Ledger.create(ws.database_url, keyring_of(ws), lambda: now(ws.settings)).close()
