"""How hard a property is tried whose examples are dear."""

from __future__ import annotations

from hypothesis import Phase, settings

__all__ = ["few", "steps"]

_LONG = 100  # examples from which on a profile is meant to take its time


def few(examples: int) -> settings:
    """So many examples in every day's tests; as many as of any other property in the long profile."""
    asked = settings().max_examples
    return settings(max_examples=asked if asked >= _LONG else examples)


def steps(histories: int, each: int, *, sequences: int = 200) -> settings:
    """So many histories of so many steps in every day's tests; ``sequences`` longer ones in the long profile.

    A history that fails is made shorter in the long profile alone: every attempt costs seconds, and few steps are read
    as they are.
    """
    asked = settings().max_examples
    if asked >= _LONG:
        return settings(max_examples=sequences, stateful_step_count=2 * each)
    return settings(
        max_examples=histories, stateful_step_count=each, phases=(Phase.explicit, Phase.reuse, Phase.generate)
    )
