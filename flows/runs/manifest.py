"""The manifest of a run: every file by its SHA-256 and content hash, so that one altered byte is found and named.

It covers inputs, rule files and outputs, but neither itself nor ``quality/``: their hashes stand in the ledger beside
the run.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from flows.files import mending, sha256_file, tree_files, write_bytes
from flows.store.content import content_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = [
    "MANIFEST_FILE",
    "QUALITY_FOLDER",
    "Entry",
    "Fault",
    "build",
    "entry_of_text",
    "read_manifest",
    "tree_sha256",
    "verify_run",
    "write_manifest",
]

MANIFEST_FILE: Final = "manifest.json"
QUALITY_FOLDER: Final = "quality"
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One file a run read or wrote: a name that identifies nobody, its bytes' hash, its content's hash."""

    name: str
    sha256: str
    content_sha256: str


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something on disk that is not as it was: the place, relative to what was checked, and what is wrong."""

    place: str
    what: str


def _entry_of(path: Path, name: str) -> Entry:
    """The entry of a file on disk, under the name it shall have in the manifest."""
    return Entry(name, sha256_file(path), content_sha256(path))


def entry_of_text(name: str, text: str) -> Entry:
    """The entry of a text already read, such as a rule file; line ends and trailing blanks are no content."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return Entry(name, hashlib.sha256(text.encode()).hexdigest(), hashlib.sha256(lines.encode()).hexdigest())


def build(
    folder: Path,
    facts: Mapping[str, object],
    *,
    inputs: Sequence[Entry],
    rule_files: Sequence[Entry],
    counts: Mapping[str, object],
    versions: Mapping[str, str],
    ledger_head: int,
) -> dict[str, object]:
    """The manifest of the run whose files stand finished in ``folder``.

    ``facts`` are the run's own: run_id, as_of, policy_revision and the like. ``ledger_head`` is the sequence of the
    last event that counted. Nothing in it depends on where or when the run took place, so that the same inputs give
    the same bytes.
    """
    return {
        **facts,
        "format": _FORMAT,
        "ledger_head": ledger_head,
        "inputs": [asdict(entry) for entry in sorted(inputs)],
        "rule_files": [asdict(entry) for entry in sorted(rule_files)],
        "outputs": [asdict(_entry_of(path, name)) for name, path in _outputs(folder)],
        "counts": dict(counts),
        "versions": dict(versions),
    }


def write_manifest(folder: Path, manifest: Mapping[str, object]) -> str:
    """Write ``manifest.json`` into the folder of a run; gives the SHA-256 of its bytes, which the ledger keeps."""
    data = (json.dumps(manifest, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()
    write_bytes(folder / MANIFEST_FILE, data)
    return hashlib.sha256(data).hexdigest()


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run; raises ``WorkspaceError`` where it is missing, ``ValueError`` where it is no JSON."""
    file = folder / MANIFEST_FILE
    with mending(file):
        manifest: dict[str, Any] = json.loads(file.read_bytes())
    return manifest


def verify_run(folder: Path, manifest_sha256: str, quality_sha256: str) -> list[Fault]:
    """Compare a run's folder with its manifest and with what the ledger says of both; gives every fault, by place.

    Files that are missing, altered or too many are named one by one, ``quality/`` as a whole. An altered manifest
    vouches for nothing, so nothing else in the folder is compared with it.
    """
    if not folder.is_dir():
        return [Fault(folder.name, "is missing")]
    return sorted(_manifest_faults(folder, manifest_sha256) + _quality_faults(folder, quality_sha256))


def tree_sha256(folder: Path) -> str:
    """SHA-256 over the names and bytes of every file under ``folder``; a folder that is not there counts as empty."""
    digest = hashlib.sha256()
    for path in tree_files(folder) if folder.is_dir() else []:
        name = path.relative_to(folder).as_posix().encode(errors="surrogateescape")
        # a length before the name, a hash of known length behind it: no two trees run together to the same text
        digest.update(len(name).to_bytes(8, "big") + name + bytes.fromhex(sha256_file(path)))
    return digest.hexdigest()


def _outputs(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in tree_files(folder):
        name = path.relative_to(folder).as_posix()
        if name != MANIFEST_FILE and not name.startswith(f"{QUALITY_FOLDER}/"):
            yield name, path


def _manifest_faults(folder: Path, manifest_sha256: str) -> list[Fault]:
    file = folder / MANIFEST_FILE
    if not file.is_file():
        return [Fault(MANIFEST_FILE, "is missing")]
    if sha256_file(file) != manifest_sha256:
        return [Fault(MANIFEST_FILE, "was altered: the ledger knows another hash")]
    wanted = {entry["name"]: entry["sha256"] for entry in read_manifest(folder)["outputs"]}
    there = dict(_outputs(folder))
    missing = [Fault(name, "is missing") for name in wanted.keys() - there.keys()]
    extra = [Fault(name, "is not in the manifest") for name in there.keys() - wanted.keys()]
    altered = [name for name in wanted.keys() & there.keys() if sha256_file(there[name]) != wanted[name]]
    return missing + extra + [Fault(name, "was altered") for name in altered]


def _quality_faults(folder: Path, quality_sha256: str) -> list[Fault]:
    if tree_sha256(folder / QUALITY_FOLDER) == quality_sha256:
        return []
    return [Fault(f"{QUALITY_FOLDER}/", "was altered: the ledger knows another hash")]
