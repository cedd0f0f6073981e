"""Filing registries: a file of numbers and its sidecar, which may arrive in either order.

Either waits a day for the other. Files of one registry are taken in by their day, so that a full registry and the
deltas upon it may be dropped together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.clock import machine_now
from flows.files import mending, sha256_file
from flows.filing.dropped import GROWING, Dropped, LeftAlone, steady
from flows.filing.model import FileOutcome, refused
from flows.registries.sidecar import SIDECAR, Sidecar, read_sidecar
from flows.registries.taking_in import Work, check_registry, take_in
from flows.registries.versions import DELTA, screen
from flows.store import active_lists, archive_original, load_records, quarantine
from policies.errors import RefusedFile, TactfulError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from flows.ledger import Ledger
    from flows.registries.taking_in import Taken
    from flows.workspace import Workspace

__all__ = ["RegistryFiling"]

_KIND: Final = "registries"
_HOUR: Final = 3600.0
_MEND: Final = (
    "Write registry, version_date, coverage and kind into it (docs/registries.md); until then the file waits for a day."
)


@dataclass
class RegistryFiling:
    """Takes in what lies in ``registries``; ``lists`` are the word lists of the rulebook."""

    ws: Workspace
    ledger: Ledger
    lists: Mapping[str, Any]
    dry_run: bool
    step: Callable[[str], None]

    def outcomes(self, items: Sequence[Dropped]) -> Iterator[FileOutcome]:
        """File every registry file; gives what became of each, or of a sidecar whose file is not there."""
        pairs: list[tuple[Sidecar, Dropped]] = []
        whole = {item.path for item in items}
        # a sidecar is told with its file
        for item in [item for item in items if not (_is_sidecar(item.path) and _partner(item.path).is_file())]:
            try:
                pairs.append((self._sidecar(item, whole), item))
            except LeftAlone as left:
                yield self._left(item, left)
            except (RefusedFile, UsageError) as error:
                yield self._refused(item, error)
        for sidecar, item in sorted(pairs, key=_turn):
            yield self._filed(item, sidecar)

    def _sidecar(self, item: Dropped, whole: Collection[Path]) -> Sidecar:
        partner = _partner(item.path)
        if not partner.is_file():
            self._wait(item.path)
        if partner not in whole:
            raise LeftAlone("file_growing", "Its sidecar is still being written.", GROWING)
        with steady(partner):
            return read_sidecar(partner, item.folder, self.lists["registries"])

    def _wait(self, path: Path) -> None:
        """Leave a file without its sidecar, or a sidecar without its file, for a day; then refuse it."""
        with mending(path):
            known = path.lstat()
        hours = (machine_now().timestamp() - max(known.st_mtime, known.st_ctime)) / _HOUR
        message = (
            "The file has no sidecar." if not _is_sidecar(path) else "The file this sidecar is about is not there."
        )
        name = _partner(path).name
        fix = f"Drop `{name}` beside it." if _is_sidecar(path) else f"Drop `{name}` beside it. {_MEND}"
        if hours < int(self.lists["registries"]["sidecar_wait_hours"]):
            raise LeftAlone("registry_sidecar_missing", message, fix)
        raise RefusedFile("registry_sidecar_missing", message, fix)

    def _filed(self, item: Dropped, sidecar: Sidecar) -> FileOutcome:
        work = Work(self.ws, self.ledger, item.path, sidecar, self.lists["registries"], self.step)
        try:
            with steady(item.path):
                taken = check_registry(work) if self.dry_run else take_in(work)
        except LeftAlone as left:
            return self._left(item, left)
        except (RefusedFile, UsageError) as error:
            return self._refused(item, error)
        outcome = self._outcome(item, sidecar, taken)
        if not self.dry_run and taken.version is not None:
            partner = _partner(item.path)
            archive_original(self.ws, item.path, taken.version.file_sha256)
            archive_original(self.ws, partner, sha256_file(partner))
        return outcome

    def _outcome(self, item: Dropped, sidecar: Sidecar, taken: Taken) -> FileOutcome:
        version = taken.version
        about: dict[str, Any] = {
            "registry": sidecar.registry,
            "version_date": sidecar.version_date.isoformat(),
            "kind": sidecar.kind,
            "coverage": list(version.coverage if version else sidecar.coverage or ()),
            "numbers": version.count if version else None,
            "records_listed": self._records_listed(taken),
        }
        return FileOutcome(
            name=item.path.name,
            kind=_KIND,
            status="already_there" if taken.known_before else "accepted",
            source=item.folder,
            sha256=version.file_sha256 if version else None,
            rows=taken.lines,
            accepted=taken.lines - taken.unreadable,
            rejected=taken.unreadable,
            registry=about,
        )

    def _records_listed(self, taken: Taken) -> int | None:
        """How many records of the active lists have a number that this version lists."""
        if taken.version is None:
            return None
        listed = screen(self.ws, [taken.version], self._phones.get_column("phone")).filter("listed")
        return self._phones.join(listed, on="phone", how="semi").height

    @cached_property
    def _phones(self) -> pl.DataFrame:
        records = load_records(self.ws, active_lists(self.ws))
        return records.filter(pl.col("reject_code").is_null()).select("phone").drop_nulls()

    def _left(self, item: Dropped, why: LeftAlone) -> FileOutcome:
        return FileOutcome(
            name=item.path.name,
            kind=_KIND,
            status="left",
            source=item.folder,
            code=why.code,
            message=why.message,
            fix=why.fix,
        )

    def _refused(self, item: Dropped, error: TactfulError) -> FileOutcome:
        """Move a refused file away with its sidecar; both are dropped again together."""
        outcome = refused(item.path, _KIND, item.folder, error)
        if self.dry_run:
            return replace(outcome, status="would_be_quarantined")
        partner = _partner(item.path)
        quarantine(self.ws, item.path, error)
        if partner.is_file() and not _is_sidecar(item.path):
            quarantine(self.ws, partner, error)
        return outcome


def _turn(pair: tuple[Sidecar, Dropped]) -> tuple[object, ...]:
    """By day; of a day full files first, and additions last: what is in both lists stays listed."""
    sidecar, item = pair
    return sidecar.registry, sidecar.version_date, sidecar.kind == DELTA, sidecar.change == "add", item


def _is_sidecar(path: Path) -> bool:
    return path.suffix.lower() == SIDECAR


def _partner(path: Path) -> Path:
    """The sidecar of a file, or the file of a sidecar."""
    return path.with_suffix("") if _is_sidecar(path) else path.with_name(path.name + SIDECAR)
