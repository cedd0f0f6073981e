"""Company names as keys: legal forms, articles, joining words and trading names off.

The key is coarser than :func:`policies.organisations.company_key`, by which accounts are counted: here a wrong equality
costs a clue, there it would cost a contact.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.folding import fold_words, words
from policies.identity.preparing.cells import behind_name
from policies.identity.preparing.spelling import flat, romanised
from policies.patterns import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["company_keys"]

_REMARK: Final = r"\s*[(\[\u{FF08}][^()\[\]\u{FF08}\u{FF09}]*[)\]\u{FF09}]\s*"
_NO_ASCII: Final = r"[^\x00-\x7F]"


def company_keys(people: pl.DataFrame, words_told: Mapping[str, Any]) -> pl.Series:
    """``company_key`` of every row; where the company cell is blank, of what stands behind the name."""
    company = pl.col("company").str.strip_chars()
    filled = people.select(pl.when(company != "").then(company).alias("company"), "full_name")
    bare = filled.filter(pl.col("company").is_null() & pl.col("full_name").is_not_null()).select("full_name").unique()
    behind = bare.with_columns(behind_name(pl.col("full_name")).alias("behind")).drop_nulls("behind")
    cells = filled.join(behind, on="full_name", how="left", maintain_order="left").select(
        pl.coalesce("company", "behind").alias("company")
    )
    keys = _keyed(cells.unique().drop_nulls(), words_told)
    return cells.join(keys, on="company", how="left", maintain_order="left").get_column("company_key")


def _keyed(companies: pl.DataFrame, words_told: Mapping[str, Any]) -> pl.DataFrame:
    """``company, company_key`` of unique names."""
    told = words_told.get("identity", {}).get("companies", {})
    forms = words_told.get("legal_forms", {})
    endings = [*forms.get("corporate", ()), *forms.get("sole_trader", ()), *told.get("endings", "").split()]
    named = companies.with_columns(words(pl.col("company").str.replace_all(_REMARK, " ")).alias("name"))
    foreign = named.filter(pl.col("name").str.contains(_NO_ASCII)).get_column("name").unique().sort().to_list()
    latin = pl.col("name").replace({name: romanised(name) for name in foreign})
    first = latin.str.replace(rf" (?:{_any(told.get('also', ()))}) .*$", "")
    plain = first.str.replace(rf"^(?:{_any(told.get('articles', '').split())}) ", "")
    joined = (
        (" " + plain + " ").str.replace_all(rf" (?:{_any(told.get('joining', '').split())}) ", " ").str.strip_chars()
    )
    bare = joined.str.replace(rf"^(.+?)(?: (?:{_any(endings)}))+$", "$1")
    key = flat(bare.str.replace_all(" ", "", literal=True))
    return named.select("company", pl.when(key != "").then(key).alias("company_key"))


def _any(entries: Iterable[str]) -> str:
    forms = sorted({form for form in fold_words(list(entries)) if form}, key=lambda form: (-len(form), form))
    return "|".join(map(re.escape, forms)) or NOTHING
