"""The bytes of a registry file, whatever it is packed in, as blocks of whole lines; nothing is unpacked to disk."""

from __future__ import annotations

import codecs
import errno
import gzip
import lzma
import struct
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final, cast

from flows.files import mending
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Block", "is_parquet", "text_blocks"]

_BLOCK: Final = 1 << 24  # bytes read at a time
_LONGEST_LINE: Final = 1 << 16
_GZIP, _ZIP, _PARQUET = b"\x1f\x8b", b"PK", b"PAR1"
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DAMAGED: Final = (
    *(EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, zipfile.BadZipFile, struct.error),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)
_UNPACK: Final = "Unpack it and drop the one file with the numbers, or download it again."


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a file. ``whole``: the last one has its line end, which only the file's last block may lack."""

    data: bytes
    whole: bool


def is_parquet(path: Path) -> bool:
    """Whether a file says that it is Parquet."""
    with mending(path), path.open("rb") as stream:
        return stream.read(len(_PARQUET)) == _PARQUET


def text_blocks(path: Path, limits: Mapping[str, Any]) -> Iterator[Block]:
    """The lines of a text file, also of one in a gz or in a zip with one member, as UTF-8.

    ``limits`` has ``max_expanded_bytes, max_expansion_ratio, max_utf16_bytes``. Raises ``RefusedFile`` for an archive
    that is damaged, holds several files or unpacks to too much, and for what is no text.
    """
    with mending(path), _unpacked(path) as stream:
        try:
            yield from _blocks(_limited(stream, path, limits), limits)
        except _DAMAGED as error:
            message = "The archive is damaged or cut off: it cannot be unpacked to its end."
            raise RefusedFile("registry_archive_damaged", message, _UNPACK) from error


@contextmanager
def _unpacked(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as raw:
        begins = raw.read(4)
        raw.seek(0)
        if begins.startswith(_GZIP):
            with gzip.open(raw) as stream:
                yield cast("IO[bytes]", stream)
        elif begins.startswith(_ZIP):
            with _only_member(raw) as stream:
                yield stream
        else:
            yield raw


@contextmanager
def _only_member(raw: IO[bytes]) -> Iterator[IO[bytes]]:
    try:
        archive = zipfile.ZipFile(raw)
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) != 1:
            message = f"The archive holds {len(members)} files; which one is the registry?"
            raise RefusedFile("registry_archive_members", message, _UNPACK)
        stream = archive.open(members[0])
    except (*_DAMAGED, OSError) as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise  # the disk's trouble, not the archive's, which may point outside itself
        message = "The archive is damaged, cut off or locked with a password."
        raise RefusedFile("registry_archive_damaged", message, _UNPACK) from error
    with archive, stream:
        yield stream


def _limited(stream: IO[bytes], path: Path, limits: Mapping[str, Any]) -> Iterator[bytes]:
    """Pieces of a stream, which may unpack to so much and no more."""
    packed = max(1, path.stat().st_size)
    most = min(int(limits["max_expanded_bytes"]), max(_BLOCK, packed * int(limits["max_expansion_ratio"])))
    seen = 0
    while piece := stream.read(_BLOCK):
        seen += len(piece)
        if seen > most:
            message = "The file unpacks to more than a registry can be."
            raise RefusedFile("registry_too_large", message, "Drop it unpacked, in parts by area code.")
        yield piece


def _blocks(pieces: Iterator[bytes], limits: Mapping[str, Any]) -> Iterator[Block]:
    rest = b""
    first = True
    for piece in _as_utf8(pieces, limits):
        joined = rest + (piece.removeprefix(codecs.BOM_UTF8) if first else piece)
        if first:
            _require_text(joined)
        first = False
        # old Mac line ends, where there are no others
        joined = joined.replace(b"\r", b"\n") if b"\n" not in joined and b"\r" in joined else joined
        end = joined.rfind(b"\n") + 1
        rest = joined[end:]
        if len(rest) > _LONGEST_LINE:
            raise _no_text("A line is longer than any number.")
        if end:
            yield Block(joined[:end], whole=True)
    if rest:
        yield Block(rest, whole=False)


def _as_utf8(pieces: Iterator[bytes], limits: Mapping[str, Any]) -> Iterator[bytes]:
    """The same text in UTF-8; UTF-16 is known by its first bytes and read in one piece, which must be small."""
    for first in pieces:
        if first.startswith(_UTF16):
            whole = bytearray(first)
            for piece in pieces:
                whole += piece
                if len(whole) > int(limits["max_utf16_bytes"]):
                    raise _no_text("A file this large is not read in UTF-16.")
            try:
                yield bytes(whole).decode("utf-16").encode()
            except UnicodeError:
                raise _no_text("The file begins like UTF-16, and is not.") from None
        else:
            yield first
        yield from pieces


def _require_text(data: bytes) -> None:
    if b"\0" in data[:_LONGEST_LINE]:
        raise _no_text("The file is no text.")


def _no_text(message: str) -> RefusedFile:
    return RefusedFile(
        "registry_not_text", message, "Drop the registry's own text file (CSV or one number a line), in UTF-8."
    )
