"""What the front matter of a brief lacks or says wrongly."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from policies.brief.findings import Finding
from policies.brief.text import FRONT_MATTER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.brief.settings import BriefSettings
    from policies.brief.text import Brief

__all__ = ["field_finding", "field_findings", "field_place", "written_on"]


def written_on(brief: Brief) -> date | None:
    """The brief's date; none where it is missing or not written as 2026-10-14."""
    try:
        return date.fromisoformat(brief.date or "")
    except ValueError:
        return None


def field_findings(brief: Brief, rules: BriefSettings, as_of: date) -> Iterator[Finding]:
    """Everything to mend above the first heading."""
    if brief.contact is None and brief.person_id is None:
        yield field_finding(
            brief, "contact_missing", "Nobody is named.", "Write `contact:` with an e-mail or phone, or `person_id:`."
        )
    if brief.author is None:
        yield field_finding(
            brief, "author_missing", "The brief has no author.", "Write `author:` with the name of who wrote it."
        )
    for name in FRONT_MATTER:
        value = getattr(brief, name)
        if value is not None and rules.placeholders.search(value):
            message = "A mark of the template is still there."
            yield Finding("brief.placeholder", field_place(brief, name), message, "Write what the mark asks for.")
    if brief.tier not in rules.tiers:
        tiers = " or ".join(reversed(rules.tiers))
        yield field_finding(
            brief, "tier_unknown", "The brief names no tier that exists.", f"Write `tier:` with {tiers}.", "tier"
        )
    yield from _date(brief, rules, as_of)


def field_finding(brief: Brief, rule: str, message: str, fix: str, name: str | None = None) -> Finding:
    """A finding about a field of the front matter, at its line."""
    return Finding(f"brief.{rule}", field_place(brief, name), message, fix)


def field_place(brief: Brief, name: str | None) -> str:
    """Where a field stands."""
    line = brief.field_lines.get(name or "")
    return "front matter" if line is None else f"front matter, line {line}"


def _date(brief: Brief, rules: BriefSettings, as_of: date) -> Iterator[Finding]:
    """Whether the brief's date is there and near enough."""
    day = written_on(brief)
    if day is None:
        message = "The date is not written as year, month, day." if brief.date else "The brief has no date."
        yield field_finding(brief, "date_missing", message, f"Write it so: `date: {as_of.isoformat()}`.", "date")
    elif day > as_of:
        yield field_finding(
            brief, "date_in_future", "The brief is dated in the future.", "Write the day it was written.", "date"
        )
    elif as_of - day > timedelta(days=rules.shelf_life_days):
        message = f"The brief is older than {rules.shelf_life_days} days."
        yield field_finding(brief, "expired", message, "Look the person up again and renew the date.", "date")
