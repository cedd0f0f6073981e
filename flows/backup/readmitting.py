"""Runs that were published and that the ledger does not know any more: their publication and their promises again.

Every line of their queues counts as a contact, as it did, so that nobody is written to twice because a ledger was lost.
A run whose files are not whole is left as it is and named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.backup.behind import unknown_runs
from flows.files import sha256_file
from flows.ledger import AsOfPassed, Claim, ClaimTaken
from flows.ledger.contacts import Contact
from flows.ledger.touch_events import Commitment, commitment_event
from flows.runs.manifest import MANIFEST_FILE, QUALITY_FOLDER, read_manifest, tree_sha256, verify_run
from flows.runs.publish import mark_published
from flows.runs.published import read_published
from flows.runs.run_id import parts_sha256
from policies.errors import TactfulError
from policies.organisations import company_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.ledger import Ledger, NewEvent
    from flows.workspace import Workspace

__all__ = ["Readmitted", "readmit_runs"]

_LINE: Final = ("person_id", "channel")
_NOT_INPUTS: Final = ("earlier_revision", "previous_publication")


@dataclass(frozen=True, slots=True)
class Readmitted:
    """Runs known to the ledger again, the queue lines promised again, and the runs that could not be read."""

    runs: tuple[str, ...]
    commitments: int
    left: tuple[str, ...]


def readmit_runs(ws: Workspace, ledger: Ledger, legal_forms: Mapping[str, Any]) -> Readmitted:
    """Register the publications on disk that the ledger does not know, in the order in which they were made.

    Needs the workspace lock. Doing it twice changes nothing.
    """
    unknown = ledger.ask(lambda connection: unknown_runs(ws, connection))
    manifests = {run_id: manifest for run_id in unknown if (manifest := _whole(ws, run_id)) is not None}
    done, left, promised = [], [run_id for run_id in unknown if run_id not in manifests], 0
    for run_id in _in_order(manifests):
        try:
            promised += _readmit(ws, ledger, manifests[run_id], legal_forms)
        except (AsOfPassed, ClaimTaken):
            left.append(run_id)
        else:
            mark_published(ws, run_id)
            done.append(run_id)
    return Readmitted(tuple(done), promised, tuple(sorted(left)))


def _whole(ws: Workspace, run_id: str) -> dict[str, Any] | None:
    """The manifest of a run all of whose files are as it says, and whose people are still known; else nothing."""
    folder = ws.run_folder(run_id)
    try:
        manifest = read_manifest(folder)
        hashes = sha256_file(folder / MANIFEST_FILE), tree_sha256(folder / QUALITY_FOLDER)
        named = (manifest["run_id"], manifest["as_of"], manifest["queue_date"], manifest["depends_on"])
        generation = manifest["depends_on"]["identity_generation"]
    except (TactfulError, ValueError, KeyError, TypeError):
        return None
    whole = named[0] == run_id and (ws.store_identity / generation).is_dir()
    return manifest if whole and not verify_run(folder, *hashes) else None


def _in_order(manifests: Mapping[str, dict[str, Any]]) -> list[str]:
    """By the instant they judged at; of the same instant, each behind the one it says it follows."""
    depth: dict[str, int] = {}

    def steps(run_id: str | None) -> int:
        if run_id is None or run_id not in manifests:
            return 0
        if run_id not in depth:
            depth[run_id] = 0  # a circle ends here
            depth[run_id] = 1 + steps(manifests[run_id]["depends_on"].get("previous_publication"))
        return depth[run_id]

    return sorted(
        manifests, key=lambda run_id: (datetime.fromisoformat(manifests[run_id]["as_of"]), steps(run_id), run_id)
    )


def _readmit(ws: Workspace, ledger: Ledger, manifest: dict[str, Any], legal_forms: Mapping[str, Any]) -> int:
    """One publication with its promises, in one transaction; gives how many are new."""
    folder, depends_on = ws.run_folder(manifest["run_id"]), manifest["depends_on"]
    body = {
        "manifest_sha256": sha256_file(folder / MANIFEST_FILE),
        "quality_sha256": tree_sha256(folder / QUALITY_FOLDER),
        "identity_generation": depends_on["identity_generation"],
        "inputs_sha256": parts_sha256({name: part for name, part in depends_on.items() if name not in _NOT_INPUTS}),
        "counts": manifest["counts"],
        "readmitted": True,
    }
    while True:
        published = ledger.publications()
        of_day = published.filter(published["queue_date"] == date.fromisoformat(manifest["queue_date"]))
        claim = Claim(
            workspace_id=ws.settings.workspace_id,
            queue_date=manifest["queue_date"],
            revision=max(of_day.get_column("revision").to_list(), default=0) + 1,
            run_id=manifest["run_id"],
            as_of=datetime.fromisoformat(manifest["as_of"]),
            expected_relevant_head=ledger.relevant_head(),
        )
        events = _promises(ws, ledger, claim, legal_forms)
        if ledger.publish_claim(claim, events, body):
            return len(events)


def _promises(ws: Workspace, ledger: Ledger, claim: Claim, legal_forms: Mapping[str, Any]) -> Sequence[NewEvent]:
    """The lines of the queue that no earlier revision of the day handed out."""
    day = date.fromisoformat(claim.queue_date)
    standing = ledger.commitments().filter((pl.col("queue_date") == day) & ~pl.col("released"))
    queue = read_published(ws, claim.run_id, "queue.parquet")
    fresh = queue.join(standing.select(_LINE).unique(), on=_LINE, how="anti").sort("rank")
    keyed = fresh.with_columns(company_key(pl.col("company"), legal_forms).alias("company_key"))
    return [
        commitment_event(
            ledger.keyring,
            Commitment(
                person_id=row["person_id"],
                contact=Contact("email" if row["channel"] == "email" else "phone", row["contact_point"]),
                company_key=row["company_key"],
                channel=row["channel"],
                owner=row["owner"],
                queue_date=day,
                revision=claim.revision,
                run_id=claim.run_id,
                run_as_of=claim.as_of,
            ),
        )
        for row in keyed.iter_rows(named=True)
    ]
