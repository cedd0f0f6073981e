"""Files rewritten for an erasure: what they may hold now, by what the ledger says became of each content."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from flows.files import sha256_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flows.workspace import Workspace

__all__ = ["Chains", "is_redacted", "left_unredacted"]

# For each place below the data folder what became of each content: old SHA-256 -> new one, None where it was removed.
Chains: TypeAlias = "Mapping[str, Mapping[str, str | None]]"


def is_redacted(ws: Workspace, chains: Chains, path: Path, old: str) -> bool:
    """Whether a file that held ``old`` holds, or lacks, just what the erasures since then made of it."""
    chain = chains.get(path.relative_to(ws.data).as_posix(), {})
    content: str | None = old
    seen: set[str] = set()
    while content is not None and content in chain and content not in seen:
        seen.add(content)
        content = chain[content]
    return bool(seen) and content == _content(path)


def left_unredacted(ws: Workspace, chains: Chains) -> list[Path]:
    """Files that still hold, or hold again, what an erasure took out of them."""
    places = [(ws.data / place, chain) for place, chain in sorted(chains.items())]
    return [path for path, chain in places if _content(path) in chain]


def _content(path: Path) -> str | None:
    return sha256_file(path) if path.is_file() else None
