"""Fit is judged of the person: what one list leaves out another tells, the newest counts, a former employer no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from policies.effects import Effect
from policies.fit.agreed import Told, company_told, newest_told
from tests.effort import few
from tests.policies.fit.people import NEW, OLD, decided, facts_of, fit_rules_of, lead

if TYPE_CHECKING:
    from datetime import date

    from tests.policies.fit.people import Lead

DENY, HOLD = int(Effect.DENY), int(Effect.HOLD)
AIMS = """
[fit]
functions = ["operations"]
sectors = ["food"]
[[fit.property]]
name = "stack"
columns = ["Stack"]
any_of = ["snowflake"]
unknown = "hold"
"""
RIVAL = '[[account]]\nname = "Bolt Ltd"\nrelationship = "competitor"\n'
TARGET = '[[account]]\nname = "Acme Inc"\nrelationship = "target"\ntier = "A"\nowner = "ada"\n'


def test_what_one_list_leaves_out_another_tells() -> None:
    """Whichever of them is newer: nobody is held for a gap that is none."""
    for first, second in ((NEW, OLD), (OLD, NEW)):
        bare = lead(day=first, row={"title": ""}, cells={"Stack": ""}, sector=None)
        found = decided([bare, lead(day=second, cells={"Stack": "Snowflake"}, sector="food")], AIMS)
        assert fit_rules_of(found) == {}
        assert set(found.table.records.get_column("fit_parts")) == {"function +3, sector +2, stack +1"}


def told(day: date | None, title: str) -> Lead:
    """A list of a day with a title."""
    return lead(day=day, row={"title": title})


def test_the_newest_title_counts() -> None:
    """A newer one replaces an older; of the same day, or of an unknown one, every one must fit."""
    aims = '[fit]\nfunctions = ["operations"]\n'
    assert fit_rules_of(decided([told(OLD, "Student"), told(NEW, "Head of Operations")], aims)) == {}
    assert fit_rules_of(decided([told(OLD, "Head of Operations"), told(NEW, "Student")], aims)) == {
        "core.fit.student": DENY,
        "core.fit.function_not_targeted": HOLD,
    }
    both = decided([told(NEW, "Head of Operations"), told(None, "Head of Human Resources")], aims)
    assert fit_rules_of(both) == {"core.fit.function_not_targeted": DENY}


def test_whoever_left_a_competitor_is_none() -> None:
    """Of the company they left nothing counts any more, where a newer list names another."""
    left = [lead(day=OLD, row={"company": "Bolt Ltd"}), lead(day=NEW)]
    assert fit_rules_of(decided(left, accounts=RIVAL)) == {}
    came = [lead(day=NEW, row={"company": "Bolt Ltd"}), lead(day=OLD)]
    assert fit_rules_of(decided(came, accounts=RIVAL)) == {"core.fit.competitor": DENY}
    undated = [lead(day=None, row={"company": "Bolt Ltd"}), lead(day=NEW)]
    assert fit_rules_of(decided(undated, accounts=RIVAL)) == {"core.fit.competitor": DENY}


def test_an_account_is_known_of_all_records_of_a_person() -> None:
    """Tier and owner hold for the private address too, which names no company; its legal class is its own."""
    number = {"phone": "+12025550101"}
    people = [lead(row=number), lead("ada@example.net", day=OLD, row=number, company=None)]
    found = decided(people, accounts=TARGET + 'legal_class = "corporate"\n')
    at_home = facts_of(found, "target_account", "account_tier", "account_owner", "legal_class", email="ada@example.net")
    assert at_home == (True, "A", "ada", None)


SAID = pl.Schema(
    {"record_id": pl.String(), "person_id": pl.String(), "obtained_on": pl.Int64(), "former": pl.Boolean()}
    | {"said": pl.String(), "mark": pl.Boolean(), "names a company": pl.Boolean()}
)
said = st.lists(
    st.tuples(
        st.sampled_from("pqr"),
        st.none() | st.integers(0, 2),
        st.booleans(),
        st.none() | st.sampled_from("abc"),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@few(20)
@given(said, st.integers(0, 1000))
def test_the_order_of_lists_changes_nothing(rows: list[tuple[object, ...]], seed: int) -> None:
    """Nobody is lost, everybody has a word of a list that counts, a mark of the company is never lost."""
    frame = pl.DataFrame([(f"r{at}", *row) for at, row in enumerate(rows)], schema=SAID, orient="row")
    mixed = frame.sample(fraction=1.0, shuffle=True, seed=seed)
    found, again = (
        newest_told(company_told(one, ["mark"], ["said"], "names a company"), [Told("said", ("said",))]).sort(
            "record_id"
        )
        for one in (frame, mixed)
    )
    assert found.equals(again)
    assert found.get_column("record_id").to_list() == frame.get_column("record_id").sort().to_list()
    for person in frame.get_column("person_id").unique():
        own, now = (one.filter(pl.col("person_id") == person) for one in (frame, found))
        speaking = own.filter(~pl.col("former") & pl.col("names a company"))
        if own.height > 1 and speaking.height:
            assert now.get_column("mark").any() == speaking.get_column("mark").any()
