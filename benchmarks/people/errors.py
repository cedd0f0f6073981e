"""Where a matching goes wrong: true pairs it lost and wrong pairs it made, by what can be seen of them.

Everything here is for the terminal of whoever works on the matcher.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.columns import MERGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.people.finding import Found

__all__ = ["by_kind", "lost_pairs", "samples", "wrong_pairs"]

# A lead byte of UTF-8 read as a letter, with what its second byte becomes; or a mark that stands for a lost letter.
_DAMAGE: Final = "[\u00c2-\u00f0][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]|\ufffd|[?]"
_OWN: Final = r"[\p{Cyrillic}\p{Greek}\p{Arabic}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
_SHOWN: Final = ("source", "full_name", "company", "email", "phone", "city")


def lost_pairs(found: Found) -> pl.DataFrame:
    """Pairs of records of one person that are in two clusters: what they share and how far they got.

    ``stage``: never compared, dropped (compared, scored too low), suppress, review, vetoed, or refused by the repair.
    """
    rows = _described(found)
    pairs = rows.join(rows, on="person_id", suffix="_b").filter(
        (pl.col("place") < pl.col("place_b")) & (pl.col("label") != pl.col("label_b"))
    )
    met = found.candidates().select("a", "b", pl.lit(value=True).alias("met"))
    staged = (
        pairs.join(met, left_on=["place", "place_b"], right_on=["a", "b"], how="left")
        .join(_links(found), left_on=["place", "place_b"], right_on=["a", "b"], how="left")
        .with_columns(_stage(found).alias("stage"), _names().alias("names"), _contacts().alias("share"))
    )
    return staged.sort("place", "place_b")


def wrong_pairs(found: Found) -> pl.DataFrame:
    """Pairs of records in one cluster that are different people, with the kinds of these."""
    rows = _described(found)
    pairs = rows.join(rows, on="label", suffix="_b").filter(
        (pl.col("place") < pl.col("place_b")) & (pl.col("person_id") != pl.col("person_id_b"))
    )
    kind = (
        pl.when(pl.col("kind") == pl.col("kind_b"))
        .then("kind")
        .otherwise(
            pl.concat_str(pl.min_horizontal("kind", "kind_b"), pl.max_horizontal("kind", "kind_b"), separator=" / ")
        )
    )
    linked = pairs.join(_links(found), left_on=["place", "place_b"], right_on=["a", "b"], how="left")
    return linked.with_columns(
        kind.alias("kinds"),
        _contacts().alias("share"),
        pl.when(pl.col("link") == MERGE).then(pl.lit("linked")).otherwise(pl.lit("through others")).alias("stage"),
    ).sort("place", "place_b")


def by_kind(found: Found) -> pl.DataFrame:
    """Per kind of person: records, share of its true pairs that were found, wrong pairs it is part of."""
    rows = _described(found)
    pairs = rows.join(rows, on="person_id", suffix="_b").filter(pl.col("place") < pl.col("place_b"))
    recall = pairs.group_by("kind").agg(
        pl.len().alias("pairs"), (pl.col("label") == pl.col("label_b")).mean().alias("recall")
    )
    wrong = wrong_pairs(found)
    both = pl.concat([wrong.select("kind"), wrong.select(pl.col("kind_b").alias("kind"))]).group_by("kind").len("wrong")
    counted = rows.group_by("kind").len("records")
    return (
        counted.join(recall, on="kind", how="left").join(both, on="kind", how="left").sort("records", descending=True)
    )


def samples(pairs: pl.DataFrame, by: Sequence[str], groups: int, each: int) -> list[str]:
    """The largest groups of errors, with a few of each written out; the same ones every time."""
    told = []
    counted = pairs.group_by(by).len("pairs").sort(["pairs", *by], descending=[True, *(False for _ in by)])
    for row in counted.head(groups).iter_rows(named=True):
        told.append(f"\n{row['pairs']:>7,}  " + " | ".join(str(row[name]) for name in by))
        same = [pl.col(name).eq_missing(pl.lit(row[name])) for name in by]
        some = pairs.filter(*same)
        step = max(1, some.height // each)
        for pair in some.gather_every(step).head(each).iter_rows(named=True):
            bits = "" if pair["millibits"] is None else f"{pair['millibits'] / 1000:.1f} bits"
            told.append(f"      {_row(pair, '')}\n      {_row(pair, '_b')}   {bits}\n")
    return told


def _row(pair: dict[str, object], side: str) -> str:
    return " ; ".join("-" if pair[name + side] is None else str(pair[name + side]) for name in _SHOWN)


def _described(found: Found) -> pl.DataFrame:
    """The rows with their place, cluster and keys."""
    return found.rows.with_row_index("place").with_columns(
        found.labels.alias("label"),
        found.prepared.get_column("mailbox"),
        found.prepared.get_column("number"),
        found.prepared.get_column("org"),
        found.prepared.get_column("surname").alias("read_surname"),
        found.prepared.get_column("given").alias("read_given"),
    )


def _links(found: Found) -> pl.DataFrame:
    ids = found.rows.select("record_id").with_row_index("place")
    links = found.matching.links.select("record_a", "record_b", "millibits", "veto", "link")
    return (
        links.join(ids.rename({"place": "a"}), left_on="record_a", right_on="record_id")
        .join(ids.rename({"place": "b"}), left_on="record_b", right_on="record_id")
        .select(
            pl.min_horizontal("a", "b").alias("a"), pl.max_horizontal("a", "b").alias("b"), "millibits", "veto", "link"
        )
    )


def _stage(found: Found) -> pl.Expr:
    names = {number + 1: f"veto: {veto.name}" for number, veto in enumerate(found.model.vetoes)}
    merge = found.model.thresholds.merge
    return (
        pl.when(pl.col("met").is_null())
        .then(pl.lit("never compared"))
        .when(pl.col("link").is_null())
        .then(pl.lit("dropped"))
        .when((pl.col("millibits") >= merge) & (pl.col("veto") > 0))
        .then(pl.col("veto").replace_strict(names, default="veto", return_dtype=pl.String))
        .when(pl.col("millibits") >= merge)
        .then(pl.lit("refused by the repair"))
        .otherwise(pl.col("link"))
    )


def _names() -> pl.Expr:
    """What of two name cells makes them hard to compare, if anything."""
    cells = [pl.col(name) for name in ("full_name", "full_name_b")]
    own, other = (cell.str.contains(_OWN) for cell in cells)
    return (
        pl.when(pl.any_horizontal(cell.is_null() for cell in cells))
        .then(pl.lit("no name"))
        .when(pl.any_horizontal(cell.str.contains(_DAMAGE) for cell in cells))
        .then(pl.lit("damaged"))
        .when(own ^ other)
        .then(pl.lit("two scripts"))
        .when(own & other)
        .then(pl.lit("own script"))
        .when(pl.col("read_given").is_null() | pl.col("read_given_b").is_null())
        .then(pl.lit("one word"))
        .when(pl.min_horizontal(pl.col("read_given").str.len_chars(), pl.col("read_given_b").str.len_chars()) == 1)
        .then(pl.lit("initial"))
        .when((pl.col("read_given") == pl.col("read_given_b")) & (pl.col("read_surname") == pl.col("read_surname_b")))
        .then(pl.lit("same"))
        .when(pl.col("read_surname") == pl.col("read_surname_b"))
        .then(pl.lit("other given name"))
        .when(pl.col("read_given") == pl.col("read_given_b"))
        .then(pl.lit("other surname"))
        .otherwise(pl.lit("both other"))
    )


def _contacts() -> pl.Expr:
    """What two records have in common besides the name."""
    shared = [
        pl.when(pl.col(name) == pl.col(f"{name}_b")).then(pl.lit(word))
        for name, word in (("mailbox", "mailbox"), ("number", "number"), ("org", "organisation"))
    ]
    joined = pl.concat_str(*shared, separator=" + ", ignore_nulls=True)
    return pl.when(joined == "").then(pl.lit("nothing")).otherwise(joined)
