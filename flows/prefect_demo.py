"""Run a workspace once through a Prefect server started for the purpose: ``python -m flows.prefect_demo``.

The server is stopped however this ends. Prefect itself runs in other processes; nothing of it is imported here.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from flows.messages import error_text, note
from flows.prefect_server import prefect_environment, prefect_server
from policies.errors import TactfulError

__all__ = ["main"]

_INTERRUPTED: Final = 130
_RUN_ENDS_WITHIN: Final = 20.0  # seconds a run may take to tidy up when it is interrupted


def main(arguments: list[str] | None = None) -> int:
    """Run the workspace of ``--workspace`` through Prefect; the exit code is that of the run."""
    parser = argparse.ArgumentParser(
        prog="python -m flows.prefect_demo", description="Run a workspace through Prefect."
    )
    parser.add_argument("--workspace", type=Path, required=True, metavar="DIR")
    workspace: Path = parser.parse_args(arguments).workspace
    for ending in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) is not signal.SIG_IGN:  # under nohup a closed terminal ends nothing
            signal.signal(ending, signal.default_int_handler)  # the server is stopped then as well
    note("Once more through Prefect: starting a server for the purpose.")
    try:
        with tempfile.TemporaryDirectory(prefix="tactful-prefect-") as home, prefect_server(Path(home)) as url:
            code = _run(workspace, Path(home), url)
    except TactfulError as error:
        note(error_text(error.message, error.fix))
        return error.exit_code
    except KeyboardInterrupt:
        note("Stopped; the Prefect server as well.")
        return _INTERRUPTED
    note("The Prefect server is stopped.")
    return code


def _run(workspace: Path, home: Path, url: str) -> int:
    """``tactful run`` as a process of its own, as anybody would with a server at hand."""
    command = [sys.executable, "-c", "from flows.cli import main; main()", "run", "--workspace", str(workspace)]
    environment = {**prefect_environment(home), "PREFECT_API_URL": url}
    sys.stdout.flush()
    # A session of its own, so that an interruption reaches it once and from here.
    run = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603 (our own command)
    try:
        return run.wait()
    except KeyboardInterrupt:
        run.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(_RUN_ENDS_WITHIN)
        raise
    finally:
        run.kill()
        run.wait()


if __name__ == "__main__":
    sys.exit(main())
