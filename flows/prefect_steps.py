"""What the flows have in common: steps that persist and cache nothing, and artifacts that hold counts only.

Prefect's cache served stale opt-outs when it was measured (docs/decisions/005), so it is switched off for every step,
whatever the profile of the machine says.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.workspace import load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flows.workspace import Workspace

__all__ = ["counts_artifact", "step", "workspace_at"]

_P = ParamSpec("_P")
_R = TypeVar("_R")


def step(
    name: str, *, retries: int = 0, retry_delay_seconds: list[float] | None = None
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """A Prefect task that caches and persists nothing. Reading may be tried again; publishing never is."""

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        options: dict[str, Any] = {"retries": retries}
        if retry_delay_seconds is not None:
            options["retry_delay_seconds"] = retry_delay_seconds
        decorator = task(name=name, cache_policy=NO_CACHE, persist_result=False, log_prints=False, **options)
        decorated: Callable[_P, _R] = decorator(function)
        return decorated

    return decorate


def workspace_at(folder: str) -> Workspace:
    """The workspace a flow is about."""
    elsewhere = os.environ.get("TACTFUL_KEY_FILE")
    return load(Path(folder), Path(elsewhere) if elsewhere else None)


def counts_artifact(key: str, title: str, rows: Sequence[Mapping[str, str | int]]) -> None:
    """Keep a table of counts in Prefect under ``key``; names in it come from closed vocabularies."""
    create_table_artifact(table=[dict(row) for row in rows], key=key, description=title)
