"""Unsubscribe tokens: what a queue line carries, and what comes back when somebody follows the link.

A token is sealed with AES-SIV (RFC 5297) under a key derived from the workspace key: opaque, signed, and the same for
the same person and address, so that equal runs have equal bytes. Inside are the person's id and the keyed tokens of the
address it was written to, never the address. So it holds whatever becomes of the facts: the person's id through merge
and split, the address's tokens through rotation (it opens under every key of the ring) and through erasure. Nobody can
make one without the key, and one that was altered opens no more.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from flows.ledger.chain import instant_text
from flows.ledger.events import dedup_key, plain
from flows.ledger.keys import Keyring
from flows.ledger.model import NewEvent, Token
from flows.ledger.tokens import EMAIL, EMAIL_EQUIV, email_tokens
from flows.ledger.vocabulary import CHANNELS, METHODS, checked, listed
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    from flows.ledger.events import OptOut
    from flows.ledger.keys import Key

__all__ = ["Unsubscribed", "open_token", "seal_tokens", "token_in", "unsubscribe_event"]

_PREFIX: Final = "u1"
_BOUND_TO: Final = b"tactful unsubscribe 1"  # what the seal vouches for besides its content
_DERIVED: Final = b"tactful unsubscribe key"
_TOKEN_BYTES: Final = 32
_PERSON_ID_LENGTH: Final = 27
_SEAL_BYTES: Final = 16
_SEALED: Final = _SEAL_BYTES + 1 + 2 * _TOKEN_BYTES + _PERSON_ID_LENGTH
_LENGTH: Final = -(-_SEALED * 4 // 3)
_PATTERN: Final = re.compile(rf"(?<![\w-]){_PREFIX}[A-Za-z0-9_-]{{{_LENGTH}}}(?![\w-])", re.ASCII)
_SCOPES: Final = {"person": "person", "address": "address"}
_PERSON: Final = re.compile(r"p[a-z2-7]{26}")


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """Who is behind a token: the person's id when the line was written, and the tokens of the address."""

    person_id: str
    tokens: tuple[Token, ...]


def seal_tokens(key: Key, lines: Iterable[tuple[str, str]]) -> list[str]:
    """The token of each line (person id, e-mail address), the same for the same line under the same key."""
    seal, ring = _seal(key), Keyring((key,))
    return [_text(seal.encrypt(_payload(ring, person, address), [_BOUND_TO])) for person, address in lines]


def token_in(text: str) -> str | None:
    """The token in a text: by itself, in a link or in its query; None where there is none."""
    found = _PATTERN.search(text)
    return found[0] if found else None


def open_token(keyring: Keyring, text: str) -> Unsubscribed:
    """Who is behind a token, opened under any key of the ring.

    Raises ``UsageError`` ``token_unreadable`` for what is no token, or none of this workspace.
    """
    from cryptography.exceptions import InvalidTag

    sealed = _bytes(token_in(text) or "")
    for key in reversed(tuple(keyring)):
        try:
            return _unsubscribed(key, _seal(key).decrypt(sealed, [_BOUND_TO]))
        except (InvalidTag, ValueError):
            continue
    raise UsageError(
        "token_unreadable",
        "This is no unsubscribe token of this workspace: it was cut, altered or made elsewhere. It stops nobody.",
        "Copy the whole link from the message, or give the e-mail address itself.",
    )


def unsubscribe_event(keyring: Keyring, text: str, said: OptOut) -> NewEvent:
    """The opt-out that a token is; ``said`` tells when and how it came, and may narrow it to a channel or the address.

    The same token at the same time is the same event. Raises ``UsageError`` as :func:`open_token`, and for a word it
    does not know.
    """
    opened = open_token(keyring, text)
    body = {
        "channel": checked("channel", said.channel or "any", CHANNELS),
        "scope": checked("scope", said.scope or "person", _SCOPES),
        "person_id": opened.person_id,
        "method": listed(said.method, METHODS) or "unsubscribe_link",
        "contact_kind": "token",
        "received_at": None if said.undated else instant_text(said.received_at),
    }
    reach = (body["received_at"], body["channel"], body["scope"])
    return NewEvent(
        kind="optout",
        effective_at=said.received_at,
        body={**_filled(body), "source": _filled(said.source)},
        tokens=opened.tokens,
        dedup_key=dedup_key(keyring, "unsubscribe", token_in(text), *reach),
        erasable=plain(method=said.method if body["method"] == "other" else None),
        undated=said.undated,
    )


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


@cache
def _seal(key: Key) -> AESSIV:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    return AESSIV(hmac.digest(key.secret, _DERIVED, "sha512"))


def _payload(ring: Keyring, person: str, address: str) -> bytes:
    found = {token.kind: token for token in email_tokens(ring, address)}
    exact, equivalent = found[EMAIL], found.get(EMAIL_EQUIV, found[EMAIL])
    parts = (bytes([equivalent.rule_version]), bytes.fromhex(exact.token), bytes.fromhex(equivalent.token))
    return b"".join((*parts, person.encode("ascii")))


def _unsubscribed(key: Key, payload: bytes) -> Unsubscribed:
    """What a payload says; raises ``ValueError`` where it is none of ours."""
    version, hashes, person = payload[0], payload[1 : 1 + 2 * _TOKEN_BYTES], payload[1 + 2 * _TOKEN_BYTES :].decode()
    if not _PERSON.fullmatch(person):
        message = "no person id"
        raise ValueError(message)
    exact = Token(EMAIL, hashes[:_TOKEN_BYTES].hex(), key.key_id)
    equivalent = Token(EMAIL_EQUIV, hashes[_TOKEN_BYTES:].hex(), key.key_id, exact=False, rule_version=version)
    return Unsubscribed(person, (exact, equivalent) if version else (exact,))


def _text(sealed: bytes) -> str:
    return _PREFIX + base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _bytes(token: str) -> bytes:
    """The sealed bytes of a token; nothing where its text is not the one we would write for them."""
    bare = token.removeprefix(_PREFIX)
    try:
        sealed = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except (binascii.Error, ValueError):
        return b""
    return sealed if _text(sealed) == token else b""
