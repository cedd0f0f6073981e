"""What somebody wrote where a contact belongs: classified, checked, and turned into tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from flows.ledger.tokens import (
    digest_tokens,
    domain_tokens,
    email_tokens,
    phone_tokens,
    undecipherable_tokens,
)
from policies.contact_points import canonical_email, classify_contact, clean_email, domain_candidates
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ledger.keys import Keyring
    from flows.ledger.model import Token

__all__ = ["Contact", "ContactKind", "ContactLists", "as_domain", "looks_like_contact", "read_contact", "unreadable"]

ContactKind: TypeAlias = Literal["email", "phone", "person_id", "domain", "digest", "unreadable"]

_CHANNELS: Final = {"email": "email", "phone": "phone"}
_DIGITS_OF_A_NUMBER: Final = 6


@dataclass(frozen=True, slots=True)
class ContactLists:
    """The word lists a contact is read with; ``free_mail_domains`` can never be opted out as a whole."""

    free_mail_domains: frozenset[str] = frozenset()
    fictional_phone_prefixes: tuple[str, ...] = ()

    @classmethod
    def of(cls, lists: Mapping[str, Any]) -> ContactLists:
        """From ``settings["lists"]`` of a rulebook."""
        return cls(
            frozenset(str(domain).lower() for domain in lists.get("free_mail_domains", ())),
            tuple(lists.get("fictional_phone_prefixes", ())),
        )


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact in canonical form. Its repr shows the kind alone."""

    kind: ContactKind
    value: str = field(repr=False)

    @property
    def channel(self) -> str | None:
        """The channel the contact itself is for; None for a domain, a digest, a person id."""
        return _CHANNELS.get(self.kind)

    def tokens(self, keyring: Keyring) -> list[Token]:
        """The tokens an event about this contact stores; none for a person id."""
        match self.kind:
            case "email":
                return email_tokens(keyring, self.value)
            case "phone":
                return phone_tokens(keyring, self.value)
            case "domain":
                return domain_tokens(keyring, self.value)
            case "digest":
                return digest_tokens(keyring, self.value)
            case "unreadable":
                return undecipherable_tokens(keyring, self.value)
            case "person_id":
                return []


def read_contact(text: str, lists: ContactLists, country: str | None = None) -> Contact:
    """Classify a contact; ``country`` is where a national telephone number is dialled from.

    Raises ``UsageError``: ``contact_unreadable``, and ``domain_too_wide`` for a domain that many unrelated people share
    (free mail, internet providers, public suffixes). The text is not repeated.
    """
    kind, value = classify_contact(text, country, lists.fictional_phone_prefixes)
    if kind == "email" and canonical_email(value) is None:
        return Contact("unreadable", value)
    if kind == "domain":
        _refuse_wide(value, lists)
    return Contact(kind, value)


def as_domain(contact: Contact, lists: ContactLists) -> Contact:
    """The domain of an e-mail address; raises ``UsageError`` ``scope_without_domain`` or ``domain_too_wide``."""
    if contact.kind == "domain":
        return contact
    domain = contact.value.rpartition("@")[2]
    if contact.kind != "email" or not (candidates := domain_candidates(domain)):
        raise UsageError(
            "scope_without_domain",
            "Only a domain or an e-mail address at one can be opted out for a whole domain.",
            "Give the domain itself, or leave the scope out.",
        )
    _refuse_wide(candidates[0], lists)
    return Contact("domain", candidates[0])


def unreadable(text: str) -> Contact:
    """A contact nobody can read, kept as it came (trimmed, lower case), so that the same text is recognised again."""
    return Contact("unreadable", clean_email(text).lower())


def looks_like_contact(text: str) -> bool:
    """Whether a text may be meant as an address or a number, though it cannot be read as one."""
    return "@" in text or sum(char.isdigit() for char in text) >= _DIGITS_OF_A_NUMBER


def _refuse_wide(domain: str, lists: ContactLists) -> None:
    parents = domain_candidates(domain)
    if not parents or lists.free_mail_domains.intersection(parents):
        raise UsageError(
            "domain_too_wide",
            "This domain is shared by many unrelated people (free mail, internet provider or public suffix).",
            "Give the e-mail addresses that opted out, or the organisation's own domain.",
        )
