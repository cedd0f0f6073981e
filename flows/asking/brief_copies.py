"""Near-copies as ``brief check`` tells them: which older brief says the same, how much of it, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.asking.brief_help import on_record
from policies.brief import Finding, brief_id
from policies.brief.copies import near_copies
from policies.brief.front_matter import written_on
from policies.brief.settings import read_brief_settings
from policies.schema import BRIEFS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.brief import Brief
    from policies.brief.about import About
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

__all__ = ["Copied", "NamedBrief", "boilerplate", "copies_among"]


@dataclass(frozen=True, slots=True)
class NamedBrief:
    """A brief, and what it is called: its file, or whom it is about and its id."""

    name: str
    brief: Brief


@dataclass(frozen=True, slots=True)
class Copied:
    """The older brief about somebody else that a brief is a near-copy of."""

    brief_id: str
    name: str
    similarity: int  # words of 1000 that stand in both, in the same order
    parts: tuple[tuple[str, str, str], ...]  # heading, words of the younger brief, words of the older one


def copies_among(
    checked: Sequence[NamedBrief], on_file: Sequence[NamedBrief], decision: Decision, inputs: DecisionInputs
) -> list[Copied | None]:
    """For every checked brief what it is a copy of, among those checked and those on file; none: it is its own."""
    named = {brief_id(one.brief.text): one for one in (*on_file, *checked)}
    known = on_record(decision, inputs, [one.brief for one in named.values()])
    settings = inputs.settings["brief"]
    found = near_copies(_texts(named, known), settings).rows_by_key("brief_id", named=True, unique=True)
    ids = [brief_id(one.brief.text) for one in checked]
    return [
        _copied(one.brief, named[found[key]["copy_of"]], found[key], settings) if key in found else None
        for key, one in zip(ids, checked, strict=True)
    ]


def boilerplate(copied: Copied) -> Finding:
    """The finding that a brief is a near-copy."""
    alike = copied.similarity // 10
    message = f"{alike} of 100 words stand in the same order in an older brief about somebody else."
    fix = "Write what is true of this person alone. The older brief stands; it is shown beside this one."
    return Finding("brief.boilerplate", "our own words", message, fix)


def _texts(named: Mapping[str, NamedBrief], known: Sequence[tuple[str, About] | None]) -> pl.DataFrame:
    """What near-copies are looked for in. Nobody on record: whoever has the same contact is the same person."""
    rows = [
        (identifier, _key(one.brief, found), written_on(one.brief), one.brief.text, _masks(found))
        for (identifier, one), found in zip(named.items(), known, strict=True)
    ]
    schema = {name: BRIEFS[name] for name in ("brief_id", "person_id", "written_on", "text")}
    return pl.DataFrame(rows, schema={**schema, "masks": pl.List(pl.String())}, orient="row")


def _key(brief: Brief, found: tuple[str, About] | None) -> str | None:
    named = brief.person_id or brief.contact
    return found[0] if found else named and named.strip().lower()


def _masks(found: tuple[str, About] | None) -> list[str]:
    return [*found[1].names, *found[1].companies, *found[1].former] if found else []


def _copied(brief: Brief, original: NamedBrief, row: Mapping[str, Any], settings: Mapping[str, Any]) -> Copied:
    mine, theirs = _told(brief, settings), _told(original.brief, settings)
    parts = tuple((heading, mine[heading], theirs[heading]) for heading in row["parts"])
    return Copied(row["copy_of"], original.name, row["similarity"], parts)


def _told(brief: Brief, settings: Mapping[str, Any]) -> dict[str, str]:
    """Printed heading of a part to what stands below it."""
    rules, told = read_brief_settings(settings), dict[str, str]()
    for section in brief.parts:
        part = rules.part_of(section.heading)
        if part is not None:
            told[part.headings[0]] = f"{told.get(part.headings[0], '')} {section.body}".strip()
    return told
