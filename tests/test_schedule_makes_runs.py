"""A schedule makes runs, with the versions that are locked: some that resolve together break this without a word.

With SQLAlchemy 2.1 the server looks healthy and its scheduler fails every minute; with a newer FastAPI the server
cannot even be imported (docs/decisions/007).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

    from tests.conftest import PrefectAt

pytestmark = [
    pytest.mark.prefect,
    # what Prefect and its server warn of about themselves is not ours to mend
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]

_SCHEDULED_WITHIN = 60.0  # seconds; the scheduler looks for new deployments every few seconds


def test_the_server_can_be_imported() -> None:
    """The first thing a newer FastAPI breaks."""
    import prefect.server.api.server

    assert callable(prefect.server.api.server.create_app)


def test_a_schedule_makes_runs(prefect_at: PrefectAt) -> None:
    """A deployment of the daily flow for weekdays gets its runs, at the right hours and on weekdays only."""
    from prefect.client.orchestration import get_client
    from prefect.deployments.runner import RunnerDeployment
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from flows.daily_queue import daily_queue

    with temporary_settings({PREFECT_API_URL: prefect_at.url}), get_client(sync_client=True) as client:
        weekdays = daily_queue.to_deployment(
            name="weekdays", cron="30 7 * * 1-5", parameters={"workspace": "/srv/tactful"}
        )
        assert isinstance(weekdays, RunnerDeployment)
        made = weekdays.apply()
        assert isinstance(made, UUID)
        try:
            runs = _scheduled(client, made)
        finally:
            client.delete_deployment(made)
    starts = [run.expected_start_time for run in runs if run.expected_start_time is not None]
    assert len(starts) == len(runs) > 0
    assert {(start.hour, start.minute) for start in starts} == {(7, 30)}
    assert {start.isoweekday() for start in starts} <= {1, 2, 3, 4, 5}


def _scheduled(client: SyncPrefectClient, deployment: UUID) -> list[FlowRun]:
    """The runs the server made for a deployment, waited for."""
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId

    of_it = DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))
    until = time.monotonic() + _SCHEDULED_WITHIN
    while not (runs := client.read_flow_runs(deployment_filter=of_it)):
        assert time.monotonic() < until, "the schedule made no run"
        time.sleep(0.2)
    assert all(run.state is not None and run.state.is_scheduled() and run.auto_scheduled for run in runs)
    return runs
