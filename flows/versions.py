"""What a decision depends on besides its inputs: our own code, and the libraries whose answers shape it.

Numbering plans, time zones, public suffixes and holidays change with every release of their library, and so may what
texts are told to be alike; a run names the versions it was decided with, and they enter its id.
"""

from __future__ import annotations

import hashlib
import zoneinfo
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Final

__all__ = ["code_sha256", "code_version", "data_versions", "dependency_versions", "matching_versions"]

_PACKAGES: Final = ("policies", "flows")
# Everything that shapes an output; rule files (.toml) are counted by the policy revision.
_CODE: Final = frozenset({".py", ".html", ".j2", ".css", ".js", ".svg"})
_WITH_DATA: Final = ("anyascii", "email-validator", "ftfy", "holidays", "phonenumbers", "publicsuffixlist", "tzdata")
_ALIKE: Final = ("rapidfuzz", "rensa")  # what tells texts that are alike
_COMPARING: Final = ("anyascii", "ftfy", "numpy", "polars", "rapidfuzz")  # what names are compared with
_ENGINES: Final = ("great-expectations", "polars", "pydantic", "sqlalchemy")


def code_version() -> str:
    """The release and the exact code: ``<version>+<12 hex>``."""
    return f"{_installed('tactful')}+{code_sha256()[:12]}"


@lru_cache(maxsize=1)
def code_sha256() -> str:
    """SHA-256 over the names and texts of all code and templates of both packages."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(_sources(root), key=lambda path: path.relative_to(root).as_posix()):
        data = path.read_bytes()
        name = path.relative_to(root).as_posix()
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


def data_versions() -> dict[str, str]:
    """Versions of the libraries that carry data a decision rests on, or compare texts for it."""
    return {name: _installed(name) for name in sorted((*_WITH_DATA, *_ALIKE))} | {"zoneinfo": _zone_data()}


def matching_versions() -> dict[str, str]:
    """Versions of the libraries that tell which records are one person."""
    return {name: _installed(name) for name in _COMPARING} | data_versions()


def dependency_versions() -> dict[str, str]:
    """Code, data and engines, as the manifest names them."""
    engines = {name: _installed(name) for name in _ENGINES}
    return {"tactful": code_version(), **data_versions(), **engines}


def _sources(root: Path) -> list[Path]:
    found = (path for package in _PACKAGES for path in (root / package).rglob("*"))
    return [path for path in found if path.suffix in _CODE and path.is_file()]


@lru_cache(maxsize=32)
def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "unknown"


def _zone_data() -> str:
    """The release of the zone data in use: the system's where it has one, else that of the library."""
    for folder in zoneinfo.TZPATH:
        file = Path(folder) / "tzdata.zi"
        if file.is_file():
            with file.open(encoding="utf-8") as lines:
                return lines.readline().removeprefix("# version").strip()
    return "tzdata"
