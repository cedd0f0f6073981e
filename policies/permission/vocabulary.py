"""The words permission is made of, and how a statement is numbered.

Every statement has a number of its own, its ``word``: most events are one statement, a snapshot of a bulk list is as
many as it has entries. What lifts, settles or stands beside what goes by ``word``; what came first by ``seq`` alone.
"""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = [
    "FLAG_COLUMN",
    "GIVEN",
    "LIFTABLE",
    "LIST_WAITING",
    "NO_LONGER",
    "PERMISSION_FACTS",
    "POINT",
    "PURPOSES",
    "RECONFIRM_MONTHS",
    "SAID_STOP",
    "SPREAD",
    "split_word",
    "word_of",
    "written_word",
]

GIVEN: Final = ("ConsentGiven", "RenewedConsentGiven")  # states of a consent that may permit
NO_LONGER: Final = ("ConsentWithdrawn", "ConsentRefused")  # states of a consent that stop
SPREAD: Final = "spread"  # method of an event that writes down what another one was spread to
FLAG_COLUMN: Final = "flag_column"  # method of what a list says in its columns of opt-outs
LIST_WAITING: Final = "list_waiting"  # method of a doubt about everybody whom a list names that waits to be confirmed
SAID_STOP: Final = ("complaint", "objection", "optout")  # kinds of what people themselves said about being contacted
LIFTABLE: Final = ("optout", "objection")  # those of them that a newer consent of their own lifts
PURPOSES: Final = ("direct_marketing", "directmarketing", "dpv#directmarketing")
# A consent without an expiry of its own is asked for again after this time (house rule).
RECONFIRM_MONTHS: Final = 24
POINT: Final = ("record_id", "channel")
_ENTRIES: Final = 2**32  # of one event, at most

PERMISSION_FACTS: Final = (
    "opted_out",
    "objected",
    "complained",
    "erased",
    "domain_opted_out",
    "address_opted_out",
    "bounced",
    "opted_out_by_shared_mailbox",
    "word_in_doubt",
    "list_waiting",
)


def word_of(seq: pl.Expr, entry: pl.Expr | None = None) -> pl.Expr:
    """The number of a statement: of the event ``seq``, or of the ``entry`` (from 1) of a snapshot, as ``word``."""
    own = pl.lit(0, dtype=pl.Int64) if entry is None else entry.cast(pl.Int64)
    return (seq * _ENTRIES + own).alias("word")


def split_word(word: int) -> tuple[int, int]:
    """The event and the entry of a statement; entry 0 is the event itself."""
    return divmod(word, _ENTRIES)


def written_word(word: int) -> str:
    """A statement as people name it: ``12`` is event 12, ``12.340`` entry 340 of the snapshot that event 12 names."""
    seq, entry = split_word(word)
    return f"{seq}.{entry}" if entry else f"{seq}"
