"""Spelling of names and companies: what is written as the records write it, and what only looks like it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from policies.folding import ACCENTS

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["even", "has_word_of", "is_slip", "misspelled_company", "names_company", "plain", "stands_in"]

_WORD: Final = re.compile(r"[^\W_]+(?:[&'\u2019.-][^\W_]+)*")
_CAPITAL: Final = re.compile(rf"(?=[^\Wa-z_]){_WORD.pattern}")
_COUPLE: Final = re.compile(rf"(?=[^\Wa-z_]){_WORD.pattern}(?= +(?=[^\Wa-z_])({_WORD.pattern}))")
_ENDING: Final = re.compile("['\u2019]s?$|(?<=[^\\Ws])s$")
_ACCENT: Final = re.compile(ACCENTS)
_APOSTROPHES: Final = "\u2019\u2018\u02bc\u00b4\uff07"
_LETTERS_PER_SLIP: Final = 4
_LEAST: Final = 4  # letters of a word that tells a company from others
_SHORT: Final = 4  # letters of a word that many others are like
_LONG: Final = 10  # letters of a word in which two slips are still one
_ARTICLES: Final = frozenset(
    {"the", "die", "der", "das", "le", "la", "les", "el", "los", "il", "lo", "de", "het", "o", "a"}
)


def even(text: str) -> str:
    """With one form of the apostrophe: word processors put another one in the place of what was typed."""
    if text.isascii():
        return text
    for sign in _APOSTROPHES:  # far faster than a table of signs, for few texts hold one
        text = text.replace(sign, "'")
    return text


def plain(word: str) -> str:
    """Lower case, accents off, one form of the apostrophe, for comparison."""
    if word.isascii():
        return word.lower()
    return _ACCENT.sub("", unicodedata.normalize("NFKD", even(word).casefold()))


def is_slip(word: str, name: str) -> bool:
    """Equal but for a few letters; longer names allow for more slips."""
    return _slips(word, name, max(1, len(name) // _LETTERS_PER_SLIP))


def names_company(text: str, companies: Iterable[str], others: Iterable[str] = ()) -> bool:
    """Whether a text, as :func:`plain` gives it, names one of some companies.

    The first word of its name that tells it from others is enough; where one of ``others`` begins with the same word,
    as many words as make the difference.
    """
    theirs = [_plain_words(other) for other in others]
    forms = (_telling_form(_plain_words(company), theirs) for company in companies)
    return any(form and stands_in(form, text, is_whole=False) for form in forms)


def stands_in(words: str, text: str, *, is_whole: bool = True) -> bool:
    """Whether some words stand in a text and begin with a word of it; ``is_whole``: and end with one."""
    start = text.find(words)
    while start >= 0:
        end = start + len(words)
        begins = start == 0 or not text[start - 1].isalnum()
        if begins and not (is_whole and text[end : end + 1].isalnum()):
            return True
        start = text.find(words, start + 1)
    return False


def has_word_of(text: str, companies: Iterable[str]) -> bool:
    """Whether a text has a longer word of a company's name, spelled as it is, case and all."""
    longer = {word for company in companies for word in _WORD.findall(company) if len(word) > _LEAST}
    return any(word[0].isupper() and stands_in(word, text, is_whole=False) for word in longer)


def _telling_form(words: list[str], others: list[list[str]]) -> str:
    """The fewest first words of a company's name that no other begins with; none where it is all the same."""
    lengths = range(1, len(words) + 1)
    return next((" ".join(words[:n]) for n in lengths if all(other[:n] != words[:n] for other in others)), "")


def _plain_words(company: str) -> list[str]:
    return [plain(word) for word in _telling_words(company)]


def misspelled_company(line: str, companies: Iterable[str]) -> bool:
    """Whether a line has a word that looks like the name of one of some companies and is not spelled like any.

    The first word of a company's name that tells it from others counts, and the two first ones written as one or apart.
    Case counts where the records mix it: ``DataForge`` is not ``Dataforge``, while ``ACME`` may be written ``Acme``.
    """
    recorded = [words for words in map(_telling_words, companies) if words]
    firsts = {words[0] for words in recorded}
    pairs = {f"{words[0]} {words[1]}" for words in recorded if len(words) > 1 and len(words[1]) > _LEAST}
    written = [match.group() for match in _CAPITAL.finditer(line)]
    couples = [f"{match.group()} {match.group(1)}" for match in _COUPLE.finditer(line)]
    return any(_looks_like(form, firsts, pairs) for form in written) or any(
        _looks_like(form, pairs, firsts) for form in couples
    )


def _telling_words(company: str) -> list[str]:
    """The words of a company's name from the first that tells it from others; none where all are short."""
    words: list[str] = _WORD.findall(company)
    start = next((n for n, word in enumerate(words) if len(word) >= _LEAST and plain(word) not in _ARTICLES), None)
    return [] if start is None else words[start:]


def _looks_like(written: str, alike: set[str], joined: set[str]) -> bool:
    """Whether what is written is meant to be one of some names, but is none of them.

    It is where it differs by a slip from a name of as many words (``alike``), or by blanks from one of more or fewer. A
    first letter is rarely a slip: what begins with another is another name.
    """
    bare = _without_ending(written)
    if any(_is_spelled(form, name) for form in (written, bare) for name in alike | joined):
        return False
    key = _key(bare)
    return any(key == _key(name) for name in joined) or any(
        len(name) > _SHORT and key[:1] == _key(name)[:1] and _slips(key, _key(name), 1 + (len(name) >= _LONG))
        for name in alike
    )


def _is_spelled(form: str, name: str) -> bool:
    """As recorded, or in ordinary case where the records have one case only; a compound of it is spelled as well."""
    if form == name or form.startswith(f"{name}-") or name.startswith(f"{form} "):
        return True
    is_one_case = name.isupper() or name.islower() or form.isupper()
    return is_one_case and form.casefold() == name.casefold()


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    """A word or two for comparison, kept: a name is compared with every word of a line."""
    return plain(name).replace(" ", "").replace("-", "")


def _without_ending(word: str) -> str:
    """Without the ending of a genitive: Acme's, Nordhafens."""
    return _ENDING.sub("", word) if word.endswith(("s", "'", "\u2019", "\n")) else word


def _slips(left: str, right: str, most: int) -> bool:
    """Whether two words differ in so many letters at most; neighbours that changed places are one slip."""
    from rapidfuzz.distance import OSA

    return OSA.distance(left, right, score_cutoff=most) <= most
