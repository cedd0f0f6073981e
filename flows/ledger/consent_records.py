"""What a consent event adds to its own words so that it reads as a consent record of ISO/IEC TS 27560:2023.

Field names are those of the standard (w3id.org/dpv/guides/consent-27560), values those of the W3C Data Privacy
Vocabulary where it has a word. Only what is known is written; what stands elsewhere is not repeated: ``event_time`` is
the event's ``effective_at``, ``pii_principal_id`` its tokens, ``pii_controller`` and what was shown its plain text.
Nothing reads these fields to decide. docs/ledger.md has the whole table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.permission import GIVEN

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SCHEMA_VERSION", "consent_record"]

SCHEMA_VERSION: Final = "ISO-IEC-TS-27560:2023"


def consent_record(said: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the standard for a consent's body, without those that are not known."""
    fields = {
        "schema_version": SCHEMA_VERSION,
        "event_type": _type(said),
        "event_state": said["state"],
        "collection_method": said.get("method"),
        "privacy_notice": said.get("statement_version"),
        "validity_duration": said.get("expires_on"),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _type(said: Mapping[str, Any]) -> str | None:
    """Whether the consent was expressed or is implied (CASL, Spam Act); a refusal or withdrawal is of no such type."""
    if said["state"] not in GIVEN:
        return None
    return "ImpliedConsent" if said.get("lawful_basis") == "implied_consent" else "ExpressedConsent"
