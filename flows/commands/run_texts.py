"""What ``read`` and ``run`` tell a person at a terminal."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flows import messages
from flows.commands.intake_texts import intake_text, mapping_text

if TYPE_CHECKING:
    from flows.pipeline import RunSummary

__all__ = ["reading_text", "run_text"]

_BAR: Final = 40

_ENDS: Final = {
    "published": "published as revision {revision} of the day's queue",
    "already_published": "already published; verified, and nothing was published twice",
    "dry_run": "decided only; nothing was changed",
}


def run_text(summary: "RunSummary") -> str:
    """What a run did: intake, how it ended, the funnel, and where queue and report are."""
    ending = _ENDS[summary.status].format(revision=summary.revision)
    said = f"Run {summary.run_id}, judged as of {summary.as_of:%Y-%m-%d %H:%M} UTC: {ending}."
    places = [("queue", summary.queue_path), ("report", summary.report_path)]
    parts = [
        intake_text(summary.intake, dry_run=summary.status == "dry_run") if summary.intake.files else "",
        messages.paragraph(said),
        _funnel_text(summary),
        messages.facts([(name, _shown_path(Path(path))) for name, path in places if path is not None]),
    ]
    return "\n\n".join(part for part in parts if part)


def _funnel_text(summary: "RunSummary") -> str:
    """The funnel: every verdict with its rows, adding up to the rows read."""
    from policies.effects import VERDICT_ORDER

    counts = [("rows read", summary.rows)]
    counts += [(verdict.value.replace("_", " "), summary.funnel.get(verdict.value, 0)) for verdict in VERDICT_ORDER]
    rows = [(name, f"{count:,}", _bar(count, summary.rows)) for name, count in counts]
    return messages.table(("Verdict", "Rows", ""), rows, figures=(1,))


def _bar(count: int, total: int) -> str:
    """A bar as long as the share; whoever is there at all is seen."""
    return "\N{FULL BLOCK}" * max(round(_BAR * count / total), 1) if count else ""


def _shown_path(path: Path) -> str:
    """A path as it can be opened from here: relative where it lies below, else whole."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def reading_text(report: Mapping[str, Any]) -> str:
    """What one file would be read as: how it is written, its tables and columns, its counts, its refused rows."""
    plain = {name: value for name, value in report.items() if not isinstance(value, dict | list)}
    parts = [messages.facts([(name.replace("_", " "), value) for name, value in plain.items() if value is not None])]
    if len(report["tables"]) > 1:
        parts.append(_tables_text(report["tables"]))
    parts.append(mapping_text(report["mapping"]))
    if report["unmapped"]:
        parts.append(messages.paragraph(f"Not read: {messages.printable(report['unmapped'])}."))
    parts += [messages.paragraph(said) for said in _overlooked(report)]
    if report["excluded"]:
        parts.append(messages.table(("Ruled out by the file", "Rows"), list(report["excluded"].items()), figures=(1,)))
    if report["rejects"]:
        rows = [(code, entry["rows"], entry["first"]) for code, entry in report["rejects"].items()]
        parts.append(messages.table(("Rejected because", "Rows", "First of them"), rows, figures=(1,)))
    return "\n\n".join(parts)


def _overlooked(report: Mapping[str, Any]) -> list[str]:
    """What of a file is not read although somebody may stand in it."""
    said = []
    if report.get("hidden_sheets"):
        rows = report["hidden_rows_with_contacts"]
        held = (
            f"{rows:,} of their rows hold a contact point: show the sheets if they belong to the list." if rows else ""
        )
        said.append(f"Hidden sheets are not read: {report['hidden_sheets']}. {held}".strip())
    if report.get("ignored_with_contacts"):
        count = report["ignored_with_contacts"]
        said.append(f"Lines over the table that were ignored although they hold a contact point: {count:,}.")
    return said


def _tables_text(tables: Sequence[Mapping[str, Any]]) -> str:
    """The tables of a file that holds several, and which of them are people."""
    rows = [
        (
            table["section"] or table["title"] or "",
            table["header_line"],
            f"{table['rows']:,}",
            "people" if table["people"] else "passed over",
        )
        for table in tables
    ]
    return messages.table(("Table", "Header line", "Rows", "Read as"), rows, figures=(1, 2))
