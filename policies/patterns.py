"""Patterns put together from the word lists and patterns of the rule data, for Polars and Python alike."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["NOTHING", "any_pattern", "literal_pattern"]

NOTHING: Final = r"[^\s\S]"  # fits no text, not even a blank one


def any_pattern(patterns: Iterable[str]) -> str:
    """A pattern for what fits one of some; of none, :data:`NOTHING`."""
    return _any_of(tuple(patterns))


@lru_cache(maxsize=256)
def _any_of(patterns: tuple[str, ...]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns) or NOTHING


def literal_pattern(text: str) -> str:
    """A pattern for these very characters."""
    return "".join(f"\\x{{{ord(char):X}}}" for char in text)
