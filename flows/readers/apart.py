"""Reading in a process of its own, with limits of time and memory: what a hostile file does, it does there.

Whatever becomes of that process (too slow, too large, killed, crashed), here it is a refused file with a stable code.
Its answer goes into an open file without a name, so that nothing of it stays behind even when both are killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from flows.readers.detect import DELIMITED
from flows.readers.handover import layouts_in_words, receive
from flows.readers.limits import APART_BYTES, MAX_READING_BYTES, MAX_READING_SECONDS
from flows.readers.refusals import refuse
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flows.readers.model import RawFile
    from policies.sources.layouts import Layout

__all__ = ["FAILED", "OUT_OF_MEMORY", "REFUSED", "SYSTEM", "is_read_apart", "read_apart"]

# How the worker ends: done is 0.
REFUSED: Final = 10
OUT_OF_MEMORY: Final = 11
FAILED: Final = 12
SYSTEM: Final = 100  # and the number of the system's error: a full disk says nothing about the file

_MODULE: Final = "flows.readers.worker"
_PASSED_ON: Final = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "POLARS_MAX_THREADS", "SYSTEMROOT")
# Polars aborts where memory ends; the system kills where its own does.
_OUT_OF_MEMORY: Final = (-signal.SIGABRT, -signal.SIGKILL, OUT_OF_MEMORY)


def is_read_apart(path: Path, kind: str) -> bool:
    """Whether a file is not read in this process: every format of others' libraries, and large texts."""
    return kind != DELIMITED or path.stat().st_size > APART_BYTES


def read_apart(
    path: Path, layouts: Sequence[Layout] = (), *, headerless: bool = False, header_words: Collection[str] = ()
) -> RawFile:
    """Read a file in a process of its own; the options are those of :func:`flows.readers.read_file`.

    Raises ``RefusedFile`` as the readers do, and ``took_too_long``, ``took_too_much_memory`` or ``reader_stopped``
    where the process did not come to its end.
    """
    question = {
        "path": str(path.absolute()),
        "headerless": headerless,
        "header_words": sorted(header_words),
        "layouts": layouts_in_words(layouts),
        "seconds": max(1, round(MAX_READING_SECONDS)),
        "bytes": MAX_READING_BYTES,
    }
    with tempfile.TemporaryFile() as answer:
        code = _run(json.dumps(question).encode(), answer)
        if code == REFUSED:
            raise _refusal(answer)
        if code != 0:
            raise _stopped(code, answer)
        return receive(answer, layouts)


def _run(question: bytes, answer: IO[bytes]) -> int:
    """Run the worker on a question; gives how it ended. It ends with this call, however that ends."""
    command = [sys.executable, "-P", "-m", _MODULE]  # -P: no file beside the list stands in for a module
    process = subprocess.Popen(  # noqa: S603 - this interpreter and a module of our own
        command, env=_environment(), stdin=subprocess.PIPE, stdout=answer, stderr=subprocess.DEVNULL
    )
    try:
        process.communicate(question, timeout=MAX_READING_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise refuse("took_too_long", seconds=MAX_READING_SECONDS) from error
    finally:
        process.kill()
        process.wait()
    return process.returncode


def _environment() -> dict[str, str]:
    known = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**known, "PYTHONPATH": str(Path(__file__).parents[2])}


def _refusal(answer: IO[bytes]) -> RefusedFile:
    said = _said(answer)
    return RefusedFile(said["code"], said["message"], said["fix"], said["details"])


def _stopped(code: int, answer: IO[bytes]) -> RefusedFile | OSError:
    if code == -signal.SIGXCPU:
        return refuse("took_too_long", seconds=MAX_READING_SECONDS)
    if code >= SYSTEM:
        return OSError(code - SYSTEM, os.strerror(code - SYSTEM))
    if code in _OUT_OF_MEMORY:
        return refuse("took_too_much_memory", limit=MAX_READING_BYTES)
    where = _said(answer) if code == FAILED else {"status": code}
    return refuse("reader_stopped", **where)


def _said(answer: IO[bytes]) -> dict[str, Any]:
    """The last line of the answer: nothing else was written, or it was not finished."""
    answer.seek(0)
    found: dict[str, Any] = json.loads(answer.read().rpartition(b"\n")[2])
    return found
