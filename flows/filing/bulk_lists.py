"""Recording bulk opt-out lists: what is new of a list becomes a snapshot and the one event that names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ledger.keyed import tokens_of
from flows.ledger.said_again import note_of_entries
from flows.ledger.snapshots import SNAPSHOT, snapshot_event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from flows.event_files.reading import BulkEntries
    from flows.ledger import Ledger, NewEvent

__all__ = ["record_bulk_list", "would_record_list"]


def record_bulk_list(ledger: Ledger, bulk: BulkEntries, source: Mapping[str, Any], read_at: datetime) -> list[NewEvent]:
    """Write a snapshot of the entries that are new, then its event; the same list again changes nothing.

    The plain text of entries about erased people is left out, under whatever key they were erased.

    ``source`` says where the list came from (``file_sha256, feed``), ``read_at`` since when its undated words hold.
    Returns the events that a consent leaves to be recorded one by one.
    """
    new = ledger.unrecorded(bulk.said, source["file_sha256"])
    if not new.rows.is_empty():
        told = new.rows.select("entry").unique().join(_of_erased(ledger, bulk.said), on="entry", how="anti")
        plain = bulk.plain.join(told, on="entry", how="semi", maintain_order="left")
        hashes = ledger.snapshots.write(new.rows, plain)
        ledger.append([snapshot_event(ledger.keyring, new.rows, hashes, source, read_at)])
    again = new.again.to_list()
    ledger.append(ledger.ask(lambda connection: note_of_entries(connection, source, again, read_at)))
    return bulk.single(new.apart.to_list()) if len(new.apart) else []


def _of_erased(ledger: Ledger, said: pl.DataFrame) -> pl.DataFrame:
    """``entry`` of what a list says about erased people; they may have been erased under another key."""
    erased = pl.Series("token", sorted(ledger.erased().tokens), dtype=pl.String)
    found = [said.clear().select("entry")]
    for key in () if erased.is_empty() else ledger.keyring:
        for (kind,), part in said.partition_by("token_kind", as_dict=True).items():
            tokens = tokens_of(key, str(kind), part.get_column("value"))
            found.append(part.filter(tokens.is_in(erased.implode())).select("entry"))
    return pl.concat(found).unique()


def would_record_list(ledger: Ledger, bulk: BulkEntries, file_sha256: str) -> dict[str, int]:
    """How many events of each kind recording a bulk list would write; nothing is written."""
    new = ledger.unrecorded(bulk.said, file_sha256)
    single = ledger.not_yet_recorded(bulk.single(new.apart.to_list())) if len(new.apart) else {}
    return single | ({} if new.rows.is_empty() else {SNAPSHOT: 1})
