"""Tables of rule files -> checked rules. Every problem of every rule is gathered, none stops the reading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.effects import STAGES, Effect, Stage
from policies.facts import FACTS
from policies.rulebook.expressions import Condition, ConditionError, compile_condition, probe_faults
from policies.rulebook.files import nearest
from policies.rulebook.model import Rule, RuleCase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.rulebook.files import Place, Problems

__all__ = ["RuleTable", "read_rules"]

_REQUIRED: Final = ("id", "stage", "effect", "unknown", "when", "reason", "fix", "cites", "case")
_FIELDS: Final = (*_REQUIRED, "since", "until", "reach", "waivable")
_CASE_FIELDS: Final = ("given", "unknown", "expect")
_ID: Final = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")
_EFFECTS: Final = ("deny", "hold", "warn")
_UNKNOWN_EFFECTS: Final = ("pass", "warn", "hold", "deny")
_REACHES: Final = ("person", "contact")
_BY_NAME: Final = {fact.name: fact for fact in FACTS}
_PYTHON_TYPES: Final = ((pl.String, str), (pl.Int64, int), (pl.Date, date))
# A rule that reads what people themselves said, or what a registry says, is never lifted by a waiver.
_NEVER_WAIVED: Final = frozenset(
    {
        "opted_out", "objected", "complained", "erased", "domain_opted_out", "address_opted_out", "flag_unknown",
        "opted_out_by_shared_mailbox", "list_waiting", "consent_refused", "registry_listed",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleTable:
    """One ``[[rule]]`` as read, the places of it and of its cases, and the jurisdiction whose file it comes from."""

    data: Mapping[str, Any]
    place: Place
    case_places: tuple[Place, ...]
    origin: str
    jurisdiction: str | None = None


def read_rules(tables: Sequence[RuleTable], problems: Problems) -> tuple[Rule, ...]:
    """Check ``tables`` and compile their conditions; faulty ones are left out and noted in ``problems``."""
    conditions = {
        position: condition for position, table in enumerate(tables) if (condition := _compile(table, problems))
    }
    positions = list(conditions)
    for index, fault in probe_faults([conditions[position] for position in positions]).items():
        table = tables[positions[index]]
        problems.add(table.place, "when", fault, "docs/policy-reference.md lists the facts and their types.")
        del conditions[positions[index]]
    rules = [_read_rule(table, conditions.get(position), problems) for position, table in enumerate(tables)]
    _check_unique(tables, problems)
    kept = [rule for rule in rules if rule is not None]
    return tuple(sorted(kept, key=lambda rule: (STAGES.index(rule.stage), rule.id, rule.since or date.min)))


def _compile(table: RuleTable, problems: Problems) -> Condition | None:
    when = table.data.get("when")
    if not isinstance(when, str) or not when.strip():
        return None  # noted as a missing field
    try:
        return compile_condition(when.strip())
    except ConditionError as error:
        problems.add(table.place, "when", error.message, error.fix)
        return None


def _read_rule(table: RuleTable, condition: Condition | None, problems: Problems) -> Rule | None:
    before = problems.count
    data, place = table.data, table.place
    problems.unknown_keys(place, data, _FIELDS, "A rule")
    for name in _REQUIRED:
        if name != "case" and not data.get(name):
            problems.add(place, name, f"The field {name} is missing or empty.", "Write it; every rule states it.")
    _check_words(table, problems)
    since, until = _day(data, "since", place, problems), _day(data, "until", place, problems)
    if since and until and until < since:
        problems.add(place, "until", "The rule ends before it begins.", "Put until on or after since.")
    cases = _read_cases(table, problems)
    if problems.count > before or condition is None:
        return None
    rule = Rule(
        id=data["id"],
        stage=Stage(data["stage"]),
        effect=Effect.parse(data["effect"]),
        unknown=Effect.parse(data["unknown"]),
        when=condition.text,
        reason=data["reason"],
        fix=data["fix"],
        cites=tuple(data["cites"]),
        since=since,
        until=until,
        reach=data.get("reach", "person"),
        columns=condition.columns,
        expression=condition.expression,
        file=place.file,
        line=place.line,
        cases=cases,
        jurisdiction=table.jurisdiction,
        waivable=data.get("waivable", True) and _NEVER_WAIVED.isdisjoint(condition.columns),
    )
    _check_coverage(rule, place, problems)
    return rule


def _check_words(table: RuleTable, problems: Problems) -> None:
    data, place = table.data, table.place
    if data.get("id") and not (isinstance(data["id"], str) and _ID.match(data["id"])):
        problems.add(
            place, "id", f"{data['id']!r} is no rule id.", "Use lower-case words with dots, as core.fit.student."
        )
    for name, words in (("effect", _EFFECTS), ("stage", tuple(Stage)), ("reach", _REACHES)):
        _check_word(table, name, words, problems)
    if data.get("stage") == Stage.PERMISSION and data.get("unknown") in ("pass", "warn"):
        problems.add(
            place, "unknown", "In a permission rule unknown may only be hold or deny.", "Unknown is never permission."
        )
    else:
        _check_word(table, "unknown", _UNKNOWN_EFFECTS, problems)
    cites = data.get("cites")
    if cites and not (isinstance(cites, list) and all(isinstance(cite, str) and cite for cite in cites)):
        problems.add(place, "cites", "cites is not a list of texts.", 'Write cites = ["..."].')
    for name in ("when", "reason", "fix"):
        if data.get(name) and not isinstance(data[name], str):
            problems.add(place, name, f"{name} is not a text.", "Put it into quotes.")
    if not isinstance(data.get("waivable", True), bool):
        problems.add(place, "waivable", "waivable is neither true nor false.", "Write waivable = false.")


def _check_word(table: RuleTable, name: str, words: Sequence[str], problems: Problems) -> None:
    value = table.data.get(name)
    if value and value not in words:
        problems.add(table.place, name, f"{name} = {value!r} is not known.", nearest(str(value), words))


def _day(data: Mapping[str, Any], name: str, place: Place, problems: Problems) -> date | None:
    value = data.get(name)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    problems.add(place, name, f"{name} is not a day.", f"Write {name} = 2026-01-31, without quotes.")
    return None


def _read_cases(table: RuleTable, problems: Problems) -> tuple[RuleCase, ...]:
    cases: list[RuleCase] = []
    raw = table.data.get("case", [])
    for number, data in enumerate(raw if isinstance(raw, list) else [raw]):
        place = table.case_places[number] if number < len(table.case_places) else table.place
        case = _read_case(data, place, problems) if isinstance(data, dict) else None
        if case is not None:
            cases.append(case)
    if not raw:
        problems.add(
            table.place, "case", "The rule has no cases.", "Add [[rule.case]] tables: one that fires, one that passes."
        )
    return tuple(cases)


def _read_case(data: Mapping[str, Any], place: Place, problems: Problems) -> RuleCase | None:
    before = problems.count
    problems.unknown_keys(place, data, _CASE_FIELDS, "A case")
    given, unknown, expect = data.get("given", {}), data.get("unknown", []), data.get("expect")
    if expect not in _UNKNOWN_EFFECTS:
        problems.add(place, "expect", "expect is missing or not known.", nearest(str(expect), _UNKNOWN_EFFECTS))
    if not isinstance(given, dict) or not isinstance(unknown, list):
        problems.add(
            place, "given", "given is a table and unknown a list.", 'given = { country = "DE" }, unknown = ["region"].'
        )
        return None
    for name in (*given, *unknown):
        if not isinstance(name, str) or name not in _BY_NAME:
            problems.add(place, "given", f"No such fact: {name}.", nearest(str(name), _BY_NAME))
        elif name in unknown and not _BY_NAME[name].nullable:
            problems.add(place, "unknown", f"{name} is always known.", "Give it a value instead.")
        elif name in given and not _fits(given[name], _BY_NAME[name].dtype):
            problems.add(place, "given", f"{name} has a value of another type.", f"It is {_BY_NAME[name].dtype}.")
    if problems.count > before:
        return None
    return RuleCase(given, tuple(unknown), Effect.parse(str(expect)), place.line)


def _fits(value: object, dtype: pl.DataType | type[pl.DataType]) -> bool:
    if isinstance(value, bool):
        return dtype == pl.Boolean
    return any(dtype == known and isinstance(value, python) for known, python in _PYTHON_TYPES)


def _check_coverage(rule: Rule, place: Place, problems: Problems) -> None:
    """A rule shows one row that fires, one that passes, and one with something unknown where that can be."""
    nullable = {name for name in rule.columns if _BY_NAME[name].nullable}
    if not any(case.expect == rule.effect for case in rule.cases):
        problems.add(
            place, "case", f"{rule.id} has no case in which it fires.", f'Add one with expect = "{rule.effect.label}".'
        )
    if not any(case.expect == Effect.PASS for case in rule.cases):
        problems.add(place, "case", f"{rule.id} has no case in which it passes.", 'Add one with expect = "pass".')
    if nullable and not any(nullable.intersection(case.unknown) for case in rule.cases):
        names = ", ".join(sorted(nullable))
        problems.add(
            place,
            "case",
            f"{rule.id} has no case with something unknown ({names}).",
            f'Add one with unknown = ["{min(nullable)}"].',
        )


def _check_unique(tables: Sequence[RuleTable], problems: Problems) -> None:
    """An id stands for one rule, in all files; only versions of one jurisdiction share it, under different days."""
    seen: dict[str, list[RuleTable]] = {}
    for table in sorted(tables, key=lambda table: table.origin != "base"):
        same_id = seen.setdefault(str(table.data.get("id")), [])
        clash = next((earlier for earlier in same_id if not _are_versions(earlier, table)), None)
        same_id.append(table)
        if clash is None or not table.data.get("id"):
            continue
        if clash.origin == "base" and table.origin == "workspace":
            message = f"{table.data['id']} is a rule of the base; a workspace adds rules, it does not redefine them."
            problems.add(table.place, "id", message, "Choose an id of your own, or write a waiver in rules/waivers/.")
        else:
            message = f"The id {table.data['id']} stands at {clash.place.file}:{clash.place.line} already."
            problems.add(table.place, "id", message, "Ids are never reused: choose another.")


def _are_versions(one: RuleTable, other: RuleTable) -> bool:
    same_file = one.jurisdiction is not None and one.jurisdiction == other.jurisdiction
    return same_file and one.data.get("since") != other.data.get("since")
