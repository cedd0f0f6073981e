"""Every rule of the base says of each of its cases what the case expects, alone and among all others."""

from __future__ import annotations

import polars as pl
import pytest

from policies.facts import FACT_SCHEMA, FACTS
from policies.rulebook.cases import NEUTRAL, CaseResult, run_cases
from policies.rulebook.judging import judge
from tests.policies.rulebooks import base, rule_text, with_base, workspace

RESULTS = run_cases(base())


@pytest.mark.parametrize("rule_id", sorted({rule.id for rule in base().rules}))
def test_cases_of_the_base_hold(rule_id: str) -> None:
    """Each case agrees alone and all together."""
    results = [result for result in RESULTS if result.rule_id == rule_id]
    assert results
    assert [result for result in results if not result.ok] == []


def test_no_rule_fires_on_the_neutral_row() -> None:
    """Cases differ from the neutral row in what they are about, so nothing else may fire on it."""
    frame = pl.DataFrame([NEUTRAL], schema=FACT_SCHEMA)
    assert judge(frame, [rule for rule in base().rules if not rule.id.endswith("review_due")]).is_empty()


def test_the_neutral_row_knows_every_fact() -> None:
    """Facts that are always known have a value, of their type."""
    assert list(NEUTRAL) == [fact.name for fact in FACTS]
    assert [fact.name for fact in FACTS if not fact.nullable and NEUTRAL[fact.name] is None] == []


def test_a_wrong_case_is_found_with_its_line() -> None:
    """A case the rule does not agree with is told with file, line, and both answers."""
    cases = """
[[rule.case]]
given = { competitor = true }
expect = "deny"
[[rule.case]]
given = { competitor = true }
expect = "pass"
"""
    text = rule_text(cases)
    failing = [result for result in run_cases(with_base(workspace(text))) if not result.ok]
    line = text.splitlines().index("[[rule.case]]", 10 + 1) + 1
    assert failing == [CaseResult("local.fit.example", "rules/local/ours.toml", line, "pass", "deny", ok=False)]
