"""What has no place in a brief: a person's private life, and what the law protects above all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from policies.brief.findings import Finding
from policies.brief.text import above_headings
from policies.folding import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.brief.settings import BriefSettings, Delicate
    from policies.brief.text import Brief, Section

__all__ = ["delicate_findings", "may_be_delicate"]


def may_be_delicate(texts: pl.Series, rules: BriefSettings) -> pl.Series:
    """Whether whole briefs have to be looked through by :func:`delicate_findings`: a quick look at many at once."""
    folded = _folded(texts)
    told = [folded.str.contains(kind.pattern).alias(str(place)) for place, kind in enumerate(rules.delicate)]
    return pl.DataFrame(told).select(pl.any_horizontal(pl.all()).alias("delicate")).to_series()


def delicate_findings(brief: Brief, rules: BriefSettings) -> Iterator[Finding]:
    """One finding for each section that tells of somebody's private life or of what the law protects above all.

    All sections count, notes under a heading of their own and what stands above the first heading, too: whatever
    stands in a brief is kept, shown and printed.
    """
    sections = (above_headings(brief.text), *brief.parts)
    bodies = _folded(pl.Series([section.body for section in sections], dtype=pl.String))
    for kind in rules.delicate:
        for section, tells in zip(sections, _tells(bodies, kind), strict=True):
            if tells:
                place = f"{section.heading}, line {section.line + _line(kind, section)}"
                yield Finding(kind.rule_id, place, kind.message, kind.fix)


def _folded(texts: pl.Series) -> pl.Series:
    return texts.to_frame("text").select(words(pl.col("text"))).to_series()


def _tells(folded: pl.Series, kind: Delicate) -> pl.Series:
    """Whether texts in folded words tell something of a kind, what is harmless taken out."""
    hits = folded.str.contains(kind.pattern)
    return hits & folded.str.replace_all(kind.harmless, " ").str.contains(kind.pattern) if hits.any() else hits


def _line(kind: Delicate, section: Section) -> int:
    """The line that tells it, counted from the heading; the heading where only several lines together do."""
    lines = _tells(_folded(pl.Series(section.body.split("\n"), dtype=pl.String)), kind)
    return next((number for number, tells in enumerate(lines, start=1) if tells), 0)
