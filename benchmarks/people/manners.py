"""The eighteen lists and their manners, read from `material/lists.toml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final

from benchmarks.people.dice import Weighted
from benchmarks.people.material import load

__all__ = ["FIRST_DAY", "Manner", "manners"]

FIRST_DAY: Final = date(2019, 1, 1)


@dataclass(frozen=True, slots=True)
class Manner:
    """One list: when it was obtained, and how its rows are written."""

    id: str
    on: date
    weight: float
    names: Weighted[str]
    phone: float
    email: float
    company: float = 0.93
    city: float = 0.5
    private_email: float = 0.12
    role_email: float | None = None  # null: the general rate
    office_phone: float = 0.3  # of the numbers are switchboards
    title: float = 0.03
    letters: float | None = None
    native: float = 0.0
    ascii: float = 0.15
    upper: float = 0.0
    lower: float = 0.0
    nick: float = 1.0  # times the general rate
    typos: float = 1.0  # times the general rate
    stale: float = 0.05
    country: str = "code"
    phone_style: str = "mixed"
    damage: dict[str, float] = field(default_factory=dict)

    @property
    def day(self) -> int:
        """Days since the first."""
        return (self.on - FIRST_DAY).days


@cache
def manners() -> tuple[Manner, ...]:
    """All of them, oldest first."""
    made = [_manner(dict(row)) for row in load("lists")["list"]]
    return tuple(sorted(made, key=lambda manner: manner.on))


def _manner(row: dict[str, Any]) -> Manner:
    return Manner(**(row | {"names": Weighted.of(row["names"])}))
