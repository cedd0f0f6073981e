"""Words that names are read by, looked up from the rule data once for a frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from policies.folding import fold_words
from policies.identity.preparing.spelling import flat_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Lexicon"]

_KUNREI: Final = {"shi": "si", "chi": "ti", "tsu": "tu", "fu": "hu", "ji": "zi"}
_GENERATIONS: Final = {"junior": "jr", "senior": "sr"}


@dataclass(frozen=True)
class Lexicon:
    """Sets of folded words and tables from a spelling to what it stands for."""

    titles: frozenset[str]
    foreign_titles: frozenset[str]  # in other scripts, as written
    inside_titles: frozenset[str]
    doubtful_titles: frozenset[str]
    letters: frozenset[str]  # degrees and the like after a name
    degrees: frozenset[str]  # the same, in capitals only
    generations: Mapping[str, str]
    particles: frozenset[str]
    prefixes: frozenset[str]
    sons: frozenset[str]  # "son of": what follows is the father's name
    separators: frozenset[str]
    formerly: frozenset[str]
    organisations: frozenset[str]
    nobody: frozenset[str]
    patronymics: tuple[str, ...]
    surname_first: frozenset[str]  # countries
    two_surnames: frozenset[str]
    roots: Mapping[str, str]  # given names
    given_names: frozenset[str]  # all that are known, short forms too
    given_only: frozenset[str]  # those of them that are no usual surnames
    surnames: frozenset[str]  # common ones that are no given names
    chinese: Mapping[str, str]  # surnames of China, Korea and Vietnam in any spelling
    common_chinese: frozenset[str]  # those that are hardly given names
    japanese: Mapping[str, str]
    japanese_given: Mapping[str, str]
    arabic: Mapping[str, str]
    syllables: tuple[str, str]  # initials and finals, as alternatives of a pattern

    @classmethod
    def of(cls, words: Mapping[str, Any]) -> Lexicon:
        """From the settings tables of the rulebook; a table that is missing is empty."""
        told, listed = words.get("identity", {}), words.get("lists", {}).get("names", {})
        names = told.get("names", {})
        generations = names.get("generations", "").split()
        suffixes = {word.replace(" ", "") for word in fold_words(list(listed.get("suffixes", ())))}
        syllables = told.get("syllables", {})
        japanese_given = _table(told.get("japanese_given", {}), flatten=True)
        nicknames = _table(told.get("nicknames", {}), flatten=True)
        given_names = frozenset(nicknames) | frozenset(map(flat_text, told.get("given_names", "").split()))
        chinese = _table(told.get("chinese_surnames", {}), flatten=True)
        common = _set(names, "common_chinese_surnames")
        return cls(
            titles=frozenset(_single(listed.get("titles", ()))) | _set(names, "more_titles"),
            foreign_titles=_set(names, "foreign_titles"),
            inside_titles=_set(names, "inside_titles"),
            doubtful_titles=_set(names, "doubtful_titles"),
            letters=frozenset(suffixes - set(generations)),
            degrees=frozenset(word.replace(" ", "") for word in listed.get("degrees", ())),
            generations={word: _GENERATIONS.get(word, word) for word in generations},
            particles=frozenset(_parts(listed.get("particles", ()))) | _set(names, "more_particles"),
            prefixes=_set(names, "prefixes"),
            sons=_set(names, "sons"),
            separators=frozenset(names.get("separators", "").split()),
            formerly=_set(names, "formerly"),
            organisations=_set(names, "organisations") | frozenset(_single(listed.get("no_given", ()))),
            nobody=frozenset(listed.get("no_names", ())),
            patronymics=tuple(sorted({flat_text(ending) for ending in _set(names, "patronymics")})),
            surname_first=_set(names, "surname_first"),
            two_surnames=_set(names, "two_surnames"),
            roots={**_kunrei(japanese_given), **nicknames},
            given_names=given_names,
            given_only=given_names - frozenset(map(flat_text, _set(names, "given_surnames"))),
            surnames=frozenset(map(flat_text, _words(told.get("surnames", "")))),
            chinese=chinese,
            common_chinese=frozenset(word for word, reading in chinese.items() if reading in common),
            japanese=_kunrei(_table(told.get("japanese_surnames", {}), flatten=True)),
            japanese_given=japanese_given,
            arabic=_table(told.get("arabic", {})),
            syllables=(_any(syllables.get("initials", "")), _any(syllables.get("finals", ""))),
        )


def _set(names: Mapping[str, str], key: str) -> frozenset[str]:
    return _words(names.get(key, ""))


@lru_cache(maxsize=64)
def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _single(phrases: Iterable[str]) -> list[str]:
    """Phrases written without the blanks, hyphens and dots inside them."""
    return [word.replace(" ", "") for word in fold_words(list(phrases))]


def _parts(phrases: Iterable[str]) -> list[str]:
    """Every word of the phrases."""
    return [part for phrase in fold_words(list(phrases)) for part in phrase.split()]


def _table(rows: Mapping[str, str], *, flatten: bool = False) -> Mapping[str, str]:
    """From each spelling, and each reading itself, to the reading."""
    return _read_table(tuple(rows.items()), flatten=flatten)


@lru_cache(maxsize=16)
def _read_table(rows: tuple[tuple[str, str], ...], *, flatten: bool) -> dict[str, str]:
    table: dict[str, str] = {}
    for reading, spellings in rows:
        for spelling in (reading, *spellings.split()):
            table.setdefault(flat_text(spelling) if flatten else spelling, flat_text(reading) if flatten else reading)
    return table


def _kunrei(table: Mapping[str, str]) -> dict[str, str]:
    """A table of romanised readings with the other usual romanisation (``si`` for ``shi``)."""
    spelled = dict(table)
    for spelling, reading in table.items():
        for usual, other in _KUNREI.items():
            spelled.setdefault(spelling.replace(usual, other), reading)
    return spelled


def _any(alternatives: str) -> str:
    return "|".join(sorted(set(alternatives.split()), key=lambda part: (-len(part), part)))
