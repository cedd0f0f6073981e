"""The opening line: about them, and with their name spelled as the record spells it, byte for byte."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from policies.brief.settings import BriefSettings

__all__ = ["is_about_us", "one_line", "spells_name"]

_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_PAUSE: Final = re.compile(r"[,:;!\n]|\s[-\u2013\u2014]\s|\u2014")
_MOST_NAME_WORDS: Final = 5
_LETTERS_PER_SLIP: Final = 4


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
    """Whether what follows greeting and name begins with us: we, our, I, and their like."""
    del them
    first = _WORD.search(_after_address(line, settings))
    return first is not None and re.split("['\u2019]", first.group())[0].casefold() in settings.about_us


def spells_name(line: str, names: Iterable[str]) -> bool:
    """Whether the line spells one of the recorded names exactly, and does not misspell the rest of it beside it."""
    recorded = sorted({name for name in names if name.strip()}, key=lambda name: (-len(name), name))
    words = {word for name in recorded for word in _WORD.findall(name)}
    found = [(name, match) for name in recorded for match in _exact(name).finditer(line)]
    return bool(found) and not any(
        _is_misspelled(word, words, name) for name, match in found for word in _beside(line, match)
    )


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


def _exact(name: str) -> re.Pattern[str]:
    """The name as it is, not as a part of a longer word or a double-barrelled name."""
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w]|-\w)")


def _beside(line: str, match: re.Match[str]) -> Iterator[str]:
    """The words directly before and after a match, with nothing but blanks between."""
    before = re.search(rf"({_WORD.pattern})\s+\Z", line[: match.start()])
    after = re.match(rf"\s+({_WORD.pattern})", line[match.end() :])
    yield from (found.group(1) for found in (before, after) if found)


def _is_misspelled(word: str, words: set[str], name: str) -> bool:
    """Whether a word beside a name looks like another of the recorded words, but is none of them."""
    bare = re.sub("['\u2019]s?$", "", word)
    others = words - set(_WORD.findall(name))
    return bare not in words and any(_is_slip(_folded(bare), _folded(other)) for other in others)


def _is_slip(word: str, name: str) -> bool:
    """Equal but for a few letters; longer names allow for more slips."""
    return _distance(word, name) <= max(1, len(name) // _LETTERS_PER_SLIP)


def _folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _distance(left: Sequence[str], right: Sequence[str]) -> int:
    """Levenshtein distance."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        above, row = row, [i, *row[1:]]
        for j, b in enumerate(right, start=1):
            row[j] = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
    return row[-1]
