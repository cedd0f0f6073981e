"""Keeping personal data out of Prefect: what it stores of a failure is a code, never the message of a foreign error.

Errors of Polars quote cells and Prefect stores what an exception says, so the original is swallowed and a plain word
raised outside its handler, where no context hangs on (measured on Prefect 3.8.8).
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from polars.exceptions import PanicException

from policies.errors import TactfulError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["StepError", "scrubbed"]

_P = ParamSpec("_P")
_R = TypeVar("_R")


class StepError(RuntimeError):
    """A step of a flow failed; the text names the step and a code, and is safe to store.

    ``kind`` is that code, or the class of a foreign error. ``cause`` is the error to show to whoever started the flow
    by hand; it is not part of the text, and none for a foreign error.
    """

    def __init__(self, step: str, kind: str, cause: TactfulError | None = None) -> None:
        super().__init__(f"{step}: {kind}")
        self.step = step
        self.kind = kind
        self.cause = cause

    def __reduce__(self) -> tuple[type[StepError], tuple[str, str]]:
        """What Prefect keeps of a failure where a profile tells it to keep results: everything but the cause."""
        return type(self), (self.step, self.kind)


def scrubbed(step: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let nothing but the result or a :class:`StepError` out of ``step``; its signature stays as Prefect reads it."""

    @functools.wraps(step)
    def inner(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        cause: TactfulError | None = None
        try:
            return step(*args, **kwargs)
        except TactfulError as error:
            kind, cause = error.code, error
        # Whatever it is, its text may quote a cell; a panic of Polars does as well, and is no Exception.
        except (Exception, PanicException) as error:  # noqa: BLE001
            kind = type(error).__name__
        raise StepError(step.__name__, kind, cause)

    return inner
