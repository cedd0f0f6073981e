"""Everything that stops in force, in the form of an opt-out file: one line a contact point.

Taken in elsewhere such a file stops the same people. What somebody said in their own words, their names and our ids of
people stay here: a recipient needs none of them to leave somebody alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.clock import now
from flows.exports.csv import csv_bytes
from flows.ledger.model import NewEvent
from flows.ledger_access import open_ledger
from flows.optout_export.reached import addresses_reached, known_points
from flows.optout_export.statements import stops_in_force

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flows.ledger import Ledger
    from flows.workspace import Workspace

__all__ = ["FORMS", "OptOutExport", "export_optouts"]

_COLUMNS: Final = ("value", "kind", "channel", "scope", "received_at", "method")
_NOT_HASHED: Final = (
    "cannot be written as a digest of this kind: numbers and domains under which no address is known, other digests, "
    "unreadable texts"
)
_NO_TEXT: Final = "known only as tokens: their plain text was erased or was never kept"
_ERASED: Final = "erasures: nothing of them is kept to write out"


@dataclass(frozen=True)
class OptOutExport:
    """An export of opt-outs: the file, how many lines it has, and what had to be left out (why: how many)."""

    data: bytes = field(repr=False)
    lines: int
    form: str
    left_out: dict[str, int]

    def summary(self) -> dict[str, Any]:
        """Counts as JSON values; nothing in it identifies anybody."""
        return {"format": self.form, "lines": self.lines, "left_out": dict(self.left_out)}


def export_optouts(ws: Workspace, *, form: str = "csv", digest: str | None = None) -> OptOutExport:
    """Make the file of everything that stops in force, and record that it was made.

    ``form`` is a name of ``FORMS``. With ``digest`` (md5, sha256) the lines are digests of the lower-cased canonical
    e-mail addresses under a column of that name, and only what can be written so is there: of stops by a number or a
    domain the addresses known of those they reach.
    """
    with open_ledger(ws) as ledger:
        moment, head = now(ws.settings), ledger.head()
        stops = stops_in_force(ws, ledger, moment)
        known = stops.filter(pl.col("value").is_not_null())
        lines, not_hashed = _hashed(known, digest, ws, ledger) if digest else (FORMS[form](known), 0)
        nameless = stops.filter(pl.col("value").is_null()).get_column("kind")
        erased = int((nameless == "erasure").sum())
        left = {
            _NOT_HASHED: not_hashed,
            _NO_TEXT: nameless.len() - erased,
            _ERASED: erased,
        }
        named = f"{form}:{digest}" if digest else form
        ledger.append([_event(named, lines.height, head, moment)])
    return OptOutExport(csv_bytes(lines), lines.height, named, {why: count for why, count in left.items() if count})


def _plain(stops: pl.DataFrame) -> pl.DataFrame:
    """The columns of an opt-out file, one line for each different statement about a contact point."""
    return stops.select(_COLUMNS).unique(maintain_order=True)


def _hashed(stops: pl.DataFrame, digest: str, ws: Workspace, ledger: Ledger) -> tuple[pl.DataFrame, int]:
    """Digests of the lower-cased canonical addresses, and how many statements there was no digest for.

    Digests of the same kind stay as they were received; numbers and domains stand there by the addresses they reach.
    """
    numbered = stops.with_row_index("line")
    rest = numbered.filter(pl.col("value_kind").is_in(["phone", "domain"]))
    reached = addresses_reached(rest, known_points(ws, ledger)) if rest.height else rest.clear()
    emails = pl.concat([numbered.filter(pl.col("value_kind") == "email"), reached])
    unique = emails.get_column("value").unique()
    made = [hashlib.new(digest, text.lower().encode(), usedforsecurity=False).hexdigest() for text in unique]
    table = pl.DataFrame({"value": unique, digest: pl.Series(made, dtype=pl.String)})
    passed = numbered.filter(pl.col("value_kind") == digest).with_columns(pl.col("value").alias(digest))
    found = pl.concat([emails.join(table, on="value", how="inner", maintain_order="left"), passed])
    lines = found.select(digest, "kind", "channel", "scope").unique().sort(pl.all())
    return lines, stops.height - found.get_column("line").n_unique()


# How a file is laid out: from ``STATEMENTS`` that have a value to the lines of the file.
FORMS: Final[dict[str, Callable[[pl.DataFrame], pl.DataFrame]]] = {"csv": _plain}


def _event(form: str, lines: int, head: int, moment: datetime) -> NewEvent:
    """The event of opt-outs handed out: in which form, how many, and everything up to which event."""
    body = {"what": "optouts", "format": form, "lines": lines, "events_seq": head}
    return NewEvent(kind="export", effective_at=moment, body=body)
