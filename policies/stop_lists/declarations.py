"""What a list of opt-outs declares about itself: how its digests were made, and how many entries it has.

A declared normalisation is checked against its test vector, an address and its digest: digests that were made otherwise
than they say compare with nobody, and a list of them would read as "nobody opted out".
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from policies.stop_lists.entries import DIGEST_LENGTHS, plain_entry

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["claimed_rows", "comments_in", "is_reserved", "vector_fits"]

_THINGS: Final = (
    r"(?:rows?|records?|entries|contacts?|subscribers?|addresses|e-?mails|lines|people|zeilen|datens(?:\u00e4|ae)tze|"
    r"eintr(?:\u00e4|ae)ge|kontakte|adressen|lignes|enregistrements|contactos|registros|filas|righe|contatti|rijen|"
    r"contacten|linhas|contatos|rader|poster)"
)
_SUMS: Final = r"(?:total|totals|count|gesamt|gesamtzahl|summe|anzahl|nombre|n[u\u00fa]mero|totale|totaal|aantal|antal)"
_FIGURE: Final = r"(\d{1,3}(?:[.,' \u00a0]\d{3})+|\d+)"
_CLAIMS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_SUMS}\b(?: (?:number )?(?:of )?{_THINGS})?(?: \w+)?\s*[:=,;\t]\s*\"?{_FIGURE}\b",
        rf"\b{_THINGS}(?: (?:exported|in file|in total|count))?\s*[:=]\s*{_FIGURE}\b",
        rf"^\W*(?:\w+ ){{0,2}}{_FIGURE} (?:\w+ )?{_THINGS}\b",
        rf"^\W*(?:trailer|trl|eof|end)\W+0*{_FIGURE}\W*$",
    )
)
_COMMENT: Final = re.compile(r"\s*(?:#|//|--|;)+\s*(.*)")
_NORMALISATION: Final = re.compile(r"normali[sz]ation\s*[:=]\s*([\w +-]+)", re.IGNORECASE)
_VECTOR: Final = re.compile(
    r"(?:test )?vector\s*[:=]?\s*(\S+@\S+?)\s*(?:[:=]|->|\s)\s*([0-9a-f]{32,128})\b", re.IGNORECASE
)
_RESERVED: Final = re.compile(r"@(?:[\w-]+\.)*(?:example\.(?:com|net|org)|[\w-]+\.example)$", re.IGNORECASE)
_RULES: Final = ("as_received", "lower_case", "trim_lower_case")


def vector_fits(address: str, digest: str, rule: str | None) -> bool:
    """Whether a digest is that of an address under a rule; without one, under any of them."""
    bare = plain_entry(digest).lower()
    kind = DIGEST_LENGTHS.get(len(bare))
    rules = (rule,) if rule in _RULES else _RULES
    if kind is None:
        return False
    texts = (_normalised(address, one) for one in rules if one)
    return any(hashlib.new(kind, text.encode(), usedforsecurity=False).hexdigest() == bare for text in texts)


def _normalised(address: str, rule: str) -> str:
    """An address as a rule of ``NORMALISATIONS`` has it before it is digested."""
    bare = address.strip() if rule == "trim_lower_case" else address
    return bare if rule == "as_received" else bare.lower()


def is_reserved(address: str) -> bool:
    """Whether an address is at a domain that is reserved for examples, as one of a test vector is."""
    return _RESERVED.search(address.strip()) is not None


def comments_in(lines: Iterable[str]) -> tuple[str | None, list[tuple[str, str]]]:
    """The normalisation and the test vectors that comments among the first lines of a file declare."""
    rule: str | None = None
    vectors: list[tuple[str, str]] = []
    for line in lines:
        comment = _COMMENT.fullmatch(line)
        if comment is None:
            continue
        if found := _NORMALISATION.search(comment.group(1)):
            rule = "_".join(found.group(1).lower().replace("-", " ").replace("+", " ").split())
        vectors += [(address, digest) for address, digest in _VECTOR.findall(comment.group(1))]
    return rule, vectors


def claimed_rows(lines: Iterable[str]) -> int | None:
    """How many entries the first or last lines of a file say it has; None where they do not say."""
    claims = [
        int(re.sub(r"\D", "", found.group(1)))
        for line in lines
        if "@" not in line
        for pattern in _CLAIMS
        if (found := pattern.search(line.strip()))
    ]
    return max(claims, default=None)
