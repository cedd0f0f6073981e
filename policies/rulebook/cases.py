"""Every rule's own cases, run: each alone, then all together in one frame judged by all rules; both must agree.

A case states only the facts it is about; the rest is the neutral row, in which no rule fires: a named person at a
company in the United States, on an approved list of our own making, with a passing brief and an open window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.effects import Effect
from policies.facts import FACT_SCHEMA, FACTS
from policies.rulebook.judging import judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.rulebook.model import Rule, Rulebook, RuleCase

__all__ = ["NEUTRAL", "CaseResult", "run_cases"]

# Facts that are neither no, 0 nor unknown in the neutral row.
_NEUTRAL: Final[dict[str, Any]] = {
    "channel": "email",
    "country": "US",
    "jurisdiction_on_file": True,
    "recipient_class": "corporate_named",
    "phone_type": "fixed",
    "published_address": False,
    "role_relevant": True,
    "registry_listed": False,
    "source": "neutral",
    "source_kind": "conference",
    "channel_in_contract": True,
    "purpose_in_contract": True,
    "third_party_marketing": True,
    "own_list": True,
    "solicitation_forbidden": False,
    "membership_reveals": "none",
    "lawful_basis": "legitimate_interest",
    "assessment_on_file": True,
    "contract_expired": False,
    "contract_approved": True,
    "obtained_on": date(2026, 9, 1),
    "seniority": "director",
    "function": "operations",
    "function_targeted": True,
    "seniority_targeted": True,
    "sector_targeted": True,
    "size_targeted": True,
    "country_targeted": True,
    "region_targeted": True,
    "never_named": "",
    "properties_missed": "",
    "properties_untold": "",
    "relationship": "cold",
    "brief_tier_wanted": "full",
    "brief_state": "passing",
    "timezone": "America/New_York",
    "window_open": True,
    "attempt_cap": 1,
    "total_cap": 3,
    "company_cap": 2,
}
_ZERO: Final = ((pl.Boolean, False), (pl.Int64, 0))
NEUTRAL: Final[dict[str, Any]] = {
    fact.name: _NEUTRAL.get(
        fact.name, next((zero for dtype, zero in _ZERO if fact.dtype == dtype and not fact.nullable), None)
    )
    for fact in FACTS
}


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What a rule said of one of its cases. ``got`` names both answers where alone and together differ."""

    rule_id: str
    file: str
    line: int
    expected: str
    got: str
    ok: bool


def _facts_of_case(case: RuleCase) -> dict[str, Any]:
    """The whole row of facts a case stands for."""
    return {**NEUTRAL, **case.given, **dict.fromkeys(case.unknown)}


def run_cases(book: Rulebook) -> list[CaseResult]:
    """Run all cases of all rules of ``book``, in its order, whatever day the rules are in force."""
    pairs = [(position, case) for position, rule in enumerate(book.rules) for case in rule.cases]
    frame = _frame([case for _, case in pairs])
    together = _answers(frame, book.rules)
    return [
        _result(book.rules[position], case, _alone(frame[row], book.rules[position]), together.get((row, position), 0))
        for row, (position, case) in enumerate(pairs)
    ]


def _frame(cases: Sequence[RuleCase]) -> pl.DataFrame:
    return pl.DataFrame([_facts_of_case(case) for case in cases], schema=FACT_SCHEMA, orient="row")


def _answers(frame: pl.DataFrame, rules: Sequence[Rule]) -> dict[tuple[int, int], int]:
    """(row, rule) -> effect, for what does not pass."""
    return {(row, rule): effect for row, rule, effect in judge(frame, rules).iter_rows()}


def _alone(frame: pl.DataFrame, rule: Rule) -> int:
    return _answers(frame, [rule]).get((0, 0), int(Effect.PASS))


def _result(rule: Rule, case: RuleCase, alone: int, together: int) -> CaseResult:
    words = Effect(alone).label, Effect(together).label
    got = words[0] if alone == together else f"{words[0]} alone, {words[1]} together"
    return CaseResult(rule.id, rule.file, case.line, case.expect.label, got, ok=got == case.expect.label)
