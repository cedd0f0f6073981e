"""Reading a brief: Markdown whose front matter is the plainest YAML, every value a string.

Briefs come from outside. The front matter is read event by event: one flat mapping of plain texts, no anchors, aliases,
tags or nesting, of bounded size; anything else is refused.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import yaml

from policies.errors import RefusedFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["FRONT_MATTER", "Brief", "Section", "above_headings", "brief_id", "parse_brief", "sections_of"]

FRONT_MATTER: Final = ("contact", "person_id", "author", "date", "tier")

_MAX_TEXT: Final = 200_000
_MAX_FRONT_MATTER: Final = 8_000
_FENCE: Final = "---"
_HEADING: Final = re.compile(r"(#{1,6})[ \t]+(\S.*?)[ \t]*#*[ \t]*")
_CODE_FENCE: Final = re.compile(r" {0,3}(?:```|~~~)")
# A name and a word or several of ordinary letters, or some in quotes: no indicator of YAML, no escape, no comment.
_QUOTED: Final = r"\"(?P<quoted>[\w @.+/&'(),:;-]*)\""
_UNQUOTED: Final = r"(?P<value>[A-Za-z0-9][\w@.+/&'()-]*(?: [\w(&/+][\w@.+/&'()-]*)*)"
_PLAIN_PAIR: Final = re.compile(rf"(?P<name>[a-z][a-z_]{{0,30}}): (?:{_QUOTED}|{_UNQUOTED})")
_ID_LENGTH: Final = 16
_FRAME: Final = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)
# The same parser in C where PyYAML was built with it; both read the same language.
_LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Section:
    """One heading and what stands below it."""

    heading: str
    line: int  # of the heading, from 1
    body: str  # as written; its first line is the one after the heading


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief as it was written. Fields are texts, not yet judged; a field left out or empty is none."""

    contact: str | None
    person_id: str | None
    author: str | None
    date: str | None
    tier: str | None
    parts: tuple[Section, ...]
    field_lines: Mapping[str, int]
    text: str

    @property
    def sections(self) -> dict[str, str]:
        """Heading to text; a heading that stands twice has both texts."""
        found: dict[str, str] = {}
        for part in self.parts:
            found[part.heading] = f"{found[part.heading]}\n{part.body}" if part.heading in found else part.body
        return found


def brief_id(text: str) -> str:
    """First 16 hex digits of the SHA-256 of a brief's text."""
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]


def parse_brief(text: str) -> Brief:
    """Read a brief; line ends and a byte order mark make no difference.

    Raises ``RefusedFile`` (``brief_unreadable``) where there is no front matter, or more in it than plain
    ``name: value`` lines. What is missing or wrong in a readable brief is for the lint to say.
    """
    if len(text) > _MAX_TEXT:
        raise _refused(f"The brief is longer than {_MAX_TEXT} characters.")
    lines = _lines(text)
    end = _end_of_front_matter(lines)
    fields, field_lines = _fields("\n".join(lines[1:end]))
    values = {name: fields.get(name, "").strip() or None for name in FRONT_MATTER}
    return Brief(**values, parts=tuple(_sections(lines, end + 1)), field_lines=field_lines, text=text)


def sections_of(text: str) -> list[Section]:
    """The sections of a brief, whatever its front matter says; none where it has no front matter."""
    lines = _lines(text)
    try:
        return list(_sections(lines, _end_of_front_matter(lines) + 1))
    except RefusedFile:
        return []


def above_headings(text: str) -> Section:
    """What stands between the front matter of a readable brief and its first heading."""
    lines = _lines(text)
    end = _end_of_front_matter(lines)
    first = next((number for number, _, _ in _headings(lines, end + 1)), len(lines))
    return Section("above the first heading", end + 1, "\n".join(lines[end + 1 : first]))


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _end_of_front_matter(lines: Sequence[str]) -> int:
    if lines[0].rstrip() != _FENCE:
        raise _refused("The brief does not begin with a line of three dashes.")
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == _FENCE:
            return number
    raise _refused("The front matter is not closed by a line of three dashes.")


def _fields(source: str) -> tuple[dict[str, str], dict[str, int]]:
    """Names and values of the front matter, and the line each stands on in the file."""
    if len(source) > _MAX_FRONT_MATTER:
        raise _refused(f"The front matter is longer than {_MAX_FRONT_MATTER} characters.")
    fields: dict[str, str] = {}
    lines: dict[str, int] = {}
    try:
        for name, value, line in _plain_pairs(source) or _pairs(source):
            if name in fields:
                raise _refused(f"The front matter names a field twice, the second time on line {line}.")
            fields[name], lines[name] = value, line
    except yaml.YAMLError as error:
        raise _refused("The front matter cannot be read as YAML.") from error
    return fields, lines


def _plain_pairs(source: str) -> list[tuple[str, str, int]]:
    """The pairs where every line is so plain that YAML can mean nothing else by it; none where one is not."""
    found = [_PLAIN_PAIR.fullmatch(line) for line in source.split("\n")]
    told = [
        (match["name"], match["quoted"] or match["value"] or "", line) for line, match in enumerate(found, 2) if match
    ]
    return told if len(told) == len(found) else []


def _pairs(source: str) -> Iterator[tuple[str, str, int]]:
    """The pairs of one flat mapping, each with its line in the file; anything richer is refused."""
    events = [event for event in yaml.parse(source, Loader=_LOADER) if not isinstance(event, _FRAME)]
    if not events:
        return
    opening, inner = events[0], events[1:-1]
    texts = [event for event in inner if isinstance(event, yaml.ScalarEvent) and _is_plain(event)]
    is_mapping = isinstance(opening, yaml.MappingStartEvent) and _is_plain(opening)
    if not is_mapping or len(texts) != len(inner):
        raise _refused("The front matter is more than plain `name: value` lines.")
    for name, value in zip(texts[::2], texts[1::2], strict=True):
        line = name.start_mark.line if name.start_mark else 0
        yield name.value.strip().lower(), value.value, line + 2  # the fence is line 1


def _is_plain(event: yaml.ScalarEvent | yaml.MappingStartEvent) -> bool:
    return event.anchor is None and event.tag is None


def _sections(lines: Sequence[str], start: int) -> Iterator[Section]:
    """Sections begin at the titles and at the shallowest headings below them; deeper headings belong to the text."""
    found = list(_headings(lines, start))
    below = min((level for _, level, _ in found if level > 1), default=1)
    begins = [(number, heading) for number, level, heading in found if level <= below]
    ends = [number for number, _ in begins[1:]]
    for (number, heading), end in zip(begins, [*ends, len(lines)], strict=False):
        yield Section(heading, number + 1, "\n".join(lines[number + 1 : end]))


def _headings(lines: Sequence[str], start: int) -> Iterator[tuple[int, int, str]]:
    """Place, level and words of every heading outside of code."""
    in_code = False
    for number, line in enumerate(lines[start:], start=start):
        if "```" in line or "~~~" in line:
            in_code ^= _CODE_FENCE.match(line) is not None
        elif not in_code and line.startswith("#"):
            found = _HEADING.fullmatch(line)
            if found is not None:
                yield number, len(found.group(1)), found.group(2)


def _refused(message: str) -> RefusedFile:
    return RefusedFile(
        "brief_unreadable",
        message,
        "Begin with `tactful brief new CONTACT`: a line of three dashes, contact, author, date and tier, three dashes.",
    )
