"""Name cells made ready to be read word by word: damage mended, East Asian names romanised, punctuation set apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.preparing.east_asia import read_east_asian
from policies.identity.preparing.spelling import flat

if TYPE_CHECKING:
    from policies.identity.preparing.lexicon import Lexicon

__all__ = ["behind_name", "name_cells", "words_of"]

# What letters outside ASCII look like when their UTF-8 is read in another encoding, and letters written for HTML.
_DAMAGED: Final = r"[\u00C2-\u00F4\u0102-\u0111\u0412-\u0422][^\x00-\x7F]|&#?\w{2,6};"
_WRONGLY: Final = ("cp1252", "latin-1", "cp1251", "cp1250", "mac_roman", "cp850")
# Cyrillic, Greek and Arabic of one byte a letter, read as Western European: nearly every letter has an accent.
_ACCENTED: Final = re.compile(r"[\u00C0-\u00FF]")
# Marks without letters and letters of nobody: what a name that was not damaged turns into when it is read again.
_STRAY: Final = re.compile(r"[\u0080-\u009F\u0483-\u0489\u0591-\u05C7\u0700-\u08FF\uE000-\uF8FF\uFFFD]")
_NEARLY_ALL: Final = 0.8
_FEWEST_ACCENTED: Final = 4
_CODE_PAGES: Final = {"GR": "cp1253", "CY": "cp1253"} | dict.fromkeys(
    ("AE", "SA", "EG", "JO", "LB", "IQ", "KW", "QA", "BH", "OM", "SY", "YE", "MA", "DZ", "TN", "LY", "SD", "PS"),
    "cp1256",
)
_MARKS: Final = ",;()[]{}<>|•\uff0c\u3001\u060c\uff08\uff09\uff1b"
_APART: Final = {mark: f" {mark} " for mark in _MARKS} | {"\n": " | ", "\r": " ", "*": " ", "_": " "}
_QUOTED: Final = r"[\"\u201C\u201D\u201E][^\"\u201C\u201D\u201E]*[\"\u201C\u201D\u201E]"
_JOINED_TITLE: Final = r"\.([\p{L}]{2,})"
_SERVANT: Final = r"(?i)\b(?:abd[aeu]?)[ \-]?(?:[aeu][lrnsz]|l)?[ \-]+(?:[aeu][lrnsz][ \-]+)?(\p{L}{3,})"
_EAST: Final = r"[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}]"
_SIGNS: Final = r"^\s*(\p{Han}{1,2}[\s,\u{FF0C}]*\p{Han}{1,3})\s*(?:$|[(\u{FF08}|\n])"
_SCRIPTS: Final = (
    ("kana", r"[\p{Hiragana}\p{Katakana}]"),
    ("han", r"\p{Han}"),
    ("hangul", r"\p{Hangul}"),
    ("cyrillic", r"\p{Cyrillic}"),
    ("arabic", r"\p{Arabic}"),
    ("greek", r"\p{Greek}"),
    ("latin", r"\p{Latin}"),
    ("other", r"\p{L}"),
)
_BEHIND: Final = r"\S\s+(?:[\-\u2013\u2014|•/@]|\||at|bei|chez)\s+(\S.*)$"
_BRACKETED: Final = r"[(\[\u{FF08}]([^()\[\]\u{FF08}\u{FF09}]{2,})[)\]\u{FF09}]\s*$"
_BELOW: Final = r"\n\s*(\S[^\n]*?)\s*$"


def name_cells(people: pl.DataFrame) -> pl.DataFrame:
    """``cell, country, local`` of every row.

    The cell is ``family , given`` where a list has both, else the whole name; ``local`` are the letters of the local
    part of the address.
    """
    parts = pl.concat_str(
        pl.col("family_name").str.replace_all(",", " ", literal=True),
        pl.lit(" , "),
        pl.col("given_name").str.replace_all(",", " ", literal=True),
    )
    whole = pl.coalesce(parts, "full_name", "family_name", "given_name").str.strip_chars()
    return people.select(pl.when(whole != "").then(whole).alias("cell"), "country", _letters_of_local())


def _letters_of_local() -> pl.Expr:
    local = pl.col("email").str.to_lowercase().str.extract(r"^([^@+]+)").str.replace_all(r"[^a-z]+", "")
    return flat(local).alias("local")


def words_of(cells: pl.DataFrame, lexicon: Lexicon) -> pl.DataFrame:
    """``country, script, signs, words`` of unique ``cell, country``, in order: the words and marks of each cell.

    ``signs`` are the Chinese characters of a name written in these alone, of which many are read alike.
    """
    mended = _mended(cells.with_columns(pl.col("cell").alias("text")))
    read = read_east_asian(mended.with_columns(_script_of(pl.col("text")).alias("script")), _EAST, lexicon)
    text = pl.col("text").str.replace_all(_QUOTED, " ")
    text = pl.when(text.str.contains(r"(?i)\babd")).then(text.str.replace_all(_SERVANT, "abdul$1")).otherwise(text)
    apart = text.str.replace_many(list(_APART), list(_APART.values())).str.replace_all(_JOINED_TITLE, ". $1")
    words = apart.str.replace_all(r"\s+", " ").str.strip_chars(" ").str.split(" ")
    signs = mended.select(_signs(pl.col("text")).alias("signs")).to_series()
    return read.select("country", "script", signs, words.alias("words"))


def _signs(text: pl.Expr) -> pl.Expr:
    return text.str.extract(_SIGNS).str.replace_all(r"\P{Han}+", "")


def _script_of(text: pl.Expr) -> pl.Expr:
    """The script a text is written in; null where it holds no letters."""
    plain = pl.when(text.str.contains(r"^[\x00-\x7F]*[A-Za-z][\x00-\x7F]*$")).then(pl.lit("latin"))
    told = (pl.when(text.str.contains(letter)).then(pl.lit(name)) for name, letter in _SCRIPTS)
    return pl.coalesce(plain, *told)


def behind_name(full_name: pl.Expr) -> pl.Expr:
    """What stands behind a name, in brackets, behind a dash or on the next line: mostly the organisation."""
    found = (full_name.str.extract(pattern) for pattern in (_BELOW, _BEHIND, _BRACKETED))
    return pl.coalesce(*found).str.strip_chars()


def _mended(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells with the damage of a wrong encoding undone, where there are signs of it."""
    damaged = cells.filter(pl.col("text").str.contains(_DAMAGED)).select("text", "country").unique()
    if damaged.is_empty():
        return cells
    pairs = damaged.sort("text", "country").rows()
    mended = pl.Series("mended", [_repaired(text, country) for text, country in pairs], dtype=pl.String)
    read = damaged.sort("text", "country").with_columns(mended)
    joined = cells.join(read, on=["text", "country"], how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(pl.coalesce("mended", "text").alias("text")).drop("mended")


def _repaired(text: str, country: str | None) -> str:
    """A text read again as the UTF-8 or the one-byte code page it was; else what ftfy makes of it."""
    for encoding in _WRONGLY:
        try:
            read = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        if not _STRAY.search(read):
            return read
    letters = [letter for letter in text if letter.isalpha()]
    if len(_ACCENTED.findall(text)) >= max(_FEWEST_ACCENTED, _NEARLY_ALL * len(letters)):
        try:
            return text.encode("cp1252").decode(_CODE_PAGES.get(country or "", "cp1251"))
        except UnicodeError:
            pass
    from ftfy import fix_text

    return fix_text(text)
