"""An epoch: what a full rebuild over a set of records found out, frozen, so that later lists are compared with it.

Whatever is counted over records (frequencies, how many people share a contact point, which domain is whose, how large a
block is) stays as it was when the epoch was made; values the epoch never saw are counted over the records outside it.
Pairs of two of its records are scored once. So what is found about any set of records under an epoch depends on that
set alone, not on the order in which lists arrived, and an increment gives what a full pass under the epoch would
(design D6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.blocking import key_table, pairs_of
from policies.identity.clusters import Clustering, cluster
from policies.identity.columns import PEOPLE, PREPARED
from policies.identity.fields import with_all_fields
from policies.identity.organisations import Organisations, learn_organisations, resolve_organisations
from policies.identity.preparing import prepare
from policies.identity.scoring import score
from policies.identity.statistics import Statistics, statistics_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from policies.identity.model import Model

__all__ = ["JUDGED_PAIRS", "Epoch", "clustering_of", "content_of", "open_epoch", "prepare_with"]

# A judgement by positions instead of record ids.
JUDGED_PAIRS: Final = pl.Schema({"a": pl.UInt32, "b": pl.UInt32, "word": pl.String, "again": pl.Boolean})
_PROBED: Final = "the same text must hash the same wherever an epoch is read"
_STATISTIC: Final = "statistics."  # prefixes of the names of stored frames
_ORGANISATION: Final = "organisations."


@dataclass(frozen=True)
class Epoch:
    """What a rebuild leaves behind. Records are named by position: the row in ``prepared``, sorted by record id.

    ``prepared``: ``PREPARED`` with ``position``, ``org`` and ``content`` (a hash of the record); ``keys``: ``KEYS``
    sorted by key; ``pairs``: scored pairs, those too weak to mean anything left out, of which ``weak`` has ``a, b,
    millibits, veto``; ``clusters``: ``label, reach`` per position, judgements aside.
    """

    prepared: pl.LazyFrame
    keys: pl.LazyFrame
    statistics: Statistics
    organisations: Organisations
    pairs: pl.LazyFrame
    weak: pl.LazyFrame
    clusters: pl.LazyFrame
    probe: int

    def frames(self) -> dict[str, pl.LazyFrame]:
        """Everything by name, to be written down: one table a name."""
        about = pl.LazyFrame(
            {"records": [self.statistics.records], "probe": [self.probe]},
            schema={"records": pl.UInt32, "probe": pl.UInt64},
        )
        return {
            "about": about,
            "prepared": self.prepared,
            "keys": self.keys,
            "pairs": self.pairs,
            "weak": self.weak,
            "clusters": self.clusters,
            **{_STATISTIC + name: table.lazy() for name, table in self.statistics.tables.items()},
            **{_ORGANISATION + name: table.lazy() for name, table in self.organisations.frames().items()},
        }

    @classmethod
    def of(cls, frames: Mapping[str, pl.LazyFrame]) -> Epoch:
        """From tables as :meth:`frames` gave them; the large ones are read when they are needed, and in parts."""
        records, probe = frames["about"].collect().row(0)
        organisations = {
            name.removeprefix(_ORGANISATION): table.collect()
            for name, table in frames.items()
            if name.startswith(_ORGANISATION)
        }
        tables = {name.removeprefix(_STATISTIC): table for name, table in frames.items() if name.startswith(_STATISTIC)}
        large = {name: frames[name] for name in ("prepared", "keys", "pairs", "weak", "clusters")}
        return cls(
            **large, statistics=Statistics(records, tables), organisations=Organisations.of(organisations), probe=probe
        )

    def usable(self) -> bool:
        """Whether texts still hash as they did when the epoch was made: another release of Polars may differ."""
        return self.probe == _probe()


def open_epoch(
    people: pl.DataFrame, model: Model, words: Mapping[str, Any], *, threshold: int | None = None, partitions: int = 1
) -> Epoch:
    """Compare all ``people`` (``PEOPLE``) with each other and freeze what was counted.

    ``words`` are the settings of the rulebook. ``threshold`` (millibits) replaces the model's for merging.
    ``partitions`` bounds the memory for pairs and changes nothing.
    """
    keyed = prepare_with(people, model, words)
    organisations = learn_organisations(keyed)
    prepared = resolve_organisations(keyed, organisations)
    made = with_all_fields(prepared, model)
    statistics = statistics_of(made, model)
    keys = key_table(made, model)
    scored = score(made, pairs_of(keys, model, partitions=partitions), statistics, model)
    terms = clustering_of(model, threshold=threshold)
    crossed = pl.col("millibits") >= min(terms.threshold, model.thresholds.suppress)
    weak = scored.filter(~crossed).select("a", "b", "millibits", "veto")
    scored = scored.filter(crossed)
    facts = pl.concat([scored.select("a", "b", "millibits", "veto"), weak])
    found = cluster(prepared.height, facts, pl.DataFrame(schema=JUDGED_PAIRS), terms)
    return Epoch(
        prepared=prepared.with_row_index("position").lazy(),
        keys=keys.lazy().sort("key", "rule", "position"),
        statistics=statistics,
        organisations=organisations,
        pairs=scored.lazy(),
        weak=weak.lazy(),
        clusters=pl.DataFrame([found.label, found.reach]).lazy(),
        probe=_probe(),
    )


def prepare_with(people: pl.DataFrame, model: Model, words: Mapping[str, Any]) -> pl.DataFrame:
    """``PREPARED`` of ``people`` sorted by record id, with ``content`` and the further columns that the model reads.

    A column that is none of ``PEOPLE`` is the model's own, and stands for a key of the same name.
    """
    read = {part for made in model.fields for part, _ in made.parts}
    own = [name for name in people.columns if name in read and name not in PEOPLE]
    kept = [name for name in people.columns if name in read and name not in (*own, *PREPARED)]
    beside = people.select("record_id", *own, *kept, content_of(people).alias("content"))
    prepared = prepare(people, words).drop(own, strict=False)
    return prepared.join(beside, on="record_id", how="left", validate="1:1", maintain_order="left")


def content_of(people: pl.DataFrame) -> pl.Expr:
    """64 bits that stand for everything a row of ``people`` says."""
    texts = [
        pl.col(name).list.join("\x1f", ignore_nulls=False) if isinstance(kind, pl.List) else pl.col(name)
        for name, kind in people.schema.items()
    ]
    return pl.concat_str([text.cast(pl.String).fill_null("\x00") for text in texts], separator="\x1e").hash()


def clustering_of(model: Model, *, threshold: int | None = None) -> Clustering:
    """From which weight on the model merges, and its vetoes by their codes: firm ones, and limits of the others."""
    coded = list(enumerate(model.vetoes, start=1))
    firm = tuple(code for code, veto in coded if veto.firm)
    apart_below = {code: veto.apart_below for code, veto in coded if veto.apart_below is not None}
    return Clustering(model.thresholds.merge if threshold is None else threshold, firm, apart_below)


def _probe() -> int:
    return int(pl.select(pl.lit(_PROBED).hash()).item())
