"""Help for whoever writes briefs: a template about one person, and the names a brief is checked against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.asking.conflicts import conflict_remarks, contact_to_use
from flows.ledger.contacts import ContactLists, read_contact
from policies.brief import recorded_names, template
from policies.errors import UnknownContact, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flows.asking.inquiry import Inquiry
    from policies.brief import Brief
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

__all__ = ["names_on_record", "template_for"]


def template_for(inquiry: Inquiry, decision: Decision, inputs: DecisionInputs, contact: str) -> str:
    """A brief to fill in for the person behind a contact; raises ``UnknownContact`` where no list knows them.

    A contact that bounced or opted out is not shown again: the brief names another of theirs, or the person by id.
    """
    asked = read_contact(contact, ContactLists.of(inputs.settings["lists"]))
    known = inquiry.records_of(asked)
    if known.is_empty():
        raise UnknownContact
    person = known.get_column("person_id").sort()[0]
    table = decision.table
    about = table.people.row(by_predicate=pl.col("person_id") == person, named=True)
    kept = table.subjects.rows.filter((pl.col("person_id") == person) & pl.col("kept")).row(0, named=True)
    face = table.subjects.faces.row(by_predicate=pl.col("person_id") == person, named=True)
    records = known.filter(pl.col("person_id") == person).get_column("record_id").to_list()
    named = contact_to_use(decision, asked, person, records)
    said = {
        "contact": named,
        "person_id": person if named is None else None,
        **{name: face[name] for name in ("full_name", "salutation_name", "job_title", "company")},
        **{name: kept[name] for name in ("source", "asked_on", "asked_about")},
        **{name: about[name] for name in ("last_touch_on", "last_outcome")},
    }
    remarks = conflict_remarks(decision, person)
    return template(said, about["brief_tier_wanted"], inputs.settings["brief"], inputs.as_of.date(), remarks)


def names_on_record(decision: Decision, inputs: DecisionInputs) -> Callable[[Brief], Sequence[str] | None]:
    """A function giving the recorded spellings of the name of whom a brief is about; none where nobody is known."""
    lists = ContactLists.of(inputs.settings["lists"])
    records = decision.table.records
    names = dict(recorded_names(records).iter_rows())
    by_email = dict(records.drop_nulls("email").select(pl.col("email").str.to_lowercase(), "person_id").iter_rows())
    by_phone = dict(records.drop_nulls("phone").select("phone", "person_id").iter_rows())

    def spellings(brief: Brief) -> Sequence[str] | None:
        try:
            about = read_contact(brief.person_id or brief.contact or "", lists)
        except UsageError:
            return None
        by_kind = {"email": by_email.get(about.value.lower()), "phone": by_phone.get(about.value)}
        person = by_kind.get(about.kind, about.value)
        return names.get(person) if person is not None else None

    return spellings
