"""Opt-out files as they lie packed or broken: unpacked as far as they go, and read for whoever stands in them.

A file that cannot be read as a list may still name people who said no. Every address, digest and international number
in it counts, and the file is refused all the same.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import tempfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.event_files.reading import REJECT_COLUMNS, EventContext, EventReading
from flows.event_files.salvage import certain_contact
from flows.event_files.wrapped import one_line
from flows.ledger.contacts import Contact, unreadable
from flows.ledger.events import OptOut, optout_event
from flows.readers.limits import MAX_JSON_BYTES
from policies.stop_lists.entries import plain_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.errors import RefusedFile

__all__ = ["salvaged_file", "unpacked"]

_START: Final = 1024  # bytes of a file that tell what it is
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_MOST: Final = 256 * 1024 * 1024  # bytes that a packed file may hold
_ENTRY: Final = 16 * 1024 * 1024  # bytes of one entry of a broken archive that are looked at
_CHUNK: Final = 1 << 20
_LOCAL: Final = 30  # bytes of the header before an entry of an archive
_DEFLATED: Final = 8
_TAG: Final = re.compile(r"<[^<>@]*>")
_BETWEEN: Final = re.compile(r"[\s,;|\"<>()\[\]{}]+")
# Whose people nobody can tell: a message names who wrote it and who got it.
_NOT_READ: Final = frozenset({"mail_message", "file_too_large", "password_protected", "not_a_file"})


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Path, bool]]:
    """Where a file lies unpacked, and whether its packing breaks off; only gzip is taken off.

    JSON that is one object, or a list of plain values, lies there as one object on one line.
    """
    with path.open("rb") as stream:
        start = stream.read(_START)
    line = None if start.startswith(_GZIP) else _json_line(path, start)
    if not start.startswith(_GZIP) and line is None:
        yield path, False
        return
    with tempfile.TemporaryDirectory(prefix="tactful-unpacked-") as folder:
        if line is not None:
            plain = Path(folder) / path.name
            plain.touch(mode=0o600)
            plain.write_text(f"{line}\n", encoding="utf-8")
            yield plain, False
            return
        name = path.name.removesuffix(path.suffix) if path.suffix.lower() in (".gz", ".gzip") else path.name
        plain = Path(folder) / (name or "list")
        yield plain, _gunzip(path, plain)


def _json_line(path: Path, start: bytes) -> str | None:
    """One object, or a list of plain values, on one line; None for any other file."""
    start = start.removeprefix(codecs.BOM_UTF8).lstrip()
    plain_list = start.startswith(b"[") and start[1:].lstrip()[:1] not in (b"{", b"")
    if not (start.startswith(b"{") or plain_list) or path.stat().st_size > MAX_JSON_BYTES:
        return None
    with path.open("rb") as stream:
        if not plain_list and stream.readline().strip().endswith(b"}") and stream.readline():
            return None  # one object a line
    try:
        return one_line(path.read_bytes().removeprefix(codecs.BOM_UTF8).decode())
    except UnicodeDecodeError:
        return None


def _gunzip(packed: Path, plain: Path) -> bool:
    """Unpack as much as there is; whether something is missing."""
    engine, written = zlib.decompressobj(wbits=31), 0
    with packed.open("rb") as source, plain.open("wb") as target:
        plain.chmod(0o600)
        while written <= _MOST and (chunk := source.read(_CHUNK)):
            try:
                data = engine.decompress(chunk)
            except zlib.error:
                return True
            written += target.write(data)
            if engine.eof:
                break
    return not engine.eof


def salvaged_file(path: Path, context: EventContext, why: RefusedFile) -> EventReading | None:
    """Everybody who stands in a file that was refused, as opt-outs at their widest; None where nobody does.

    The refusal is the flaw of the reading.
    """
    if why.code in _NOT_READ:
        return None
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    found = dict.fromkeys(contact for line in _lines(content) for contact in _contacts(line, context))
    if not found:
        return None
    events = [
        optout_event(
            context.keyring,
            OptOut(contacts=[contact], received_at=context.now, undated=True, source=_source(sha256, context)),
            context.lists,
        )
        for contact in found
    ]
    none = pl.DataFrame(schema={"_row": pl.UInt32, **dict.fromkeys(REJECT_COLUMNS[1:], pl.String)})
    count = len(events)
    return EventReading(events, none, count, count, 0, sha256, understood=count, flaw=why)


def _source(sha256: str, context: EventContext) -> dict[str, str]:
    return {"file_sha256": sha256} | ({"feed": context.feed} if context.feed else {})


def _contacts(line: str, context: EventContext) -> Iterator[Contact]:
    """Who is certainly meant in a line: addresses and numbers in it, and cells that are digests."""
    for contact in unreadable(line, context.lists).inside:
        host = contact.value.rpartition("@")[2].lower()
        if not any(f".{host}".endswith(f".{own}") for own in context.own_domains):
            yield contact
    for part in _BETWEEN.split(line):
        certain = certain_contact(plain_entry(part), context.lists)
        if certain is not None and certain.kind == "digest":
            yield certain


def _lines(content: bytes) -> Iterator[str]:
    """The lines of text in a file that may name somebody."""
    if content.startswith(_OLE):
        texts = [
            content.decode("utf-16-le", "ignore"),
            content[1:].decode("utf-16-le", "ignore"),
            content.decode("latin-1"),
        ]
    elif content.startswith(_ZIP):
        texts = [part.decode("utf-8", "replace") for part in _entries(content)]
    else:
        texts = [_decoded(content)]
    for text in texts:
        for line in _TAG.sub("\n", text).splitlines() if "<" in text else text.splitlines():
            if line.strip() and ("@" in line or "+" in line or any(map(str.isdigit, line))):
                yield line[:_CHUNK]


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8-sig", "replace")


def _entries(content: bytes) -> Iterator[bytes]:
    """What can be unpacked of the entries of an archive, whole or not."""
    place = content.find(_ZIP)
    while place >= 0:
        header = content[place : place + _LOCAL]
        start = place + _LOCAL + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        if len(header) == _LOCAL and int.from_bytes(header[8:10], "little") == _DEFLATED:
            engine = zlib.decompressobj(wbits=-15)
            try:
                yield engine.decompress(content[start:], _ENTRY)
            except zlib.error:
                yield b""
        place = content.find(_ZIP, place + 1)
