"""The Prefect flow ``daily-queue``: file the inbox, decide, publish. A thin wrapper over :mod:`flows.pipeline`.

Prefect schedules, shows history and counts; what is published, and that it is published once, the pipeline sees to.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from prefect import flow

from flows import pipeline
from flows.intake import file_the_inbox
from flows.prefect_steps import counts_artifact, step, workspace_at
from flows.scrubbing import StepError, scrubbed

if TYPE_CHECKING:
    from flows.workspace import Workspace

__all__ = ["daily_queue", "publish_the_queue", "run_as_flow"]


@step("publish-the-queue")
@scrubbed
def publish_the_queue(workspace: str, as_of: datetime | None, *, dry_run: bool) -> dict[str, Any]:
    """Decide and publish; returns the run in counts."""
    summary = pipeline.run(workspace_at(workspace), as_of=as_of, dry_run=dry_run)
    return {
        "run_id": summary.run_id,
        "status": summary.status,
        "as_of": summary.as_of.isoformat(),
        "revision": summary.revision,
        "rows": summary.rows,
        "funnel": summary.funnel,
        "queued_by_owner": summary.queued_by_owner,
    }


@flow(name="daily-queue", persist_result=False, log_prints=False)
def daily_queue(workspace: str, as_of: datetime | None = None, *, dry_run: bool = False) -> dict[str, Any]:
    """File the inbox of one workspace, decide about every record and publish the day's queue.

    Args:
        workspace: folder of the workspace.
        as_of: the instant to judge at; left out, now.
        dry_run: decide only and change nothing.
    """
    filed: dict[str, int] = {} if dry_run else file_the_inbox(workspace)
    done: dict[str, Any] = publish_the_queue(workspace, as_of, dry_run=dry_run)
    rows: list[dict[str, str | int]] = [
        {"verdict": verdict, "rows": count} for verdict, count in done["funnel"].items()
    ]
    counts_artifact("queue-funnel", f"Run {done['run_id']}: {done['status']}", rows)
    return {**done, "filed": filed}


def run_as_flow(ws: "Workspace", *, as_of: datetime | None = None, dry_run: bool = False) -> pipeline.RunSummary:
    """Run the flow on the configured Prefect server, from the command line; errors are those of the pipeline."""
    try:
        done = daily_queue(str(ws.root), as_of, dry_run=dry_run)
    except StepError as error:
        failure = error.cause
        if failure is None:
            raise
    else:
        return _summary(ws, done)
    raise failure


def _summary(ws: "Workspace", done: dict[str, Any]) -> pipeline.RunSummary:
    """The run as the command line shows it; single files are not named, Prefect never knew them."""
    filed: dict[str, int] = done["filed"]
    known = pipeline.published_places(ws, done["run_id"], done["status"])
    intake = pipeline.IntakeSummary(
        events={kind.removeprefix("events "): count for kind, count in filed.items() if kind.startswith("events ")},
        quarantined=sum(count for what, count in filed.items() if what.endswith(" quarantined")),
    )
    return pipeline.RunSummary(
        run_id=done["run_id"],
        status=done["status"],
        as_of=datetime.fromisoformat(done["as_of"]),
        revision=done["revision"],
        rows=done["rows"],
        funnel=done["funnel"],
        queued_by_owner=done["queued_by_owner"],
        queue_path=known[0],
        report_path=known[1],
        intake=intake,
    )
