"""The opening line: about them, with their name and company spelled as the records spell them, byte for byte."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final

from policies.brief.spelling import is_slip, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from policies.brief.settings import BriefSettings

__all__ = ["is_about_us", "one_line", "spells_name"]

_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_PAUSE: Final = re.compile(r"[,:;!\n]|\s[-\u2013\u2014]\s|\u2014")
_IN_WORD: Final = re.compile(r"[\w-]\Z")
_GOES_ON: Final = re.compile(r"\w|-\w")
_BEFORE: Final = re.compile(rf"((?:{_WORD.pattern}\s+)+)\Z")
_NO_WORD: Final = re.compile(r"[^\w\s'\u2019-]|[\d_]")
_AFTER: Final = re.compile(rf"((?:\s+{_WORD.pattern})+)")
_CLAUSE_END: Final = re.compile(r"[.:;?!]")
_NEAR: Final = 200  # letters before and after a name that are looked at: a longer line is found elsewhere
_MOST_NAME_WORDS: Final = 5


def one_line(body: str) -> str:
    """The opening line of its section: quote marks, list marks and line breaks off, everything else as written."""
    line = " ".join(body.split())
    line = line.removeprefix("> ").removeprefix("- ")
    pairs = (('"', '"'), ("\u201c", "\u201d"), ("\u201e", "\u201c"), ("\u00ab", "\u00bb"))
    for opening, closing in pairs:
        if line.startswith(opening) and line.endswith(closing) and len(line) > 1:
            return line[1:-1].strip()
    return line


def is_about_us(line: str, settings: BriefSettings, them: Sequence[str] = ()) -> bool:
    """Whether what follows greeting and name is about us: it begins with us, or first speaks of us more than of them.

    ``them`` are names and companies that stand for the reader as "you" and "your" do.
    """
    words = _WORD.findall(_CLAUSE_END.split(_after_address(line, settings).lstrip(" ,.;:!"))[0])
    if not words:
        return False
    theirs = settings.about_them | {word.casefold() for name in them for word in _WORD.findall(name)}
    ours = [number for number, word in enumerate(words) if _is_ours(word, settings)]
    if ours and ours[0] == 0 and not (words[0] == "I" and _bare(words[1] if len(words) > 1 else "") in theirs):
        return True  # Italian begins "I vostri dati" with an article
    told_of_us = len(ours)
    told_of_them = sum(_bare(word) in theirs for word in words)
    leads_in = _bare(words[0]) in settings.about_us_leads
    return told_of_us > told_of_them and (told_of_us > 1 or leads_in)


def spells_name(line: str, names: Iterable[str]) -> bool:
    """Whether the line spells one of the recorded names exactly, and does not misspell the rest of it beside it."""
    recorded = sorted({name for name in names if name.strip()}, key=lambda name: (-len(name), name))
    words = {word for name in recorded for word in _WORD.findall(name)}
    found = [(name, place) for name in recorded for place in _exact(name, line)]
    return bool(found) and not any(
        _is_misspelled(word, words, name) for name, place in found for word in _beside(line, place, words)
    )


def _is_ours(word: str, settings: BriefSettings) -> bool:
    """A word for us; in capitals it is the United States, and a small i is an article."""
    is_else = (word.isupper() and len(word) > 1) or word == "i"
    return _bare(word) in settings.about_us and not is_else


def _bare(word: str) -> str:
    return word.replace("\u2019", "'").partition("'")[0].casefold()


def _after_address(line: str, settings: BriefSettings) -> str:
    """The line without greeting and name before it."""
    greeting = settings.greetings.match(line.casefold())
    pause = _PAUSE.search(line)
    address = line[: pause.start()] if pause else ""
    words = address.split()
    is_address = greeting is not None or all(word[0].isupper() for word in words)
    if pause and words and is_address and len(words) <= _MOST_NAME_WORDS + 2 * (greeting is not None):
        return line[pause.end() :]
    return line[greeting.end() :] if greeting else line


def _exact(name: str, line: str) -> Iterator[tuple[int, int]]:
    """Where the name stands as it is, not as a part of a longer word or a double-barrelled name."""
    start = line.find(name)
    while start >= 0:
        end = start + len(name)
        if not _IN_WORD.search(line[:start]) and not _GOES_ON.match(line, end):
            yield start, end
        start = line.find(name, start + 1)


def _beside(line: str, place: tuple[int, int], words: set[str]) -> Iterator[str]:
    """The first word before and after a place that is none of the recorded ones, with nothing but blanks between."""
    before = _BEFORE.search(_NO_WORD.split(line[max(0, place[0] - _NEAR) : place[0]])[-1])
    after = _AFTER.match(line[place[1] : place[1] + _NEAR])
    for found, order in ((before, -1), (after, 1)):
        beside = found.group(1).split()[::order] if found else []
        yield from itertools.islice((word for word in beside if word not in words), 1)


def _is_misspelled(word: str, words: set[str], name: str) -> bool:
    """Whether a word beside a name looks like another of the recorded words, but is none of them."""
    bare = re.sub("['\u2019]s?$", "", word)
    others = words - set(_WORD.findall(name))
    return bare not in words and any(is_slip(plain(bare), plain(other)) for other in others)
