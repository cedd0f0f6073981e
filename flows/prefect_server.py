"""A Prefect server for one piece of work: on this machine only, asking nobody outside, gone when the work is over.

Run as a module this *is* the server. It watches its standard input, whose other end whoever started it holds: when
that end closes, because they finished, failed or were killed, the server ends as well.
"""

from __future__ import annotations

import contextlib
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Final

from policies.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["NO_REPORTS", "main", "prefect_environment", "prefect_server"]

_STARTS_WITHIN: Final = 180.0  # seconds; a cold start takes about fifteen
_STOPS_WITHIN: Final = 15.0
_LOOK_EVERY: Final = 0.25
_ATTEMPTS: Final = 3  # somebody else may take the free port first

# No statistics to anybody: for every process in which Tactful imports or starts Prefect.
NO_REPORTS: Final = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
# No web pages and no telemetry of tools either.
_QUIET: Final = {
    **NO_REPORTS,
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
    "PREFECT_CLI_PROMPT": "false",
    "NO_COLOR": "1",
    "NO_PROXY": "127.0.0.1,localhost",
}


def prefect_environment(home: Path, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for Prefect's processes: a home of their own, and nothing of another configuration."""
    inherited = {name: value for name, value in (base or os.environ).items() if not name.startswith("PREFECT_")}
    return {**inherited, **_QUIET, "PREFECT_HOME": str(home)}


@contextlib.contextmanager
def prefect_server(home: Path) -> Iterator[str]:
    """A Prefect server on a free port of this machine, its data in ``home``; yields its API URL, stops it at the end.

    Raises ``WorkspaceError`` (``prefect_not_started``) where it does not come up.
    """
    home.mkdir(parents=True, exist_ok=True)
    for _ in range(_ATTEMPTS):
        port = _free_port()
        url = f"http://127.0.0.1:{port}/api"
        with _running(home, port) as server:
            if _healthy(server, url):
                yield url
                return
    raise WorkspaceError(
        "prefect_not_started",
        "The Prefect server did not come up.",
        "Run `tactful run` without Prefect; the queue is the same.",
    )


def main(port: str) -> None:
    """Be the server, until asked to end or left alone."""
    threading.Thread(target=_end_with_starter, daemon=True).start()
    sys.argv = ["prefect", "server", "start", "--host", "127.0.0.1", "--port", port]
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


def _end_with_starter() -> None:
    """Wait until nobody holds the other end of standard input any more, then end this process."""
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_STOPS_WITHIN)
    os._exit(1)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextlib.contextmanager
def _running(home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The server's process, in a session of its own: what ends it is this, and never a key pressed at the terminal."""
    with (home / "server.log").open("ab") as log:
        server = subprocess.Popen(  # noqa: S603 (this interpreter and a module of our own)
            [sys.executable, "-m", "flows.prefect_server", str(port)],
            env=prefect_environment(home),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield server
    finally:
        _stop(server)


def _healthy(server: subprocess.Popen[bytes], url: str) -> bool:
    """Wait until the server answers; False when it ended or takes too long."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + _STARTS_WITHIN
    while server.poll() is None and time.monotonic() < until:
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            direct.open(f"{url}/health", timeout=2),
        ):
            return True
        time.sleep(_LOOK_EVERY)
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the server: asked first, then made to, with everything it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(_STOPS_WITHIN)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.communicate()


if __name__ == "__main__":
    main(sys.argv[1])
