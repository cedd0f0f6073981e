"""The fold itself: statements over people, less what consent lifts, as facts and as suppressions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.permission.coverage import hits, spread
from policies.permission.vocabulary import FLAG_COLUMN, LIFTABLE, LIST_WAITING, PERMISSION_FACTS, POINT, SPREAD
from policies.schema import SUPPRESSIONS, conform

if TYPE_CHECKING:
    from policies.identity import Ties

__all__ = ["Permission", "fold"]

# How closely a token names a contact point: of several ways the nearest is told.
_NEARNESS: Final = {"exact": 0, "equivalent": 1, "digest": 2, "other": 3, "domain": 4, "person": 5}


@dataclass(frozen=True)
class Permission:
    """What the fold says.

    ``facts`` has a row per contact point (``record_id, channel``) with the columns of ``PERMISSION_FACTS``;
    ``suppressions`` is a ``SUPPRESSIONS`` frame: which statement covers which record, and through which.
    """

    facts: pl.DataFrame
    suppressions: pl.DataFrame


def fold(
    events: pl.DataFrame,
    tokens: pl.DataFrame,
    points: pl.DataFrame,
    consents: pl.DataFrame,
    ties: Ties,
    words: pl.DataFrame,
) -> Permission:
    """Fold permission events over people.

    ``events`` is ``PERMISSION_EVENTS`` with person ids resolved, ``tokens`` is ``CONTACT_TOKENS``, ``points`` has
    ``record_id, person_id, channel, shared`` (one row per contact point; ``shared``: role or shared mailbox),
    ``consents`` comes from :func:`consent_states`, ``ties`` are those between people, ``words`` has
    ``token, seq, word`` of everything that was said plainly. An event of kind ``doubt`` is a word nobody could
    understand: it stops nobody for good, but whoever it names is in doubt until something plain is recorded under the
    same contact; its ``method`` is the code of the doubt.
    """
    named = hits(_unsettled(events, words), tokens, points)
    covered = _unlifted(spread(named, points, ties), events, consents)
    suppressions = _suppressions(covered, events)
    return Permission(_facts(points, covered, events), suppressions)


def _unsettled(events: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """Leave out doubts that something plain, recorded later under one of their contacts, has settled.

    What a list says settles none, nor does the writing down of a spread, which nobody said anew.
    """
    method = pl.col("method")
    waiting = (method == LIST_WAITING).fill_null(value=False)
    doubts = events.filter((pl.col("kind") == "doubt") & ~waiting).select("seq", "word", "token").drop_nulls("token")
    settling = words.join(events.filter(method.is_in([FLAG_COLUMN, SPREAD])), on="word", how="anti")
    later = settling.select("token", pl.col("seq").alias("later"))
    settled = doubts.join(later, on="token").filter(pl.col("later") > pl.col("seq"))
    return events.join(settled.select("word").unique(), on="word", how="anti")


def _unlifted(covered: pl.DataFrame, events: pl.DataFrame, consents: pl.DataFrame) -> pl.DataFrame:
    """Take out what a newer consent for the very same contact point and channel lifts, for that point alone."""
    own = events.filter(pl.col("exact") & pl.col("kind").is_in(LIFTABLE)).select("seq", "word", "token", "effective_at")
    lifted = (
        consents.filter("consent_valid")
        .join(own, left_on="consent_token", right_on="token", how="inner")
        .filter((pl.col("consent_seq") > pl.col("seq")) & (pl.col("consent_captured_at") > pl.col("effective_at")))
        .select(*POINT, "word")
        .unique()
    )
    return covered.join(lifted, on=[*POINT, "word"], how="anti")


def _facts(points: pl.DataFrame, covered: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """One row per contact point with the columns of ``PERMISSION_FACTS``."""
    kind, scope = pl.col("kind"), pl.col("scope")
    waits = pl.col("word").is_in(_said_by(events, LIST_WAITING).implode())
    certain, personal = ~pl.col("doubt"), pl.col("scope") == "person"
    by_point = covered.group_by(POINT).agg(
        (certain & personal & (kind == "optout")).any().alias("opted_out"),
        (certain & personal & (kind == "objection")).any().alias("objected"),
        (certain & personal & (kind == "complaint")).any().alias("complained"),
        (certain & (kind == "erasure")).any().alias("erased"),
        (certain & (scope == "domain")).any().alias("domain_opted_out"),
        (certain & (scope == "address") & (kind != "bounce")).any().alias("address_opted_out"),
        (certain & (kind == "bounce")).any().alias("bounced"),
        (pl.col("doubt") & (kind != "doubt")).any().alias("opted_out_by_shared_mailbox"),
        ((kind == "doubt") & ~waits).any().alias("word_in_doubt"),
        ((kind == "doubt") & waits).any().alias("list_waiting"),
    )
    return (
        points.select(POINT)
        .unique()
        .join(by_point, on=POINT, how="left", validate="1:1")
        .with_columns(pl.col(name).fill_null(value=False) for name in PERMISSION_FACTS)
        .sort(POINT)
    )


def _suppressions(covered: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """The ``SUPPRESSIONS`` frame: stated where the event names the record's own contact point, else inferred.

    An event by which a spread was written down repeats what somebody said elsewhere: nobody stated it under this point.
    """
    repeated = pl.col("word").is_in(_said_by(events, SPREAD).implode())
    named_itself = (pl.col("via_record_id") == pl.col("record_id")) & ~repeated
    nearness = pl.col("match").replace_strict(_NEARNESS, return_dtype=pl.UInt8)
    crossed = pl.col("crossed_to").is_not_null()
    best_first = ["record_id", "channel", "word", "inferred", crossed, nearness, "via_record_id"]
    found = (
        covered.filter(~pl.col("doubt"))
        .with_columns((~named_itself.fill_null(value=False)).alias("inferred"))
        .sort(best_first, nulls_last=True)
        .unique(["record_id", "channel", "word"], keep="first", maintain_order=True)
        .with_columns(
            pl.when("inferred").then(pl.lit("inferred")).otherwise(pl.lit("stated")).alias("stated_or_inferred")
        )
    )
    return conform(found, SUPPRESSIONS)


def _said_by(events: pl.DataFrame, method: str) -> pl.Series:
    """The statements of one method."""
    return events.filter(pl.col("method") == method).get_column("word").unique()
