"""Whom a statement covers: from the contact points it names to the people behind them, and to all that is theirs.

What people themselves said about being contacted goes one link further: to whoever may be the same person, and all
that is theirs (design D11). It does so only where a person spoke: a word about an address, a bounce, or the word of
nobody in particular behind a shared mailbox stays where it is. So does an erasure: whoever has the name and
organisation of somebody erased is held, which is less than to be taken for erased oneself. And what was written down
as spread was spread over that link already, and would creep on over the next.

A word that names a person id covers every part of whoever the id ever stood for: an id may go to another part of the
person when they are told apart, so no judgement shows which of the parts spoke; only a contact point beside it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity import SHARED_BY_SURNAMES, Ties, kin_of
from policies.permission.answers import without_answered
from policies.permission.vocabulary import POINT, SAID_STOP, SPREAD

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["hits", "spread"]

_HIT: Final = (
    *("seq", "word", "kind", "stops", "scope", "effective_at", "recorded_at"),
    *("via_record_id", "via_channel", "match", "shared", "person_id", "method", "origin", "spread_from"),
)
_OWN: Final = ("exact", "equivalent", "digest")  # how a token names a contact point of somebody's own
_COVER: Final = (
    *("record_id", "person_id", "channel", "seq", "word", "kind", "scope"),
    *("stops", "via_record_id", "match", "effective_at", "recorded_at"),
    *("crossed_from", "crossed_to"),
)


def hits(events: pl.DataFrame, tokens: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
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
    named = pl.concat([by_contact, by_person]).unique().with_columns(pl.col("scope").alias("said_scope"), *_narrowed())
    return without_answered(named)


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


def spread(named: pl.DataFrame, points: pl.DataFrame, ties: Ties) -> pl.DataFrame:
    """From whom an event names to every contact point it covers; ``doubt`` marks those it only casts doubt on.

    ``crossed_from`` and ``crossed_to`` are the records on either side of the link it crossed, null where it crossed
    none.
    """
    nowhere = [pl.lit(None, dtype=pl.String).alias(name) for name in ("crossed_from", "crossed_to")]
    named = _without_released(named, points, ties)
    everywhere = _without_known_speakers(named.filter((pl.col("scope") != "address") | pl.col("in_doubt")), ties)
    by_id = pl.col("match") == "person"
    of_kin = pl.concat(
        [
            *_of_kin(everywhere.filter(~by_id), ties, nowhere, undivided=False),
            # nobody knows which part of a person spoke whom an id stood for
            *_of_kin(everywhere.filter(by_id), ties, nowhere, undivided=True),
        ]
    )
    theirs = (
        of_kin.drop("person_id")
        .join(points, left_on="kin", right_on="person_id", how="inner")
        .rename({"kin": "person_id"})
        .with_columns((pl.col("in_doubt") | (pl.col("kind") == "doubt")).alias("doubt"))
    )
    its_own = pl.col("match") != "other"
    here = named.filter((pl.col("scope") == "address") & its_own).with_columns(
        pl.col("via_record_id").alias("record_id"),
        pl.col("via_channel").alias("channel"),
        (pl.col("kind") == "doubt").alias("doubt"),
        *nowhere,
    )
    columns = [*_COVER, "doubt"]
    stopped = pl.col("stops").is_in(["any"]) | (pl.col("stops") == pl.col("channel"))
    return pl.concat([theirs.select(columns), here.select(columns)]).filter(stopped).unique()


def _without_known_speakers(named: pl.DataFrame, ties: Ties) -> pl.DataFrame:
    """Leave out that a word names a person id where it also names a contact point of one of the parts: it spoke."""
    by_id = (pl.col("match") == "person").fill_null(value=False)
    ids = named.filter(by_id).select("word", "person_id").unique()
    own = pl.col("match").is_in(_OWN) & ~pl.col("in_doubt") & (pl.col("scope") == "person")
    spoke = named.filter(own).select("word", pl.col("person_id").alias("kin")).unique()
    parts, _ = kin_of(ids.select("person_id"), ties, undivided=True)
    known = ids.join(parts, on="person_id").join(spoke, on=["word", "kin"], how="semi").select("word", "person_id")
    told = known.unique().with_columns(pl.lit("person").alias("match"))
    return named.join(told, on=["word", "person_id", "match"], how="anti")


def _of_kin(
    named: pl.DataFrame, ties: Ties, nowhere: Sequence[pl.Expr], *, undivided: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Hits with each person they cover as ``kin``: those covered anyway, and those over a link.

    ``undivided``: everybody who was ever one with the person is, whoever was judged different since.
    """
    near, over = kin_of(named.select("person_id"), ties, undivided=undivided)
    return (
        named.join(near.with_columns(nowhere), on="person_id", how="inner"),
        named.filter(_crosses()).join(over, on="person_id", how="inner"),
    )


def _without_released(named: pl.DataFrame, points: pl.DataFrame, ties: Ties) -> pl.DataFrame:
    """Leave out of what was written down as spread the people who were judged different from whoever said it.

    Whoever may have said it: each record the statement named then, and each it names now. Where one of them is gone
    nobody can tell any more, and the stop is kept.
    """
    on = ["word", "person_id"]
    written = named.drop_nulls("origin").select(*on, "origin", "spread_from").unique()
    told = written.filter(pl.col("spread_from").str.len_chars() > 0)
    person_of = points.select(pl.col("record_id").alias("spread_from"), pl.col("person_id").alias("speaker")).unique()
    then = told.with_columns(pl.col("spread_from").str.split(" ")).explode("spread_from")
    spoke = named.filter(pl.col("origin").is_null()).select(
        pl.col("word").alias("origin"), pl.col("person_id").alias("speaker")
    )
    speakers = pl.concat(
        [
            then.join(person_of, on="spread_from", how="left").select(*on, "speaker"),
            told.join(spoke.unique(), on="origin", how="inner").select(*on, "speaker"),
        ]
    )
    different = ties.apart.rename({"person_id": "speaker", "kin": "person_id"})
    maybe_theirs = speakers.join(different, on=["speaker", "person_id"], how="anti")
    released = told.select(on).join(maybe_theirs, on=on, how="anti")
    return named.join(released.unique(), on=on, how="anti")


def _crosses() -> pl.Expr:
    """Whether a person said it, so that it reaches whoever may be the same one."""
    written_down = (pl.col("method") == SPREAD).fill_null(value=False)
    of_person = pl.col("kind").is_in(SAID_STOP) & (pl.col("scope") == "person")
    return of_person & ~pl.col("in_doubt") & ~written_down
