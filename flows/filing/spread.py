"""Writing down what an opt-out was spread to, before the facts go that the spread rests on (design D5, law 1).

An opt-out reaches everybody it names, and over links between records whoever is the same person. Take a list out, or
erase somebody, and some of these links go as well. So everybody who would be freed by that, and everybody among those
who go whom a word reached, is named by an event of their own: under each contact point of their record.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.clock import now, queue_day
from flows.ledger import EVERYTHING
from flows.ledger.contacts import Contact, ContactLists
from flows.ledger.events import OptOut, optout_event
from flows.ledger.one_key import OneKey
from flows.ledger.tokens import person_id
from flows.ledger.void import spread_words
from flows.policy_files import settings_in_force
from flows.store import active_lists, load_generation, load_records
from flows.who_is_who import Cohort, matching_for
from policies.permission import SAID_STOP, SPREAD, split_word
from policies.standing import Known, standing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from flows.ledger import Cut, Ledger, NewEvent
    from flows.store import ListMeta
    from flows.workspace import Workspace
    from policies.standing import Standing

__all__ = ["inferred_stops", "spread_events", "spread_of_records", "spread_of_stops", "standing_at"]

_OWN: Final = ("email", "phone")
_MOST_SPEAKERS: Final = 20  # records: of a domain, or of a number that a whole house has
_SHORT: Final = 16  # digits of a digest
_REACHED: Final = ("record_id", "channel", "word")


def spread_events(ws: Workspace, ledger: Ledger, meta: ListMeta) -> list[NewEvent]:
    """What to append before a list is taken out: an event for each word and record it reaches by way of the list.

    Appending them twice changes nothing. Needs the workspace lock.
    """
    return _written_down(ws, ledger, pl.col("file_sha256") == meta.sha256, {"undo": meta.sha256})


def spread_of_records(ws: Workspace, ledger: Ledger, records: Collection[str]) -> list[NewEvent]:
    """What to append before some records (by id) are erased, as :func:`spread_events`."""
    return _written_down(ws, ledger, pl.col("record_id").is_in(sorted(records)), {})


def _written_down(ws: Workspace, ledger: Ledger, goes: pl.Expr, source: Mapping[str, Any]) -> list[NewEvent]:
    """The events for what is reached by way of the records that go."""
    lists = active_lists(ws)
    known = _known(ws, ledger, lists, EVERYTHING)
    everybody = Cohort.of_lists(known.records, lists)
    reached = _reached(_standing(ws, ledger, known, everybody, EVERYTHING))
    own = known.records.filter(goes).select("record_id")
    others = everybody.without(goes)
    rest = others.records
    still = _reached(_standing(ws, ledger, _of_records(known, rest), others, EVERYTHING))
    elsewhere = rest.filter(pl.col("reject_code").is_null()).select("record_id")
    leaving = reached.join(own.join(elsewhere, on="record_id", how="anti"), on="record_id", how="semi")
    freed = reached.join(still, on=_REACHED, how="anti")
    affected = pl.concat([leaving, freed]).unique().sort("word", "record_id", "channel")
    return list(_events(ledger, known, affected, source))


def standing_at(ws: Workspace, ledger: Ledger, lists: Sequence[ListMeta], cut: Cut) -> Standing:
    """Where everybody on some lists stands by what was recorded before a cut."""
    known = _known(ws, ledger, lists, cut)
    return _standing(ws, ledger, known, Cohort.of_lists(known.records, lists), cut)


def inferred_stops(ws: Workspace, ledger: Ledger) -> tuple[Known, pl.DataFrame]:
    """What is known, and the stops that reach somebody who did not say them under the contact point they close.

    They are ``SUPPRESSIONS`` with ``tied_to``, the person id that the statement named, of any age.
    """
    lists = active_lists(ws)
    known = _known(ws, ledger, lists, EVERYTHING)
    stands = _standing(ws, ledger, known, Cohort.of_lists(known.records, lists), EVERYTHING)
    named = known.events.select("word", pl.col("person_id").alias("tied_to")).unique("word")
    inferred = pl.col("stated_or_inferred") == "inferred"
    return known, stands.permission.suppressions.filter(_spreads() & inferred).join(
        named, on="word", how="left", validate="m:1"
    )


def spread_of_stops(ledger: Ledger, known: Known, stops: pl.DataFrame) -> list[NewEvent]:
    """The events by which some stops (``record_id, channel, word``) are written down, as :func:`spread_events`."""
    affected = stops.select(_REACHED).unique().sort("word", "record_id", "channel")
    return list(_events(ledger, known, affected, {}))


def _known(ws: Workspace, ledger: Ledger, lists: Sequence[ListMeta], cut: Cut) -> Known:
    records = load_records(ws, lists)
    own = OneKey(ledger.keyring, records, ledger.token_kinds())
    return Known(
        records=records,
        tokens=own.tokens,
        events=own.named(ledger.permission_events(cut, own.as_made)),
        consents=own.named(ledger.consents(cut)),
        touches=own.named(ledger.touches(cut)),
    )


def _of_records(known: Known, records: pl.DataFrame) -> Known:
    tokens = known.tokens.join(records.select("record_id").unique(), on="record_id", how="semi")
    return Known(records, tokens, known.events, known.consents, known.touches)


def _standing(ws: Workspace, ledger: Ledger, known: Known, cohort: Cohort, cut: Cut) -> Standing:
    published = ledger.publications().get_column("identity_generation").to_list()
    moment, settings = now(ws.settings), settings_in_force(ws)
    return standing(
        known,
        matching_for(ws, ledger, settings, cohort, cut),
        load_generation(ws, published[-1] if published else None, pairs=True),
        settings["lists"],
        mint=lambda ids: [person_id(ledger.keyring, record) for record in ids],
        as_of=moment,
        on=queue_day(moment, ws.settings),
    )


def _reached(stands: Standing) -> pl.DataFrame:
    """``record_id, channel, word``: whose contact points a word reaches."""
    return stands.permission.suppressions.filter(_spreads()).select(_REACHED).unique()


def _spreads() -> pl.Expr:
    """Whether a word is spread; one about an address alone, as a bounce always is, is not."""
    return pl.col("kind").is_in(SAID_STOP) & (pl.col("scope") != "address")


def _events(ledger: Ledger, known: Known, affected: pl.DataFrame, because: Mapping[str, Any]) -> Iterator[NewEvent]:
    """One event a word and record; none where the word names every contact point of the record itself."""
    own = known.events.join(affected, on="word", how="semi")
    said = own.select("word", "kind", "channel", "effective_at").unique("word")
    words = {row["word"]: row for row in said.iter_rows(named=True)}
    named = {word: set(tokens) for word, tokens in own.group_by("word").agg("token").iter_rows()}
    records = known.records.join(affected, on="record_id", how="semi").unique("record_id", keep="first")
    first = OneKey(ledger.keyring, records)
    rows = {row["record_id"]: row for row in records.iter_rows(named=True)}
    reached = affected.group_by("word", "record_id", maintain_order=True).agg(pl.col("channel"))
    origins = dict(ledger.ask(spread_words).iter_rows())
    speakers = _speakers(known, own)
    for word, record, channels in reached.iter_rows():
        for channel in _channels(words[word]["channel"], channels, rows[record]):
            source = {**because, **_origin(word, origins), "from": speakers.get(word, [])}
            event = _event(ledger, words[word], _contacts(rows[record]), channel, source)
            if not {first.name_of(token.token) for token in event.tokens} <= named[word]:
                yield event


def _speakers(known: Known, said: pl.DataFrame) -> dict[int, list[str]]:
    """The records that each statement names by a contact point: one of them is whoever made it.

    None for those that name too many to be told apart. What repeats another statement keeps those of that one.
    """
    repeats = said.filter(pl.col("spread_from").str.len_chars() > 0).select("word", "spread_from").unique("word")
    plain = said.filter(pl.col("method").ne_missing(SPREAD)).select("word", "token").drop_nulls("token")
    named = plain.join(known.tokens.select("token", "record_id"), on="token").select("word", "record_id").unique()
    few = named.filter(pl.len().over("word") <= _MOST_SPEAKERS).sort("word", "record_id")
    then = {word: records.split(" ") for word, records in repeats.iter_rows()}
    return then | dict(few.group_by("word", maintain_order=True).agg("record_id").iter_rows())


def _origin(word: int, origins: Mapping[int, int]) -> dict[str, int]:
    """Which statement was spread: the event, and its entry where it names a bulk list.

    Behind what was itself written down as spread (``origins``) it is the statement that somebody made: so the same is
    written down once, by however many ways it is reached.
    """
    while word in origins:
        word = origins[word]
    seq, entry = split_word(word)
    return {"of": seq, "entry": entry} if entry else {"of": seq}


def _contacts(row: Mapping[str, Any]) -> list[Contact]:
    """All contact points of a record, further ones included."""
    emails = [Contact("email", value) for value in (row["email"], *(row["other_emails"] or ())) if value]
    phones = [Contact("phone", value) for value in (row["phone"], *(row["other_phones"] or ())) if value]
    return [*emails, *phones]


def _channels(stops: str, reached: Sequence[str], row: Mapping[str, Any]) -> Sequence[str]:
    """The channels to write down: those of the word, or, where a consent freed one of them, the others by name."""
    there = {channel for channel in _OWN if row[channel] and stops in ("any", channel)}
    return [stops] if there <= set(reached) else sorted(set(reached))


def _event(
    ledger: Ledger, word: Mapping[str, Any], contacts: Sequence[Contact], channel: str, source: Mapping[str, Any]
) -> NewEvent:
    """The word once more, under the contact points it was spread to; it holds since the same moment."""
    said = OptOut(
        contacts=contacts,
        kind=word["kind"],
        channel=channel,
        scope="person",
        received_at=word["effective_at"],
        effective_at=word["effective_at"],
        method=SPREAD,
        source=source,
    )
    event = optout_event(ledger.keyring, said, ContactLists())
    # two words may say the same: when one of them is voided, what the other was spread to still counts
    speakers = hashlib.sha256(" ".join(source["from"]).encode()).hexdigest()[:_SHORT]  # others make it another spread
    return replace(event, dedup_key=f"{event.dedup_key}:{source['of']}.{source.get('entry', 0)}:{speakers}")
