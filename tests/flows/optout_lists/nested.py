"""Answers of programs in JSON: objects within objects, and lists whose keys say what their people did."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.flows.optout_lists.model import OptOutList

__all__ = ["NESTED"]

_A, _B, _C, _F = "ann.adler@acme.example", "ben@bolt.example", "cem@corax.example", "fay@fern.example"


def _profile(email: str, consent: str) -> dict[str, Any]:
    marketing = {"consent": consent, "suppression": []}
    return {
        "type": "profile",
        "id": "1",
        "attributes": {"email": email, "subscriptions": {"email": {"marketing": marketing}}},
    }


def _suppressed(email: str, reason: str) -> dict[str, Any]:
    return {
        "type": "suppression",
        "attributes": {"email": email, "reason": reason, "created_at": "2026-01-01T00:00:00Z"},
    }


_PROFILES: Final = {"data": [_profile(_A, "UNSUBSCRIBED"), _profile(_B, "SUBSCRIBED")], "links": {"next": None}}
_SUPPRESSED: Final = {"data": [_suppressed(_A, "user_suppressed"), _suppressed(_F, "hard_bounce")]}
_HUBSPOT: Final = {
    "results": [
        {"id": "1", "properties": {"email": _A, "hs_email_optout": "true"}, "archived": False},
        {"id": "2", "properties": {"email": _B, "hs_email_optout": "false"}, "archived": False},
    ],
    "paging": {"next": {"after": "2"}},
}
_COMPLAINT: Final = {
    "notificationType": "Complaint",
    "mail": {"destination": [_A]},
    "complaint": {"complainedRecipients": [{"emailAddress": _A}]},
}
_BOUNCE: Final = {
    "notificationType": "Bounce",
    "mail": {"destination": [_F]},
    "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": _F}]},
}
_BY_KEY: Final = {"unsubscribed": [_A], "bounced": [_F]}
_BY_ADDRESS: Final = {"people": {_A: "unsubscribed", _B: "subscribed"}}
_ODD: Final = {"export": {"lists": {"x": {_A: {"y": {"z": 1}}}, "w": 2}}}


def _case(
    what: str, value: object, stops: str, bounces: str = "", *, indent: int | None = None, code: str | None = None
) -> OptOutList:
    """One answer of a program, and whom it must stop."""
    return OptOutList(what, json.dumps(value, indent=indent), stops, bounces, name="answer.json", quarantined=code)


NESTED: Final = (
    _case("profiles", _PROFILES, "ann"),
    _case("profiles over many lines", _PROFILES, "ann", indent=2),
    _case("suppressions", _SUPPRESSED, "ann", "fay"),
    _case("contacts of a CRM", _HUBSPOT, "ann"),
    _case("one notice of a complaint", _COMPLAINT, "ann"),
    _case("one notice of a bounce", _BOUNCE, "", "fay"),
    _case("lists by what their people did", _BY_KEY, "ann", "fay"),
    _case("people by their address", _BY_ADDRESS, "ann"),
    _case("addresses alone", [_A, _B], "ann ben"),
    _case("a shape nobody understands", _ODD, "ann", code="json_not_a_list"),
)
