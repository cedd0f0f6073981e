"""Chance that always falls the same way, built on ``random()`` alone, whose sequence Python guarantees."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["SEED", "Dice"]

T = TypeVar("T")
SEED = 20261014


class Dice:
    """A seeded source of choices; every part of the sample has its own, so that a change in one moves no other."""

    def __init__(self, part: str) -> None:
        self._random = random.Random(f"{SEED}:{part}")  # noqa: S311 - the same sample every time is what is wanted

    def chance(self, share: float) -> bool:
        """True in about ``share`` of the calls."""
        return self._random.random() < share

    def number(self, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``, both included."""
        return least + int(self._random.random() * (most - least + 1))

    def pick(self, values: Sequence[T]) -> T:
        """One of the values."""
        return values[int(self._random.random() * len(values))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One of the keys, by weight."""
        rest = self._random.random() * sum(weights.values())
        for value, weight in weights.items():
            rest -= weight
            if rest < 0:
                return value
        return next(reversed(list(weights)))

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """All values in another order."""
        keyed = [(self._random.random(), place) for place in range(len(values))]
        return [values[place] for _, place in sorted(keyed)]

    def some(self, values: Sequence[T], count: int) -> list[T]:
        """``count`` of the values (all, where there are fewer), in the order they came in."""
        chosen = {id(value) for value in self.shuffled(values)[:count]}
        return [value for value in values if id(value) in chosen]

    def filled(self, pattern: str) -> str:
        """A pattern with its ``#`` replaced by digits and its ``@`` by capital letters."""
        letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
        return "".join(
            str(self.number(0, 9)) if mark == "#" else self.pick(letters) if mark == "@" else mark for mark in pattern
        )
