"""The rulebook: all rule files in, one checked, immutable object out.

``load`` either returns a rulebook in which every rule, setting, country and waiver holds, or raises one error that
lists everything that does not, with file and line. Which rules apply on a day is asked of it, never stored.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from policies.rulebook.files import Problems, RuleFile, parse_file
from policies.rulebook.fit_rules import fit_rules
from policies.rulebook.judging import JUDGED, judge, waive
from policies.rulebook.jurisdiction_files import is_jurisdiction_file, read_jurisdictions
from policies.rulebook.model import Rule, Rulebook, RuleCase, Waiver
from policies.rulebook.reader import RuleTable, read_rules
from policies.rulebook.regimes import country_scope, read_regimes, regime_rules, scoped
from policies.rulebook.settings import BASE_TABLES, SETTINGS_TABLES, merge_settings
from policies.rulebook.waivers import read_waivers
from policies.rulebook.workspace_tables import check_workspace_tables
from policies.sources.layouts import LAYOUT_TABLES, is_layout_file, parse_layouts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from policies.jurisdictions import Jurisdiction
    from policies.rulebook.files import ParsedFile

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

_REMEMBERED: Final = 16  # sets of rule files: a process serves one workspace, tests serve many
_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "base": ("rule", "regime", *BASE_TABLES),
    "workspace": ("rule", *SETTINGS_TABLES),
    "waiver": ("waiver",),
}


def load(files: Sequence[RuleFile]) -> Rulebook:
    """Read and check all ``files``; raises ``RuleFileError`` with every problem of every file.

    Files of origin ``source`` (source contracts) count for the revision only; they are read where lists are.
    """
    read_here = sorted((file for file in files if file.origin in _TABLES), key=lambda file: file.path)
    return replace(_checked(tuple(read_here)), revision=revision_of(files))


@lru_cache(maxsize=_REMEMBERED)
def _checked(files: tuple[RuleFile, ...]) -> Rulebook:
    """What the texts of ``files`` say, without a revision; faulty ones are read anew every time.

    Reading is a tenth of a second and the same texts say the same: so the rulebook is remembered by them, and shared.
    Nobody may write into it.
    """
    problems = Problems()
    parsed = [item for file in files if (item := parse_file(file, problems)) is not None]
    for item in parsed:
        _check_tables(item, problems)
    settings = merge_settings(parsed, problems)
    settings["layouts"] = parse_layouts(parsed, problems)
    check_workspace_tables(parsed, settings, problems)
    jurisdictions = read_jurisdictions(parsed, problems)
    templates = read_regimes(parsed, problems)
    tables = [table for item in parsed for table in _own_rules(item, jurisdictions, problems)]
    made = [*regime_rules(jurisdictions, templates, problems), *fit_rules(parsed)]
    rules = read_rules([*tables, *made], problems)
    waivers = read_waivers(parsed, rules, problems)
    problems.raise_if_any()
    return Rulebook(rules, jurisdictions, settings, waivers, revision="")


def in_force(book: Rulebook, as_of_date: date) -> tuple[Rule, ...]:
    """The rules of ``book`` that hold on a day, in the book's order."""
    return tuple(rule for rule in book.rules if rule.in_force(as_of_date))


def revision_of(files: Iterable[RuleFile]) -> str:
    """SHA-256 over path and text of every file, sorted by path; line ends and a byte order mark make no difference."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.path):
        text = file.text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        for part in (file.path, text):
            content = part.encode()
            digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def _check_tables(parsed: ParsedFile, problems: Problems) -> None:
    """Name tables nobody reads: a misspelt table would be a rule that silently does not hold."""
    path, origin = parsed.file.path, parsed.file.origin
    if is_jurisdiction_file(path) and origin == "base":
        return  # its reader looks at every key
    top = parsed.places.top()
    tables = LAYOUT_TABLES if is_layout_file(path) else _TABLES[origin]
    for name in parsed.data:
        if name not in tables:
            place = next(
                (parsed.places.table(s.name) for s in parsed.places.sections if s.name.split(".")[0] == name), top
            )
            known = ", ".join(tables)
            problems.add(place, name, f"A {origin} file has no table {name!r}.", f"It may hold: {known}.")


def _own_rules(
    parsed: ParsedFile, jurisdictions: Mapping[str, Jurisdiction], problems: Problems
) -> Iterator[RuleTable]:
    """The ``[[rule]]`` tables of one file; those of a jurisdiction hold for its countries only."""
    is_law = is_jurisdiction_file(parsed.file.path) and parsed.file.origin == "base"
    country = jurisdictions.get(str(parsed.data.get("id"))) if is_law else None
    for number, data in enumerate(parsed.tables("rule", problems)):
        place = parsed.places.table("rule", number)
        cases = data.get("case", [])
        places = [
            parsed.places.table("rule.case", position, within=("rule", number))
            for position in range(len(cases) if isinstance(cases, list) else 0)
        ]
        if country is None:
            yield RuleTable(data, place, tuple(places), parsed.file.origin)
            continue
        if not str(data.get("id", "")).startswith(f"{country.id.lower()}."):
            problems.add(place, "id", f"A rule of {country.id}.toml begins with {country.id.lower()}.", "Rename it.")
        narrowed = _in_country(data, country, jurisdictions)
        yield RuleTable(narrowed, place, tuple(places), parsed.file.origin, country.id)


def _in_country(
    data: Mapping[str, Any], country: Jurisdiction, jurisdictions: Mapping[str, Jurisdiction]
) -> dict[str, Any]:
    """The rule, holding for the file's countries only; a law of a country is never waived by a workspace."""
    scope = country_scope(country, jurisdictions)
    when = data.get("when")
    narrowed = scoped(scope, when) if isinstance(when, str) and when.strip() else when
    return {**data, "when": narrowed, "waivable": False}
