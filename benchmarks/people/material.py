"""The word lists names, companies and lists are made of; a TOML file each."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["load", "pairs", "words"]


@cache
def load(name: str) -> dict[str, Any]:
    """One file of `material/`."""
    return tomllib.loads((Path(__file__).parent / "material" / f"{name}.toml").read_text("utf-8"))


def words(text: str) -> list[str]:
    """A list written with commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def pairs(text: str) -> list[tuple[str, str]]:
    """A table written as "a=b, c=d"."""
    cut = [word.partition("=") for word in words(text)]
    return [(left.strip(), right.strip()) for left, _, right in cut]
