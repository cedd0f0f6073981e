"""Words that cannot both hold: A is B and B is C, but A is not C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity import components
from policies.identity.matched import DIFFERENT, SAME

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["contradicted"]

_ENDS: Final = ("record_a", "record_b")


def contradicted(word: str, sides: Sequence[frozenset[str]], others: pl.DataFrame) -> int | None:
    """The number of a judgement that a new word about two sides (record ids) would contradict; None: of none.

    ``others`` has ``record_a, record_b, word, seq`` of what is in force about all other pairs.
    """
    joined, apart = (others.filter(pl.col("word") == said) for said in (SAME, DIFFERENT))
    group = _groups(joined, sides)
    one, other = ({group[record] for record in side} for side in sides)
    if word == DIFFERENT:
        shared = one & other
        through = [seq for a, _, seq in _rows(joined) if group[a] in shared]
        return max(through, default=None)
    ours = one | other
    within = [seq for a, b, seq in _rows(apart) if group.get(a) in ours and group.get(b) in ours]
    return max(within, default=None)


def _groups(joined: pl.DataFrame, sides: Sequence[frozenset[str]]) -> dict[str, str]:
    """Record id -> group, of all that are one person by word, each side taken as one."""
    numbered = joined.with_row_index("number")
    keyed = [
        numbered.select(pl.col(end).alias("record_id"), pl.format("word {}", "number").alias("key")) for end in _ENDS
    ]
    keyed += [
        pl.DataFrame({"record_id": sorted(side)}, schema={"record_id": pl.String}).with_columns(
            pl.lit(f"side {number}").alias("key")
        )
        for number, side in enumerate(sides)
    ]
    members = pl.concat(keyed)
    return dict(components(members.get_column("record_id"), members).iter_rows())


def _rows(said: pl.DataFrame) -> list[tuple[str, str, int]]:
    return said.select(*_ENDS, "seq").rows()
