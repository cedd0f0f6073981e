"""The lint of a brief: every finding with rule id, place and how to mend it.

What can be listed (parts, words, ages, phrases) stands in ``[brief]`` of the rule files. Messages name places and
rules, never what the brief says about a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from policies.brief.evidence import LINK, Fact, facts_in
from policies.brief.opening import is_about_us, one_line, spells_name
from policies.brief.settings import BriefSettings, Part, folded, read_brief_settings
from policies.brief.text import FRONT_MATTER, Brief, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["STALE", "Finding", "findings_of", "lint", "name_findings", "opening_of", "written_on"]

# Findings that only time brings: the brief was good once.
STALE: Final = frozenset({"brief.expired", "brief.evidence_stale"})

_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*")
_QUESTION: Final = re.compile(r"[?\uff1f\u061f\u037e]")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to mend in a brief."""

    rule_id: str
    place: str  # heading and line, or the front matter
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class _Text:
    """One part of a brief as it was written, comments blanked out."""

    part: Part
    section: Section
    body: str

    def place(self, line: int = -1) -> str:
        """Heading and line; lines are counted from the first one below the heading."""
        return f"{self.section.heading}, line {self.section.line + line + 1}"


def lint(brief: Brief, settings: Mapping[str, Any], as_of: date, names: Sequence[str] | None) -> list[Finding]:
    """Everything to mend in a brief, in the order of its lines.

    Args:
        brief: as read by :func:`policies.brief.text.parse_brief`.
        settings: the ``[brief]`` table.
        as_of: the day to judge ages at.
        names: spellings the records have for the person (full name, family name, name to greet with); none: nobody is
            known under the contact, and the name cannot be checked.
    """
    rules = read_brief_settings(settings)
    found = findings_of(brief, rules, as_of)
    return found if names is None else [*found, *name_findings(brief, rules, names)]


def findings_of(brief: Brief, rules: BriefSettings, as_of: date) -> list[Finding]:
    """All findings that the text alone gives rise to."""
    texts = _texts(brief, rules)
    found = [*_fields(brief, rules, as_of), *_missing(brief, rules, texts)]
    wanted = {part.name for part in rules.tier_parts.get(brief.tier or "", tuple(rules.parts.values()))}
    for text in texts:
        found.extend(_of_part(text, rules))
        if text.part.name in wanted and text.body.strip():
            found.extend(_of_wanted_part(text, rules, as_of))
    return found


def name_findings(brief: Brief, rules: BriefSettings, names: Sequence[str]) -> list[Finding]:
    """Whether the opening line spells the name as the records of one person do; without a recorded name it cannot."""
    text = next((text for text in _texts(brief, rules) if text.part.name == "opening_line"), None)
    if text is None or not text.body.strip() or not any(name.strip() for name in names):
        return []
    if spells_name(one_line(text.body), names):
        return []
    message = "The opening line does not spell the name as the record does."
    return [Finding("brief.opening_name", text.place(), message, "Copy the name from the record, letter for letter.")]


def opening_of(brief: Brief, rules: BriefSettings) -> str | None:
    """The opening line, on one line; none: the brief has none."""
    texts = (text for text in _texts(brief, rules) if text.part.name == "opening_line")
    return next((one_line(text.body) or None for text in texts), None)


def written_on(brief: Brief) -> date | None:
    """The brief's date; none where it is missing or not written as 2026-10-14."""
    try:
        return date.fromisoformat(brief.date or "")
    except ValueError:
        return None


def _texts(brief: Brief, rules: BriefSettings) -> list[_Text]:
    """The sections that are parts of a brief; the first of a heading that stands twice has both texts' place."""
    named = ((rules.part_of(section.heading), section) for section in brief.parts)
    return [_Text(part, section, _COMMENT.sub(_blank, section.body)) for part, section in named if part is not None]


def _blank(comment: re.Match[str]) -> str:
    """As many lines as the comment had, so that places stay right."""
    return "\n" * comment.group().count("\n")


def _fields(brief: Brief, rules: BriefSettings, as_of: date) -> Iterator[Finding]:
    """What the front matter lacks or says wrongly."""
    if brief.contact is None and brief.person_id is None:
        yield _field(
            brief, "contact_missing", "Nobody is named.", "Write `contact:` with an e-mail or phone, or `person_id:`."
        )
    if brief.author is None:
        yield _field(
            brief, "author_missing", "The brief has no author.", "Write `author:` with the name of who wrote it."
        )
    for name in FRONT_MATTER:
        value = getattr(brief, name)
        if value is not None and rules.placeholders.search(value):
            yield _placeholder(_field_place(brief, name))
    if brief.tier not in rules.tiers:
        tiers = " or ".join(reversed(rules.tiers))
        yield _field(
            brief, "tier_unknown", "The brief names no tier that exists.", f"Write `tier:` with {tiers}.", "tier"
        )
    yield from _date(brief, rules, as_of)


def _date(brief: Brief, rules: BriefSettings, as_of: date) -> Iterator[Finding]:
    """Whether the brief's date is there and near enough."""
    day = written_on(brief)
    if day is None:
        yield _field(
            brief, "date_missing", "The brief has no date.", "Write `date:` as year, month, day: 2026-10-14.", "date"
        )
    elif day > as_of:
        yield _field(
            brief, "date_in_future", "The brief is dated in the future.", "Write the day it was written.", "date"
        )
    elif as_of - day > timedelta(days=rules.shelf_life_days):
        message = f"The brief is older than {rules.shelf_life_days} days."
        yield _field(brief, "expired", message, "Look the person up again and renew the date.", "date")


def _missing(brief: Brief, rules: BriefSettings, texts: Sequence[_Text]) -> Iterator[Finding]:
    """Parts of the tier that are not there or empty."""
    written = {text.part.name for text in texts if text.body.strip()}
    for part in rules.tier_parts.get(brief.tier or "", ()):
        if part.name not in written:
            heading = part.headings[0]
            empty = next((text for text in texts if text.part.name == part.name), None)
            place = empty.place() if empty else heading
            yield Finding(
                "brief.part_missing", place, f"The part '{heading}' is missing.", f"Write '## {heading}'. {part.ask}"
            )


def _of_part(text: _Text, rules: BriefSettings) -> Iterator[Finding]:
    """Findings of any part that is there, whether the tier asks for it or not."""
    yield from (_placeholder(text.place(line)) for line in _unfilled(text, rules))
    if text.part.name in rules.stop_phrase_parts:
        yield from _stop_phrases(text, rules)
    if text.part.name == "opening_line":
        yield from _opening(text, rules)


def _of_wanted_part(text: _Text, rules: BriefSettings, as_of: date) -> Iterator[Finding]:
    """Findings of a part the tier asks for: what is asked for must be there in substance."""
    if not _unfilled(text, rules):
        yield from _thin(text)
    if text.part.name == "evidence":
        yield from _evidence(text, rules, as_of)


def _unfilled(text: _Text, rules: BriefSettings) -> list[int]:
    """Lines of a part on which a mark of the template still stands."""
    return [number for number, line in enumerate(text.body.split("\n")) if rules.placeholders.search(line)]


def _thin(text: _Text) -> Iterator[Finding]:
    """A part with too few words, facts or questions."""
    part = text.part
    words = len(_WORD.findall(LINK.sub(" ", text.body)))
    if words < part.min_words:
        message = f"{words} words where at least {part.min_words} are asked for."
        yield Finding("brief.part_thin", text.place(), message, part.ask)
    items = len(facts_in(text.body)) if part.name == "evidence" else len(_QUESTION.findall(text.body))
    if items < part.min_items:
        kind = "facts" if part.name == "evidence" else "questions"
        yield Finding(
            "brief.part_thin", text.place(), f"{items} {kind} where at least {part.min_items} are asked for.", part.ask
        )


def _stop_phrases(text: _Text, rules: BriefSettings) -> Iterator[Finding]:
    """Phrases anybody could send to anybody."""
    for phrase in sorted(set(rules.stop_phrases.findall(folded(text.body)))):
        message = f"'{phrase}' could be said to anybody."
        yield Finding("brief.stop_phrase", text.place(), message, "Say what is true of this person alone.")


def _evidence(text: _Text, rules: BriefSettings, as_of: date) -> Iterator[Finding]:
    """Facts without date or link, or all of them too old."""
    facts = facts_in(text.body)
    for fact in facts:
        yield from _fact(text, fact, as_of)
    newest = max((day for fact in facts for day in fact.dates if day <= as_of), default=None)
    if newest is not None and as_of - newest > timedelta(days=rules.evidence_max_age_days):
        message = f"The newest fact is older than {rules.evidence_max_age_days} days."
        yield Finding("brief.evidence_stale", text.place(), message, "Find something they said or did lately.")


def _fact(text: _Text, fact: Fact, as_of: date) -> Iterator[Finding]:
    place = text.place(fact.line)
    if not any(day <= as_of for day in fact.dates):
        message = "The fact is dated in the future." if fact.dates else "The fact has no date."
        yield Finding(
            "brief.evidence_undated", place, message, "Write the day it was said or published, as 2026-09-16."
        )
    if not fact.is_linked:
        yield Finding(
            "brief.evidence_unlinked", place, "The fact has no link.", "Add the https:// link where it can be read."
        )


def _opening(text: _Text, rules: BriefSettings) -> Iterator[Finding]:
    """An opening line about us, or longer than a line."""
    line = one_line(text.body)
    if is_about_us(line, rules):
        message = "The opening line begins with us."
        yield Finding("brief.opening_about_us", text.place(), message, "Begin with what they did, said or are facing.")
    if len(_WORD.findall(line)) > rules.max_opening_words:
        message = f"The opening line has more than {rules.max_opening_words} words."
        yield Finding(
            "brief.opening_long", text.place(), message, "Keep one sentence; the rest belongs to the conversation."
        )


def _placeholder(place: str) -> Finding:
    message = "A mark of the template is still there."
    return Finding("brief.placeholder", place, message, "Write what the mark asks for, and remove the mark.")


def _field(brief: Brief, rule: str, message: str, fix: str, name: str | None = None) -> Finding:
    return Finding(f"brief.{rule}", _field_place(brief, name), message, fix)


def _field_place(brief: Brief, name: str | None) -> str:
    line = brief.field_lines.get(name or "")
    return "front matter" if line is None else f"front matter, line {line}"
