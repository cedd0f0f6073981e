"""Law 1 with matching as it is: whatever further lists do to weights, whoever a published run stopped stays stopped.

More records make a name more common, show that two of one name work at a company, or that a mailbox is shared: links
grow weaker, people fall apart. What was inferred before is inferred still.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from policies.fact_table.table import standing_of
from policies.identity.matching import match
from policies.identity.model_file import lead_model
from policies.subjects import people_of
from tests.effort import few
from tests.policies.permissions import permission_of
from tests.policies.worlds import Row, Said, base_rules, records_of, world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.identity import Generation
    from policies.inputs import DecisionInputs

EMAILS = (
    "ada.okafor@acme.example",
    "a.okafor@acme.example",
    "ada@example.org",
    "okafor.a@example.net",
    "bea@acme.example",
    "info@acme.example",
    "ada.okafor@bolt.example",
)
PHONES = ("+12025550101", "+12025550102")
STOPS = ("opted_out", "objected", "complained", "address_opted_out")

rows = st.builds(
    lambda email, phone, surname, company, source: Row(email, phone, surname, company=company, source=source),
    st.sampled_from(EMAILS),
    st.sampled_from((None, *PHONES)),
    st.sampled_from(("Okafor", "Okafor", "Ruiz")),
    st.sampled_from(("Acme Inc", "Acme", "Bolt Ltd")),
    st.sampled_from(("summit", "guild", "fair")),
)
words = st.builds(
    Said,
    contact=st.sampled_from((*EMAILS, *PHONES)),
    kind=st.sampled_from(("optout", "objection")),
    days_ago=st.integers(1, 20),
)


def matched(rows: Sequence[Row], said: Sequence[Said], prior: Generation | None = None) -> DecisionInputs:
    """A world in which the packaged model says who is who."""
    settings = base_rules().settings
    found = match(people_of(records_of(rows)), lead_model(settings), settings)
    return world(rows, said, prior=prior, matching=found)


def stopped(inputs: DecisionInputs, *also: str) -> set[tuple[str, str]]:
    """Contact points (record, channel) that a word stops."""
    facts = permission_of(inputs)[0].facts.filter(pl.any_horizontal(*STOPS, *also))
    return set(facts.select("record_id", "channel").iter_rows())


@few(8)
@given(
    st.lists(rows, min_size=4, max_size=9),
    st.lists(rows, min_size=2, max_size=6),
    st.lists(words, min_size=1, max_size=2),
)
def test_more_records_free_nobody(known: list[Row], more: list[Row], said: list[Said]) -> None:
    """At the least they are in doubt, where a mailbox turns out to be several people's."""
    before = matched(known, said)
    after = matched([*known, *more], said, prior=standing_of(before).subjects.generation)
    assert stopped(before) <= stopped(after, "opted_out_by_shared_mailbox")
