"""Rulebooks to test with: the base, and small ones written out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from flows.rules_on_disk import load_rulebook, rule_files
from policies.errors import RuleFileError
from policies.rulebook import RuleFile, load

if TYPE_CHECKING:
    from policies.errors import Problem
    from policies.rulebook import Rulebook

FIELDS = {
    "id": '"local.fit.example"',
    "stage": '"fit"',
    "effect": '"deny"',
    "unknown": '"hold"',
    "when": '"competitor"',
    "reason": '"They compete with us."',
    "fix": '"Nothing to do."',
    "cites": '["Own practice"]',
}
CASES = """
[[rule.case]]
given = { competitor = true }
expect = "deny"
[[rule.case]]
given = { competitor = false }
expect = "pass"
"""


@cache
def base() -> Rulebook:
    """The rules that come with the package."""
    return load_rulebook(None)


@cache
def base_files() -> tuple[RuleFile, ...]:
    """The files the base is made of."""
    return tuple(rule_files(None))


def rule_text(cases: str = CASES, /, **fields: str | None) -> str:
    """One rule as TOML; a field given as None is left out, any other replaces the usual one."""
    stated = {**FIELDS, **fields}
    lines = [f"{name} = {value}" for name, value in stated.items() if value is not None]
    return "\n".join(["[[rule]]", *lines]) + cases


def workspace(text: str, path: str = "rules/local/ours.toml") -> RuleFile:
    """A rule file of a workspace."""
    return RuleFile(path, text, "workspace")


def with_base(*files: RuleFile) -> Rulebook:
    """The base and some files more."""
    return load([*base_files(), *files])


def problems_of(*files: RuleFile, alone: bool = False) -> tuple[Problem, ...]:
    """What is wrong with the base and some files more (``alone``: with the files); nothing, if they hold."""
    try:
        load(files if alone else [*base_files(), *files])
    except RuleFileError as error:
        return error.problems
    return ()
