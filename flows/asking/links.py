"""What joins records, in words: how each record of a person came to be theirs, and over which link a stop went.

Words hold keyed ids, lists and row numbers, never what a cell holds: what a record says of somebody is for those to see
who may see the list.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.matched import SAME
from policies.identity.model import MILLIBITS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from policies.subjects import Subjects

__all__ = ["Edge", "Links"]

_KEYS: Final = {"same_email": "has the same mailbox as", "same_phone_and_surname": "has the same phone and surname as"}
_MERGED: Final = "matches"
_SAID: Final = "is, as somebody said, the same person as"
_MAY_BE: Final = "may be the same person as"
_WAS: Final = "was taken for somebody who may be the same person as"  # more records have made the likeness common
_JUDGED: Final = "judged"  # the link that somebody's word is
_FEW: Final = 30  # records under one key of which every two are told apart; of more, each with the first


@dataclass(frozen=True, slots=True)
class Edge:
    """A link between two records: ``link`` names its kind, ``millibits`` is null where nothing was weighed."""

    record: str
    other: str
    link: str
    words: str
    millibits: int | None = None
    reasons: tuple[str, ...] = ()

    def turned(self) -> Edge:
        """The same link, seen from its other side."""
        return replace(self, record=self.other, other=self.record)

    @property
    def bits(self) -> float | None:
        """The weight in bits."""
        return None if self.millibits is None else self.millibits / MILLIBITS

    @property
    def weighed(self) -> str:
        """The weight and what it is made of, as it stands behind a sentence; empty where nothing was weighed."""
        if self.bits is None:
            return ""
        because = f": {', '.join(self.reasons)}" if self.reasons else ""
        return f" ({self.bits:.3f} bits{because})"

    @property
    def rank(self) -> tuple[bool, bool, int, str, str]:
        """What goes first among links: somebody's word, then what was weighed, the heaviest first."""
        return (self.link != _JUDGED, self.millibits is None, -(self.millibits or 0), self.record, self.other)


class Links:
    """The links between the records of some people; ``reasons`` gives the reasons of scored pairs, a list for each."""

    def __init__(self, subjects: Subjects, reasons: Callable[[pl.DataFrame], pl.Series]) -> None:
        self._subjects = subjects
        self._reasons = reasons

    def joining(self, records: Collection[str], first: str) -> dict[str, Edge]:
        """For each record but the ``first`` the strongest link from it to those that were joined before."""
        near = _by_record(self._within(records))
        joined: dict[str, Edge] = {}
        waiting = [(edge.rank, edge) for edge in near.get(first, ())]
        heapq.heapify(waiting)
        while waiting:
            _, edge = heapq.heappop(waiting)
            if edge.other == first or edge.other in joined:
                continue
            joined[edge.other] = edge.turned()
            for further in near.get(edge.other, ()):
                heapq.heappush(waiting, (further.rank, further))
        return joined

    def chain(self, records: Collection[str], start: str, end: str) -> list[Edge] | None:
        """The shortest way between two of a person's records, over their strongest links; none where there is none."""
        near = _by_record(self._within(records))
        came: dict[str, Edge | None] = {start: None}
        waiting = deque([start])
        while waiting and end not in came:
            for edge in near.get(waiting.popleft(), ()):
                if edge.other not in came:
                    came[edge.other] = edge
                    waiting.append(edge.other)
        if end not in came:
            return None
        steps: list[Edge] = []
        step = came[end]
        while step is not None:
            steps.append(step)
            step = came[step.record]
        return steps[::-1]

    def crossing(self, record: str, other: str) -> Edge:
        """The link between records of two people, over which a stop went."""
        found = {(edge.record, edge.other): edge for edge in self._within((record, other), doubtful=True)}
        low, high = sorted((record, other))
        edge = found.get((low, high), Edge(low, high, "suppress", _WAS))
        return edge if edge.record == record else edge.turned()

    def _within(self, records: Collection[str], *, doubtful: bool = False) -> list[Edge]:
        """Every link between some records, seen from the smaller id."""
        among = pl.Series(sorted(records), dtype=pl.String).implode()
        edges = {(edge.record, edge.other): edge for edge in self._keyed(among)}
        for weighed in self._scored(among):
            key = (weighed.record, weighed.other)
            words = edges[key].words if key in edges else _MAY_BE if doubtful else _MERGED
            edges[key] = replace(weighed, words=words)
        for said in self._judged(among):
            key = (said.record, said.other)
            known = edges.get(key, said)
            edges[key] = replace(said, millibits=known.millibits, reasons=known.reasons)
        return list(edges.values())

    def _keyed(self, among: pl.Series) -> Iterator[Edge]:
        """Records that have a mailbox of their own, or a number and a surname, in common."""
        members = self._subjects.links.filter(pl.col("record_id").is_in(among)).sort("key", "record_id")
        for (_, link), group in members.group_by("key", "link", maintain_order=True):
            ids = group.get_column("record_id").to_list()
            pairs = combinations(ids, 2) if len(ids) <= _FEW else ((ids[0], other) for other in ids[1:])
            yield from (Edge(record, other, str(link), _KEYS[str(link)]) for record, other in pairs)

    def _scored(self, among: pl.Series) -> Iterator[Edge]:
        """Pairs that were weighed."""
        both = pl.col("record_a").is_in(among) & pl.col("record_b").is_in(among)
        found = self._subjects.matching.links.filter(both)
        reasons = self._reasons(found).to_list()
        columns = found.select("record_a", "record_b", "link", "millibits").iter_rows()
        for (record, other, link, millibits), texts in zip(columns, reasons, strict=True):
            yield Edge(record, other, link, "", millibits, tuple(texts or ()))

    def _judged(self, among: pl.Series) -> Iterator[Edge]:
        """Pairs of which somebody said that they are the same person."""
        both = pl.col("record_a").is_in(among) & pl.col("record_b").is_in(among)
        said = self._subjects.matching.judged.filter(both & (pl.col("word") == SAME))
        for record, other in said.select("record_a", "record_b").unique().sort("record_a", "record_b").iter_rows():
            yield Edge(record, other, _JUDGED, _SAID)


def _by_record(edges: list[Edge]) -> dict[str, list[Edge]]:
    """For each record its links, the strongest first."""
    near: dict[str, list[Edge]] = {}
    for edge in edges:
        near.setdefault(edge.record, []).append(edge)
        near.setdefault(edge.other, []).append(edge.turned())
    return {record: sorted(own, key=lambda edge: edge.rank) for record, own in near.items()}
