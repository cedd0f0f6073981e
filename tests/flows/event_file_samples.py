"""Event files for tests, and the context they are read in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.event_files import EventContext
from tests.flows.ledger.ledgers import KEYRING, LISTS, NOW

if TYPE_CHECKING:
    from pathlib import Path

CONTEXT = EventContext(keyring=KEYRING, now=NOW, zone="Europe/Berlin", lists=LISTS, country="DE")


def write(folder: Path, text: str, name: str = "dropped.csv", encoding: str = "utf-8") -> Path:
    """A dropped file with this text."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path
