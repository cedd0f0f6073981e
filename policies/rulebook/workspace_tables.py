"""The tables a workspace alone states: whom it aims at (``[fit]``), what counts (``[fit_score]``), its accounts.

A misspelt aim would silently make everybody unfit, a misspelt relationship would make a competitor a stranger; so every
key and word is checked, and the nearest one named.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from polars.exceptions import PolarsError

from policies.contact_points import ascii_domain, domain_candidates
from policies.rulebook.files import nearest
from policies.rulebook.fit_tables import check_fit, check_fit_score, check_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from policies.rulebook.files import ParsedFile, Place, Problems

__all__ = ["check_workspace_tables"]

_TEXTS: Final = ("tier", "owner", "parent")
_ACCOUNT: Final = ("name", "aliases", "domains", "relationship", "legal_class", *_TEXTS)
_RELATIONSHIPS: Final = ("target", "customer", "competitor", "same_trade")
_LEGAL_CLASSES: Final = ("corporate", "sole_trader")


def check_workspace_tables(files: Sequence[ParsedFile], settings: Mapping[str, Any], problems: Problems) -> None:
    """Check ``[fit]``, ``[fit_score]``, ``[titles]``, the patterns of ``[brief]`` and ``[[account]]`` of all files.

    ``settings`` are the merged tables: what functions, seniorities, countries and providers of mail there are.
    """
    accounts = _Accounts(settings, problems)
    for parsed in files:
        if isinstance(parsed.data.get("fit"), dict):
            check_fit(parsed, settings, problems)
        if isinstance(parsed.data.get("fit_score"), dict):
            check_fit_score(parsed, problems)
        if isinstance(parsed.data.get("titles"), dict):
            _check_patterns(parsed.data["titles"], parsed.places.table("titles"), problems)
        if isinstance(parsed.data.get("brief"), dict):
            _check_brief(parsed, problems)
        if "account" in parsed.data:
            for number, account in enumerate(parsed.tables("account", problems)):
                accounts.take(account, parsed.places.table("account", number))
    accounts.check_parents()


class _Accounts:
    """The accounts of all files, one by one and together: a company must not be two things."""

    def __init__(self, settings: Mapping[str, Any], problems: Problems) -> None:
        self._problems = problems
        self._free_mail = frozenset(settings.get("lists", {}).get("free_mail_domains", ()))
        self._domains: dict[str, Place] = {}
        self._named: dict[str, Place] = {}
        self._tiers: dict[str, str] = {}
        self._all: list[tuple[Mapping[str, Any], Place]] = []

    def take(self, account: Mapping[str, Any], place: Place) -> None:
        """Check one account, and what it has in common with those before it."""
        problems = self._problems
        problems.unknown_keys(place, account, _ACCOUNT, "An account")
        if not isinstance(account.get("name"), str) or not account["name"].strip():
            problems.add(place, "name", "The account has no name.", 'Write name = "...".')
        check_words(account, "aliases", None, place, problems)
        for key, words in (("relationship", _RELATIONSHIPS), ("legal_class", _LEGAL_CLASSES)):
            if key in account and account[key] not in words:
                problems.add(place, key, f"{key} = {account[key]!r} is not known.", nearest(str(account[key]), words))
        for key in _TEXTS:
            if not isinstance(account.get(key, ""), str):
                problems.add(place, key, f"{key} is not a text.", "Put it into quotes.")
        for domain in problems.texts(place, account, "domains"):
            self._take_domain(domain, place)
        self._take_tier(account.get("tier"), place)
        for name in dict.fromkeys(_names(account)):
            self._take_name(name, place)
        self._all.append((account, place))

    def check_parents(self) -> None:
        """Every parent is an account, and none is its own."""
        known = {name: account for account, _ in self._all for name in _names(account)}
        for account, place in self._all:
            parent = account.get("parent")
            if not isinstance(parent, str):
                continue
            if parent not in known:
                message = f"There is no account called {parent!r}."
                self._problems.add(place, "parent", message, nearest(parent, known))
            elif _is_above_itself(account, known):
                self._problems.add(place, "parent", "The account is its own parent.", "Leave out one of the parents.")

    def _take_name(self, name: str, place: Place) -> None:
        earlier = self._named.setdefault(name, place)
        if earlier is not place:
            message = f"{name} stands at {earlier.file}:{earlier.line} already."
            self._problems.add(place, "name", message, "A company is one account: say all about it in one place.")

    def _take_domain(self, domain: str, place: Place) -> None:
        plain = ascii_domain(domain)
        if plain is None or not domain_candidates(plain):
            self._problems.add(place, "domains", f"{domain!r} is no company's domain.", 'Write it as "acme.example".')
        elif plain in self._free_mail:
            message = f"{plain} is a provider of private mailboxes: everybody there would be of this account."
            self._problems.add(place, "domains", message, "Leave it out; people are found by the company's name.")
        elif plain in self._domains:
            earlier = self._domains[plain]
            message = f"{plain} stands at {earlier.file}:{earlier.line} already."
            self._problems.add(place, "domains", message, "A domain is one account's: take it out of one of them.")
        else:
            self._domains[plain] = place

    def _take_tier(self, tier: object, place: Place) -> None:
        if not isinstance(tier, str):
            return
        first = self._tiers.setdefault(tier.lower(), tier)
        if first != tier:
            message = f"The tier {tier!r} is written {first!r} elsewhere; tiers are ranked as they are spelled."
            self._problems.add(place, "tier", message, "Spell it the same way everywhere.")


def _names(account: Mapping[str, Any]) -> list[str]:
    aliases = account.get("aliases", [])
    names = [account.get("name"), *(aliases if isinstance(aliases, list) else ())]
    return [name for name in names if isinstance(name, str)]


def _is_above_itself(account: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> bool:
    seen: list[Mapping[str, Any]] = []
    above: Mapping[str, Any] | None = account
    while above is not None and above not in seen:
        seen.append(above)
        above = known.get(str(above.get("parent"))) if "parent" in above else None
    return above is not None and above == account


def _check_patterns(titles: Mapping[str, Any], place: Place, problems: Problems) -> None:
    """Patterns of titles must be regular expressions; pairs of another make are noted where tables are merged."""
    for key, rows in titles.items():
        pairs = [row for row in rows if isinstance(row, list)] if isinstance(rows, list) else []
        patterns = [row[0] for row in pairs if row and isinstance(row[0], str)]
        if _breaks(patterns):
            _note(filter(lambda pattern: _breaks([pattern]), patterns), place, key, problems)


def _check_brief(parsed: ParsedFile, problems: Problems) -> None:
    """Patterns of what has no place in a brief, and of marks of a template, must be regular expressions."""
    table = parsed.data["brief"]
    marks = _texts(table.get("placeholder_patterns"))
    _note(filter(_breaks_python, marks), parsed.places.table("brief"), "placeholder_patterns", problems)
    kinds = table.get("delicate")
    for name, kind in kinds.items() if isinstance(kinds, dict) else ():
        patterns = _texts(kind.get("patterns")) if isinstance(kind, dict) else []
        if _breaks(patterns):
            wrong = filter(lambda pattern: _breaks([pattern]), patterns)
            _note(wrong, parsed.places.table(f"brief.delicate.{name}"), "patterns", problems)


def _texts(values: object) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _note(patterns: Iterable[str], place: Place, key: str, problems: Problems) -> None:
    for pattern in patterns:
        problems.add(place, key, f"{pattern!r} is no regular expression.", "Escape what is meant literally.")


def _breaks_python(pattern: str) -> bool:
    """Whether a pattern is none for Python, which looks ahead and behind where Polars does not."""
    try:
        re.compile(pattern)
    except re.error:
        return True
    return False


def _breaks(patterns: Sequence[str]) -> bool:
    """Whether one of some patterns is no regular expression; many are tried in one step."""
    try:
        pl.select(pl.lit("").str.contains(pattern).alias(str(number)) for number, pattern in enumerate(patterns))
    except PolarsError:
        return True
    return False
