"""The pipeline as plain functions: intake and the day's run. Prefect and the command line only call these.

What only asks (why, the worklists) is in flows/asking/questions.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows.filing import IntakeSummary, file_inbox
from flows.filing.model import FileOutcome
from flows.filing.undo import Undone
from flows.ledger_access import open_ledger
from flows.locks import workspace_lock
from flows.policy_files import load_policy, word_lists
from flows.queue.state import load_state
from flows.queue.suppression_now import keep_queue_current, refresh_queue
from flows.queue.tables import TODAY_FILE
from flows.queue.writing import rescue_edited
from flows.runs import daily_run
from flows.store import sweep

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from flows.workspace import Workspace

__all__ = [
    "FileOutcome",
    "IntakeSummary",
    "RunSummary",
    "Undone",
    "confirm_file",
    "import_file",
    "intake",
    "prepare",
    "refresh_queue",
    "run",
    "undo_file",
]


@dataclass(frozen=True)
class RunSummary:
    """How a run ended, in counts; ``status`` is published, already_published or dry_run."""

    run_id: str
    status: str
    as_of: datetime
    revision: int | None
    rows: int
    funnel: dict[str, int]
    queued_by_owner: dict[str, int]
    queue_path: str | None
    report_path: str | None
    intake: IntakeSummary = field(default_factory=IntakeSummary)


def intake(ws: Workspace, *, dry_run: bool = False, progress: Callable[[str], None] | None = None) -> IntakeSummary:
    """File the inbox and, since it may hold opt-outs, take whom they name out of the queue in force.

    Raises ``RuleFileError`` before anything else where rule data does not hold.
    """
    step = progress or _silent
    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        if dry_run:
            return file_inbox(ws, ledger, policy, dry_run=True, step=step)
        with workspace_lock(ws, on_wait=lambda: step("waiting for another command")):
            prepare(ws)
            summary = file_inbox(ws, ledger, policy, dry_run=False, step=step)
        refresh_queue(ws, ledger)
    return summary


def undo_file(
    ws: Workspace, sha256: str, reason: str | None = None, *, progress: Callable[[str], None] | None = None
) -> Undone:
    """Take one file out again, and whom it brought out of the queue in force. It waits for no rule file.

    ``sha256`` may be abbreviated. Raises ``UsageError`` for a file that is not known or cannot be taken out.
    """
    from flows.filing import undo

    step = progress or _silent
    with open_ledger(ws) as ledger:
        with workspace_lock(ws, on_wait=lambda: step("waiting for another command")):
            prepare(ws)
            step("taking the file out")
            done = undo.undo_file(ws, ledger, sha256, reason)
        refresh_queue(ws, ledger)
    return done


def confirm_file(ws: Workspace, sha256: str, *, progress: Callable[[str], None] | None = None) -> FileOutcome:
    """Take in a list that waits in quarantine, and whom it opts out out of the queue in force.

    Raises ``UsageError`` where no such list waits, ``RefusedFile`` where it cannot come in: it then waits on.
    """
    from flows.filing import waiting
    from flows.filing.lists import confirm_list

    step = progress or _silent
    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        with workspace_lock(ws, on_wait=lambda: step("waiting for another command")):
            prepare(ws)
            step("taking the list in")
            outcome = confirm_list(ws, ledger, policy, waiting.meant(ws, ledger, sha256))
        refresh_queue(ws, ledger)
    return outcome


def import_file(
    ws: Workspace, kind: str, path: Path, *, progress: Callable[[str], None] | None = None
) -> IntakeSummary:
    """Take in one file of opt-outs or touches from anywhere, at once: it waits for no run and no rule file."""
    from flows.filing.imports import import_copy

    (progress or _silent)(f"reading {kind}")
    with open_ledger(ws) as ledger:
        summary = import_copy(ws, ledger, word_lists(ws), kind, path)
        refresh_queue(ws, ledger)
    return summary


def run(
    ws: Workspace,
    *,
    as_of: datetime | None = None,
    dry_run: bool = False,
    progress: Callable[[str], None] | None = None,
) -> RunSummary:
    """File the inbox, decide about every record, pass the gates and publish the day's queue.

    Raises ``RuleFileError`` before anything else, ``HeldError`` when a gate, a feed or a key holds the run, and
    ``LedgerError`` or ``WorkspaceError`` when the ledger or the disk fails; nothing is published then.
    """
    step = progress or _silent
    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        if dry_run:
            filed = file_inbox(ws, ledger, policy, dry_run=True, step=step)
            return _summary(ws, daily_run.decide_only(ws, ledger, policy, as_of), filed)
        from flows.quality import start

        with start(ws) as quality, workspace_lock(ws, on_wait=lambda: step("waiting for another command")):
            prepare(ws)
            filed = file_inbox(ws, ledger, policy, dry_run=False, step=step)
            keep_queue_current(ws, ledger)  # what the inbox brought holds now, not when everything is decided
            outcome = daily_run.publish_run(ws, ledger, policy, as_of, quality, step)
    return _summary(ws, outcome, filed)


def prepare(ws: Workspace) -> None:
    """Clear what interrupted commands left, and collect what reps wrote into the queue files where they stand."""
    sweep(ws)
    state = load_state(ws)
    rescue_edited(ws, state.files if state is not None else {})


def _published_places(ws: Workspace, run_id: str, status: str) -> tuple[str | None, str | None]:
    """Where queue and report of a run are; nowhere for a run that was not published."""
    if status not in ("published", "already_published"):
        return None, None
    return str(ws.queue / TODAY_FILE), str(ws.run_folder(run_id) / "report.html")


def _silent(_: str) -> None:
    """Report to nobody."""


def _summary(ws: Workspace, outcome: daily_run.Outcome, filed: IntakeSummary) -> RunSummary:
    """Add intake and places to what the run says."""
    queue_path, report_path = _published_places(ws, outcome.run_id, outcome.status)
    return RunSummary(
        run_id=outcome.run_id,
        status=outcome.status,
        as_of=outcome.as_of,
        revision=outcome.revision,
        rows=outcome.rows,
        funnel=outcome.funnel,
        queued_by_owner=outcome.queued_by_owner,
        queue_path=queue_path,
        report_path=report_path,
        intake=filed,
    )
