"""What ``brief check`` says of briefs: what a run would say, and which older brief a near-copy was taken from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from policies.brief import brief_id, brief_rows, employers, lint
from policies.brief.judging import boilerplate, copies_among, judged_briefs, served_by
from policies.brief.settings import read_brief_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from policies.brief import Brief, Finding
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

__all__ = ["Copied", "NamedBrief", "Said", "said_of"]


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


@dataclass(frozen=True, slots=True)
class Said:
    """What there is to say of a brief."""

    findings: tuple[Finding, ...]
    copied: Copied | None  # none: it is its own
    is_known: bool  # somebody on a list has its contact


def said_of(
    checked: Sequence[NamedBrief], on_file: Sequence[NamedBrief], decision: Decision, inputs: DecisionInputs
) -> list[Said]:
    """What a run says of every checked brief, compared with the others and with those on file."""
    settings, on = inputs.settings["brief"], inputs.queue_date
    named = {brief_id(one.brief.text): one for one in (*on_file, *checked)}
    rows, people = _rows([one.brief for one in named.values()], decision, inputs), _people(decision)
    subjects = decision.table.subjects
    where = employers(subjects.rows, subjects.faces)
    copies = copies_among(rows, people, settings, where)
    ids = [brief_id(one.brief.text) for one in checked]
    asked = rows.filter(pl.col("brief_id").is_in(ids))
    served = served_by(judged_briefs(asked, people, settings, on, where, copies))
    copied = copies.rows_by_key("brief_id", named=True, unique=True)
    return [
        Said(
            findings=served[key].findings if key in served else _of_nobody(one.brief, copied.get(key), settings, on),
            copied=_copied(one.brief, named[copied[key]["copy_of"]], copied[key], settings) if key in copied else None,
            is_known=key in served,
        )
        for key, one in zip(ids, checked, strict=True)
    ]


def _rows(briefs: Sequence[Brief], decision: Decision, inputs: DecisionInputs) -> pl.DataFrame:
    """The briefs as a run reads them, people under their ids of today."""
    lists: Any = inputs.settings["lists"]
    rows = brief_rows(briefs, inputs.settings["brief"], lists["fictional_phone_prefixes"], may_name_nobody=True)
    return rows.with_columns(decision.table.subjects.generation.resolve(pl.col("person_id")))


def _people(decision: Decision) -> pl.DataFrame:
    """A row per record, with what briefs are compared with."""
    wanted = decision.table.people.select("person_id", pl.col("brief_tier_wanted").alias("tier_wanted"), "answered_on")
    return decision.table.records.join(wanted, on="person_id", how="left", validate="m:1")


def _of_nobody(
    brief: Brief, copied: Mapping[str, Any] | None, settings: Mapping[str, Any], on: date
) -> tuple[Finding, ...]:
    """The findings of a brief about nobody on record: nothing can be compared but its words."""
    found = lint(brief, settings, on, None)
    return (*found, boilerplate(copied["similarity"])) if copied else tuple(found)


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
