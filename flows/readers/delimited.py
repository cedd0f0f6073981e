"""Text files: encoding, then the dialect, then records; decided from the bytes, never from the name.

A physical line ends in LF, CR LF or a lone CR; what follows the last end is a line too, unless it is empty. Unicode
line separators, form feeds and vertical tabs end no line. They are counted as they are read from the decoded text,
whatever records they turn out to belong to.
"""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from flows.readers.dialect import detect_dialect, stated_delimiter
from flows.readers.encoding import detect_encoding
from flows.readers.limits import MAX_CELL_CHARS
from flows.readers.records import read_records
from flows.readers.refusals import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.readers.encoding import Encoding
    from flows.readers.records import Dialect, Record

__all__ = ["TextSource", "open_records"]

_JUDGED_CHARS: Final = 1 << 17
_SAMPLE_LINES: Final = 1_000
_SAMPLE_CHARS: Final = 1 << 18
_PREFERRED: Final = {".tsv": "\t", ".tab": "\t"}
_LONGEST_LINE: Final = 4 * MAX_CELL_CHARS
_CTRL_Z: Final = "\x1a"


@dataclass(slots=True)
class TextSource:
    """A text file as a stream of records, with what was decided about it.

    ``records`` carry the physical lines of the file: ``skipped_lines`` (a ``sep=`` line) are counted, so the first
    record starts on line ``skipped_lines + 1``. ``physical_lines`` is complete when ``records`` is exhausted; it is
    counted by the lines, not by the records: = ``skipped_lines`` + the ``lines`` of all records.
    """

    encoding: str
    dialect: Dialect
    skipped_lines: int
    records: Iterator[Record] = field(init=False)
    physical_lines: int = 0

    @property
    def delimiter(self) -> str:
        """The character that divides the cells."""
        return self.dialect.delimiter


@contextlib.contextmanager
def open_records(path: Path) -> Iterator[TextSource]:
    """Open a text file for one pass over its records.

    Raises ``RefusedFile`` where it is no text of a known encoding, and while reading (``not_a_list``) where a line is
    longer than any list has.
    """
    encoding = detect_encoding(path)
    sample = _sample(path, encoding)
    stated = stated_delimiter(sample)
    skipped = 0 if stated is None else 1
    prefer = _PREFERRED.get(path.suffix.lower(), ",")
    judged = [_beginning(line) for line in sample[skipped:]]
    dialect = detect_dialect(judged, prefer=prefer, delimiter=stated)
    source = TextSource(encoding.name, dialect, skipped_lines=skipped)
    with _opened(path, encoding) as text:
        lines = _counted(_lines(text), source)
        body = islice(lines, source.skipped_lines, None)
        source.records = read_records(body, dialect, first_line=source.skipped_lines + 1)
        yield source


def _counted(lines: Iterator[str], source: TextSource) -> Iterator[str]:
    for line in lines:
        source.physical_lines += 1
        yield line


@contextlib.contextmanager
def _opened(path: Path, encoding: Encoding) -> Iterator[io.TextIOWrapper]:
    """The text after a byte order mark, line ends untouched."""
    with path.open("rb") as stream:
        stream.seek(encoding.skip)
        with io.TextIOWrapper(stream, encoding=encoding.codec, errors=encoding.errors, newline="") as text:
            yield text


def _beginning(line: str) -> str:
    """As much of a line as its dialect is judged by: to read millions of cells in every way takes minutes."""
    return line if len(line) <= _JUDGED_CHARS else f"{line[:_JUDGED_CHARS]}\n"


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
        # Old systems end a text with Ctrl-Z, repeated up to a full block; a line of nothing else is blank.
        yield line if line[-1] != _CTRL_Z else line.rstrip(_CTRL_Z) or "\n"
