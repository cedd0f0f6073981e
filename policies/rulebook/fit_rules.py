"""Rules made from ``fit.toml``: one for each ``[[fit.never]]``, and two for each ``[[fit.property]]``.

So every drop has a reason of its own, in the words of whoever wrote the table: what is never a target, what is not met,
and, apart from that, what no list tells.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from policies.effects import Stage
from policies.rulebook.fit_words import NEVER_RULE, PROPERTY_RULE, UNTOLD_RULE
from policies.rulebook.reader import RuleTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policies.rulebook.files import ParsedFile, Place

__all__ = ["RULE_NAME", "fit_rules"]

RULE_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
# Whoever came to us is not measured by aims; they are asked about what nobody told.
_CAME_TO_US: Final = "relationship NOT IN ('customer', 'in_conversation', 'referred', 'inquired')"
_PASSED_ON: Final = ("since", "until")
_CITE: Final = "Own practice: {} of rules/fit.toml"


def fit_rules(files: Sequence[ParsedFile]) -> list[RuleTable]:
    """The rules of all ``[[fit.never]]`` and ``[[fit.property]]`` tables, placed where these stand.

    Tables without a usable name or reason are left out; the check of the workspace's tables notes them.
    """
    return [table for parsed in files for table in _of_file(parsed)]


def _of_file(parsed: ParsedFile) -> Iterator[RuleTable]:
    fit = parsed.data.get("fit")
    if parsed.file.origin != "workspace" or not isinstance(fit, dict):
        return
    for kind, made in (("never", _never), ("property", _property)):
        tables = fit.get(kind, [])
        for number, table in enumerate(tables if isinstance(tables, list) else []):
            if isinstance(table, dict) and _is_usable(table, kind):
                yield from made(table, parsed.places.table(f"fit.{kind}", number))


def _is_usable(table: Mapping[str, Any], kind: str) -> bool:
    name, reason = table.get("name"), table.get("reason", "" if kind == "never" else "none")
    return isinstance(name, str) and RULE_NAME.fullmatch(name) is not None and isinstance(reason, str) and reason != ""


def _never(table: Mapping[str, Any], place: Place) -> Iterator[RuleTable]:
    name = table["name"]
    rule = {
        "id": NEVER_RULE.format(name),
        "effect": "deny",
        "unknown": "hold",
        "when": f"never_named ~ '{_among(name)}'",
        "reason": table.get("reason"),
        "fix": table.get("fix", "Nothing to do, unless rules/fit.toml or the list is wrong."),
        "cites": [_CITE.format("[[fit.never]]")],
        "case": [
            {"given": {"never_named": f"another, {name}"}, "expect": "deny"},
            {"given": {"never_named": "another"}, "expect": "pass"},
        ],
    }
    yield _table(table, place, rule)


def _property(table: Mapping[str, Any], place: Place) -> Iterator[RuleTable]:
    name = table["name"]
    words = name.replace("_", " ")
    missed = {
        "id": PROPERTY_RULE.format(name),
        "effect": "deny",
        "unknown": "hold",
        "when": f"properties_missed ~ '{_among(name)}' AND {_CAME_TO_US}",
        "reason": table.get("reason", f"Their {words} is not what rules/fit.toml asks for."),
        "fix": table.get("fix", "Move on; where the list is wrong, correct it and drop it again."),
        "cites": [_CITE.format("[[fit.property]]")],
        "case": _cases("properties_missed", name, "deny"),
    }
    effect = "warn" if table.get("unknown") == "warn" else "hold"
    untold = {
        "id": UNTOLD_RULE.format(name),
        "effect": effect,
        "unknown": "hold",
        "when": f"properties_untold ~ '{_among(name)}' AND {_CAME_TO_US}",
        "reason": f"No list tells their {words}.",
        "fix": f"Find out, and put it into a column of the list that rules/fit.toml names ({_columns(table)}).",
        "cites": [_CITE.format("[[fit.property]]")],
        "case": _cases("properties_untold", name, effect),
    }
    yield _table(table, place, missed)
    yield _table(table, place, untold)


def _cases(fact: str, name: str, effect: str) -> list[dict[str, Any]]:
    return [
        {"given": {fact: name, "relationship": "cold"}, "expect": effect},
        {"given": {fact: ""}, "expect": "pass"},
        {"given": {fact: name, "relationship": "referred"}, "expect": "pass"},
    ]


def _columns(table: Mapping[str, Any]) -> str:
    columns = table.get("columns", ())
    return ", ".join(map(str, columns)) if isinstance(columns, list) else ""


def _among(name: str) -> str:
    """A pattern for a name among names with commas."""
    return f"(^|, ){name}(,|$)"


def _table(table: Mapping[str, Any], place: Place, rule: Mapping[str, Any]) -> RuleTable:
    dates = {key: table[key] for key in _PASSED_ON if key in table}
    cases: list[Any] = rule["case"]
    return RuleTable(
        {**rule, **dates, "stage": Stage.FIT.value}, place, tuple(place for _ in cases), origin="workspace"
    )
