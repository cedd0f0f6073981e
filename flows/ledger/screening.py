"""Every token under which a record's contact points are screened (design D2).

An address is screened as received, trimmed and lower-cased, and canonical, each also under three digests; by its
equivalence key; and by its host and every parent down to the registrable domain. A number is screened in E.164 and by
the digests of it with and without the plus. An opt-out whose number nobody could read stands under its bare digits: so
a number is screened by its digits as received and in every other way of writing it, and one that a list has in no
readable form by what its digits are with a plus. Further contact points of a row are screened alike, and every match
with one is called ``other``: it says who somebody is and nothing about the address or number in use. All of that under
every key of the ring. Python touches unique values only.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

import polars as pl

from flows.ledger.keys import Keyring
from flows.ledger.tokens import DIGEST_KINDS, DOMAIN, EMAIL, EMAIL_EQUIV, PHONE, token, undecipherable_tokens
from policies.contact_points import canonical_emails, domain_candidates, national_digits
from policies.schema import CONTACT_TOKENS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

__all__ = ["contact_tokens", "lookup_tokens"]

_CONTACTS: Final = ("email_received", "email", "email_equiv", "email_domain", "phone_received", "phone")
_Values: TypeAlias = "Callable[[], pl.DataFrame]"


def contact_tokens(keyring: Keyring, records: pl.DataFrame, kinds: Collection[str] | None = None) -> pl.DataFrame:
    """All tokens of the contact points of ``records`` (``RECORDS``), as ``CONTACT_TOKENS``.

    ``kinds`` limits the work to token kinds that any event carries (``Ledger.token_kinds``); None means all. The order
    is by record id, channel, match and token.
    """
    others = ((channel, kind, "other", values) for channel, kind, _, values in _plan(_others(records)))
    found = [
        _keyed(keyring, kind, values()).with_columns(pl.lit(channel).alias("channel"), pl.lit(match).alias("match"))
        for channel, kind, match, values in (*_plan(records.select("record_id", *_CONTACTS)), *others)
        if kinds is None or kind in kinds
    ]
    tokens = pl.concat(found) if found else empty(CONTACT_TOKENS)
    return conform(tokens, CONTACT_TOKENS).sort("record_id", "channel", "match", "token")


def lookup_tokens(keyring: Keyring, kind: str, value: str, received: str | None = None) -> frozenset[str]:
    """All tokens one contact may stand under in the ledger, for people without records.

    ``kind`` and ``value`` as from ``read_contact`` (email, phone, domain, digest, unreadable); ``received`` is the
    spelling as typed. A person id has no token of its own: the answer is empty.
    """
    if kind in (EMAIL, PHONE):
        return frozenset(contact_tokens(keyring, _one_contact(kind, value, received)).get_column("token"))
    values = [(DOMAIN, part) for part in domain_candidates(value) or (value,)] if kind == DOMAIN else []
    if kind == "digest":
        values = [(DIGEST_KINDS[len(value)], value.lower())]
    if kind == "unreadable":
        return frozenset(made.token for key in keyring for made in undecipherable_tokens(Keyring((key,)), value))
    return frozenset(token(key, kind, value) for key in keyring for kind, value in values)


def _one_contact(kind: str, value: str, received: str | None) -> pl.DataFrame:
    from policies.contact_points import email_equivalence

    cells: dict[str, str | None] = dict.fromkeys(_CONTACTS)
    if kind == PHONE:
        cells |= {"phone_received": received or value, "phone": value}
    else:
        cells |= {"email_received": received or value, "email": value}
        cells |= {"email_equiv": email_equivalence(value.lower()), "email_domain": value.lower().rpartition("@")[2]}
    return pl.DataFrame({"record_id": "-", **cells}, schema={"record_id": pl.String, **dict.fromkeys(cells, pl.String)})


def _others(records: pl.DataFrame) -> pl.DataFrame:
    """Further contact points as if each were the one of a record: ``record_id`` and the columns of contacts."""
    emails = _exploded(records, "other_emails", "email_received")
    read = canonical_emails(emails.get_column("email_received")).rename({"received": "email_received"})
    phones = _exploded(records, "other_phones", "phone").with_columns(pl.col("phone").alias("phone_received"))
    known = emails.join(read, on="email_received", how="inner", validate="m:1", maintain_order="left")
    return pl.concat([known, phones], how="diagonal").select("record_id", *_CONTACTS)


def _exploded(records: pl.DataFrame, others: str, name: str) -> pl.DataFrame:
    if others not in records.columns:
        return pl.DataFrame(schema={"record_id": pl.String, name: pl.String})
    listed = records.select("record_id", pl.col(others).alias(name)).filter(pl.col(name).list.len() > 0)
    return listed.explode(name)


def _plan(records: pl.DataFrame) -> Iterator[tuple[str, str, str, _Values]]:
    """What is screened: channel, kind of token, match, and how to get at the values (``record_id, value``)."""
    stripped, email = pl.col("email_received").str.strip_chars(), pl.col("email")
    spelled = (pl.col("email_received"), stripped, stripped.str.to_lowercase(), email, email.str.to_lowercase())
    dialled = (pl.col("phone"), pl.col("phone").str.strip_prefix("+"))
    yield EMAIL, EMAIL, "exact", partial(_stacked, records, stripped.str.to_lowercase(), email.str.to_lowercase())
    yield EMAIL, EMAIL_EQUIV, "equivalent", partial(_stacked, records, pl.col("email_equiv"))
    yield EMAIL, DOMAIN, "domain", partial(_domains, records)
    yield PHONE, PHONE, "exact", partial(_stacked, records, pl.col("phone"))
    yield PHONE, PHONE, "equivalent", partial(_digits, records)
    for kind in DIGEST_KINDS.values():
        yield EMAIL, kind, "digest", partial(_digests, records, kind, *spelled)
        yield PHONE, kind, "digest", partial(_digests, records, kind, *dialled)


def _stacked(records: pl.DataFrame, *values: pl.Expr) -> pl.DataFrame:
    """``record_id, value``, once for each different value a record has."""
    frames = [records.select("record_id", value.alias("value")) for value in values]
    return pl.concat(frames).filter(pl.col("value").str.len_bytes() > 0).unique(maintain_order=True)


def _digits(records: pl.DataFrame) -> pl.DataFrame:
    """``record_id, value`` for the digits of a number as received, and in every other way of writing it."""
    received = pl.col("phone_received").str.replace_all(r"\D", "")
    unread = pl.when(pl.col("phone").is_null() & (received.str.len_bytes() > 0))
    readings = (received, unread.then("+" + received), unread.then("+" + received.str.strip_prefix("00")))
    ways = national_digits(records.get_column("phone")).rename({"digits": "value"})
    written = records.select("record_id", "phone").join(ways, on="phone", how="inner", maintain_order="left")
    return pl.concat([_stacked(records, *readings), written.select("record_id", "value")]).unique(maintain_order=True)


def _domains(records: pl.DataFrame) -> pl.DataFrame:
    """``record_id, value`` for the host of each address and every parent down to the registrable domain."""
    hosts = records.select("record_id", pl.col("email_domain").str.to_lowercase().alias("host")).drop_nulls()
    unique = hosts.get_column("host").unique(maintain_order=True)
    parents = [(host, parent) for host in unique for parent in domain_candidates(host) or (host,)]
    table = pl.DataFrame(parents, schema={"host": pl.String, "value": pl.String}, orient="row")
    found = hosts.join(table, on="host", how="inner", maintain_order="left")
    return found.select("record_id", "value").unique(maintain_order=True)


def _digests(records: pl.DataFrame, kind: str, *values: pl.Expr) -> pl.DataFrame:
    """``record_id, value`` with the digests of a record's spellings."""

    def digest(text: str) -> str:
        return hashlib.new(kind, _encoded(text), usedforsecurity=False).hexdigest()

    return _mapped(_stacked(records, *values), digest)


def _keyed(keyring: Keyring, kind: str, values: pl.DataFrame) -> pl.DataFrame:
    """``record_id, token``: the tokens of the values under every key."""
    prefix = f"{kind}:".encode()
    frames = []
    for key in keyring:
        keyed = partial(_token, key.secret, prefix)
        frames.append(_mapped(values, keyed).rename({"value": "token"}))
    return pl.concat(frames)


def _mapped(values: pl.DataFrame, function: Callable[[str], str]) -> pl.DataFrame:
    """``record_id, value`` with every value replaced by what the function makes of it, called once per unique value."""
    unique = values.get_column("value").unique(maintain_order=True)
    made = pl.Series("made", [function(text) for text in unique], dtype=pl.String)
    table = pl.DataFrame([unique, made])
    found = values.join(table, on="value", how="inner", maintain_order="left", validate="m:1")
    return found.select("record_id", pl.col("made").alias("value"))


def _token(secret: bytes, prefix: bytes, text: str) -> str:
    return hmac.digest(secret, prefix + _encoded(text), "sha256").hex()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
