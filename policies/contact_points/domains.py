"""Domains: their ASCII form, and the part of them an organisation can register (public suffix list)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import idna
import polars as pl
from publicsuffixlist import PublicSuffixList

__all__ = ["ascii_domain", "domain_candidates", "is_known_suffix", "registrable_domains"]

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME: Final = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)+(?=[a-z]){_LABEL}")


def ascii_domain(text: str) -> str | None:
    """A domain in lower case and ASCII (IDNA 2008), as tokens and lists compare it; None where it is no domain name."""
    bare = text.strip().rstrip(".").lower()
    if not bare.isascii():
        try:
            bare = idna.encode(bare, uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    return bare if _NAME.fullmatch(bare) else None


def domain_candidates(domain: str) -> tuple[str, ...]:
    """The domain and every parent down to the registrable one, longest first; nothing above it.

    Empty for what is no domain name and for a public suffix itself (``co.uk``), which nobody can answer for.
    """
    name = ascii_domain(domain)
    registrable = _suffixes().privatesuffix(name) if name else None
    if name is None or registrable is None:
        return ()
    labels = name.split(".")
    own = len(labels) - len(registrable.split("."))
    return tuple(".".join(labels[start:]) for start in range(own + 1))


def is_known_suffix(label: str) -> bool:
    """Whether a last label is a top-level domain in use."""
    return _known_suffixes().publicsuffix(label.lower()) is not None


def registrable_domains(domains: pl.Series) -> pl.DataFrame:
    """``domain, registrable`` for every different domain of a column, ordered by domain; null where there is none."""
    unique = domains.cast(pl.String).drop_nulls().unique().sort()
    found = [(domain_candidates(domain) or (None,))[-1] for domain in unique]
    return pl.DataFrame({"domain": unique, "registrable": pl.Series(found, dtype=pl.String)})


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    """The bundled list, parsed once and only when a domain is asked about (30 ms)."""
    return PublicSuffixList()


@lru_cache(maxsize=1)
def _known_suffixes() -> PublicSuffixList:
    """The same list, without the rule that lets every unknown label be a suffix."""
    return PublicSuffixList(accept_unknown=False)
