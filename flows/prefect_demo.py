"""Run a workspace once through a Prefect server started for the purpose: ``python -m flows.prefect_demo``.

The server listens on this machine only, keeps its data in a home of its own, asks nobody outside and is stopped
however this ends. Prefect itself runs in other processes; nothing of it is imported here.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flows.messages import error_text, note
from policies.errors import TactfulError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["main", "prefect_environment", "prefect_server"]

_STARTS_WITHIN: Final = 180.0  # seconds; a cold start takes about fifteen
_STOPS_WITHIN: Final = 15.0
_LOOK_EVERY: Final = 0.25
_ATTEMPTS: Final = 3  # somebody else may take the free port first

# No statistics to anybody, no web pages, no telemetry of tools.
_QUIET: Final = {
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
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
    with contextlib.ExitStack() as stack:
        for _ in range(_ATTEMPTS):
            port = _free_port()
            url = f"http://127.0.0.1:{port}/api"
            server = stack.enter_context(_running(home, port))
            if _healthy(server, url):
                yield url
                return
    raise WorkspaceError(
        "prefect_not_started",
        "The Prefect server did not come up.",
        f"See server.log in {home}, or run `tactful run` without Prefect.",
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the workspace of ``--workspace`` through Prefect; the exit code is that of the run."""
    parser = argparse.ArgumentParser(
        prog="python -m flows.prefect_demo", description="Run a workspace through Prefect."
    )
    parser.add_argument("--workspace", type=Path, required=True, metavar="DIR")
    workspace: Path = parser.parse_args(arguments).workspace
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the server is stopped then as well
    note("Once more through Prefect: starting a server for the purpose.")
    try:
        with tempfile.TemporaryDirectory(prefix="tactful-prefect-") as home, prefect_server(Path(home)) as url:
            code = _run(workspace, Path(home), url)
    except TactfulError as error:
        note(error_text(error.message, error.fix))
        return error.exit_code
    except KeyboardInterrupt:
        note("Stopped; the Prefect server as well.")
        return 130
    note("The Prefect server is stopped.")
    return code


def _run(workspace: Path, home: Path, url: str) -> int:
    """``tactful run`` as a process of its own, as anybody would with a server at hand."""
    command = [sys.executable, "-c", "from flows.cli import main; main()", "run", "--workspace", str(workspace)]
    environment = {**prefect_environment(home), "PREFECT_API_URL": url}
    sys.stdout.flush()
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 (our own command)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextlib.contextmanager
def _running(home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The server process, in a session of its own so that all of it can be stopped."""
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (home / "server.log").open("ab") as log:
        server = subprocess.Popen(  # noqa: S603 (a fixed command)
            command,
            env=prefect_environment(home),
            stdin=subprocess.DEVNULL,
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
    server.wait()


if __name__ == "__main__":
    sys.exit(main())
