"""Which files hold somebody still after an erasure: originals are not rewritten, so whoever handles it is told.

Files that events came in are known by the events; texts of briefs and refused rows are looked through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.filing.rejects import names_any
from flows.ledger import Keyring
from flows.ledger.erasure import files_naming

if TYPE_CHECKING:
    from pathlib import Path

    from flows.ledger import Ledger
    from flows.ledger.erasure import Forgotten
    from flows.workspace import Workspace

__all__ = ["still_held"]


def still_held(ws: Workspace, ledger: Ledger, who: Forgotten) -> tuple[str, ...]:
    """The archived files of events and briefs, and the files of refused rows (``rejects/...``), that name somebody."""
    rings = [Keyring((key,)) for key in ledger.keyring]
    tokens = frozenset(made.token for ring in rings for contact in who.contacts for made in contact.tokens(ring))
    came_in = ledger.ask(lambda connection: files_naming(connection, tokens, who.person_ids)) | _lists(ledger, tokens)
    archived = [path for path in sorted(ws.archive.glob("*.*")) if path.stem in came_in]
    looked_through = [*ws.archive.glob("*.md"), *ws.rejects.glob("*.csv")]
    naming = [path for path in looked_through if _names(path, ledger.keyring, tokens)]
    places = {*archived, *naming}
    return tuple(sorted(path.name if path.parent == ws.archive else ws.place(path) for path in places))


def _lists(ledger: Ledger, tokens: frozenset[str]) -> frozenset[str]:
    """The files of long opt-out lists that name one of the tokens in any entry."""
    named = {event.seq for event in ledger.contact_events(tokens) if event.entry}
    files = (snapshot.file_sha256 for snapshot in ledger.bulk_lists() if snapshot.seq in named)
    return frozenset(file for file in files if file is not None)


def _names(path: Path, keyring: Keyring, tokens: frozenset[str]) -> bool:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return any(names_any(keyring, line, tokens) for line in dict.fromkeys(lines) if line.strip())
