"""What ``read``, ``intake`` and ``run`` tell a person at a terminal."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flows import messages

if TYPE_CHECKING:
    from flows.pipeline import FileOutcome, IntakeSummary, RunSummary

__all__ = ["intake_text", "reading_text", "run_text"]

_MANY: Final = 6  # files of one kind without trouble stand as one line from here on
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


def intake_text(summary: "IntakeSummary", *, dry_run: bool) -> str:
    """What intake did: one line a file, what is wrong with those refused, what was recorded."""
    if not summary.files:
        return "The inbox is empty: nothing to file."
    headings = ("File", "Kind", "Rows", "Accepted", "Rejected", "Outcome")
    parts = [messages.table(headings, _file_rows(summary.files), figures=(2, 3, 4))]
    parts += [_trouble(file) for file in summary.files if file.code]
    if dry_run:
        parts += [_reading_of(file) for file in summary.files if file.mapping]
    if summary.events:
        recorded = ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in sorted(summary.events.items()))
        parts.append(messages.paragraph(f"Recorded: {recorded}."))
    unread = sum(file.not_understood for file in summary.files)
    if unread:
        told = f"In {unread:,} row(s) of opt-outs or outcomes nobody could be recognised; they stand in data/rejects."
        parts.append(messages.paragraph(f"{told} Mend and drop them again: until then they stop nobody."))
    if dry_run:
        parts.append("Nothing was changed.")
    return "\n\n".join(parts)


def _file_rows(files: Sequence["FileOutcome"]) -> list[tuple[object, ...]]:
    """A line a file; many of one kind that all went well stand as one."""
    rows: list[tuple[object, ...]] = []
    grouped: set[tuple[str, str]] = set()
    for file in files:
        alike = [other for other in files if (other.kind, other.status) == (file.kind, file.status) and not other.code]
        if file.code or len(alike) < _MANY:
            rows.append((file.name, file.kind, *_counts([file]), file.status.replace("_", " ")))
        elif (file.kind, file.status) not in grouped:
            grouped.add((file.kind, file.status))
            rows.append((f"{len(alike):,} files", file.kind, *_counts(alike), file.status.replace("_", " ")))
    return rows


def _counts(files: Sequence["FileOutcome"]) -> list[str]:
    return [f"{sum(getattr(file, name) for file in files):,}" for name in ("rows", "accepted", "rejected")]


def _trouble(file: "FileOutcome") -> str:
    said = messages.paragraph(messages.printable(f"{file.name}: {file.message}"))
    mend = messages.paragraph(messages.printable(f"What to do: {file.fix}"), indent="  ")
    return f"{said}\n{mend}"


def _reading_of(file: "FileOutcome") -> str:
    """For a dry run: which column is read as what, and what is wrong with the first rows that are not."""
    parts = [messages.bold(messages.printable(f"{file.name} would be read as:")), _mapping_text(file.mapping)]
    if file.rejects:
        parts.append(messages.table(("Rejected because", "Rows"), sorted(file.rejects.items()), figures=(1,)))
    return "\n".join(parts)


def reading_text(report: Mapping[str, Any]) -> str:
    """What one file would be read as: how it is written, its columns, its counts, its refused rows."""
    plain = {name: value for name, value in report.items() if not isinstance(value, dict | list)}
    parts = [messages.facts([(name.replace("_", " "), value) for name, value in plain.items() if value is not None])]
    parts.append(_mapping_text(report["mapping"]))
    if report["unmapped"]:
        parts.append(messages.paragraph(f"Not read: {messages.printable(report['unmapped'])}."))
    if report["rejects"]:
        rows = [(code, entry["rows"], entry["first"]) for code, entry in report["rejects"].items()]
        parts.append(messages.table(("Rejected because", "Rows", "First of them"), rows, figures=(1,)))
    return "\n\n".join(parts)


def _mapping_text(mapping: Mapping[str, Any]) -> str:
    rows = [(field.replace("_", " "), columns) for field, columns in mapping.items()]
    return messages.table(("Our field", "Column of the file"), rows)
