"""What holds for every test: a clean environment, one time zone, and how hard Hypothesis tries."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import sys
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import DATABASES, place_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# Read by the suite itself, everything else of these families is the developer's and must not reach a test.
_OWN_SWITCHES = frozenset({"TACTFUL_HYPOTHESIS", "TACTFUL_REQUIRE_BROWSER"})
_FOREIGN = ("PREFECT_", "TACTFUL_", "GX_")

# One server, one browser: tests of a group share a worker, so that two of them never start at once.
_ONE_WORKER = ("browser", "prefect")


class PrefectAt(NamedTuple):
    """A Prefect server: where its data lies, and the address of its API."""

    home: Path
    url: str


settings.register_profile(
    "default",
    max_examples=12,
    deadline=None,  # other work may run beside it: a slow example says nothing about the code
    derandomize=True,  # the same examples on every machine; chance has its place in the long profile
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long",
    max_examples=400,
    deadline=None,
    print_blob=True,  # a failure can be replayed from the output alone
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("TACTFUL_HYPOTHESIS", "default"))


def _scratch_home() -> str:
    """A Prefect home of this run's own: no test reads or grows the developer's."""
    home = tempfile.mkdtemp(prefix="tactful-tests-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home


def _clean_environment() -> None:
    for name in list(os.environ):
        if name.startswith(_FOREIGN) and name not in _OWN_SWITCHES:
            del os.environ[name]
    # Commands are started by the dozen: each would compile the whole house anew where a shell forbids keeping that.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    os.environ.update(
        TZ="UTC",
        DO_NOT_TRACK="1",
        GX_ANALYTICS_ENABLED="false",
        PREFECT_HOME=_scratch_home(),
        PREFECT_LOGGING_LEVEL="WARNING",
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
    )
    time.tzset()


# At import, before any test module can import Prefect, which reads its environment once.
_clean_environment()


@pytest.hookimpl(tryfirst=True)  # before xdist gives out the work
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Keep the tests of a shared server or browser on one worker."""
    for item in items:
        for name in _ONE_WORKER:
            if item.get_closest_marker(name) is not None:
                item.add_marker(pytest.mark.xdist_group(name))


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not look through it for every test anew."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(params=DATABASES)
def ledger_place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a place for a ledger: the test runs on SQLite and on PostgreSQL."""
    return place_in(request.param, tmp_path)


@pytest.fixture
def polars_gate() -> Iterator[None]:
    """For tests that publish on their way to something else: the gates are asked in Polars alone."""
    from tests.small_workspace import gates_in_polars

    with gates_in_polars():
        yield


@pytest.fixture(scope="session")
def prefect_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectAt]:
    """A real Prefect server for the tests marked ``prefect``, started when the first of them asks for it."""
    from flows.prefect_server import prefect_server

    home = tmp_path_factory.mktemp("prefect")
    with prefect_server(home) as url:
        yield PrefectAt(home, url)


@pytest.fixture(scope="session", autouse=True)
def _rule_data_stays_as_read() -> Iterator[None]:
    """What was read of rule files is remembered and shared: nothing that any test called may have written into it."""
    yield
    if "policies.rulebook.loading" not in sys.modules:
        return
    from flows.rules_on_disk import load_rulebook
    from policies.rulebook import files, loading

    remembered = load_rulebook(None)
    files._parsed.cache_clear()
    loading._checked.cache_clear()
    assert load_rulebook(None) == remembered
