"""What ``brief wanted`` tells a person at a terminal: who waits for an answer, who for research, who for a day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from flows import messages

__all__ = ["wanted_text"]

_Row = Mapping[str, Any]
_STATES: Final = {
    "none": "none",
    "failing": "fails",
    "lower_tier": "too short",
    "stale": "too old",
    "passing": "passes",
}


def wanted_text(rows: Sequence[_Row], today: date, shown: int | None) -> str:
    """The worklist in up to three tables, at most ``shown`` lines of each; ``rows`` are those of ``briefs_wanted``."""
    if not rows:
        return "Nobody waits for a brief."
    later = [row for row in rows if row["contact_from"] is not None]
    now = [row for row in rows if row["contact_from"] is None]
    asked = [row for row in now if _asks(row)]
    others = [row for row in now if not _asks(row)]
    parts = [_asked(asked, today, shown), _others(others, shown), _later(later, shown)]
    return "\n\n".join([*(part for part in parts if part), _closing(rows, today)])


def _asks(row: _Row) -> bool:
    return row["answer_by"] is not None or (row["relationship"] == "inquired" and row["asked_on"] is not None)


def _asked(rows: Sequence[_Row], today: date, shown: int | None) -> str:
    """Whoever asked us something: by when to answer, and until when we may."""
    lines = [(*_who(row), _due(row["answer_by"], today), row["permission_ends_on"] or "no end") for row in rows]
    return _section("They asked us", ("Contact", "Name", "Answer by", "May until"), lines, shown)


def _others(rows: Sequence[_Row], shown: int | None) -> str:
    lines = [(*_who(row), row["relationship"].replace("_", " "), _brief(row), row["waiting_days"]) for row in rows]
    headings = ("Contact", "Name", "Known as", "Brief", "Days")
    return _section("To research, the warmest and best fit first", headings, lines, shown, figures=(4,))


def _later(rows: Sequence[_Row], shown: int | None) -> str:
    lines = [(*_who(row), _brief(row), row["contact_from"]) for row in rows]
    return _section("No hurry: not to be contacted before", ("Contact", "Name", "Brief", "From"), lines, shown)


def _section(
    title: str,
    headings: Sequence[str],
    lines: Sequence[Sequence[object]],
    shown: int | None,
    *,
    figures: Sequence[int] = (),
) -> str:
    """A table under its title, cut after so many lines; nothing where nobody is in it."""
    if not lines:
        return ""
    table = messages.table(headings, lines[:shown], figures=figures)
    more = len(lines) - len(lines[:shown])
    rest = [f"and {more:,} more: add --all"] if more else []
    return "\n".join([messages.bold(f"{title} ({len(lines):,})"), "", table, *rest])


def _who(row: _Row) -> tuple[object, object]:
    """Contact and name: by these a person is known, however long an address is."""
    return row["contact_point"], row["full_name"]


def _brief(row: _Row) -> str:
    """What is there already and what is wrong with it."""
    return _STATES[row["brief_state"]]


def _due(answer_by: date | None, today: date) -> str:
    if answer_by is None:
        return "tried"
    return "today" if answer_by == today else f"{answer_by}{' late' if answer_by < today else ''}"


def _closing(rows: Iterable[_Row], today: date) -> str:
    """How many wait, and what to type next."""
    found = list(rows)
    late = sum(
        row["answer_by"] is not None and row["answer_by"] < today and row["contact_from"] is None for row in found
    )
    people = "1 person waits" if len(found) == 1 else f"{len(found):,} people wait"
    said = f"{people} for a brief."
    if late:
        was = "1 person who asked us something should" if late == 1 else f"{late:,} who asked us something should"
        said += f" {was} have had an answer by now."
    return messages.paragraph(f"{said} Start with: tactful brief new {messages.printable(found[0]['contact_point'])}")
