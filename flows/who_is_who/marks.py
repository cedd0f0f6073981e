"""Which rows of large lists a word of somebody may be about, without keying a million names anew for each word.

Of every row of a large list the first 32 bits of the tokens it is known by are kept beside the matching, by row number,
named by the stored list and the keys. Only rows with such a mark in common with a word are keyed again and looked at.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.ledger.judgements import JUDGED_VERSION, judged_tokens
from flows.store.matching import keep_state, stored_state
from flows.versions import code_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.ledger import Keyring
    from flows.ledger.judgements import Judgement
    from flows.workspace import Workspace

__all__ = ["LEAST_ROWS", "possibly_meant"]

LEAST_ROWS: Final = 2_000  # of a list: fewer are keyed in milliseconds
_LETTERS: Final = 8  # of a token in hex, for a mark of 32 bits
_MARKS: Final = "marks"


def possibly_meant(
    ws: Workspace, keyring: Keyring, said: Sequence[Judgement], records: pl.DataFrame, lists: Mapping[str, str]
) -> pl.DataFrame:
    """Those of ``records`` (``RECORDS``) that any of the words may be about, and some more.

    ``lists`` gives the SHA-256 of the stored records by that of the file. What is found of the words among these rows
    is what would be found among all.
    """
    if not said or records.height < LEAST_ROWS:
        return records
    named = pl.Series(sorted({record for one in said for side in one.records for record in side}), dtype=pl.String)
    tokens = pl.Series("token", sorted({token for one in said for side in one.tokens for token in side}), pl.String)
    marks = tokens.to_frame().select(_mark()).to_series()
    parts = records.partition_by("file_sha256", as_dict=True, maintain_order=True)
    kept = []
    for (file_sha256,), rows in parts.items():
        if rows.height < LEAST_ROWS or str(file_sha256) not in lists:
            kept.append(rows)
            continue
        known = _known(ws, keyring, rows, [str(file_sha256), lists[str(file_sha256)]])
        marked = known.filter(pl.col("mark").is_in(marks.implode())).get_column("row_number").unique()
        unknown = ~pl.col("row_number").is_in(known.get_column("row_number").unique().implode())
        meant = pl.col("row_number").is_in(marked.implode()) | pl.col("record_id").is_in(named.implode())
        kept.append(rows.filter(meant | unknown))
    return pl.concat(kept)


def _known(ws: Workspace, keyring: Keyring, rows: pl.DataFrame, stored: list[str]) -> pl.DataFrame:
    """``row_number, mark`` of a list: each mark of each row, null where a row has none; read, or made and kept."""
    made_from = [*stored, sorted(key.key_id for key in keyring), JUDGED_VERSION, code_version()]
    name = hashlib.sha256(json.dumps(made_from).encode()).hexdigest()
    frames = stored_state(ws, "marks", name)
    if frames is not None and set(frames) == {_MARKS}:
        return frames[_MARKS].collect()
    tokens = judged_tokens(keyring, rows).select("record_id", _mark())
    made = (
        rows.select("record_id", "row_number")
        .join(tokens, on="record_id", how="left")
        .select("row_number", "mark")
        .sort("row_number", "mark")
    )
    keep_state(ws, "marks", name, {_MARKS: made})
    return made


def _mark() -> pl.Expr:
    return pl.col("token").str.head(_LETTERS).str.to_integer(base=16, dtype=pl.UInt32).alias("mark")
