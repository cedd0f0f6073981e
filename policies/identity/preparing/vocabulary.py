"""The different words of all names, each read once: what it may be, its keys, whether it is a given name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.folding import fold
from policies.identity.preparing.spelling import flat, romanised
from policies.patterns import NOTHING

if TYPE_CHECKING:
    from policies.identity.preparing.lexicon import Lexicon

__all__ = ["syllables", "vocabulary"]

_NO_ASCII: Final = r"[^\x00-\x7F]"
_ARTICLE: Final = "\u0627\u0644"
_INITIALS: Final = r"^(?:\p{L}\.?|(?:\p{L}\.-?)+\p{L}?\.?)$"


def vocabulary(words: pl.Series, lexicon: Lexicon) -> pl.DataFrame:
    """A row per word of ``words`` (unique, none null), in order.

    ``key`` is the word in plain Latin letters, ``first_key, last_key`` of the parts a hyphen joins, ``root`` the given
    name it stands for. The flags say what it may be; where it stands decides.
    """
    told = _spelled(words, lexicon)
    bare = pl.col("bare")
    no_dots = bare.str.replace_all(r"[.\-]", "")
    return told.with_columns(
        pl.col("word").is_in([",", ";", "\uff0c", "\u3001", "\u060c", "\uff1b"]).alias("comma"),
        pl.col("word").is_in(["(", "[", "{", "\uff08", "<"]).alias("opens"),
        pl.col("word").is_in([")", "]", "}", "\uff09", ">"]).alias("closes"),
        pl.col("word").str.to_lowercase().is_in(list(lexicon.separators)).alias("separator"),
        (
            no_dots.is_in(list(lexicon.titles)) | pl.col("word").str.to_lowercase().is_in(list(lexicon.foreign_titles))
        ).alias("title"),
        no_dots.is_in(list(lexicon.inside_titles)).alias("inside_title"),
        (
            no_dots.is_in(list(lexicon.doubtful_titles))
            & ~(pl.col("word").str.ends_with(".") & (pl.col("key").str.len_bytes() > 1))
        ).alias("doubtful"),
        (
            no_dots.is_in(list(lexicon.letters))
            | (no_dots.is_in(list(lexicon.degrees)) & (pl.col("word") == pl.col("word").str.to_uppercase()))
        ).alias("letters"),
        no_dots.replace_strict(lexicon.generations, default=None, return_dtype=pl.String).alias("generation"),
        (bare.is_in(list(lexicon.particles)) & ~_is_initial()).alias("particle"),
        bare.is_in(list(lexicon.sons)).alias("son_of"),
        bare.is_in(list(lexicon.formerly)).alias("formerly"),
        no_dots.is_in(list(lexicon.organisations)).alias("organisation"),
        (_is_initial() & (pl.col("key") != "")).alias("initial"),
        _is_capital().alias("capital"),
        pl.col("first_key").is_in(list(lexicon.given_names)).alias("known_given"),
        pl.col("key").is_in(list(lexicon.chinese)).alias("chinese_surname"),
        pl.col("key").is_in(list(lexicon.common_chinese)).alias("common_surname"),
        pl.col("key").is_in(list(lexicon.japanese)).alias("japanese_surname"),
        (pl.col("key") == "d").alias("don"),
        (
            _is_hyphened(lexicon)
            | (pl.col("key").str.contains(syllables(lexicon)) & ~pl.col("key").is_in(list(lexicon.given_names)))
        ).alias("syllabic"),
        _is_hyphened(lexicon).alias("hyphened"),
        pl.col("key").str.contains(_patronymic(lexicon)).alias("patronymic"),
        pl.when(~_is_initial()).then(pl.col("first_key").replace(lexicon.roots)).otherwise("first_key").alias("root"),
        _lead(pl.col("key"), lexicon).alias("lead"),
        pl.when(pl.col("last_key") != pl.col("first_key")).then(pl.col("last_key").str.head(1)).alias("second_lead"),
        (pl.col("key") == "").alias("empty"),
    )


def _spelled(words: pl.Series, lexicon: Lexicon) -> pl.DataFrame:
    """``word, bare, key, first_key, last_key``."""
    folded = words.alias("word").to_frame().with_columns(fold(pl.col("word")).alias("folded"))
    foreign = folded.filter(pl.col("folded").str.contains(_NO_ASCII)).get_column("folded")
    latin = {word: _romanised(word, lexicon) for word in foreign.unique().sort().to_list()}
    bare = pl.col("folded").replace(latin).str.replace_all(r"[^a-z\-.]", "").str.strip_chars("-.")
    parts = pl.col("bare").str.replace(_prefix(lexicon), "")
    spelled = folded.with_columns(bare.alias("bare")).with_columns(
        "word",
        "bare",
        _key(pl.col("bare")).alias("key"),
        _key(parts).alias("stem"),
        pl.when(_is_initial())
        .then(_key(parts.str.extract(r"^([^\-.]*)")).str.head(1))
        .otherwise(_key(parts.str.extract(r"^([^\-.]*)")))
        .alias("first_key"),
        _key(parts.str.extract(r"([^\-.]*)$")).alias("last_key"),
    )
    # The syllables of a Chinese or Korean given name are one name, whether a hyphen stands between them or not.
    one = _is_hyphened(lexicon)
    return spelled.with_columns(
        pl.when(one).then("key").otherwise(name).alias(name) for name in ("first_key", "last_key")
    )


def _is_hyphened(lexicon: Lexicon) -> pl.Expr:
    """Whether a word is two syllables with a hyphen between them, such as Xiao-ming; Jo-Ann is not."""
    first, second = (pl.col("bare").str.extract(r"^([a-z]+)-([a-z]+)$", part) for part in (1, 2))
    syllable = syllables(lexicon, most=1)
    told = first.str.contains(syllable) & second.str.contains(syllable) & ~flat(second).is_in(list(lexicon.given_names))
    return told.fill_null(value=False)


def _key(text: pl.Expr) -> pl.Expr:
    return flat(text.str.replace_all(r"[\-.]", ""))


def _is_initial() -> pl.Expr:
    return pl.col("word").str.contains(_INITIALS)


def _is_capital() -> pl.Expr:
    """Whether a word of at least two letters, a vowel among them, is in capitals."""
    word = pl.col("word")
    shouted = (word == word.str.to_uppercase()) & (word != word.str.to_lowercase())
    return shouted & (pl.col("key").str.len_bytes() > 1) & pl.col("key").str.contains(r"[aeiouy]|^ng$")


def _romanised(word: str, lexicon: Lexicon) -> str:
    """A word in another script; the Arabic article as the prefix it is."""
    article = word.startswith(_ARTICLE) and len(word) > len(_ARTICLE) + 1
    bare = word.removeprefix(_ARTICLE) if article else word
    known = lexicon.arabic.get(word) or lexicon.arabic.get(bare) or romanised(bare)
    return f"al-{known}" if article else known


def _lead(key: pl.Expr, lexicon: Lexicon) -> pl.Expr:
    """First letter of a middle name; the glide before a vowel is written or not in patronymics."""
    bare = key.str.replace(r"^[yij]([aeou])", "$1")
    lead = pl.when(key.str.contains(_patronymic(lexicon))).then(bare).otherwise(key).str.head(1)
    return lead.replace("w", "v")


def _prefix(lexicon: Lexicon) -> str:
    return rf"^(?:{'|'.join(sorted(lexicon.prefixes))})-"


def syllables(lexicon: Lexicon, most: int = 3) -> str:
    """Pattern of a given name made of at most so many Chinese or Korean syllables."""
    initials, finals = lexicon.syllables
    return rf"^(?:(?:{initials})?(?:{finals})){{1,{most}}}$" if finals else NOTHING


def _patronymic(lexicon: Lexicon) -> str:
    return rf"..(?:{'|'.join(lexicon.patronymics) or NOTHING})$"
