"""Single entries of lists of opt-outs as people and programs write them: digests with their name, signs of a change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies.contact_points.phone_spellings import is_damaged

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DIGEST_LENGTHS", "are_north_american", "is_comment", "plain_entry", "signs_of_change", "wrong_entry"]

DIGEST_LENGTHS: Final = {32: "md5", 40: "sha1", 64: "sha256"}

_NAMED: Final = re.compile(
    r"[\"'{\[(<]*(?:md-?5|sha-?1|sha-?2|sha-?2?-?256|hash|digest|0x)[\"'}\])>]*\s*[:=;,\s]?\s*[\"']?([0-9a-f]{32,128})[\"']?"
    r"(?:\s+[*-]?\s*-?)?",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"[\"'`]*([0-9A-Fa-f]{32,128})[\"'`]*(?:\s+\*?-)?")
_HEX: Final = re.compile(r"[0-9a-f]{16,}", re.IGNORECASE)
_DIGITS_OF_A_NUMBER: Final = 6
_SHORTEST: Final = 16  # digits of what may be a digest; a number of a telephone has 15 at most
_BASE64: Final = re.compile(
    r"(?=.*[A-Z])(?=.*[a-z])(?:[A-Za-z0-9+/_-]{22}==|[A-Za-z0-9+/_-]{27}=|[A-Za-z0-9+/_-]{43}=)"
)
_COMMENT: Final = re.compile(r"\s*(?:#|//|--\s|;\s|rem\s)", re.IGNORECASE)
_SIGNED: Final = re.compile(r"\s*(?:([+-])(?![\d ()]{6,})|([AD])(?=[,;:|\t ])[,;:|\t ])\s*(\S.*)", re.DOTALL)
_POINT: Final = re.compile(r"^(?:[-*\u2022\u00b7\u2013]\s+|\d{1,4}[.)]\s+)(?=\S*@)")  # before an item of a list
_FRACTION: Final = re.compile(r"(\+?\d{7,15})\.0+")
_GUARD: Final = re.compile(r"^'(?=[=@+-])")  # what keeps a spreadsheet from running a cell
_BULLET: Final = re.compile(r"\s*-\s")
_TEN: Final = re.compile(r"[2-9]\d{2}[2-9]\d{6}")


def plain_entry(text: str) -> str:
    """An entry without what some programs write around it: the name of a digest, its quotes, a comma at the end.

    A number that a spreadsheet took for a fraction ("13125550101.0") is without its zero.
    """
    bare = _POINT.sub("", _GUARD.sub("", text.strip()).rstrip(",;").strip())
    found = _NAMED.fullmatch(bare) or _QUOTED.fullmatch(bare) or _FRACTION.fullmatch(bare)
    return found.group(1) if found else bare


def wrong_entry(text: str) -> tuple[str, str, str] | None:
    """Code, reason and fix of an entry that can be nobody's for certain; None for any other.

    A digest of a length that is none of ours cannot be compared with anybody; of a number that a spreadsheet wrote as
    4.42E+11 the digits are gone, and many numbers are written so.
    """
    bare = plain_entry(text)
    if len(bare) in DIGEST_LENGTHS and _HEX.fullmatch(bare):
        return None
    if is_damaged(text):
        return (
            "number_lost",
            "A spreadsheet has turned the number into something like 4.42E+11; its digits are lost. It stops nobody.",
            "Take the number from the source again, as text, and drop the row again.",
        )
    is_hex = _HEX.fullmatch(bare) is not None and not (bare.isdecimal() and len(bare) == _SHORTEST)
    if (is_hex and len(bare) not in DIGEST_LENGTHS) or _BASE64.fullmatch(bare):
        return (
            "digest_unknown",
            f"A digest of {len(bare)} characters is none of MD5 (32), SHA-1 (40) and SHA-256 (64). It stops nobody.",
            "Ask for the list as MD5, SHA-1 or SHA-256 in hexadecimal digits, or for the addresses themselves.",
        )
    return None


def is_comment(text: str) -> bool:
    """Whether a line of a bare list is a remark of whoever made it; a line that may name somebody is none."""
    if _COMMENT.match(text) is None:
        return False
    return "vector" in text.lower() or ("@" not in text and sum(map(str.isdigit, text)) < _DIGITS_OF_A_NUMBER)


def signs_of_change(cells: Sequence[str]) -> list[tuple[str | None, str]] | None:
    """For each cell of a bare list its sign and the entry, where the list is one of changes: ``+`` adds, ``-`` deletes.

    A and D before a comma or a blank do so too. None for any other list: a dash before every line, or one with a blank
    after it, is how people write lists.
    """
    found: list[tuple[str | None, str]] = []
    for cell in cells:
        signed = _SIGNED.fullmatch(cell)
        sign = {"A": "+", "D": "-"}.get(signed.group(2), signed.group(1)) if signed else None
        found.append((sign, signed.group(3).strip() if signed and sign else cell))
    signs = {sign for (sign, _), cell in zip(found, cells, strict=True) if cell.strip()}
    bullets = "+" not in signs and any(_BULLET.match(cell) for cell in cells)
    return None if "-" not in signs or signs == {"-"} or bullets else found


def are_north_american(cells: Sequence[str]) -> bool:
    """Whether all entries are ten digits as the national registry of the United States writes its numbers."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(_TEN.fullmatch(cell) for cell in filled)
