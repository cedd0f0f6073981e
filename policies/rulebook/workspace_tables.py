"""The tables a workspace alone states: whom it aims at (``[fit]``), what counts (``[fit_score]``), its accounts.

A misspelt aim would silently make everybody unfit, a misspelt relationship would make a competitor a stranger; so every
key and word is checked, and the nearest one named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
from polars.exceptions import PolarsError

from policies.facts import FACTS
from policies.rulebook.files import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from policies.rulebook.files import ParsedFile, Place, Problems

__all__ = ["check_workspace_tables"]

_FIT: Final = ("functions", "seniorities", "sectors", "min_employees", "max_employees")
_ACCOUNT: Final = ("name", "domains", "tier", "owner", "relationship", "legal_class")
_RELATIONSHIPS: Final = ("target", "customer", "competitor")
_LEGAL_CLASSES: Final = ("corporate", "sole_trader")
_SCORED: Final = tuple(fact.name for fact in FACTS if fact.dtype == pl.Boolean)


def check_workspace_tables(files: Sequence[ParsedFile], titles: Mapping[str, Any], problems: Problems) -> None:
    """Check ``[fit]``, ``[fit_score]`` and ``[[account]]`` of workspace files.

    ``titles`` is the settings table of that name: its values are the functions and seniorities there are.
    """
    for parsed in files:
        fit, score = parsed.data.get("fit"), parsed.data.get("fit_score")
        if isinstance(fit, dict):
            _check_fit(fit, parsed.places.table("fit"), titles, problems)
        if isinstance(score, dict):
            place = parsed.places.table("fit_score")
            problems.unknown_keys(place, score, _SCORED, "The score")
            for name, weight in score.items():
                if not _is_whole(weight):
                    problems.add(place, name, f"The weight of {name} is no whole number.", f"Write {name} = 1.")
        if isinstance(parsed.data.get("titles"), dict):
            _check_patterns(parsed.data["titles"], parsed.places.table("titles"), problems)
        if "account" in parsed.data:
            for number, account in enumerate(parsed.tables("account", problems)):
                _check_account(account, parsed.places.table("account", number), problems)


def _check_fit(fit: Mapping[str, Any], place: Place, titles: Mapping[str, Any], problems: Problems) -> None:
    problems.unknown_keys(place, fit, _FIT, "[fit]")
    for key, column in (("functions", "function"), ("seniorities", "seniority")):
        _check_words(fit, key, {str(row[1]) for row in titles.get(column, ())}, place, problems)
    _check_words(fit, "sectors", None, place, problems)
    for key in ("min_employees", "max_employees"):
        if key in fit and not _is_whole(fit[key]):
            problems.add(place, key, f"{key} is no whole number.", f"Write {key} = 50.")
    least, most = fit.get("min_employees", 0), fit.get("max_employees")
    if _is_whole(least) and _is_whole(most) and most < least:
        problems.add(place, "max_employees", "max_employees is below min_employees.", "Put the larger number there.")


def _check_account(account: Mapping[str, Any], place: Place, problems: Problems) -> None:
    problems.unknown_keys(place, account, _ACCOUNT, "An account")
    if not isinstance(account.get("name"), str) or not account["name"].strip():
        problems.add(place, "name", "The account has no name.", 'Write name = "...".')
    _check_words(account, "domains", None, place, problems)
    for key, words in (("relationship", _RELATIONSHIPS), ("legal_class", _LEGAL_CLASSES)):
        if key in account and account[key] not in words:
            problems.add(place, key, f"{key} = {account[key]!r} is not known.", nearest(str(account[key]), words))
    for key in ("tier", "owner"):
        if not isinstance(account.get(key, ""), str):
            problems.add(place, key, f"{key} is not a text.", "Put it into quotes.")


def _check_patterns(titles: Mapping[str, Any], place: Place, problems: Problems) -> None:
    """Patterns of titles must be regular expressions; pairs of another make are noted where tables are merged."""
    for key, rows in titles.items():
        pairs = [row for row in rows if isinstance(row, list)] if isinstance(rows, list) else []
        patterns = [row[0] for row in pairs if row and isinstance(row[0], str)]
        if _breaks(patterns):
            for pattern in filter(lambda pattern: _breaks([pattern]), patterns):
                problems.add(place, key, f"{pattern!r} is no regular expression.", "Escape what is meant literally.")


def _breaks(patterns: Sequence[str]) -> bool:
    """Whether one of some patterns is no regular expression; many are tried in one step."""
    try:
        pl.select(pl.lit("").str.contains(pattern).alias(str(number)) for number, pattern in enumerate(patterns))
    except PolarsError:
        return True
    return False


def _check_words(
    table: Mapping[str, Any], key: str, known: Iterable[str] | None, place: Place, problems: Problems
) -> None:
    """A list of texts, each among ``known`` where that is stated."""
    words = problems.texts(place, table, key)
    names = set(known) if known is not None else set(words)
    for word in words:
        if word not in names:
            problems.add(place, key, f"{key} names {word!r}, which no job title is read as.", nearest(word, names))


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
