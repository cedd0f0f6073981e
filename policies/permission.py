"""Permission is a fold over events: who said stop, under which contact point, and whom that covers.

Invariants (laws 1 and 2):

* An opt-out of scope ``person`` covers every record of the person, also through a split; nothing but a newer, evidenced
  consent for the very same contact point and channel lifts it, and only for that contact point.
* A consent counts for its own exact contact point and channel, nowhere else.
* Behind a role or shared mailbox stands nobody in particular: an opt-out from there stops the address, and everybody
  known under it is in doubt until someone says who wrote.
* A further contact point of a row says who somebody is: what was said about the person under it covers them. What was
  said about the address alone, a bounce and a consent stay with that address, which is none of theirs to use.
* When an opt-out takes effect is the law's matter; we honour it from the moment it is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity import SHARED_BY_SURNAMES, components
from policies.schema import SUPPRESSIONS, conform

if TYPE_CHECKING:
    from datetime import date, datetime

__all__ = [
    "FLAG_COLUMN",
    "LIST_WAITING",
    "PERMISSION_FACTS",
    "SAID_STOP",
    "SPREAD",
    "Permission",
    "consent_states",
    "fold",
]

GIVEN: Final = ("ConsentGiven", "RenewedConsentGiven")
SPREAD: Final = "spread"  # method of an event that writes down what another one was spread to
FLAG_COLUMN: Final = "flag_column"  # method of what a list says in its columns of opt-outs
LIST_WAITING: Final = "list_waiting"  # method of a doubt about everybody whom a list names that waits to be confirmed
SAID_STOP: Final = ("complaint", "objection", "optout")  # kinds of what people themselves said about being contacted
LIFTABLE: Final = ("optout", "objection")  # those of them that a newer consent of their own lifts
PURPOSES: Final = ("direct_marketing", "directmarketing", "dpv#directmarketing")
# A consent without an expiry of its own is asked for again after this time (house rule).
RECONFIRM_MONTHS: Final = 24
# How closely a token names a contact point: of several ways the nearest is told.
_NEARNESS: Final = {"exact": 0, "equivalent": 1, "digest": 2, "other": 3, "domain": 4, "person": 5}
POINT: Final = ("record_id", "channel")
_HIT: Final = (
    *("seq", "kind", "stops", "scope", "effective_at", "recorded_at"),
    *("via_record_id", "via_channel", "match", "shared", "person_id"),
)
_COVER: Final = (
    *("record_id", "person_id", "channel", "seq", "kind", "scope"),
    *("stops", "via_record_id", "match", "effective_at", "recorded_at"),
)

PERMISSION_FACTS: Final = (
    "opted_out",
    "objected",
    "complained",
    "erased",
    "domain_opted_out",
    "address_opted_out",
    "bounced",
    "opted_out_by_shared_mailbox",
    "word_in_doubt",
    "list_waiting",
)


@dataclass(frozen=True)
class Permission:
    """What the fold says.

    ``facts`` has a row per contact point (``record_id, channel``) with the columns of ``PERMISSION_FACTS``;
    ``suppressions`` is a ``SUPPRESSIONS`` frame: which event covers which record, and through which.
    """

    facts: pl.DataFrame
    suppressions: pl.DataFrame


def fold(
    events: pl.DataFrame,
    tokens: pl.DataFrame,
    points: pl.DataFrame,
    consents: pl.DataFrame,
    splits: pl.DataFrame,
    words: pl.DataFrame,
) -> Permission:
    """Fold permission events over people.

    ``events`` is ``PERMISSION_EVENTS`` with person ids resolved, ``tokens`` is ``CONTACT_TOKENS``, ``points`` has
    ``record_id, person_id, channel, shared`` (one row per contact point; ``shared``: role or shared mailbox),
    ``consents`` comes from :func:`consent_states`, ``splits`` is ``SPLITS``, ``words`` has ``token, seq`` of everything
    that was said plainly. An event of kind ``doubt`` is a word nobody could understand: it stops nobody for good, but
    whoever it names is in doubt until something plain is recorded under the same contact; its ``method`` is the code of
    the doubt.
    """
    hits = _hits(_unsettled(events, words), tokens, points)
    spread = _spread(hits, points, splits)
    covered = _unlifted(spread, events, consents)
    suppressions = _suppressions(covered, events)
    return Permission(_facts(points, covered, events), suppressions)


def consent_states(consents: pl.DataFrame, tokens: pl.DataFrame, as_of: datetime, on: date) -> pl.DataFrame:
    """Which contact points have a valid consent, and which a refusal as the latest word.

    A consent is valid when it was given or renewed for direct marketing on this exact contact point and channel, has
    not run out ``on`` the day of ``as_of``, and no withdrawal or refusal was captured since or recorded after it.
    ``consents`` is ``CONSENTS``, ``tokens`` is ``CONTACT_TOKENS``. Returns ``record_id, channel, consent_valid,
    consent_refused, consent_seq, consent_captured_at, consent_token``.
    """
    own = tokens.filter(pl.col("match") == "exact")
    for_us = pl.col("purpose").str.to_lowercase().str.replace_all("[ -]", "_").is_in(PURPOSES)
    said = consents.filter(for_us).join(own, on=["token", "channel"], how="inner")
    given = said.filter(pl.col("state").is_in(GIVEN))
    refused = (
        said.filter(~pl.col("state").is_in(GIVEN))
        .group_by(POINT)
        .agg(pl.col("captured_at").max().alias("refused_at"), pl.col("seq").max().alias("refused_seq"))
    )
    in_force = given.join(refused, on=POINT, how="left").filter(_unexpired(as_of, on) & _not_refused_since())
    latest = in_force.sort("seq").unique(POINT, keep="last", maintain_order=True)
    valid = latest.select(
        *POINT,
        pl.lit(value=True).alias("consent_valid"),
        pl.col("seq").alias("consent_seq"),
        pl.col("captured_at").alias("consent_captured_at"),
        pl.col("token").alias("consent_token"),
    )
    return (
        refused.join(valid, on=POINT, how="full", coalesce=True)
        .with_columns(
            pl.col("consent_valid").fill_null(value=False),
            (pl.col("refused_seq").is_not_null() & pl.col("consent_seq").is_null()).alias("consent_refused"),
        )
        .select(*POINT, "consent_valid", "consent_refused", "consent_seq", "consent_captured_at", "consent_token")
        .sort(POINT)
    )


def _unexpired(as_of: datetime, on: date) -> pl.Expr:
    """Neither past its own expiry nor, where it has none, past the house's term."""
    today = pl.lit(on)
    own = pl.col("expires_on") >= today
    house = pl.col("captured_at").dt.date().dt.offset_by(f"{RECONFIRM_MONTHS}mo") >= today
    captured = pl.col("captured_at") <= pl.lit(as_of)
    return captured & pl.coalesce(own, house)


def _not_refused_since() -> pl.Expr:
    """No withdrawal or refusal that is newer, by the day it was said or by the order it was recorded in."""
    later_said = pl.col("refused_at") >= pl.col("captured_at")
    later_recorded = pl.col("refused_seq") > pl.col("seq")
    return ~(later_said | later_recorded).fill_null(value=False)


def _unsettled(events: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """Leave out doubts that something plain, recorded later under one of their contacts, has settled.

    What a list says settles none, nor does the writing down of a spread, which nobody said anew.
    """
    method = pl.col("method")
    waiting = (method == LIST_WAITING).fill_null(value=False)
    doubts = events.filter((pl.col("kind") == "doubt") & ~waiting).select("seq", "token").drop_nulls("token")
    settling = words.join(events.filter(method.is_in([FLAG_COLUMN, SPREAD])), on="seq", how="anti")
    settled = doubts.join(settling.rename({"seq": "later"}), on="token").filter(pl.col("later") > pl.col("seq"))
    return events.join(settled.select("seq").unique(), on="seq", how="anti")


def _hits(events: pl.DataFrame, tokens: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Whom the events name, by contact point or by person id: one row per event and contact point or person.

    A cell that holds no usable contact point still says who somebody is: its record's person is named by it.
    """
    said = events.rename({"channel": "stops", "person_id": "tied_to"})
    by_contact = (
        tokens.join(said, on="token", how="inner")
        .join(points.select("record_id", "person_id").unique(), on="record_id", how="inner", validate="m:1")
        .join(points.select(*POINT, "shared"), on=POINT, how="left", validate="m:1")
        .with_columns(_is_shared().alias("shared"))
        .rename({"record_id": "via_record_id", "channel": "via_channel"})
        .select(_HIT)
    )
    names_nobody_else = pl.col("token").is_null()  # so that no address is there to narrow it to
    by_person = (
        said.filter(pl.col("tied_to").is_not_null() & ((pl.col("scope") == "person") | names_nobody_else))
        .with_columns(
            pl.col("tied_to").alias("person_id"),
            pl.lit("person").alias("scope"),
            pl.lit(None, dtype=pl.String).alias("via_record_id"),
            pl.lit(None, dtype=pl.String).alias("via_channel"),
            pl.lit("person").alias("match"),
            pl.lit(value=False).alias("shared"),
        )
        .select(_HIT)
    )
    return pl.concat([by_contact, by_person]).unique().with_columns(_narrowed())


def _is_shared() -> pl.Expr:
    """Whether several people may stand behind what an event names.

    Of a further contact point it is known by who else has it: as a shared one of their own, or many people.
    """
    own = pl.when(pl.col("match") != "other").then("shared").fill_null(value=False)
    by_many = own.any().over("token") | (pl.col("person_id").n_unique().over("token") >= SHARED_BY_SURNAMES)
    return pl.when(pl.col("match") == "other").then(by_many).otherwise(own)


def _narrowed() -> list[pl.Expr]:
    """Behind a shared mailbox nobody in particular speaks: the address stops, the people under it are in doubt."""
    of_person = (pl.col("scope") == "person") & pl.col("kind").ne("erasure")
    from_nobody = pl.col("shared") & of_person
    dead = pl.col("kind") == "bounce"
    return [
        from_nobody.alias("in_doubt"),
        pl.when(from_nobody | dead).then(pl.lit("address")).otherwise("scope").alias("scope"),
    ]


def _spread(hits: pl.DataFrame, points: pl.DataFrame, splits: pl.DataFrame) -> pl.DataFrame:
    """From whom an event names to every contact point it covers; ``doubt`` marks those it only casts doubt on."""
    everywhere = hits.filter((pl.col("scope") != "address") | pl.col("in_doubt"))
    of_kin = (
        everywhere.join(_kin(hits, splits), on="person_id", how="inner")
        .drop("person_id")
        .join(points, left_on="kin", right_on="person_id", how="inner")
        .rename({"kin": "person_id"})
        .with_columns((pl.col("in_doubt") | (pl.col("kind") == "doubt")).alias("doubt"))
    )
    its_own = pl.col("match") != "other"
    here = hits.filter((pl.col("scope") == "address") & its_own).with_columns(
        pl.col("via_record_id").alias("record_id"),
        pl.col("via_channel").alias("channel"),
        (pl.col("kind") == "doubt").alias("doubt"),
    )
    columns = [*_COVER, "doubt"]
    stopped = pl.col("stops").is_in(["any"]) | (pl.col("stops") == pl.col("channel"))
    return pl.concat([of_kin.select(columns), here.select(columns)]).filter(stopped).unique()


def _kin(hits: pl.DataFrame, splits: pl.DataFrame) -> pl.DataFrame:
    """``person_id, kin``: the person, and everybody they were once one person with, over any number of splits."""
    themselves = hits.select("person_id", pl.col("person_id").alias("kin"))
    if splits.is_empty():
        return themselves.unique()
    parts = splits.with_row_index("key").unpivot(on=["person_id", "split_from"], index="key", value_name="record_id")
    family = components(parts.get_column("record_id"), parts).rename({"record_id": "person_id"})
    kin = family.join(family.rename({"person_id": "kin"}), on="component").select("person_id", "kin")
    return pl.concat([themselves, kin]).unique()


def _unlifted(covered: pl.DataFrame, events: pl.DataFrame, consents: pl.DataFrame) -> pl.DataFrame:
    """Take out what a newer consent for the very same contact point and channel lifts, for that point alone."""
    own = events.filter(pl.col("exact") & pl.col("kind").is_in(LIFTABLE)).select("seq", "token", "effective_at")
    lifted = (
        consents.filter("consent_valid")
        .join(own, left_on="consent_token", right_on="token", how="inner")
        .filter((pl.col("consent_seq") > pl.col("seq")) & (pl.col("consent_captured_at") > pl.col("effective_at")))
        .select(*POINT, "seq")
        .unique()
    )
    return covered.join(lifted, on=[*POINT, "seq"], how="anti")


def _facts(points: pl.DataFrame, covered: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """One row per contact point with the columns of ``PERMISSION_FACTS``."""
    kind, scope = pl.col("kind"), pl.col("scope")
    waits = pl.col("seq").is_in(events.filter(pl.col("method") == LIST_WAITING).get_column("seq").unique().implode())
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
    written_down = events.filter(pl.col("method") == SPREAD).get_column("seq").unique().implode()
    named_itself = (pl.col("via_record_id") == pl.col("record_id")) & ~pl.col("seq").is_in(written_down)
    nearness = pl.col("match").replace_strict(_NEARNESS, return_dtype=pl.UInt8)
    best_first = ["record_id", "channel", "seq", "inferred", nearness, "via_record_id"]
    found = (
        covered.filter(~pl.col("doubt"))
        .with_columns((~named_itself.fill_null(value=False)).alias("inferred"))
        .sort(best_first, nulls_last=True)
        .unique(["record_id", "channel", "seq"], keep="first", maintain_order=True)
        .with_columns(
            pl.when("inferred").then(pl.lit("inferred")).otherwise(pl.lit("stated")).alias("stated_or_inferred")
        )
    )
    return conform(found, SUPPRESSIONS)
