"""Filing research briefs: one Markdown file each, or a CSV of many.

A brief that fails the lint is filed all the same: it counts as failing, and its findings say what to mend.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from flows.files import mending, sha256_file
from flows.filing.dropped import steady
from flows.filing.erased_rows import about_erased
from flows.filing.model import FileOutcome
from flows.readers import read_table
from flows.store import archive_original
from flows.store.briefs import accept_brief
from policies.brief import Brief, brief_rows, briefs_from_csv, parse_brief
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from pathlib import Path

    from flows.filing.dropped import Dropped
    from flows.ledger import Ledger
    from flows.policy_files import Policy
    from flows.workspace import Workspace

__all__ = ["file_briefs", "read_briefs"]

_LARGEST: Final = 1024 * 1024


def read_briefs(path: Path, policy: Policy) -> list[Brief]:
    """The briefs in a file; raises ``RefusedFile`` where it holds none that can be read."""
    if path.suffix.lower() == ".csv":
        table = read_table(path).rows.drop("row_number")
        return [parse_brief(text) for text in briefs_from_csv(table, policy.book.settings["brief"])]
    return [parse_brief(_text(path))]


def _text(path: Path) -> str:
    """The text of a Markdown brief, of bounded size."""
    with mending(path):
        size = path.stat().st_size
        raw = path.read_bytes() if size <= _LARGEST else b""
    if size > _LARGEST:
        raise RefusedFile("brief_too_large", "The brief is larger than 1 MB.", "Keep to what was found out.")
    for encoding in ("utf-8-sig", "cp1252"):  # as older editors on Windows save it
        with contextlib.suppress(UnicodeDecodeError):
            text = raw.decode(encoding)
            if "\0" not in text:
                return text
    raise RefusedFile("brief_unreadable", "The file is no text that can be read.", "Save it as UTF-8 text.")


def file_briefs(ws: Workspace, ledger: Ledger, policy: Policy, item: Dropped, *, dry_run: bool) -> FileOutcome:
    """Store every brief of a file; the same text again changes nothing.

    Raises ``RefusedFile``, also for a file with a brief about somebody who was erased: nothing of it is stored.
    """
    settings = policy.book.settings
    prefixes = settings["lists"]["fictional_phone_prefixes"]
    with steady(item.path):
        rows = brief_rows(read_briefs(item.path, policy), settings["brief"], prefixes)
        sha256 = sha256_file(item.path)
    erased = ledger.erased()
    if any(about_erased(ledger.keyring, erased, row) for row in rows.to_dicts()):
        raise RefusedFile(
            "brief_of_erased",
            "A brief in this file is about somebody whose data was erased. Nothing of the file was stored.",
            "Delete the file, or take that brief out of it and drop it again.",
        )
    if not dry_run:
        for row in rows.to_dicts():
            accept_brief(ws, row)
        archive_original(ws, item.path, sha256)
    return FileOutcome(
        name=item.path.name, kind="briefs", sha256=sha256, rows=rows.height, accepted=rows.height, status="accepted"
    )
