"""Erasures: who must be forgotten and never contacted again, and what was rewritten for it (design D5).

Invariants: an erasure adds to what stops people, never takes from it; its event holds keyed tokens and ids alone. The
plain text of what was said by or about somebody erased is taken away for good; the events themselves stay. Every file
rewritten for an erasure has an event with its hash before and after, written before the file is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import sqlalchemy as sa

from flows.ledger.chain import canonical
from flows.ledger.decoding import decoded_events, text_columns
from flows.ledger.events import dedup_key, plain
from flows.ledger.judgements import JUDGED_VERSION, JUDGEMENT, judged_values, naming
from flows.ledger.model import EVERYTHING, NewEvent, Token
from flows.ledger.queries import within
from flows.ledger.tables import erasable, event_tokens, events
from flows.ledger.tokens import MATCH_KEY, match_key, match_key_tokens, token
from flows.ledger.void import VOID
from policies.contact_points import email_equivalence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from flows.ledger.contacts import Contact
    from flows.ledger.keys import Keyring
    from flows.ledger.model import Cut

__all__ = [
    "ERASURE",
    "REDACTION",
    "Erased",
    "Forgotten",
    "erased_by",
    "erasure_event",
    "files_naming",
    "forget_plain_text",
    "namesakes",
    "redaction_event",
    "redactions",
    "without_texts",
]

ERASURE: Final = "erasure"
REDACTION: Final = "redaction"
_CHUNK: Final = 500  # parameters in one IN (...)
# Plain text that is not about the person: the request itself, and who declared a void or gave a judgement.
_KEPT: Final = (ERASURE,)
_KEPT_OF: Final = {VOID: ("by", "second"), JUDGEMENT: ("by",)}
_SAYS_WHO: Final = ("bounce", "complaint", "consent", "doubt", "objection", "optout", "touch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """Whom an erasure is about: contact points of theirs alone, names with organisation, and keyed ids."""

    contacts: Sequence[Contact] = field(repr=False)
    names: Sequence[tuple[str, str | None]] = field(default=(), repr=False)
    person_ids: Sequence[str] = ()
    record_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Erased:
    """What all erasures up to a cut say, by which an erased person is known again.

    ``tokens`` of contact points, ``match_keys`` of name and organisation, ids of records and people; ``last`` is the
    number of the last erasure, 0 for none.
    """

    tokens: frozenset[str] = frozenset()
    match_keys: frozenset[str] = frozenset()
    record_ids: frozenset[str] = frozenset()
    person_ids: frozenset[str] = frozenset()
    last: int = 0


def erasure_event(keyring: Keyring, who: Forgotten, request: str, at: datetime) -> NewEvent:
    """The event of an erasure: from then on everybody under these contact points is suppressed on every channel.

    It names them under every key, for what was said before a rotation is to be found as well. The same people on the
    same request are the same event. The number of the request is kept in plain text.
    """
    body: dict[str, Any] = {
        "channel": "any",
        "scope": "person",
        "people": sorted(set(who.person_ids)),
        "records": sorted(set(who.record_ids)),
        "contacts": len(who.contacts),
        "method": "command",
    }
    rings = [type(keyring)((key,)) for key in keyring]
    tokens = [made for ring in rings for contact in who.contacts for made in contact.tokens(ring)]
    tokens += [made for ring in rings for name in who.names for made in match_key_tokens(ring, *name)]
    tokens += [
        Token(MATCH_KEY, token(key, MATCH_KEY, value), key.key_id, exact=False, rule_version=JUDGED_VERSION)
        for key in keyring
        for value in sorted(_judged(who))
    ]
    points = sorted(token(keyring.first, contact.kind, contact.value.lower()) for contact in who.contacts)
    return NewEvent(
        kind=ERASURE,
        effective_at=at,
        body=body,
        tokens=tokens,
        dedup_key=dedup_key(keyring, ERASURE, points, body["records"], request.strip()),
        erasable=plain(request=request),
    )


def _judged(who: Forgotten) -> frozenset[str]:
    """What people said who they are, and who they are not, knew them by."""
    points = {kind: [one.value for one in who.contacts if one.kind == kind] for kind in ("email", "phone")}
    emails = [email_equivalence(value.lower()) for value in points["email"]]
    return judged_values({name for name, _ in who.names}, emails, points["phone"])


def redaction_event(path: str, old: str, new: str | None, erasure: int, at: datetime) -> NewEvent:
    """The event of a file rewritten (``new``: its SHA-256 then; None: removed) for an erasure, before it is.

    ``path`` is its place below the data folder.
    """
    body = {"path": path, "old": old, "new": new, "erasure": erasure}
    kept = {name: value for name, value in body.items() if value is not None}
    return NewEvent(kind=REDACTION, effective_at=at, body=kept, dedup_key=f"{REDACTION}:{canonical([path, old, new])}")


def redactions(connection: sa.Connection) -> dict[str, dict[str, str | None]]:
    """For each rewritten file, by its place, what became of each content: old SHA-256 -> new one, None if removed."""
    query = sa.select(events.c.body).where(events.c.kind == REDACTION).order_by(events.c.seq)
    found: dict[str, dict[str, str | None]] = {}
    for body in map(json.loads, connection.scalars(query)):
        found.setdefault(body["path"], {})[body["old"]] = body.get("new")
    return found


def erased_by(connection: sa.Connection, cut: Cut = EVERYTHING) -> Erased:
    """What all erasures before the cut say."""
    query = sa.select(events.c.seq, events.c.body).where(events.c.kind == ERASURE, within(cut)).order_by(events.c.seq)
    bodies = {seq: json.loads(body) for seq, body in connection.execute(query)}
    if not bodies:
        return Erased()
    of_them = (
        sa.select(event_tokens.c.token_kind, event_tokens.c.token)
        .join(events, events.c.seq == event_tokens.c.seq)
        .where(events.c.kind == ERASURE, within(cut))
    )
    tokens = list(connection.execute(of_them))
    return Erased(
        tokens=frozenset(value for kind, value in tokens if kind != MATCH_KEY),
        match_keys=frozenset(value for kind, value in tokens if kind == MATCH_KEY),
        record_ids=frozenset(record for body in bodies.values() for record in body.get("records", ())),
        person_ids=frozenset(person for body in bodies.values() for person in body.get("people", ())),
        last=max(bodies),
    )


def namesakes(keyring: Keyring, records: pl.DataFrame, erased: Erased) -> frozenset[str]:
    """The ids of those ``records`` (``RECORDS``) that have the name and organisation of somebody erased."""
    if not erased.match_keys:
        return frozenset()
    named = records.select("record_id", "full_name", "company").drop_nulls("full_name")
    pairs = named.select("full_name", "company").unique(maintain_order=True)
    values = [match_key(name, company) for name, company in pairs.iter_rows()]
    alike = [any(token(key, MATCH_KEY, value) in erased.match_keys for key in keyring) for value in values]
    hit = pairs.filter(pl.Series(alike, dtype=pl.Boolean))
    found = named.join(hit, on=["full_name", "company"], how="semi", nulls_equal=True)
    return frozenset(found.get_column("record_id"))


def forget_plain_text(connection: sa.Connection, erased: Erased) -> int:
    """Take away the plain text of every event that names somebody erased; how many texts went.

    In SQLite what is deleted is overwritten as well.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    named = _events_of_tokens(connection, erased.tokens) | _events_of_people(connection, erased.person_ids)
    partly = {VOID: _voids_of(connection, named), JUDGEMENT: naming(connection, erased.record_ids, erased.match_keys)}
    gone = 0
    for chunk in _chunks(sorted(named)):
        kept = sa.select(events.c.seq).where(events.c.seq.in_(chunk), events.c.kind.in_(_KEPT))
        statement = sa.delete(erasable).where(erasable.c.ref.in_(chunk), erasable.c.ref.not_in(kept))
        gone += connection.execute(statement).rowcount
    for kind, numbers in partly.items():
        for chunk in _chunks(sorted(numbers)):
            statement = sa.delete(erasable).where(erasable.c.ref.in_(chunk), erasable.c.kind.not_in(_KEPT_OF[kind]))
            gone += connection.execute(statement).rowcount
    return gone


def files_naming(connection: sa.Connection, tokens: Collection[str], people: Collection[str]) -> frozenset[str]:
    """The SHA-256 of every file that events came in which name one of some tokens, or one of some people by id."""
    named = sorted(_events_of_tokens(connection, tokens) | _events_of_people(connection, people))
    found: set[str | None] = set()
    for chunk in _chunks(named):
        bodies = connection.scalars(sa.select(events.c.body).where(events.c.seq.in_(chunk)))
        found.update((json.loads(body).get("source") or {}).get("file_sha256") for body in bodies)
    return frozenset(sha256 for sha256 in found if sha256 is not None)


def without_texts(connection: sa.Connection, new: Sequence[NewEvent]) -> list[NewEvent]:
    """Events about to be appended, without the plain text of those that name somebody erased, under whatever key.

    To be asked within the append's own transaction: an erasure that came a moment earlier counts.
    """
    erased = erased_by(connection) if any(event.erasable for event in new) else Erased()
    if not erased.last:
        return list(new)
    return [replace(event, erasable=_kept_of(connection, event, erased)) for event in new]


def _kept_of(connection: sa.Connection, event: NewEvent, erased: Erased) -> Mapping[str, str]:
    """What may be written down of an event in plain text."""
    named = {made.token for made in event.tokens}.union(event.older)
    if event.kind == VOID:
        voided = sa.select(event_tokens.c.token).where(event_tokens.c.seq == event.body["event"])
        named |= set(connection.scalars(voided))
    about = not erased.tokens.isdisjoint(named) or event.body.get("person_id") in erased.person_ids
    if event.kind == JUDGEMENT:
        records = {record for side in event.body["sides"] for record in side["records"]}
        about = not (erased.record_ids.isdisjoint(records) and erased.match_keys.isdisjoint(named))
    if not about or event.kind in _KEPT:
        return event.erasable
    kept = _KEPT_OF.get(event.kind, ())
    return {kind: text for kind, text in event.erasable.items() if kind in kept}


def _events_of_tokens(connection: sa.Connection, tokens: Collection[str]) -> set[int]:
    found: set[int] = set()
    for chunk in _chunks(sorted(tokens)):
        found.update(connection.scalars(sa.select(event_tokens.c.seq).where(event_tokens.c.token.in_(chunk))))
    return found


def _events_of_people(connection: sa.Connection, people: Collection[str]) -> set[int]:
    if not people:
        return set()
    told = decoded_events(connection, _SAYS_WHO, EVERYTHING, text_columns("person_id"))
    return set(told.filter(pl.col("person_id").is_in(sorted(people))).get_column("seq"))


def _voids_of(connection: sa.Connection, named: Collection[int]) -> set[int]:
    told = decoded_events(connection, (VOID,), EVERYTHING, {"event": pl.Int64()})
    return set(told.filter(pl.col("event").is_in(sorted(named))).get_column("seq"))


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
