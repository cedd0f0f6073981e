"""Erasing somebody: what their stops were spread to is written down, then the erasure, then the facts go (design D5).

From the event on the person is suppressed whatever comes; what follows it only takes facts away, and is completed by
the next command wherever it was interrupted. Nothing here makes anybody less suppressed (law 1).
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flows.clock import now
from flows.files import mending, sha256_file
from flows.filing.erased_rows import about_erased, with_stubs
from flows.ledger.erasure import erasure_event, redaction_event
from flows.store import active_lists, load_briefs, load_generation, load_records
from flows.store.matching import drop_states
from flows.store.redacting import (
    Redaction,
    begin,
    complete_redactions,
    erasing,
    finish,
    put_in_place,
    stage_list,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flows.filing.reach import Reach
    from flows.ledger import Ledger
    from flows.ledger.erasure import Erased
    from flows.workspace import Workspace

__all__ = ["Gone", "complete_erasure", "erase", "nothing_comes_back", "take_away"]


@dataclass(frozen=True, slots=True)
class Gone:
    """What went: the number of the erasure, rows reduced to stubs, briefs removed, texts taken out of the ledger."""

    event: int
    rows: int
    briefs: int
    texts: int
    spread: int


def erase(ws: Workspace, ledger: Ledger, reach: Reach, request: str) -> Gone:
    """Erase whom a reach names; asked again, it completes what is left. Needs the workspace lock."""
    from flows.filing.spread import spread_of_records

    before = ledger.head()
    if reach.who.record_ids:
        ledger.append(spread_of_records(ws, ledger, reach.who.record_ids))
    written = ledger.head() - before
    begin(ws)
    (number,) = ledger.append([erasure_event(ledger.keyring, reach.who, request, now(ws.settings))])
    rows, briefs, texts = take_away(ws, ledger)
    finish(ws)
    return Gone(number, rows, briefs, texts, written)


def complete_erasure(ws: Workspace, ledger: Ledger) -> None:
    """Complete what an interrupted erasure left, unless the command that does it is still at work.

    Raises ``WorkspaceError`` (``workspace_busy``) where it is.
    """
    from flows.locks import workspace_lock

    with workspace_lock(ws, timeout=0):
        if erasing(ws):
            take_away(ws, ledger)
            finish(ws)


@contextmanager
def nothing_comes_back(ws: Workspace) -> Iterator[None]:
    """What is brought back meanwhile goes again if it is about somebody erased; interrupted, by the next command.

    Needs the workspace lock. Whoever brings it back ends with :func:`take_away`.
    """
    begin(ws)
    yield
    finish(ws)


def take_away(ws: Workspace, ledger: Ledger) -> tuple[int, int, int]:
    """Take away whatever is still there of anybody erased: rows, briefs, plain text; how many of each.

    Done again it changes nothing. Needs the workspace lock; a restored backup needs it too, for it brings texts back.
    """
    erased = ledger.erased()
    if not erased.last:
        return 0, 0, 0
    complete_redactions(ws)
    rows = sum(_redact_list(ws, ledger, erased, meta.sha256) for meta in active_lists(ws))
    briefs = _briefs_about(ws, ledger, erased)
    _remove(ws, ledger, erased, [*briefs, *_without_their_file(ws)])
    drop_states(ws)  # names as they are compared by
    return rows, len({path.stem for path in briefs}), ledger.forget_plain_text(erased)


def _redact_list(ws: Workspace, ledger: Ledger, erased: Erased, sha256: str) -> int:
    """Reduce the rows of erased people in one list to stubs; how many there were."""
    (meta,) = [meta for meta in active_lists(ws) if meta.sha256 == sha256]
    records = load_records(ws, [meta])
    left = with_stubs(ledger.keyring, records, erased)
    if left is records:
        return 0
    staged = stage_list(ws, meta, left)
    _announce(ws, ledger, erased, staged.redactions)
    put_in_place(ws, staged)
    return left.get_column("erased").count() - records.get_column("erased").count()


def _briefs_about(ws: Workspace, ledger: Ledger, erased: Erased) -> list[Path]:
    """The files of every brief about somebody erased, by contact or by person id of any age."""
    published = ledger.publications().get_column("identity_generation").to_list()
    generation = load_generation(ws, published[-1] if published else None)
    people = load_briefs(ws).with_columns(generation.resolve(pl.col("person_id")).alias("current"))
    about = [
        brief["text"]
        for brief in people.iter_rows(named=True)
        if brief["current"] in erased.person_ids or about_erased(ledger.keyring, erased, brief)
    ]
    return [path for text in about for path in _files_of(ws, text)]


def _files_of(ws: Workspace, text: str) -> list[Path]:
    """The two files of a brief, named by the hash of its text; what is known of it goes first."""
    place = ws.store_briefs / f"{hashlib.sha256(text.encode()).hexdigest()}.json"
    return [place, place.with_suffix(".md")]


def _without_their_file(ws: Workspace) -> list[Path]:
    """Texts of briefs that count no longer: an interrupted command removed what is known of them, or never wrote it."""
    return [path for path in sorted(ws.store_briefs.glob("*.md")) if not path.with_suffix(".json").exists()]


def _remove(ws: Workspace, ledger: Ledger, erased: Erased, files: Iterable[Path]) -> None:
    there = [path for path in files if path.is_file()]
    redactions = [Redaction(path.relative_to(ws.data).as_posix(), sha256_file(path), None) for path in there]
    _announce(ws, ledger, erased, redactions)
    for path in there:
        with mending(path):
            path.unlink(missing_ok=True)


def _announce(ws: Workspace, ledger: Ledger, erased: Erased, redactions: Iterable[Redaction]) -> None:
    """Write down what is about to be rewritten."""
    at = now(ws.settings)
    ledger.append([redaction_event(one.path, one.old, one.new, erased.last, at) for one in redactions])
