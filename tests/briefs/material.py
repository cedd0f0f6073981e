"""What invented briefs are put together from: one file a language, sentences by topic, names and common mistakes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["LANGUAGES", "Language", "Topic", "language"]

_FOLDER: Final = Path(__file__).parent / "material"
LANGUAGES: Final = tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@dataclass(frozen=True)
class Topic:
    """What goes on in one trade; every list holds sentences that may stand for each other."""

    sector: str
    roles: Sequence[str]
    objective: Sequence[str]
    problem: Sequence[str]
    pov_a: Sequence[str]
    pov_b: Sequence[str]
    solution: Sequence[str]
    example: Sequence[str]
    talk: Sequence[str]
    question: Sequence[str]


@dataclass(frozen=True)
class Language:
    """Names, places and sentences of one language; ``{...}`` in a sentence is filled in."""

    given: Sequence[str]
    family: Sequence[str]
    stem: Sequence[str]
    form: Sequence[str]
    place: Sequence[str]
    month: Sequence[str]
    dated: str
    hello: Sequence[str]
    lead: Sequence[str]
    detail: Sequence[str]
    who: Sequence[str]
    how: Sequence[str]
    asked: Sequence[str]
    last: Sequence[str]
    evidence: str
    shows: Sequence[str]
    other: str
    topics: Sequence[Topic]
    faults: Mapping[str, Any]


@cache
def language(code: str) -> Language:
    """The material of one language."""
    table = tomllib.loads((_FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    topics = tuple(Topic(**topic) for topic in table.pop("topic"))
    return Language(topics=topics, **table)
