"""Repair of one component that holds records which cannot be one person: a constrained union, strongest edge first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final, TypeAlias

__all__ = ["NEAR_MILLIBITS", "Component", "Pairs", "repair"]

# Two links of a record are near-equal when their weights differ by less than this: 3 bits, 8 to 1.
NEAR_MILLIBITS: Final = 3_000
# What one pair can add for or against joining two sides: a mailbox in common is no reason to overlook five conflicts.
_MOST_MILLIBITS: Final = 12_000

Pairs: TypeAlias = list[tuple[int, int]]


@dataclass(frozen=True)
class Component:
    """Records that hang together: what is known of pairs among them.

    ``edges`` are pairs strong enough to merge, strongest first, ties by records; ``weights`` has every pair that was
    weighed (millibits), whatever came of it. ``vetoed`` pairs are ruled out by their scores, ``firm`` ones by a veto
    that one word of a person does not lift (Jr. and Sr.); ``doubted`` ones may be together if others bring them
    together. People called the pairs ``different`` or the ``same``, ``insisted`` ones the same a second time.
    """

    edges: Pairs = field(default_factory=list)
    weights: dict[tuple[int, int], int] = field(default_factory=dict)
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
    person, or two sides whose pairs taken together speak against it. A record with near-equal edges to two records that
    cannot be one person joins neither by its edges: either guess would be wrong half of the time, and a wrong merge
    costs more than a missed one.
    """
    sides = _Sides()
    sides.keep_apart(component.different)
    sides.join(component.insisted)
    sides.keep_apart(component.firm)
    sides.join(component.same)
    sides.keep_apart(component.vetoed)
    sides.weigh(component.weights)
    torn = _torn(component)
    sides.join([(a, b) for a, b in component.edges if a not in torn and b not in torn], unless_outweighed=True)
    return sides.named(component.records())


@dataclass
class _Sides:
    """Union-find that knows which sides must stay apart.

    ``foes`` holds for every root the roots it cannot be joined with; joining two sides joins their foes, so that a
    question costs one look-up however large the sides are. ``weights`` holds in the same way what the pairs between two
    roots weigh in sum.
    """

    parent: dict[int, int] = field(default_factory=dict)
    foes: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    weights: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

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

    def weigh(self, weights: dict[tuple[int, int], int]) -> None:
        """Add up what the pairs between sides weigh, each held within limits."""
        for (a, b), millibits in weights.items():
            root_a, root_b = self.root(a), self.root(b)
            if root_a != root_b:
                held = max(-_MOST_MILLIBITS, min(_MOST_MILLIBITS, millibits))
                for one, other in ((root_a, root_b), (root_b, root_a)):
                    self.weights[one][other] = self.weights[one].get(other, 0) + held

    def join(self, pairs: Pairs, *, unless_outweighed: bool = False) -> None:
        """Bring the sides of each pair together, in this order, unless they must stay apart."""
        for a, b in pairs:
            root_a, root_b = self.root(a), self.root(b)
            if root_a == root_b or root_b in self.foes[root_a]:
                continue
            if unless_outweighed and self.weights[root_a].get(root_b, 0) < 0:
                continue
            if len(self.weights[root_a]) < len(self.weights[root_b]):
                root_a, root_b = root_b, root_a
            self._merge(root_b, root_a)

    def _merge(self, root: int, into: int) -> None:
        self.parent[root] = into
        for foe in self.foes.pop(root, ()):
            self.foes[foe].discard(root)
            self.foes[foe].add(into)
            self.foes[into].add(foe)
        for other, millibits in self.weights.pop(root, {}).items():
            del self.weights[other][root]
            if other != into:
                self.weights[into][other] = self.weights[other][into] = self.weights[into].get(other, 0) + millibits

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
    for a, b in component.edges:
        millibits = component.weights[a, b]
        for record, other in ((a, b), (b, a)):
            if best.setdefault(record, millibits) - millibits < NEAR_MILLIBITS:
                near[record].add(other)
    return {record for record, others in near.items() if any(not others.isdisjoint(foes[other]) for other in others)}
