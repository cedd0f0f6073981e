"""Repair of one component that holds records which cannot be one person: a constrained union, strongest edge first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final, TypeAlias

__all__ = ["NEAR_MILLIBITS", "Component", "Pairs", "repair"]

# Two links of a record are near-equal when their weights differ by less than this: 3 bits, 8 to 1.
NEAR_MILLIBITS: Final = 3_000

Pairs: TypeAlias = list[tuple[int, int]]


@dataclass(frozen=True)
class Component:
    """Records that hang together: what is known of pairs among them.

    ``edges`` are pairs strong enough to merge, strongest first, ties by records, ``weights`` theirs in thousandths of a
    bit. ``vetoed`` pairs are ruled out by their scores, ``firm`` ones by a veto that one word of a person does not lift
    (Jr. and Sr.); ``doubted`` ones may be together if others bring them together. People called the pairs ``different``
    or the ``same``, ``insisted`` ones the same a second time.
    """

    edges: Pairs = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    vetoed: Pairs = field(default_factory=list)
    firm: Pairs = field(default_factory=list)
    doubted: Pairs = field(default_factory=list)
    different: Pairs = field(default_factory=list)
    same: Pairs = field(default_factory=list)
    insisted: Pairs = field(default_factory=list)

    def records(self) -> list[int]:
        """Everybody named by a pair, sorted."""
        joining = (*self.edges, *self.same, *self.insisted)
        return sorted({record for pair in joining for record in pair})


def repair(component: Component) -> dict[int, int]:
    """Which side each record of a component ends on: the smallest record of the side.

    What a person called different stays apart whatever else was said; a second 'same' comes next, then the firm vetoes,
    a first 'same', the other vetoes, and last the edges, each refused where it would bring together what cannot be one
    person. A record with near-equal edges to two records that cannot be one person joins neither by its edges: either
    guess would be wrong half of the time, and a wrong merge costs more than a missed one.
    """
    sides = _Sides()
    sides.keep_apart(component.different)
    sides.join(component.insisted)
    sides.keep_apart(component.firm)
    sides.join(component.same)
    sides.keep_apart(component.vetoed)
    torn = _torn(component)
    sides.join([(a, b) for a, b in component.edges if a not in torn and b not in torn])
    return sides.named(component.records())


@dataclass
class _Sides:
    """Union-find that knows which sides must stay apart.

    ``foes`` holds for every root the roots it cannot be joined with; joining two sides joins their foes, so that a
    question costs one look-up however large the sides are.
    """

    parent: dict[int, int] = field(default_factory=dict)
    foes: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def root(self, record: int) -> int:
        """The root of a record's side; the path is halved on the way."""
        while (above := self.parent.get(record, record)) != record:
            self.parent[record] = above = self.parent.get(above, above)
            record = above
        return record

    def keep_apart(self, pairs: Pairs) -> None:
        """From here on no union brings the two records of a pair together; those already together stay so."""
        for a, b in pairs:
            root_a, root_b = self.root(a), self.root(b)
            if root_a != root_b:
                self.foes[root_a].add(root_b)
                self.foes[root_b].add(root_a)

    def join(self, pairs: Pairs) -> None:
        """Bring the sides of each pair together, in this order, unless they must stay apart."""
        for a, b in pairs:
            root_a, root_b = self.root(a), self.root(b)
            if root_a == root_b or root_b in self.foes[root_a]:
                continue
            if len(self.foes[root_a]) < len(self.foes[root_b]):
                root_a, root_b = root_b, root_a
            self.parent[root_b] = root_a
            for foe in self.foes.pop(root_b):
                self.foes[foe].discard(root_b)
                self.foes[foe].add(root_a)
                self.foes[root_a].add(foe)

    def named(self, records: list[int]) -> dict[int, int]:
        """Every record with the smallest record of its side."""
        smallest: dict[int, int] = {}
        for record in records:  # sorted: the first of a side is its smallest
            smallest.setdefault(self.root(record), record)
        return {record: smallest[self.root(record)] for record in records}


def _torn(component: Component) -> set[int]:
    """Records with near-equal edges to two records that cannot be one person, or that nothing says are one."""
    foes: dict[int, set[int]] = defaultdict(set)
    for a, b in [*component.vetoed, *component.firm, *component.doubted, *component.different]:
        foes[a].add(b)
        foes[b].add(a)
    best: dict[int, int] = {}
    near: dict[int, set[int]] = defaultdict(set)
    # Strongest first: the first edge of a record is its best.
    for (a, b), millibits in zip(component.edges, component.weights, strict=True):
        for record, other in ((a, b), (b, a)):
            if best.setdefault(record, millibits) - millibits < NEAR_MILLIBITS:
                near[record].add(other)
    return {record for record, others in near.items() if any(not others.isdisjoint(foes[other]) for other in others)}
