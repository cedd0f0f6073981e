"""The brief tables of the rule data, read once into typed values with their patterns compiled."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from policies.errors import TactfulError
from policies.patterns import any_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["BriefSettings", "Delicate", "Part", "folded", "read_brief_settings"]

# Whatever stands in angle brackets or braces is for somebody to fill in, but for links, addresses and plain markup.
_MARKUP: Final = r"/?(?:a|b|br|code|em|i|li|ol|p|strong|sub|sup|u|ul)\b"
_IN_ANGLES: Final = rf"<(?!https?://|mailto:|{_MARKUP}|[^\s<>]+@)[^\s<>](?:[^<>\n]*[^\s<>])?>"
_TO_FILL_IN: Final = _IN_ANGLES + r"|\{\{?[^{}\n]*\}"
_SHORT: Final = 3
_REMEMBERED: Final = 8  # tables: a process serves one workspace, tests serve many
_PLAIN: Final = {r"\b": r"(?-u:\b)", r"\w": "[a-z0-9]", r"\d": "[0-9]"}
_WORD: Final = re.compile(r"\w+")
_CLASS: Final = re.compile(r"\\[bwd]")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a brief."""

    name: str
    headings: tuple[str, ...]  # the first is printed
    min_words: int
    min_items: int
    known: tuple[str, ...]  # what a new brief fills in where it is known
    ask: str


@dataclass(frozen=True, slots=True)
class Delicate:
    """A kind of content that has no place in a brief."""

    rule_id: str
    message: str
    fix: str
    pattern: str  # for Polars, in folded words
    harmless: str  # what such words stand in that tells nothing: it is taken out first


@dataclass(frozen=True, slots=True)
class BriefSettings:
    """What ``[brief]`` says."""

    tiers: tuple[str, ...]  # from the lesser to the fuller
    parts: Mapping[str, Part]
    by_heading: Mapping[str, Part]  # folded heading to part
    tier_parts: Mapping[str, tuple[Part, ...]]
    evidence_max_age_days: int
    shelf_life_days: int
    max_opening_words: int
    stop_phrases: re.Pattern[str]
    stop_texts: Mapping[str, tuple[str, ...]]  # the same, folded, by the longest word of each
    stop_phrase_parts: frozenset[str]
    placeholders: re.Pattern[str]
    greetings: re.Pattern[str]
    about_us: frozenset[str]
    about_us_leads: frozenset[str]  # first words after which nothing but us is told: "at Acme, we ..."
    about_them: frozenset[str]
    role_words: re.Pattern[str]  # what a word of a title begins with, and no name
    delicate: tuple[Delicate, ...]

    def part_of(self, heading: str) -> Part | None:
        """The part a heading stands for; none: the section is a note of its own."""
        return self.by_heading.get(_folded_heading(heading))

    def serves(self, tier: str, wanted: str) -> bool:
        """Whether a brief of one tier is enough where another is asked for."""
        return tier in self.tiers and wanted in self.tiers and self.tiers.index(tier) >= self.tiers.index(wanted)


def folded(text: str) -> str:
    """A heading or phrase for comparison: case, blanks and form of the apostrophe make no difference."""
    return " ".join(text.replace("\u2019", "'").split()).rstrip(" :.").casefold()


@lru_cache(maxsize=256)
def _folded_heading(heading: str) -> str:
    """The same, kept: briefs share their headings."""
    return folded(heading)


def read_brief_settings(settings: Mapping[str, Any]) -> BriefSettings:
    """Read ``[brief]``; raises ``TactfulError`` (``settings_invalid``) naming the key that is missing or wrong."""
    try:
        return _remembered(json.dumps(settings))
    except KeyError as error:
        raise _invalid(f"[brief] lacks {error.args[0]}, or names a part that is not there.") from error
    except (TypeError, ValueError, re.error) as error:
        raise _invalid(f"[brief] holds a value that cannot be read: {error}.") from error


@lru_cache(maxsize=_REMEMBERED)
def _remembered(written: str) -> BriefSettings:
    """The table as JSON, read: a command asks several times, and its hundreds of patterns are made ready once."""
    return _read(json.loads(written))


def _read(settings: Mapping[str, Any]) -> BriefSettings:
    parts = {str(table["name"]): _part(table) for table in settings["part"]}
    tiers = tuple(str(tier) for tier in settings["tiers"])
    marks = [*settings["placeholder_patterns"], _any_of(settings["placeholders"]).pattern]
    return BriefSettings(
        tiers=tiers,
        parts=parts,
        by_heading={folded(heading): part for part in parts.values() for heading in part.headings},
        tier_parts={tier: tuple(parts[name] for name in settings["tier"][tier]["parts"]) for tier in tiers},
        evidence_max_age_days=int(settings["evidence_max_age_days"]),
        shelf_life_days=int(settings["shelf_life_days"]),
        max_opening_words=int(settings["max_opening_words"]),
        stop_texts=_by_longest_word(folded(phrase) for phrase in settings["stop_phrases"]),
        stop_phrases=re.compile(_any_of(folded(phrase) for phrase in settings["stop_phrases"]).pattern, re.IGNORECASE),
        stop_phrase_parts=frozenset(settings["stop_phrase_parts"]),
        placeholders=re.compile(any_pattern([_TO_FILL_IN, *marks])),
        greetings=_any_of(folded(greeting) for greeting in settings["greetings"]),
        about_us=frozenset(folded(word) for word in settings["about_us"]),
        about_us_leads=frozenset(folded(word) for word in settings["about_us_leads"]),
        about_them=frozenset(folded(word) for word in settings["about_them"]),
        role_words=_beginnings(folded(word) for word in settings["role_words"]),
        delicate=tuple(_delicate(table) for table in settings["delicate"].values()),
    )


def _part(table: Mapping[str, Any]) -> Part:
    return Part(
        name=str(table["name"]),
        headings=tuple(table["headings"]),
        min_words=int(table.get("min_words", 1)),
        min_items=int(table.get("min_items", 0)),
        known=tuple(table.get("known", ())),
        ask=str(table["ask"]),
    )


def _delicate(table: Mapping[str, Any]) -> Delicate:
    return Delicate(
        rule_id=f"brief.{table['rule']}",
        message=str(table["message"]),
        fix=str(table["fix"]),
        pattern=_plain_pattern(table["patterns"]),
        harmless=_plain_pattern(table["harmless"]),
    )


def _plain_pattern(patterns: Iterable[str]) -> str:
    """Any of some patterns, with words and their borders those of folded Latin script.

    With the borders of every script the many alternatives would be tried one by one: five hundred times as slow.
    """
    plain = [_CLASS.sub(lambda found: _PLAIN[found.group()], pattern) for pattern in patterns]
    for pattern in plain:
        re.compile(pattern.replace("(?-u:\\b)", ""))
    return any_pattern(plain)


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Any of the phrases, as whole words, the longest first; none of them: a pattern that never matches."""
    escaped = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=lambda phrase: (-len(phrase), phrase)))
    return re.compile(rf"(?<!\w)(?:{escaped})(?!\w)" if escaped else r"(?!)")


def _by_longest_word(phrases: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Phrases by a word that must stand in a text that has them; "" where they have none."""
    found: dict[str, tuple[str, ...]] = {}
    for phrase in sorted(set(phrases)):
        word = max(_WORD.findall(phrase), key=len, default="")
        found[word] = (*found.get(word, ()), phrase)
    return found


def _beginnings(words: Iterable[str]) -> re.Pattern[str]:
    """Words that begin with one of some; those of up to three letters are whole words."""
    ends = (re.escape(word) + (r"\Z" if len(word) <= _SHORT else "") for word in sorted(set(words)))
    return re.compile(any_pattern(ends))


def _invalid(message: str) -> TactfulError:
    return TactfulError(
        "settings_invalid", message, "Mend the table in the rule files, then run `tactful policy check`."
    )
