"""``read``, ``intake`` and ``run``: from a file to a queue."""

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
from policies.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

    from flows.pipeline import FileOutcome, IntakeSummary, RunSummary
    from flows.workspace import Workspace
    from policies.sources import SourceContract

__all__ = ["funnel_text", "intake", "intake_text", "read", "run", "run_text", "run_workspace"]

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen and change nothing.")]


def read(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A list: CSV, TSV or XLSX.")],
    *,
    source: Annotated[str | None, typer.Option(help="Read it under this source contract of the workspace.")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="OUT.csv", help="Write the rows here.")] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Show what intake would make of one file. Dialect, header line, mapping, counts; needs no workspace."""
    from flows.exports.csv import write_csv
    from flows.list_intake import read_preview
    from flows.rules_on_disk import load_rulebook

    ws = open_workspace(workspace) if source else workspace_if_any(workspace)
    book = load_rulebook(ws.rules if ws else None)
    rows, report = read_preview(file, _contract(ws, source), book.settings)
    if out is not None:
        write_csv(rows, out)
    answer(report, _reading_text(rows, report, out), as_json=as_json)


def intake(
    *,
    dry_run: DryRun = False,
    quarantine_ok: QuarantineOk = False,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """File what lies in the inbox. Lists, opt-outs, consents, notices, briefs and touches."""
    from flows import pipeline

    ws = open_workspace(workspace)
    with reporting() as progress:
        summary = pipeline.intake(ws, dry_run=dry_run, progress=progress)
    answer(asdict(summary), intake_text(summary, dry_run=dry_run), as_json=as_json)
    end_of_intake(summary.quarantined, quarantine_ok=quarantine_ok)


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
    summary = run_workspace(ws, as_of=when, dry_run=dry_run)
    answer(_run_object(summary, ws), run_text(summary, ws), as_json=as_json)
    end_of_intake(summary.intake.quarantined, quarantine_ok=quarantine_ok)


def run_workspace(ws: "Workspace", *, as_of: datetime | None = None, dry_run: bool = False) -> "RunSummary":
    """Run the pipeline directly, or as the Prefect flow where a Prefect server is configured."""
    if os.environ.get("PREFECT_API_URL"):
        # Read when Prefect is imported: its log is on its pages, here stands the answer alone.
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
        from flows.daily_queue import run_as_flow

        messages.note("Running as the Prefect flow daily-queue, on the server that PREFECT_API_URL names.")
        return run_as_flow(ws, as_of=as_of, dry_run=dry_run)
    from flows import pipeline

    with reporting() as progress:
        return pipeline.run(ws, as_of=as_of, dry_run=dry_run, progress=progress)


def _contract(ws: "Workspace | None", source: str | None) -> "SourceContract | None":
    if ws is None or source is None:
        return None
    from policies.sources import parse_source_contract

    file = ws.sources / f"{source}.toml"
    if Path(source).name != source or not file.is_file():
        raise UsageError(
            "no_source_contract",
            f"There is no source contract for this source in {ws.place(ws.sources)}.",
            "Name one that is there, or leave --source out.",
        )
    return parse_source_contract(file.read_text(encoding="utf-8"), ws.place(file))


def intake_text(summary: "IntakeSummary", *, dry_run: bool) -> str:
    """What intake did, for a person: one line a file, then what is wrong with those that were refused."""
    if not summary.files:
        return "The inbox is empty: nothing to file."
    rows = [
        (file.name, file.kind, file.rows, file.accepted, file.rejected, file.status.replace("_", " "))
        for file in summary.files
    ]
    parts = [messages.table(("File", "Kind", "Rows", "Accepted", "Rejected", "Outcome"), rows, figures=(2, 3, 4))]
    parts += [_trouble(file) for file in summary.files if file.code]
    if summary.events:
        recorded = ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in sorted(summary.events.items()))
        parts.append(messages.paragraph(f"{'Would record' if dry_run else 'Recorded'}: {recorded}."))
    if dry_run:
        parts.append("Nothing was changed.")
    return "\n\n".join(parts)


def _trouble(file: "FileOutcome") -> str:
    said = messages.printable(f"{file.name}: {file.message}")
    return (
        f"{messages.paragraph(said)}\n{messages.paragraph(f'What to do: {messages.printable(file.fix)}', indent='  ')}"
    )


def run_text(summary: "RunSummary", ws: "Workspace") -> str:
    """What a run did, for a person: intake, how it ended, the funnel, and where queue and report are."""
    parts = []
    if summary.intake.files:
        parts.append(intake_text(summary.intake, dry_run=summary.status == "dry_run"))
    parts += [_ending(summary), funnel_text(summary)]
    places = [("Queue", summary.queue_path), ("Report", summary.report_path)]
    parts.append("\n".join(f"{name:<8}{ws.place(Path(path))}" for name, path in places if path is not None))
    return "\n\n".join(part for part in parts if part)


def _ending(summary: "RunSummary") -> str:
    ends = {
        "published": f"published as revision {summary.revision} of the day's queue",
        "already_published": "already published; verified, and nothing was published twice",
        "dry_run": "decided only; nothing was changed",
        "held": "held; nothing was published",
    }
    said = f"Run {summary.run_id}, judged as of {summary.as_of:%Y-%m-%d %H:%M} UTC: {ends[summary.status]}."
    return messages.paragraph(said)


def funnel_text(summary: "RunSummary") -> str:
    """The funnel as a table: every verdict, adding up to the rows read."""
    from policies.effects import VERDICT_ORDER

    rows: list[tuple[str, str]] = [("rows read", f"{summary.rows:,}")]
    rows += [
        (verdict.value.replace("_", " "), f"{summary.funnel.get(verdict.value, 0):,}") for verdict in VERDICT_ORDER
    ]
    return messages.table(("Verdict", "Rows"), rows, figures=(1,))


def _run_object(summary: "RunSummary", ws: "Workspace") -> dict[str, object]:
    return {
        **asdict(summary),
        "queue_path": ws.place(Path(summary.queue_path)) if summary.queue_path else None,
        "report_path": ws.place(Path(summary.report_path)) if summary.report_path else None,
    }


def _reading_text(rows: "pl.DataFrame", report: dict[str, object], out: Path | None) -> str:
    lines = [(name.replace("_", " "), messages.printable(value)) for name, value in report.items()]
    parts = [messages.facts(lines)]
    if out is not None:
        parts.append(f"Wrote {rows.height:,} rows to {out}.")
    return "\n\n".join(parts)
