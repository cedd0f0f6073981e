"""The parts of a brief as they were written, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from policies.brief.opening import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.brief.settings import BriefSettings, Part
    from policies.brief.text import Brief, Section

__all__ = ["WORD", "Text", "opening_of", "part_named", "texts_of"]

WORD: Final = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Text:
    """One part of a brief as it was written, comments blanked out."""

    part: Part
    section: Section
    body: str

    def place(self, line: int = -1) -> str:
        """Heading and line; lines are counted from the first one below the heading."""
        return f"{self.section.heading}, line {self.section.line + line + 1}"


def texts_of(brief: Brief, rules: BriefSettings) -> list[Text]:
    """The sections that are parts of a brief, in order; those under a heading of their own are left out."""
    named = ((rules.part_of(section.heading), section) for section in brief.parts)
    return [Text(part, section, _without_comments(section.body)) for part, section in named if part is not None]


def part_named(texts: Sequence[Text], name: str) -> Text | None:
    """The first part of a name that says something."""
    return next((text for text in texts if text.part.name == name and text.body.strip()), None)


def opening_of(brief: Brief, rules: BriefSettings) -> str | None:
    """The opening line, on one line; none: the brief has none."""
    told = (
        _without_comments(section.body)
        for section in brief.parts
        if (part := rules.part_of(section.heading)) is not None and part.name == "opening_line"
    )
    opening = next((body for body in told if body.strip()), "")
    return one_line(opening) or None


def _without_comments(body: str) -> str:
    """The text with as many lines as the comments had, so that places stay right; an open comment is text."""
    kept, start = list[str](), 0
    while (opens := body.find("<!--", start)) >= 0 and (closes := body.find("-->", opens)) >= 0:
        kept += [body[start:opens], "\n" * body.count("\n", opens, closes)]
        start = closes + len("-->")
    return "".join([*kept, body[start:]])
