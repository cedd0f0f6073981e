"""The sidecar of a registry file, ``<file>.toml``: which registry it is, of what day, and what it covers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from flows.files import mending
from flows.registries.versions import DELTA, FULL
from policies.errors import RefusedFile
from policies.registries import coverage_prefixes, registry_id, registry_plan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["SIDECAR", "Sidecar", "read_sidecar"]

SIDECAR: Final = ".toml"
_LARGEST: Final = 1 << 16
_KINDS: Final = (FULL, DELTA)
_CHANGES: Final = ("add", "delete")
_MEND: Final = "Mend the sidecar and drop both files again."


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What a sidecar says.

    ``coverage`` are prefixes of E.164 without the plus, none where a delta leaves it out: that of its base. ``base`` is
    the version date or the SHA-256 of the file a delta builds on. ``change``: all numbers of a delta are added, or
    deleted. ``smaller_ok``: somebody looked why the registry shrank.
    """

    registry: str
    version_date: date
    coverage: tuple[str, ...] | None
    kind: str
    base: str | None
    licence: str | None
    change: str | None
    smaller_ok: bool


def read_sidecar(path: Path, folder: str | None, known: Mapping[str, Any]) -> Sidecar:
    """Read a sidecar; ``folder`` is the drop folder it lies in, which must name the same registry.

    Raises ``RefusedFile`` (``registry_sidecar_bad``, ``registry_folder_differs``) saying what is wrong.
    """
    said = _parsed(path)
    registry = _registry(said.get("registry"), known)
    if folder is not None and registry_id(folder, known) not in (registry, None):
        message = "The sidecar names another registry than the folder it was dropped into."
        raise RefusedFile("registry_folder_differs", message, f"Drop both files into registries/{registry}/.")
    kind = _one_of("kind", said.get("kind"), _KINDS)
    base = said.get("base")
    if kind == DELTA and not _filled(base):
        raise _bad("base is missing: a delta builds on one version.", "Write its version_date, or the file's SHA-256.")
    change = said.get("change")
    return Sidecar(
        registry=registry,
        version_date=_day(said.get("version_date")),
        coverage=_coverage(said.get("coverage"), kind, registry, known),
        kind=kind,
        base=str(base).strip().lower() if kind == DELTA else None,
        licence=str(said["licence"]) if _filled(said.get("licence")) else None,
        change=_one_of("change", change, _CHANGES) if _filled(change) else None,
        smaller_ok=said.get("smaller_ok") is True,
    )


def _parsed(path: Path) -> dict[str, Any]:
    with mending(path):
        raw = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _bad("It is not UTF-8 text.", "Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError:
        raise _bad("It is no TOML.", 'Write lines such as: version_date = "2026-10-01".') from None


def _registry(said: object, known: Mapping[str, Any]) -> str:
    found = registry_id(said, known) if isinstance(said, str) else None
    if found is None:
        names = ", ".join(sorted(set(known["aliases"].values())))
        raise _bad("registry is missing, or is no name of a registry.", f"Write one of {names}, or COUNTRY-NAME.")
    return found


def _day(said: object) -> date:
    if isinstance(said, datetime):
        return said.date()
    if isinstance(said, date):
        return said
    try:
        return date.fromisoformat(str(said).strip())
    except ValueError:
        raise _bad(
            "version_date is missing, or is no date.", "Write the day of the file's content: 2026-10-01."
        ) from None


def _coverage(said: object, kind: str, registry: str, known: Mapping[str, Any]) -> tuple[str, ...] | None:
    if kind == DELTA and not _filled(said):
        return None
    found = coverage_prefixes(said, registry_plan(registry, known)) if _filled(said) else None
    if found is None:
        fix = 'Write "all", or area codes and prefixes the file covers: ["312", "415"], or ["+1312", "+44"].'
        raise _bad("coverage is missing, or cannot be read.", fix)
    return found


def _one_of(name: str, said: object, words: tuple[str, ...]) -> str:
    word = said.strip().lower() if isinstance(said, str) else ""
    if word not in words:
        raise _bad(f"{name} must be {' or '.join(words)}.", f"Write {name} = {words[0]!r} or {words[1]!r}.")
    return word


def _filled(said: object) -> bool:
    return said is not None and said not in ("", [])


def _bad(message: str, fix: str) -> RefusedFile:
    return RefusedFile("registry_sidecar_bad", f"The sidecar does not hold: {message}", f"{fix} {_MEND}")
