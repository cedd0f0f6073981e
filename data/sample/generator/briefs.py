"""The researched people's briefs as Markdown with front matter, under the headings of the template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.material import ascii_local

if TYPE_CHECKING:
    from generator.people import Person

__all__ = ["brief_name", "brief_text"]

_PARTS = {
    "who": "Who they are",
    "how_we_know": "How we know",
    "asked": "What they asked or said",
    "last_conversation": "Last conversation",
    "objective": "Their business objective",
    "problem": "The problem we think they feel",
    "evidence": "Evidence",
    "view": "Our point of view",
    "solution": "A solution they may not have considered",
    "example": "An example at the ready",
    "opening": "Opening line",
    "questions": "Questions to ask",
}


def brief_name(person: Person) -> str:
    """File name of a brief."""
    return f"{ascii_local(person.family)}-{ascii_local(person.given)}.md"


def brief_text(entry: dict[str, Any], person: Person) -> str:
    """One brief; parts left empty in the material are left out, which some of the failing ones do."""
    lines = [
        "---",
        f"contact: {person.email}",
        f"author: {entry['author']}",
        f"date: {entry['date']}",
        f"tier: {entry.get('tier', 'full')}",
        "---",
        "",
        f"# {person.full_name}, {person.title}, {person.company_name}",
    ]
    for name, heading in _PARTS.items():
        text = _part(entry, person, name)
        if text:
            lines += ["", f"## {heading}", "", text]
    return "\n".join(lines) + "\n"


def _part(entry: dict[str, Any], person: Person, name: str) -> str:
    content = entry.get(name, "")
    if isinstance(content, list):
        return "\n".join(f"- {_with_link(item)}" for item in content)
    if name == "opening":
        return str(content).format(name=entry.get("opening_name", person.full_name))
    return str(content)


def _with_link(item: str) -> str:
    """Evidence reads ``2026-09-16: what it was (https://...)``."""
    text, colon, link = item.rpartition(": https://")
    return f"{text} (https://{link})" if colon else item
