"""What matching found: which records are one human being, and which may be.

Kept apart from how it is found, so that whoever is handed a matching need not load what makes one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from policies.identity.columns import JUDGEMENTS

__all__ = ["DIFFERENT", "SAME", "Matching"]

SAME: Final = "same"  # words of a judgement
DIFFERENT: Final = "different"


@dataclass(frozen=True)
class Matching:
    """Clusters of records, and the links between records that merged them or leave a doubt.

    ``groups`` is ``GROUPS``, sorted by record id. ``links`` has ``record_a, record_b`` (the smaller id first), the
    numeric columns of a scored pair and ``link`` (``MERGE``, ``REVIEW`` or ``SUPPRESS``). ``judged`` is ``JUDGEMENTS``:
    the words of people that were obeyed.
    """

    groups: pl.DataFrame
    links: pl.DataFrame
    judged: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=JUDGEMENTS))
