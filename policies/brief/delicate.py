"""What has no place in a brief: a person's private life, and what the law protects above all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.brief.findings import Finding
from policies.folding import fold_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.brief.settings import BriefSettings, Delicate
    from policies.brief.text import Brief, Section

__all__ = ["delicate_findings"]


def delicate_findings(brief: Brief, rules: BriefSettings) -> Iterator[Finding]:
    """One finding for each section that tells of somebody's private life or of what the law protects above all.

    All sections count, notes under a heading of their own too: whatever stands in a brief is kept, shown and printed.
    """
    for section in brief.parts:
        text = fold_words([section.body])[0]
        yield from (_finding(kind, section) for kind in rules.delicate if kind.tells(text))


def _finding(kind: Delicate, section: Section) -> Finding:
    place = f"{section.heading}, line {section.line + _line(kind, section)}"
    return Finding(kind.rule_id, place, kind.message, kind.fix)


def _line(kind: Delicate, section: Section) -> int:
    """The line that tells it, counted from the heading; the heading where only several lines together do."""
    lines = fold_words(section.body.split("\n"))
    return next((number for number, line in enumerate(lines, start=1) if kind.tells(line)), 0)
