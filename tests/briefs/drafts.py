"""A brief while it is being invented: whom it is about, and its parts as they stand on the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

__all__ = ["HEADINGS", "TIERS", "Draft"]

HEADINGS: Final = {
    "who": "Who they are",
    "how_we_know": "How we know",
    "asked": "What they asked or said",
    "last_conversation": "Last conversation",
    "objective": "Their business objective",
    "problem": "The problem we think they feel",
    "evidence": "Evidence",
    "point_of_view": "Our point of view",
    "solution": "A solution they may not have considered",
    "example": "An example at the ready",
    "opening_line": "Opening line",
    "questions": "Questions to ask",
}
TIERS: Final = {
    "full": tuple(name for name in HEADINGS if name not in ("asked", "last_conversation")),
    "short": ("who", "how_we_know", "problem", "opening_line", "questions"),
    "conversation": ("asked", "last_conversation", "opening_line"),
}


@dataclass(frozen=True)
class Draft:
    """Whom a brief is about as the records have them, and what it says."""

    language: str
    contact: str
    author: str | None
    date: dt.date | str | None
    tier: str
    given: str
    family: str
    company: str  # as recorded, with its legal form
    parts: Mapping[str, str]
    changed_on: dt.date | None = None  # when the records learned of ``company`` after another one
    former: tuple[str, ...] = ()  # spellings of where they worked before
    wanted: str | None = None  # the tier the relationship asks for; none: the brief's own

    @property
    def names(self) -> tuple[str, ...]:
        """The spellings the records have: full name, family name, name to greet with."""
        return (f"{self.given} {self.family}", self.family, self.given)

    @property
    def companies(self) -> tuple[str, ...]:
        """The company with its legal form and as people say it."""
        return (self.company, spoken(self.company))

    @property
    def text(self) -> str:
        """The brief as Markdown."""
        fields = {"contact": self.contact, "author": self.author, "date": self.date, "tier": self.tier}
        front = [f'{name}: "{value}"' for name, value in fields.items() if value is not None]
        body = [f"## {HEADINGS[name]}\n\n{self.parts[name]}" for name in HEADINGS if name in self.parts]
        return "\n".join(["---", *front, "---", "", f"# {self.names[0]}", "", "\n\n".join(body), ""])

    def with_parts(self, **parts: str) -> Draft:
        """The same with some parts written anew."""
        return replace(self, parts={**self.parts, **parts})

    def without(self, name: str) -> Draft:
        """The same without a part."""
        return replace(self, parts={part: text for part, text in self.parts.items() if part != name})


def spoken(company: str) -> str:
    """A company without its legal form: the words before the last one that is a form."""
    words = company.split()
    return " ".join(words[:2])
