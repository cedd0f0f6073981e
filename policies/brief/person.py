"""Whether a brief is about this very person: their name, their employer of now, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.brief.findings import Finding
from policies.brief.opening import one_line, spells_name
from policies.brief.parts import part_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.brief.about import About
    from policies.brief.parts import Text

__all__ = ["person_findings"]


def person_findings(texts: Sequence[Text], about: About) -> Iterator[Finding]:
    """Everything that does not fit what is on record of the person."""
    opening = part_named(texts, "opening_line")
    if opening is not None:
        yield from _name(opening, about)


def _name(opening: Text, about: About) -> Iterator[Finding]:
    """Whether the opening line spells the name as the records do; without a recorded name it cannot."""
    names = [name for name in about.names if name.strip()]
    if names and not spells_name(one_line(opening.body), names):
        message = "The opening line does not spell the name as the record does."
        fix = "Copy the name from the record, letter for letter."
        yield Finding("brief.opening_name", opening.place(), message, fix)
