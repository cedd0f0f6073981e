"""One registry file made into a version: read, checked against what is in force, stored, written down.

A file that breaks off, shrinks or is full of unreadable lines is refused: what is in force stays, and grows old. The
numbers that could be read count as listed all the same until a whole file comes, for nobody's entry may be lost.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from flows.clock import now, queue_day
from flows.files import make_folder, sha256_file
from flows.registries.building import Gathered, build
from flows.registries.layout import EMPTY_FIX
from flows.registries.reading import Manner, read_registry
from flows.registries.snapshot import open_snapshot
from flows.registries.versions import (
    DELTA,
    PARTIAL,
    RegistryVersion,
    check_stored,
    in_force,
    keep,
    known_versions,
    stored_at,
)
from flows.store import STAGE_PREFIX
from policies.errors import RefusedFile
from policies.registries import prefixes_within, registry_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from flows.ledger import Ledger
    from flows.registries.sidecar import Sidecar
    from flows.workspace import Workspace

__all__ = ["Taken", "Work", "check_registry", "take_in"]

_MILLION: Final = 1_000_000
_DIGITS: Final = 8  # of a SHA-256, that are enough
_STAYS: Final = "The version in force stays in force, and grows older."
_KEPT: Final = "The numbers that could be read count as listed until a whole file comes."


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: the version, or none in a dry run; its lines; whether the very version was known."""

    version: RegistryVersion | None
    lines: int
    unreadable: int
    known_before: bool = False


@dataclass(slots=True)
class _Read:
    """What was read of a file, and what is wrong with it."""

    added: Gathered
    removed: Gathered
    lines: int = 0
    unreadable: int = 0
    fault: RefusedFile | None = None


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a file is judged against: all versions, those its registry has in force, and the one a delta builds on."""

    known: Sequence[RegistryVersion]
    current: Sequence[RegistryVersion]
    base: RegistryVersion | None
    coverage: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """One file to be taken in: where to, under which sidecar, and the word lists it is read with (lists.registries)."""

    ws: Workspace
    ledger: Ledger
    path: Path
    sidecar: Sidecar
    known: Mapping[str, Any]
    step: Callable[[str], None]


def check_registry(work: Work) -> Taken:
    """What :func:`take_in` would say of a file, but for its size beside the one in force; nothing is written."""
    _ground(work)
    lines = unreadable = 0
    for batch in read_registry(work.path, _manner(work)):
        lines, unreadable = lines + batch.lines, unreadable + batch.unreadable
        if batch.cut:
            raise _breaks_off()
    _require_readable(lines, unreadable, work.known)
    return Taken(None, lines, unreadable)


def take_in(work: Work) -> Taken:
    """Store a file as a version of its registry; needs the workspace lock.

    Raises ``RefusedFile``: ``registry_version_future, registry_version_older, registry_base_differs,
    registry_coverage_differs, registry_empty, registry_breaks_off, registry_unreadable, registry_smaller`` and those of
    reading.
    """
    ground = _ground(work)
    sha256 = sha256_file(work.path)
    again = _known_version(ground, work.sidecar, sha256)
    if again is not None:
        return Taken(again, again.count, 0, known_before=True)
    stage = make_folder(work.ws.store / f"{STAGE_PREFIX}registry-{os.getpid()}-{uuid4().hex[:8]}")
    try:
        read = _read(work, stage)
        work.step(f"storing {work.sidecar.registry}")
        version = _stored(work, ground, sha256, stage, read) if read.fault is None else None
        if version is not None:
            return Taken(version, read.lines, read.unreadable)
        _keep(work, ground, PARTIAL, sha256, stage / PARTIAL, build(stage / PARTIAL, None, read.added.runs(), ()))
        raise read.fault or _breaks_off()
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _ground(work: Work) -> _Ground:
    """What the file is judged against; raises ``RefusedFile`` where its day, base or coverage do not fit."""
    sidecar, moment = work.sidecar, now(work.ws.settings)
    today = max(moment.date(), queue_day(moment, work.ws.settings))
    if sidecar.version_date > today:
        message = f"version_date lies in the future: {sidecar.version_date}. {_STAYS}"
        raise RefusedFile("registry_version_future", message, "Write the day of the file's content into the sidecar.")
    known = known_versions(work.ledger)
    current = [version for version in in_force(known, today) if version.registry == sidecar.registry]
    whole = [version for version in current if version.kind != PARTIAL]
    base = _base(sidecar, whole, known) if sidecar.kind == DELTA else None
    coverage = sidecar.coverage or (base.coverage if base else ())
    if base is not None and not prefixes_within(base.coverage, coverage):
        message = "The delta covers less than the version it builds on: the rest would pass for fresh. " + _STAYS
        raise RefusedFile(
            "registry_coverage_differs", message, "Drop the full registry of each part, or a whole delta."
        )
    coverage = base.coverage if base else coverage
    _refuse_older(sidecar.version_date, coverage, whole)
    return _Ground(known, whole, base, coverage)


def _base(sidecar: Sidecar, current: Sequence[RegistryVersion], known: Sequence[RegistryVersion]) -> RegistryVersion:
    """The version a delta builds on, which must be in force.

    Where additions and deletions of a day come in files of their own, both name the version of before: the second of
    them is laid upon the first.
    """
    wanted = sidecar.base or ""
    for version in current:
        before = [one for one in known if one.snapshot_sha256 == version.base_sha256]
        of_that_day = version.kind == DELTA and version.version_date == sidecar.version_date
        if _is_named(version, wanted) or (of_that_day and any(_is_named(one, wanted) for one in before)):
            return version
    there = ", ".join(f"{version.version_date} (file {version.file_sha256[:12]})" for version in current)
    stands = f"in force is {there}" if there else "none is in force"
    raise RefusedFile(
        "registry_base_differs",
        f"The delta builds on {_shown(wanted)}, but {stands}. Changes in between would be lost. {_STAYS}",
        "Drop the deltas in between, oldest first, or the full registry.",
    )


def _is_named(version: RegistryVersion, wanted: str) -> bool:
    by_file = len(wanted) >= _DIGITS and version.file_sha256.startswith(wanted)
    return by_file or version.version_date.isoformat() == wanted


def _shown(wanted: str) -> str:
    """A base as a message may show it: a date, or the beginning of a SHA-256."""
    plain = all(sign in "0123456789abcdef-" for sign in wanted)
    return f"version {wanted[:12]}" if plain else "another version"


def _refuse_older(day: date, coverage: Sequence[str], current: Sequence[RegistryVersion]) -> None:
    newer = [
        version
        for version in current
        if version.version_date > day
        and (prefixes_within(version.coverage, coverage) or prefixes_within(coverage, version.coverage))
    ]
    if newer:
        message = f"The file is of {day}, but a version of {newer[-1].version_date} is in force already. {_STAYS}"
        raise RefusedFile("registry_version_older", message, "Download the newest file.")


def _known_version(ground: _Ground, sidecar: Sidecar, sha256: str) -> RegistryVersion | None:
    """The very same file, taken in as the very same version before."""
    same = (sidecar.registry, sidecar.version_date, sidecar.kind, ground.coverage, sha256)
    for version in ground.known:
        if same == (version.registry, version.version_date, version.kind, version.coverage, version.file_sha256):
            return version
    return None


def _manner(work: Work) -> Manner:
    plan = registry_plan(work.sidecar.registry, work.known)
    return Manner(plan, work.known, changes=work.sidecar.kind == DELTA, change=work.sidecar.change)


def _read(work: Work, stage: Path) -> _Read:
    """Read all of a file, or as much of it as there is."""
    read = _Read(Gathered(stage, "added"), Gathered(stage, "removed"))
    try:
        for batch in read_registry(work.path, _manner(work)):
            read.added.add(batch.added)
            read.removed.add(batch.removed)
            read.lines, read.unreadable = read.lines + batch.lines, read.unreadable + batch.unreadable
            read.fault = _breaks_off() if batch.cut else None
            work.step(f"reading {work.sidecar.registry}: {read.lines:,} lines")
        if read.fault is None:
            _require_readable(read.lines, read.unreadable, work.known)
    except RefusedFile as error:
        read.fault = error
    return read


def _require_readable(lines: int, unreadable: int, known: Mapping[str, Any]) -> None:
    if lines == unreadable:
        raise RefusedFile("registry_empty", f"The file holds no number. {_STAYS}", EMPTY_FIX)
    if unreadable * _MILLION > lines * int(known["unreadable_per_million"]):
        raise RefusedFile(
            "registry_unreadable",
            f"{unreadable:,} of {lines:,} lines are no number as this registry writes them. {_STAYS} {_KEPT}",
            "Look at the file: was it saved by a spreadsheet? Download it again and drop it as it comes.",
            {"lines": lines, "unreadable": unreadable},
        )


def _breaks_off() -> RefusedFile:
    return RefusedFile(
        "registry_breaks_off",
        f"The file ends in the middle of a line: it was cut off. {_STAYS} {_KEPT}",
        "Download it again; if it is whole, end its last line with a line end.",
    )


def _stored(work: Work, ground: _Ground, sha256: str, stage: Path, read: _Read) -> RegistryVersion | None:
    """Build the version and keep it, unless it is suddenly too small, which is noted as a fault."""
    if ground.base is not None and not check_stored(work.ws, ground.base):
        read.fault = _base_damaged()
        return None
    base = open_snapshot(stored_at(work.ws, ground.base)) if ground.base else None
    path = stage / "whole"
    count = build(path, base, read.added.runs(), read.removed.runs())
    before = sum(version.count for version in ground.current if prefixes_within(version.coverage, ground.coverage))
    if not work.sidecar.smaller_ok and count * 100 < before * int(work.known["least_percent_of_previous"]):
        read.fault = _smaller(count, before)
        return None
    return _keep(work, ground, work.sidecar.kind, sha256, path, count)


def _keep(work: Work, ground: _Ground, kind: str, sha256: str, path: Path, count: int) -> RegistryVersion | None:
    """Keep what was built as a version; one without any number is none."""
    if not count:
        return None
    version = RegistryVersion(
        registry=work.sidecar.registry,
        version_date=work.sidecar.version_date,
        coverage=ground.coverage,
        kind=kind,
        count=count,
        file_sha256=sha256,
        snapshot_sha256=sha256_file(path),
        recorded_at=now(work.ws.settings),
        base_sha256=ground.base.snapshot_sha256 if ground.base and kind == DELTA else None,
    )
    keep(work.ws, work.ledger, path, version, work.sidecar.licence)
    return version


def _base_damaged() -> RefusedFile:
    return RefusedFile(
        "registry_base_damaged",
        f"The stored version that the delta builds on was altered or is missing. {_KEPT}",
        "Restore it from a backup (`tactful audit verify` names it), or drop the full registry.",
    )


def _smaller(count: int, before: int) -> RefusedFile:
    return RefusedFile(
        "registry_smaller",
        f"The file lists {count:,} numbers, the one it would replace {before:,}. {_STAYS} {_KEPT}",
        "Download it again; if the registry really shrank, write smaller_ok = true into the sidecar.",
        {"numbers": count, "before": before},
    )
