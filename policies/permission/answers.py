"""Who wrote? The answer to an opt-out that came from behind a mailbox several people share.

Such a word stops the address and holds everybody known under it (:mod:`policies.permission.coverage`). A person answers
it on the command line, later than the word: with the opt-out of one of those people, who is then the one that wrote, or
with that of the mailbox alone. Either way the others are no longer in doubt; the address stays stopped. An answer
about one channel leaves a word about every channel, or another one, unanswered. What a list
says answers nothing: that somebody opted out on another day does not tell who wrote on this one.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from policies.permission.vocabulary import SAID_STOP

__all__ = ["without_answered"]

COMMAND: Final = "command"  # method of what was added on the command line
_POINT: Final = ("via_record_id", "via_channel")


def without_answered(named: pl.DataFrame) -> pl.DataFrame:
    """The hits of :func:`policies.permission.coverage.hits` without the doubts that somebody settled.

    Besides the columns of a hit it reads ``in_doubt``, ``method`` and ``said_scope``, the scope as it was said.
    """
    doubted = named.filter("in_doubt").select("word", "seq", "person_id", "stops", *_POINT)
    by_hand = (pl.col("method") == COMMAND).fill_null(value=False) & pl.col("kind").is_in(SAID_STOP)
    answers = named.filter(by_hand & ~pl.col("in_doubt")).rename({"seq": "later", "stops": "answered_for"})
    of_person = answers.filter(pl.col("said_scope") == "person").select("person_id", "later", "answered_for").unique()
    alone = answers.filter(pl.col("said_scope") == "address").select(*_POINT, "later", "answered_for").unique()
    covers = (pl.col("answered_for") == "any") | (pl.col("answered_for") == pl.col("stops"))
    answers_it = (pl.col("later") > pl.col("seq")) & covers
    words = doubted.join(of_person, on="person_id", how="inner").filter(answers_it).select("word").unique()
    points = doubted.join(alone, on=_POINT, how="inner").filter(answers_it).select("word", *_POINT).unique()
    answered = pl.lit(value=True).alias("answered")
    found = named.join(points.with_columns(answered), on=["word", *_POINT], how="left", validate="m:1")
    settled = pl.col("answered").fill_null(value=False) | pl.col("word").is_in(words.get_column("word").implode())
    return found.with_columns((pl.col("in_doubt") & ~settled).alias("in_doubt")).drop("answered")
