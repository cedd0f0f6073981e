"""How likely letters are in names and addresses of a language: what tells one legacy encoding from another.

``spellings.txt`` holds counts, not words: of Latin languages how often each letter beyond ASCII occurs and which
letters stand before and after it; of other alphabets which letters follow each other; of Chinese, Japanese and Korean
how often each character occurs. They are natural logarithms of probabilities here, so scores add up.
"""

from __future__ import annotations

import functools
import math
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Language", "is_torn", "language", "score"]

_IMPLAUSIBLE: Final = -18.0  # one sign where none can stand
_UNKNOWN_LETTER: Final = -15.0
_UNSEEN: Final = 0.3
_NEIGHBOURS: Final = 30
_APART: Final = -1.0  # two neighbours that were only seen one at a time
_ODD_CASE: Final = -5.0
_MIXED_SCRIPTS: Final = -10.0
_HAN: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "FULLWIDTH", "IDEOGRAPHIC", "HALFWIDTH"})
# Characters of the everyday levels of the national standards; every other one is rare in names.
_LEVELS: Final = {
    "ja": ("euc_jp", 0xB0, 0xCF),
    "zh": ("gb2312", 0xB0, 0xD7),
    "tw": ("big5", 0xA4, 0xC6),
    "ko": ("euc_kr", 0xB0, 0xC8),
}
_COMMON: Final = -10.5
_RARE: Final = -14.0
_MARK: Final = -8.5  # a full-width comma or bracket

# Where signs beyond ASCII stand: beside a figure, on their own, before a word, after one.
_BESIDE_FIGURES: Final = frozenset(
    "\u00b0\u00b2\u00b3\u20ac\u00a3\u00bd\u00bc\u00be\u00ba\u00aa\u2030\u00b1\u00d7\u2013\u2033\u2032"
)
_ALONE: Final = frozenset("\u2013\u2014\u2022\u00b7\u2026\u20ac\u00a7\u00a9\u00ae\u2122\u00ab\u00bb\u2116")
_BEFORE: Final = frozenset("\u00bf\u00a1\u201c\u201e\u00ab\u2018\u201a\u2039\u2022\u00a9\u2116")
_AFTER: Final = frozenset("\u201d\u00bb\u2019\u2026\u2122\u00ae\u203a")
_UNITS: Final = frozenset({"m\u00b2", "m\u00b3", "N\u00ba", "n\u00ba", "N\u00b0", "n\u00b0", "M\u00aa", "D\u00aa"})
_MIDDLE: Final = frozenset({"l\u00b7l", "L\u00b7L"})
_SIGN: Final = -4.0
_SELDOM: Final = -7.0
_APOSTROPHE: Final = "\u2019"
_ELIDED: Final = 1  # D, O, L before an apostrophe, seldom more
_NO_SIGNS: Final = frozenset({"Co", "Cn", "Cc", "Cs"})
_BLANK: Final = "\u00a0"


@dataclass(frozen=True, slots=True)
class Language:
    """Logarithms of probabilities: of single letters, of a letter before another, of a letter after another."""

    code: str
    letters: Mapping[str, float]
    before: Mapping[str, float]
    after: Mapping[str, float]
    between: Mapping[str, float]
    totals: Mapping[str, float]


def language(code: str) -> Language:
    """The counts of one language; ``KeyError`` where there are none."""
    return _languages()[code]


@functools.cache
def _languages() -> dict[str, Language]:
    text = Path(__file__).with_name("spellings.txt").read_text("utf-8")
    lines = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {code: _language(code, *parts) for code, *parts in lines}


def _language(code: str, letters: str, before: str = "", after: str = "", between: str = "") -> Language:
    singles = dict(_counted(letters, 1))
    whole = sum(singles.values())
    pairs_before, pairs_after = dict(_counted(before, 2)), dict(_counted(after, 2))
    return Language(
        code,
        {letter: math.log(count / whole) for letter, count in singles.items()},
        {pair: _log_share(count, singles.get(pair[1], 0)) for pair, count in pairs_before.items()},
        {pair: _log_share(count, singles.get(pair[0], 0)) for pair, count in pairs_after.items()},
        {three: math.log(count / max(count, singles[three[1]])) for three, count in _counted(between, 3)},
        {letter: _log_share(0, count) for letter, count in singles.items()},
    )


def _log_share(count: float, whole: float) -> float:
    return math.log((count + _UNSEEN) / (max(count, whole) + _UNSEEN * _NEIGHBOURS))


def _counted(text: str, width: int) -> Iterator[tuple[str, float]]:
    """Entries of ``width`` letters and one digit: the count is two to the power of the digit (base 36)."""
    for start in range(0, len(text), width + 1):
        yield text[start : start + width], 2.0 ** (int(text[start + width], 36) / 2)


def is_torn(word: str) -> bool:
    """Whether a sign that is no letter stands between letters, as where a letter was read as that sign."""
    triples = zip(word, word[1:], word[2:], strict=False)
    return any(
        not (sign.isascii() or sign.isalpha() or sign in _APOSTROPHE or unicodedata.category(sign) == "Mn")
        and earlier.isalpha()
        and later.isalpha()
        for earlier, sign, later in triples
    )


@functools.lru_cache(maxsize=4_096)
def _script(letter: str) -> str:
    """The script of a letter, by the first word of its Unicode name; Chinese, Japanese and Korean are one."""
    if letter.isascii():
        return "LATIN"
    word = unicodedata.name(letter, "UNKNOWN").split(" ", 1)[0].split("-", 1)[0]
    return "CJK" if word in _HAN else word


def score(word: str, known: Language) -> float:
    """How likely the part of a word beyond ASCII is in a language; 0 is certain, each letter takes some off.

    ``word`` is what stands between blanks and dividers. Letters out of place (another script within a word, a capital
    after a small letter, a sign between letters) count as next to impossible.
    """
    total = 0.0
    lower = _small(word, known.code)
    capitals = word.isupper()
    for position, char in enumerate(word):
        if char.isascii():
            continue
        earlier = word[position - 1] if position else " "
        later = word[position + 1] if position + 1 < len(word) else " "
        if not (char.isalpha() or unicodedata.category(char) == "Mn"):
            total += _sign(earlier, char, later)
            if char == _APOSTROPHE and position > _ELIDED and later.isalpha():
                total += _SIGN
            continue
        total += _letter(lower, position, known) + _case(earlier, char, later, capitals=capitals)
        if earlier.isalpha() and _script(earlier) != _script(char):
            total += _MIXED_SCRIPTS
        if later.isascii() and later.isalpha() and _script(char) != "LATIN":
            total += _MIXED_SCRIPTS
    return total


def _small(word: str, code: str) -> str:
    """Small letters, one for each. The two Turkish i are two letters; the capital with its dot stays as it is."""
    if code == "tr":
        word = word.replace("I", "\u0131")
    return "".join(char if char == "\u0130" else char.lower() for char in word)


def _letter(lower: str, position: int, known: Language) -> float:
    char = lower[position]
    earlier = lower[position - 1] if position and lower[position - 1].isalpha() else "^"
    later = lower[position + 1] if position + 1 < len(lower) and lower[position + 1].isalpha() else "$"
    if known.code in _LEVELS:
        return _character(char, known)
    if not known.after:  # an alphabet of its own: pairs only
        if char not in known.letters:
            return _UNKNOWN_LETTER
        return known.letters[char] + known.before.get(earlier + char, known.totals[char])
    if char not in known.letters:
        return _UNKNOWN_LETTER
    unseen = known.totals[char]
    apart = known.before.get(earlier + char, unseen) + known.after.get(char + later, unseen) + _APART
    return known.letters[char] + max(apart, known.between.get(earlier + char + later, apart))


def _character(char: str, known: Language) -> float:
    found = known.letters.get(char)
    if found is not None:
        return max(found, _COMMON)
    codec, first, last = _LEVELS[known.code]
    try:
        lead = char.encode(codec)[0]
    except UnicodeEncodeError:
        return _RARE
    return _COMMON if first <= lead <= last else _RARE


def _case(earlier: str, char: str, later: str, *, capitals: bool) -> float:
    if char.isupper() and (earlier.islower() or (earlier.isupper() and not capitals)):
        return _ODD_CASE
    if char.islower() and char != "\u00df" and earlier.isupper() and later.isupper():
        return _ODD_CASE
    return 0.0


def _sign(earlier: str, char: str, later: str) -> float:
    """A sign that is no letter: likely beside a figure or on its own, hardly possible between letters."""
    if unicodedata.category(char) in _NO_SIGNS:
        return 2 * _IMPLAUSIBLE
    if _script(char) == "CJK" or "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef":
        return _IMPLAUSIBLE if "\uff61" <= char <= "\uff65" else _MARK
    if earlier.isalpha() and later.isalpha():
        return (
            _SIGN
            if char == _APOSTROPHE and _script(earlier) != "GREEK"
            else _SELDOM
            if f"{earlier}{char}{later}" in _MIDDLE
            else _IMPLAUSIBLE
        )
    first, last = not earlier.isalnum(), not later.isalnum()
    if (first and last and char in _ALONE) or (char in _BESIDE_FIGURES and (earlier.isdigit() or later.isdigit())):
        return _SIGN
    fits = (first and char in _BEFORE) or (last and (char in _AFTER or earlier + char in _UNITS)) or char == _BLANK
    return _SELDOM if fits else _IMPLAUSIBLE
