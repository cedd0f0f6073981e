"""What a file of the queue needs beside its lines: briefs and last notes for a call sheet, parts of names for a CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.clock import queue_day
from flows.exports.handout import BriefPart, Handout, Known, Note
from flows.exports.queue_formats import BRIEFS, NAMES, NOTES
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.queue.notes import notes_about
from flows.store import active_lists, briefs_of, load_generation, load_records
from policies.brief import parse_brief
from policies.brief.settings import read_brief_settings
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from flows.queue.reading import QueueRead
    from flows.workspace import Workspace
    from policies.brief.settings import BriefSettings

__all__ = ["handout_of"]


def handout_of(ws: Workspace, read: QueueRead, needs: frozenset[str]) -> Handout:
    """The lines read with what else is needed of their people: any of ``NAMES``, ``BRIEFS``, ``NOTES``.

    Raises ``WorkspaceError`` where a stored list or brief is damaged.
    """
    people = read.lines.get_column("person_id").unique().sort().to_list()
    names = _names(ws, read) if NAMES in needs and people else {}
    briefs = _briefs(ws, read.lines) if BRIEFS in needs and people else {}
    notes = _notes(ws, read, people) if NOTES in needs and people else {}
    known = {
        person: Known(**names.get(person, {}), **briefs.get(person, {}), note=notes.get(person)) for person in people
    }
    return Handout(read.lines, read.facts, known, read.gone)


def _names(ws: Workspace, read: QueueRead) -> Mapping[str, dict[str, Any]]:
    """``given_name, family_name`` of each person, where a list states both of the name that stands in the queue."""
    person_of = load_generation(ws, read.generation).assignments.select("record_id", "person_id")
    stated = (
        load_records(ws, active_lists(ws))
        .select("record_id", "full_name", "given_name", "family_name")
        .drop_nulls()
        .join(person_of, on="record_id", how="inner")
        .join(read.lines.select("person_id", "full_name").unique(), on=["person_id", "full_name"], how="semi")
        .sort("person_id", "given_name", "family_name")
        .unique("person_id", keep="first", maintain_order=True)
    )
    return {
        row["person_id"]: {"given_name": row["given_name"], "family_name": row["family_name"]}
        for row in stated.iter_rows(named=True)
    }


def _briefs(ws: Workspace, lines: pl.DataFrame) -> Mapping[str, dict[str, Any]]:
    """``brief, brief_by`` of each person whose brief is still kept."""
    ids = dict(lines.drop_nulls("brief_id").select("person_id", "brief_id").iter_rows())
    kept = {row["brief_id"]: row for row in briefs_of(ws, ids.values()).iter_rows(named=True)}
    rules = read_brief_settings(load_policy(ws).book.settings["brief"])
    return {person: _told(kept[name], rules) for person, name in ids.items() if name in kept}


def _told(brief: Mapping[str, Any], rules: BriefSettings) -> dict[str, Any]:
    by = ", ".join(str(value) for value in (brief["author"], brief["written_on"]) if value)
    try:
        parts = parse_brief(brief["text"]).sections
    except RefusedFile:
        parts = {}  # it was accepted under other rules; the queue line has its opening line
    told = {heading: body.strip() for heading, body in parts.items() if body.strip()}
    return {"brief": tuple(_part(heading, body, rules) for heading, body in told.items()), "brief_by": by}


def _part(heading: str, body: str, rules: BriefSettings) -> BriefPart:
    part = rules.part_of(heading)
    return BriefPart(part.name if part else None, heading, body)


def _notes(ws: Workspace, read: QueueRead, people: list[str]) -> Mapping[str, Note]:
    with open_ledger(ws) as ledger:
        found = notes_about(ws, ledger, load_generation(ws, read.generation), people)
    return {
        row["person_id"]: Note(
            on=queue_day(row["at"], ws.settings).isoformat(),
            **{name: row[name] for name in Note._fields if name != "on"},
        )
        for row in found.iter_rows(named=True)
    }
