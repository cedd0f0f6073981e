"""Every token under which a record's contact points are screened (design D2).

An address is screened as received, trimmed and lower-cased, and canonical, each also under three digests; by its
equivalence key; and by its host and every parent down to the registrable domain. A number is screened in E.164 and by
the digests of it with and without the plus, and by its bare digits as received, under which an opt-out stands whose
number nobody could read. All of that under every key of the ring. Python touches unique values only.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.ledger.tokens import DIGEST_KINDS, DOMAIN, EMAIL, EMAIL_EQUIV, PHONE
from policies.contact_points import domain_candidates
from policies.schema import CONTACT_TOKENS, conform

if TYPE_CHECKING:
    from collections.abc import Collection

    from flows.ledger.keys import Keyring

__all__ = ["contact_tokens", "lookup_tokens"]

_DIGESTS: Final = tuple(DIGEST_KINDS.values())
_POINT: Final = {
    "record_id": pl.String,
    "channel": pl.String,
    "kind": pl.String,
    "value": pl.String,
    "match": pl.String,
}
_CONTACTS: Final = ("email_received", "email", "email_equiv", "email_domain", "phone_received", "phone")


def contact_tokens(keyring: Keyring, records: pl.DataFrame, kinds: Collection[str] | None = None) -> pl.DataFrame:
    """All tokens of the contact points of ``records`` (``RECORDS``), as ``CONTACT_TOKENS``.

    ``kinds`` limits the work to token kinds that any event carries (``Ledger.token_kinds``); None means all. The order
    is by record id, channel, match and token.
    """
    candidates = _candidates(records.select("record_id", *_CONTACTS))
    if kinds is not None:
        candidates = candidates.filter(pl.col("kind").is_in(list(kinds)))
    keyed = _keyed(keyring, candidates.select("kind", "value").unique(maintain_order=True))
    found = candidates.join(keyed, on=["kind", "value"], how="inner", maintain_order="left")
    return conform(found, CONTACT_TOKENS).unique().sort("record_id", "channel", "match", "token")


def lookup_tokens(keyring: Keyring, kind: str, value: str, received: str | None = None) -> frozenset[str]:
    """All tokens one contact may stand under in the ledger, for people without records.

    ``kind`` and ``value`` as from ``classify_contact`` (email, phone, domain, digest); ``received`` is the spelling as
    typed. A person id has no token of its own: the answer is empty.
    """
    if kind in (EMAIL, PHONE):
        return frozenset(contact_tokens(keyring, _one_contact(kind, value, received)).get_column("token"))
    values = [(DOMAIN, part) for part in domain_candidates(value) or (value,)] if kind == DOMAIN else []
    if kind == "digest":
        values = [(DIGEST_KINDS[len(value)], value.lower())]
    frame = pl.DataFrame(values, schema={"kind": pl.String, "value": pl.String}, orient="row")
    return frozenset(_keyed(keyring, frame).get_column("token"))


def _one_contact(kind: str, value: str, received: str | None) -> pl.DataFrame:
    from policies.contact_points import email_equivalence

    cells: dict[str, str | None] = dict.fromkeys(_CONTACTS)
    if kind == PHONE:
        cells |= {"phone_received": received or value, "phone": value}
    else:
        cells |= {"email_received": received or value, "email": value}
        cells |= {"email_equiv": email_equivalence(value.lower()), "email_domain": value.lower().rpartition("@")[2]}
    return pl.DataFrame({"record_id": "-", **cells}, schema={"record_id": pl.String, **dict.fromkeys(cells, pl.String)})


def _candidates(records: pl.DataFrame) -> pl.DataFrame:
    """One row per record and value to be keyed: ``record_id, channel, kind, value, match``."""
    stripped = pl.col("email_received").str.strip_chars()
    spellings = _stacked(records, pl.col("email_received"), stripped, stripped.str.to_lowercase(), *_canonical_forms())
    exact = _stacked(records, stripped.str.to_lowercase(), pl.col("email").str.to_lowercase())
    as_dialled = pl.col("phone_received").str.replace_all(r"\D", "")
    numbers = _stacked(records, pl.col("phone"), pl.col("phone").str.strip_prefix("+"))
    parts = [
        _labelled(exact, EMAIL, EMAIL, "exact"),
        _labelled(_stacked(records, pl.col("email_equiv")), EMAIL, EMAIL_EQUIV, "equivalent"),
        _labelled(_domains(records), EMAIL, DOMAIN, "domain"),
        _labelled(_stacked(records, pl.col("phone")), PHONE, PHONE, "exact"),
        _labelled(_stacked(records, as_dialled), PHONE, PHONE, "equivalent"),
        _digests(spellings, EMAIL),
        _digests(numbers, PHONE),
    ]
    return pl.concat(parts)


def _canonical_forms() -> tuple[pl.Expr, pl.Expr]:
    return pl.col("email"), pl.col("email").str.to_lowercase()


def _stacked(records: pl.DataFrame, *values: pl.Expr) -> pl.DataFrame:
    """``record_id, value``, once for each different value a record has."""
    frames = [records.select("record_id", value.alias("value")) for value in values]
    return pl.concat(frames).filter(pl.col("value").str.len_bytes() > 0).unique(maintain_order=True)


def _labelled(values: pl.DataFrame, channel: str, kind: str, match: str) -> pl.DataFrame:
    labels = {"channel": channel, "kind": kind, "match": match}
    return values.with_columns(pl.lit(text).alias(name) for name, text in labels.items()).select(list(_POINT))


def _domains(records: pl.DataFrame) -> pl.DataFrame:
    """``record_id, value`` for the host of each address and every parent down to the registrable domain."""
    hosts = records.select("record_id", pl.col("email_domain").str.to_lowercase().alias("host")).drop_nulls()
    unique = hosts.get_column("host").unique(maintain_order=True)
    parents = [(host, parent) for host in unique for parent in domain_candidates(host) or (host,)]
    table = pl.DataFrame(parents, schema={"host": pl.String, "value": pl.String}, orient="row")
    return hosts.join(table, on="host", how="inner", maintain_order="left").select("record_id", "value")


def _digests(values: pl.DataFrame, channel: str) -> pl.DataFrame:
    unique = values.get_column("value").unique(maintain_order=True)
    texts = [text.encode("utf-8", "surrogatepass") for text in unique]
    frames = []
    for kind in _DIGESTS:
        digests = [hashlib.new(kind, text, usedforsecurity=False).hexdigest() for text in texts]
        table = pl.DataFrame({"value": unique, "digest": digests}, schema={"value": pl.String, "digest": pl.String})
        found = values.join(table, on="value", how="inner", maintain_order="left")
        digested = found.select("record_id", pl.col("digest").alias("value"))
        frames.append(_labelled(digested, channel, kind, "digest"))
    return pl.concat(frames)


def _keyed(keyring: Keyring, values: pl.DataFrame) -> pl.DataFrame:
    """Add the ``token`` of every ``kind, value`` under every key."""
    texts = [
        text.encode("utf-8", "surrogatepass") for text in values.select(pl.format("{}:{}", "kind", "value")).to_series()
    ]
    frames = []
    for key in keyring:
        tokens = [hmac.digest(key.secret, text, "sha256").hex() for text in texts]
        frames.append(values.with_columns(pl.Series("token", tokens, dtype=pl.String)))
    return pl.concat(frames)
