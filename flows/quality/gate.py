"""The gates: one list of expectations, checked at once in Polars and by Great Expectations in a process of its own.

Great Expectations takes seconds to import, so its process is started when a run begins and asked when the run is ready
to publish. No answer, a crash or two answers that differ hold the run: an unchecked queue is not published.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from flows.file_names import safe_file_name
from flows.files import make_folder
from flows.quality.checks import ExpectationResult, QualityResult, polars_check, refuse_contacts, require_passed
from flows.store.parquet import write_parquet
from policies.errors import HeldError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from flows.workspace import Workspace
    from policies.expectations import Expectation

__all__ = [
    "GATE_TIMEOUT",
    "ExpectationResult",
    "QualityProcess",
    "QualityResult",
    "polars_check",
    "require_passed",
    "start",
]

GATE_TIMEOUT: Final = 300.0  # seconds from asking to answer; a cold import on a busy machine takes a minute
_PASSED_ON: Final = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ")  # no keys, no addresses of databases
_AGAIN: Final = "Run again; if it persists, reinstall with `make install`. Nothing was published."
_UNWRITTEN: Final = (
    "it could not write what it found",
    "Look whether the disk is full, free some space and run again. Nothing was published.",
)
_FRAMES: Final = ".frames"
_MODULE: Final = "flows.quality.process"


def start(ws: Workspace, timeout: float = GATE_TIMEOUT, module: str = _MODULE) -> QualityProcess:
    """Start the process of Great Expectations, which imports it while the pipeline works.

    Use the result in a ``with`` statement, so that the process ends with it. Raises ``HeldError``
    (``gate_unavailable``) where it cannot even be started.
    """
    command = [sys.executable, "-P", "-m", module]  # -P: no file of the workspace stands in for a module
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    try:
        process = subprocess.Popen(  # noqa: S603 - this interpreter and a module of our own
            command, cwd=ws.root, env=_environment(), stdin=pipe, stdout=pipe, stderr=nothing
        )
    except OSError as error:
        raise _unavailable("it could not be started") from error
    return QualityProcess(process, timeout)


class QualityProcess:
    """The running process; it answers one question at a time."""

    def __init__(self, process: subprocess.Popen[bytes], timeout: float) -> None:
        self._process = process
        self._timeout = timeout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check(
        self, frames: Mapping[str, pl.DataFrame], expectations: Mapping[str, Sequence[Expectation]], out_dir: Path
    ) -> QualityResult:
        """Check every frame against the expectations of its name, twice; writes ``<name>.json`` and Data Docs.

        Whether a gate fails is for the caller to say (:func:`require_passed`). Raises ``HeldError``:
        ``gate_unavailable`` without an answer, ``gates_disagree`` where the two differ, ``gate_sees_contacts`` for a
        frame with contacts in it.
        """
        for name, frame in frames.items():
            refuse_contacts(name, frame)
        ours = {name: polars_check(frame, expectations.get(name, ())) for name, frame in sorted(frames.items())}
        folder = make_folder(out_dir / _FRAMES)
        try:
            checks = [_question(name, frames[name], ours[name], folder) for name in ours]
            theirs = self._ask({"out": str(out_dir), "checks": checks})
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        _compare(ours, theirs)
        return QualityResult(ours)

    def close(self) -> None:
        """End the process; it has nothing left to lose."""
        self._process.kill()
        self._process.communicate()

    def _ask(self, job: Mapping[str, object]) -> list[list[bool]]:
        """Send one job and wait for its line; gives a list of answers for each frame."""
        question, answer = self._process.stdin, self._process.stdout
        if question is None or answer is None:
            raise _unavailable("its pipes are closed")
        try:
            question.write(json.dumps(job).encode() + b"\n")
            question.flush()
        except OSError as error:
            raise _unavailable("it ended early") from error
        return _answers(_line(answer.fileno(), time.monotonic() + self._timeout))


def _question(name: str, frame: pl.DataFrame, results: Sequence[ExpectationResult], folder: Path) -> dict[str, object]:
    """One frame for the process: where it lies, and what is expected, with our own answers for the file it writes."""
    file = folder / f"{safe_file_name(name)}.parquet"
    write_parquet(frame, file)
    asked = [{**result.as_dict(), "values": list(result.expectation.values)} for result in results]
    return {"name": safe_file_name(name), "parquet": str(file), "rows": frame.height, "expectations": asked}


def _answers(line: bytes) -> list[list[bool]]:
    """The answers in one line of the process; raises ``HeldError`` where it holds none."""
    try:
        reply = json.loads(line)
        answers: list[list[bool]] | None = reply.get("answers")
    except (ValueError, AttributeError):
        raise _unavailable("its answer cannot be read") from None
    if answers is None:
        kind = reply.get("error")
        raise _unavailable(*_UNWRITTEN) if kind == OSError.__name__ else _unavailable(f"it failed with {kind}")
    return answers


def _line(stream: int, deadline: float) -> bytes:
    """Read up to a line end; raises ``HeldError`` at the deadline or when the stream ends."""
    data = b""
    while not data.endswith(b"\n"):
        ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise _unavailable("it did not answer in time")
        part = os.read(stream, 65536)
        if not part:
            raise _unavailable("it ended without an answer")
        data += part
    return data


def _compare(ours: Mapping[str, Sequence[ExpectationResult]], theirs: Sequence[Sequence[bool]]) -> None:
    both = zip(ours.items(), theirs, strict=True)
    differ = [
        f"{name}: {result.expectation.kind} {result.expectation.field or ''}".rstrip()
        for (name, results), answers in both
        for result, answer in zip(results, answers, strict=True)
        if result.passed != answer
    ]
    if differ:
        raise HeldError(
            "gates_disagree",
            f"Polars and Great Expectations answer differently: {', '.join(differ)}.",
            "This is a fault of the program: report it. Nothing was published.",
            {"expectations": differ},
        )


def _unavailable(what: str, fix: str = _AGAIN) -> HeldError:
    return HeldError("gate_unavailable", f"The quality gate gave no answer: {what}.", fix)


def _environment() -> dict[str, str]:
    """What the process may know: where programs and our packages are, and that it must not call anybody."""
    known = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    quiet = {"GX_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1", "PYTHONWARNINGS": "ignore"}
    return {**known, **quiet, "PYTHONPATH": str(Path(__file__).parents[2])}
