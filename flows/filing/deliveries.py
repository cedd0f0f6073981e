"""What an opt-out file is to the feed it was dropped for: a delivery, or one that does not count.

A file that is empty, cut off or much shorter than the one before is no delivery: whatever it says counts, the file goes
to quarantine, and its feed is not fresh until a whole one arrives.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.clock import now
from flows.event_files.beside import sidecar_of, stated_rows
from flows.files import sha256_file
from flows.ledger.touch_events import feed_import_event
from flows.store import archive_original, quarantine
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from pathlib import Path

    from flows.event_files import EventReading
    from flows.ledger import Ledger
    from flows.settings import Feed
    from flows.workspace import Workspace
    from policies.errors import TactfulError

__all__ = ["as_delivery", "put_away", "record_delivery", "record_no_delivery"]

_PERCENT = 100


def as_delivery(ws: Workspace, ledger: Ledger, feed: str | None, path: Path, reading: EventReading) -> EventReading:
    """The reading of a file for a feed, with a flaw where the file is shorter than the feed's files are.

    A list whose length is stated beside it is whole, however long the one before was.
    """
    declared = next((one for one in ws.settings.optout_feeds.feed if one.name == feed), None)
    if declared is None or reading.flaw is not None or stated_rows(path) == reading.rows:
        return reading
    return replace(reading, flaw=_too_short(ledger, declared, reading))


def _too_short(ledger: Ledger, feed: Feed, reading: EventReading) -> RefusedFile | None:
    if reading.rows < feed.min_rows:
        return RefusedFile(
            "feed_short",
            f"The file has {reading.rows:,} rows; this feed has {feed.min_rows:,} at least. What it says counts.",
            "Export the whole list again, or lower min_rows of the feed in tactful.toml, and drop the file again.",
            {"rows": reading.rows, "min_rows": feed.min_rows},
        )
    before = ledger.last_feed_import(feed.name) if feed.full else None
    if before is None or reading.rows * _PERCENT >= before.body["rows"] * feed.shrink_percent:
        return None
    return RefusedFile(
        "feed_shrunk",
        f"The file has {reading.rows:,} rows, and the one before it had {before.body['rows']:,}: a list of all who "
        "opted out does not shrink so. What it says counts.",
        "Export the whole list again. If the feed sends changes only, say full = false for it in tactful.toml; if the "
        "list is right, say rows = <how many> in a file named as the list with .toml behind it; drop the list again.",
        {"rows": reading.rows, "before": before.body["rows"]},
    )


def record_delivery(ws: Workspace, ledger: Ledger, feed: str | None, sha256: str, reading: EventReading) -> None:
    """Note that a file of a feed came, and why it does not count if it does not."""
    if feed is not None:
        why = None if reading.flaw is None else reading.flaw.code
        _note(ws, ledger, feed, sha256, (reading.rows, reading.counted), why)


def record_no_delivery(ws: Workspace, ledger: Ledger, feed: str | None, path: Path, error: TactfulError) -> None:
    """Note that a file came for a declared feed that could not be read at all; call it before the file is moved."""
    if any(one.name == feed for one in ws.settings.optout_feeds.feed) and feed is not None and path.is_file():
        _note(ws, ledger, feed, sha256_file(path), (0, 0), error.code)


def _note(ws: Workspace, ledger: Ledger, feed: str, sha256: str, rows: tuple[int, int], why: str | None) -> None:
    """Note a file as the feed's newest; ``rows``: all of them, and those that count.

    A file that comes once more after another one is the newest again; one right after itself changes nothing.
    """
    last = ledger.last_feed_import(feed, whole=False)
    same = last is None or (last.body["file_sha256"], last.body.get("why")) == (sha256, why)
    after = 0 if same or last is None else last.seq
    ledger.append([feed_import_event(feed, sha256, *rows, now(ws.settings), why=why, after=after)])


def put_away(ws: Workspace, path: Path, sha256: str, flaw: RefusedFile | None) -> None:
    """Archive the original of a file and what is declared beside it, or put it into quarantine with what is wrong."""
    beside = sidecar_of(path)
    if beside.is_file() and not beside.is_symlink():
        archive_original(ws, beside, sha256_file(beside))
    if flaw is None:
        archive_original(ws, path, sha256)
    else:
        quarantine(ws, path, flaw)
