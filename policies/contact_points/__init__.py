"""Canonical contact points: e-mail addresses, telephone numbers and domains, and which of them a text is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from policies.contact_points.domains import ascii_domain, domain_candidates, is_known_suffix, registrable_domains
from policies.contact_points.email_addresses import (
    EQUIVALENCE_VERSION,
    bare_emails,
    canonical_email,
    canonical_emails,
    clean_email,
    email_equivalence,
)
from policies.contact_points.further import further_points
from policies.contact_points.inside import addresses_inside, numbers_inside
from policies.contact_points.phone_numbers import (
    PhoneReading,
    canonical_phone,
    canonical_phones,
    national_digits,
    read_phone,
)
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "EQUIVALENCE_VERSION",
    "ContactKind",
    "PhoneReading",
    "addresses_inside",
    "ascii_domain",
    "bare_emails",
    "canonical_email",
    "canonical_emails",
    "canonical_phone",
    "canonical_phones",
    "classify_contact",
    "clean_email",
    "domain_candidates",
    "email_equivalence",
    "further_points",
    "is_known_suffix",
    "national_digits",
    "numbers_inside",
    "read_phone",
    "registrable_domains",
]

ContactKind: TypeAlias = Literal["email", "phone", "person_id", "domain", "digest"]

_PERSON_ID: Final = re.compile(r"p[a-z2-7]{26}")
# An organisation's site stands for its domain; a page of it may be anybody's.
_SITE: Final = re.compile(r"(?:https?://)?(?P<host>[^/@?#:\s]+)(?::\d+)?/?", re.IGNORECASE)
_DIGEST: Final = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")


def classify_contact(
    text: str, country: str | None = None, fictional_prefixes: Sequence[str] = ()
) -> tuple[ContactKind, str]:
    """Say what a typed contact is and give its canonical form.

    Domains are recognised bare, as ``@domain``, ``*@domain`` and ``*.domain``, and by their site. A text with an ``@``
    that is no valid address is an e-mail all the same, trimmed and lower-cased: somebody may have opted out under it. A
    number without country code needs ``country``. Raises ``UsageError`` (``contact_unreadable``) for anything else; it
    does not repeat the text.
    """
    bare = text.strip()
    if _PERSON_ID.fullmatch(bare):
        return "person_id", bare
    if _DIGEST.fullmatch(bare):
        return "digest", bare.lower()
    if domain := _domain(bare):
        return "domain", domain
    if "@" in bare:
        return "email", canonical_email(bare) or clean_email(bare).lower()
    if phone := canonical_phone(bare, country, fictional_prefixes):
        return "phone", phone
    raise UsageError(
        "contact_unreadable",
        "This is no e-mail address, telephone number, person id, domain or digest.",
        "Write a telephone number with its country code (+49 ...), an address as name@company.example.",
    )


def _domain(bare: str) -> str | None:
    """The domain a text names by itself; ``www`` is a machine of it."""
    name = bare.removeprefix("*").removeprefix("@").removeprefix(".") if bare.startswith(("*", "@")) else bare
    site = _SITE.fullmatch(name)
    domain = ascii_domain(site.group("host")) if site else None
    if domain is None:
        return None
    parent = domain.removeprefix("www.")
    return parent if domain_candidates(parent) else domain
