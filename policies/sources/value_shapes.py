"""What the values of a column look like: addresses, numbers, countries, names; shares of cells, whatever their order.

Of a long column a share of its cells is looked at, picked by what stands in them and not by where they stand.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.folding import fold, words
from policies.patterns import NOTHING
from policies.sources.countries import country_codes
from policies.sources.flags import blank_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Values"]

_ALL: Final = 20_000  # cells of which all are looked at
_FAIR: Final = 2  # times that many cells, or that part of them, are a fair share
_SHORT: Final = 3  # letters a name must have to be found in an address


class Values:
    """The cells of a table by column; without rows nothing is known of any."""

    def __init__(self, rows: pl.DataFrame | None, lists: Mapping[str, Any]) -> None:
        self._rows = rows
        self._lists = lists
        self._shapes: Mapping[str, Any] = lists.get("shapes", {})
        self._known: dict[str, pl.Series] = {}

    @cached_property
    def least(self) -> int:
        """Filled cells a column must have before its values say anything."""
        return int(self._shapes.get("least_cells", 1))

    def setting(self, name: str) -> float:
        """A share of the rule data; 1 where it is not stated."""
        return float(self._shapes.get(name, 1.0))

    def filled(self, column: str) -> pl.Series:
        """The cells of a column that say something, or a fair share of them."""
        if column not in self._known:
            self._known[column] = self._filled(column)
        return self._known[column]

    def speaks(self, column: str) -> bool:
        """Whether there are enough cells to judge a column by."""
        return self.filled(column).len() >= self.least

    def is_blank(self, column: str) -> bool:
        """Whether nothing at all stands in a column; without rows nobody knows."""
        return self._rows is not None and self._rows.height > 0 and self.filled(column).is_empty()

    def share(self, column: str, shape: str) -> float:
        """Share of the filled cells that have a shape; 0 where nothing stands."""
        cells = self.filled(column)
        return float(cells.str.contains(self._shapes.get(shape, NOTHING)).mean() or 0.0)  # type: ignore[arg-type]  # a mean of booleans

    def phones(self, column: str) -> float:
        """Share of cells that are telephone numbers and nothing like a day or an account."""
        cells = self.filled(column)
        like = cells.str.contains(self._shapes.get("phone", NOTHING))
        unlike = cells.str.contains(self._shapes.get("no_phone", NOTHING))
        return float((like & ~unlike).mean() or 0.0)  # type: ignore[arg-type]  # as above

    def countries(self, column: str) -> float:
        """Share of cells that name a country, 0 where most of them may be states or languages as well."""
        cells = self.filled(column)
        known = country_codes(cells, self._lists).drop_nulls("code").get_column("cell")
        doubtful = self._shapes.get("ambiguous_codes", ())
        folded = known.to_frame().select(words(pl.col("cell"))).to_series()
        clear = known.filter(~folded.is_in(list(doubtful)))
        share = float(cells.is_in(known.implode()).mean() or 0.0)  # type: ignore[arg-type]  # as above
        sure = float(cells.is_in(clear.implode()).mean() or 0.0)  # type: ignore[arg-type]  # as above
        return share if sure >= self.setting("clear_countries") else 0.0

    def share_of(self, column: str, entries: Sequence[str]) -> float:
        """Share of the filled cells that are one of some words, and nothing more."""
        cells = self.filled(column)
        folded = cells.to_frame("cell").select(words(pl.col("cell"))).to_series()
        known = pl.Series("entry", list(entries), dtype=pl.String).to_frame().select(words(pl.col("entry"))).to_series()
        return float(folded.is_in(known.implode()).mean() or 0.0)  # type: ignore[arg-type]  # as above

    def different(self, column: str) -> float:
        """Share of different cells among the filled ones."""
        cells = self.filled(column)
        return cells.n_unique() / cells.len() if cells.len() else 0.0

    def contains(self, column: str, other: str) -> float | None:
        """Share of rows in which the cell of ``column`` contains the words of ``other``'s; None: no row has both."""
        both = self._both(column, other)
        if both.is_empty():
            return None
        padded = pl.lit(" ") + pl.col("a") + pl.lit(" ")
        return float(both.select(padded.str.contains(pl.lit(" ") + pl.col("b") + " ", literal=True).mean()).item())

    def agree(self, column: str, other: str) -> float | None:
        """Share of rows, of those in which both stand, that say the same in both; None: no row has both."""
        both = self._both(column, other)
        return None if both.is_empty() else float(both.select((pl.col("a") == pl.col("b")).mean()).item())

    def in_address(self, column: str, email: str) -> float:
        """Share of rows whose e-mail address holds a word of the cell: what a name does and a place does not."""
        if self._rows is None:
            return 0.0
        parts = (
            words(pl.col(column)).str.split(" ").list.eval(pl.element().filter(pl.element().str.len_chars() >= _SHORT))
        )
        local = fold(pl.col(email)).str.extract(r"([^\s<@]+)@", 1)
        both = self._rows.select(parts.alias("parts"), local.alias("local")).drop_nulls()
        both = both.filter(pl.col("parts").list.len() > 0).with_row_index("row").explode("parts")
        if both.is_empty():
            return 0.0
        held = both.select("row", pl.col("local").str.contains(pl.col("parts"), literal=True).alias("held"))
        return float(held.group_by("row").agg(pl.col("held").any()).get_column("held").mean() or 0.0)  # type: ignore[arg-type]  # as above

    def _filled(self, column: str) -> pl.Series:
        if self._rows is None or column not in self._rows.columns:
            return pl.Series(column, [], dtype=pl.String)
        cells = self._rows.get_column(column).cast(pl.String)
        kept = self._said(_share(cells))
        return kept if kept.len() >= self.least or cells.len() <= _ALL else self._said(cells)

    def _said(self, cells: pl.Series) -> pl.Series:
        bare = cells.drop_nulls().str.strip_chars()
        return bare.filter((bare != "") & ~bare.str.to_lowercase().is_in(blank_words(self._lists)))

    def _both(self, column: str, other: str) -> pl.DataFrame:
        """Folded words of two columns where both stand."""
        if self._rows is None:
            return pl.DataFrame(schema={"a": pl.String, "b": pl.String})
        size = self._rows.height // _ALL + 1
        picked = self._rows.select(column, other)
        some = picked.filter(picked.get_column(column).hash(0) % size == 0) if size > 1 else picked
        folded = some.select(words(pl.col(column)).alias("a"), words(pl.col(other)).alias("b"))
        return folded.filter((pl.col("a") != "") & (pl.col("b") != ""))


def _share(cells: pl.Series) -> pl.Series:
    """All cells of a short column, and a fair share of those of a long one."""
    if cells.len() <= _ALL:
        return cells
    some = cells.filter(cells.hash(0) % (cells.len() // _ALL + 1) == 0)
    if _ALL // _FAIR <= some.len() <= _ALL * _FAIR:
        return some
    # A few different cells, again and again: each as often as its share asks for, and once at least.
    counted = cells.to_frame("cell").group_by("cell").len().sort("cell")
    times = (pl.col("len") * (_ALL / cells.len())).ceil().cast(pl.UInt32)
    return counted.select(pl.col("cell").repeat_by(times)).to_series().explode()
