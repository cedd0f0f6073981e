"""What is said again: statements known already that another file or feed makes as well (law 1).

A statement is recorded once, whoever repeats it. So that a void takes back one file's word and never another's, what a
file repeats is noted: one event for a file, or for the first file of a feed, with the numbers of the statements. At a
void whoever else said it is looked up, and their word is recorded as an event of its own, in the same transaction.

Invariants: a note decides nothing by itself. It names statements by number, in ranges, so that a list that comes every
month costs a line. A feed repeats itself at no cost. Words nobody understood are not noted: they stop nobody.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import sqlalchemy as sa

from flows.ledger.chain import COMMITMENTS_KEY, canonical, instant, instant_text
from flows.ledger.kinds import Family, of_family
from flows.ledger.model import NewEvent, Token
from flows.ledger.snapshots import named_snapshots
from flows.ledger.tables import erasable, event_tokens, events
from flows.ledger.void import spread_words
from policies.permission import split_word

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from flows.ledger.snapshots import Snapshots

__all__ = [
    "SAID_AGAIN",
    "Repeats",
    "as_recorded",
    "note_of_entries",
    "renumbered",
    "repeated_after",
    "said_elsewhere",
    "spread_anew",
]

SAID_AGAIN: Final = "said_again"
_STOPS: Final = frozenset(of_family(Family.STOP))
_NO_LONGER: Final = ("ConsentWithdrawn", "ConsentRefused")
_CHUNK: Final = 500  # parameters in one IN (...)
_ENTRY_BITS: Final = 32
_TEXTS: Final = ("contact", "full_name", "words", "method")
_RECOVERED: Final = "recovered"  # what a restored event says of its former number


class Repeats:
    """What the events of one append repeat, by file."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._heard: dict[tuple[str, str | None], set[int]] = {}

    def heard(self, event: NewEvent, seq: int) -> None:
        """An event is known already, under this number."""
        if (source := _source(event.body)) is not None and _stops(event):
            self._heard.setdefault(source, set()).add(seq)

    def notes(self, new: Mapping[int, str], at: datetime) -> Iterator[NewEvent]:
        """The events that note it; ``new`` are the bodies of the events of this very append."""
        for source, numbers in sorted(self._heard.items(), key=lambda item: (item[0][0], item[0][1] or "")):
            fresh = {seq << _ENTRY_BITS for seq in numbers} - _noted(self._connection, source)
            origins = _origins(self._connection, new, {word >> _ENTRY_BITS for word in fresh})
            told = {word for word in fresh if not _same(origins.get(word >> _ENTRY_BITS), source)}
            if told:
                yield _note(source, told, at)


def note_of_entries(
    connection: sa.Connection, source: Mapping[str, Any], words: Collection[int], at: datetime
) -> list[NewEvent]:
    """The event, if any, that notes which entries of bulk lists (``words``) another list, from ``source``, repeats."""
    ours = source["file_sha256"], source.get("feed")
    theirs = {s.seq: (s.source.get("file_sha256"), s.source.get("feed")) for s in named_snapshots(connection)}
    other = {word for word in words if not _same(theirs.get(word >> _ENTRY_BITS), ours)}
    fresh = other - _noted(connection, ours) if other else other
    return [_note(ours, fresh, at)] if fresh else []


def said_elsewhere(
    connection: sa.Connection, void: Mapping[str, Any], snapshots: Snapshots | None
) -> Iterator[NewEvent]:
    """The statement that a void (its body) takes back, once for every other file that made it as well."""
    seq, entry = void["event"], void.get("entry", 0)
    word = (seq << _ENTRY_BITS) + entry
    sources = [_source(body) for body in _notes(connection) if _holds(body, word)]
    if not sources:
        return
    said = _entry(connection, snapshots, seq, entry) if entry else as_recorded(connection, seq)
    if said is None:
        return
    for file, feed in filter(None, sources):
        stated = {"file_sha256": file} | ({"feed": feed} if feed else {})
        yield NewEvent(
            kind=said.kind,
            effective_at=said.effective_at,
            body={**said.body, "source": stated},
            tokens=said.tokens,
            dedup_key=f"{said.dedup_key}:{file}",
            erasable=said.erasable,
        )


def spread_anew(connection: sa.Connection, void: Mapping[str, Any], number: int) -> Iterator[NewEvent]:
    """What the statement that a void takes back was spread to, as the spread of the one recorded anew (``number``)."""
    word = (void["event"] << _ENTRY_BITS) + void.get("entry", 0)
    origins = dict(spread_words(connection).iter_rows())
    reached = {word}
    while more := {spread for spread, of in origins.items() if of in reached} - reached:
        reached |= more
    for spread in sorted(reached - {word}):
        made = as_recorded(connection, spread >> _ENTRY_BITS)
        if made is not None:
            source = {name: value for name, value in made.body["source"].items() if name != "entry"}
            body = {**made.body, "source": {**source, "of": number}}
            yield replace(made, body=body, dedup_key=f"{made.dedup_key}:{number}.0")


def repeated_after(connection: sa.Connection, number: int) -> list[int]:
    """The numbers of what was recorded anew together with a void, when it has just been recorded."""
    at = connection.scalar(sa.select(events.c.recorded_at).where(events.c.seq == number))
    kinds = (*_STOPS, "consent")
    later = events.c.seq > number, events.c.recorded_at == at, events.c.kind.in_(kinds)
    told = connection.execute(sa.select(events.c.seq, events.c.body).where(*later).order_by(events.c.seq))
    return [seq for seq, body in told if _source(json.loads(body)) is not None]


def renumbered(body: Mapping[str, Any], here: Callable[[int], int | None]) -> dict[str, Any]:
    """The body of a note in another ledger, where each event has the number ``here`` gives; None: it is not there."""
    numbers = [seq for first, last in body["events"] for seq in range(first, last + 1)]
    entries = [(here(seq), first, last) for seq, first, last in body["entries"]]
    return {
        **body,
        "events": _ranges(sorted({number for seq in numbers if (number := here(seq)) is not None})),
        "entries": [[seq, first, last] for seq, first, last in entries if seq is not None],
    }


def _stops(event: NewEvent) -> bool:
    return event.kind in _STOPS or (event.kind == "consent" and event.body.get("state") in _NO_LONGER)


def _source(body: Mapping[str, Any]) -> tuple[str, str | None] | None:
    """The file and feed that something came in; none for what came in no file."""
    source = body.get("source") or {}
    return (source["file_sha256"], source.get("feed")) if source.get("file_sha256") else None


def _same(theirs: tuple[str | None, str | None] | None, ours: tuple[str, str | None]) -> bool:
    return theirs is not None and (theirs[0] == ours[0] or (ours[1] is not None and theirs[1] == ours[1]))


def _origins(
    connection: sa.Connection, new: Mapping[int, str], numbers: Collection[int]
) -> dict[int, tuple[str, str | None] | None]:
    """Where the first of each statement came from."""
    found = {seq: new[seq] for seq in numbers if seq in new}
    wanted = sorted(set(numbers) - set(found))
    for start in range(0, len(wanted), _CHUNK):
        query = sa.select(events.c.seq, events.c.body).where(events.c.seq.in_(wanted[start : start + _CHUNK]))
        found.update((seq, body) for seq, body in connection.execute(query))
    return {seq: _source(json.loads(body)) for seq, body in found.items()}


def _notes(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    query = sa.select(events.c.body).where(events.c.kind == SAID_AGAIN).order_by(events.c.seq)
    return (json.loads(body) for body in connection.scalars(query))


def _noted(connection: sa.Connection, source: tuple[str, str | None]) -> set[int]:
    """The words noted already for a file, or for its feed."""
    found: set[int] = set()
    for body in _notes(connection):
        if _same(_source(body), source):
            found.update(seq << _ENTRY_BITS for first, last in body["events"] for seq in range(first, last + 1))
            for seq, first, last in body["entries"]:
                found.update((seq << _ENTRY_BITS) + entry for entry in range(first, last + 1))
    return found


def _holds(body: Mapping[str, Any], word: int) -> bool:
    seq, entry = split_word(word)
    if entry == 0:
        return any(first <= seq <= last for first, last in body["events"])
    return any(of == seq and first <= entry <= last for of, first, last in body["entries"])


def _note(source: tuple[str, str | None], words: Collection[int], at: datetime) -> NewEvent:
    """The event that notes what a file repeats."""
    file, feed = source
    split = sorted(split_word(word) for word in words)
    entries = [
        [seq, first, last]
        for seq, listed in groupby((pair for pair in split if pair[1]), key=lambda pair: pair[0])
        for first, last in _ranges(entry for _, entry in listed)
    ]
    body = {
        "source": {"file_sha256": file} | ({"feed": feed} if feed else {}),
        "events": _ranges(seq for seq, entry in split if entry == 0),
        "entries": entries,
    }
    digest = hashlib.sha256(canonical(body).encode()).hexdigest()
    return NewEvent(kind=SAID_AGAIN, effective_at=at, body=body, dedup_key=f"{SAID_AGAIN}:{digest}")


def _ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Rising numbers as ``[first, last]`` of those without a gap."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] + 1 == number:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def as_recorded(connection: sa.Connection, seq: int) -> NewEvent | None:
    """A statement as it was recorded; its key is that of what was said, whatever file it came in."""
    row = connection.execute(sa.select(events).where(events.c.seq == seq)).first()
    if row is None or not row.dedup_key:
        return None
    body = {name: value for name, value in json.loads(row.body).items() if name not in (COMMITMENTS_KEY, _RECOVERED)}
    tokens = connection.execute(sa.select(event_tokens).where(event_tokens.c.seq == seq).order_by(event_tokens.c.token))
    texts = connection.execute(sa.select(erasable.c.kind, erasable.c.value).where(erasable.c.ref == seq))
    return NewEvent(
        kind=row.kind,
        effective_at=instant(row.effective_at),
        body=body,
        tokens=[Token(t.token_kind, t.token, t.key_id, bool(t.exact), t.rule_version) for t in tokens],
        dedup_key=":".join(row.dedup_key.split(":")[:2]),
        erasable=dict(texts.tuples().all()),
    )


def _entry(connection: sa.Connection, snapshots: Snapshots | None, seq: int, entry: int) -> NewEvent | None:
    """An entry of a bulk list as an event of its own."""
    named = [snapshot for snapshot in named_snapshots(connection) if snapshot.seq == seq]
    if snapshots is None or not named:
        return None
    rows = snapshots.entry(named[0], entry).sort(~pl.col("exact"), maintain_order=True)
    word = (seq << _ENTRY_BITS) + entry
    told = snapshots.statements(named, rows.select("token")).filter(pl.col("word") == word)
    if told.is_empty():
        return None
    said, row = told.row(0, named=True), rows.row(0, named=True)
    received, kind = row["received_at"], row["token_kind"]
    body = {
        **{name: row[name] for name in ("channel", "scope", "person_id", "method")},
        "received_at": None if received is None else instant_text(received),
        "contact_kind": kind if kind in ("email", "phone", "domain") else "digest",
    }
    texts = snapshots.plain_text(named[0], [entry]).select(_TEXTS).to_dicts()
    return NewEvent(
        kind=row["kind"],
        effective_at=said["effective_at"],
        body={name: value for name, value in body.items() if value is not None},
        tokens=[
            Token(one["token_kind"], one["token"], one["key_id"], one["exact"], one["rule_version"])
            for one in rows.iter_rows(named=True)
        ],
        dedup_key=f"{row['kind']}:{word}",
        erasable={name: text for one in texts for name, text in one.items() if text},
    )
