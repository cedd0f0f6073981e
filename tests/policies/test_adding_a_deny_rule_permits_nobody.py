"""Law 4 at the level of rules, and what judging must not depend on: order, partitions, company of other rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from policies.effects import Effect
from policies.facts import FACT_SCHEMA, FACTS
from policies.rulebook.cases import NEUTRAL
from policies.rulebook.judging import JUDGED, judge
from tests.policies.rulebooks import base

if TYPE_CHECKING:
    from policies.rulebook import Rule

RULES = base().rules
WORDS: dict[str, list[Any]] = {
    "channel": ["email", "phone"],
    "country": ["US", "CA", "GB", "DE", "FR", "AU", "XX", None],
    "recipient_class": ["corporate_generic", "corporate_named", "sole_trader", None],
    "phone_type": ["fixed", "mobile", "fixed_or_mobile", "premium", None],
    "lawful_basis": ["consent", "legitimate_interest", "opt_out_regime", None],
    "membership_reveals": ["none", "health", "unknown", None],
    "relationship": ["customer", "inquired", "cold"],
    "brief_state": ["none", "failing", "lower_tier", "stale", "passing"],
    "seniority": ["student", "director", None],
}


def _value(name: str) -> st.SearchStrategy[Any]:
    fact = next(fact for fact in FACTS if fact.name == name)
    if name in WORDS:
        return st.sampled_from(WORDS[name])
    values: list[Any] = [NEUTRAL[name]]
    if fact.dtype == pl.Boolean:
        values = [True, False]
    elif fact.dtype == pl.Int64:
        values = [0, 1, 2, 3]
    return st.sampled_from([*values, None] if fact.nullable else values)


rows = st.lists(st.fixed_dictionaries({name: _value(name) for name in FACT_SCHEMA}), min_size=1, max_size=6)
some_rules = st.lists(st.sampled_from(RULES), max_size=8, unique_by=id)


def _frame(facts: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(facts, schema=FACT_SCHEMA)


def _strictest(facts: pl.DataFrame, rules: list[Rule]) -> list[int]:
    """The strictest effect per row; passing is 0."""
    worst = [0] * facts.height
    for row, _, effect in judge(facts, rules).iter_rows():
        worst[row] = max(worst[row], effect)
    return worst


@given(facts=rows, rules=some_rules, added=st.sampled_from([rule for rule in RULES if rule.effect == Effect.DENY]))
def test_no_row_is_judged_more_gently(facts: list[dict[str, Any]], rules: list[Rule], added: Rule) -> None:
    """With one deny rule more, no row's strictest effect is smaller."""
    frame = _frame(facts)
    before, after = _strictest(frame, rules), _strictest(frame, [*rules, added])
    assert all(old <= new for old, new in zip(before, after, strict=True))


@given(facts=rows, rules=some_rules)
def test_rules_do_not_see_each_other(facts: list[dict[str, Any]], rules: list[Rule]) -> None:
    """All rules at once say what each says alone."""
    frame = _frame(facts)
    alone = [judge(frame, [rule]).with_columns(pl.lit(at, pl.UInt16).alias("rule")) for at, rule in enumerate(rules)]
    expected = pl.concat([pl.DataFrame(schema=JUDGED), *alone]).sort("rule", "row")
    assert judge(frame, rules).equals(expected)


@given(facts=rows, cut=st.integers(0, 6), data=st.data())
def test_order_and_partitions_make_no_difference(facts: list[dict[str, Any]], cut: int, data: st.DataObject) -> None:
    """Rows judged in another order, or in two parts, come out as they were."""
    frame = _frame(facts)
    whole = _strictest(frame, list(RULES))
    order = data.draw(st.permutations(range(frame.height)))
    assert _strictest(frame[order], list(RULES)) == [whole[row] for row in order]
    parts = [part for part in (frame.head(cut), frame.slice(cut)) if part.height]
    assert [worst for part in parts for worst in _strictest(part, list(RULES))] == whole


@given(facts=rows, rule=st.sampled_from(RULES))
def test_unknown_gives_the_rules_own_word(facts: list[dict[str, Any]], rule: Rule) -> None:
    """Yes gives the effect, no gives nothing, unknown gives what the rule says unknown means."""
    frame = _frame(facts)
    answers = frame.select(rule.expression.alias("answer")).to_series().to_list()
    meaning = {True: int(rule.effect), False: 0, None: int(rule.unknown)}
    assert _strictest(frame, [rule]) == [meaning[answer] for answer in answers]


def test_nothing_to_judge() -> None:
    """No rows or no rules give an empty frame of the right types."""
    assert judge(_frame([]), RULES).schema == JUDGED
    assert judge(_frame([NEUTRAL]), []).schema == JUDGED
