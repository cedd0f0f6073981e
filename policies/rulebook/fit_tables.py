"""The tables of ``fit.toml``, checked: aims, properties, who never is a target, our own trade, weights.

A misspelt aim would silently make everybody unfit, a misspelt word of a never let somebody through; so every key and
word is checked, and the nearest one named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.contact_points import ascii_domain
from policies.folding import fold_words
from policies.rulebook.files import nearest
from policies.rulebook.fit_rules import RULE_NAME
from policies.rulebook.fit_words import SCORED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from policies.rulebook.files import ParsedFile, Place, Problems

__all__ = ["check_fit", "check_fit_score", "check_words"]

_LISTS: Final = ("functions", "seniorities", "sectors", "countries", "regions")
_SIZES: Final = ("min_employees", "max_employees")
_FIT: Final = (*_LISTS, *_SIZES, "property", "never", "own_trade")
_TESTS: Final = ("any_of", "none_of", "min", "max")
_PROPERTY: Final = ("name", "columns", *_TESTS, "unknown", "weight", "reason", "fix", "since", "until")
_NAMED: Final = ("titles", "companies", "company_words", "domains", "sectors")
_OWN_TRADE: Final = (*_NAMED, "columns", *_TESTS)
_NEVER: Final = ("name", "reason", "fix", *_OWN_TRADE, "since", "until")
_UNKNOWN: Final = ("hold", "warn")


def check_fit(parsed: ParsedFile, settings: Mapping[str, Any], problems: Problems) -> None:
    """Check ``[fit]`` of one file; ``settings`` are those of the whole rulebook, for the words there are."""
    fit, place = parsed.data["fit"], parsed.places.table("fit")
    problems.unknown_keys(place, fit, _FIT, "[fit]")
    _check_aims(fit, place, settings, problems)
    checks: tuple[tuple[str, Callable[..., None]], ...] = (("property", _check_property), ("never", _check_never))
    for key, check in checks:
        tables = fit.get(key, [])
        for number, table in enumerate(tables if isinstance(tables, list) else []):
            if isinstance(table, dict):
                check(table, parsed.places.table(f"fit.{key}", number), problems)
    trade = fit.get("own_trade", {})
    if not isinstance(trade, dict):
        problems.add(place, "own_trade", "own_trade is not a table.", "Write [fit.own_trade].")
        return
    if trade:
        _check_named(trade, parsed.places.table("fit.own_trade"), _OWN_TRADE, "[fit.own_trade]", problems)


def check_fit_score(parsed: ParsedFile, problems: Problems) -> None:
    """Check ``[fit_score]`` of one file: known facts, whole numbers."""
    score, place = parsed.data["fit_score"], parsed.places.table("fit_score")
    problems.unknown_keys(place, score, SCORED, "The score")
    for name, weight in score.items():
        if not _is_whole(weight):
            problems.add(place, name, f"The weight of {name} is no whole number.", f"Write {name} = 1.")


def check_words(
    table: Mapping[str, Any], key: str, known: Iterable[str] | None, place: Place, problems: Problems
) -> None:
    """A list of texts, each among ``known`` where that is stated."""
    words = problems.texts(place, table, key)
    names = set(known) if known is not None else set(words)
    for word in words:
        if word not in names:
            problems.add(place, key, f"{key} names {word!r}, which is not known.", nearest(word, names))


def _is_whole(value: object) -> bool:
    """Whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def _check_aims(fit: Mapping[str, Any], place: Place, settings: Mapping[str, Any], problems: Problems) -> None:
    titles = settings.get("titles", {})
    for key, column in (("functions", "function"), ("seniorities", "seniority")):
        check_words(fit, key, {str(row[1]) for row in titles.get(column, ())}, place, problems)
    check_words(fit, "countries", settings.get("lists", {}).get("countries", ()), place, problems)
    for key in ("sectors", "regions"):
        _check_sayable(fit, key, place, problems)
    _check_range(fit, *_SIZES, place, problems)


def _check_property(table: Mapping[str, Any], place: Place, problems: Problems) -> None:
    problems.unknown_keys(place, table, _PROPERTY, "A property")
    _check_name(table, place, "A property", "technology", problems)
    _check_columns(table, place, problems)
    if not table.get("columns"):
        problems.add(place, "columns", "The property names no column.", 'Write columns = ["Tech stack"].')
    if not any(key in table for key in _TESTS):
        problems.add(place, None, "The property asks for nothing.", f"Write one of {', '.join(_TESTS)}.")
    if table.get("unknown") not in _UNKNOWN:
        message = "The property does not say what it means when no list tells it."
        problems.add(place, "unknown", message, 'Write unknown = "hold", or unknown = "warn" to let such people pass.')
    if not _is_whole(table.get("weight", 0)):
        problems.add(place, "weight", "weight is no whole number.", "Write weight = 2.")
    for key in ("reason", "fix"):
        _check_text(table, key, place, problems)


def _check_never(table: Mapping[str, Any], place: Place, problems: Problems) -> None:
    _check_name(table, place, "A never", "agencies", problems)
    _check_text(table, "fix", place, problems)
    reason = table.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        fix = 'Write reason = "...": it is what people read who ask why somebody was dropped.'
        problems.add(place, "reason", "The entry gives no reason.", fix)
    _check_named(table, place, _NEVER, "[[fit.never]]", problems)


def _check_named(table: Mapping[str, Any], place: Place, known: tuple[str, ...], what: str, problems: Problems) -> None:
    """Words that say whom a table is about: at least one kind of them."""
    problems.unknown_keys(place, table, known, what)
    for key in ("titles", "company_words", "sectors"):
        _check_sayable(table, key, place, problems)
    check_words(table, "companies", None, place, problems)
    for domain in problems.texts(place, table, "domains"):
        if ascii_domain(domain) is None:
            problems.add(place, "domains", f"{domain!r} is no domain.", 'Write it as "acme.example".')
    _check_columns(table, place, problems)
    tests = [key for key in _TESTS if key in table]
    if bool(table.get("columns")) != bool(tests):
        fix = 'Write both, such as columns = ["Segment"] and any_of = ["agency"].'
        problems.add(place, "columns", "A column and what it must hold go together.", fix)
    if not any(table.get(key) for key in (*_NAMED, "columns")) and set(table) <= set(known):
        names = ", ".join((*_NAMED, "columns"))
        problems.add(place, None, f"{what} names nobody.", f"Write one of {names}.")


def _check_columns(table: Mapping[str, Any], place: Place, problems: Problems) -> None:
    check_words(table, "columns", None, place, problems)
    for key in ("any_of", "none_of"):
        _check_sayable(table, key, place, problems)
    _check_range(table, "min", "max", place, problems)


def _check_sayable(table: Mapping[str, Any], key: str, place: Place, problems: Problems) -> None:
    """Words to look for: each has a letter or digit, or nothing would ever be found."""
    words = problems.texts(place, table, key)
    for word, folded in zip(words, fold_words(words) if words else [], strict=True):
        if not folded:
            problems.add(place, key, f"{key} names {word!r}, which has no letter or digit.", "Write a word.")


def _check_range(table: Mapping[str, Any], low: str, high: str, place: Place, problems: Problems) -> None:
    for key in (low, high):
        if key in table and not _is_whole(table[key]):
            problems.add(place, key, f"{key} is no whole number.", f"Write {key} = 50.")
    least, most = table.get(low, 0), table.get(high)
    if _is_whole(least) and _is_whole(most) and most is not None and most < least:
        problems.add(place, high, f"{high} is below {low}.", "Put the larger number there.")


def _check_name(table: Mapping[str, Any], place: Place, what: str, example: str, problems: Problems) -> None:
    name = table.get("name")
    if not isinstance(name, str) or not RULE_NAME.fullmatch(name):
        fix = f'Write name = "{example}": lower-case letters, digits and _, for the rule that is made of it.'
        problems.add(place, "name", f"{what} has no usable name.", fix)


def _check_text(table: Mapping[str, Any], key: str, place: Place, problems: Problems) -> None:
    if not isinstance(table.get(key, ""), str):
        problems.add(place, key, f"{key} is not a text.", "Put it into quotes.")
