"""Where the lists disagree about one person, for whoever is about to write to them; and which contact to write to."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.effects import Verdict
from policies.evaluate import OWN_WORD
from policies.explain import conflict_sentence
from policies.shown import closed_points, conflicts_of, points_shown

if TYPE_CHECKING:
    from flows.ledger.contacts import Contact
    from policies.evaluate import Decision

__all__ = ["conflict_remarks", "conflicts_about", "contact_to_use", "said_no"]

_LONGEST_REMARK: Final = 400  # letters: the front matter of a brief is bounded


def said_no(decision: Decision, person: str) -> bool:
    """Whether the person's own word ended the matter on every channel: then nothing further is said of them."""
    points = decision.table.points.filter(pl.col("person_id") == person)
    return bool(points.select(pl.any_horizontal(OWN_WORD).all()).item())


def conflicts_about(decision: Decision, person: str) -> list[dict[str, Any]]:
    """``{field, chosen, others: [{value, source, obtained_on}]}`` per field; none of whoever must not be contacted."""
    verdict = decision.people.filter(pl.col("person_id") == person).get_column("person_verdict")
    if said_no(decision, person) or verdict.item() == Verdict.SUPPRESSED.value:
        return []
    found = conflicts_of(decision, pl.Series([person])).with_columns(pl.col("obtained_on").cast(pl.String))
    by_field = itertools.groupby(found.iter_rows(named=True), key=lambda row: (row["field"], row["chosen"]))
    return [
        {
            "field": field,
            "chosen": chosen,
            "others": [{name: row[name] for name in ("value", "source", "obtained_on")} for row in rows],
        }
        for (field, chosen), rows in by_field
    ]


def conflict_remarks(decision: Decision, person: str) -> list[str]:
    """The same as remarks in a brief, a line per field."""
    return [
        f"Lists disagree, please check. {conflict_sentence(conflict)}"[:_LONGEST_REMARK]
        for conflict in conflicts_about(decision, person)
    ]


def contact_to_use(decision: Decision, asked: Contact, person: str, records: list[str]) -> str | None:
    """The contact asked for, unless it bounced or was opted out: then the best that was not, or none.

    ``records`` are those of the person that carry the contact.
    """
    if asked.kind not in ("email", "phone"):
        return None
    own = pl.col("record_id").is_in(records) & (pl.col("channel") == asked.kind)
    named = decision.outcomes.filter(own)
    if named.is_empty() or not named.join(closed_points(decision), on=["record_id", "channel"], how="anti").is_empty():
        return asked.value
    usable: dict[str, str | None] = points_shown(decision).row(by_predicate=pl.col("person_id") == person, named=True)
    other = "phone" if asked.kind == "email" else "email"
    return usable[asked.kind] or usable[other]
