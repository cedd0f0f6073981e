"""The pass that puts a decision together: places, channels, silence about whoever said no, and whose word is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from policies.evaluate import decide
from policies.identity import Generation
from policies.inputs import Rep
from policies.schema import ALIASES, TOUCHES, conform
from tests.policies.permissions import subjects_of
from tests.policies.worlds import AS_OF, Consented, Row, Said, day_queue, world

if TYPE_CHECKING:
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

ADA, BEA, CHO = (f"{name}@{name}.example" for name in ("ada", "bea", "cho"))
THREE = tuple(Row(email, company=f"{email.partition('@')[0]} Inc") for email in (ADA, BEA, CHO))


def verdicts(decision: Decision) -> dict[str, str]:
    """The verdict of the person behind each address."""
    people = decision.table.records.select("email", "person_id").drop_nulls()
    return dict(people.join(decision.people, on="person_id").select("email", "person_verdict").iter_rows())


def reasons(decision: Decision, email: str) -> set[str]:
    """Every rule that fired for the person behind an address."""
    person = decision.table.records.filter(pl.col("email") == email).get_column("person_id")[0]
    return set(decision.people.row(by_predicate=pl.col("person_id") == person, named=True)["reasons"])


def budget(inputs: DecisionInputs, *places: int) -> DecisionInputs:
    """The world with reps of these budgets."""
    return replace(inputs, reps=[Rep(name, many) for name, many in zip(("ada", "ben"), places, strict=False)])


@pytest.mark.parametrize(("places", "queued"), [((5, 5), 3), ((1, 1), 2), ((1,), 1), ((0, 0), 0), ((), 0)])
def test_nobody_stands_in_the_queue_beyond_the_budget(places: tuple[int, ...], queued: int) -> None:
    """Whoever finds no place is deferred to the next day, with the reason."""
    decision = decide(budget(world(THREE, briefed=[ADA, BEA, CHO]), *places))
    found = sorted(verdicts(decision).values())
    assert found == ["deferred"] * (3 - queued) + ["queued"] * queued
    late = decision.people.filter(pl.col("person_verdict") == "deferred")
    assert late.get_column("reasons").to_list() == [["core.cadence.over_budget"]] * (3 - queued)
    assert set(late.get_column("next_review_on")) <= {date(2026, 10, 15)}


def test_who_stands_in_the_day_s_queue_stays() -> None:
    """A later revision of the day takes nobody out for somebody it likes better."""
    inputs = budget(world(THREE, briefed=[ADA, BEA, CHO]), 1)
    people = dict(subjects_of(inputs).records.select("email", "person_id").iter_rows())
    for email in (ADA, BEA, CHO):
        assert verdicts(decide(replace(inputs, day_queue=day_queue(people[email]))))[email] == "queued"


def test_who_stands_in_the_day_s_queue_stays_under_a_new_id() -> None:
    """People who turned out to be one during the day keep the place that either had."""
    inputs = budget(world(THREE, briefed=[ADA, BEA, CHO]), 1)
    subjects = subjects_of(inputs)
    people = dict(subjects.records.select("email", "person_id").iter_rows())
    for email in (ADA, BEA, CHO):
        aliases = pl.DataFrame([("p" + "a" * 26, people[email], "merged")], schema=ALIASES, orient="row")
        prior = Generation(subjects.generation.assignments, aliases, subjects.generation.splits)
        before = day_queue("p" + "a" * 26)
        assert verdicts(decide(replace(inputs, prior=prior, day_queue=before)))[email] == "queued"


def test_one_person_per_company() -> None:
    """Of two at one company one is queued; the other waits for another day."""
    decision = decide(world([Row(ADA), Row("amy@ada.example")], briefed=[ADA, "amy@ada.example"]))
    assert sorted(verdicts(decision).values()) == ["deferred", "queued"]
    (waiting,) = (email for email, verdict in verdicts(decision).items() if verdict == "deferred")
    assert reasons(decision, waiting) == {"core.cadence.company_today"}


@pytest.mark.parametrize("kind", ["optout", "objection", "complaint", "erasure"])
def test_about_whoever_said_no_only_permission_is_computed(kind: str) -> None:
    """Neither fit nor brief nor cadence: nothing further is anybody's business."""
    decision = decide(world([Row(ADA, title="Student"), Row(BEA, title="Student")], [Said(ADA, kind=kind)]))
    assert {name.split(".")[1] for name in reasons(decision, ADA)} == {"permission"}
    assert "core.fit.student" in reasons(decision, BEA)


def test_a_channel_that_is_closed_leaves_the_other() -> None:
    """An opt-out from calls says nothing about mail, and mail is judged to the end."""
    decision = decide(world([Row(ADA, "+12025550101")], [Said(ADA, channel="phone")], briefed=[ADA]))
    assert verdicts(decision) == {ADA: "queued"}
    assert decision.best.select("channel").item() == "email"


def test_signals_that_disagree_are_judged_by_the_strictest() -> None:
    """American by the list, German by the number: what Germany asks for is asked."""
    rows = [Row(ADA), Row(BEA)]
    inputs = world(rows, briefed=[ADA, BEA])
    german = pl.when(pl.col("email") == BEA).then(pl.lit("DE")).alias("phone_country")
    decision = decide(replace(inputs, records=inputs.records.with_columns(german)))
    assert verdicts(decision)[ADA] == "queued"
    assert verdicts(decision)[BEA] != "queued"
    assert "de.email.opt_in" in reasons(decision, BEA)


def test_unknown_holds() -> None:
    """No country, a country without a law on file, a flag nobody understands: each is held, none is open."""
    rows = [Row(ADA, country=None), Row(BEA, country="BR"), Row(CHO, email_opt_out="unknown")]
    decision = decide(world(rows, briefed=[ADA, BEA, CHO]))
    assert verdicts(decision) == dict.fromkeys((ADA, BEA, CHO), "held")
    assert "core.permission.country_unknown" in reasons(decision, ADA)
    assert "core.permission.jurisdiction_missing" in reasons(decision, BEA)
    assert "core.permission.flag_unknown" in reasons(decision, CHO)


def test_whoever_has_no_name_cannot_be_greeted() -> None:
    """They are held until somebody finds it out, and keep nobody else from the queue."""
    inputs = world([Row(ADA), Row(BEA, company="Bea Inc")], briefed=[ADA, BEA])
    for missing in (None, " "):
        named = pl.when(pl.col("email") == ADA).then(pl.lit(missing)).otherwise("full_name").alias("full_name")
        decision = decide(replace(inputs, records=inputs.records.with_columns(named)))
        assert verdicts(decision) == {ADA: "held", BEA: "queued"}
        assert "core.fit.name_missing" in reasons(decision, ADA)


def test_a_consent_opens_what_the_law_closes() -> None:
    """Where the law asks for consent, none means no and a valid one means yes."""
    rows = [Row(ADA, country="DE", company="Ada GmbH"), Row(BEA, country="DE", company="Bea GmbH")]
    decision = decide(world(rows, (), [Consented(ADA)], briefed=[ADA, BEA]))
    assert verdicts(decision) == {ADA: "queued", BEA: "suppressed"}


def test_a_contact_that_is_outdated_is_held_even_when_it_must_wait_anyway() -> None:
    """A doubt goes before "not today": the reason says what would resolve it."""
    inputs = world([Row(ADA)], briefed=[ADA])
    token = inputs.tokens.filter(match="exact").get_column("token")[0]
    row = {"seq": 1, "token": token, "channel": "email", "at": AS_OF.replace(day=13), "outcome": "left_company"}
    touches = conform(pl.DataFrame([row], schema_overrides=dict(TOUCHES)), TOUCHES)
    decision = decide(replace(inputs, touches=touches))
    assert reasons(decision, ADA) >= {"core.cadence.contact_outdated", "core.cadence.person_cap"}
    assert verdicts(decision) == {ADA: "held"}


def test_deciding_twice_gives_the_same() -> None:
    """Nothing is kept between decisions."""
    inputs = world(THREE, [Said(BEA)], briefed=[ADA, CHO])
    one, other = decide(inputs), decide(inputs)
    assert one.people.equals(other.people)
    assert one.reasons.equals(other.reasons)


@pytest.mark.parametrize("kind", ["optout", "objection"])
def test_a_newer_consent_frees_its_own_contact_point_alone(kind: str) -> None:
    """Under one of two addresses of a person: that address is open again, the other one and the number stay closed."""
    line = "+12025550101"
    people = [Row("ada@acme.example", line), Row("ada@example.org", line, source="guild")]
    said, given = [Said("ada@acme.example", kind=kind, days_ago=10)], [Consented("ada@acme.example", days_ago=5)]
    closed = decide(world(people, said)).outcomes
    assert closed.get_column("permission").unique().to_list() == [3]
    freed = decide(world(people, said, given))
    points = freed.table.points.select("record_id", "channel", "contact")
    judged = freed.outcomes.join(points, on=["record_id", "channel"]).select("contact", "channel", "permission")
    strictest = {(contact, channel): effect for contact, channel, effect in judged.sort("permission").iter_rows()}
    assert strictest["ada@acme.example", "email"] == 0
    assert strictest["ada@example.org", "email"] == 3
    assert strictest[line, "phone"] == 3
