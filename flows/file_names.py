"""File names made from words that came from outside: they stay in their folder, whatever the words are."""

from __future__ import annotations

import hashlib
import re
from typing import Final

__all__ = ["free_name", "owner_file_names", "safe_file_name"]

_MAX_BYTES: Final = 120  # leaves room for a number and a suffix below the 255 of common file systems
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff/\\:*?"<>|]')
_TAKEN_BY_QUEUE: Final = frozenset({"today", "recall"})


def safe_file_name(words: str, otherwise: str = "file") -> str:
    """``words`` as a plain visible file name of bounded length; ``otherwise`` where nothing is left of them."""
    name = _UNSAFE.sub("_", words).strip(" .") or otherwise
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:  # noqa: PLR2004 - no ending of a file is longer
        stem, dot, ending = name, "", ""
    room = _MAX_BYTES - len((dot + ending).encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + dot + ending


def free_name(name: str, taken: frozenset[str]) -> str:
    """``name``, numbered before its ending where it or a numbered form of it is taken."""
    if name not in taken:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    number = 2
    while (numbered := f"{stem}-{number}{dot}{ending}") in taken:
        number += 1
    return numbered


def owner_file_names(owners: frozenset[str]) -> dict[str, str]:
    """The queue file of each owner: the name itself where it is a plain one nobody else's looks like.

    Others get eight hex of their hash behind what is left of the name, so that no two owners share a file, no file
    is ``today.csv`` or ``recall.csv``, and none leaves the folder. The result depends on the set of owners alone.
    """
    stems = {owner: safe_file_name(f"{owner}.csv", "owner.csv").removesuffix(".csv") for owner in owners}
    looks = [stem.casefold() for stem in stems.values()]
    return {
        owner: f"{stem if _is_own(owner, stem, looks) else f'{stem}-{_hash8(owner)}'}.csv"
        for owner, stem in sorted(stems.items())
    }


def _is_own(owner: str, stem: str, looks: list[str]) -> bool:
    return owner == stem and looks.count(stem.casefold()) == 1 and stem.casefold() not in _TAKEN_BY_QUEUE


def _hash8(owner: str) -> str:
    return hashlib.sha256(owner.encode(errors="surrogatepass")).hexdigest()[:8]
