"""``read``, ``intake`` with ``undo`` and ``confirm``, and ``run``: from a file to a queue."""

import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows import messages
from flows.commands.common import (
    AsJson,
    QuarantineOk,
    WorkspaceDir,
    answer,
    end_of_intake,
    instant,
    open_workspace,
    reporting,
    workspace_if_any,
)
from flows.commands.intake_texts import confirmed_text, intake_text, undone_text
from flows.commands.run_texts import reading_text, run_text
from policies.errors import UsageError

if TYPE_CHECKING:
    from flows.pipeline import RunSummary
    from flows.workspace import Workspace
    from policies.rulebook import Rulebook
    from policies.sources import SourceContract

__all__ = ["confirm", "intake", "intake_app", "read", "run", "undo"]

intake_app = typer.Typer(rich_markup_mode=None)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen and change nothing.")]

Sha256 = Annotated[
    str, typer.Argument(metavar="SHA256", help="The file's SHA-256, or its first 8 digits or more.", show_default=False)
]


def read(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A list: text, workbook, Parquet or JSON.")],
    *,
    source: Annotated[str | None, typer.Option(help="Read it under this source contract of the workspace.")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="OUT.csv", help="Write the rows here.")] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Show what intake would make of one file. Dialect, header line, mapping, counts; needs no workspace."""
    from flows.exports.csv import write_csv
    from flows.list_intake import read_preview

    book, contract = _terms(open_workspace(workspace) if source else workspace_if_any(workspace), source)
    rows, report = read_preview(file, contract, book.settings)
    if out is not None:
        write_csv(rows, out)
        messages.note(f"Wrote {rows.height:,} rows to {out}.")
    answer(report, reading_text(report), as_json=as_json)


@intake_app.callback(invoke_without_command=True)
def intake(
    context: typer.Context,
    *,
    dry_run: DryRun = False,
    quarantine_ok: QuarantineOk = False,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """File what lies in the inbox. Lists, opt-outs, consents, notices, briefs and touches."""
    from flows import pipeline

    if context.invoked_subcommand is not None:
        _refuse_options_before(dry_run=dry_run)
        return
    ws = open_workspace(workspace)
    with reporting() as progress:
        summary = pipeline.intake(ws, dry_run=dry_run, progress=progress)
    answer(asdict(summary), intake_text(summary, dry_run=dry_run), as_json=as_json)
    end_of_intake(summary.quarantined, quarantine_ok=quarantine_ok)


@intake_app.command()
def undo(
    sha256: Sha256,
    *,
    reason: Annotated[str | None, typer.Option(help="Why, in a few words; asked for of a list that waits.")] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Take a file out again. Its opt-outs stay for good, its consents and notices go.

    A list leaves with its people, who leave the queue in force at once; a list that waits to be confirmed is dismissed.
    """
    from flows import pipeline

    ws = open_workspace(workspace)
    with reporting() as progress:
        done = pipeline.undo_file(ws, sha256, reason, progress=progress)
    answer(asdict(done), undone_text(done), as_json=as_json)


@intake_app.command()
def confirm(sha256: Sha256, *, workspace: WorkspaceDir = None, as_json: AsJson = False) -> None:
    """Take in a list that waits because it opts out many people at once: its opt-outs are recorded for good."""
    from flows import pipeline

    ws = open_workspace(workspace)
    with reporting() as progress:
        outcome = pipeline.confirm_file(ws, sha256, progress=progress)
    answer(asdict(outcome), confirmed_text(outcome), as_json=as_json)


def run(
    *,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="T", help="Judge at this instant, such as 2026-10-14T06:30:00Z.")
    ] = None,
    dry_run: DryRun = False,
    quarantine_ok: QuarantineOk = False,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Intake, decide, publish. The daily flow: every record is decided about."""
    ws = open_workspace(workspace)
    when = instant(as_of, "--as-of", ws.settings.organisation.timezone)
    summary = _run_workspace(ws, as_of=when, dry_run=dry_run)
    answer(asdict(summary), run_text(summary), as_json=as_json)
    end_of_intake(summary.intake.quarantined, quarantine_ok=quarantine_ok)


def _refuse_options_before(*, dry_run: bool) -> None:
    """``intake --dry-run undo ...`` promises something that it would not keep."""
    if dry_run:
        raise UsageError(
            "usage", "--dry-run is for `intake` alone: undo and confirm have none.", "See `tactful intake --help`."
        )


def _run_workspace(ws: "Workspace", *, as_of: datetime | None = None, dry_run: bool = False) -> "RunSummary":
    """Run the pipeline directly, or as the Prefect flow where a Prefect server is configured."""
    if os.environ.get("PREFECT_API_URL"):
        _prepare_prefect()
        from flows.daily_queue import run_as_flow

        messages.note("Running as the Prefect flow daily-queue, on the server that PREFECT_API_URL names.")
        return run_as_flow(ws, as_of=as_of, dry_run=dry_run)
    from flows import pipeline

    with reporting() as progress:
        return pipeline.run(ws, as_of=as_of, dry_run=dry_run, progress=progress)


def _prepare_prefect() -> None:
    """What Prefect reads on import: no usage reports; its log is on its pages, here stands the answer alone."""
    from flows.prefect_server import NO_REPORTS

    os.environ.update(NO_REPORTS)
    for handler in ("CONSOLE", "DEBUG"):
        os.environ.setdefault(f"PREFECT_LOGGING_HANDLERS_{handler}_LEVEL", "CRITICAL")


def _terms(ws: "Workspace | None", source: str | None) -> "tuple[Rulebook, SourceContract | None]":
    """The rules a file is read under, and the contract of the source where one is named."""
    from flows.policy_files import load_policy
    from flows.rules_on_disk import load_rulebook

    if ws is None or source is None:
        return load_rulebook(ws.rules if ws else None), None
    policy = load_policy(ws)
    if source not in policy.contracts:
        raise UsageError(
            "no_source_contract",
            f"There is no source contract for this source in {ws.place(ws.sources)}.",
            "Name one that is there, or leave --source out.",
        )
    return policy.book, policy.contracts[source]
