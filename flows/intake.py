"""The Prefect flow ``intake``: file the inbox. A thin wrapper over :mod:`flows.pipeline`."""

from collections import Counter

from prefect import flow

from flows import pipeline
from flows.prefect_steps import counts_artifact, show, step, workspace_at
from flows.scrubbing import scrubbed

__all__ = ["file_the_inbox", "intake"]


@step("file-the-inbox", retries=2, retry_delay_seconds=[10, 60])
@scrubbed
def file_the_inbox(workspace: str) -> dict[str, int]:
    """File every dropped file; returns files by outcome and new events by kind, as counts."""
    summary = pipeline.intake(workspace_at(workspace))
    show(summary)
    outcomes = Counter(f"{file.kind} {file.status}" for file in summary.files)
    return {**outcomes, **{f"events {kind}": count for kind, count in sorted(summary.events.items())}}


@flow(name="intake", retries=0, persist_result=False, log_prints=False)
def intake(workspace: str) -> dict[str, int]:
    """File the inbox of one workspace.

    Args:
        workspace: folder of the workspace.
    """
    counts: dict[str, int] = file_the_inbox(workspace)
    rows: list[dict[str, str | int]] = [{"what": what, "count": count} for what, count in sorted(counts.items())]
    counts_artifact("intake-files", "Files and events of this intake", rows)
    return counts
