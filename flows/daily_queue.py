"""The Prefect flow ``daily-queue``: file the inbox, decide, publish. A thin wrapper over :mod:`flows.pipeline`.

Prefect schedules, shows history and counts; what is published, and that it is published once, the pipeline sees to.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from prefect import flow

from flows import pipeline
from flows.intake import file_the_inbox
from flows.messages import note
from flows.prefect_steps import counts_artifact, show, showing, step, workspace_at
from flows.scrubbing import StepError, scrubbed
from policies.errors import TactfulError, WorkspaceError

if TYPE_CHECKING:
    from flows.workspace import Workspace

__all__ = ["daily_queue", "publish_the_queue", "run_as_flow"]


@step("publish-the-queue")
@scrubbed
def publish_the_queue(workspace: str, as_of: datetime | None, *, dry_run: bool) -> dict[str, Any]:
    """Decide and publish; returns the run in counts."""
    summary = pipeline.run(workspace_at(workspace), as_of=as_of, dry_run=dry_run)
    show(summary)
    return {
        "run_id": summary.run_id,
        "status": summary.status,
        "as_of": summary.as_of.isoformat(),
        "revision": summary.revision,
        "rows": summary.rows,
        "funnel": summary.funnel,
        "queued_by_owner": summary.queued_by_owner,
    }


@flow(name="daily-queue", retries=0, persist_result=False, log_prints=False)
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
    """Run the flow on the configured Prefect server, from the command line; errors are those of the pipeline.

    Raises ``WorkspaceError`` (``prefect_failed``) where Prefect itself fails before anything was published.
    """
    failure: TactfulError
    with showing() as shown:
        try:
            daily_queue(str(ws.root), as_of, dry_run=dry_run)
        except StepError as error:
            failure = error.cause or _fault(error.kind)
        except Exception as error:  # noqa: BLE001 - whatever Prefect met: the run is done or it is not
            failure = _prefect_failed(type(error).__name__)
        else:
            return _summary(shown)
    if any(isinstance(part, pipeline.RunSummary) for part in shown):
        note("Prefect could not record the end of this run; the run itself is done.")
        return _summary(shown)
    raise failure


def _summary(shown: Sequence[object]) -> pipeline.RunSummary:
    """The run with everything that was filed: first by the intake, then by the run's own look at the inbox."""
    run = next(part for part in shown if isinstance(part, pipeline.RunSummary))
    filed = [part for part in shown if isinstance(part, pipeline.IntakeSummary)]
    events = Counter(run.intake.events)
    for part in filed:
        events.update(part.events)
    # what the intake left where it lies, the run has met again
    files = [file for part in filed for file in part.files if file.status != "left"] + run.intake.files
    quarantined = run.intake.quarantined + sum(part.quarantined for part in filed)
    return replace(run, intake=pipeline.IntakeSummary(files, dict(sorted(events.items())), quarantined))


def _fault(kind: str) -> WorkspaceError:
    """The error for a fault of the program inside a step."""
    return WorkspaceError(
        "internal_error",
        f"Something went wrong inside Tactful ({kind}). Nothing was published.",
        "Run it again without PREFECT_API_URL and with TACTFUL_DEBUG=1 to see where; what that prints may hold "
        "personal data.",
    )


def _prefect_failed(kind: str) -> WorkspaceError:
    """The error for a Prefect that cannot be reached or fails."""
    return WorkspaceError(
        "prefect_failed",
        f"Prefect could not run the flow ({kind}). Nothing was published.",
        "See that the server PREFECT_API_URL names is up, or unset it: then the run goes without Prefect.",
    )
