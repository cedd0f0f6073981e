"""Which encoding older than Unicode a text is in: the one under which its words are words of some language.

Every hypothesis decodes the same bytes; names, places and everyday words have their letters in customary company, and
a wrong encoding puts them into company no language knows. One is believed only where its words are likely in
themselves and far likelier than under every other that would give other words. Otherwise nothing is: to refuse a file
costs a minute, a wrong name is never noticed.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from flows.readers.spelling import is_torn, language, score

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Verdict", "tell"]

_WEST: Final = ("de", "fr", "es", "it", "pt", "nl", "sv", "da", "no", "fi")
_SMALL: Final = ("ca", "is", "ga", "et")
_CENTRE: Final = ("pl", "cs", "sk", "hu", "hr", "sl", "ro")
_RUSSIAN: Final = ("ru", "uk", "bg", "mk")


@dataclass(frozen=True, slots=True)
class _Hypothesis:
    """A codec with the languages it can write; ``read``: whether files in it are read or only named."""

    codec: str
    languages: tuple[str, ...]
    abroad: tuple[str, ...] = ()  # languages it can write too, of few files in it
    read: bool = True
    custom: float = 0.0  # how much likelier than others before a word is seen
    wide: bool = False  # several bytes a character


_HYPOTHESES: Final = (
    _Hypothesis("cp1252", _WEST, _SMALL, custom=4.0),
    _Hypothesis("cp1250", _CENTRE, ("de",)),
    _Hypothesis("cp1254", ("tr",), (*_WEST, *_SMALL)),
    _Hypothesis("iso-8859-15", _WEST, _SMALL, custom=-1.0),
    _Hypothesis("iso-8859-2", _CENTRE, ("de",), custom=-1.0),
    _Hypothesis("iso-8859-9", ("tr",), (*_WEST, *_SMALL), custom=-1.0),
    _Hypothesis("cp1257", ("lt", "lv", "et"), ("de", "sv", "fi")),
    _Hypothesis("mac_roman", _WEST, _SMALL, custom=-2.0),
    _Hypothesis("mac_latin2", _CENTRE, ("de",), custom=-3.0),
    _Hypothesis("mac_turkish", ("tr",), read=False, custom=-3.0),
    _Hypothesis("mac_iceland", ("is",), read=False, custom=-3.0),
    _Hypothesis("cp850", _WEST, _SMALL, custom=-3.0),
    _Hypothesis("cp437", _WEST, _SMALL, read=False, custom=-3.0),
    _Hypothesis("cp852", _CENTRE, ("de",), custom=-3.0),
    _Hypothesis("cp857", ("tr",), read=False, custom=-2.0),
    _Hypothesis("cp775", ("lt", "lv", "et"), read=False, custom=-3.0),
    _Hypothesis("cp1251", _RUSSIAN),
    _Hypothesis("koi8-r", ("ru",)),
    _Hypothesis("koi8-u", ("uk",), custom=-1.0),
    _Hypothesis("iso-8859-5", _RUSSIAN, custom=-2.0),
    _Hypothesis("mac_cyrillic", _RUSSIAN, custom=-2.0),
    _Hypothesis("cp866", _RUSSIAN, custom=-1.0),
    _Hypothesis("cp1253", ("el",)),
    _Hypothesis("iso-8859-7", ("el",), custom=-1.0),
    _Hypothesis("mac_greek", ("el",), read=False, custom=-3.0),
    _Hypothesis("cp737", ("el",), read=False, custom=-3.0),
    _Hypothesis("cp1255", ("he",)),
    _Hypothesis("cp1256", ("ar", "fa")),
    _Hypothesis("iso-8859-6", ("ar",), read=False, custom=-2.0),
    _Hypothesis("cp874", ("th",)),
    _Hypothesis("cp932", ("ja",), wide=True),
    _Hypothesis("euc-jp", ("ja",), wide=True),
    _Hypothesis("gb18030", ("zh", "tw"), wide=True),
    _Hypothesis("big5", ("tw", "zh"), wide=True),
    _Hypothesis("cp950", ("tw", "zh"), wide=True, custom=-1.0),
    _Hypothesis("euc-kr", ("ko",), wide=True),
    _Hypothesis("cp949", ("ko",), wide=True, custom=-1.0),
)

_WORD_BYTES: Final = re.compile(rb"[^\x00-\x20,;|\"()\[\]<>/@:=_*^~\x7f]+")
_WORD: Final = re.compile(r"[^\x00-\x20,;|\"()\[\]<>/@:=_*^~\x7f\u3000]+")
_ASCII: Final = 0x7F
_DAMAGE: Final = re.compile("[\ufffd\x80-\x9f]")
_FEW_DAMAGED: Final = 0.02
_WORDS_A_BYTE: Final = 40
_MOST_WORDS: Final = 1_000
_FIRST_WORDS: Final = 100
_HOPELESS: Final = 200.0  # so much less likely by the first words that further ones change nothing
_LONGEST: Final = 60
_OTHER_LANGUAGE: Final = 2.5  # what a word of a language costs that is not the main one of its file
_ABROAD: Final = 6.0
_FAR: Final = 5.5  # over two hundred times likelier
_LIKELY: Final = -9.5  # the least mean of a letter that still reads like a language
# Most characters are seen in names; there are more of them in Chinese ones.
_LIKELY_CHARACTERS: Final = {"ja": -8.2, "ko": -7.5, "zh": -9.2, "tw": -9.2}
_FEW_LETTERS: Final = 3
_DOUBT: Final = 3.0
_TORN: Final = -8.0
_FEW_DOUBTS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Verdict:
    """``codec`` where one is certain; else None, with the likeliest in ``looks_like`` where there is any."""

    codec: str | None
    looks_like: str | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a hypothesis makes of the words."""

    hypothesis: _Hypothesis
    words: tuple[str, ...]
    scores: tuple[float, ...]
    main: str  # the language most of them are likeliest in
    custom: float
    letters: int

    @property
    def total(self) -> float:
        return sum(self.scores) + self.custom

    @property
    def mean(self) -> float:
        return sum(self.scores) / max(1, self.letters)

    @property
    def is_likely(self) -> bool:
        """Whether it reads like a language, and is no guess from a sign or two at an encoding few files are in."""
        if self.hypothesis.custom < 0 and self.letters < _FEW_LETTERS:
            return False
        return self.mean >= _LIKELY_CHARACTERS.get(self.main, _LIKELY)


def tell(sample: bytes) -> Verdict:
    """Decide the encoding of a sample that is not UTF-8; the caller must still decode the whole file strictly."""
    words = _byte_words(sample)
    first = _readings(_HYPOTHESES, words[:_FIRST_WORDS], sample, _FIRST_WORDS)
    likely = [reading.hypothesis for reading in first if reading.total > first[0].total - _HOPELESS]
    readings = _readings(likely, words, sample, _MOST_WORDS)
    if not readings:
        return Verdict(None)
    best = readings[0]
    named = best.hypothesis.codec
    if not best.hypothesis.read or not best.is_likely or any(_rivals(best, other) for other in readings[1:]):
        return Verdict(None, named if best.mean >= _LIKELY - _DOUBT else None)
    return Verdict(named)


def _readings(hypotheses: Sequence[_Hypothesis], words: Sequence[bytes], sample: bytes, most: int) -> list[_Reading]:
    """What the hypotheses make of the words, the likeliest first."""
    readings = [found for each in hypotheses if (found := _read(each, words, sample, most)) is not None]
    return sorted(readings, key=lambda reading: -reading.total)


def _rivals(best: _Reading, other: _Reading) -> bool:
    """Whether another reading gives other words and is not far less likely, in all or for some of the words."""
    if other.words == best.words:
        return False
    if best.hypothesis.wide or other.hypothesis.wide:
        return best.total - other.total < _FAR
    # A word that is the same under both says nothing, whatever languages it was held against.
    pairs = zip(best.words, other.words, best.scores, other.scores, strict=True)
    gains = [
        min(ours - theirs, _TORN) if is_torn(word) and not is_torn(another) else ours - theirs
        for word, another, ours, theirs in pairs
        if word != another
    ]
    doubts = -sum(gain for gain in gains if gain < -_DOUBT)
    # Custom alone decides nothing: the words must be likelier in themselves.
    words = sum(gains)
    margin = words + best.custom - other.custom
    return words < 0 or margin < _FAR or doubts > _FEW_DOUBTS * margin


def _byte_words(sample: bytes) -> list[bytes]:
    """Different words with bytes beyond ASCII, up to so many for each such byte, in their order."""
    seen: Counter[int] = Counter()
    chosen: dict[bytes, None] = {}
    for word in dict.fromkeys(word[:_LONGEST] for word in _WORD_BYTES.findall(sample)):
        high = {byte for byte in word if byte > _ASCII}
        if high and any(seen[byte] < _WORDS_A_BYTE for byte in high):
            seen.update(high)
            chosen[word] = None
        if len(chosen) >= _MOST_WORDS:
            break
    return list(chosen)


def _read(hypothesis: _Hypothesis, words: Sequence[bytes], sample: bytes, most: int) -> _Reading | None:
    """The words under a hypothesis; None where its codec lacks some of the bytes."""
    try:
        if hypothesis.wide:
            text = sample.decode(hypothesis.codec)
            different = dict.fromkeys(word[:_LONGEST] for word in _WORD.findall(text) if not word.isascii())
            found = tuple(islice(different, most))
        else:
            found = tuple(word.decode(hypothesis.codec, "replace") for word in words)
    except UnicodeDecodeError:
        return None
    # A byte it does not have, or a control no text has, may be damage once, and is another encoding if there are more.
    if sum(_DAMAGE.search(word) is not None for word in found) > max(1, _FEW_DAMAGED * len(found)):
        return None
    letters = sum(not char.isascii() for word in found for char in word)
    scores, main = _best_scores(found, hypothesis)
    custom = hypothesis.custom if main in hypothesis.languages else hypothesis.custom - _ABROAD
    return _Reading(hypothesis, found, scores, main, custom, letters)


def _best_scores(words: Sequence[str], hypothesis: _Hypothesis) -> tuple[tuple[float, ...], str]:
    """Each word under the main language of the file, or under another one at a price; and the main language."""
    codes = (*hypothesis.languages, *hypothesis.abroad)
    table = {code: [_score(word, code) for word in words] for code in codes}
    main = max(codes, key=lambda code: sum(table[code]) - (0.0 if code in hypothesis.languages else _ABROAD))
    others = zip(*table.values(), strict=True)
    scores = tuple(max(ours, max(each) - _OTHER_LANGUAGE) for ours, each in zip(table[main], others, strict=True))
    return scores, main


@lru_cache(maxsize=65_536)
def _score(word: str, code: str) -> float:
    """Remembered: kindred encodings give the same words, and the likely ones are looked at twice."""
    return score(word, language(code))
