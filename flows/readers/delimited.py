"""Text files: encoding, then the divider, then records; decided from the bytes, never from the name."""

from __future__ import annotations

import contextlib
import io
import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from flows.readers.detect import DELIMITED
from flows.readers.dialect import DELIMITERS, detect_dialect
from flows.readers.encoding import detect_encoding
from flows.readers.limits import MAX_CELL_CHARS
from flows.readers.records import Dialect, read_records
from flows.readers.refusals import refuse
from flows.readers.table import build_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.readers.encoding import Encoding
    from flows.readers.model import RawTable

__all__ = ["read_delimited"]

_SAMPLE_LINES: Final = 1_000
_SAMPLE_CHARS: Final = 1 << 18
_SEPARATOR_LINE: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_PREFERRED: Final = {".tsv": "\t", ".tab": "\t"}
_LONGEST_LINE: Final = 4 * MAX_CELL_CHARS


def read_delimited(path: Path, *, headerless: bool = False) -> RawTable:
    """Read a text file; raises ``RefusedFile`` where it is no table (see :mod:`flows.readers.refusals`)."""
    encoding = detect_encoding(path)
    sample = _sample(path, encoding)
    stated = _SEPARATOR_LINE.fullmatch(sample[0]) if sample else None
    if stated and stated.group(1) in DELIMITERS:
        dialect = Dialect(stated.group(1))
    else:
        stated = None
        dialect = detect_dialect(sample, prefer=_PREFERRED.get(path.suffix.lower(), ","))
    skipped = 1 if stated else 0
    with _opened(path, encoding) as text:
        return build_table(
            read_records(islice(_lines(text), skipped, None), dialect),
            kind=DELIMITED,
            encoding=encoding.name,
            delimiter=dialect.delimiter,
            skipped_lines=skipped,
            headerless=headerless,
        )


@contextlib.contextmanager
def _opened(path: Path, encoding: Encoding) -> Iterator[io.TextIOWrapper]:
    """The text after a byte order mark, line ends untouched."""
    with path.open("rb") as stream:
        stream.seek(encoding.skip)
        with io.TextIOWrapper(stream, encoding=encoding.codec, errors=encoding.errors, newline="") as text:
            yield text


def _sample(path: Path, encoding: Encoding) -> list[str]:
    """Whole lines from the beginning."""
    found: list[str] = []
    chars = 0
    with _opened(path, encoding) as text:
        for line in islice(_lines(text), _SAMPLE_LINES):
            found.append(line)
            chars += len(line)
            if chars > _SAMPLE_CHARS:
                break
    return found


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Physical lines with their ends, as the csv module wants them."""
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise refuse("not_a_list")
        yield line
