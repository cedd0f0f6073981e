"""Accepted lists for tests of the store: two people of example.com and one refused row."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import polars as pl

from flows.store import ListMeta, accept_list
from policies.schema import RECORDS, conform

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ACCEPTED = datetime(2026, 10, 14, 6, 30, tzinfo=UTC)
ORIGINAL = b"name,email\nAda,ada@example.com\nBo,bo@example.com\n,=nonsense\n"


def drop(ws: Workspace, data: bytes = ORIGINAL, name: str = "List.CSV", source: str = "fair") -> Path:
    """Put a file into the drop folder of a source."""
    path = ws.inbox_of("lists") / source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def take_in(ws: Workspace, original: Path) -> ListMeta:
    """Accept a dropped file, read the way this module says."""
    data = original.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    meta = ListMeta(
        sha256=sha256,
        source=original.parent.name,
        extension="csv",
        dropped_as=original.relative_to(ws.data).as_posix(),
        rows=3,
        rejected=1,
        ignored_lines=0,
        accepted_at=ACCEPTED,
        obtained_on=date(2026, 9, 1),
        contract_sha256="c" * 64,
        reading={"delimiter": ","},
    )
    return accept_list(ws, meta, records_of(sha256), rejects(), original)


def records_of(sha256: str) -> pl.DataFrame:
    """``RECORDS`` in no particular order."""
    rows = pl.DataFrame({"row_number": [3, 1, 2], "reject_code": ["email_invalid", None, None]})
    return conform(rows.with_columns(file_sha256=pl.lit(sha256), record_id=pl.format("{}", "row_number")), RECORDS)


def rejects() -> pl.DataFrame:
    """The refused row as it came, and why."""
    return pl.DataFrame({"name": [None], "email": ["=nonsense"], "_row": [3], "_code": ["email_invalid"]})
