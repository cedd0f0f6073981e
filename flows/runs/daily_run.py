"""The daily flow: look, decide, pass the gates, publish in one step (design D8).

Whatever fails before the claim leaves nothing published; the queue in force may then only lose people.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final

from flows.backup.behind import require_reconciled
from flows.clock import now
from flows.ledger import AsOfPassed, Claim
from flows.quality import require_passed
from flows.queue.suppression_now import refresh_queue
from flows.runs.feeds import require_fresh_feeds
from flows.runs.files import frames_of, write_run_files
from flows.runs.gates import expectations_of, gate_frames
from flows.runs.manifest import QUALITY_FOLDER, build, entry_of_text, tree_sha256, verify_run, write_manifest
from flows.runs.promises import commitments_and_releases
from flows.runs.publish import discard_stage, finish_run, mark_published, stage_run, sweep_runs
from flows.runs.situation import Situation, look
from flows.runs.stop_figures import stop_figures
from flows.runs.stored_inputs import input_entries
from flows.store import active_lists, write_generation
from flows.store.identity import generation_id
from flows.versions import dependency_versions
from flows.who_is_who import renew_matching
from policies.effects import VERDICT_ORDER
from policies.errors import HeldError, WorkspaceError
from policies.evaluate import Decision, decide

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from flows.ledger import Ledger
    from flows.policy_files import Policy
    from flows.quality import QualityProcess
    from flows.runs.frames import RunFrames
    from flows.workspace import Workspace

__all__ = ["Outcome", "decide_only", "publish_run"]

# How often a run decides again because somebody said something while it worked.
_ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, in counts."""

    run_id: str
    status: str
    as_of: datetime
    revision: int | None
    rows: int
    funnel: dict[str, int]
    queued_by_owner: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Staged:
    """A run whose files are on disk, waiting for its claim."""

    situation: Situation
    decision: Decision
    frames: RunFrames
    manifest_sha256: str


def decide_only(ws: Workspace, ledger: Ledger, policy: Policy, as_of: datetime | None) -> Outcome:
    """Decide about what is stored, and change nothing."""
    situation = look(ws, ledger, policy, _instant(ws, as_of))
    decision = decide(situation.inputs, situation.standing)
    frames = frames_of(ws, situation, decision, situation.run.run_id)
    return _outcome("dry_run", situation, frames, None)


def publish_run(
    ws: Workspace,
    ledger: Ledger,
    policy: Policy,
    as_of: datetime | None,
    quality: QualityProcess,
    step: Callable[[str], None],
) -> Outcome:
    """Decide and publish; the same inputs a second time are verified and left as they are.

    Needs the workspace lock. Raises ``HeldError`` when a gate, a feed, a key or an older ledger holds the run, and
    ``LedgerError`` when ``as_of`` lies before the last publication.
    """
    require_reconciled(ws, ledger)
    sweep_runs(ws, frozenset(ledger.publications().get_column("run_id")), ledger.head())
    try:
        require_fresh_feeds(ws, ledger)
        renew_matching(ws, policy.book.settings, active_lists(ws))
        return _rounds(ws, ledger, policy, _instant(ws, as_of), quality, step)
    finally:
        refresh_queue(ws, ledger)


def _rounds(
    ws: Workspace,
    ledger: Ledger,
    policy: Policy,
    as_of: datetime,
    quality: QualityProcess,
    step: Callable[[str], None],
) -> Outcome:
    """Decide again as long as something relevant was recorded meanwhile."""
    for _ in range(_ROUNDS):
        outcome = _one_round(ws, ledger, look(ws, ledger, policy, as_of), quality, step)
        if outcome is not None:
            return outcome
    raise HeldError(
        "ledger_busy",
        "Opt-outs or other events kept arriving while the run decided.",
        "Run again when the import is through. Nothing was published.",
    )


def _one_round(
    ws: Workspace, ledger: Ledger, situation: Situation, quality: QualityProcess, step: Callable[[str], None]
) -> Outcome | None:
    """One decision, published or found published; none when it was overtaken by an event."""
    step("deciding")
    decision = decide(situation.inputs, situation.standing)
    run = situation.run
    frames = frames_of(ws, situation, decision, run.run_id)
    published = _published(ws, ledger, run.run_id)
    if published is not None:
        return _outcome("already_published", situation, frames, published)
    _refuse_past(ledger, situation.inputs.as_of)
    step("writing the run")
    stage = stage_run(ws, run.run_id)
    try:
        write_run_files(ws, stage, situation, decision, frames, stop_figures(ws, ledger, situation, decision))
        step("passing the gates")
        require_passed(
            quality.check(gate_frames(situation, frames), expectations_of(situation, frames), stage / QUALITY_FOLDER)
        )
        manifest_sha256 = write_manifest(stage, _manifest(ws, stage, situation, frames))
        step("publishing")
        if ledger.relevant_head() != situation.relevant_head:
            return None
        write_generation(ws, decision.table.subjects.generation)
        folder = finish_run(ws, stage, run.run_id)
    finally:
        discard_stage(stage)
    return _claimed(ws, ledger, _Staged(situation, decision, frames, manifest_sha256), folder)


def _claimed(ws: Workspace, ledger: Ledger, staged: _Staged, folder: Path) -> Outcome | None:
    """Claim the day's next revision with its commitments; take the folder away again when an event came first."""
    inputs, run = staged.situation.inputs, staged.situation.run
    revision = _next_revision(ledger, staged.situation)
    claim = Claim(
        workspace_id=ws.settings.workspace_id,
        queue_date=inputs.queue_date.isoformat(),
        revision=revision,
        run_id=run.run_id,
        as_of=inputs.as_of,
        expected_relevant_head=staged.situation.relevant_head,
    )
    body = {
        "manifest_sha256": staged.manifest_sha256,
        "quality_sha256": tree_sha256(folder / QUALITY_FOLDER),
        "identity_generation": generation_id(staged.decision.table.subjects.generation),
        "inputs_sha256": staged.situation.inputs_sha256,
        "events_seq": staged.situation.cut.seq,
        "counts": _funnel(staged.frames),
    }
    events = commitments_and_releases(ledger, staged.decision, staged.frames.queue, inputs.day_queue, claim)
    if not ledger.publish_claim(claim, events, body):
        shutil.rmtree(folder)
        return None
    mark_published(ws, run.run_id)
    return _outcome("published", staged.situation, staged.frames, revision)


def _published(ws: Workspace, ledger: Ledger, run_id: str) -> int | None:
    """The revision under which a run was published, its files verified; none when it was not.

    Raises ``WorkspaceError`` (``run_altered``) when the files are not what was published.
    """
    for row in ledger.publications().iter_rows(named=True):
        if row["run_id"] == run_id:
            faults = verify_run(ws.run_folder(run_id), row["manifest_sha256"], row["quality_sha256"])
            if faults:
                first = faults[0]
                raise WorkspaceError(
                    "run_altered",
                    f"Run {run_id} was published, but its files were altered since: {first.place} {first.what}.",
                    "Run `tactful audit verify` to see every fault, and restore the folder from a backup.",
                )
            return int(row["revision"])
    return None


def _refuse_past(ledger: Ledger, as_of: datetime) -> None:
    """Do not work for minutes on a run that could never be published."""
    last = ledger.publications().get_column("as_of").max()
    if last is not None and as_of < last:  # type: ignore[operator]  # the column holds instants
        raise AsOfPassed(
            "as_of_passed",
            "The instant to judge at lies before the last publication; such a run is never published.",
            "Use a later --as-of, or --dry-run to look at the past.",
        )


def _next_revision(ledger: Ledger, situation: Situation) -> int:
    """Number of the day's next revision, from 1."""
    known = ledger.publications()
    of_day = known.filter(known["queue_date"] == situation.inputs.queue_date)
    return max(of_day.get_column("revision").to_list(), default=0) + 1


def _manifest(ws: Workspace, stage: Path, situation: Situation, frames: RunFrames) -> dict[str, object]:
    """The manifest of the staged files."""
    inputs = situation.inputs
    return build(
        stage,
        {
            "run_id": situation.run.run_id,
            "as_of": inputs.as_of.isoformat(),
            "queue_date": inputs.queue_date.isoformat(),
            "policy_revision": situation.policy.revision,
            "depends_on": dict(situation.run.parts),
        },
        inputs=input_entries(ws, situation.lists, situation.registries.versions),
        rule_files=[entry_of_text(file.path, file.text) for file in situation.policy.files],
        counts=_funnel(frames),
        versions=dependency_versions(),
        ledger_head=situation.relevant_head,
    )


def _instant(ws: Workspace, as_of: datetime | None) -> datetime:
    """The instant to judge at, in UTC and whole seconds."""
    return (as_of or now(ws.settings)).astimezone(UTC).replace(microsecond=0)


def _funnel(frames: RunFrames) -> dict[str, int]:
    """Rows by verdict, every verdict named."""
    counted = dict(frames.decisions.group_by("verdict").len().iter_rows())
    return {verdict.value: int(counted.get(verdict.value, 0)) for verdict in VERDICT_ORDER}


def _outcome(status: str, situation: Situation, frames: RunFrames, revision: int | None) -> Outcome:
    """The run in counts."""
    owners = dict(frames.queue.group_by("owner").len().sort("owner").iter_rows())
    return Outcome(
        run_id=situation.run.run_id,
        status=status,
        as_of=situation.inputs.as_of,
        revision=revision,
        rows=frames.decisions.height,
        funnel=_funnel(frames),
        queued_by_owner={str(owner): int(lines) for owner, lines in owners.items()},
    )
