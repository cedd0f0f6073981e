"""What holds for every file, whatever is wrong with it; every breach is named without a word of what the file says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tests.pollution.drafts import UNREADABLE
from tests.pollution.lists import FLAGS, TRUTH
from tests.pollution.reading import flagged_in, read_polluted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.pollution.drafts import Polluted
    from tests.pollution.lists import CleanList
    from tests.pollution.reading import Reading

__all__ = ["SEVERITY", "Breach", "breaches", "save"]

# From worst to least.
SEVERITY: Final = ("crash", "hang", "shifted", "lost", "overlooked", "counts", "misread", "refused")
_HEARD: Final = ("yes", "unknown")
_NUMBERS: Final = ("phone", "postal_code")


@dataclass(frozen=True)
class Breach:
    """A promise broken: one of ``SEVERITY`` and what happened, by numbers and names of fields."""

    kind: str
    what: str
    recipe: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what} [{self.recipe}]"


def save(polluted: Polluted, folder: Path) -> Path:
    """The file on disk."""
    path = folder / f"list{polluted.suffix}"
    path.write_bytes(polluted.data)
    return path


def breaches(polluted: Polluted, folder: Path) -> list[Breach]:
    """Read a polluted file and say which promises are broken, the worst first."""
    path = save(polluted, folder)
    reading = read_polluted(path)
    found = [Breach(kind, what, polluted.recipe) for kind, what in _faults(polluted, reading, path)]
    return sorted(found, key=lambda breach: SEVERITY.index(breach.kind))


def _faults(polluted: Polluted, reading: Reading, path: Path) -> Iterator[tuple[str, str]]:
    if reading.failure is not None:
        yield "hang" if reading.failure == "hang" else "crash", reading.failure
    elif reading.refusal is not None:
        yield from _refusal(polluted, reading, path)
    elif polluted.expected.must_refuse:
        yield "misread", f"accepted, not refused with one of {sorted(polluted.expected.refusals)}"
    else:
        yield from _counts(polluted, reading)
        yield from _shifts(polluted, reading)
        yield from _people(polluted, reading)
        yield from _opt_outs(polluted, reading, path)


def _refusal(polluted: Polluted, reading: Reading, path: Path) -> Iterator[tuple[str, str]]:
    why = reading.refusal
    assert why is not None
    if not (why.code and why.message and why.fix):
        yield "refused", "without code, message or fix"
    if why.code not in polluted.expected.refusals and not polluted.expected.lenient:
        yield "refused", f"needlessly: {why.code}"
    if why.code in UNREADABLE or polluted.expected.flags_lost:
        return
    missed = _not_flagged(polluted.clean, [lead for lead in _sound(polluted) if _said_no(polluted.clean, lead)], path)
    if missed:
        yield "overlooked", f"refused with {why.code}; opt-outs of {len(missed)} people are not found: {missed[:5]}"


def _counts(polluted: Polluted, reading: Reading) -> Iterator[tuple[str, str]]:
    summary = reading.summary or {}
    accepted = sum(row["code"] is None for row in reading.rows)
    if (summary["rows"], summary["accepted"]) != (len(reading.rows), accepted):
        yield "counts", f"{summary['rows']} rows, {summary['accepted']} accepted; shown {len(reading.rows)}, {accepted}"
    if summary["rows"] != summary["accepted"] + summary["rejected"]:
        yield "counts", "rows are not accepted + rejected"
    lines = summary["physical_lines"]
    if "row_lines" in summary and lines != sum(summary[f"{part}_lines"] for part in ("row", "ignored", "header")):
        yield "counts", "physical lines are not those of rows, headers and ignored lines"
    if "row_lines" not in summary:
        yield "counts", "row_lines is not stated"
    if polluted.lines is not None and lines != polluted.lines:
        yield "counts", f"{lines} physical lines, there are {polluted.lines}"
    if polluted.header_line is not None and summary["header_line"] != polluted.header_line:
        yield "misread", f"header in line {summary['header_line']}, it is in {polluted.header_line}"


def _shifts(polluted: Polluted, reading: Reading) -> Iterator[tuple[str, str]]:
    """Cells of one person with those of another, or under another field."""
    owners, expected = _owners(polluted.clean), polluted.expected
    # One flipped digit makes the number of one person that of another.
    told = [field for field in TRUTH if not expected.spliced or field not in _NUMBERS]
    mixed, shifted = [], []
    for row in reading.rows:
        known = {field: owners[value] for field in told if (value := row[field]) in owners}
        people = {lead for lead, _ in known.values()}
        if row["code"] is not None or (expected.spliced and people <= expected.hurt):
            continue
        if len(people) > 1:
            mixed.append(row["row_number"])
        if not expected.header_hurt and any(field not in own for field, (_, own) in known.items()):
            shifted.append(row["row_number"])
    if mixed:
        yield "shifted", f"{len(mixed)} rows have cells of several people: {mixed[:5]}"
    if shifted:
        yield "shifted", f"{len(shifted)} rows have cells of another column: {shifted[:5]}"


def _owners(clean: CleanList) -> dict[Any, tuple[int, frozenset[str]]]:
    """Values that belong to one person alone: whose, and under which fields."""
    holders: dict[str, set[int]] = {}
    fields: dict[str, set[str]] = {}
    for number, lead in enumerate(clean.leads):
        for field, value in lead.truth.items():
            if value and field not in FLAGS:
                holders.setdefault(value, set()).add(number)
                fields.setdefault(value, set()).add(field)
    return {value: (min(held), frozenset(fields[value])) for value, held in holders.items() if len(held) == 1}


def _people(polluted: Polluted, reading: Reading) -> Iterator[tuple[str, str]]:
    expected, clean = polluted.expected, polluted.clean
    numbers = {lead.truth["email"]: number for number, lead in enumerate(clean.leads)}
    accepted = [row for row in reading.rows if row["code"] is None]
    found = Counter(numbers.get(row["email"]) for row in accepted)
    rejected = len(reading.rows) - len(accepted)
    missing = [lead for lead in range(len(clean.leads)) if lead not in expected.gone and not found[lead]]
    sound = set(_sound(polluted))
    strangers = found[None]
    if strangers > len(expected.hurt) + expected.strange:
        yield "misread", f"{strangers} accepted rows are nobody's"
    if len(missing) > rejected + strangers + expected.merged:
        yield "lost", f"{len(missing)} people are not accepted, {rejected} rows are rejected: {missing[:5]}"
    elif not expected.lenient and (refused := sound & set(missing)):
        yield "refused", f"rows of {len(refused)} people whose rows are sound: {sorted(refused)[:5]}"
    if twice := [lead for lead in sound if found[lead] > 1 and lead not in expected.again]:
        yield "misread", f"{len(twice)} people stand there several times: {twice[:5]}"
    wrong: dict[str, list[int]] = {}
    for row in accepted:
        lead = numbers.get(row["email"])
        if lead is not None and lead in sound:
            for field in _differences(polluted, lead, row):
                wrong.setdefault(field, []).append(row["row_number"])
    for field, rows in wrong.items():
        yield "misread", f"{field} of {len(rows)} sound rows: {rows[:5]}"


def _sound(polluted: Polluted) -> list[int]:
    """People whose rows are whole."""
    unsound = polluted.expected.hurt | polluted.expected.gone
    return [lead for lead in range(len(polluted.clean.leads)) if lead not in unsound]


def _differences(polluted: Polluted, lead: int, row: dict[str, Any]) -> list[str]:
    """Fields of an accepted row that do not say what the person's row says."""
    truth = polluted.clean.leads[lead].truth
    wrong = [field for field in TRUTH if _plain(row[field]) != _plain(truth[field])]
    return [field for field in wrong if field not in polluted.expected.loose or _plain(row[field])]


def _plain(value: str | None) -> str:
    """Blank flags are shown as blanks."""
    return "" if value in (None, "blank") else str(value)


def _opt_outs(polluted: Polluted, reading: Reading, path: Path) -> Iterator[tuple[str, str]]:
    expected, clean = polluted.expected, polluted.clean
    if expected.flags_lost:
        return
    held = {row["email"] for row in reading.rows if any(row[flag] in _HEARD for flag in FLAGS)}
    meant = [lead for lead in range(len(clean.leads)) if lead not in expected.gone and _said_no(clean, lead)]
    missed = [lead for lead in meant if clean.leads[lead].truth["email"] not in held]
    missed = _not_flagged(clean, [lead for lead in missed if _still_says_no(polluted, lead)], path)
    if missed:
        yield "overlooked", f"opt-outs of {len(missed)} people: {missed[:5]}"


def _said_no(clean: CleanList, lead: int) -> bool:
    return any(clean.leads[lead].truth[flag] == "yes" for flag in FLAGS)


def _still_says_no(polluted: Polluted, lead: int) -> bool:
    """Whether address and flag of a person still stand in their own bytes; True where these are not known."""
    own = [polluted.data[span.start : span.stop] for span in polluted.spans if span.lead == lead]
    if lead not in polluted.expected.hurt or not own:
        return lead not in polluted.expected.hurt
    cells = polluted.clean.leads[lead].cells
    words = {cells[flag] for flag in FLAGS if polluted.clean.leads[lead].truth[flag] == "yes"}
    return any(_holds(data, cells["email"]) and all(_holds(data, word) for word in words) for data in own)


def _holds(data: bytes, word: str) -> bool:
    """Whether a word stands in some bytes as a cell of its own."""
    text = data.decode("utf-8", "replace")
    edges = "\",;|\t\r\n'"
    start = text.find(word)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(word) : start + len(word) + 1]
        if before in edges and after in edges:
            return True
        start = text.find(word, start + 1)
    return False


def _not_flagged(clean: CleanList, leads: list[int], path: Path) -> list[int]:
    """Those of some people whose refusal would not be written down by intake."""
    found = flagged_in(path) if leads else None
    if found is None:
        return leads
    emails = set(found.records.get_column("email").to_list())
    # Contact points are looked for inside these texts.
    cells = [*found.cells.get_column("cells").explode(), *found.records.get_column("email_received")]
    text = "\n".join(filter(None, cells))
    named = ((lead, str(clean.leads[lead].truth["email"])) for lead in leads)
    return [lead for lead, email in named if email not in emails and email not in text]
