"""Is everything still as it was written: the ledger's chains, the published runs, the archive and the store.

Places are named relative to the workspace; nothing about a person is in them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.files import sha256_file, tree_files
from flows.ledger.snapshot_proof import snapshot_faults
from flows.ledger.taken_back import UNDO
from flows.ledger_access import open_ledger
from flows.redacted_files import is_redacted, left_unredacted
from flows.registries.versions import check_stored, known_versions, stored_at
from flows.runs.manifest import Fault, read_manifest, verify_run
from flows.runs.stored_inputs import altered_inputs
from flows.store.identity import generation_id, load_generation
from flows.store.lists import active_lists
from flows.store.matching import verified_states
from policies.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from flows.ledger import Ledger
    from flows.redacted_files import Chains
    from flows.registries.versions import RegistryVersion
    from flows.workspace import Workspace

__all__ = ["Verified", "verify_workspace"]


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked, in numbers, and every fault by its place."""

    events: int
    runs: int
    files: int
    faults: tuple[Fault, ...]


def verify_workspace(ws: Workspace) -> Verified:
    """Check everything that vouches for itself by a hash; raises ``LedgerError`` where the ledger cannot be read."""
    with open_ledger(ws) as ledger:
        events = ledger.head()
        chain = [Fault(_chain_place(fault.chain, fault.seq), fault.what) for fault in ledger.verify()]
        runs, run_faults = _runs(ws, ledger)
        registries = known_versions(ledger)
        lists = list(_bulk_lists(ledger)) if not chain else []  # an altered event does not tell what to look for
    files, file_faults = _kept_files(ws, registries)
    file_faults += [Fault(ws.place(place), what) for place, what in lists if what]
    return Verified(events, runs, files + len(lists), (*chain, *sorted(run_faults), *sorted(file_faults)))


def _bulk_lists(ledger: Ledger) -> Iterator[tuple[Path, str | None]]:
    """The snapshots of bulk opt-out lists that events name, and what is wrong with them."""
    return snapshot_faults(ledger.snapshots, ledger.bulk_lists(), ledger.keyring)


def _chain_place(chain: str, seq: int | None) -> str:
    return f"ledger, {chain}" if seq is None else f"ledger, {chain} {seq}"


def _runs(ws: Workspace, ledger: Ledger) -> tuple[int, list[Fault]]:
    """Every published run against its manifest, and the manifest against the ledger."""
    published = ledger.publications().select("run_id", "manifest_sha256", "quality_sha256").rows()
    faults = [
        Fault(ws.place(ws.run_folder(run_id) / fault.place) if fault.place != run_id else _of(ws, run_id), fault.what)
        for run_id, manifest, quality in published
        for fault in verify_run(ws.run_folder(run_id), manifest, quality)
    ]
    chains = ledger.redactions()
    faults += _inputs(ws, [run_id for run_id, _, _ in published], frozenset(ledger.files_marked(UNDO)), chains)
    faults += [Fault(ws.place(path), "holds what an erasure took out of it") for path in left_unredacted(ws, chains)]
    known = {run_id for run_id, _, _ in published}
    present = (entry.name for entry in ws.runs.iterdir()) if ws.runs.is_dir() else iter(())
    strangers = sorted(name for name in present if not name.startswith(".") and name not in known)
    return len(published), faults + [Fault(_of(ws, name), "is no published run") for name in strangers]


def _inputs(ws: Workspace, published: list[str], undone: frozenset[str], chains: Chains) -> list[Fault]:
    """What the latest run read from the store, against its manifest; an altered manifest is named elsewhere.

    A list that was taken out since is not missing, nor is a file altered that was rewritten for an erasure: the ledger
    says so of both.
    """
    if not published:
        return []
    try:
        manifest = read_manifest(ws.run_folder(published[-1]))
    except (WorkspaceError, ValueError):
        return []
    read = {ws.store / entry["name"]: entry["sha256"] for entry in manifest["inputs"]}
    return [
        Fault(ws.place(path), "was altered since the last run, or is missing")
        for path in altered_inputs(ws, manifest)
        if (path.exists() or path.parent.name not in undone) and not is_redacted(ws, chains, path, read[path])
    ]


def _of(ws: Workspace, run_id: str) -> str:
    return ws.place(ws.runs / run_id)


def _kept_files(ws: Workspace, registries: Sequence[RegistryVersion]) -> tuple[int, list[Fault]]:
    faults: list[Fault] = []
    count = 0
    kept = (*_archive(ws), *_lists(ws), *_briefs(ws), *_generations(ws), *_registries(ws, registries))
    for place, fine in (*kept, *verified_states(ws)):
        count += 1
        if not fine:
            faults.append(Fault(ws.place(place), "was altered or is missing"))
    return count, faults


def _archive(ws: Workspace) -> Iterator[tuple[Path, bool]]:
    """Originals are named by the hash of their bytes."""
    for path in tree_files(ws.archive) if ws.archive.is_dir() else []:
        if not path.name.startswith("."):
            yield path, sha256_file(path) == path.name.split(".", 1)[0]


def _lists(ws: Workspace) -> Iterator[tuple[Path, bool]]:
    archived = {path.name.split(".", 1)[0] for path in ws.archive.glob("*")}
    for meta in active_lists(ws):
        records = ws.store_lists / meta.sha256 / "records.parquet"
        yield records, records.is_file() and sha256_file(records) == meta.records_sha256
        yield ws.archive / f"{meta.sha256}.{meta.extension}", meta.sha256 in archived


def _registries(ws: Workspace, registries: Sequence[RegistryVersion]) -> Iterator[tuple[Path, bool]]:
    """The numbers of every version the ledger names, against the hash it keeps."""
    for version in registries:
        yield stored_at(ws, version), check_stored(ws, version)


def _briefs(ws: Workspace) -> Iterator[tuple[Path, bool]]:
    for known in sorted(ws.store_briefs.glob("*.json")):
        text = known.with_suffix(".md")
        yield text, text.is_file() and hashlib.sha256(text.read_bytes()).hexdigest() == known.stem


def _generations(ws: Workspace) -> Iterator[tuple[Path, bool]]:
    folders = sorted(ws.store_identity.iterdir()) if ws.store_identity.is_dir() else []
    for folder in folders:
        try:
            fine = generation_id(load_generation(ws, folder.name, links=True)) == folder.name
        except WorkspaceError:
            fine = False
        yield folder, fine
