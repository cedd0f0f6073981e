"""A hundred thousand briefs read, linted and compared with each other, beside datasketch and beside all pairs.

The briefs are invented (tests/briefs): six languages, a sentence of a drawer in every part beside words of their own,
and one in a hundred copied from another with the names exchanged. Every step is timed by itself; then a slice is given
to datasketch, the usual library for near-copies, which is told nothing but the words; and a smaller one is compared
each with each, to see whether anything was missed.
"""

from __future__ import annotations

import argparse
import resource
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from datasketch import MinHash, MinHashLSH
from rapidfuzz.distance import LCSseq

from benchmarks._measuring import cpu, load
from flows.rules_on_disk import load_rulebook
from policies.brief import brief_facts, brief_rows, parse_brief
from policies.brief.copies import near_copies, read_copy_settings
from policies.brief.settings import read_brief_settings
from policies.brief.wording import own_words
from tests.briefs.invented import TODAY, many_drafts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.brief import Section
    from tests.briefs.drafts import Draft

__all__ = ["main"]

BRIEFS: Final = 100_000
PEER: Final = 5_000  # briefs given to datasketch
PAIRS: Final = 1_500  # briefs compared each with each
_COPIED: Final = 100  # one in so many is a copy


def main() -> None:
    """Invent the briefs and print what each step took."""
    parser = argparse.ArgumentParser(description="Reading, linting and comparing research briefs.")
    parser.add_argument("--briefs", type=int, default=BRIEFS)
    parser.add_argument("--peer", type=int, default=PEER, help="briefs given to datasketch")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="briefs compared each with each")
    said = parser.parse_args()
    settings = load_rulebook(None).settings["brief"]
    print(f"{said.briefs:,} briefs; {load()}")
    drafts = _drafts(said.briefs)
    rows, people = _steps(drafts, settings)
    texts = _texts(rows, people)
    _beside_datasketch(texts.head(said.peer), settings)
    _beside_all_pairs(texts.head(said.pairs), settings)


def _drafts(count: int) -> list[Draft]:
    """The briefs; every hundredth takes all it says from one of those before it."""
    dice = Random(1)  # noqa: S311  # the same briefs every time, no secrets
    drafts = list(many_drafts(count, 1))
    for place in range(_COPIED - 1, count, _COPIED):
        original = drafts[place - dice.randint(1, _COPIED - 1)]
        drafts[place] = _copy(drafts[place], original)
    return drafts


def _copy(theirs: Draft, original: Draft) -> Draft:
    parts = {
        name: text.replace(original.names[0], theirs.names[0]).replace(original.companies[1], theirs.companies[1])
        for name, text in original.parts.items()
    }
    return replace(theirs, parts=parts, date=TODAY)


def _steps(drafts: Sequence[Draft], settings: Mapping[str, Any]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read, file, judge: what ``run`` does with briefs, and its parts by themselves."""
    written = [draft.text for draft in drafts]
    people = _people(drafts)
    print(f"  {'':44}{'CPU s':>8}{'us each':>10}")
    _say("read (front matter and sections)", cpu(lambda: [parse_brief(text) for text in written]), len(written))
    rows: list[pl.DataFrame] = []
    _say("read and turned into rows", cpu(lambda: rows.append(_rows(written, settings))), len(written))
    _say("near-copies alone", cpu(lambda: near_copies(_texts(rows[0], people), settings)), len(written))
    facts: list[pl.DataFrame] = []
    judged = cpu(lambda: facts.append(brief_facts(rows[0], people, settings, TODAY)))
    _say("judged: read, linted, near-copies found", judged, len(written))
    states = facts[0].get_column("brief_state").value_counts(sort=True).rows()
    copied = facts[0].filter(pl.col("findings").list.contains("brief.boilerplate")).height
    print(f"  {dict(states)}; {copied:,} near-copies of {len(written) // _COPIED:,} put in")
    print(f"  memory at the most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    return rows[0], people


def _say(what: str, seconds: float, count: int) -> None:
    print(f"  {what:44}{seconds:8.1f}{seconds / count * 1e6:10.0f}")


def _rows(written: Sequence[str], settings: Mapping[str, Any]) -> pl.DataFrame:
    return brief_rows([parse_brief(text) for text in written], settings)


def _people(drafts: Sequence[Draft]) -> pl.DataFrame:
    """A record for whom each brief is about."""
    return pl.DataFrame(
        {
            "person_id": [f"p{number:026d}" for number in range(len(drafts))],
            "full_name": [draft.names[0] for draft in drafts],
            "family_name": [draft.family for draft in drafts],
            "salutation_name": [draft.given for draft in drafts],
            "email": [draft.contact for draft in drafts],
            "phone": pl.Series([None] * len(drafts), dtype=pl.String),
            "tier_wanted": [draft.tier for draft in drafts],
        }
    )


def _texts(rows: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """What near-copies are looked for in."""
    named = people.select(pl.col("email").alias("contact"), masks=pl.concat_list("full_name", "family_name"))
    known = rows.drop("person_id").join(named, on="contact", how="left", maintain_order="left")
    return known.select("brief_id", pl.col("contact").alias("person_id"), "written_on", "text", "masks")


def _words(texts: pl.DataFrame, settings: Mapping[str, Any]) -> list[list[int]]:
    """The words of our own of every text, as numbers."""
    brief, rules = read_brief_settings(settings), read_copy_settings(settings)

    def place(section: Section) -> int | None:
        part = brief.part_of(section.heading)
        return None if part is None else rules.parts.get(part.name)

    return own_words(texts, place).group_by("row", maintain_order=True).agg("word").get_column("word").to_list()


def _beside_datasketch(texts: pl.DataFrame, settings: Mapping[str, Any]) -> None:
    """The whole search for near-copies beside datasketch's signatures and questions alone, its words made for it."""
    words = _words(texts, settings)
    ours = cpu(lambda: near_copies(texts, settings))
    theirs = cpu(lambda: _ask_datasketch(words))
    _say(f"near-copies among {texts.height:,}", ours, texts.height)
    _say(f"datasketch among {texts.height:,}", theirs, texts.height)
    print(f"  {ours / theirs:.2f} times datasketch")


def _ask_datasketch(words: Sequence[Sequence[int]]) -> int:
    index, signed = MinHashLSH(threshold=0.6, num_perm=128), []
    for number, text in enumerate(words):
        signature = MinHash(num_perm=128)
        pairs = pairwise(text)
        signature.update_batch([first.to_bytes(8) + second.to_bytes(8) for first, second in pairs])
        index.insert(number, signature)
        signed.append(signature)
    return sum(len(index.query(signature)) > 1 for signature in signed)


def _beside_all_pairs(texts: pl.DataFrame, settings: Mapping[str, Any]) -> None:
    """Whether the search misses anything that comparing each with each finds."""
    least = read_copy_settings(settings).similarity / 1_000
    words = _words(texts.sort("brief_id"), settings)
    known: list[int] = []

    def compare() -> None:
        known.append(sum(_alike(one, other, least) for place, one in enumerate(words) for other in words[:place]))

    seconds = cpu(compare)
    found = near_copies(texts, settings).height
    _say(f"all pairs of {texts.height:,}", seconds, texts.height)
    print(f"  {found} near-copies found, {known[0]} pairs there are")


def _alike(one: Sequence[int], other: Sequence[int], least: float) -> bool:
    return 2 * LCSseq.similarity(one, other) >= least * (len(one) + len(other))


if __name__ == "__main__":
    main()
