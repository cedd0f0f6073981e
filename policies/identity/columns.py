"""Column contracts of the frames that pass between the parts of identity."""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["GROUPS", "JUDGEMENTS", "MERGE", "PEOPLE", "PREPARED", "REVIEW", "SUPPRESS", "pair_columns"]

# What is compared: a row per record. Contact points are canonical where they could be read, else as they came.
PEOPLE: Final = pl.Schema(
    {
        "record_id": pl.String(),
        "source": pl.String(),  # the list; rows of one list are rarely the same person
        "obtained_on": pl.Date(),  # null: unknown
        "full_name": pl.String(),
        "given_name": pl.String(),  # null unless the list has it apart
        "family_name": pl.String(),
        "company": pl.String(),
        "email": pl.String(),
        "phone": pl.String(),
        "city": pl.String(),
        "country": pl.String(),  # ISO 3166 alpha-2; null unknown
        "other_emails": pl.List(pl.String()),
        "other_phones": pl.List(pl.String()),
    }
)

# Keys to compare by, folded; a row per record, sorted by record id. Nothing here is ever shown.
PREPARED: Final = pl.Schema(
    {
        "record_id": pl.String(),
        "source": pl.String(),
        "obtained_on": pl.Date(),
        "given": pl.String(),  # first given name as written, folded; may be an initial
        "given_root": pl.String(),  # nickname and romanisation resolved
        "surname": pl.String(),  # all surname words joined, folded
        "surname_first": pl.String(),  # first and last word of a compound surname
        "surname_last": pl.String(),
        "surname_sound": pl.String(),  # skeleton of consonants that spellings and romanisations share
        "given_sound": pl.String(),
        "middle": pl.String(),  # initial of a middle name or patronymic
        "generation": pl.String(),  # jr | sr | ii | iii
        "script": pl.String(),  # latin | cyrillic | arabic | han | kana | hangul | greek | other
        "signs": pl.String(),  # the name in Chinese characters, where it is written in these alone
        "mailbox": pl.String(),  # equivalence key of the address
        "local": pl.String(),  # of the mailbox, tag off
        "domain": pl.String(),
        "work_domain": pl.String(),  # null at a provider of private mailboxes
        "role_mailbox": pl.Boolean(),
        "number": pl.String(),  # digits a phone number is compared by
        "company_key": pl.String(),  # folded, legal form off
        "city": pl.String(),
        "country": pl.String(),
        "other_mailboxes": pl.List(pl.String()),
        "other_numbers": pl.List(pl.String()),
    }
)

# Clusters: which records are one human being. `component` is the smallest record id of the cluster.
GROUPS: Final = pl.Schema({"record_id": pl.String(), "component": pl.String()})

# What people said about pairs of records, the newest word of each pair; `again`: said a second time.
JUDGEMENTS: Final = pl.Schema(
    {
        "record_a": pl.String(),
        "record_b": pl.String(),
        "word": pl.String(),
        "again": pl.Boolean(),
    }  # word: same | different
)

# What a link between two records means: one person; maybe, a human should look; too little, but a stop crosses it.
MERGE: Final = "merge"
REVIEW: Final = "review"
SUPPRESS: Final = "suppress"


def pair_columns(comparisons: tuple[str, ...]) -> dict[str, pl.DataType]:
    """Numeric columns of a scored pair: level and weight of every comparison, the prior, their sum, the veto.

    Weights are thousandths of a bit, rounded before they are added up, so that reasons re-add to the score.
    """
    weighed: dict[str, pl.DataType] = {}
    for name in comparisons:
        weighed[name] = pl.UInt8()
        weighed[f"{name}_millibits"] = pl.Int32()
    return {**weighed, "prior_millibits": pl.Int32(), "millibits": pl.Int32(), "veto": pl.UInt8(), "rules": pl.UInt32()}
