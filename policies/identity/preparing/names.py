"""Names of people as keys: given name, surname, their sounds, and what stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from policies.folding import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["name_keys"]

_TITLES = r"^(?:(?:dr|prof|mr|mrs|ms|herr|frau|dipl\.?-? ?ing|dipl|ing|sir|mag)\.?\s+)+"
_LETTERS = r"(?:,?\s*\b(?:phd|mba|cpa|p\.e\.|pe|md|esq)\.?)+$"
_GENERATION = r"\b(jr|sr|ii|iii)\.?\s*$"


def _flat(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(["ae", "oe", "ue"], ["a", "o", "u"])


def _sound(key: pl.Expr) -> pl.Expr:
    spelled = key.str.replace_many(
        ["ph", "ck", "sch", "th", "dt", "tz", "ie", "y", "z", "w", "c", "q"],
        ["f", "k", "s", "t", "t", "s", "i", "i", "s", "v", "k", "k"],
    )
    return spelled.str.replace_all(r"[^a-z]", "").str.replace_all(r"(.)[aeiouh]+", "$1")


def name_keys(rows: pl.DataFrame, words: Mapping[str, Any]) -> pl.DataFrame:
    """Name columns of ``PREPARED``, a row per row of ``rows``, in order."""
    whole = pl.coalesce("full_name", pl.concat_str("given_name", "family_name", separator=" ", ignore_nulls=True))
    cells = rows.select(whole.alias("name"))
    return cells.join(
        _read(cells.unique("name"), words), on="name", how="left", nulls_equal=True, maintain_order="left"
    ).drop("name")


def _read(names: pl.DataFrame, words: Mapping[str, Any]) -> pl.DataFrame:
    roots = words.get("identity", {}).get("nicknames", {})
    nick = {name: root for root, forms in roots.items() for name in forms.split()}
    plain = fold(pl.col("name")).str.strip_chars().str.replace(_TITLES, "").str.replace(_LETTERS, "")
    read = names.with_columns(plain.alias("n")).with_columns(
        pl.col("n").str.extract(_GENERATION).alias("generation"),
        pl.col("n").str.replace(r",?\s*" + _GENERATION, "").str.strip_chars().alias("n"),
    )
    turned = pl.col("n").str.split_exact(",", 1)
    read = read.with_columns(
        pl.when(pl.col("n").str.contains(",", literal=True))
        .then(turned.struct[1] + " " + turned.struct[0])
        .otherwise("n")
        .str.replace_all(r"[^\p{L}]+", " ")
        .str.strip_chars()
        .alias("n")
    )
    read = read.with_columns(
        pl.col("n").str.extract(r"^(\S+)").alias("given"),
        pl.col("n").str.extract(r"^\S+ (?:.* )??(\S)(?: |$)").alias("middle"),
        pl.col("n").str.extract(r"^\S+ (.*)$").str.replace_all(r"(?:^| )\S\b", "").str.strip_chars().alias("rest"),
    )
    surname = _flat(pl.col("rest").str.replace_all(" ", "", literal=True))
    return read.select(
        "name",
        "given",
        _flat(pl.col("given").replace(nick)).alias("given_root"),
        pl.when(surname != "").then(surname).alias("surname"),
        _flat(pl.col("rest").str.extract(r"^(\S+)")).alias("surname_first"),
        _flat(pl.col("rest").str.extract(r"(\S+)$")).alias("surname_last"),
        pl.when(surname != "").then(_sound(surname)).alias("surname_sound"),
        _sound(pl.col("given")).alias("given_sound"),
        "middle",
        "generation",
        pl.lit("latin").alias("script"),
    )
