"""Builders of events about what people said: opt-outs and their like, consents, notices.

Invariants: a body names nobody; what was said in plain text goes to ``erasable``. The key by which a repeated statement
is recognised is keyed as well, made over what was said and never over the file it came in, so that the same row in
another file is the same statement.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from flows.ledger.chain import canonical, instant_text
from flows.ledger.consent_records import consent_record
from flows.ledger.contacts import Contact, ContactLists, as_domain
from flows.ledger.keys import Keyring
from flows.ledger.model import NewEvent, Token
from flows.ledger.tokens import match_key_tokens
from flows.ledger.vocabulary import (
    BASES,
    CHANNELS,
    CONSENT_STATES,
    METHODS,
    NORMALISATIONS,
    PURPOSES,
    SCOPES,
    STOP_KINDS,
    checked,
    listed,
)
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime


__all__ = [
    "Consent",
    "Doubt",
    "Notice",
    "OptOut",
    "consent_event",
    "dedup_key",
    "doubt_event",
    "evidence_digest",
    "notice_event",
    "optout_event",
    "plain",
]

_HEX: Final = frozenset("0123456789abcdef")
_SHA256_LENGTH: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """One opt-out, objection, complaint or bounce as somebody stated it.

    ``contacts`` are the contact points it was stated for (the first is shown in lists); with ``person_id`` they may be
    empty. ``kind``, ``channel`` and ``scope`` left out mean what ``optout_event`` says. ``undated``: ``received_at`` is
    only the time of reading. ``source`` says where it came from: ``file_sha256, row, feed``, and never a file name.
    """

    received_at: datetime
    contacts: Sequence[Contact] = ()
    person_id: str | None = None
    kind: str = "optout"
    channel: str | None = None
    scope: str | None = None
    effective_at: datetime | None = None
    method: str | None = None
    words: str | None = field(default=None, repr=False)
    full_name: str | None = field(default=None, repr=False)
    normalisation: str | None = None
    undated: bool = False
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One statement about consent for one contact point and channel."""

    contact: Contact
    channel: str
    purpose: str
    state: str
    captured_at: datetime
    method: str | None = None
    statement: str | None = field(default=None, repr=False)
    statement_version: str | None = None
    evidence: str | None = field(default=None, repr=False)
    expires_on: date | None = None
    lawful_basis: str | None = None
    controller: str | None = None
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One privacy notice sent."""

    contact: Contact
    sent_at: datetime
    text_version: str
    method: str | None = None
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A word about somebody that nobody could understand: who it names is held until something plain is recorded.

    ``code`` says what was not understood (``outcome_unknown``, ``event_state_unknown``, ``row_damaged``). ``line`` is
    whatever tells this word from the same one said at another time.
    """

    at: datetime
    code: str
    words: str = field(repr=False)
    contacts: Sequence[Contact] = ()
    person_id: str | None = None
    line: str | None = field(default=None, repr=False)
    source: Mapping[str, Any] = field(default_factory=dict)


def optout_event(keyring: Keyring, said: OptOut, lists: ContactLists) -> NewEvent:
    """The event of something that says stop.

    Left out, the channel is ``any`` and the scope ``person``; a bounce is about its own address and channel, a domain
    is always a domain. Raises ``UsageError``: a word outside a vocabulary, ``domain_too_wide``,
    ``scope_without_domain``.
    """
    kind, scope, contacts = _reach(said, lists)
    channel = _channel(said, kind, contacts)
    person_id = said.person_id or next((contact.value for contact in contacts if contact.kind == "person_id"), None)
    named = [contact for contact in contacts if contact.kind != "person_id"]
    if not named and not person_id:
        raise UsageError("contact_missing", "Nobody is named.", "Give an e-mail, phone, domain, digest or person id.")
    body = {
        "channel": channel,
        "scope": scope,
        "person_id": person_id,
        "method": listed(said.method, METHODS),
        "contact_kind": contacts[0].kind if contacts else "person_id",
        "received_at": None if said.undated else instant_text(said.received_at),
        "normalisation": listed(said.normalisation, NORMALISATIONS),
        "inside": sum(len(contact.inside) for contact in contacts) or None,
    }
    texts = plain(
        contact=" ".join(contact.value for contact in named),
        words=said.words,
        full_name=said.full_name,
        method=said.method if body["method"] == "other" else None,
    )
    effective_at = said.effective_at or said.received_at
    stated_effect = instant_text(said.effective_at) if said.effective_at else None
    return NewEvent(
        kind=kind,
        effective_at=effective_at,
        body={**_filled(body), "source": _filled(said.source)},
        tokens=[token for contact in named for token in contact.tokens(keyring)]
        + _name_tokens(keyring, said.full_name),
        dedup_key=dedup_key(keyring, kind, body, texts, stated_effect),
        erasable=texts,
        undated=said.undated,
        older=_older_tokens(keyring, named),
    )


def consent_event(keyring: Keyring, said: Consent) -> NewEvent:
    """The event of a consent given, renewed, withdrawn or refused; raises ``UsageError`` for a word it does not know.

    Who relies on a consent needs all of it; a withdrawal counts with whatever is known. The evidence is kept as its
    SHA-256 when it is one, else as a keyed digest that names nobody.
    """
    state = checked("event_state", said.state, CONSENT_STATES)
    body = {
        "channel": checked("channel", said.channel, CHANNELS),
        "purpose": listed(said.purpose, PURPOSES),
        "state": state,
        "method": listed(said.method, METHODS),
        "statement_version": said.statement_version,
        "evidence": evidence_digest(keyring, said.evidence) if said.evidence else None,
        "expires_on": said.expires_on.isoformat() if said.expires_on else None,
        "lawful_basis": listed(said.lawful_basis, BASES),
    }
    texts = plain(
        contact=said.contact.value,
        statement=said.statement,
        evidence=said.evidence,
        controller=said.controller,
        method=said.method if body["method"] == "other" else None,
        purpose=said.purpose if body["purpose"] == "other" else None,
    )
    return NewEvent(
        kind="consent",
        effective_at=said.captured_at,
        body={**_filled(body), **consent_record(body), "source": _filled(said.source)},
        tokens=said.contact.tokens(keyring),
        dedup_key=dedup_key(keyring, "consent", body, texts, instant_text(said.captured_at)),
        erasable=texts,
        older=_older_tokens(keyring, [said.contact]),
    )


def doubt_event(keyring: Keyring, raised: Doubt) -> NewEvent:
    """The event of a word nobody could understand: the person on every channel, and no opt-out."""
    named = [contact for contact in raised.contacts if contact.kind != "person_id"]
    tied = next((contact.value for contact in raised.contacts if contact.kind == "person_id"), None)
    body = {"channel": "any", "scope": "person", "person_id": raised.person_id or tied, "code": raised.code}
    texts = plain(contact=" ".join(contact.value for contact in named), words=raised.words)
    return NewEvent(
        kind="doubt",
        effective_at=raised.at,
        body={**_filled(body), "source": _filled(raised.source)},
        tokens=[token for contact in named for token in contact.tokens(keyring)],
        dedup_key=dedup_key(keyring, "doubt", body, texts, raised.line),
        erasable=texts,
        older=_older_tokens(keyring, named),
    )


def notice_event(keyring: Keyring, said: Notice) -> NewEvent:
    """The event of a privacy notice sent."""
    body = {"text_version": said.text_version, "method": listed(said.method, METHODS)}
    texts = plain(contact=said.contact.value, method=said.method if body["method"] == "other" else None)
    return NewEvent(
        kind="notice",
        effective_at=said.sent_at,
        body={**_filled(body), "source": _filled(said.source)},
        tokens=said.contact.tokens(keyring),
        dedup_key=dedup_key(keyring, "notice", body, texts, instant_text(said.sent_at)),
        erasable=texts,
        older=_older_tokens(keyring, [said.contact]),
    )


def dedup_key(keyring: Keyring, kind: str, *said: object) -> str:
    """The key of a statement: the same words by the same person at the same time are the same event."""
    return f"{kind}:{keyring.first.sign('dedup:' + canonical([kind, *said]))}"


def evidence_digest(keyring: Keyring, evidence: str) -> str:
    """What stands for evidence in a body: its SHA-256 where it is one, else a keyed digest that names nobody."""
    bare = evidence.strip().lower()
    return bare if len(bare) == _SHA256_LENGTH and _HEX.issuperset(bare) else keyring.first.sign(f"evidence:{bare}")


def plain(**texts: str | None) -> dict[str, str]:
    """The texts that there are, trimmed."""
    return {name: text.strip() for name, text in texts.items() if text and text.strip()}


def _reach(said: OptOut, lists: ContactLists) -> tuple[str, str, list[Contact]]:
    kind = checked("kind", said.kind, STOP_KINDS)
    stated = checked("scope", said.scope, SCOPES) if said.scope else None
    contacts = list(said.contacts)
    if stated == "domain":
        contacts = [as_domain(contact, lists) for contact in contacts]
    if any(contact.kind == "domain" for contact in contacts):
        return kind, "domain", contacts
    return kind, stated or ("address" if kind == "bounce" else "person"), contacts


def _channel(said: OptOut, kind: str, contacts: Sequence[Contact]) -> str:
    if said.channel:
        return checked("channel", said.channel, CHANNELS)
    own = {contact.channel for contact in contacts}
    return next(iter(own)) or "any" if kind == "bounce" and len(own) == 1 else "any"


def _older_tokens(keyring: Keyring, named: Sequence[Contact]) -> list[str]:
    """The tokens of contacts under every key but the one in use."""
    older = [Keyring((key,)) for key in keyring if key != keyring.current]
    return [token.token for ring in older for contact in named for token in contact.tokens(ring)]


def _name_tokens(keyring: Keyring, full_name: str | None) -> list[Token]:
    return match_key_tokens(keyring, full_name) if full_name else []


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
