"""Where everybody stands: who is who, under which contact points, and what was said about each.

The decision of a run and the last look before and after publishing both start here, so that they cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from policies.identity import Ties
from policies.permission import Permission, consent_states, fold, word_of
from policies.subjects import Subjects, contact_points_of, identify

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from policies.identity import Generation, Matching
    from policies.identity.people import Mint

__all__ = ["Known", "Standing", "standing", "standing_of_points"]


@dataclass(frozen=True)
class Known:
    """What is known up to a cut: ``RECORDS``, ``CONTACT_TOKENS``, ``PERMISSION_EVENTS``, ``CONSENTS``, ``TOUCHES``."""

    records: pl.DataFrame
    tokens: pl.DataFrame
    events: pl.DataFrame
    consents: pl.DataFrame
    touches: pl.DataFrame


@dataclass(frozen=True)
class Standing:
    """``points`` is one row per contact point; ``consents`` and ``permission`` are the folds over them.

    ``events`` is ``PERMISSION_EVENTS``, what was folded, under the person ids in force.
    """

    subjects: Subjects
    points: pl.DataFrame
    consents: pl.DataFrame
    permission: Permission
    events: pl.DataFrame


def standing(
    known: Known,
    matching: Matching,
    prior: Generation,
    lists: Mapping[str, Any],
    *,
    mint: Mint,
    as_of: datetime,
    on: date,
) -> Standing:
    """Turn clusters into people and fold permission over them.

    ``matching`` says which of the records are one human being, and which may be. ``on`` is the calendar day of
    ``as_of`` in the organisation's zone; ``lists`` are the word lists of the rulebook.
    """
    subjects = identify(known.records, matching, prior, lists, mint=mint, seen_on=on)
    points = contact_points_of(subjects.records)
    consents = consent_states(known.consents, known.tokens, as_of, on)
    events = known.events.with_columns(subjects.generation.resolve(pl.col("person_id")))
    permission = fold(events, known.tokens, points, consents, subjects.ties, _words(known))
    return Standing(
        subjects=_remembering(subjects, permission),
        points=points,
        consents=consents,
        permission=permission,
        events=events,
    )


def _remembering(subjects: Subjects, permission: Permission) -> Subjects:
    """The people, with every link that a stop crosses written down: a committed run keeps it."""
    known = subjects.generation.crossed
    crossed = permission.suppressions.drop_nulls("crossed_to").select(
        pl.min_horizontal("crossed_from", "crossed_to").alias("record_a"),
        pl.max_horizontal("crossed_from", "crossed_to").alias("record_b"),
    )
    if crossed.is_empty():
        return subjects
    both = pl.concat([known, crossed]).unique().sort("record_a", "record_b")
    return replace(subjects, generation=replace(subjects.generation, crossed=both))


def standing_of_points(known: Known, as_of: datetime, on: date) -> Permission:
    """Fold permission over contact points that no list names any more: what was said under them or of the person.

    ``known.records`` has ``record_id, person_id`` and the columns of contact points; nobody is identified anew.
    """
    channels = [
        known.records.filter(pl.col(channel).is_not_null()).select(
            "record_id", "person_id", pl.lit(channel).alias("channel"), pl.lit(value=False).alias("shared")
        )
        for channel in ("email", "phone")
    ]
    consents = consent_states(known.consents, known.tokens, as_of, on)
    return fold(known.events, known.tokens, pl.concat(channels), consents, Ties.none(), _words(known))


def _words(known: Known) -> pl.DataFrame:
    """``token, seq, word`` of everything that was said plainly: it settles doubts recorded before it."""
    plain = known.events.filter(pl.col("kind") != "doubt").select("token", "seq", "word")
    others = [frame.select("token", "seq", word_of(pl.col("seq"))) for frame in (known.consents, known.touches)]
    return pl.concat([plain, *others]).drop_nulls("token").unique()
