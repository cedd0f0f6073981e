"""Names in Han, Hangul and kana: split into surname and given name and read as they are romanised.

The same signs are read in one way in China and in another in Japan. Kana beside them or the country of the record
decide; without either, a surname that only Japan has. A Japanese given name that the table does not know keeps its
Chinese reading: it equals itself in other records, and the script says that Latin spellings cannot be compared with it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.preparing.spelling import romanised

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.identity.preparing.lexicon import Lexicon

__all__ = ["read_east_asian"]

_KANA: Final = re.compile(r"[\u3040-\u30ff]")
_HANGUL: Final = re.compile(r"[\uac00-\ud7a3]")
_RUN: Final = re.compile(r"[\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\u30fb\u00b7・·]+")
_DOTS: Final = re.compile(r"[\u30fb\u00b7・·]")
_HONORIFICS: Final = re.compile(r"(?:様|さま|さん|殿|先生|씨|님|女士|小姐|氏)$")
_LONGEST_SURNAME: Final = 4
_LONGEST_CHINESE: Final = 3  # a whole name
_JAPANESE: Final = 2  # signs of most surnames
_LONG_VOWELS: Final = re.compile(r"ー|(?<=o)u|(?<=u)u|(?<=o)o")


def read_east_asian(cells: pl.DataFrame, letters: str, lexicon: Lexicon) -> pl.DataFrame:
    """``text`` of cells with such ``letters`` as ``surname , given`` in Latin letters; the others stay."""
    theirs = (
        cells.select("text", "country").filter(pl.col("text").str.contains(letters)).unique().sort("text", "country")
    )
    if theirs.is_empty():
        return cells
    read = theirs.with_columns(
        pl.Series("read", [_read(text, country, lexicon) for text, country in theirs.iter_rows()], dtype=pl.String)
    )
    joined = cells.join(read, on=["text", "country"], how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(pl.coalesce("read", "text").alias("text")).drop("read")


def _read(text: str, country: str | None, lexicon: Lexicon) -> str | None:
    """The name in a text, romanised; None where Latin letters stand beside it, which then are read."""
    runs = [_HONORIFICS.sub("", run) for run in _RUN.findall(text)]
    rest = _RUN.sub("", text)
    if len(re.findall(r"[A-Za-z]{2,}", rest)) > 1:  # a name in both scripts: the Latin one
        return rest
    runs = [run for run in runs if run]
    if not runs:
        return None
    if len(runs) == 1 and (parts := _DOTS.split(runs[0]))[1:]:  # a foreign name: given name first
        return " ".join(map(romanised, parts))
    if "," in text and len(runs) > 1:
        return f"{_surname(runs[0], country, lexicon)} , {_given(runs[1], country, lexicon, known='')}"
    return _split(runs, country, lexicon)


def _split(runs: list[str], country: str | None, lexicon: Lexicon) -> str:
    whole = "".join(runs)
    surname, given = (runs[0], "".join(runs[1:])) if len(runs) > 1 else _parted(whole, country, lexicon)
    if not given:
        return _surname(surname, country, lexicon)
    return f"{_surname(surname, country, lexicon)} , {_given(given, country, lexicon, known=surname)}"


def _parted(whole: str, country: str | None, lexicon: Lexicon) -> tuple[str, str]:
    """Surname and given name of a name without a blank: the longest known surname that leaves something."""
    tables: list[Mapping[str, str]] = [lexicon.chinese]
    if _is_japanese(whole, country, lexicon):
        tables.insert(0, lexicon.japanese)
    for table in tables:
        for length in range(min(_LONGEST_SURNAME, len(whole) - 1), 0, -1):
            if whole[:length] in table:
                return whole[:length], whole[length:]
    if _KANA.fullmatch(whole[0]) or len(whole) == 1:
        return whole, ""
    usual = _JAPANESE if len(whole) > _LONGEST_CHINESE or country == "JP" else 1
    return whole[:usual], whole[usual:]


def _is_japanese(whole: str, country: str | None, lexicon: Lexicon) -> bool:
    if _HANGUL.search(whole):
        return False
    if country == "JP" or _KANA.search(whole):
        return True
    if country in {"CN", "TW", "HK", "SG", "MO", "KR", "MY"}:
        return False
    return any(whole[:length] in lexicon.japanese for length in (2, 3, 4) if length <= len(whole))


def _surname(surname: str, country: str | None, lexicon: Lexicon) -> str:
    japanese = _is_japanese(surname, country, lexicon)
    known = lexicon.japanese.get(surname) if japanese else None
    return known or lexicon.chinese.get(surname) or _romanised(surname)


def _given(given: str, country: str | None, lexicon: Lexicon, *, known: str) -> str:
    if _is_japanese(known + given, country, lexicon):
        return lexicon.japanese_given.get(given) or _romanised(given)
    return _romanised(given)


def _romanised(text: str) -> str:
    plain = romanised(text).replace(" ", "")
    return _LONG_VOWELS.sub("", plain) if _KANA.search(text) else plain
