"""A generated table taken the way `tactful people match` takes a file, with what is needed to judge the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.matching.columns import columns_to_compare
from flows.rules_on_disk import load_rulebook
from policies.identity.blocking import candidate_pairs
from policies.identity.epoch import prepare_with
from policies.identity.matching import match
from policies.identity.model_file import lead_model
from policies.identity.organisations import resolve_organisations

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from policies.identity.matched import Matching
    from policies.identity.model import Model

__all__ = ["Found", "find", "model_and_words", "resolved"]


@dataclass(frozen=True)
class Found:
    """The rows sorted by record id, their prepared form, and what matching made of them."""

    rows: pl.DataFrame
    prepared: pl.DataFrame
    matching: Matching
    model: Model

    @property
    def labels(self) -> pl.Series:
        """The cluster of every row."""
        return self.matching.groups.get_column("component")

    def candidates(self) -> pl.DataFrame:
        """All pairs that are compared: ``a, b``, places in the rows."""
        return candidate_pairs(self.prepared, self.model)


def model_and_words() -> tuple[Model, Mapping[str, Any]]:
    """The model and the words that come with the package."""
    words = load_rulebook(None).settings
    return lead_model(words), words


def resolved(people: pl.DataFrame, model: Model, words: Mapping[str, Any]) -> pl.DataFrame:
    """The keys people are compared by, with their organisations."""
    return resolve_organisations(prepare_with(people, model, words))


def find(rows: pl.DataFrame, threshold: float | None = None) -> Found:
    """Match a table of `people match`; ``threshold`` in bits replaces the model's for merging."""
    model, words = model_and_words()
    rows = rows.sort("record_id")
    people = columns_to_compare(rows, words["lists"]).people
    matching = match(people, model, words, threshold=None if threshold is None else round(threshold * 1000))
    return Found(rows, resolved(people, model, words), matching, model)
