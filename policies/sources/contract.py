"""The source contract: the terms under which a list was obtained, as its TOML file states them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from policies.expectations import Expectation

__all__ = [
    "CHANNEL_NAMES",
    "KINDS",
    "LAWFUL_BASES",
    "OWN_KINDS",
    "REVEALS",
    "ROLES",
    "STATED_FIELDS",
    "SourceContract",
]

KINDS: Final = ("conference", "membership", "inquiry", "customers", "referral", "directory", "purchased")
OWN_KINDS: Final = ("inquiry", "customers")  # people who came to us
ROLES: Final = ("independent", "joint", "processor")
CHANNEL_NAMES: Final = ("email", "phone")
REVEALS: Final = ("none", "health", "union", "religion", "politics", "sexuality", "ethnicity", "unknown")
LAWFUL_BASES: Final = ("consent", "legitimate_interest", "contract", "opt_out_regime")

# In the order of the template. lia_ref is asked for under legitimate interest only, default_country never.
STATED_FIELDS: Final = (
    "id",
    "name",
    "kind",
    "supplier",
    "role",
    "agreement",
    "obtained_on",
    "obtained_how",
    "told",
    "purposes",
    "channels",
    "third_party_marketing",
    "solicitation_forbidden",
    "membership_reveals",
    "lawful_basis",
    "lia_ref",
    "default_country",
    "expires_on",
    "approved_by",
    "approved_on",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceContract:
    """What one file under ``rules/sources/`` says; a field that is missing or a placeholder is None.

    ``columns`` maps our fields to headers of the list, ``lookups`` a field's folded cells to what they mean, ``files``
    a file's name or SHA-256 to the day it was obtained. ``incomplete`` names the fields still to be filled in.
    """

    id: str
    path: str
    name: str | None = None
    kind: str | None = None
    supplier: str | None = None
    role: str | None = None
    agreement: str | None = None
    obtained_on: date | None = None
    obtained_how: str | None = None
    told: str | None = None
    purposes: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    third_party_marketing: bool | None = None
    solicitation_forbidden: bool | None = None
    membership_reveals: str | None = None
    lawful_basis: str | None = None
    lia_ref: str | None = None
    default_country: str | None = None
    expires_on: date | None = None
    approved_by: str | None = None
    approved_on: date | None = None
    columns: Mapping[str, tuple[str, ...]]
    lookups: Mapping[str, Mapping[str, str]]
    expect: tuple[Expectation, ...]
    files: Mapping[str, date]

    @property
    def incomplete(self) -> tuple[str, ...]:
        """Fields that are missing or still a placeholder; a list must say where it comes from before it is used."""
        needed = [name for name in STATED_FIELDS if name not in ("lia_ref", "default_country", "obtained_on")]
        if self.lawful_basis == "legitimate_interest":
            needed.append("lia_ref")
        if not self.files:
            needed.append("obtained_on")
        return tuple(name for name in STATED_FIELDS if name in needed and not _is_stated(getattr(self, name)))

    def obtained(self, file_name: str | None = None, file_sha256: str | None = None) -> date | None:
        """The day one file of the list was obtained; never the day it was dropped. None: the contract does not say."""
        for key in (file_sha256, file_name):
            if key is not None and key in self.files:
                return self.files[key]
        return self.obtained_on


def _is_stated(value: object) -> bool:
    return value is not None and value != ()
