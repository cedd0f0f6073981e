"""What the flows have in common: steps that persist and cache nothing, and artifacts that hold counts only.

Prefect's cache served stale opt-outs when it was measured (docs/decisions/005), so it is switched off for every step,
whatever the profile of the machine says.
"""

from __future__ import annotations

import contextlib
import os
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.scrubbing import StepError
from flows.workspace import find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from flows.workspace import Workspace

__all__ = ["counts_artifact", "show", "showing", "step", "workspace_at"]

_P = ParamSpec("_P")
_R = TypeVar("_R")

# Trouble that passes by itself; a broken rule file or a missing key is there the third time as well.
_PASSING: Final = frozenset({"disk_error", "ledger_locked", "workspace_busy"})

# Where the person who started a flow in this very process wants what Prefect must not know: names of files.
_SHOWN: ContextVar[list[object] | None] = ContextVar("shown", default=None)


def step(
    name: str, *, retries: int = 0, retry_delay_seconds: list[float] | None = None
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """A Prefect task that caches and persists nothing. Reading may be tried again; publishing never is."""

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        options: dict[str, Any] = {"retries": retries, "retry_condition_fn": _passes}
        if retry_delay_seconds is not None:
            options["retry_delay_seconds"] = retry_delay_seconds
        decorator = task(name=name, cache_policy=NO_CACHE, persist_result=False, log_prints=False, **options)
        decorated: Callable[_P, _R] = decorator(function)
        return decorated

    return decorate


def workspace_at(folder: str) -> Workspace:
    """The workspace a flow is about."""
    return find(Path(folder), os.environ)


def counts_artifact(key: str, title: str, rows: Sequence[Mapping[str, str | int]]) -> None:
    """Keep a table of counts in Prefect under ``key``; names in it come from closed vocabularies."""
    create_table_artifact(table=[dict(row) for row in rows], key=key, description=title)


@contextlib.contextmanager
def showing() -> Iterator[list[object]]:
    """Collect what the steps of a flow run inside show; it stays in this process."""
    shown: list[object] = []
    token = _SHOWN.set(shown)
    try:
        yield shown
    finally:
        _SHOWN.reset(token)


def show(summary: object) -> None:
    """Show the whole summary of a step to whoever started the flow here; to nobody where Prefect started it."""
    shown = _SHOWN.get()
    if shown is not None:
        shown.append(summary)


def _passes(_task: object, _run: object, state: Any) -> bool:  # noqa: ANN401 (Prefect's state is not typed for callers)
    """Whether a failed step is worth another try."""
    failure = state.data
    return isinstance(failure, StepError) and failure.kind in _PASSING
