"""How hard a property is tried whose examples are dear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _pytest.mark import ParameterSet

__all__ = ["each", "few", "steps"]

_LONG = 100  # examples from which on a profile is meant to take its time


def each(cases: Iterable[Any], nth: int) -> list[ParameterSet]:
    """A table of cases, of which every ``nth`` is tried every day and the others in the long tests.

    For variants of one promise, none of which is likelier to break than its neighbours.
    """
    tables = [case if isinstance(case, tuple) else (case,) for case in cases]
    return [
        pytest.param(*case, marks=[] if number % nth == 0 else pytest.mark.long) for number, case in enumerate(tables)
    ]


def few(examples: int) -> settings:
    """So many examples in every day's tests; as many as of any other property in the long profile."""
    asked = settings().max_examples
    return settings(max_examples=asked if asked >= _LONG else examples)


def steps(histories: int, each: int, *, sequences: int = 200) -> settings:
    """So many histories of so many steps in every day's tests; ``sequences`` a little longer in the long profile.

    A history that fails is made shorter in the long profile alone: every attempt costs seconds, and few steps are read
    as they are.
    """
    asked = settings().max_examples
    if asked >= _LONG:
        return settings(max_examples=sequences, stateful_step_count=each + 2)
    return settings(
        max_examples=histories, stateful_step_count=each, phases=(Phase.explicit, Phase.reuse, Phase.generate)
    )
