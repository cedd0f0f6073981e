"""Models of identity that a workspace states itself: weights refitted to its own lists take the place of those shipped.

Weights may be anything, for they are measured. Thresholds are policy: a workspace may merge on more evidence than the
base asks for and suppress on less, never the other way round (design D11). So are the prior, which would move all
thresholds at once, the blocking rules, since what is never compared is never stopped, and the vetoes: a workspace adds.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from policies.rulebook.files import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.rulebook.files import ParsedFile, Place, Problems

__all__ = ["replace_models"]

_THRESHOLDS: Final = "thresholds"
_MAY_RISE: Final = ("merge",)  # every other threshold may only fall: more is looked at, more is suppressed
_CAP: Final = "cap"
_VETO: Final[dict[str, object]] = {"when": None, "unless": [], "firm": False, "apart_below": None}  # and their defaults


def replace_models(
    identity: dict[str, Any], stated: Mapping[str, Any], parsed: ParsedFile, replaced: set[str], problems: Problems
) -> None:
    """Let the models of a workspace file take the place of those of the base, each whole.

    ``identity`` is the settings table, ``stated`` what the file says of it; ``replaced`` are the models that another
    file of the workspace stated already. Words to read names by belong to the base, so that all read them alike.
    """
    top = parsed.places.top()
    models = [name for name, table in identity.items() if _thresholds(table)]
    for name, table in stated.items():
        place = parsed.places.table(f"identity.{name}")
        if name not in models:
            problems.add(top, name, f"identity.{name} is no model that a workspace may state.", nearest(name, models))
        elif name in replaced:
            problems.add(place, None, f"identity.{name} is stated in another file already.", "State it once.")
        elif _holds(table, identity[name], parsed, name, problems):
            identity[name] = deepcopy(table)
            replaced.add(name)


def _thresholds(table: object) -> Mapping[str, Any] | None:
    found = table.get(_THRESHOLDS) if isinstance(table, dict) else None
    return found if isinstance(found, dict) else None


def _holds(table: object, base: Mapping[str, Any], parsed: ParsedFile, name: str, problems: Problems) -> bool:
    """Whether a model states everything of the base's that is policy, nothing looser; what does not is noted."""
    stated, before = _thresholds(table), problems.count
    if stated is None or not isinstance(table, dict):
        message = f"identity.{name} has no thresholds: a model is stated whole."
        place = parsed.places.table(f"identity.{name}.{_THRESHOLDS}")
        problems.add(place, None, message, "Let `tactful people calibrate` write the file.")
        return False
    _check_thresholds(stated, base[_THRESHOLDS], parsed.places.table(f"identity.{name}.{_THRESHOLDS}"), problems)
    for key in ("prior", "prior_falls"):
        if table.get(key, 0) != (stays := base.get(key, 0)):
            place = parsed.places.table(f"identity.{name}")
            problems.add(place, key, "The prior stays: it would move all thresholds.", f"The base says {stays}.")
    _check_rules(table, base, parsed, name, problems)
    _check_vetoes(table, base, parsed, name, problems)
    return problems.count == before


def _check_thresholds(stated: Mapping[str, Any], limits: Mapping[str, float], place: Place, problems: Problems) -> None:
    for key, limit in limits.items():
        if not _as_strict(key, stated.get(key), limit):
            way = "raised" if key in _MAY_RISE else "lowered"
            problems.add(place, key, f"The threshold {key} may only be {way}.", f"The base says {limit}.")
    problems.unknown_keys(place, stated, tuple(limits), "[thresholds]")


def _check_rules(
    table: Mapping[str, Any], base: Mapping[str, Any], parsed: ParsedFile, name: str, problems: Problems
) -> None:
    """Every blocking rule of the base is there, and lets as many pairs through; fields it reads are the base's."""
    for rule, place, limit in _kept(table, base, "blocking", parsed, name, problems):
        least = limit.get(_CAP)
        if rule.get("key") != limit["key"]:
            problems.add(place, "key", f"The blocking rule {rule['name']} stays.", f"The base says {limit['key']}.")
        if rule.get(_CAP) != least and not (_is_number(rule.get(_CAP)) and least is not None and rule[_CAP] >= least):
            problems.add(
                place,
                _CAP,
                f"The cap of the blocking rule {rule['name']} may only be raised.",
                f"The base says {least}." if least is not None else "The base states none: leave it out.",
            )
    fields = table.get("fields", {})
    for field, made in base.get("fields", {}).items():
        if not isinstance(fields, dict) or fields.get(field) != made:
            place = parsed.places.table(f"identity.{name}.fields")
            problems.add(
                place, field, f"The field {field} stays: pairs are found by it.", "Keep it as the base has it."
            )


def _check_vetoes(
    table: Mapping[str, Any], base: Mapping[str, Any], parsed: ParsedFile, name: str, problems: Problems
) -> None:
    """Every veto of the base is there as it is."""
    for veto, place, limit in _kept(table, base, "veto", parsed, name, problems):
        for key, default in _VETO.items():
            if veto.get(key, default) != limit.get(key, default):
                problems.add(place, key, f"The veto {veto['name']} stays.", "Add vetoes of your own beside it.")


def _kept(
    table: Mapping[str, Any], base: Mapping[str, Any], kind: str, parsed: ParsedFile, name: str, problems: Problems
) -> list[tuple[Mapping[str, Any], Place, Mapping[str, Any]]]:
    """The tables of a kind that the base has as well: as stated, where they stand, as the base has them."""
    listed = table.get(kind, [])
    stated = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    numbers = {each.get("name"): number for number, each in enumerate(stated)}
    found: list[tuple[Mapping[str, Any], Place, Mapping[str, Any]]] = []
    for limit in base.get(kind, []):
        if limit["name"] in numbers:
            number = numbers[limit["name"]]
            found.append((stated[number], parsed.places.table(f"identity.{name}.{kind}", number), limit))
        else:
            message = f"[[{kind}]] {limit['name']} of the base is missing."
            problems.add(parsed.places.table(f"identity.{name}"), None, message, "A model may only add.")
    return found


def _as_strict(key: str, value: object, limit: float) -> bool:
    if not _is_number(value):
        return False
    return bool(value >= limit if key in _MAY_RISE else value <= limit)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
