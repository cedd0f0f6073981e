"""What a checked rule, its cases, a waiver and the whole rulebook are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from policies.facts import LATE_FACTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import polars as pl

    from policies.effects import Effect, Stage
    from policies.jurisdictions import Jurisdiction

__all__ = ["Rule", "RuleCase", "Rulebook", "Waiver"]


@dataclass(frozen=True, slots=True)
class RuleCase:
    """One row of facts (``given`` over the neutral row, ``unknown`` set to null) and what the rule must say of it."""

    given: Mapping[str, Any]
    unknown: tuple[str, ...]
    expect: Effect
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A named condition with its effect, in force from ``since`` to ``until``, both days included.

    ``reach``: "person" fires for the person on that channel, across all their records; "contact" judges only the
    contact point of the record it fires for. ``columns`` are the facts the condition reads: its evidence.
    """

    id: str
    stage: Stage
    effect: Effect
    unknown: Effect
    when: str
    reason: str
    fix: str
    cites: tuple[str, ...]
    since: date | None
    until: date | None
    reach: str
    columns: tuple[str, ...]
    expression: pl.Expr = field(compare=False, repr=False)
    file: str
    line: int
    cases: tuple[RuleCase, ...] = field(repr=False)
    jurisdiction: str | None
    waivable: bool

    @property
    def late(self) -> bool:
        """Whether the rule reads facts that are known only after all other rules were judged."""
        return not LATE_FACTS.isdisjoint(self.columns)

    def in_force(self, day: date) -> bool:
        """Whether the rule holds on ``day``."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A named person's decision to lift one rule for one source or one country until a day, that day included."""

    rule_id: str
    source: str | None
    country: str | None
    who: str
    why: str
    expires_on: date
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rule data of a workspace, checked. ``rules`` are ordered by stage, id and day of coming into force."""

    rules: tuple[Rule, ...]
    jurisdictions: Mapping[str, Jurisdiction]
    settings: Mapping[str, Any]
    waivers: tuple[Waiver, ...]
    revision: str

    def rule(self, rule_id: str) -> Rule:
        """The newest version of a rule; raises ``KeyError`` for an unknown id."""
        found = [rule for rule in self.rules if rule.id == rule_id]
        if not found:
            raise KeyError(rule_id)
        return found[-1]
