"""A generated table taken the way `tactful people match` takes a file, with what is needed to judge the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.matching.columns import columns_to_compare
from flows.rules_on_disk import load_rulebook
from policies.identity.blocking import candidate_pairs
from policies.identity.matching import match
from policies.identity.model_file import parse_model
from policies.identity.organisations import resolve_organisations
from policies.identity.preparing import prepare

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from policies.identity.matched import Matching
    from policies.identity.model import Model

__all__ = ["Found", "find", "model_and_words"]


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
        return self.matching.groups.sort("record_id").get_column("component")

    def candidates(self) -> pl.DataFrame:
        """All pairs that are compared: ``a, b``, places in the rows."""
        return candidate_pairs(self.prepared, self.model)


def model_and_words() -> tuple[Model, Mapping[str, Any]]:
    """The model and the words that come with the package."""
    words = load_rulebook(None).settings
    return parse_model(words["identity"]["leads"]), words


def find(rows: pl.DataFrame, threshold: float | None = None, model: Model | None = None) -> Found:
    """Match a table of `people match`; ``threshold`` in bits replaces the model's for merging."""
    known, words = model_and_words()
    used = model or known
    rows = rows.sort("record_id")
    people = columns_to_compare(rows, words["lists"]).people
    matching = match(people, used, words, threshold=None if threshold is None else round(threshold * 1000))
    return Found(rows, resolve_organisations(prepare(people, words)), matching, used)
