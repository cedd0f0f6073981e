"""docs/policy-reference.md says what the rules say."""

from __future__ import annotations

from pathlib import Path

from flows.reports.policy_reference import policy_reference
from policies.facts import FACTS
from tests.policies.rulebooks import base

COMMITTED = Path(__file__).parents[2] / "docs" / "policy-reference.md"


def test_the_committed_reference_is_current() -> None:
    """Rules and reference change together: `python -m flows.reports.policy_reference` rewrites it."""
    assert COMMITTED.read_text(encoding="utf-8") == policy_reference(base())


def test_it_names_every_rule_fact_and_country() -> None:
    """Nothing a verdict can rest on is left out."""
    text = policy_reference(base())
    for rule in base().rules:
        assert f"#### {rule.id}\n" in text
        assert f"`{rule.when}`" in text
    assert [fact.name for fact in FACTS if f"| `{fact.name}` |" not in text] == []
    assert [country.id for country in base().jurisdictions.values() if f"({country.id})" not in text] == []
