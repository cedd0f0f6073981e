"""The encoding of a text, decided from its bytes: names must be right byte for byte, so nothing is guessed quietly.

Byte order marks; UTF-16 and UTF-32 without one by their pattern of zero bytes; strict UTF-8; UTF-8 with a few damaged
bytes, whose rows are refused one by one; then the encodings older than Unicode, where what one of them yields reads
like the words of a language and no other does (:mod:`flows.readers.legacy`). Anything else is refused.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from flows.readers.legacy import tell
from flows.readers.refusals import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Encoding", "detect_encoding", "is_binary"]

_CHUNK: Final = 1 << 20
_SAMPLE: Final = 1 << 16
_LEGACY_SAMPLE: Final = 4 << 20
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le-bom"),  # begins like UTF-16-LE
    (codecs.BOM_UTF32_BE, "utf-32-be-bom"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le-bom"),
    (codecs.BOM_UTF16_BE, "utf-16-be-bom"),
    (b"\x84\x31\x95\x33", "gb18030-bom"),
)
_MANY_ZEROS: Final = 0.25
_SOME_ZEROS: Final = 0.03
_ASTRAY: Final = 0.1  # share of the zeros that stand on the other side: letters such as U+0100
# Controls no text has. Left out are those that divide cells in some exports (unit and record separators, start of
# heading), line ends, form feeds, and the Ctrl-Z at the end of old DOS files.
_CONTROLS: Final = re.compile(r"[\x02-\x08\x0e-\x19\x1b-\x1d]")
_MANY_CONTROLS: Final = 0.05
_FEW_BAD: Final = 3
_BAD_SHARE: Final = 0.001
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
_MOST_ENDS: Final = 0.8  # of the bytes that look like line ends: in another encoding they are halves of letters
_UNDECODED: Final = "undecoded"


def _mark_undecoded(error: UnicodeError) -> tuple[str, int]:
    """Each stretch of bytes that is no character becomes one mark by which its row is known."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff", error.end


codecs.register_error(_UNDECODED, _mark_undecoded)


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

    Raises ``RefusedFile``: ``encoding_unclear``, with the likeliest encoding in its details where there is one, or
    ``not_a_table`` where it is no text at all.
    """
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
    unicode = _by_mark(head) or _by_zeros(head)
    if unicode:
        return unicode if _fits(path, unicode) else _damaged(path, unicode)
    if is_binary(head.decode("latin-1")):
        raise refuse("not_a_table")
    if _fits(path, Encoding("utf-8", "utf-8")):
        return Encoding("utf-8", "utf-8")
    escaped = Encoding("utf-8", "utf-8", errors="surrogateescape")
    good, bad = _count_characters(path, escaped)
    # Letters that are valid UTF-8 do not come about by chance.
    if good >= bad:
        return escaped
    verdict = tell(_legacy_sample(path))
    if verdict.codec:
        told = Encoding(verdict.codec, verdict.codec)
        return told if _fits(path, told) else _damaged(path, told)
    # A few bytes that the usual encoding does not have are damage.
    if bad <= _FEW_BAD and not _fits(path, Encoding("cp1252", "cp1252")):
        return escaped
    raise refuse("encoding_unclear", looks_like=verdict.looks_like)


def _by_mark(head: bytes) -> Encoding | None:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, name.removesuffix("-bom").removesuffix("-sig"), skip=len(mark))
    return None


def _by_zeros(head: bytes) -> Encoding | None:
    """UTF-16 or UTF-32 without a mark: line ends, dividers and figures have their zeros on one side."""
    zeros = head.count(0)
    if zeros <= _SOME_ZEROS * len(head) / 2:
        return None
    for codec, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        side = width - 1 if codec.endswith("le") else 0
        here, elsewhere = (head[place::width].count(0) for place in (side, width - 1 - side))
        if here > elsewhere and elsewhere <= _ASTRAY * len(head) / width and _is_text(head, codec):
            return Encoding(codec, codec)
    if zeros > _MANY_ZEROS * len(head) / 2:
        raise refuse("not_a_table")
    return None


def _is_text(head: bytes, codec: str) -> bool:
    """Whether bytes read as a text of lines or cells; the last character may be cut off, a few may be damaged."""
    text = codecs.getincrementaldecoder(codec)("replace").decode(head)
    letters = sum(char.isalnum() for char in text)
    ends, bytes_of_ends = (len(re.findall(r"[\r\n]", found)) for found in (text, head.decode("latin-1")))
    damaged = text.count("\ufffd") + text.count("\0")
    return (
        letters > len(text) // 2
        and damaged <= max(1, _ASTRAY * letters)
        and not is_binary(text)
        and ends >= _MOST_ENDS * bytes_of_ends
        and any(end in text for end in "\r\n,;\t")
    )


def _damaged(path: Path, encoding: Encoding) -> Encoding:
    """A file in which some bytes are no characters: read with marks in their place, or refused if they are too many."""
    errors = "surrogateescape" if encoding.codec == "utf-8" else _UNDECODED
    marked = replace(encoding, errors=errors)
    good, bad = _count_characters(path, marked)
    if encoding.codec != "utf-8" and bad > max(_FEW_BAD, _BAD_SHARE * good):
        raise refuse("encoding_unclear", looks_like=encoding.name)
    return marked


def _legacy_sample(path: Path) -> bytes:
    """Whole lines of the parts of the file that go beyond ASCII."""
    kept: list[bytes] = []
    size = 0
    rest = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            end = chunk.rfind(b"\n") + 1
            lines, rest = (rest + chunk[:end], chunk[end:]) if end else (rest + chunk, b"")
            if not lines.isascii():
                kept.append(lines)
                size += len(lines)
            if size >= _LEGACY_SAMPLE:
                return b"".join(kept)
    return b"".join([*kept, rest])


def _count_characters(path: Path, encoding: Encoding) -> tuple[int, int]:
    """Characters beyond ASCII, and bytes that are none; ``encoding`` marks them."""
    good = bad = 0
    for text in _decoded(path, encoding):
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


def _decoded(path: Path, encoding: Encoding) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding.codec)(encoding.errors)
    with path.open("rb") as stream:
        stream.seek(encoding.skip)
        while chunk := stream.read(_CHUNK):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)
