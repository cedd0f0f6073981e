"""Spellings that mean the same: transliteration to Latin letters, umlauts, and the sound that spellings share.

The sound of a name is a skeleton: digraphs of several languages as one letter, doubled letters once, vowels and the
silent h after the first letter off. Spellings of one name in different romanisations (Yuri, Iurii; Shcherbakov,
Schtscherbakow; Mohammed, Muhamad) have the same; so have some different names, so it is a clue and no proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

__all__ = ["flat", "flat_text", "romanised", "sound", "syllabic_sound"]

_GREEK_U: Final = "\u03bf\u03c5"
_UMLAUTS: Final = {"ae": "a", "oe": "o", "ue": "u"}
# In this order: the first that fits at a place is taken.
_LETTERS: Final = {
    "schtsch": "s", "shtch": "s", "szcz": "s", "shch": "s", "stsch": "s", "tsch": "c", "tch": "c", "sch": "s",
    "dzh": "j", "dsch": "j", "cz": "c", "ch": "c", "sh": "s", "sz": "s", "zh": "s", "kh": "h", "gh": "g", "ph": "f",
    "th": "t", "dt": "t", "tz": "s", "ts": "s", "ck": "k", "qu": "k", "q": "k", "x": "ks",
    "ce": "se", "ci": "si", "cy": "si", "c": "k",
    "z": "s", "w": "f", "v": "f",
}  # fmt: skip
_DOUBLES: Final = {letter * 2: letter for letter in "bcdfghjklmnprst"}
_SLAVIC: Final = (
    (r"(?:itsch|itch|ic)$", "ich"),
    (r"(?:c|ts|tz|z|s|sc)?k(?:yj|yi|yy|iy|ij|ii|i|y)$", "sk"),
    (r"ou([aeiy])", "w$1"),  # as French spells Arabic
    (r"^(?:ye|je|ie|e)", "a"),
    (r"^[yji]([aou])", "j$1"),
    (r"^[aiouy]", "a"),
)
_SYLLABIC: Final = {  # Wade-Giles and Korean spellings tell b from p, d from t and g from k as pinyin does not
    "hs": "s", "x": "s", "sh": "s", "zh": "c", "ch": "c", "q": "c", "j": "c", "ts": "s", "tz": "s", "z": "s", "c": "s",
    "b": "p", "d": "t", "g": "k", "ng": "n", "r": "l", "w": "f", "v": "f",
}  # fmt: skip


def flat_text(word: str) -> str:
    """:func:`flat` of one text."""
    for digraph, vowel in _UMLAUTS.items():
        word = word.replace(digraph, vowel)
    return word


def flat(key: pl.Expr) -> pl.Expr:
    """``ae, oe, ue`` as ``a, o, u``: folded umlauts are spelled either way."""
    return key.str.replace_many(list(_UMLAUTS), list(_UMLAUTS.values()))


def romanised(text: str) -> str:
    """Letters of any script in Latin ones, lower case."""
    from anyascii import anyascii

    return anyascii(text.replace(_GREEK_U, "ou")).lower()


def sound(key: pl.Expr) -> pl.Expr:
    """Skeleton of a folded name in Latin letters; null of null."""
    for pattern, letter in _SLAVIC:
        key = key.str.replace(pattern, letter)
    spelled = key.str.replace_many(list(_LETTERS), list(_LETTERS.values()), leftmost=True)
    return _skeleton(spelled)


def syllabic_sound(key: pl.Expr) -> pl.Expr:
    """Skeleton of a given name made of Chinese or Korean syllables."""
    return _skeleton(key.str.replace_many(list(_SYLLABIC), list(_SYLLABIC.values()), leftmost=True))


def _skeleton(spelled: pl.Expr) -> pl.Expr:
    single = spelled.str.replace_many(list(_DOUBLES), list(_DOUBLES.values()))
    return single.str.slice(0, 1) + single.str.slice(1).str.replace_all(r"[^bcdfgklmnprst]", "")
