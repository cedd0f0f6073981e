"""Boilerplate: briefs about different people that are near-copies of each other, found among a hundred thousand.

MinHash proposes which briefs to compare (an estimate that depends on the two texts alone), and every proposal is then
compared word by word. The older text stands; whoever took it over has to write their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.brief.settings import read_brief_settings
from policies.brief.wording import own_words
from policies.errors import TactfulError
from policies.schema import conform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from policies.brief.settings import BriefSettings
    from policies.brief.text import Section

__all__ = ["COPIES", "CopySettings", "near_copies", "read_copy_settings"]

COPIES: Final = pl.Schema(
    {
        "brief_id": pl.String(),
        "copy_of": pl.String(),  # the older brief, about somebody else
        "parts": pl.List(pl.String()),  # headings of the parts that are the same but for a word or two
        "similarity": pl.Int64(),  # words of 1000 that stand in both, in the same order
    }
)

# Texts of which 870 words in 1000 agree share 0.58 of their word pairs or more: of each word that differs two pairs are
# lost. Such two meet in one band at least with a chance of 1 - (1 - 0.58 ** ROWS) ** BANDS, which is 0.99, and 1 where
# they share more; two that share a tenth do so once in a thousand.
_ROWS: Final = 5
_BANDS: Final = 64
# Whoever met is estimated before their words are compared: by one signature in five, then by all of them. The least
# shares are four standard deviations below 0.58.
_GLANCE: Final = 64
_GLANCE_SHARE: Final = 0.33
_SHARE: Final = 0.46
_FEW: Final = 48  # texts that are compared each with each, sooner done than libraries for arrays are loaded
_SEED: Final = 2_026
_PAIR_FACTOR: Final = 0x9E37_79B9_7F4A_7C15  # an odd number, so that no pair of words is lost in multiplying
_SAME_PART: Final = 900  # words of 1000 from which on a single part is told to be the same
_AT_ONCE: Final = 10_000  # pairs compared at a time, so that their words fit into memory
_MET: Final = pl.Schema({"left": pl.UInt32(), "right": pl.UInt32()})
_PAIRS: Final = pl.Schema({"left": pl.UInt32(), "right": pl.UInt32(), "similarity": pl.Int64()})
_THOUSAND: Final = 1_000


@dataclass(frozen=True, slots=True)
class CopySettings:
    """What ``[brief.copies]`` says."""

    parts: Mapping[str, int]  # name of a part of our own words to its place
    headings: Sequence[str]  # by place
    similarity: int
    min_words: int


def read_copy_settings(settings: Mapping[str, Any]) -> CopySettings:
    """Read ``[brief.copies]``; raises ``TactfulError`` (``settings_invalid``) naming what is missing or wrong."""
    rules = read_brief_settings(settings)
    try:
        table = settings["copies"]
        names = [str(name) for name in table["parts"]]
        headings = [rules.parts[name].headings[0] for name in names]
        places = {name: place for place, name in enumerate(names)}
        return CopySettings(places, headings, int(table["similarity"]), int(table["min_words"]))
    except (KeyError, TypeError, ValueError) as error:
        raise TactfulError(
            "settings_invalid",
            f"[brief.copies] lacks a value, or has one that cannot be read: {error}.",
            "Mend the table in the rule files, then run `tactful policy check`.",
        ) from error


def near_copies(texts: pl.DataFrame, settings: Mapping[str, Any]) -> pl.DataFrame:
    """Every brief that is a near-copy of an older one about somebody else, under the contract ``COPIES``.

    Args:
        texts: a row per brief: ``brief_id``; ``person_id``, any key of whom it is about, null where nobody knows;
            ``written_on``, null where it has no date; ``text``, the whole brief; ``masks``, the names of the person and
            their companies.
        settings: the ``[brief]`` table.

    A person's own text counts from the oldest brief that has it, so that renewing one's brief is no copying. Of two
    briefs of one day the one with the lesser id is the older; one without a date is younger than all.
    """
    rules = read_copy_settings(settings)
    known = texts.sort("brief_id", "person_id").unique("brief_id", keep="first", maintain_order=True)
    if known.height < len(("original", "copy")):
        return pl.DataFrame(schema=COPIES)
    words = _long_enough(own_words(known, _part_of(read_brief_settings(settings), rules)), rules)
    pairs = _alike(_candidates(words, rules), words, rules)
    found = _younger(pairs, known)
    return _told(found, known, words, rules)


def _part_of(brief: BriefSettings, rules: CopySettings) -> Callable[[Section], int | None]:
    """Place of the part of our own words a section is."""

    def place(section: Section) -> int | None:
        part = brief.part_of(section.heading)
        return None if part is None else rules.parts.get(part.name)

    return place


def _long_enough(words: pl.DataFrame, rules: CopySettings) -> pl.DataFrame:
    return words.filter(pl.len().over("row") >= rules.min_words)


def _candidates(words: pl.DataFrame, rules: CopySettings) -> pl.DataFrame:
    """Pairs of rows that may be alike, ``left < right``, of lengths that let them.

    Few texts are all compared with all; of many those whose signatures agree in one band, and largely.
    """
    rows = (
        words.group_by("row", maintain_order=True).agg(pl.len().cast(pl.Int64).alias("words")).with_row_index("place")
    )
    pairs = _all(rows) if rows.height <= _FEW else _signed_alike(words, rows.get_column("words"))
    left, right = rows.select(pl.all().name.suffix("_left")), rows.select(pl.all().name.suffix("_right"))
    told = pairs.join(left, left_on="left", right_on="place_left").join(right, left_on="right", right_on="place_right")
    # At best every word of the shorter text stands in the longer one.
    shorter, both = pl.min_horizontal("words_left", "words_right"), pl.col("words_left") + pl.col("words_right")
    return told.filter(shorter * (2 * _THOUSAND) >= both * rules.similarity).select(
        pl.col("row_left").alias("left"), pl.col("row_right").alias("right")
    )


def _all(rows: pl.DataFrame) -> pl.DataFrame:
    places = rows.select(pl.col("place").alias("left"))
    return places.join(places.rename({"left": "right"}), how="cross").filter(pl.col("left") < pl.col("right"))


def _signed_alike(words: pl.DataFrame, lengths: pl.Series) -> pl.DataFrame:
    """Pairs of places whose signatures agree in one band, and largely."""
    signatures = _signatures(words, lengths)
    return pl.concat([_met(signatures, band * _ROWS) for band in range(_BANDS)]).unique()


def _signatures(words: pl.DataFrame, lengths: pl.Series) -> NDArray[np.uint32]:
    """The MinHash of every text's pairs of neighbouring words: a row per text, ``_ROWS * _BANDS`` numbers each."""
    import numpy as np
    from rensa import RMinHash

    numbers = words.get_column("word").to_numpy()
    ends = np.cumsum(lengths.to_numpy(), dtype=np.uint64)
    starts = np.concatenate((np.zeros(1, np.uint64), ends))
    # Each word with the one before it; the first of a text has the last of the text before, which is left out.
    following = np.empty_like(numbers)
    following[1:] = numbers[:-1] * np.uint64(_PAIR_FACTOR)
    tokens = numbers ^ following
    tokens[starts[:-1].astype(np.int64)] = numbers[starts[:-1].astype(np.int64)]
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(tokens, starts, _ROWS * _BANDS, _SEED)
    return np.array(matrix.to_rows(), dtype=np.uint32)


def _met(signatures: NDArray[np.uint32], start: int) -> pl.DataFrame:
    """Pairs of places that agree in the band from ``start`` on, and by their signatures may be near-copies."""
    keys = [f"key_{number}" for number in range(_ROWS)]
    band = pl.DataFrame({key: signatures[:, start + number] for number, key in enumerate(keys)}).with_row_index("place")
    shared = band.filter(pl.len().over(keys) > 1)
    pairs = shared.join(shared, on=keys, how="inner").filter(pl.col("place") < pl.col("place_right"))
    met = pairs.select(pl.col("place").alias("left"), pl.col("place_right").alias("right")).match_to_schema(_MET)
    glanced = _largely(met, signatures[:, :_GLANCE], _GLANCE_SHARE)
    return _largely(glanced, signatures, _SHARE)


def _largely(pairs: pl.DataFrame, signatures: NDArray[np.uint32], share: float) -> pl.DataFrame:
    """The pairs that agree in this share of their signatures at least, which estimates what the texts share."""
    kept = []
    for part in pairs.iter_slices(_AT_ONCE):
        same = signatures[part.get_column("left").to_numpy()] == signatures[part.get_column("right").to_numpy()]
        kept.append(part.filter(pl.Series(same.mean(axis=1) >= share)))
    return pl.concat([pairs.clear(), *kept])


def _alike(pairs: pl.DataFrame, words: pl.DataFrame, rules: CopySettings) -> pl.DataFrame:
    """The pairs that are near-copies word by word: ``left, right, similarity``."""
    measured = [_measured(pairs.slice(start, _AT_ONCE), words) for start in range(0, pairs.height, _AT_ONCE)]
    return pl.concat([_PAIRS.to_frame(), *measured]).filter(pl.col("similarity") >= rules.similarity)


def _measured(pairs: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """How many words of 1000 the texts of each pair have in common, in the same order."""
    rows = pl.concat([pairs.select(row="left"), pairs.select(row="right")]).unique()
    sequences = words.join(rows, on="row", how="semi", maintain_order="left").group_by("row").agg("word")
    left = pairs.join(sequences, left_on="left", right_on="row", how="left", maintain_order="left")
    right = pairs.join(sequences, left_on="right", right_on="row", how="left", maintain_order="left")
    return pairs.with_columns(_similarities(left.get_column("word"), right.get_column("word")))


def _similarities(left: pl.Series, right: pl.Series) -> pl.Series:
    """Twice the longest common subsequence over the words of both, in thousandths, rounded down."""
    from rapidfuzz.distance import LCSseq

    compared = zip(left.to_list(), right.to_list(), strict=True)
    found = [2 * _THOUSAND * LCSseq.similarity(one, other) // (len(one) + len(other)) for one, other in compared]
    return pl.Series("similarity", found, dtype=pl.Int64)


def _younger(pairs: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """``row, original, similarity``: every copy, and the text it is most like of those older and about others."""
    ages = known.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        pl.coalesce("person_id", "brief_id").alias("whose"),
        pl.struct(pl.col("written_on").is_null().alias("undated"), "written_on", "brief_id")
        .rank("ordinal")
        .alias("age"),
    )
    both = pl.concat([pairs, pairs.select(pl.col("right").alias("left"), pl.col("left").alias("right"), "similarity")])
    met = both.join(ages, left_on="left", right_on="row").join(ages, left_on="right", right_on="row", suffix="_other")
    is_own = pl.col("whose") == pl.col("whose_other")
    first = met.filter(is_own).group_by("left").agg(pl.col("age_other").min().alias("first"))
    return (
        met.filter(~is_own)
        .join(first, on="left", how="left")
        .filter(pl.col("age_other") < pl.min_horizontal("age", "first"))
        .sort("left", "similarity", "age_other", descending=[False, True, False])
        .unique("left", keep="first", maintain_order=True)
        .select(pl.col("left").alias("row"), pl.col("right").alias("original"), "similarity")
    )


def _told(found: pl.DataFrame, known: pl.DataFrame, words: pl.DataFrame, rules: CopySettings) -> pl.DataFrame:
    """The copies by id, each with the headings under which both say the same."""
    ids = known.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), "brief_id")
    named = found.join(ids, on="row").join(
        ids.select(pl.col("row").alias("original"), pl.col("brief_id").alias("copy_of")), on="original"
    )
    told = named.join(_same_parts(found, words, rules), on="row", how="left")
    return conform(told.with_columns(pl.col("parts").fill_null([])).sort("brief_id"), COPIES)


def _same_parts(found: pl.DataFrame, words: pl.DataFrame, rules: CopySettings) -> pl.DataFrame:
    """``row, parts``: what stands in the copy and its original alike, in the order of the parts."""
    sequences = words.group_by("row", "part", maintain_order=True).agg("word")
    both = (
        found.select("row", "original")
        .join(sequences, on="row")
        .join(sequences, left_on=["original", "part"], right_on=["row", "part"], suffix="_original")
        .sort("row", "part")
    )
    alike = _similarities(both.get_column("word"), both.get_column("word_original"))
    headings = pl.col("part").replace_strict(list(range(len(rules.headings))), rules.headings, return_dtype=pl.String)
    return (
        both.filter(alike >= _SAME_PART)
        .with_columns(headings.alias("heading"))
        .group_by("row", maintain_order=True)
        .agg(pl.col("heading").alias("parts"))
    )
