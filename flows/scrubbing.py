"""Keeping personal data out of Prefect: what it stores of a failure is a code, never the message of a foreign error.

Polars errors quote cells and Prefect stores exception texts, so the original is swallowed and a plain sentence raised
outside its handler, where no context hangs on (facts measured on Prefect 3.8.8).
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from policies.errors import TactfulError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["StepError", "scrubbed"]

_P = ParamSpec("_P")
_R = TypeVar("_R")


class StepError(RuntimeError):
    """A step of a flow failed; the text is a code and safe to store.

    ``cause`` is the error to show to whoever started the flow by hand; it is not part of the text.
    """

    cause: TactfulError | None = None


def scrubbed(step: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let nothing but the result or a :class:`StepError` out of ``step``; its signature stays as Prefect reads it."""

    @functools.wraps(step)
    def inner(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        cause: TactfulError | None = None
        try:
            return step(*args, **kwargs)
        except StepError:
            raise
        except TactfulError as error:
            said, cause = error.code, error
        except Exception as error:  # noqa: BLE001 - whatever it is, its text may quote a cell
            said = type(error).__name__
        failure = StepError(f"{step.__name__}: {said}")
        failure.cause = cause
        raise failure

    return inner
