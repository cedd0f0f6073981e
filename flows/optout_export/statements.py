"""What stops in force, contact point by contact point: the statements of the ledger with their plain text.

A statement counts until it is voided, or until a newer consent for the very same contact point lifts it there, on the
channel of the consent alone. Where it names nobody but a person of ours, or was lifted at its own contact point, it
still stops the other contact points of that person: they are named in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flows.clock import queue_day
from flows.ledger.contacts import ContactLists, read_contact
from flows.ledger.tokens import DIGEST_KINDS, token
from flows.optout_export.reached import known_points
from flows.store import load_generation
from policies.errors import UsageError
from policies.permission import consent_states, word_of
from policies.schema import UTC_INSTANT, conform

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from typing import Any

    from flows.ledger import Keyring, Ledger
    from flows.ledger.contacts import Contact
    from flows.workspace import Workspace

__all__ = ["STATEMENTS", "stops_in_force"]

# One row a statement and contact point; ``value`` is null where nothing was kept in plain text.
STATEMENTS: Final = pl.Schema(
    {
        "word": pl.Int64(),
        "kind": pl.String(),  # optout | objection | complaint | bounce | erasure
        "channel": pl.String(),  # any | email | phone
        "scope": pl.String(),  # person | address | domain
        "received_at": UTC_INSTANT,  # the instant a consent must be newer than
        "method": pl.String(),
        "value": pl.String(),
        "value_kind": pl.String(),  # email | phone | domain | md5 | sha1 | sha256 | unreadable
    }
)
_CHANNELS: Final = ("email", "phone")
ENTRIES: Final = 2**32  # statements that one event may be, at most (policies.permission.word_of)
# What the plain text of a bulk list's entry is, all of them in canonical form.
_SHAPES: Final = {
    "phone": r"^\+\d+$",
    "email": "@",
    "md5": "^[0-9a-f]{32}$",
    "sha1": "^[0-9a-f]{40}$",
    "sha256": "^[0-9a-f]{64}$",
    "domain": r"\.",
}


def stops_in_force(ws: Workspace, ledger: Ledger, moment: datetime) -> pl.DataFrame:
    """Everything that stops somebody at ``moment``, as ``STATEMENTS``, ordered by statement and value."""
    events = ledger.permission_events().filter(pl.col("kind") != "doubt")
    lifted = _lifted(ledger, events, moment, ws)
    of_list = (pl.col("word") % ENTRIES != 0) & ~pl.col("word").is_in([word for word, _ in lifted])
    single = events.filter(~of_list)
    texts = _texts(ledger, single)
    of_people = _People(ws, ledger) if _needs_people(single, texts) or lifted else None
    rows = [row for said in _words(single) for row in _rows(said, texts, lifted, ledger.keyring, of_people)]
    frame = pl.DataFrame(rows, schema=STATEMENTS, orient="row") if rows else pl.DataFrame(schema=STATEMENTS)
    found = pl.concat([conform(frame, STATEMENTS), _of_lists(ledger, events.filter(of_list))])
    return found.unique(maintain_order=True).sort("word", "value", "channel", nulls_last=True)


def _of_lists(ledger: Ledger, events: pl.DataFrame) -> pl.DataFrame:
    """The entries of bulk lists, as ``STATEMENTS``: whole columns at a time."""
    said = events.unique("word", keep="first", maintain_order=True)
    plain = [
        snapshot.select(pl.lit(seq, pl.Int64).alias("seq"), word_of(pl.lit(seq, pl.Int64), pl.col("entry")), "contact")
        for seq, snapshot in _plain_texts(ledger, said.get_column("seq").unique())
    ]
    schema = {"seq": pl.Int64, "word": pl.Int64, "contact": pl.String}
    texts = pl.concat([pl.DataFrame(schema=schema), *plain]).drop("seq")
    value = pl.col("contact").str.split(" ").alias("value")
    named = said.join(texts, on="word", how="left", validate="1:1").with_columns(value).explode("value")
    kind = pl.coalesce(
        pl.when(pl.col("value").str.contains(pattern)).then(pl.lit(name)) for name, pattern in _SHAPES.items()
    )
    return conform(
        named.with_columns(kind.alias("value_kind"), pl.col("effective_at").alias("received_at")), STATEMENTS
    )


def _plain_texts(ledger: Ledger, numbers: pl.Series) -> Iterator[tuple[int, pl.DataFrame]]:
    """The plain text of bulk lists by the number of the event that names them."""
    wanted = set(numbers)
    for snapshot in ledger.bulk_lists() if wanted else ():
        if snapshot.seq in wanted:
            yield snapshot.seq, ledger.snapshots.plain_text(snapshot)


def _words(events: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """One row a statement."""
    columns = ("word", "seq", "kind", "channel", "scope", "effective_at", "method", "person_id")
    return events.select(columns).unique("word", keep="first", maintain_order=True).sort("word").iter_rows(named=True)


def _rows(
    said: Mapping[str, Any],
    texts: Mapping[int, tuple[str, str | None]],
    lifted: Mapping[tuple[int, str], set[str]],
    keyring: Keyring,
    people: _People | None,
) -> Iterator[tuple[Any, ...]]:
    """The lines of one statement: each of its contact points, less what a consent lifts, then those of its person."""
    text, kind = texts.get(said["word"], ("", None))
    points = _points(text, kind)
    freed = {point: _channels_freed(said, point, lifted, keyring) for point in points}
    other: list[tuple[str, str]] = []
    if people is not None and said["scope"] == "person":
        other += people.of_person(said["person_id"]) if said["person_id"] and not points else []
        other += [found for point in points if freed[point] for found in people.beside(point[0])]
    for point in points:
        for channel in _left(said["channel"], freed[point]):
            yield _row(said, point, channel, said["scope"])
    for point in dict.fromkeys(point for point in other if point not in freed):
        for channel in _left(said["channel"], _channels_freed(said, point, lifted, keyring)):
            yield _row(said, point, channel, said["scope"])
    if not points and not other:
        yield _row(said, (None, None), said["channel"], said["scope"])


def _row(said: Mapping[str, Any], point: tuple[str | None, str | None], channel: str, scope: str) -> tuple[Any, ...]:
    return (said["word"], said["kind"], channel, scope, said["effective_at"], said["method"], *point)


def _left(channel: str, freed: set[str]) -> list[str]:
    """The channels a statement still stops at a contact point of which some were freed."""
    if not freed:
        return [channel]
    return [name for name in (_CHANNELS if channel == "any" else (channel,)) if name not in freed]


def _points(text: str, kind: str | None) -> list[tuple[str, str]]:
    """``value, kind`` of the contact points in the plain text of a statement, which has blanks between them."""
    if not text.strip():
        return []
    if kind == "unreadable":
        return [(text, "unreadable")]
    return [(part, found) for part in text.split() if (found := _kind(part))]


def _kind(value: str) -> str | None:
    try:
        contact = read_contact(value, ContactLists())
    except UsageError as error:
        return "domain" if error.code == "domain_too_wide" else "unreadable"
    return None if contact.kind == "person_id" else _name_of(contact)


def _name_of(contact: Contact) -> str:
    return DIGEST_KINDS[len(contact.value)] if contact.kind == "digest" else contact.kind


def _texts(ledger: Ledger, events: pl.DataFrame) -> dict[int, tuple[str, str | None]]:
    """Plain text and kind of the first contact by statement, where it was kept."""
    listed = ledger.optout_list().drop_nulls("contact").select("seq", "contact", "contact_kind")
    by_seq: dict[int, tuple[str, str | None]] = {seq: (text, kind) for seq, text, kind in listed.iter_rows()}
    found: dict[int, tuple[str, str | None]] = {}
    of_entries = dict(_plain_texts(ledger, events.filter(pl.col("word") % ENTRIES != 0).get_column("seq")))
    for word, seq in events.select("word", "seq").unique().sort("word").iter_rows():
        entry = word % ENTRIES
        if entry:
            texts = of_entries.get(seq, pl.DataFrame(schema={"entry": pl.Int64, "contact": pl.String}))
            said = texts.filter(pl.col("entry") == entry).get_column("contact").drop_nulls()
            if len(said):
                found[word] = (said[0], None)
        elif seq in by_seq:
            found[word] = by_seq[seq]
        elif text := ledger.plain_text(seq).get("contact"):  # a consent withdrawn or refused stops as well
            found[word] = (text, None)
    return found


def _lifted(ledger: Ledger, events: pl.DataFrame, moment: datetime, ws: Workspace) -> dict[tuple[int, str], set[str]]:
    """Statement and exact token: the channels on which a newer consent for that contact point lifts it there."""
    own = events.filter(pl.col("exact") & pl.col("kind").is_in(["optout", "objection"])).drop_nulls("token")
    consents = ledger.consents()
    if consents.is_empty() or own.is_empty():
        return {}
    points = consents.select(pl.col("token").alias("record_id"), "channel", "token", pl.lit("exact").alias("match"))
    states = consent_states(consents, points.unique(), moment, queue_day(moment, ws.settings)).filter("consent_valid")
    newer = (pl.col("consent_seq") > pl.col("seq")) & (pl.col("consent_captured_at") > pl.col("effective_at"))
    found: dict[tuple[int, str], set[str]] = {}
    pairs = own.join(states.rename({"channel": "freed"}), left_on="token", right_on="consent_token").filter(newer)
    for word, token_, channel in pairs.select("word", "token", "freed").iter_rows():
        found.setdefault((word, token_), set()).add(channel)
    return found


def _channels_freed(
    said: Mapping[str, Any], point: tuple[str, str], lifted: Mapping[tuple[int, str], set[str]], keyring: Keyring
) -> set[str]:
    value, kind = point
    if not lifted or kind not in _CHANNELS:
        return set()
    text = value.lower() if kind == "email" else value
    return set().union(*(lifted.get((said["word"], token(key, kind, text)), set()) for key in keyring))


def _needs_people(events: pl.DataFrame, texts: Mapping[int, object]) -> bool:
    nameless = events.filter(pl.col("person_id").is_not_null() & ~pl.col("word").is_in(list(texts)))
    return not nameless.is_empty()


class _People:
    """The contact points of people on the lists taken in, by person and by contact point."""

    def __init__(self, ws: Workspace, ledger: Ledger) -> None:
        published = ledger.publications().get_column("identity_generation").to_list()
        self._generation = load_generation(ws, published[-1] if published else None)
        self._points: dict[str, list[tuple[str, str]]] = {}
        self._person: dict[str, set[str]] = {}
        for person, email, phone in known_points(ws, ledger).iter_rows():
            for value, kind in ((email, "email"), (phone, "phone")):
                if value:
                    self._points.setdefault(person, []).append((value, kind))
                    self._person.setdefault(value.lower(), set()).add(person)

    def of_person(self, person_id: str) -> list[tuple[str, str]]:
        """The contact points of a person, under whatever id they once had."""
        [current] = pl.DataFrame({"id": [person_id]}).select(self._generation.resolve(pl.col("id"))).to_series()
        return list(dict.fromkeys(self._points.get(current, ())))

    def beside(self, value: str) -> list[tuple[str, str]]:
        """The other contact points of whoever has this one."""
        people = sorted(self._person.get(value.lower(), ()))
        return [point for person in people for point in self._points[person] if point[0].lower() != value.lower()]
