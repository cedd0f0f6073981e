"""Rule files as texts: what they hold, and on which line, so that every problem can name its place.

TOML readers give values without lines. :class:`Places` finds the line of the n-th ``[[table]]`` and of each of its keys
in the text itself.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from policies.errors import Problem, RuleFileError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

__all__ = ["ParsedFile", "Place", "Places", "Problems", "RuleFile", "Section", "nearest", "parse_file"]

_NAME: Final = r"""((?:[\w.-]|"[^"]*"|'[^']*')+)"""  # words of quoted keys may stand apart
_HEADER: Final = re.compile(rf"^\s*\[(\[?)\s*{_NAME}\s*\]?\]\s*(#.*)?$")
_KEY: Final = re.compile(rf"^\s*{_NAME}\s*=(.*)$")
_REMEMBERED: Final = 256  # texts: those of the base and of a few workspaces
_LISTED: Final = 25  # so many names are still read; beyond that the reference is the better place
_AT_LINE: Final = re.compile(r"\s*\(at line (\d+), column \d+\)|\s*\(at end of document\)")


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One rule file. ``origin``: base, workspace, waiver, or source (a contract: in the revision, read elsewhere)."""

    path: str
    text: str
    origin: str


@dataclass(slots=True)
class Section:
    """A table as it stands in the text: its dotted name, the line of its header and the lines of its keys."""

    name: str
    line: int
    keys: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one table stands: file, header line, lines of its keys."""

    file: str
    line: int
    keys: Mapping[str, int] = field(default_factory=dict)

    def of(self, key: str | None) -> int:
        """The line of ``key``, or of the header where the key is missing."""
        return self.keys.get(key, self.line) if key else self.line


class Places:
    """The sections of one text, in order."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.sections = _sections(text)

    def top(self) -> Place:
        """The part above the first header."""
        return self._place(self.sections[0])

    def table(self, name: str, number: int = 0, *, within: tuple[str, int] | None = None) -> Place:
        """The ``number``-th section called ``name``; ``within`` ("rule", 2): among those below the third [[rule]]."""
        sections = self.sections
        if within is not None:
            parent, parent_number = within
            starts = [position for position, section in enumerate(sections) if section.name == parent]
            if parent_number >= len(starts):
                return Place(self.file, 1)
            end = starts[parent_number + 1] if parent_number + 1 < len(starts) else len(sections)
            sections = sections[starts[parent_number] : end]
        found = [section for section in sections if section.name == name]
        if number < len(found):
            return self._place(found[number])
        return self._place(sections[0])

    def _place(self, section: Section) -> Place:
        return Place(self.file, section.line, section.keys)


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A rule file that is valid TOML."""

    file: RuleFile
    data: Mapping[str, Any]
    places: Places

    def tables(self, name: str, problems: Problems) -> list[Mapping[str, Any]]:
        """The ``[[name]]`` tables of the file; anything else under that name is noted and left out."""
        raw = self.data.get(name, [])
        if isinstance(raw, list) and all(isinstance(item, dict) for item in raw):
            return raw
        problems.add(self.places.top(), name, f"{name} is not a list of tables.", f"Write [[{name}]].")
        return []


class Problems:
    """Gathers everything that is wrong in all files, so that a user mends them in one go."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}

    def add(self, place: Place, key: str | None, message: str, fix: str) -> None:
        """Note a problem with ``key`` of the table at ``place``."""
        self._found[Problem(place.file, place.of(key), message, fix)] = None

    def unknown_keys(self, place: Place, found: Iterable[str], known: Collection[str], what: str) -> None:
        """Note every key of a table that nothing reads; each names the nearest one that is read."""
        for key in found:
            if key not in known:
                self.add(place, key, f"{what} has no field {key!r}.", nearest(key, known))

    @property
    def count(self) -> int:
        """How many were found so far."""
        return len(self._found)

    def all(self) -> tuple[Problem, ...]:
        """What was found so far, by file and line."""
        return tuple(sorted(self._found, key=lambda problem: (problem.file, problem.line, problem.message)))

    def texts(self, place: Place, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """The list of texts under ``key``, empty where it is missing; anything else there is noted."""
        value = table.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.add(place, key, f"{key} is not a list of texts.", f'Write {key} = ["...", "..."].')
        return ()

    def raise_if_any(self) -> None:
        """Raise ``RuleFileError`` with all problems, or return when there are none."""
        if self._found:
            raise RuleFileError(self.all())


def nearest(word: str, known: Iterable[str]) -> str:
    """The names nearest to a misspelt ``word``, or the names there are when none is near, as a sentence."""
    names = sorted(known)
    found = get_close_matches(word, names, n=2, cutoff=0.6)
    if found:
        return f"Did you mean {' or '.join(found)}?"
    return f"Known are: {', '.join(names)}." if len(names) <= _LISTED else "docs/policy-reference.md lists the names."


def parse_file(file: RuleFile, problems: Problems) -> ParsedFile | None:
    """Read the TOML of ``file``; a syntax error becomes a problem with its line, and None is returned."""
    try:
        return _parsed(file)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = int(at.group(1)) if at and at.group(1) else max(1, file.text.count("\n"))
        message = _AT_LINE.sub("", str(error)).rstrip(".")
        problems.add(Place(file.path, line), None, f"This is not valid TOML: {message}.", "Mend the syntax.")
        return None


@lru_cache(maxsize=_REMEMBERED)
def _parsed(file: RuleFile) -> ParsedFile:
    """Remembered by path and text, since one mended file leaves all others as they were; readers change nothing."""
    return ParsedFile(file, tomllib.loads(file.text), Places(file.path, file.text))


def _sections(text: str) -> list[Section]:
    """Headers and keys with their lines; lines inside multi-line values are passed over."""
    sections = [Section("", 1)]
    value = _OpenValue()
    for number, line in enumerate(text.splitlines(), start=1):
        if value.is_open:
            value.feed(line)
        elif header := _HEADER.match(line):
            sections.append(Section(_plain(header.group(2)), number))
        elif key := _KEY.match(line):
            sections[-1].keys.setdefault(_plain(key.group(1)).split(".")[0], number)
            value.feed(key.group(2))
    return sections


def _plain(name: str) -> str:
    return name.replace('"', "").replace("'", "")


class _OpenValue:
    """Follows a TOML value over lines: open while a bracket or a multi-line string is."""

    _TOKEN: Final = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*|[\[\]{}]')

    def __init__(self) -> None:
        self.depth = 0
        self.quotes = ""

    @property
    def is_open(self) -> bool:
        return bool(self.depth or self.quotes)

    def feed(self, line: str) -> None:
        while line:
            if self.quotes:
                _, closed, line = line.partition(self.quotes)
                self.quotes = "" if closed else self.quotes
                continue
            token = self._TOKEN.search(line)
            if token is None:
                return
            line = line[token.end() :]
            self._take(token.group())

    def _take(self, mark: str) -> None:
        if mark in ('"""', "'''"):
            self.quotes = mark
        elif mark in "[{":
            self.depth += 1
        elif mark in "]}":
            self.depth -= 1
