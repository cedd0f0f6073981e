"""What ``intake``, ``intake undo`` and ``intake confirm`` tell a person at a terminal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from flows import messages

if TYPE_CHECKING:
    from flows.pipeline import FileOutcome, IntakeSummary, Undone

__all__ = ["confirmed_text", "intake_text", "mapping_text", "undone_text"]

_MANY: Final = 6  # files of one kind without trouble stand as one line from here on
_SHOWN: Final = 12  # digits of a SHA-256

_PASSED: Final = {
    "nothing": "row(s) say that somebody did not opt out, and are no consent either",
    "deletion": "row(s) take somebody off the list: that lifts nothing a person said",
}
_UNDONE: Final = {
    "lists": "The list {file} of {source} was taken out, with its {rows} rows. The original stays in data/archive.",
    "consents": "The file {file} was taken out: its {rows} consents count no longer. Withdrawals and refusals in it "
    "stay.",
    "notices": "The file {file} was taken out: its {rows} notices count no longer.",
    "waiting": "The list {file} was dismissed: nothing in it counts, and nobody is held because of it. Where its "
    "file is in data/quarantine, it stays there.",
}


def undone_text(done: "Undone") -> str:
    """What was taken out, and what stays."""
    said = _UNDONE[done.kind].format(file=done.sha256[:_SHOWN], source=done.source, rows=f"{done.rows:,}")
    parts = [messages.paragraph(messages.printable(said))]
    if done.kind == "lists":
        parts.append(messages.paragraph("Opt-outs in it stay for good; doubts about unclear words in it are gone."))
    if done.spread:
        told = f"{done.spread:,} opt-outs that reached somebody by way of this list are events of their own now."
        parts.append(messages.paragraph(told))
    if done.kind != "waiting":
        parts.append(messages.paragraph("Whoever stood in the queue in force because of it has left it."))
    return "\n".join(parts)


def confirmed_text(file: "FileOutcome") -> str:
    """A list that was confirmed, and what is in it."""
    said = f"The list was taken in: {file.rows:,} rows, {file.accepted:,} accepted, {file.rejected:,} rejected."
    return messages.paragraph(f"{said} Its opt-outs are recorded; nobody is held because it waited.")


def intake_text(summary: "IntakeSummary", *, dry_run: bool) -> str:
    """What intake did: one line a file, what is wrong with those refused, what was recorded."""
    if not summary.files:
        return "The inbox is empty: nothing to file."
    headings = ("File", "Kind", "Rows", "Accepted", "Rejected", "Outcome")
    parts = [messages.table(headings, _file_rows(summary.files), figures=(2, 3, 4))]
    parts += [_trouble(file) for file in summary.files if file.code]
    parts += [_changes_text(file) for file in summary.files if file.changes]
    parts += [_registry_text(file) for file in summary.files if file.registry]
    if dry_run:
        parts += [_reading_of(file) for file in summary.files if file.mapping]
    parts += filter(None, [_recorded_text("Recorded", summary.events), _would_text(summary.files)])
    parts += [_passed_text(file) for file in summary.files if set(file.passed) & set(_PASSED)]
    parts += [_erased_text(file) for file in summary.files if file.erased]
    parts += [] if dry_run else _returned_texts(summary.files)
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


def _returned_texts(files: Sequence["FileOutcome"]) -> list[str]:
    """Where the refused rows lie, file by file as long as they are few."""
    returned = [file for file in files if file.rejected and file.sha256 and file.status == "accepted"]
    places = [f"data/rejects/{file.source or file.kind}-{file.sha256[:8]}.csv" for file in returned if file.sha256]
    if len(returned) >= _MANY:
        places = ["data/rejects"]
    rows = sum(file.rejected for file in returned)
    came = f"{rows:,} {'row' if rows == 1 else 'rows'} came back to be mended, with the reason, in {', '.join(places)}."
    return [messages.paragraph(messages.printable(f"{came} Mend and drop again."))] if returned else []


def _trouble(file: "FileOutcome") -> str:
    said = messages.paragraph(messages.printable(f"{file.name}: {file.message}"))
    mend = messages.paragraph(messages.printable(f"What to do: {file.fix}"), indent="  ")
    return f"{said}\n{mend}"


def _reading_of(file: "FileOutcome") -> str:
    """For a dry run: which column is read as what, and what is wrong with the first rows that are not."""
    known = f", an export of {file.layout}" if file.layout else ""
    sure = f" (confidence {file.confidence:.2f})" if isinstance(file.confidence, float) else ""
    parts = [
        messages.bold(messages.printable(f"{file.name} would be read as{known}{sure}:")),
        mapping_text(file.mapping),
    ]
    if file.rejects:
        rows = [(code, count, file.first_rejects.get(code, [])) for code, count in sorted(file.rejects.items())]
        parts.append(messages.table(("Rejected because", "Rows", "First of them"), rows, figures=(1,)))
    return "\n".join(parts)


def _changes_text(file: "FileOutcome") -> str:
    """What is new in a newer file of a source."""
    counts = file.changes or {}
    said = (
        f"{file.name}, against earlier files of {file.source}: {counts['new']:,} new, {counts['changed']:,} changed, "
        f"{counts['unchanged']:,} unchanged; {counts['no_longer_named']:,} no longer named, and kept."
    )
    return messages.paragraph(messages.printable(said))


def _passed_text(file: "FileOutcome") -> str:
    """The rows of an opt-out file that stop nobody, and why."""
    told = "; ".join(f"{file.passed[name]:,} {said}" for name, said in _PASSED.items() if file.passed.get(name))
    return messages.paragraph(messages.printable(f"{file.name}: {told}."))


def _erased_text(file: "FileOutcome") -> str:
    """The rows of a list that are of erased people."""
    said = (
        f"{file.name}: {file.erased:,} row(s) are of people who were erased. Nothing of them was kept but their place; "
        "the original in data/archive still holds them."
    )
    return messages.paragraph(messages.printable(said))


def _registry_text(file: "FileOutcome") -> str:
    """What a registry file brought."""
    about = file.registry or {}
    coverage = about["coverage"]
    covers = ", ".join(f"+{prefix}" for prefix in coverage[:_MANY]) or "what its base covers"
    more = f" and {len(coverage) - _MANY:,} more" if len(coverage) > _MANY else ""
    which = f"{about['registry']}, version of {about['version_date']} ({about['kind']})"
    said = f"{file.name}: {which}, covering {covers}{more}"
    if about["numbers"] is not None:
        said += f"; {about['numbers']:,} numbers, {about['records_listed']:,} of our records are among them"
    return messages.paragraph(messages.printable(f"{said}."))


def _would_text(files: Sequence["FileOutcome"]) -> str:
    """What a dry run would have written down."""
    counts: dict[str, int] = {}
    for file in files:
        for kind, count in file.would_record.items():
            counts[kind] = counts.get(kind, 0) + count
    return _recorded_text("Would be recorded", counts)


def _recorded_text(title: str, counts: Mapping[str, int]) -> str:
    if not counts:
        return ""
    told = ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in sorted(counts.items()))
    return messages.paragraph(f"{title}: {told}.")


def mapping_text(mapping: Mapping[str, Any]) -> str:
    """Which column is read as which field."""
    rows = [(field.replace("_", " "), columns) for field, columns in mapping.items()]
    return messages.table(("Our field", "Column of the file"), rows)
