"""The lint of a brief: every finding with rule id, place and how to mend it.

What can be listed (parts, words, ages, phrases) stands in ``[brief]`` of the rule files. Messages name places and
rules, never what the brief says about a person.
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from policies.brief.delicate import delicate_findings
from policies.brief.evidence import Fact, facts_in, without_links
from policies.brief.findings import Finding
from policies.brief.front_matter import field_finding, field_findings
from policies.brief.opening import is_about_us, one_line
from policies.brief.parts import WORD, Text, part_named, texts_of
from policies.brief.person import person_findings
from policies.brief.settings import BriefSettings, Part, folded, read_brief_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from policies.brief.about import About
    from policies.brief.text import Brief

__all__ = ["findings_of", "lint"]

_WORD: Final = re.compile(r"\w+")
_QUESTION: Final = re.compile(r"[?\uff1f\u061f\u037e]")


def lint(brief: Brief, settings: Mapping[str, Any], as_of: date, about: About | None) -> list[Finding]:
    """Everything to mend in a brief, in the order of its lines.

    Args:
        brief: as read by :func:`policies.brief.text.parse_brief`.
        settings: the ``[brief]`` table.
        as_of: the day to judge ages at.
        about: what is on record of the person; none: nobody is known under the contact, and nothing can be compared.

    Whether the brief is a near copy of another is told where all of them are at hand: :mod:`policies.brief.facts`.
    """
    return findings_of(brief, read_brief_settings(settings), as_of, about)


def findings_of(
    brief: Brief, rules: BriefSettings, as_of: date, about: About | None, *, is_delicate: bool = True
) -> list[Finding]:
    """The same with the rules read; ``is_delicate``: what :func:`may_be_delicate` said of its text, where it did."""
    texts = texts_of(brief, rules)
    tier = _tier(brief, rules, texts, about)
    wanted = rules.tier_parts.get(tier, ())
    found = [*field_findings(brief, rules, as_of), *_lower_tier(brief, rules, about), *_missing(wanted, texts)]
    names = {part.name for part in (wanted or rules.parts.values())}
    them = (*about.names, *about.companies) if about else ()
    is_stock = _may_be_stock(texts, rules)
    for text in texts:
        unfilled = _unfilled(text, rules)
        found.extend(_of_part(text, rules, them, unfilled, is_stock=is_stock))
        if text.part.name in names and text.body.strip():
            found.extend([] if unfilled else _thin(text))
            found.extend(_evidence(text, rules, as_of) if text.part.name == "evidence" else [])
    if is_delicate:
        found.extend(delicate_findings(brief, rules))
    if about is not None:
        found.extend(person_findings(brief, rules, texts, wanted, about))
    return found


def _tier(brief: Brief, rules: BriefSettings, texts: Sequence[Text], about: About | None) -> str:
    """The tier a brief is held to: the one the relationship asks for, or the one it names where nobody says.

    A brief of a fuller tier that has every part of that tier serves for the lesser ones, too, but not for whoever has
    talked with us since: what they said must stand in it (practice P10).
    """
    named, wanted = brief.tier or "", (about.tier_wanted if about else None)
    if wanted is None or wanted not in rules.tiers:
        return named
    if about is not None and about.answered_on is not None:
        return wanted
    is_fuller = named != wanted and rules.serves(named, wanted)
    lacks = any(_missing(rules.tier_parts[wanted], texts))
    return named if is_fuller and lacks and not any(_missing(rules.tier_parts[named], texts)) else wanted


def _lower_tier(brief: Brief, rules: BriefSettings, about: About | None) -> Iterator[Finding]:
    """Whether the brief names a lesser tier than the relationship asks for."""
    wanted = about.tier_wanted if about else None
    if wanted in rules.tiers and brief.tier in rules.tiers and not rules.serves(brief.tier, wanted):
        message = f"The brief is of the tier {brief.tier}; the relationship asks for {wanted}."
        fix = f"Write `tier: {wanted}` and the parts that are missing: the colder, the more homework."
        yield field_finding(brief, "lower_tier", message, fix, "tier")


def _missing(parts: Sequence[Part], texts: Sequence[Text]) -> Iterator[Finding]:
    """Parts of the tier that are not there or empty."""
    for part in parts:
        if part_named(texts, part.name) is None:
            heading = part.headings[0]
            empty = next((text for text in texts if text.part.name == part.name), None)
            place = empty.place() if empty else heading
            yield Finding(
                "brief.part_missing", place, f"The part '{heading}' is missing.", f"Write '## {heading}'. {part.ask}"
            )


def _of_part(
    text: Text, rules: BriefSettings, them: Sequence[str], unfilled: Sequence[int], *, is_stock: bool
) -> Iterator[Finding]:
    """Findings of any part that is there, whether the tier asks for it or not."""
    message, fix = "A mark of the template is still there.", "Write what the mark asks for, and remove the mark."
    yield from (Finding("brief.placeholder", text.place(line), message, fix) for line in unfilled)
    if is_stock and text.part.name in rules.stop_phrase_parts:
        yield from _stop_phrases(text, rules)
    if text.part.name == "opening_line":
        yield from _opening(text, rules, them, is_stock=is_stock)


def _unfilled(text: Text, rules: BriefSettings) -> list[int]:
    """Lines of a part on which a mark of the template still stands."""
    if not rules.placeholders.search(text.body):
        return []
    return [number for number, line in enumerate(text.body.split("\n")) if rules.placeholders.search(line)]


def _thin(text: Text) -> Iterator[Finding]:
    """A part with too few words, facts or questions; the same few words again and again are padding."""
    part = text.part
    said = [found.group() for found in islice(WORD.finditer(without_links(text.body)), part.min_words)]
    words = len(said)
    different = len({word.casefold() for word in said})
    if words == part.min_words and different * 2 < words:
        message = f"The same words over and over: {different} different ones at its beginning."
        yield Finding("brief.part_thin", text.place(), message, part.ask)
    if words < part.min_words:
        message = f"{words} words where at least {part.min_words} are asked for."
        yield Finding("brief.part_thin", text.place(), message, part.ask)
    if not part.min_items:
        return
    items = len(facts_in(text.body)) if part.name == "evidence" else len(_QUESTION.findall(text.body))
    if items < part.min_items:
        kind = "facts" if part.name == "evidence" else "questions"
        yield Finding(
            "brief.part_thin", text.place(), f"{items} {kind} where at least {part.min_items} are asked for.", part.ask
        )


def _may_be_stock(texts: Sequence[Text], rules: BriefSettings) -> bool:
    """Whether any stock phrase stands in the parts together: asked once, far sooner than part by part by pattern."""
    asked = rules.stop_phrase_parts | {"opening_line"}
    told = folded("\n".join(text.body for text in texts if text.part.name in asked))
    words = rules.stop_texts.keys() & {"", *_WORD.findall(told)}
    return any(phrase in told for word in words for phrase in rules.stop_texts[word])


def _stop_phrases(text: Text, rules: BriefSettings) -> Iterator[Finding]:
    """Phrases anybody could send to anybody."""
    for phrase in sorted(set(rules.stop_phrases.findall(folded(text.body)))):
        message = f"'{phrase}' could be said to anybody."
        yield Finding("brief.stop_phrase", text.place(), message, "Say what is true of this person alone.")


def _evidence(text: Text, rules: BriefSettings, as_of: date) -> Iterator[Finding]:
    """Facts without date or link, or all of them too old."""
    facts = facts_in(text.body)
    for fact in facts:
        yield from _fact(text, fact, as_of)
    newest = max((day for fact in facts for day in fact.dates if day <= as_of), default=None)
    if newest is not None and as_of - newest > timedelta(days=rules.evidence_max_age_days):
        message = f"The newest fact is older than {rules.evidence_max_age_days} days."
        yield Finding("brief.evidence_stale", text.place(), message, "Find something they said or did lately.")


def _fact(text: Text, fact: Fact, as_of: date) -> Iterator[Finding]:
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


def _opening(text: Text, rules: BriefSettings, them: Sequence[str], *, is_stock: bool) -> Iterator[Finding]:
    """An opening line about us, or longer than a line."""
    line = one_line(text.body)
    if is_about_us(_said(line, rules) if is_stock else line.replace("\u2019", "'"), rules, them):
        message = "The opening line is about us."
        yield Finding("brief.opening_about_us", text.place(), message, "Begin with what they did, said or are facing.")
    if len(WORD.findall(line)) > rules.max_opening_words:
        message = f"The opening line has more than {rules.max_opening_words} words."
        yield Finding(
            "brief.opening_long", text.place(), message, "Keep one sentence; the rest belongs to the conversation."
        )


def _said(line: str, rules: BriefSettings) -> str:
    """The line without phrases that anybody could say, which are a finding of their own."""
    return rules.stop_phrases.sub(",", line.replace("\u2019", "'"))
