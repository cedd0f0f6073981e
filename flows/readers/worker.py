"""The process that reads files which could cost too much: ``python -m flows.readers.worker``, asked by its stdin.

It may take so much memory and time and no more. It writes the file as read to its stdout and says nothing else: what
goes wrong is told by how it ends, with the place in our code and never with what stands in the file.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NoReturn

from flows.readers.apart import FAILED, OUT_OF_MEMORY, REFUSED, SYSTEM
from flows.readers.handover import layouts_from, send
from flows.readers.reading import read_here
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["main"]

_PR_SET_PDEATHSIG: Final = 1


def main() -> None:
    """Read the file of the question and hand it over."""
    question = json.load(sys.stdin)
    _end_with_parent()
    _limit(resource.RLIMIT_AS, question["bytes"])
    _limit(resource.RLIMIT_CPU, question["seconds"] * (os.cpu_count() or 1))
    _limit(resource.RLIMIT_CORE, 0)
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    sys.excepthook = lambda kind, error, trace: _end(answer, kind, error, trace)
    layouts = layouts_from(question["layouts"])
    options = {name: question[name] for name in ("headerless", "header_words")}
    send(read_here(Path(question["path"]), layouts, **options), answer)
    os._exit(0)  # nothing is left to tidy up; taking a large table apart would take its time


def _limit(what: int, most: int) -> None:
    """Limit this process, never beyond a limit it already has."""
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with contextlib.suppress(ValueError, OSError):  # a system without this limit
        resource.setrlimit(what, (most, hard))


def _end_with_parent() -> None:
    """On Linux this process is ended with the one that asked, even when that is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _end(answer: IO[bytes], kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> NoReturn:
    """End this process after an error, with a code and, where it helps, a line."""
    match error:
        case RefusedFile():
            _tell(answer, error.as_dict())
            os._exit(REFUSED)
        case MemoryError():
            os._exit(OUT_OF_MEMORY)
        case OSError():
            os._exit(SYSTEM + (error.errno or 0) % SYSTEM)
        case _:
            last = traceback.extract_tb(trace)[-1:]
            where = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in last]
            _tell(answer, {"error": kind.__name__, "at": "".join(where)})
            os._exit(FAILED)


def _tell(answer: IO[bytes], said: dict[str, object]) -> None:
    answer.write(b"\n" + json.dumps(said).encode())
    answer.flush()


if __name__ == "__main__":
    main()
