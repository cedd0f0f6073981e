"""Help for whoever writes briefs: the names a brief is checked against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ledger.contacts import ContactLists, read_contact
from policies.brief import recorded_names
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from policies.brief import Brief
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

__all__ = ["names_on_record"]


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
