"""What a run leaves behind: a reason for every rule that fired, nobody named in any, one decision for every row."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from policies.decision.outputs import decisions_frame, reasons_frame
from policies.effects import Effect, Verdict
from policies.evaluate import decide
from policies.facts import FACTS
from policies.rulebook import Rule, load
from policies.schema import DECISIONS, REASONS
from tests.policies.rulebooks import rule_text, workspace
from tests.policies.worlds import AS_OF, Row, Said, world

if TYPE_CHECKING:
    from policies.inputs import DecisionInputs

ADA, LINE = "ada@acme.example", "+12025550101"


def rule(when: str, *cases: str) -> Rule:
    """One rule of a workspace with its cases, each as a line of TOML and what it expects."""
    tables = "".join(f"\n[[rule.case]]\n{case}\n" for case in cases)
    (found,) = load([workspace(rule_text(tables, when=f'"{when}"'))]).rules
    return found


def competitors() -> Rule:
    """A rule over a fact that is always known."""
    return rule("competitor", 'given = { competitor = true }\nexpect = "deny"', 'expect = "pass"')


def table(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
    """A fact table of (record, channel, country), the same company and title in every row."""
    keys = pl.DataFrame(rows, schema=["record_id", "channel", "country"], orient="row").with_row_index("row")
    return keys.with_columns(
        competitor=pl.lit(value=True), employees=pl.lit(12), company=pl.lit("Acme Inc"), job_title=pl.lit("Head of IT")
    )


def fired(*rows: tuple[int, int, Effect]) -> pl.DataFrame:
    """Fired rules as (row of the table, rule, effect)."""
    schema = {"row": pl.UInt32, "rule": pl.UInt16, "effect": pl.UInt8}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_evidence_is_what_the_rule_read_and_the_country() -> None:
    """As JSON, under the name of each fact."""
    read = rule(
        "competitor AND employees < 20",
        'given = { competitor = true, employees = 12 }\nexpect = "deny"',
        'given = { competitor = false, employees = 12 }\nexpect = "pass"',
        'given = { competitor = true }\nunknown = ["employees"]\nexpect = "hold"',
    )
    found = reasons_frame(table(("r", "email", "US")), fired((0, 0, Effect.DENY)), [read])
    assert found.schema == REASONS
    (row,) = found.to_dicts()
    assert json.loads(row.pop("evidence")) == {"competitor": True, "country": "US", "employees": 12}
    assert row == {
        "subject": "r",
        "channel": "email",
        "rule_id": "local.fit.example",
        "effect": "deny",
        "cites": ["Own practice"],
    }


def test_identifying_facts_are_withheld() -> None:
    """The frame says that they were known, never what they are; what was not known stays null."""
    read = rule(
        "company = 'Acme Inc' OR job_title = 'CEO'",
        'given = { company = "Acme Inc", job_title = "CTO" }\nexpect = "deny"',
        'given = { company = "Bolt", job_title = "CTO" }\nexpect = "pass"',
        'given = { company = "Bolt" }\nunknown = ["job_title"]\nexpect = "hold"',
    )
    known = table(("r", "email", "US"))
    unknown = known.with_columns(pl.lit(None, dtype=pl.String).alias("job_title"))
    for facts, title in ((known, "withheld"), (unknown, None)):
        evidence = json.loads(reasons_frame(facts, fired((0, 0, Effect.DENY)), [read]).get_column("evidence").item())
        assert evidence == {"company": "withheld", "country": "US", "job_title": title}
    assert {fact.name for fact in FACTS if fact.identifying} == {"company", "job_title"}


def test_of_several_countries_the_strictest_stands() -> None:
    """One reason per record, channel and rule, with the evidence of the row that was judged hardest."""
    read = competitors()
    facts = table(("r", "email", "DE"), ("r", "email", "US"), ("r", "phone", "US"))
    found = reasons_frame(facts, fired((0, 0, Effect.HOLD), (1, 0, Effect.DENY), (2, 0, Effect.WARN)), [read])
    assert [(row["channel"], row["effect"], json.loads(row["evidence"])["country"]) for row in found.to_dicts()] == [
        ("email", "deny", "US"),
        ("phone", "warn", "US"),
    ]


def test_nothing_fired_is_an_empty_frame() -> None:
    """With the columns of the contract."""
    found = reasons_frame(table(("r", "email", "US")), fired(), [competitors()])
    assert (found.schema, found.height) == (REASONS, 0)


def test_every_rule_that_fired_has_its_reason() -> None:
    """Whatever reaches a contact point of a person has a reason on one of that person's records."""
    rows = [Row(ADA, LINE), Row("ada.okafor@example.org", LINE, country="DE"), Row("info@acme.example", country=None)]
    decision = decide(world(rows, [Said(ADA)]))
    names = pl.DataFrame({"rule_id": [found.id for found in decision.rules]}).with_row_index("rule")
    people = decision.table.records.select(pl.col("record_id").alias("subject"), "person_id")
    given = decision.reasons.join(people, on="subject").select("person_id", "channel", "rule_id").unique()
    reached = (
        decision.reached.join(names.cast({"rule": pl.UInt16}), on="rule")
        .select("person_id", "channel", "rule_id")
        .unique()
    )
    order = ["person_id", "channel", "rule_id"]
    assert_frame_equal(given.sort(order), reached.sort(order))
    assert given.filter(pl.col("rule_id") == "core.permission.opted_out").height == 2


def test_reasons_and_decisions_name_nobody() -> None:
    """No address, number, name, company or title in the two frames that are never rewritten."""
    rows = [Row(ADA, LINE), Row("bea@acme.example", surname="Ruiz", country="BR", title="Head of Something Odd")]
    inputs = world(rows, [Said(ADA)])
    decision = decide(inputs)
    written = decision.reasons.write_ndjson() + decisions_of(inputs).write_ndjson()
    for told in ("@", "12025550101", "Okafor", "Ruiz", "Ada", "Acme", "Head of", "acme.example"):
        assert told not in written


def decisions_of(inputs: DecisionInputs, **changes: pl.Expr) -> pl.DataFrame:
    """The decisions about a world, after its records were changed."""
    changed = replace(inputs, records=inputs.records.with_columns(**changes))
    decision = decide(changed)
    return decisions_frame(
        changed.records,
        decision.table.subjects.rows,
        decision.people,
        run_id="run",
        policy_revision="revision",
        as_of=AS_OF,
    )


def test_every_row_gets_exactly_one_decision() -> None:
    """Rejected, duplicate or judged: each row of each file once, in the order of files and rows."""
    rows = [Row(ADA), Row(ADA, source="guild"), Row("bea@acme.example", surname="Ruiz"), Row("cho@acme.example")]
    refused = pl.when(pl.col("row_number") == 3).then(pl.lit("cell_count")).otherwise(None)
    found = decisions_of(world(rows), reject_code=refused)
    assert found.schema == DECISIONS
    assert sorted(found.get_column("row_number")) == [1, 2, 3, 4]
    by_row = {row["row_number"]: row for row in found.to_dicts()}
    assert by_row[3]["verdict"] == by_row[3]["person_verdict"] == Verdict.REJECTED
    assert (by_row[3]["reasons"], by_row[3]["channels"], by_row[3]["person_id"]) == (["intake.cell_count"], [], None)
    pair = [by_row[1], by_row[2]]
    assert sorted(row["verdict"] for row in pair) == ["brief_wanted", "duplicate"]
    assert {row["person_verdict"] for row in pair} == {"brief_wanted"}
    assert [row["reasons"] for row in pair if row["verdict"] == "duplicate"] == [["identity.duplicate"]]
    assert {row["run_id"] for row in by_row.values()} == {"run"}
    assert {row["as_of"] for row in by_row.values()} == {AS_OF}


@pytest.mark.parametrize(
    ("rows", "said", "channels"),
    [
        ([Row(ADA)], [], ["email"]),
        ([Row(ADA)], [Said(ADA)], []),
        ([Row(ADA, "+493023125101", country="DE")], [], []),
        ([Row(ADA, LINE)], [Said(ADA, channel="phone")], ["email"]),
    ],
)
def test_channels_are_those_permission_leaves_open(rows: list[Row], said: list[Said], channels: list[str]) -> None:
    """Neither held nor denied by permission, whatever else speaks against today."""
    assert decisions_of(world(rows, said)).get_column("channels").to_list() == [channels]
