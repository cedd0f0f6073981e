"""What only asks, as plain functions: why, the notices due, the check of briefs. Nothing is filed or published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.asking.inquiry import Inquiry
from flows.clock import now
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.runs.situation import look
from flows.store import load_briefs
from policies.brief import Brief, Finding, brief_id, parse_brief
from policies.errors import RefusedFile
from policies.evaluate import decide
from policies.worklists import notices_due

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any

    import polars as pl

    from flows.asking.brief_check import Copied, NamedBrief
    from flows.policy_files import Policy
    from flows.workspace import Workspace

__all__ = [
    "CheckedBrief",
    "check_briefs",
    "check_stored_briefs",
    "due_notices",
    "why",
]


@dataclass(frozen=True, slots=True)
class CheckedBrief:
    """What the lint says of one brief of a file, and what it is a near-copy of."""

    file: str
    row: int | None  # of a table of briefs, from 1; none: the file is one brief
    brief_id: str
    findings: tuple[Finding, ...]
    copied: Copied | None
    is_known: bool  # somebody on a list has the contact; a brief about nobody reaches nobody

    @property
    def name(self) -> str:
        """What the brief is called where it is told about."""
        return _name(self.file, self.row)


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
        return Inquiry(ledger, situation, decide(situation.inputs, situation.standing)).answers(contacts)


def due_notices(ws: Workspace) -> pl.DataFrame:
    """The worklist of notices: who must still be told where their data came from, and by when."""
    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        situation = look(ws, ledger, policy, now(ws.settings))
        return notices_due(decide(situation.inputs, situation.standing), situation.inputs)


def check_briefs(ws: Workspace, paths: Sequence[Path]) -> list[CheckedBrief]:
    """Lint the briefs in files, against the record where the person is known and against each other.

    Files that cannot be read come first, each with that as its finding.
    """
    from flows.filing.briefs import read_briefs

    policy = load_policy(ws)
    rows, unread = list[tuple[str, int | None, Brief]](), list[CheckedBrief]()
    for path in paths:
        try:
            briefs = read_briefs(path, policy)
        except RefusedFile as error:
            unread.append(_unread(path.name, error))
            continue
        numbered = enumerate(briefs, start=1)
        rows += [(path.name, row if path.suffix.lower() == ".csv" else None, brief) for row, brief in numbered]
    return [*unread, *_checked(ws, policy, rows)]


def check_stored_briefs(ws: Workspace) -> list[CheckedBrief]:
    """Lint the briefs on file as :func:`check_briefs`; each is named by whom it is about and its id."""
    return _checked(ws, load_policy(ws), [(one.name, None, one.brief) for one in _on_file(load_briefs(ws))])


def _checked(ws: Workspace, policy: Policy, briefs: Sequence[tuple[str, int | None, Brief]]) -> list[CheckedBrief]:
    """What the lint says of each brief, given with its file and row there."""
    from flows.asking.brief_check import NamedBrief, said_of

    with open_ledger(ws) as ledger:
        situation = look(ws, ledger, policy, now(ws.settings))
        inputs, decision = situation.inputs, decide(situation.inputs, situation.standing)
    named = [NamedBrief(_name(file, row), brief) for file, row, brief in briefs]
    said = said_of(named, _on_file(inputs.briefs), decision, inputs)
    return [
        CheckedBrief(file, row, brief_id(brief.text), one.findings, one.copied, is_known=one.is_known)
        for (file, row, brief), one in zip(briefs, said, strict=True)
    ]


def _unread(file: str, error: RefusedFile) -> CheckedBrief:
    """A file that holds no brief that can be read: what is wrong with it is its one finding."""
    finding = Finding("brief.unreadable", "the file", error.message, error.fix)
    return CheckedBrief(file, None, "", (finding,), copied=None, is_known=True)


def _on_file(briefs: pl.DataFrame) -> list[NamedBrief]:
    """The briefs of ``BRIEFS``, each named by whom it is about and its id."""
    from flows.asking.brief_check import NamedBrief

    rows = briefs.select("contact", "person_id", "brief_id", "text").iter_rows()
    return [
        NamedBrief(f"{contact or person} (brief {identifier})", parse_brief(text))
        for contact, person, identifier, text in rows
    ]


def _name(file: str, row: int | None) -> str:
    return file if row is None else f"{file}, row {row}"
