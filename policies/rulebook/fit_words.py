"""What the tables of ``fit.toml`` and the rules made of them are called; :mod:`policies.fit` makes the facts."""

from __future__ import annotations

from typing import Final

__all__ = ["AIMS", "NEVER_RULE", "PROPERTY_RULE", "SCORED", "UNTOLD_RULE"]

# Each aim of [fit] by the fact that says whether it is met, with the keys it is set by.
AIMS: Final[dict[str, tuple[str, ...]]] = {
    "function_targeted": ("functions",),
    "seniority_targeted": ("seniorities",),
    "sector_targeted": ("sectors",),
    "size_targeted": ("min_employees", "max_employees"),
    "country_targeted": ("countries",),
    "region_targeted": ("regions",),
}
# Facts that [fit_score] may give a weight: those that are known of a record before any rule is asked.
SCORED: Final = (*AIMS, "target_account", "customer", "role_relevant", "own_list")
# Ids of the rules made of [[fit.never]] and [[fit.property]], by the name of the table.
NEVER_RULE: Final = "fit.never.{}"
PROPERTY_RULE: Final = "fit.property.{}"
UNTOLD_RULE: Final = "fit.property.{}.unknown"
