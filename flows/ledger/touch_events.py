"""Builders of events about our own doing: touches, commitments, releases, exports, feeds taken in.

A touch that ends in a stop is two events: what came of the contact, and the opt-out, complaint or bounce it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from flows.ledger.chain import instant_text
from flows.ledger.events import OptOut, dedup_key, optout_event, plain
from flows.ledger.model import NewEvent
from flows.ledger.referrals import name_in
from flows.ledger.tokens import REFERRED, company_token, match_key_tokens
from flows.ledger.vocabulary import CHANNELS, OUTCOMES, checked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from flows.ledger.contacts import Contact, ContactLists
    from flows.ledger.keys import Keyring
    from flows.ledger.model import Token

__all__ = [
    "Commitment",
    "Export",
    "Touch",
    "commitment_event",
    "export_event",
    "feed_import_event",
    "noted_touch",
    "release_event",
    "touch_events",
]

# What an outcome says beside what it is: kind of event, scope, words for the method.
_STOPS: Final = {
    "asked_to_stop": ("optout", "person"),
    "complaint": ("complaint", "person"),
    "bounced": ("bounce", "address"),
    "deceased": ("optout", "person"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One contact made and what came of it.

    ``contacts`` may be empty where ``person_id`` is given; a stop then follows the person alone, so a caller that knows
    their contact points names them. ``undated``: ``at`` is only the time of reading. ``line`` is what tells this touch
    from another where that is not ``at``, ``line_formerly`` what did in the ledgers of an earlier form. ``queue_date``:
    it answers the person's queue line of that day, and of all reports of one line the newest counts; so it is of all
    files' rows about one contact at one stated time (``line``). ``referred`` are the contact points of whom they named
    instead.
    """

    at: datetime
    outcome: str
    contacts: Sequence[Contact] = ()
    person_id: str | None = None
    channel: str | None = None
    rep: str | None = None
    said: str | None = field(default=None, repr=False)
    next_step: str | None = field(default=None, repr=False)
    callback_on: date | None = None
    referred_to: str | None = field(default=None, repr=False)
    referred: Sequence[Contact] = ()
    undated: bool = False
    line: str | None = field(default=None, repr=False)
    line_formerly: str | None = field(default=None, repr=False)
    queue_date: date | None = None
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """One queue line handed to a rep."""

    person_id: str
    contact: Contact
    company_key: str | None
    channel: str
    owner: str | None
    queue_date: date
    revision: int
    run_id: str
    run_as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One file of people handed out: a queue (``run_id``, its people and tokens), or opt-outs to be heeded elsewhere.

    ``recipient`` is the system of tactful.toml it goes to. ``snapshot`` is the SHA-256 of the tokens of what was
    carried, ``as_of_seq`` the last event it heeds.
    """

    form: str
    lines: int
    run_id: str | None = None
    owner: str | None = None
    recipient: str | None = None
    person_ids: Sequence[str] = ()
    tokens: Sequence[Token] = ()
    snapshot: str | None = None
    as_of_seq: int | None = None


def touch_events(keyring: Keyring, made: Touch, lists: ContactLists) -> list[NewEvent]:
    """The event of a touch, then the stop that its outcome is, where it is one.

    Raises ``UsageError`` for an outcome or channel it does not know.
    """
    outcome = checked("outcome", made.outcome, OUTCOMES)
    named = [contact for contact in made.contacts if contact.kind != "person_id"]
    said = {
        "channel": _channel(made, named),
        "outcome": outcome,
        "person_id": _person_id(made),
        "rep": made.rep,
        "callback_on": made.callback_on.isoformat() if made.callback_on else None,
    }
    notes = plain(said=made.said, next_step=made.next_step, referred_to=made.referred_to)
    texts = plain(contact=" ".join(contact.value for contact in named)) | notes
    key, formerly, answers = _keys(keyring, made, said, texts)
    body = {name: value for name, value in said.items() if value is not None} | answers
    touch = NewEvent(
        kind="touch",
        effective_at=made.at,
        body={**body, "has_note": bool(notes), "source": dict(made.source)},
        tokens=[*_under_every_key(keyring, named), *_referred(keyring, made)],
        dedup_key=key,
        formerly=formerly,
        erasable=texts,
    )
    return [touch, *_stop(keyring, made, outcome, lists)]


def noted_touch(keyring: Keyring, seq: int, made: NewEvent, notes: Mapping[str, str | None]) -> NewEvent:
    """The event of a note written down after the touch ``seq``, which it takes the place of: the same contact again.

    ``notes`` are ``said, next_step, referred_to``; those left out stay as they were.
    """
    texts = {**made.erasable, **plain(**notes)}
    return replace(
        made,
        body={**made.body, "instead_of": seq, "has_note": True},
        dedup_key=dedup_key(keyring, "touch", "instead_of", seq, texts),
        erasable=texts,
    )


def commitment_event(keyring: Keyring, line: Commitment) -> NewEvent:
    """The event of a queue line handed out; one for each run, person and channel."""
    body = {
        "person_id": line.person_id,
        "company_token": company_token(keyring, line.company_key) if line.company_key else None,
        "channel": line.channel,
        "owner": line.owner,
        "queue_date": line.queue_date.isoformat(),
        "revision": line.revision,
        "run_id": line.run_id,
        "run_as_of": instant_text(line.run_as_of),
    }
    return NewEvent(
        kind="commitment",
        effective_at=line.run_as_of,
        body={name: value for name, value in body.items() if value is not None},
        tokens=line.contact.tokens(keyring),
        dedup_key=f"commitment:{line.run_id}:{line.person_id}:{line.channel}",
    )


def release_event(commitment_seq: int, run_id: str, reason: str, at: datetime) -> NewEvent:
    """The event of a queue line taken back; ``reason`` is a rule id or a word of the program, never somebody's text."""
    return NewEvent(
        kind="release",
        effective_at=at,
        body={"commitment_seq": commitment_seq, "run_id": run_id, "reason": reason},
        dedup_key=f"release:{commitment_seq}",
    )


def export_event(made: Export, at: datetime) -> NewEvent:
    """The event of people handed out as a file: in which form, to whom, and who is in it. Each one counts."""
    body = {
        "format": made.form,
        "lines": made.lines,
        "run_id": made.run_id,
        "owner": made.owner,
        "recipient": made.recipient,
        "person_ids": sorted(set(made.person_ids)) if made.run_id else None,
        "snapshot": made.snapshot,
        "as_of_seq": made.as_of_seq,
    }
    return NewEvent(
        kind="export",
        effective_at=at,
        body={name: value for name, value in body.items() if value is not None},
        tokens=made.tokens,
    )


def feed_import_event(
    feed: str, file_sha256: str, rows: int, counted: int, at: datetime, *, why: str | None = None, after: int = 0
) -> NewEvent:
    """The event of an opt-out file taken in: what the age of its feed is reckoned from.

    A feed that delivers the same file on another day has delivered, so the day belongs to what makes it the same; and
    so does ``after``, the number of the feed's last event where that was about another file. ``why`` is the code of
    what is wrong with a file that does not count as a delivery.
    """
    body: dict[str, Any] = {"feed": feed, "file_sha256": file_sha256, "rows": rows, "counted": counted}
    body |= {} if why is None else {"why": why}
    key = f"optout_file:{feed}:{file_sha256}:{instant_text(at)[:10]}" + (f":{why}" if why else "")
    key += f":{after}" if after else ""
    return NewEvent(kind="optout_file", effective_at=at, body=body, dedup_key=key)


def _keys(
    keyring: Keyring, made: Touch, said: Mapping[str, str | None], texts: Mapping[str, str]
) -> tuple[str, str | None, dict[str, str]]:
    """The key of a touch, the one it had formerly, and what its body says of the line or contact it is a report on.

    The key of what answers no line is as it ever was: what an older ledger holds is known when it comes again.
    """
    own = [said, texts, made.line or instant_text(made.at)]
    if made.queue_date:
        of_line = [{**said, "queue_date": made.queue_date.isoformat()}, *own[1:]]
        answers = {"queue_date": made.queue_date.isoformat(), "report": dedup_key(keyring, "report", *of_line)}
        formerly = dedup_key(keyring, "touch", *own[:2], made.line_formerly) if made.line_formerly else None
        return dedup_key(keyring, "touch", *of_line, made.source.get("file_sha256")), formerly, answers
    key = dedup_key(keyring, "touch", *own)
    if made.undated or made.line is None:
        return key, None, {}
    about = [said["person_id"], texts.get("contact"), said["channel"], said["rep"], made.line]
    return key, None, {"occasion": dedup_key(keyring, "occasion", *about), "report": key}


def _under_every_key(keyring: Keyring, named: Sequence[Contact]) -> list[Token]:
    """A touch answers a queue line that was handed out before the key was changed."""
    return [token for key in keyring for contact in named for token in contact.tokens(type(keyring)((key,)))]


def _referred(keyring: Keyring, made: Touch) -> list[Token]:
    """Contact points and name of whom they named instead, under kinds of their own: the touch is not about these."""
    points = [contact for contact in made.referred if contact.kind in ("email", "phone")]
    found = [token for token in _under_every_key(keyring, points) if token.exact]
    name = name_in(made.referred_to)
    found += [token for key in keyring if name for token in match_key_tokens(type(keyring)((key,)), name)]
    return [replace(token, kind=f"{REFERRED}{token.kind}") for token in found]


def _stop(keyring: Keyring, made: Touch, outcome: str, lists: ContactLists) -> list[NewEvent]:
    if outcome not in _STOPS:
        return []
    kind, scope = _STOPS[outcome]
    stop = OptOut(
        received_at=made.at,
        contacts=[contact for contact in made.contacts if contact.kind != "domain"],
        person_id=_person_id(made),
        kind=kind,
        channel=made.channel if kind == "bounce" else "any",
        scope=scope,
        method="touch",
        words=made.said,
        undated=made.undated,
        source=made.source,
    )
    return [optout_event(keyring, stop, lists)]


def _channel(made: Touch, named: Sequence[Contact]) -> str | None:
    if made.channel:
        return checked("channel", made.channel, CHANNELS)
    return next((contact.channel for contact in named if contact.channel), None)


def _person_id(made: Touch) -> str | None:
    return made.person_id or next((c.value for c in made.contacts if c.kind == "person_id"), None)
