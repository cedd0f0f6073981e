"""The encoding of a text, decided from its bytes: names must be right byte for byte, so nothing is guessed quietly.

Byte order marks; UTF-16 without one by its pattern of zero bytes; strict UTF-8; UTF-8 with a few damaged bytes, whose
rows are refused one by one; then cp1252, where what it yields reads like words. Anything else is refused.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from flows.readers.refusals import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Encoding", "detect_encoding", "is_binary"]

_CHUNK: Final = 1 << 20
_SAMPLE: Final = 1 << 16
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, None),  # begins like UTF-16-LE; no tool writes lists in it
    (codecs.BOM_UTF32_BE, None),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le-bom"),
    (codecs.BOM_UTF16_BE, "utf-16-be-bom"),
)
_MANY_ZEROS: Final = 0.25
_FEW_ZEROS: Final = 0.02
_CONTROLS: Final = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f]")
_MANY_CONTROLS: Final = 0.05
_FEW_BAD: Final = 3
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
_UNSURE: Final = 0.02

# Windows-1252 read from another encoding shows in words: signs between letters, or one accented letter after the other.
_WORD: Final = re.compile(r"[^\W\d_]*[^\x00-\x7f][^\s,;|\t\"]*")
_ODD_WORD: Final = re.compile(
    r"[^\W\d_][\u00a1-\u00a9\u00ab\u00ac\u00ae-\u00b3\u00b5\u00b6\u00b8\u00b9\u00bb-\u00bf\u00d7\u00f7\u0192\u02c6\u02dc\u2020-\u2030][^\W\d_]"
    r"|[\u00c0-\u00ff]{4,}|[\u00c3\u00c2][\u0080-\u00bf\u2018-\u201e\u20ac]"
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """``name`` as reported, ``codec`` and ``errors`` to open the file with, ``skip`` bytes of a mark in front."""

    name: str
    codec: str
    errors: str = "strict"
    skip: int = 0


def is_binary(text: str) -> bool:
    """Whether too many characters are controls no text has. Zeros are left out: damaged texts have them too."""
    return len(_CONTROLS.findall(text)) > _MANY_CONTROLS * len(text)


def detect_encoding(path: Path) -> Encoding:
    """Decide the encoding of a text file by all of its bytes.

    Raises ``RefusedFile``: ``encoding_unclear``, or ``not_a_table`` where it is no text at all.
    """
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
    if marked := _by_mark(head):
        if marked.codec == "utf-8" and not _fits(path, marked):
            return replace(marked, errors="surrogateescape")
        _require(path, marked)
        return marked
    if zeros := _by_zeros(head):
        _require(path, zeros)
        return zeros
    if is_binary(head.decode("latin-1")):
        raise refuse("not_a_table")
    if _fits(path, Encoding("utf-8", "utf-8")):
        return Encoding("utf-8", "utf-8")
    good, bad = _count_utf8(path)
    western = Encoding("cp1252", "cp1252")
    # Letters that are valid UTF-8 do not come about by chance; and a few bytes that no encoding has are damage.
    if good >= bad or (bad <= _FEW_BAD and not _fits(path, western)):
        return Encoding("utf-8", "utf-8", errors="surrogateescape")
    _require(path, western)
    _require_words(path)
    return western


def _by_mark(head: bytes) -> Encoding | None:
    for mark, name in _MARKS:
        if head.startswith(mark):
            if name is None:
                raise refuse("encoding_unclear")
            return Encoding(name, name.removesuffix("-bom").removesuffix("-sig"), skip=len(mark))
    return None


def _by_zeros(head: bytes) -> Encoding | None:
    """UTF-16 without a mark: in western text every other byte is zero."""
    half = max(1, len(head) // 2)
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    if odd > _MANY_ZEROS and even < _FEW_ZEROS:
        return Encoding("utf-16-le", "utf-16-le")
    if even > _MANY_ZEROS and odd < _FEW_ZEROS:
        return Encoding("utf-16-be", "utf-16-be")
    if even > _MANY_ZEROS or odd > _MANY_ZEROS:
        raise refuse("not_a_table")
    return None


def _count_utf8(path: Path) -> tuple[int, int]:
    """Characters beyond ASCII that are valid UTF-8, and bytes that are not."""
    good = bad = 0
    for text in _decoded(path, Encoding("utf-8", "utf-8", "surrogateescape")):
        wrong = len(_ESCAPED.findall(text))
        good += len(text) - len(text.encode("ascii", "ignore")) - wrong
        bad += wrong
    return good, bad


def _fits(path: Path, encoding: Encoding) -> bool:
    """Whether every byte of the file is a character in this encoding."""
    try:
        for _ in _decoded(path, encoding):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _require(path: Path, encoding: Encoding) -> None:
    """A byte that the encoding does not have means that it is another one."""
    if not _fits(path, encoding):
        raise refuse("encoding_unclear")


def _require_words(path: Path) -> None:
    """Refuse cp1252 where its words cannot be words; name the likelier encoding where there is one."""
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    words = _WORD.findall(sample.decode("cp1252", errors="replace"))
    odd = sum(_ODD_WORD.search(word) is not None for word in words)
    if odd > _UNSURE * len(words):
        raise refuse("encoding_unclear", looks_like=_likelier(sample))


def _likelier(sample: bytes) -> str | None:
    # A guess helps whoever has to save the file again; it never decides how names are read.
    import charset_normalizer

    best = charset_normalizer.from_bytes(sample).best()
    return best.encoding if best else None


def _decoded(path: Path, encoding: Encoding) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding.codec)(encoding.errors)
    with path.open("rb") as stream:
        stream.seek(encoding.skip)
        while chunk := stream.read(_CHUNK):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)
