"""Help for whoever writes briefs: what is on record of the people they are about, for briefs to be checked against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ledger.contacts import ContactLists, read_contact
from policies.brief import abouts, employers, known_people
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.brief import About, Brief
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

__all__ = ["on_record"]


def on_record(decision: Decision, inputs: DecisionInputs, briefs: Sequence[Brief]) -> list[tuple[str, About] | None]:
    """Person id and record of whom each brief is about, in order; none where nobody is known.

    Of several people who use a contact, the one whose name the brief spells is meant; else the first by id.
    """
    keys = [_key(brief, ContactLists.of(inputs.settings["lists"])) for brief in briefs]
    ids = _people_behind(decision, {key for key in keys if key is not None})
    known = _records_of(decision, {person for people in ids.values() for person in people})
    return [
        _meant(brief, [(person, known[person]) for person in ids.get(key or "", ())])
        for brief, key in zip(briefs, keys, strict=True)
    ]


def _key(brief: Brief, lists: ContactLists) -> str | None:
    """The contact or person id a brief names, as records have it; none where it cannot be read."""
    try:
        return read_contact(brief.person_id or brief.contact or "", lists).value.lower()
    except UsageError:
        return None


def _people_behind(decision: Decision, keys: set[str]) -> dict[str, list[str]]:
    """Contact or person id to the ids of the people it leads to, sorted."""
    records = decision.table.records
    points = (pl.col("email").str.to_lowercase(), pl.col("phone"), pl.col("person_id"))
    led = pl.concat([records.select("person_id", point.alias("key")) for point in points])
    found = led.filter(pl.col("key").is_in(sorted(keys))).unique().sort("key", "person_id")
    return dict(found.group_by("key", maintain_order=True).agg("person_id").iter_rows())


def _records_of(decision: Decision, ids: set[str]) -> dict[str, About]:
    """Person id to what is on record."""
    subjects, meant = decision.table.subjects, pl.col("person_id").is_in(sorted(ids))
    wanted = decision.table.people.select("person_id", pl.col("brief_tier_wanted").alias("tier_wanted"), "answered_on")
    records = decision.table.records.filter(meant).join(wanted, on="person_id", how="left", validate="m:1")
    where = employers(subjects.rows.filter(meant), subjects.faces)
    return dict(abouts(known_people(records, where)))


def _meant(brief: Brief, found: Sequence[tuple[str, About]]) -> tuple[str, About] | None:
    spelled = [pair for pair in found if any(name in brief.text for name in pair[1].names)]
    return next(iter(spelled or found), None)
