"""The pipeline as plain functions: intake, run, why and the worklists. Prefect and the command line only call these."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows.asking.brief_help import names_on_record, template_for
from flows.asking.inquiry import Inquiry
from flows.clock import now
from flows.filing import IntakeSummary, file_inbox
from flows.filing.briefs import read_briefs
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
from flows.runs.situation import look
from flows.store import load_briefs, sweep
from policies.brief import Finding, lint, parse_brief
from policies.evaluate import decide
from policies.worklists import briefs_wanted, notices_due

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any

    import polars as pl

    from flows.policy_files import Policy
    from flows.workspace import Workspace
    from policies.brief import Brief

__all__ = [
    "CheckedBrief",
    "FileOutcome",
    "IntakeSummary",
    "RunSummary",
    "Undone",
    "brief_template",
    "check_briefs",
    "check_stored_briefs",
    "confirm_file",
    "due_notices",
    "import_file",
    "intake",
    "prepare",
    "refresh_queue",
    "run",
    "undo_file",
    "wanted_briefs",
    "why",
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


@dataclass(frozen=True, slots=True)
class CheckedBrief:
    """What the lint says of one brief of a file."""

    file: str
    findings: tuple[Finding, ...]


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


def why(
    ws: Workspace, contacts: Sequence[str], *, as_of: datetime | None = None, run_id: str | None = None
) -> list[dict[str, Any]]:
    """One answer per contact: everything there is to say about the person, or an error object."""
    from flows.asking.past_runs import answers_of_run

    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        if run_id is not None:
            return answers_of_run(ws, ledger, policy, contacts, run_id)
        situation = look(ws, ledger, policy, as_of or now(ws.settings), past=as_of is not None)
        return Inquiry(ledger, situation, decide(situation.inputs)).answers(contacts)


def wanted_briefs(ws: Workspace) -> pl.DataFrame:
    """The worklist of research: who may be contacted as soon as there is a brief that passes."""
    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        situation = look(ws, ledger, policy, now(ws.settings))
        return briefs_wanted(decide(situation.inputs))


def due_notices(ws: Workspace) -> pl.DataFrame:
    """The worklist of notices: who must still be told where their data came from, and by when."""
    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        situation = look(ws, ledger, policy, now(ws.settings))
        return notices_due(decide(situation.inputs), situation.inputs)


def brief_template(ws: Workspace, contact: str) -> str:
    """A brief to fill in for one person, with what the lists say filled in; raises ``UnknownContact``."""
    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        situation = look(ws, ledger, policy, now(ws.settings))
        decision = decide(situation.inputs)
        return template_for(Inquiry(ledger, situation, decision), decision, situation.inputs, contact)


def check_briefs(ws: Workspace, paths: Sequence[Path]) -> list[CheckedBrief]:
    """Lint the briefs in files, against the names on record where the person is known."""
    policy = load_policy(ws)
    return _checked(ws, policy, [(path.name, brief) for path in paths for brief in read_briefs(path, policy)])


def check_stored_briefs(ws: Workspace) -> list[CheckedBrief]:
    """Lint the briefs on file as :func:`check_briefs`; each is named by whom it is about and its id."""
    stored = load_briefs(ws).select("contact", "person_id", "brief_id", "text").iter_rows(named=True)
    named = [(f"{row['contact'] or row['person_id']} (brief {row['brief_id']})", row["text"]) for row in stored]
    return _checked(ws, load_policy(ws), [(name, parse_brief(text)) for name, text in named])


def _checked(ws: Workspace, policy: Policy, briefs: Sequence[tuple[str, Brief]]) -> list[CheckedBrief]:
    """What the lint says of each brief, under its name."""
    with open_ledger(ws) as ledger:
        inputs = look(ws, ledger, policy, now(ws.settings)).inputs
        names = names_on_record(decide(inputs), inputs)
    settings, on = inputs.settings["brief"], inputs.as_of.date()
    return [CheckedBrief(name, tuple(lint(brief, settings, on, names(brief)))) for name, brief in briefs]


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
