"""Keyed tokens of contact points, and the lasting ids of records and people (design D2, D6).

A token is HMAC-SHA-256 over `kind:value`. An event stores few of them, made with the current key: the contact point
itself and what is equivalent to it. Screening does the wide part (screening.py): every spelling, under every key.
"""

from __future__ import annotations

import base64
import hmac
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from flows.ledger.model import Token
from policies.contact_points import EQUIVALENCE_VERSION, canonical_email, email_equivalence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.ledger.keys import Key, Keyring

__all__ = [
    "COMPANY",
    "DIGEST_KINDS",
    "DOMAIN",
    "EMAIL",
    "EMAIL_EQUIV",
    "MATCH_KEY",
    "MATCH_KEY_VERSION",
    "PHONE",
    "REFERRED",
    "company_token",
    "digest_tokens",
    "domain_tokens",
    "email_tokens",
    "folded_name",
    "match_key",
    "match_key_tokens",
    "person_id",
    "phone_tokens",
    "record_ids",
    "record_message",
    "token",
    "undecipherable_tokens",
]

EMAIL: Final = "email"
EMAIL_EQUIV: Final = "email_equiv"
PHONE: Final = "phone"
DOMAIN: Final = "domain"
MATCH_KEY: Final = "match_key"
COMPANY: Final = "company"
REFERRED: Final = "referred_"  # before the kind of a contact point that a touch named and is not about
DIGEST_KINDS: Final = {32: "md5", 40: "sha1", 64: "sha256"}  # by number of hex digits
MATCH_KEY_VERSION: Final = 1
_ID_CHARS: Final = 26  # of base32: 130 of the 256 bits
_SEPARATOR: Final = "\x1f"
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")


def token(key: Key, kind: str, value: str) -> str:
    """The token of one value of one kind under one key, 64 hex digits."""
    return key.sign(f"{kind}:{value}")


def email_tokens(keyring: Keyring, text: str) -> list[Token]:
    """The tokens of an e-mail address: itself and its equivalence key; of a text that is no address, itself alone."""
    canonical = canonical_email(text)
    if canonical is None:
        return [_made(keyring, EMAIL, text.strip().lower())]
    lowered = canonical.lower()
    equivalent = email_equivalence(lowered)
    return [
        _made(keyring, EMAIL, lowered),
        _made(keyring, EMAIL_EQUIV, equivalent, exact=False, version=EQUIVALENCE_VERSION),
    ]


def phone_tokens(keyring: Keyring, e164: str) -> list[Token]:
    """The token of a number in E.164."""
    return [_made(keyring, PHONE, e164)]


def domain_tokens(keyring: Keyring, domain: str) -> list[Token]:
    """The token of a domain; it covers what lies below because records are screened by every parent of their host."""
    return [_made(keyring, DOMAIN, domain.lower())]


def digest_tokens(keyring: Keyring, digest: str) -> list[Token]:
    """The token of an MD5, SHA-1 or SHA-256 hex digest; raises ``KeyError`` for any other length."""
    return [_made(keyring, DIGEST_KINDS[len(digest)], digest.lower())]


def undecipherable_tokens(keyring: Keyring, text: str) -> list[Token]:
    """The token of a contact nobody can read, so that the same text on a list is still recognised.

    An address counts as it is written, a number by its digits.
    """
    if "@" in text:
        return [_made(keyring, EMAIL, text.strip().lower())]
    return [_made(keyring, PHONE, "".join(char for char in text if char.isdigit()), exact=False)]


def match_key_tokens(keyring: Keyring, full_name: str, organisation: str | None = None) -> list[Token]:
    """The token of a person's name (and organisation), by which doubt can be raised, never certainty."""
    value = match_key(full_name, organisation)
    return [_made(keyring, MATCH_KEY, value, exact=False, version=MATCH_KEY_VERSION)] if value else []


def match_key(full_name: str, organisation: str | None = None) -> str:
    """Name and organisation folded for comparison: no accents, no case, no order of words."""
    name = folded_name(full_name)
    return f"{name}{_SEPARATOR}{folded_name(organisation or '')}" if name else ""


def company_token(keyring: Keyring, company_key: str) -> str:
    """The token of a company, made with the oldest key so that counts per company outlive a rotation."""
    return token(keyring.first, COMPANY, company_key)


def record_message(source: str, raw_row: str, occurrence: int) -> bytes:
    """What a record id is made over: source, the canonical raw row (JSON), its number among identical rows."""
    return _SEPARATOR.join((source, raw_row, str(occurrence))).encode("utf-8", "surrogatepass")


def record_ids(keyring: Keyring, messages: Sequence[bytes]) -> list[str]:
    """The ids of records, one for each message of :func:`record_message`."""
    secret = keyring.first.secret
    return [_base32(hmac.digest(secret, b"record:" + message, "sha256")) for message in messages]


def person_id(keyring: Keyring, record_id: str) -> str:
    """The id of the person whose first record this is."""
    return "p" + _base32(hmac.digest(keyring.first.secret, b"person:" + record_id.encode(), "sha256"))


def _made(keyring: Keyring, kind: str, value: str, *, exact: bool = True, version: int = 0) -> Token:
    key = keyring.current
    return Token(kind=kind, token=token(key, kind, value), key_id=key.key_id, exact=exact, rule_version=version)


def folded_name(text: str) -> str:
    """A name as two are compared: no accents, no case, no order of words."""
    if text.isascii():  # the same, several times faster
        return " ".join(sorted(_NO_WORD.sub(" ", text.lower()).split()))
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    words = "".join(char if char.isalnum() else " " for char in plain.casefold()).split()
    return " ".join(sorted(words))


def _base32(digest: bytes) -> str:
    # Five bytes make eight characters: what the id does not show need not be encoded.
    return base64.b32encode(digest[: -(-_ID_CHARS // 8) * 5]).decode().lower()[:_ID_CHARS]
