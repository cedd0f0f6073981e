"""Find the line of a key in TOML text, so that a problem can be named by file and line.

The parser of the standard library does not keep positions. This walks the text by table headers and keys; it is only
used to point at a line, never to read a value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["decode_error_line", "line_of"]

Location: TypeAlias = "tuple[str | int, ...]"

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_ERROR_LINE = re.compile(r"at line (\d+)")


def line_of(text: str, location: Sequence[str | int]) -> int:
    """The line of the longest part of ``location`` that stands in ``text``; 1 where none of it does.

    ``location`` is a path of keys and list positions, such as ``("reps", 1, "name")``.
    """
    wanted = tuple(location)
    best, found = 1, 0
    for line, path in _paths(text):
        shared = _shared(path, wanted)
        if shared > found:
            best, found = line, shared
    return best


def decode_error_line(message: str) -> int:
    """The line named in a message of ``tomllib``; 1 where it names none (an unexpected end)."""
    match = _ERROR_LINE.search(message)
    return int(match.group(1)) if match else 1


def _paths(text: str) -> Iterator[tuple[int, Location]]:
    table: Location = ()
    counts: dict[Location, int] = {}
    quote = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if quote:
            quote = "" if quote in line else quote
            continue
        if header := _HEADER.match(line):
            table = _enter(header.group(2), counts, is_list=header.group(1) == "[[")
            yield number, table
        elif key := _KEY.match(line):
            yield number, (*table, *_parts(key.group(1)))
            quote = _opened(line)


def _enter(name: str, counts: dict[Location, int], *, is_list: bool) -> Location:
    """The path of a table header, with positions put in for the lists of tables on the way."""
    path: Location = ()
    parts = _parts(name)
    for depth, part in enumerate(parts, start=1):
        path = (*path, part)
        if is_list and depth == len(parts):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _parts(name: str) -> Location:
    return tuple(part.strip("\"'") for part in _PART.findall(name))


def _opened(line: str) -> str:
    """The quote of a multi-line string that this line opens and does not close; empty where there is none."""
    return next((quote for quote in ('"""', "'''") if line.count(quote) == 1), "")


def _shared(path: Location, wanted: Location) -> int:
    if len(path) > len(wanted) or wanted[: len(path)] != path:
        return 0
    return len(path)
