"""The words of a brief that are its author's own, as numbers that can be compared by the million.

Our own words are the parts named in ``[brief.copies]``: what we think and would say. Whom a brief is about is masked,
and so are comments, links, case and punctuation; every word becomes a number made of its letters alone, so that a text
has the same numbers whatever stands beside it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.brief.text import sections_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from policies.brief.text import Section

__all__ = ["WORDS", "own_words"]

WORDS: Final = pl.Schema(
    {
        "row": pl.UInt32(),  # place of the text
        "part": pl.UInt8(),  # place of the part
        "word": pl.UInt64(),
    }
)

_SAID: Final = r"(?s)<!--.*?-->|https?://[^\s<>()\[\]]+"
# Scripts without blanks between words are compared letter by letter.
_ONE_BY_ONE: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD: Final = rf"[{_ONE_BY_ONE}]|[[\p{{L}}\p{{M}}\p{{N}}]--[{_ONE_BY_ONE}]]+"
_CHUNK: Final = 10_000  # texts at a time: words as texts take far more room than as numbers


def own_words(texts: pl.DataFrame, part_of: Callable[[Section], int | None]) -> pl.DataFrame:
    """The words of every text's own parts, in the order of parts and of the text, under the contract ``WORDS``.

    Args:
        texts: ``text`` (a whole brief) and ``masks`` (names of the person and their companies), a row each.
        part_of: place of the part a section is, or none where it is not one of ours.
    """
    chunks = [
        _words(texts.slice(start, _CHUNK).select("text", "masks"), start, part_of)
        for start in range(0, texts.height, _CHUNK)
    ]
    return pl.concat([pl.DataFrame(schema=WORDS), *chunks])


def _words(texts: pl.DataFrame, start: int, part_of: Callable[[Section], int | None]) -> pl.DataFrame:
    bodies = pl.DataFrame(
        list(_bodies(texts.get_column("text"), part_of)),
        schema={"row": pl.UInt32, "part": pl.UInt8, "body": pl.String},
        orient="row",
    )
    words = (
        bodies.sort("row", "part", maintain_order=True)
        .with_columns(_split(pl.col("body").str.replace_all(_SAID, " ")).alias("token"))
        .drop("body")
        .explode("token")
    )
    told = words.join(_masked(texts), on=["row", "token"], how="anti", maintain_order="left")
    if told.is_empty():
        return pl.DataFrame(schema=WORDS)
    return told.select(pl.col("row") + start, "part", _numbered(told.get_column("token"))).match_to_schema(WORDS)


def _bodies(texts: Iterable[str], part_of: Callable[[Section], int | None]) -> Iterator[tuple[int, int, str]]:
    for row, text in enumerate(texts):
        for section in sections_of(text):
            part = part_of(section)
            if part is not None:
                yield row, part, section.body


def _split(text: pl.Expr) -> pl.Expr:
    """The words of a text; a number is a number, whichever it is: other figures alone make no other text."""
    plain = text.str.normalize("NFC").str.to_lowercase().str.replace_all(r"\d+(?:[.,:]\d+)*", "0")
    return plain.str.extract_all(_WORD)


def _masked(texts: pl.DataFrame) -> pl.DataFrame:
    """``row, token``: the words of names and companies; small words inside a name (van, de la) are anybody's."""
    names = (
        texts.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), "masks")
        .explode("masks")
        .drop_nulls("masks")
        .select("row", pl.col("masks").str.normalize("NFC").str.extract_all(_WORD).alias("word"))
        .explode("word")
    )
    is_a_name = (pl.col("word").str.len_chars() > 1) & ~pl.col("word").str.contains(r"^\p{Ll}")
    is_one_letter_script = pl.col("word").str.contains(rf"^[{_ONE_BY_ONE}]")
    return (
        names.filter(is_a_name | is_one_letter_script)
        .select("row", pl.col("word").str.to_lowercase().alias("token"))
        .unique()
    )


def _numbered(tokens: pl.Series) -> pl.Series:
    """Each word's number: the first eight bytes of its BLAKE2b digest, once for every different word."""
    unique = tokens.unique()
    digests = [hashlib.blake2b(word.encode(), digest_size=8).digest() for word in unique]
    numbers = pl.Series([int.from_bytes(digest) for digest in digests], dtype=pl.UInt64)
    return tokens.replace_strict(unique, numbers, return_dtype=pl.UInt64).alias("word")
