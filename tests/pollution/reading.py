"""What a reading of one polluted file came to: rows and summary, a refusal, or a failure of the reader."""

from __future__ import annotations

import contextlib
import signal
import traceback
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from flows.list_intake import read_list, read_preview
from flows.refused_lists import RefusedList
from flows.rules_on_disk import load_rulebook
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.refused_lists import Flagged

__all__ = ["Reading", "flagged_in", "read_polluted", "settings"]

_LIMIT: Final = 60.0  # seconds of this process's own time; a guard, never a measure


@dataclass(frozen=True)
class Reading:
    """One of ``rows`` with ``summary``, ``refusal``, or ``failure`` (where in the code, without any content)."""

    rows: tuple[dict[str, Any], ...] = ()
    summary: dict[str, Any] | None = None
    refusal: RefusedFile | None = None
    failure: str | None = None


class _HangError(Exception):
    """A file that takes longer than any file may."""


@cache
def settings() -> dict[str, Any]:
    """The settings of the packaged rules."""
    return dict(load_rulebook(None).settings)


def read_polluted(path: Path) -> Reading:
    """Read a file as ``tactful read`` does."""
    try:
        with _guarded():
            frame, summary = read_preview(path, None, settings())
    except RefusedFile as refusal:
        return Reading(refusal=refusal)
    except _HangError:
        return Reading(failure="hang")
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked for
        return Reading(failure=_place(error))
    return Reading(tuple(frame.iter_rows(named=True)), summary)


def flagged_in(path: Path) -> Flagged | None:
    """Who said no in a file, as intake would write it down; None where nothing of it could be read."""
    try:
        return read_list(path, None, settings(), lambda messages: [""] * len(messages), "").flagged
    except RefusedList as refused:
        return refused.flagged
    except RefusedFile:
        return None


@contextlib.contextmanager
def _guarded() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise _HangError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _place(error: Exception) -> str:
    """Kind of an error and the functions it passed; its message may quote the file."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = (f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__} in {', '.join(places)}"
