"""The rulebook: all rule files in, one checked, immutable object out."""

from policies.rulebook.loading import (
    JUDGED,
    Rule,
    Rulebook,
    RuleCase,
    RuleFile,
    Waiver,
    in_force,
    judge,
    load,
    revision_of,
    waive,
)

__all__ = [
    "JUDGED",
    "Rule",
    "RuleCase",
    "RuleFile",
    "Rulebook",
    "Waiver",
    "in_force",
    "judge",
    "load",
    "revision_of",
    "waive",
]
