"""What a source contract means for the rules: its facts, and the lists that may not be kept at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.sources.contract import OWN_KINDS
from policies.sources.special_categories import membership_doubt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from policies.sources.contract import SourceContract

__all__ = ["contract_facts", "refused_membership"]

_DIRECT_MARKETING: Final = frozenset({"direct_marketing", "directmarketing", "dpv#directmarketing"})
_OURSELVES: Final = frozenset({"ourselves", "us", "own", "self"})


def contract_facts(
    contract: SourceContract | None,
    as_of: date,
    *,
    file_name: str | None = None,
    file_sha256: str | None = None,
    headers: Sequence[str] = (),
    lists: Mapping[str, Any] | None = None,
) -> dict[str, object]:
    """The source facts of :mod:`policies.facts` for one file, judged on the day ``as_of``.

    ``channels_in_contract`` is the list of channels it allows (None: it does not say). ``headers`` are those of the
    file, ``lists`` the table of that name of the rule data: by them a stated ``membership_reveals`` is doubted. Without
    a contract everything is unknown and the contract incomplete.
    """
    if contract is None:
        return _NOTHING | {"channels_in_contract": None, "obtained_on": None}
    obtained_on = contract.obtained(file_name, file_sha256)
    missing = [*contract.incomplete]
    if obtained_on is None and "obtained_on" not in missing:
        missing.append("obtained_on")  # named for other files only
    return {
        "source_kind": contract.kind or "unknown",
        "channels_in_contract": None if contract.channels is None else list(contract.channels),
        "purpose_in_contract": _allows_direct_marketing(contract.purposes),
        "third_party_marketing": contract.third_party_marketing,
        "own_list": _is_own(contract),
        "solicitation_forbidden": contract.solicitation_forbidden,
        "membership_reveals": contract.membership_reveals,
        "membership_doubt": membership_doubt(contract, headers, lists or {}),
        "lawful_basis": contract.lawful_basis,
        "assessment_on_file": contract.lia_ref is not None,
        "contract_expired": None if contract.expires_on is None else contract.expires_on < as_of,
        "contract_ends_on": contract.expires_on,
        "contract_approved": _is_approved(contract, as_of),
        "contract_incomplete": bool(missing),
        "contract_missing": ", ".join(missing) or None,
        "obtained_on": obtained_on,
    }


_NOTHING: Final[dict[str, object]] = {
    "source_kind": "unknown",
    "purpose_in_contract": None,
    "third_party_marketing": None,
    "own_list": False,
    "solicitation_forbidden": None,
    "membership_reveals": None,
    "membership_doubt": None,
    "lawful_basis": None,
    "assessment_on_file": False,
    "contract_expired": None,
    "contract_ends_on": None,
    "contract_approved": False,
    "contract_incomplete": True,
    "contract_missing": None,
}


def refused_membership(contract: SourceContract | None) -> str | None:
    """What being on the list reveals about its people, where that forbids keeping them; else None.

    Missing and unknown are not refused: they hold, until somebody looks.
    """
    if contract is None or contract.membership_reveals in (None, "none", "unknown"):
        return None
    return contract.membership_reveals


def _allows_direct_marketing(purposes: tuple[str, ...] | None) -> bool | None:
    if purposes is None:
        return None
    return any(purpose.lower().replace(" ", "_") in _DIRECT_MARKETING for purpose in purposes)


def _is_own(contract: SourceContract) -> bool:
    return contract.kind in OWN_KINDS or (contract.supplier or "").strip().lower() in _OURSELVES


def _is_approved(contract: SourceContract, as_of: date) -> bool:
    return contract.approved_by is not None and contract.approved_on is not None and contract.approved_on <= as_of
