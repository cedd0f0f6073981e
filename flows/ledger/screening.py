"""Every token under which a record's contact points are screened (design D2).

An address is screened as received, trimmed and lower-cased, and canonical, each also under three digests, as is its
equivalence key, under which whoever made a list of digests may know the mailbox; by that key; and by its host and
every parent down to the registrable domain. A number is screened in E.164 and by the digests of it with and without
the plus. An opt-out whose number nobody could read stands under its bare digits: so a number is screened by its
digits as received and in every other way of writing it, and one that a list has in no readable form by what its
digits are with a plus. Further contact points of a row are screened alike, and every match with one is called
``other``: it says who somebody is and nothing about the address or number in use. All of that under every key of the
ring. Python touches unique values only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.ledger.keyed import tokens_of
from flows.ledger.keys import Keyring
from flows.ledger.tokens import DIGEST_KINDS, DOMAIN, EMAIL, EMAIL_EQUIV, PHONE, token, undecipherable_tokens
from policies.contact_points import canonical_emails, domain_candidates, national_digits
from policies.schema import CONTACT_TOKENS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["contact_tokens", "lookup_tokens", "same_tokens"]

_KINDS: Final = (EMAIL, EMAIL_EQUIV, DOMAIN, PHONE, *DIGEST_KINDS.values())
_CONTACTS: Final = ("email_received", "email", "email_equiv", "email_domain", "phone_received", "phone")


@dataclass(frozen=True, slots=True)
class _Screen:
    """One way of naming a contact point: by what kind of token, and the values (``record_id, value``) under it.

    ``digest``: not the value itself is keyed but its digest of this kind.
    """

    channel: str
    kind: str
    match: str
    values: pl.DataFrame
    digest: str | None = None


def contact_tokens(keyring: Keyring, records: pl.DataFrame, kinds: Collection[str] | None = None) -> pl.DataFrame:
    """All tokens of the contact points of ``records`` (``RECORDS``), as ``CONTACT_TOKENS``.

    ``kinds`` limits the work to token kinds that any event carries (``Ledger.token_kinds``); None means all. The order
    is by record id, channel, match and token.
    """
    found = [
        *(_keyed(keyring, screen, screen.match) for screen in _plan(records.select("record_id", *_CONTACTS), kinds)),
        *(_keyed(keyring, screen, "other") for screen in _plan(_others(records), kinds)),
    ]
    tokens = pl.concat(found) if found else empty(CONTACT_TOKENS)
    return conform(tokens, CONTACT_TOKENS).sort("record_id", "channel", "match", "token")


def same_tokens(keyring: Keyring, records: pl.DataFrame, kinds: Collection[str] | None = None) -> pl.DataFrame:
    """``token, first``: for every token of :func:`contact_tokens` under a newer key the one under the oldest key.

    Empty with one key alone.
    """
    made = [pl.DataFrame(schema={"token": pl.String, "first": pl.String})]
    oldest, *newer = keyring
    if newer:
        screens = (*_plan(records.select("record_id", *_CONTACTS), kinds), *_plan(_others(records), kinds))
        for screen in screens:
            values = screen.values.get_column("value").unique(maintain_order=True)
            first = tokens_of(oldest, screen.kind, values, screen.digest).alias("first")
            made += [
                pl.DataFrame([tokens_of(key, screen.kind, values, screen.digest).alias("token"), first])
                for key in newer
            ]
    return pl.concat(made).unique("token", keep="first", maintain_order=True)


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


def _plan(records: pl.DataFrame, kinds: Collection[str] | None) -> Iterator[_Screen]:
    """What is screened, as far as any event carries a token of the kind."""
    stripped, email = pl.col("email_received").str.strip_chars(), pl.col("email")
    lowered, canonical = stripped.str.to_lowercase(), email.str.to_lowercase()
    spelled = (pl.col("email_received"), stripped, lowered, email, canonical, pl.col("email_equiv"))
    dialled = (pl.col("phone"), pl.col("phone").str.strip_prefix("+"))
    asked = frozenset(_KINDS if kinds is None else kinds)
    if EMAIL in asked:
        yield _Screen(EMAIL, EMAIL, "exact", _stacked(records, lowered, canonical))
    if EMAIL_EQUIV in asked:
        yield _Screen(EMAIL, EMAIL_EQUIV, "equivalent", _stacked(records, pl.col("email_equiv")))
    if DOMAIN in asked:
        yield _Screen(EMAIL, DOMAIN, "domain", _domains(records))
    if PHONE in asked:
        yield _Screen(PHONE, PHONE, "exact", _stacked(records, pl.col("phone")))
        yield _Screen(PHONE, PHONE, "equivalent", _digits(records))
    hashed = [kind for kind in DIGEST_KINDS.values() if kind in asked]
    for channel, spellings in ((EMAIL, spelled), (PHONE, dialled)) if hashed else ():
        values = _stacked(records, *spellings)
        yield from (_Screen(channel, kind, "digest", values, kind) for kind in hashed)


def _stacked(records: pl.DataFrame, *spellings: pl.Expr) -> pl.DataFrame:
    """``record_id, value``, once for each different value a record has."""
    wide = records.select("record_id", **{f"value{number}": spelling for number, spelling in enumerate(spellings)})
    ids, *values = wide.get_columns()
    frames: list[pl.DataFrame] = []
    different: list[pl.Series] = []
    for value in values:
        new = (value.str.len_bytes() > 0).fill_null(value=False)
        for earlier in different:
            new &= value.ne_missing(earlier)
        if new.any() or not frames:
            different.append(value)
            frames.append(pl.DataFrame({"record_id": ids, "value": value}).filter(new))
    found = pl.concat(frames)
    once = ids.n_unique() == len(ids)  # unless several files hold the same record
    return found if once else found.unique(maintain_order=True)


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


def _keyed(keyring: Keyring, screen: _Screen, match: str) -> pl.DataFrame:
    """``record_id, token, channel, match``: the tokens of the values under every key."""
    records, values = screen.values.get_columns()
    frames = [
        pl.DataFrame({"record_id": records, "token": tokens_of(key, screen.kind, values, screen.digest)})
        for key in keyring
    ]
    return pl.concat(frames).with_columns(pl.lit(screen.channel).alias("channel"), pl.lit(match).alias("match"))
