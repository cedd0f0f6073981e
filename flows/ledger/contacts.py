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
from policies.contact_points import (
    addresses_inside,
    canonical_email,
    classify_contact,
    clean_email,
    domain_candidates,
    numbers_inside,
)
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ledger.keys import Keyring
    from flows.ledger.model import Token

__all__ = [
    "Contact",
    "ContactKind",
    "ContactLists",
    "as_domain",
    "looks_like_contact",
    "reachable_in",
    "read_contact",
    "unreadable",
]

ContactKind: TypeAlias = Literal["email", "phone", "person_id", "domain", "digest", "unreadable"]

_CHANNELS: Final = {"email": "email", "phone": "phone"}
_DIGITS_OF_A_NUMBER: Final = 6


@dataclass(frozen=True, slots=True)
class ContactLists:
    """The word lists that contacts, and what is said about them, are read with.

    ``free_mail_domains`` can never be opted out as a whole; ``refusal_patterns`` tell a refusal among words nobody
    listed (matched in folded words, see :mod:`policies.folding`).
    """

    free_mail_domains: frozenset[str] = frozenset()
    fictional_phone_prefixes: tuple[str, ...] = ()
    refusal_patterns: tuple[str, ...] = ()

    @classmethod
    def of(cls, lists: Mapping[str, Any]) -> ContactLists:
        """From ``settings["lists"]`` of a rulebook."""
        return cls(
            frozenset(str(domain).lower() for domain in lists.get("free_mail_domains", ())),
            tuple(lists.get("fictional_phone_prefixes", ())),
            tuple(lists.get("flags", {}).get("refusal_patterns", ())),
        )


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact in canonical form. Its repr shows the kind alone.

    ``inside`` are the addresses and numbers found in a text that could not be read as one contact.
    """

    kind: ContactKind
    value: str = field(repr=False)
    inside: tuple[Contact, ...] = ()

    @property
    def understood(self) -> int:
        """How many contacts were recognised in what was written: one where it could be read, else those inside."""
        return len(self.inside) if self.kind == "unreadable" else 1

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
                found = [token for contact in self.inside for token in contact.tokens(keyring)]
                return [*undecipherable_tokens(keyring, self.value), *found]
            case "person_id":
                return []


def read_contact(text: str, lists: ContactLists, country: str | None = None) -> Contact:
    """Classify a contact; ``country`` is where a national telephone number is dialled from.

    A text that is no contact as a whole is ``unreadable``, with the addresses and numbers found inside it.
    Raises ``UsageError``: ``contact_unreadable`` where nothing is found either and the text has no ``@``, and
    ``domain_too_wide`` for a domain that many unrelated people share (free mail, internet providers, public suffixes).
    The text is not repeated.
    """
    try:
        kind, value = classify_contact(text, country, lists.fictional_phone_prefixes)
    except UsageError:
        if (found := unreadable(text, lists, country)).inside:
            return found
        raise
    if kind == "email" and (canonical_email(value) is None or _is_several(text)):
        return unreadable(text, lists, country)
    if kind == "domain":
        _refuse_wide(value, lists)
    return Contact(kind, value)


def reachable_in(text: str | None, lists: ContactLists, country: str | None = None) -> list[Contact]:
    """The e-mail addresses and telephone numbers in a text that may hold a name as well; none in a name alone."""
    try:
        found = read_contact(text, lists, country) if text else None
    except UsageError:
        return []
    named = [] if found is None else [found, *found.inside]
    return [contact for contact in named if contact.kind in _CHANNELS]


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


def unreadable(text: str, lists: ContactLists | None = None, country: str | None = None) -> Contact:
    """A contact that cannot be read whole, kept as it came (trimmed, lower case), so that it is recognised again.

    Every address and every telephone number in it counts as well.
    """
    prefixes = lists.fictional_phone_prefixes if lists else ()
    emails = [Contact("email", address) for address in addresses_inside(text)]
    phones = [Contact("phone", number) for number in numbers_inside(text, country, prefixes)]
    return Contact("unreadable", clean_email(text).lower(), (*emails, *phones))


def looks_like_contact(text: str) -> bool:
    """Whether a text may be meant as an address or a number, though it cannot be read as one."""
    return "@" in text or sum(char.isdigit() for char in text) >= _DIGITS_OF_A_NUMBER


def _is_several(text: str) -> bool:
    """Whether the name before an address in angle brackets is another address."""
    return "<" in text and text.count("@") > 1 and len(addresses_inside(text)) > 1


def _refuse_wide(domain: str, lists: ContactLists) -> None:
    parents = domain_candidates(domain)
    if not parents or lists.free_mail_domains.intersection(parents):
        raise UsageError(
            "domain_too_wide",
            "This domain is shared by many unrelated people (free mail, internet provider or public suffix).",
            "Give the e-mail addresses that opted out, or the organisation's own domain.",
        )
