"""Models of identity that a workspace states itself: weights refitted to its own lists take the place of those shipped.

Weights may be anything, for they are measured. Thresholds are policy: a workspace may merge on more evidence than the
base asks for and suppress on less, never the other way round (design D11).
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from policies.rulebook.files import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.rulebook.files import ParsedFile, Place, Problems

__all__ = ["replace_models"]

_THRESHOLDS: Final = "thresholds"
_MAY_RISE: Final = ("merge",)  # every other threshold may only fall: more is looked at, more is suppressed


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
        elif _holds(table, identity[name], parsed.places.table(f"identity.{name}.{_THRESHOLDS}"), name, problems):
            identity[name] = deepcopy(table)
            replaced.add(name)


def _thresholds(table: object) -> Mapping[str, Any] | None:
    found = table.get(_THRESHOLDS) if isinstance(table, dict) else None
    return found if isinstance(found, dict) else None


def _holds(table: object, base: Mapping[str, Any], place: Place, name: str, problems: Problems) -> bool:
    """Whether a model states every threshold of the base, none of them looser."""
    stated, limits = _thresholds(table), base[_THRESHOLDS]
    if stated is None:
        message = f"identity.{name} has no thresholds: a model is stated whole."
        problems.add(place, None, message, "Let `tactful people calibrate` write the file.")
        return False
    looser = [key for key, limit in limits.items() if not _as_strict(key, stated.get(key), limit)]
    for key in looser:
        way = "raised" if key in _MAY_RISE else "lowered"
        problems.add(place, key, f"The threshold {key} may only be {way}.", f"The base says {limits[key]}.")
    problems.unknown_keys(place, stated, tuple(limits), "[thresholds]")
    return not looser and set(stated) <= set(limits)


def _as_strict(key: str, value: object, limit: float) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return value >= limit if key in _MAY_RISE else value <= limit
