"""Versions of registries: written down in the ledger, their numbers in the store, and which of them are in force.

One registry may come in parts: a file of one area code replaces what is in force for that area code and leaves the
others as they are. What could be read of a file that was refused as damaged is kept as a version of kind ``partial``:
it lists numbers and covers none, until a whole file of the same coverage comes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.files import fsync, make_folder, mending, sha256_file, write_bytes
from flows.ledger import EVERYTHING, NewEvent
from flows.registries.numbers import phone_integers
from flows.registries.snapshot import open_snapshot
from policies.registries import covers, prefixes_within
from policies.schema import SCREENINGS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.ledger import Cut, Ledger
    from flows.workspace import Workspace

__all__ = [
    "DELTA",
    "FULL",
    "PARTIAL",
    "RegistryVersion",
    "Shelf",
    "check_stored",
    "in_force",
    "keep",
    "known_versions",
    "screen",
    "stored_at",
]

FULL: Final = "full"
DELTA: Final = "delta"
PARTIAL: Final = "partial"
_KIND: Final = "registry"


@dataclass(frozen=True, slots=True)
class RegistryVersion:
    """One version of a registry.

    ``coverage`` are prefixes of E.164 without the plus, ``kind`` is full, delta or partial, ``count`` how many numbers
    it lists. ``file_sha256`` is of the file as it came, ``snapshot_sha256`` of what is stored, ``base_sha256`` of the
    stored version that a delta builds on. ``recorded_at`` and ``seq`` are of the ledger.
    """

    registry: str
    version_date: date
    coverage: tuple[str, ...]
    kind: str
    count: int
    file_sha256: str
    snapshot_sha256: str
    recorded_at: datetime
    seq: int = 0
    base_sha256: str | None = None

    @property
    def name(self) -> str:
        """Its name in the store."""
        ending = f"-{PARTIAL}" if self.kind == PARTIAL else ""
        return f"{self.version_date.isoformat()}-{self.file_sha256[:8]}-{self.snapshot_sha256[:8]}{ending}"

    def body(self) -> dict[str, Any]:
        """What the ledger says of it."""
        return {
            "registry": self.registry,
            "version_date": self.version_date.isoformat(),
            "coverage": list(self.coverage),
            "kind": self.kind,
            "count": self.count,
            "snapshot_sha256": self.snapshot_sha256,
            "source": {"file_sha256": self.file_sha256},
            **({"base_sha256": self.base_sha256} if self.base_sha256 else {}),
        }


def known_versions(ledger: Ledger, cut: Cut = EVERYTHING) -> list[RegistryVersion]:
    """Every version recorded before the cut, in the order of the ledger."""
    return [
        RegistryVersion(
            registry=event.body["registry"],
            version_date=date.fromisoformat(event.body["version_date"]),
            coverage=tuple(event.body["coverage"]),
            kind=event.body["kind"],
            count=event.body["count"],
            file_sha256=event.body["source"]["file_sha256"],
            snapshot_sha256=event.body["snapshot_sha256"],
            recorded_at=event.recorded_at,
            seq=event.seq,
            base_sha256=event.body.get("base_sha256"),
        )
        for event in ledger.registry_versions(cut)
    ]


def in_force(versions: Sequence[RegistryVersion], on: date) -> list[RegistryVersion]:
    """The versions that say something on a day: none of a later date, none that a later one covers wholly."""
    standing: list[RegistryVersion] = []
    for version in versions:
        if version.version_date > on:
            continue
        if version.kind != PARTIAL:
            standing = [other for other in standing if not _replaces(version, other)]
        standing.append(version)
    return sorted(standing, key=lambda version: (version.registry, version.seq))


def _replaces(version: RegistryVersion, other: RegistryVersion) -> bool:
    return version.registry == other.registry and prefixes_within(other.coverage, version.coverage)


def stored_at(ws: Workspace, version: RegistryVersion) -> Path:
    """Where the numbers of a version are kept."""
    return ws.store_registries / version.registry.lower() / f"{version.name}.numbers"


def keep(ws: Workspace, ledger: Ledger, staged: Path, version: RegistryVersion, licence: str | None) -> None:
    """Put a staged snapshot in its place and write the version down; the same version again changes nothing.

    The file is on disk for good before the ledger names it.
    """
    place = stored_at(ws, version)
    make_folder(place.parent)
    with mending(place):
        staged.chmod(0o600)
        staged.replace(place)
        fsync(place.parent)
    about = {**version.body(), "licence": licence}
    write_bytes(place.with_suffix(".json"), (json.dumps(about, sort_keys=True, indent=1) + "\n").encode())
    said = f"{_KIND}:{version.registry}:{version.name}:{version.kind}:{','.join(version.coverage)}"
    since = datetime.combine(version.version_date, time(), tzinfo=UTC)
    ledger.append([NewEvent(kind=_KIND, effective_at=since, body=version.body(), dedup_key=said)])


@dataclass(frozen=True)
class Shelf:
    """The versions in force on a day, of what was recorded before a cut, and the store their numbers lie in."""

    ws: Workspace
    versions: Sequence[RegistryVersion]

    @classmethod
    def of(cls, ws: Workspace, ledger: Ledger, on: date, cut: Cut = EVERYTHING) -> Shelf:
        """What a decision of a day may look up."""
        return cls(ws, in_force(known_versions(ledger, cut), on))

    def screen(self, phones: pl.Series) -> pl.DataFrame:
        """As :func:`screen`, of the versions in force."""
        return screen(self.ws, self.versions, phones)

    def listing(self, phone: str) -> list[RegistryVersion]:
        """The versions that list a number."""
        asked = pl.Series([phone])
        return [one for one in self.versions if screen(self.ws, [one], asked).get_column("listed").any()]

    def identity(self) -> list[list[str]]:
        """What names the versions, for a run that rests on them."""
        return [[one.registry, one.version_date.isoformat(), one.snapshot_sha256] for one in self.versions]


def screen(ws: Workspace, versions: Sequence[RegistryVersion], phones: pl.Series) -> pl.DataFrame:
    """What versions in force say about numbers in E.164, as ``SCREENINGS``; what they do not know is left out.

    Raises ``WorkspaceError`` where a stored version is missing or damaged.
    """
    if not versions:
        return empty(SCREENINGS)
    asked = pl.DataFrame({"phone": phones.drop_nulls().unique()}).with_columns(
        phone_integers(pl.col("phone")).alias("number")
    )
    asked = asked.drop_nulls("number").sort("number")
    found = [_said_by(ws, version, asked) for version in versions]
    by_number = (
        pl.concat(found)
        .group_by("phone", "registry")
        .agg(pl.col("listed").any(), pl.col("covered").any(), pl.col("version_date").filter("covered").max())
    )
    return conform(by_number.sort("phone", "registry"), SCREENINGS)


def _said_by(ws: Workspace, version: RegistryVersion, asked: pl.DataFrame) -> pl.DataFrame:
    """What one version says about numbers."""
    snapshot = open_snapshot(stored_at(ws, version))
    listed = pl.Series("listed", snapshot.listed(asked.get_column("number").to_numpy()))
    covered = pl.lit(value=False) if version.kind == PARTIAL else covers(pl.col("phone"), version.coverage)
    return (
        asked.select("phone", pl.lit(version.registry).alias("registry"), listed, covered.alias("covered"))
        .filter(pl.col("listed") | pl.col("covered"))
        .with_columns(pl.lit(version.version_date).alias("version_date"))
    )


def check_stored(ws: Workspace, version: RegistryVersion) -> bool:
    """Whether the numbers of a version are as they were written."""
    place = stored_at(ws, version)
    return place.is_file() and sha256_file(place) == version.snapshot_sha256
