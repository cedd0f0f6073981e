"""Values taken out of the tables of a model file; whatever is wrong with them is noted and none stops the reading."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Reader", "is_number"]

_MOST_BITS: Final = 1000  # more than any evidence there is; scores are kept as thousandths of a bit in 32 bits


@dataclass
class Reader:
    """Takes values out of tables and notes what is wrong with them."""

    problems: list[dict[str, str]] = field(default_factory=list)

    def fault(self, place: str, message: str, fix: str) -> None:
        """Note a problem."""
        self.problems.append({"key": place, "message": message, "fix": fix})

    def table(self, value: object, place: str) -> dict[str, Any]:
        """A table, or an empty one."""
        if isinstance(value, dict):
            return dict(value)
        self.fault(place, "is not a table.", "Write it as a table of keys and values.")
        return {}

    def tables(self, value: object, place: str) -> list[dict[str, Any]]:
        """A list of tables."""
        if isinstance(value, list):
            return [self.table(each, f"{place}[{number}]") for number, each in enumerate(value)]
        self.fault(place, "is not a list of tables.", f"Write [[{place}]] before each of them.")
        return []

    def text(self, table: dict[str, Any], key: str, place: str, default: str | None = None) -> str:
        """A text; a missing one is a problem unless there is a default."""
        value = table.pop(key, default)
        if isinstance(value, str) and value:
            return value
        self.fault(f"{place}.{key}", "is missing or no text.", f'Write {key} = "...".')
        return ""

    def number(self, table: dict[str, Any], key: str, place: str, default: float | None = None) -> float | None:
        """A number, or the default."""
        value = table.pop(key, default)
        if value is None or is_number(value):
            return None if value is None else float(value)
        self.fault(f"{place}.{key}", "is no number.", f"Write {key} as a number of bits or a probability.")
        return default

    def bits(self, table: dict[str, Any], key: str, place: str, default: float | None = None) -> float | None:
        """A number of bits that scores can hold, or the default."""
        value = self.number(table, key, place, default)
        if value is None or abs(value) <= _MOST_BITS:
            return value
        self.fault(f"{place}.{key}", "is out of range.", f"Write {key} between -{_MOST_BITS} and {_MOST_BITS} bits.")
        return default

    def words(self, value: object, place: str) -> list[str]:
        """A list of texts."""
        if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            return list(value)
        self.fault(place, "is not a list of texts.", 'Write a list such as ["one", "two"].')
        return []

    def done(self, table: Mapping[str, object], place: str) -> None:
        """What is left in a table is unknown."""
        for key in table:
            self.fault(f"{place}.{key}", "is an unknown key.", "Remove it, or check its spelling.")

    def known(self, value: str, known: Iterable[str], place: str) -> None:
        """A word must be one of those known."""
        if value and value not in (names := list(known)):
            self.fault(place, f'"{value}" is unknown.', f"Known are: {', '.join(names)}.")

    def unique(self, names: list[str], place: str) -> None:
        """Nothing may be named twice."""
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.fault(f"{place}.{name}", "is there twice.", "Give each a name of its own.")


def is_number(value: object) -> bool:
    """A finite number, and no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
