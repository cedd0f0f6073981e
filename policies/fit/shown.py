"""The fit of one person for people to read: score, parts, what is not told or not met, and the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies.fit.names import MET, label
from policies.fit.score import weights_of
from policies.rulebook.fit_words import AIMS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["fit_of"]


def fit_of(facts: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """``{score, parts: [{name, points}], not_met, not_told, never, account}`` of one record's fit facts.

    ``facts`` is a row of what :func:`policies.fit.fit_facts` returns. Nothing a list says is repeated: names of
    properties, of entries of ``fit.toml`` and of accounts are words of the workspace. The name of a sole trader's
    account, which may be a person's, is left out.
    """
    target = settings.get("fit", {})
    aims = [*AIMS, *(f"{MET}{table['name']}" for table in target.get("property", ()))]
    holds = [one for one in weights_of(settings) if facts[one.fact]]
    return {
        "score": facts["fit_score"],
        "parts": [{"name": label(one.fact), "points": one.points} for one in holds],
        "not_met": [label(fact) for fact in aims if facts[fact] is False],
        "not_told": [label(fact) for fact in aims if facts[fact] is None],
        "never": [name for name in str(facts["never_named"]).split(", ") if name],
        "account": _account(facts),
    }


def _account(facts: Mapping[str, Any]) -> dict[str, Any] | None:
    if facts["account_name"] is None:
        return None
    kinds = {"target_account": "target", "customer": "customer", "competitor": "competitor", "same_trade": "same_trade"}
    return {
        "name": None if facts["legal_class"] == "sole_trader" else facts["account_name"],
        "relationship": next((word for fact, word in kinds.items() if facts[fact]), None),
        "tier": facts["account_tier"],
        "owner": facts["account_owner"],
    }
