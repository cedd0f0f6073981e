"""Out of a step comes its result or a plain code: no text of a foreign error, no context, no cause in what is kept."""

from __future__ import annotations

import inspect
import pickle
import traceback
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.scrubbing import StepError, scrubbed
from policies.errors import HeldError, TactfulError

if TYPE_CHECKING:
    from collections.abc import Callable

CELL = "xanthippe.quorrelbaum@blauwaldkanarie.example"


def _cast(value: str) -> int:
    return int(pl.Series([value]).cast(pl.Int64).item())


def _panic(value: str) -> int:
    raise pl.exceptions.PanicException(value)


def _look_up(value: str) -> int:
    found: dict[str, int] = {}
    return found[value]


def _chained(value: str) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise OSError(value) from error


def _told(value: str) -> int:
    raise HeldError("gate_failed", f"The gate of {value} failed.", "Correct it.")


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (_cast, "InvalidOperationError"),
        (_panic, "PanicException"),
        (_look_up, "KeyError"),
        (_chained, "OSError"),
        (_told, "gate_failed"),
    ],
)
def test_nothing_of_an_error_gets_out_but_its_kind(step: Callable[[str], int], kind: str) -> None:
    """Text, traceback, context, notes and pickle of the failure hold the kind and no value."""
    with pytest.raises(StepError) as caught:
        scrubbed(step)(CELL)
    failure = caught.value
    assert str(failure) == f"{step.__name__}: {kind}"
    assert failure.kind == kind
    assert failure.__context__ is None
    assert failure.__cause__ is None
    assert CELL not in "".join(traceback.format_exception(failure))
    assert CELL.encode() not in pickle.dumps(failure)
    assert pickle.loads(pickle.dumps(failure)).cause is None  # noqa: S301 (our own)


def test_the_error_to_show_is_there_for_who_started_it() -> None:
    """Code, message and fix reach the command line in the same process."""
    with pytest.raises(StepError) as caught:
        scrubbed(_told)("a list")
    cause = caught.value.cause
    assert isinstance(cause, TactfulError)
    assert (cause.code, cause.message, cause.exit_code) == ("gate_failed", "The gate of a list failed.", 3)


def test_a_foreign_error_has_nothing_to_show() -> None:
    """What a foreign error says may quote a cell, so it is not kept at all."""
    with pytest.raises(StepError) as caught:
        scrubbed(_cast)(CELL)
    assert caught.value.cause is None


def test_results_and_interruptions_pass() -> None:
    """A result comes through as it is, and so does a key pressed at the terminal."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    assert scrubbed(_cast)("7") == 7
    with pytest.raises(KeyboardInterrupt):
        scrubbed(interrupted)()


def test_a_step_keeps_its_signature() -> None:
    """Prefect reads names and types of parameters from the function itself."""
    assert inspect.signature(scrubbed(_cast)) == inspect.signature(_cast)
    assert scrubbed(_cast).__name__ == "_cast"
