"""What a run reads from the store, by hash: kept in its manifest, so that a later change is found and named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.files import sha256_file
from flows.runs.manifest import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from flows.registries.versions import RegistryVersion
    from flows.store import ListMeta
    from flows.workspace import Workspace

__all__ = ["altered_inputs", "input_entries"]

_META: Final = "list.json"


def input_entries(ws: Workspace, lists: Sequence[ListMeta], registries: Sequence[RegistryVersion] = ()) -> list[Entry]:
    """The entries of every active list (its original and its records), of what is known of it, and of every brief.

    A registry is named by its version, with the hashes of the file it came in and of its stored numbers.
    """
    found = [Entry(f"list {meta.source} {meta.sha256[:8]}", meta.sha256, meta.records_sha256) for meta in lists]
    found += [Entry(f"registry {one.registry} {one.name}", one.file_sha256, one.snapshot_sha256) for one in registries]
    return found + [Entry(name, sha, sha) for name, sha in ((name, sha256_file(path)) for name, path in _files(ws))]


def altered_inputs(ws: Workspace, manifest: Mapping[str, list[dict[str, str]]]) -> list[Path]:
    """Files of the store that a run read and that are there no more as they were."""
    read = {entry["name"]: entry["sha256"] for entry in manifest["inputs"]}
    known = dict(_files(ws))
    missing = [ws.store / name for name in read if name.startswith(("lists/", "briefs/")) and name not in known]
    return missing + [path for name, path in known.items() if name in read and sha256_file(path) != read[name]]


def _files(ws: Workspace) -> Iterator[tuple[str, Path]]:
    """What is known of lists, and what is known of briefs, by their place in the store."""
    for path in (*sorted(ws.store_lists.glob(f"*/{_META}")), *sorted(ws.store_briefs.glob("*.json"))):
        yield path.relative_to(ws.store).as_posix(), path
