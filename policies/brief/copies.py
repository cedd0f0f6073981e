"""Boilerplate: briefs about different people that are near-copies of each other, found among a hundred thousand.

Texts that are the same word for word are one text, and only different ones are compared
(:mod:`policies.brief.likeness`). The older text stands; whoever took it over has to write their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.brief.likeness import alike, proposed, similarities
from policies.brief.settings import read_brief_settings
from policies.brief.wording import own_words
from policies.errors import TactfulError
from policies.schema import conform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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

_OWN: Final = 8  # older texts about the same person that a text is compared with
_ELSE: Final = 2  # of the people who have one text: the oldest is another's, or the second is
_SAME_PART: Final = 900  # words of 1000 from which on a single part is told to be the same
_THOUSAND: Final = 1_000


@dataclass(frozen=True, slots=True)
class CopySettings:
    """What ``[brief.copies]`` says."""

    parts: Mapping[str, int]  # name of a part of our own words to its place
    headings: Sequence[str]  # by place
    similarity: int
    min_words: int
    same_words: int  # a shorter text of so many words is a copy where every word is the same
    same_parts: int  # and where it has so many of the parts


def read_copy_settings(settings: Mapping[str, Any]) -> CopySettings:
    """Read ``[brief.copies]``; raises ``TactfulError`` (``settings_invalid``) naming what is missing or wrong."""
    rules = read_brief_settings(settings)
    try:
        table = settings["copies"]
        names = [str(name) for name in table["parts"]]
        return CopySettings(
            parts={name: place for place, name in enumerate(names)},
            headings=[rules.parts[name].headings[0] for name in names],
            similarity=int(table["similarity"]),
            min_words=int(table["min_words"]),
            same_words=int(table["same_words"]),
            same_parts=int(table["same_parts"]),
        )
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
    written, sequences = _sequences(words, _ages(known))
    found = _younger(written, _alike(written, sequences, rules))
    return _told(found, known, words, rules)


def _part_of(brief: BriefSettings, rules: CopySettings) -> Callable[[Section], int | None]:
    """Place of the part of our own words a section is."""

    def place(section: Section) -> int | None:
        part = brief.part_of(section.heading)
        return None if part is None else rules.parts.get(part.name)

    return place


def _long_enough(words: pl.DataFrame, rules: CopySettings) -> pl.DataFrame:
    """The words of texts that are judged: long ones, and shorter ones that say something under several headings."""
    count, parts = pl.len().over("row"), pl.col("part").n_unique().over("row")
    return words.filter((count >= rules.min_words) | ((count >= rules.same_words) & (parts >= rules.same_parts)))


def _ages(known: pl.DataFrame) -> pl.DataFrame:
    """``row, whose, age``: whom each text is about, and its place among all by age."""
    return known.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        pl.coalesce("person_id", "brief_id").alias("whose"),
        pl.struct(pl.col("written_on").is_null().alias("undated"), "written_on", "brief_id")
        .rank("ordinal")
        .alias("age"),
    )


def _sequences(words: pl.DataFrame, ages: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """``row, whose, age, place`` of every text, and the different sequences of words by place, the oldest first."""
    texts = words.group_by("row").agg("word").join(ages, on="row", validate="1:1").sort("age")
    different = texts.group_by("word", maintain_order=True).agg("row", "whose", "age").with_row_index("place")
    return different.drop("word").explode("row", "whose", "age"), different.get_column("word")


def _alike(written: pl.DataFrame, sequences: pl.Series, rules: CopySettings) -> pl.DataFrame:
    """``younger, older, similarity``: places of sequences that are near-copies, each with itself.

    What is younger than the oldest text of a sequence need not be compared with it: whoever has the sequence later is a
    copy of that oldest text, or it is their own.
    """
    lengths = sequences.list.len().cast(pl.Int64)
    long = (lengths >= rules.min_words).arg_true()
    met = proposed(sequences.gather(long))
    pairs = met.select(younger=long.gather(met["younger"]), older=long.gather(met["older"])).cast(pl.UInt32)
    own = _own(written).filter(pl.all_horizontal(pl.all().is_in(long.implode())))
    both = pl.concat([pairs, own]).unique(maintain_order=True)
    # At best every word of the shorter text stands in the longer one.
    one, other = lengths.gather(both["younger"]), lengths.gather(both["older"])
    may = pl.DataFrame({"one": one, "other": other}).select(
        pl.min_horizontal("one", "other") * (2 * _THOUSAND) >= (pl.col("one") + pl.col("other")) * rules.similarity
    )
    same = pl.int_range(len(sequences), dtype=pl.UInt32, eager=True)
    itself = pl.DataFrame({"younger": same, "older": same}).with_columns(similarity=pl.lit(_THOUSAND, pl.Int64))
    return pl.concat([itself, alike(both.filter(may.to_series()), sequences, rules.similarity)])


def _own(written: pl.DataFrame) -> pl.DataFrame:
    """Pairs of sequences of one person's (``PAIRS``): each with the oldest of them, and with those before it."""
    theirs = written.group_by("whose", "place").agg(pl.len()).sort("whose", "place").select("whose", "place")
    several = theirs.filter(pl.len().over("whose") > 1).with_columns(nth=pl.int_range(pl.len()).over("whose"))
    pairs = [
        several.with_columns(other=nth).join(several, left_on=["whose", "other"], right_on=["whose", "nth"])
        for nth in (*(pl.lit(n, pl.Int64) for n in range(_OWN)), *(pl.col("nth") - n for n in range(1, _OWN + 1)))
    ]
    met = pl.concat(pairs).select(younger="place", older="place_right").cast(pl.UInt32)
    return met.filter(pl.col("older") < pl.col("younger")).unique().sort("younger", "older")


def _younger(written: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """``row, original, similarity``: every copy, and the text it is most like of those older and about others."""
    oldest = written.sort("age").unique(["place", "whose"], keep="first", maintain_order=True)
    likes = written.join(pairs, left_on="place", right_on="younger")
    own = likes.join(oldest, left_on=["older", "whose"], right_on=["place", "whose"], suffix="_own")
    first = own.group_by("row").agg(pl.col("age_own").min().alias("first"))
    others = oldest.group_by("place", maintain_order=True).head(_ELSE)
    return (
        likes.join(others, left_on="older", right_on="place", suffix="_other")
        .filter(pl.col("whose") != pl.col("whose_other"))
        .join(first, on="row", how="left")
        .filter(pl.col("age_other") < pl.min_horizontal("age", "first"))
        .sort("row", "similarity", "age_other", descending=[False, True, False])
        .unique("row", keep="first", maintain_order=True)
        .select("row", pl.col("row_other").alias("original"), "similarity")
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
    alike = similarities(both.get_column("word"), both.get_column("word_original"))
    headings = pl.col("part").replace_strict(list(range(len(rules.headings))), rules.headings, return_dtype=pl.String)
    return (
        both.filter(alike >= _SAME_PART)
        .with_columns(headings.alias("heading"))
        .group_by("row", maintain_order=True)
        .agg(pl.col("heading").alias("parts"))
    )
