"""Accepted briefs: the text as ``<sha256>.md``, what is known of it beside it as ``<sha256>.json``.

The text is written first: a brief counts once its JSON is there.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.files import mending, write_bytes
from policies.schema import BRIEFS, conform

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from flows.workspace import Workspace

__all__ = ["accept_brief", "briefs_of", "load_briefs"]

_ID: Final = re.compile(r"[0-9a-f]{16}")


def accept_brief(ws: Workspace, brief: Mapping[str, object]) -> str:
    """Store one row of ``BRIEFS``; gives the hash of its text. The same text again changes nothing.

    Raises ``WorkspaceError`` on disk trouble.
    """
    text = str(brief["text"]).encode()
    sha256 = hashlib.sha256(text).hexdigest()
    place = ws.store_briefs / f"{sha256}.json"
    if not place.is_file():
        known = {name: _plain(brief.get(name)) for name in BRIEFS if name != "text"}
        write_bytes(place.with_suffix(".md"), text)
        write_bytes(place, (json.dumps(known, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode())
    return sha256


def load_briefs(ws: Workspace) -> pl.DataFrame:
    """Every accepted brief as ``BRIEFS``, ordered by id; raises ``WorkspaceError`` where a text is missing."""
    rows = [_row(file) for file in sorted(ws.store_briefs.glob("*.json"))] if ws.store_briefs.is_dir() else []
    return conform(pl.DataFrame(rows, schema=BRIEFS), BRIEFS).sort("brief_id")


def briefs_of(ws: Workspace, brief_ids: Collection[str]) -> pl.DataFrame:
    """The accepted briefs with these ids as ``BRIEFS``, ordered by id; no other is read. Unknown ids are left out.

    Raises ``WorkspaceError`` where a text is missing.
    """
    wanted = sorted(name for name in set(brief_ids) if _ID.fullmatch(name))
    rows = [_row(file) for name in wanted for file in sorted(ws.store_briefs.glob(f"{name}*.json"))]
    return conform(pl.DataFrame(rows, schema=BRIEFS), BRIEFS).sort("brief_id")


def _row(file: Path) -> dict[str, object]:
    with mending(file):
        known: dict[str, object] = json.loads(file.read_bytes())
    text = file.with_suffix(".md")
    with mending(text):
        known["text"] = text.read_bytes().decode()
    written = known.get("written_on")
    return {**known, "written_on": date.fromisoformat(str(written)) if written else None}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
