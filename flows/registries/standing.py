"""How the registries of a workspace stand: which version, how old, and until when the laws in force take it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from flows.registries.versions import PARTIAL, in_force, known_versions
from policies.registries import max_file_ages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.ledger import Ledger
    from flows.registries.versions import RegistryVersion
    from policies.rulebook import Rulebook

__all__ = ["RegistryAge", "ages_of", "never_filed", "registry_ages", "shown_coverage"]

_SHOWN: Final = 4  # prefixes
FRESH: Final = "fresh"
STALE: Final = "stale"
DAMAGED: Final = "damaged"
UNASKED: Final = "unasked"  # no law on file asks for it; who is on it is not called all the same
_FIX: Final = {
    FRESH: "",
    STALE: "Download the registry of today and drop it with its sidecar into data/inbox/registries/{registry}/; until "
    "then numbers that need it are held.",
    DAMAGED: "The newest file was refused; what could be read of it counts as listed. Drop a whole one.",
    UNASKED: "",
}


@dataclass(frozen=True, slots=True)
class RegistryAge:
    """One version of a registry in force: its day, its age by the file, and what to do about it.

    ``coverage`` are prefixes of E.164. ``max_age_days`` is the shortest of the laws that name it, none where none does;
    ``stale_on`` the first day on which it screens nobody any more. ``state``: fresh, stale, damaged or unasked.
    """

    registry: str
    version_date: date
    kind: str
    numbers: int
    coverage: tuple[str, ...]
    age_days: int
    max_age_days: int | None
    stale_on: date | None
    state: str
    fix: str


def registry_ages(ledger: Ledger, book: Rulebook, on: date) -> list[RegistryAge]:
    """Every version in force on a day, by registry."""
    return ages_of(in_force(known_versions(ledger), on), book, on)


def ages_of(versions: Sequence[RegistryVersion], book: Rulebook, on: date) -> list[RegistryAge]:
    """How versions in force stand on a day."""
    ages = max_file_ages(book, on)
    return [_age(version, ages, on) for version in versions]


def never_filed(filed: Sequence[RegistryAge], book: Rulebook, on: date) -> list[str]:
    """The registries that a law in force names and of which there is no version: numbers that need them are held."""
    return sorted(set(max_file_ages(book, on)) - {age.registry for age in filed if age.kind != PARTIAL})


def shown_coverage(coverage: Sequence[str]) -> str:
    """What a version covers, in a few words."""
    more = len(coverage) - _SHOWN
    return ", ".join(coverage[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _age(version: RegistryVersion, ages: Mapping[str, int], on: date) -> RegistryAge:
    allowed = ages.get(version.registry)
    age = (on - version.version_date).days
    state = _state(version, allowed, age)
    return RegistryAge(
        registry=version.registry,
        version_date=version.version_date,
        kind=version.kind,
        numbers=version.count,
        coverage=tuple(f"+{prefix}" for prefix in version.coverage),
        age_days=age,
        max_age_days=allowed,
        stale_on=version.version_date + timedelta(days=allowed + 1) if allowed is not None else None,
        state=state,
        fix=_FIX[state].format(registry=version.registry),
    )


def _state(version: RegistryVersion, allowed: int | None, age: int) -> str:
    if version.kind == PARTIAL:
        return DAMAGED
    if allowed is None:
        return UNASKED
    return FRESH if age <= allowed else STALE
