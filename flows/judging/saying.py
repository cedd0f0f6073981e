"""Saying that two are one person, or that they are not: checked against what was said before, recorded, heeded at once.

A judgement is kept for good. Whoever shares a stop by it leaves the queue in force before the call returns; nobody
comes into it but by a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flows.clock import now
from flows.judging.contradictions import contradicted
from flows.judging.sides import meant_by, told_apart
from flows.ledger.contacts import ContactLists
from flows.ledger.judgements import Said, judgement_event
from flows.ledger_access import open_ledger
from flows.policy_files import settings_in_force
from flows.queue.suppression_now import refresh_queue, standing_now
from flows.who_is_who import said_pairs
from policies.errors import UsageError
from policies.identity.matched import DIFFERENT, SAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.judging.sides import Meant
    from flows.ledger import Ledger
    from flows.queue.files import QueueInForce
    from flows.workspace import Workspace
    from policies.standing import Standing

__all__ = ["Answer", "say"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a word: its event, or that of the same word said before (``already``).

    ``replaces`` is the event of the opposite word that it takes the place of. ``holds`` is false for a "same" that the
    rows themselves speak against, until it is said again. ``people`` are the ids of those it is about, as they are
    now.
    """

    event: int
    word: str
    already: bool
    replaces: int | None
    holds: bool
    people: tuple[str, ...]
    queue: QueueInForce | None


def say(
    ws: Workspace, word: str, contacts: tuple[str, str], *, by: str, because: str | None = None, again: bool = False
) -> Answer:
    """Record that two are the ``same`` person or ``different`` ones.

    Raises ``TactfulError`` (``unknown_contact``) and ``UsageError``: ``one_record`` where both name the same row,
    ``already_one_person``, ``contradicts_same``, ``contradicts_different``, and what ``read_contact`` raises.
    """
    with open_ledger(ws) as ledger:
        stands = standing_now(ws, ledger)
        sides = _meant(ws, ledger, stands, contacts)
        known = _before(ledger, stands, sides)
        _check(stands, word, sides, known)
        twice = word == SAME and (again or (known.word == SAME and not _together(stands, sides)))
        already = known.word == word and (known.again or not twice)
        number = known.seq
        if not already:
            two = (sides[0].side, sides[1].side)
            said = Said(word=word, sides=two, by=by, because=because, again=twice, after=known.seq)
            (number,) = ledger.append([judgement_event(ledger.keyring, said, now(ws.settings))])
        queue = refresh_queue(ws, ledger)
        after = stands if already else standing_now(ws, ledger)
    return Answer(
        event=number,
        word=word,
        already=already,
        replaces=known.seq if known.word not in (word, None) else None,
        holds=word == DIFFERENT or _together(after, sides),
        people=_people(after, sides),
        queue=queue,
    )


def _meant(ws: Workspace, ledger: Ledger, stands: Standing, contacts: tuple[str, str]) -> tuple[Meant, Meant]:
    lists = ContactLists.of(settings_in_force(ws)["lists"])
    return told_apart(
        meant_by(ledger, stands.subjects, contacts[0], lists, which="first"),
        meant_by(ledger, stands.subjects, contacts[1], lists, which="second"),
    )


@dataclass(frozen=True, slots=True)
class _Before:
    """What was said of two sides before: the newest word, 0 and None where nobody said any; and all words by pair."""

    seq: int
    word: str | None
    again: bool
    others: pl.DataFrame


def _before(ledger: Ledger, stands: Standing, sides: Sequence[Meant]) -> _Before:
    said = said_pairs(ledger.keyring, ledger.judgements(), _spoken_of(stands, sides))
    one, other = (pl.Series(sorted(side.records)).implode() for side in sides)
    a, b = pl.col("record_a"), pl.col("record_b")
    between = (a.is_in(one) & b.is_in(other)) | (a.is_in(other) & b.is_in(one))
    others = said.filter(~between)
    for seq, word, twice in said.filter(between).sort("seq").select("seq", "word", "again").tail(1).iter_rows():
        return _Before(seq, word, twice, others)
    return _Before(0, None, again=False, others=others)


def _spoken_of(stands: Standing, sides: Sequence[Meant]) -> pl.DataFrame:
    """The records that any word is about, which matching knows, and those of the two sides."""
    judged = stands.subjects.matching.judged
    ours = pl.Series("record_id", sorted(sides[0].records | sides[1].records), dtype=pl.String)
    known = pl.concat([judged.get_column("record_a"), judged.get_column("record_b"), ours]).unique()
    return stands.subjects.records.filter(pl.col("record_id").is_in(known.implode()))


def _check(stands: Standing, word: str, sides: Sequence[Meant], known: _Before) -> None:
    if word == SAME and known.word is None and _together(stands, sides):
        raise UsageError(
            "already_one_person",
            "The two are one person already: their rows are merged.",
            "Nothing is to be done; say `tactful people different` where that is wrong.",
        )
    seq = contradicted(word, [side.records for side in sides], known.others)
    if seq is not None:
        others = DIFFERENT if word == SAME else SAME
        raise UsageError(
            f"contradicts_{others}",
            f"That would contradict what people said before (event {seq}): through other rows of theirs the two are "
            f"{'different people' if word == SAME else 'one person'}.",
            f"Answer that one anew first, with `tactful people {word}`; or name the two of this word by record id.",
        )


def _together(stands: Standing, sides: Sequence[Meant]) -> bool:
    """Whether both belong to one person and no other."""
    return len(_people(stands, sides)) == 1


def _people(stands: Standing, sides: Sequence[Meant]) -> tuple[str, ...]:
    ids = pl.Series(sorted(sides[0].records | sides[1].records)).implode()
    found = stands.subjects.records.filter(pl.col("record_id").is_in(ids))
    return tuple(found.get_column("person_id").unique().sort())
