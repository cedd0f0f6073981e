"""What only asks, as plain functions: why, the notices due, the check of briefs. Nothing is filed or published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.asking.brief_help import on_record
from flows.asking.inquiry import Inquiry
from flows.clock import now
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.runs.situation import look
from flows.store import load_briefs
from policies.brief import Finding, lint, parse_brief
from policies.evaluate import decide
from policies.worklists import notices_due

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any

    import polars as pl

    from flows.policy_files import Policy
    from flows.workspace import Workspace
    from policies.brief import Brief

__all__ = [
    "CheckedBrief",
    "check_briefs",
    "check_stored_briefs",
    "due_notices",
    "why",
]


@dataclass(frozen=True, slots=True)
class CheckedBrief:
    """What the lint says of one brief of a file."""

    file: str
    findings: tuple[Finding, ...]


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


def due_notices(ws: Workspace) -> pl.DataFrame:
    """The worklist of notices: who must still be told where their data came from, and by when."""
    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        situation = look(ws, ledger, policy, now(ws.settings))
        return notices_due(decide(situation.inputs), situation.inputs)


def check_briefs(ws: Workspace, paths: Sequence[Path]) -> list[CheckedBrief]:
    """Lint the briefs in files, against the names on record where the person is known."""
    from flows.filing.briefs import read_briefs

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
        known = on_record(decide(inputs), inputs, [brief for _, brief in briefs])
    settings, on = inputs.settings["brief"], inputs.queue_date
    return [
        CheckedBrief(name, tuple(lint(brief, settings, on, found[1] if found else None)))
        for (name, brief), found in zip(briefs, known, strict=True)
    ]
