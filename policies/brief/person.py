"""Whether a brief is about this very person: their name, their employer of now, and nobody else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies.brief.findings import Finding
from policies.brief.front_matter import field_place, written_on
from policies.brief.opening import one_line, spells_name
from policies.brief.parts import part_named
from policies.brief.spelling import even, has_word_of, misspelled_company, names_company, plain, stands_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.brief.about import About
    from policies.brief.parts import Text
    from policies.brief.settings import BriefSettings, Part
    from policies.brief.text import Brief

__all__ = ["person_findings"]

_LONGEST: Final = 2_000  # characters of an opening line that are compared: nobody says more
_LINK: Final = re.compile(r"https?://([^\s<>()\[\]]+)", re.IGNORECASE)
_CAPITAL: Final = r"[^\W\d_a-z][^\W\d_]*(?:['\u2019.-]+[^\W\d_]+)*\.?"
# Two to four words in capitals at the beginning, then a comma, a bracket or a word: "Kai Lund, head of ..."
_NAME_FIRST: Final = re.compile(rf"\s*(?:[-*>]\s+)?((?:{_CAPITAL}\s+){{1,3}}{_CAPITAL})(?=\s*[,(\u2013-]|\s+[a-z])")


def person_findings(
    brief: Brief, rules: BriefSettings, texts: Sequence[Text], wanted: Sequence[Part], about: About
) -> Iterator[Finding]:
    """Everything that does not fit what is on record of the person; ``wanted`` are the parts that are asked for."""
    opening = part_named(texts, "opening_line")
    if opening is not None:
        yield from _opening(opening, rules, about)
    yield from _employer(brief, rules, about)
    yield from _before_they_spoke(brief, about)
    who = part_named(texts, "who")
    if who is not None and any(part.name == "who" for part in wanted):
        yield from _them(brief, rules, who, about)


def _opening(opening: Text, rules: BriefSettings, about: About) -> Iterator[Finding]:
    """Whether the opening line spells name and company as the records do; a name it must have."""
    line = even(one_line(opening.body)[:_LONGEST])
    names = [even(name) for name in about.names if name.strip()]
    if names and not spells_name(line, names) and not rules.placeholders.search(line):
        message = "The opening line does not spell the name as the record does."
        fix = "Copy the name from the record, letter for letter."
        yield Finding("brief.opening_name", opening.place(), message, fix)
    bare = _without(line, names)
    if misspelled_company(bare, map(even, about.companies)):
        message = "The opening line does not spell the company as the record does."
        fix = "Copy the company's name from the record, letter for letter."
        yield Finding("brief.opening_company", opening.place(), message, fix)


def _employer(brief: Brief, rules: BriefSettings, about: About) -> Iterator[Finding]:
    """Whether the brief was written for where they worked before.

    A brief that names the company of now knows of the change. One that names a company of before was written for it,
    and so was one that names neither and is older than what we learned.
    """
    if not about.former or not about.companies:
        return
    text = plain(_research(brief, rules, with_opening=True))
    if names_company(text, about.companies, about.former):
        return
    day = written_on(brief)
    is_older = day is None or (about.changed_on is not None and day < about.changed_on)
    if is_older or names_company(text, about.former, about.companies):
        message = "The brief was written for a company they have left."
        fix = "Look up what they do now, and write it anew for where they work today."
        yield Finding("brief.former_employer", field_place(brief, "date"), message, fix)


def _before_they_spoke(brief: Brief, about: About) -> Iterator[Finding]:
    """Whether the brief is older than the last conversation: the next contact takes up a detail of it (P10)."""
    day = written_on(brief)
    if about.answered_on is not None and day is not None and day < about.answered_on:
        message = f"They have talked with us since, on {about.answered_on}."
        fix = "Say what was said then, begin with it, and renew the date: `tactful brief new CONTACT` has the note."
        yield Finding("brief.before_they_spoke", field_place(brief, "date"), message, fix)


def _them(brief: Brief, rules: BriefSettings, who: Text, about: About) -> Iterator[Finding]:
    """Whether the research names this person or their company, and nobody else in their place."""
    names = [plain(name) for name in about.names if name.strip()]
    given = {name.split()[0] for name in names if " " in name}
    research = even(_research(brief, rules))
    told = plain(research)
    found = {name for name in names if stands_in(name, told)}
    if not names or found - given:
        return
    companies = [even(company) for company in (*about.companies, *about.former)]
    at_work = _domain(brief) in told or has_word_of(research, companies) or names_company(told, companies)
    knows_them = found or at_work or not companies
    if not knows_them or _is_somebody_else(who.body, rules, about, given):
        message = "Nothing but the opening line says that this is about the person on record."
        fix = "Name the person and their company, and say what is true of them alone."
        yield Finding("brief.not_about_them", who.place(), message, fix)


def _domain(brief: Brief) -> str:
    """The host of the contact's address; where it is none, a text that stands nowhere."""
    return (brief.contact or "").partition("@")[2].strip().lower() or "\0"


def _research(brief: Brief, rules: BriefSettings, *, with_opening: bool = False) -> str:
    """What stands below the headings, links with their hosts; the headings themselves name anybody."""
    parts = [(rules.part_of(section.heading), section.body) for section in brief.parts]
    return "\n".join(body for part, body in parts if with_opening or part is None or part.name != "opening_line")


def _is_somebody_else(who: str, rules: BriefSettings, about: About, given: set[str]) -> bool:
    """Whether who they are begins with a name that is not theirs; their given name alone is many people's."""
    found = _NAME_FIRST.match(_LINK.sub(" ", who))
    if found is None:
        return False
    words = {plain(word).strip(".") for word in found.group(1).split()} - given
    theirs = {part for name in (*about.names, *about.companies) for part in plain(name).split()} - given
    return not theirs & words and not any(map(rules.role_words.match, words))


def _without(line: str, names: Sequence[str]) -> str:
    """The line without the person's names, which may be those of the company, too."""
    for name in sorted(names, key=len, reverse=True):
        line = line.replace(name, " | ")
    return line
