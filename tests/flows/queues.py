"""Queues for tests of the queue files: people of example.com, and a ledger that is a list of events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.exports.csv import write_csv
from flows.runs.manifest import build, write_manifest
from flows.store.parquet import write_parquet
from policies.schema import QUEUE, RECALL, conform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.workspace import Workspace

DAY = date(2026, 10, 14)


@dataclass
class LedgerOfRuns:
    """Publications and opt-outs, as the queue files see them."""

    runs: list[tuple[str, date]] = field(default_factory=list)
    out: dict[str, str] = field(default_factory=dict)
    rewrites: list[int] = field(default_factory=list)

    def head(self) -> int:
        """One event for each opt-out."""
        return len(self.out)

    def publications(self) -> pl.DataFrame:
        """Run id and queue day of every publication."""
        return pl.DataFrame(self.runs, schema={"run_id": pl.String, "queue_date": pl.Date}, orient="row")

    def relevant_head(self) -> int:
        """Every event is an opt-out."""
        return len(self.out)

    def last_heeded(self) -> int:
        """What the latest rewrite written down heeds."""
        return self.rewrites[-1] if self.rewrites else 0

    def append_run(self, kind: str, body: Mapping[str, Any]) -> int:
        """Keep what a rewrite heeds."""
        assert kind == "queue_rewrite"
        self.rewrites.append(body["heeded_seq"])
        return len(self.rewrites)

    def of_day(self, lines: pl.DataFrame) -> Mapping[str, str]:
        """The reason for each of the people who opted out."""
        return {person: self.out[person] for person in lines["person_id"] if person in self.out}

    def earlier(self) -> pl.DataFrame:
        """Nobody was handed out on an earlier day."""
        return pl.DataFrame(schema={**QUEUE, "run_id": pl.String, "reason": pl.String})

    def exported(self, recall: pl.DataFrame) -> pl.DataFrame:
        """Nothing was exported."""
        return recall


def queue_of(lines: Sequence[tuple[str, str | None]]) -> pl.DataFrame:
    """A ``QUEUE`` of (person id, owner) lines."""
    rows = [
        {
            "rank": rank,
            "person_id": person,
            "full_name": f"Person {person}",
            "company": "=Acme",
            "channel": "email",
            "contact_point": f"{person}@example.com",
            "owner": owner,
        }
        for rank, (person, owner) in enumerate(lines, start=1)
    ]
    return conform(pl.DataFrame(rows, schema={name: QUEUE[name] for name in rows[0]} if rows else QUEUE), QUEUE)


def publish(
    ws: Workspace,
    ledger: LedgerOfRuns,
    lines: Sequence[tuple[str, str | None]],
    run_id: str = "20261014T063000Z-000000000001",
    recall: Sequence[str] = (),
) -> None:
    """Put a run with this queue and recall on disk and into the ledger."""
    folder = ws.run_folder(run_id)
    folder.mkdir()
    write_parquet(queue_of(lines), folder / "queue.parquet")
    rows = [{"person_id": person, "reason": "earlier revision"} for person in recall]
    write_csv(
        conform(pl.DataFrame(rows, schema={"person_id": pl.String, "reason": pl.String}), RECALL), folder / "recall.csv"
    )
    no_inputs = build(folder, {}, inputs=(), rule_files=(), counts={}, versions={}, ledger_head=0)
    write_manifest(folder, no_inputs)
    ledger.runs.append((run_id, DAY))
