"""Chance that always falls the same way, built on ``random()`` alone, whose sequence Python guarantees."""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Dice", "Weighted"]

T = TypeVar("T")


class Weighted(Generic[T]):
    """Things with weights, ready to be drawn from."""

    __slots__ = ("_cumulative", "_things")

    def __init__(self, things: Sequence[T], weights: Iterable[float]) -> None:
        self._things = things
        self._cumulative = list(accumulate(weights))

    @classmethod
    def of(cls, shares: Mapping[T, float]) -> Weighted[T]:
        """From a table of thing and share."""
        return cls(list(shares), shares.values())

    @classmethod
    def falling(cls, things: Sequence[T], steepness: float) -> Weighted[T]:
        """The first the most common, as names and companies are (Zipf)."""
        return cls(things, (1 / (place + 3) ** steepness for place in range(len(things))))

    def draw(self, at: float) -> T:
        """The thing at a number between 0 and 1."""
        return self._things[bisect(self._cumulative, at * self._cumulative[-1], 0, len(self._things) - 1)]


class Dice:
    """A seeded source of draws."""

    __slots__ = ("roll",)

    def __init__(self, seed: int | str) -> None:
        self.roll = Random(seed).random  # noqa: S311  # the same people in every run, no secret

    def chance(self, share: float) -> bool:
        """True in ``share`` of the cases."""
        return self.roll() < share

    def pick(self, things: Sequence[T]) -> T:
        """Any of them alike."""
        return things[int(self.roll() * len(things))]

    def draw(self, things: Weighted[T]) -> T:
        """One of them by weight."""
        return things.draw(self.roll())

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.roll() * (high - low + 1))

    def digits(self, count: int) -> str:
        """So many digits."""
        return f"{int(self.roll() * 10**count):0{count}d}"
