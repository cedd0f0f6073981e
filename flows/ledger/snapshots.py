"""Bulk opt-out lists: a Parquet snapshot of keyed tokens, and one event that names it by its hash (design D4).

Invariants: a snapshot is on disk, whole, before the event that names it; it is never changed; an event without its
snapshot stops every reading of permissions, for nobody could say who opted out in it. A snapshot names nobody. What was
said in plain text lies beside it in a file that may lose rows or be gone. A snapshot that no event names, left by an
interrupted command, counts for nothing; the same list, dropped again, writes it over.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import sqlalchemy as sa

from flows.files import sha256_file, write_bytes
from flows.ledger.chain import instant
from flows.ledger.events import dedup_key
from flows.ledger.model import EVERYTHING, NewEvent
from flows.ledger.queries import within
from flows.ledger.tables import events
from flows.store.parquet import ROW_GROUP_SIZE
from policies.errors import LedgerError
from policies.permission import word_of
from policies.schema import PERMISSION_EVENTS, UTC_INSTANT, conform

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from flows.ledger.keys import Keyring
    from flows.ledger.model import Cut

__all__ = [
    "PLAIN",
    "ROWS",
    "SNAPSHOT",
    "Snapshot",
    "Snapshots",
    "named_snapshots",
    "plain_commitment",
    "snapshot_event",
]

SNAPSHOT: Final = "optout_snapshot"
# One row for every token of every entry. Instants are as the list states them; null: it does not.
ROWS: Final = pl.Schema(
    {
        "entry": pl.Int64(),  # row of the file, from 1
        "token_kind": pl.String(),
        "token": pl.String(),
        "exact": pl.Boolean(),
        "key_id": pl.String(),
        "rule_version": pl.Int64(),
        "kind": pl.String(),  # optout | objection | complaint | bounce
        "channel": pl.String(),
        "scope": pl.String(),
        "person_id": pl.String(),
        "effective_at": UTC_INSTANT,
        "received_at": UTC_INSTANT,
        "method": pl.String(),
    }
)
_NUMBERED: Final = pl.Schema({"seq": pl.Int64(), **ROWS})
# What was said in plain text, one row for every entry that said anything; erasable row by row.
PLAIN: Final = pl.Schema(
    {"entry": pl.Int64(), **dict.fromkeys(("contact", "full_name", "words", "method"), pl.String())}
)
_NAMES: Final = ("match_key",)  # tokens of names raise doubt, they name no contact point


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot as its event names it."""

    seq: int
    recorded_at: datetime
    effective_at: datetime
    sha256: str
    entries: int
    tokens: int
    token_kinds: tuple[str, ...]
    key_ids: tuple[str, ...]
    plain: str | None  # keyed commitment to the file of plain text
    source: Mapping[str, Any] = field(default_factory=dict)  # file_sha256, feed

    @property
    def file_sha256(self) -> str | None:
        """The file that the list came in."""
        return self.source.get("file_sha256")


class Snapshots:
    """The folder of snapshots of one ledger; None for a ledger that has no place for them."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def write(self, rows: pl.DataFrame, plain: pl.DataFrame) -> tuple[str, str]:
        """Put a snapshot (``ROWS``) and its plain text (``PLAIN``) on disk for good; the SHA-256 of each.

        The same rows make the same bytes, so that an interrupted command's file is written over by itself.
        """
        folder = self._place()
        data = _parquet(conform(rows, ROWS).sort("token", "entry", "token_kind"))
        texts = _parquet(conform(plain, PLAIN).sort("entry"))
        sha256 = _sha256(data)
        write_bytes(folder / f"{sha256}.plain.parquet", texts)
        write_bytes(folder / f"{sha256}.parquet", data)
        return sha256, _sha256(texts)

    def statements(self, named: Sequence[Snapshot], tokens: pl.DataFrame | None = None) -> pl.DataFrame:
        """What the snapshots say as ``PERMISSION_EVENTS``, of ``tokens`` (column ``token``) alone where given.

        Raises ``LedgerError`` (``snapshot_missing``, ``snapshot_damaged``).
        """
        heads = pl.DataFrame(
            [(snapshot.seq, snapshot.recorded_at, snapshot.effective_at) for snapshot in named],
            schema={"seq": pl.Int64, "recorded_at": UTC_INSTANT, "read_at": UTC_INSTANT},
            orient="row",
        )
        found = self.rows_of(named, tokens).filter(~pl.col("token_kind").is_in(_NAMES))
        told = found.join(heads, on="seq", how="left", validate="m:1", maintain_order="left")
        said = pl.coalesce("effective_at", "received_at", "read_at")
        stated = told.with_columns(
            word_of(pl.col("seq"), pl.col("entry")),
            pl.max_horizontal(said, pl.coalesce("received_at", "recorded_at")).alias("effective_at"),
        )
        return conform(stated, PERMISSION_EVENTS)

    def rows_of(self, named: Sequence[Snapshot], tokens: pl.DataFrame | None = None) -> pl.DataFrame:
        """The rows of snapshots by ``seq`` and token (``ROWS`` and ``seq``), of ``tokens`` alone where given.

        All of them are asked at once, and memory holds what is found: a list that comes every day leaves many.
        """
        scans = [
            pl.scan_parquet(self._sound(snapshot), glob=False).with_columns(pl.lit(snapshot.seq, pl.Int64).alias("seq"))
            for snapshot in named
        ]
        if not scans:
            return pl.DataFrame(schema=_NUMBERED)
        lazy = pl.concat(scans)
        if tokens is not None:
            wanted = tokens.lazy().select("token").unique()
            lazy = lazy.join(wanted, on="token", how="semi", maintain_order="left")
        return conform(lazy.collect(engine="streaming"), _NUMBERED)

    def rows(self, snapshot: Snapshot) -> pl.DataFrame:
        """All rows (``ROWS``) of one snapshot, by token."""
        return conform(self.rows_of([snapshot]), ROWS)

    def entry(self, snapshot: Snapshot, number: int) -> pl.DataFrame:
        """The rows (``ROWS``) of one entry; none where the list has no such entry."""
        lazy = pl.scan_parquet(self._sound(snapshot), glob=False).filter(pl.col("entry") == number)
        return conform(lazy.collect(), ROWS)

    def plain_text(self, snapshot: Snapshot, entries: Collection[int] | None = None) -> pl.DataFrame:
        """The plain text of a snapshot's entries, or of some, as ``PLAIN``: those rows that were not erased."""
        place = self.plain_place_of(snapshot)
        if not place.is_file():
            return pl.DataFrame(schema=PLAIN)
        lazy = pl.scan_parquet(place, glob=False)
        if entries is not None:
            lazy = lazy.filter(pl.col("entry").is_in(sorted(entries)))
        return conform(lazy.collect(), PLAIN)

    def erase_plain_text(self, snapshot: Snapshot, entries: Collection[int]) -> str:
        """Take the plain text of some entries away for good; the SHA-256 of what is left."""
        left = self.plain_text(snapshot).filter(~pl.col("entry").is_in(sorted(entries)))
        data = _parquet(left)
        write_bytes(self.plain_place_of(snapshot), data)
        return _sha256(data)

    def place_of(self, snapshot: Snapshot) -> Path:
        """Where a snapshot lies; raises ``LedgerError`` where nobody said."""
        return self._place() / f"{snapshot.sha256}.parquet"

    def plain_place_of(self, snapshot: Snapshot) -> Path:
        """Where the plain text of a snapshot lies, as long as there is any."""
        return self._place() / f"{snapshot.sha256}.plain.parquet"

    def _sound(self, snapshot: Snapshot) -> Path:
        """The snapshot's file, its bytes compared once: a damaged one is not parsed at all."""
        place = self.place_of(snapshot)
        try:
            now = place.stat()
        except OSError:
            raise LedgerError(
                "snapshot_missing",
                f"A list of {snapshot.entries:,} opt-outs, recorded as event {snapshot.seq}, is not there. Without it "
                "nobody can tell who opted out.",
                f"Put {_shown(place)} back from the backup.",
            ) from None
        if not _is(place, snapshot.sha256, now.st_size, now.st_mtime_ns):
            raise LedgerError(
                "snapshot_damaged",
                f"A list of {snapshot.entries:,} opt-outs, recorded as event {snapshot.seq}, was altered.",
                f"Put {_shown(place)} back from the backup.",
            )
        return place

    def _place(self) -> Path:
        if self.folder is None:
            raise LedgerError(
                "snapshot_missing",
                "The ledger names bulk lists of opt-outs, and nobody said where they are kept.",
                "Open it through its workspace.",
            )
        return self.folder


def snapshot_event(
    keyring: Keyring, rows: pl.DataFrame, hashes: tuple[str, str], source: Mapping[str, Any], at: datetime
) -> NewEvent:
    """The event that names a snapshot (``ROWS``) by its hashes, those of :meth:`Snapshots.write`.

    ``at`` is when the list was read: what it says without a date of its own holds from then. The same rows in another
    file are another event: what was voided in between counts anew by it.
    """
    sha256, plain_sha256 = hashes
    body = {
        "snapshot_sha256": sha256,
        "entries": rows.get_column("entry").n_unique(),
        "tokens": rows.height,
        "token_kinds": rows.get_column("token_kind").unique().sort().to_list(),
        "key_ids": rows.get_column("key_id").unique().sort().to_list(),
        "kinds": _counted(rows, "kind"),
        "plain": plain_commitment(keyring, plain_sha256),
        "source": dict(source),
    }
    key = dedup_key(keyring, SNAPSHOT, sha256, source.get("file_sha256"))
    return NewEvent(kind=SNAPSHOT, effective_at=at, body=body, dedup_key=key)


def plain_commitment(keyring: Keyring, sha256: str) -> str:
    """What an event holds of the file of plain text: proves it while it is there, says nothing after."""
    return keyring.first.sign(f"snapshot_plain:{sha256}")


def named_snapshots(connection: sa.Connection, cut: Cut = EVERYTHING) -> list[Snapshot]:
    """Every snapshot that an event before the cut names, in the order of the ledger."""
    query = sa.select(events.c.seq, events.c.recorded_at, events.c.effective_at, events.c.body)
    found = connection.execute(query.where(events.c.kind == SNAPSHOT, within(cut)).order_by(events.c.seq))
    try:
        return [_snapshot(row.seq, row.recorded_at, row.effective_at, json.loads(row.body)) for row in found]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise LedgerError(
            "ledger_damaged",
            "An event of the ledger that names a bulk list cannot be read: it was altered.",
            "Run `tactful audit verify` to see which one, and restore the backup.",
        ) from None


def _snapshot(seq: int, recorded_at: str, effective_at: str, body: Mapping[str, Any]) -> Snapshot:
    return Snapshot(
        seq=seq,
        recorded_at=instant(recorded_at),
        effective_at=instant(effective_at),
        sha256=body["snapshot_sha256"],
        entries=body["entries"],
        tokens=body["tokens"],
        token_kinds=tuple(body["token_kinds"]),
        key_ids=tuple(body["key_ids"]),
        plain=body.get("plain"),
        source=body["source"],
    )


def _parquet(frame: pl.DataFrame) -> bytes:
    """The bytes of a frame, the same whatever made it."""
    stream = io.BytesIO()
    frame.rechunk().write_parquet(stream, compression="zstd", row_group_size=ROW_GROUP_SIZE)
    return stream.getvalue()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@lru_cache(maxsize=4096)
def _is(place: Path, sha256: str, size: int, changed: int) -> bool:  # noqa: ARG001 - a file that changed is another one
    """Whether a file is the one of this hash; asked once for every state it is met in."""
    return sha256_file(place) == sha256


def _shown(place: Path) -> str:
    return "/".join(place.parts[-4:])


def _counted(rows: pl.DataFrame, name: str) -> dict[str, int]:
    """How many entries say what."""
    said = rows.select("entry", name).unique().group_by(name).len().sort(name)
    return {str(word): count for word, count in said.iter_rows()}
