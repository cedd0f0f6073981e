"""Of a large list only the rows are keyed anew that a word may be about; what is found is the same as without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.ledger.judgements import Judgement, judged_tokens
from flows.store.matching import drop_states, states
from flows.who_is_who.judged import said_pairs
from flows.who_is_who.marks import LEAST_ROWS, possibly_meant
from tests.flows.ledger.ledgers import KEYRING
from tests.flows.who_is_who.test_words_find_their_rows import AT
from tests.small_workspace import make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

LISTS = {"one": "1", "two": "2"}


def _rows(file_sha256: str, *, first: int = 1, rows: int = LEAST_ROWS) -> pl.DataFrame:
    """People of a list; every third has no contact point, and Ada Lim stands in each list once."""
    numbers = range(first, first + rows)
    return pl.DataFrame(
        {
            "file_sha256": file_sha256,
            "row_number": pl.Series(numbers, dtype=pl.UInt32),
            "record_id": [f"{file_sha256}{number}" for number in numbers],
            "full_name": [f"Ada No{number}" if number != 7 else "Ada Lim" for number in numbers],
            "email_equiv": [None if number % 3 == 0 else f"a{number}@acme.example" for number in numbers],
            "phone": pl.Series([None] * rows, dtype=pl.String),
        }
    )


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace without lists."""
    return make_workspace(tmp_path / "ws")


RECORDS = pl.concat([_rows("one"), _rows("two"), _rows("small", rows=9)])
AGAIN = {"one7", "two7", "small7"}
TOKENS = (
    frozenset(judged_tokens(KEYRING, RECORDS.filter(record_id="one7")).get_column("token")),
    frozenset(judged_tokens(KEYRING, RECORDS.filter(record_id="one8")).get_column("token")),
)
SAID = [
    Judgement(1, "same", again=False, recorded_at=AT, records=(frozenset(), frozenset(["two9"])), tokens=TOKENS),
    Judgement(2, "different", again=False, recorded_at=AT, records=(frozenset(["gone"]), frozenset()), tokens=TOKENS),
]


@pytest.mark.parametrize("kept", [False, True])
def test_the_same_is_found(ws: Workspace, *, kept: bool) -> None:
    """Rows named by id without a contact point, rows known again, rows of small lists; read back or made."""
    if kept:
        possibly_meant(ws, KEYRING, SAID, RECORDS, LISTS)
        assert len(states(ws, "marks")) == 2
    few = possibly_meant(ws, KEYRING, SAID, RECORDS, LISTS)
    assert few.height < 9 + 20
    assert said_pairs(KEYRING, SAID, few).equals(said_pairs(KEYRING, SAID, RECORDS))
    assert set(few.get_column("record_id")) >= AGAIN


def test_each_list_is_keyed_once(ws: Workspace) -> None:
    """A second word keys no list that is known, unless it changed or what is kept was taken away with its people."""
    for lists, known in ((LISTS, 2), (LISTS, 2), ({**LISTS, "two": "3"}, 3)):
        possibly_meant(ws, KEYRING, SAID, RECORDS, lists)
        assert len(states(ws, "marks")) == known
    drop_states(ws)
    assert states(ws, "marks") == []


def test_rows_that_were_not_there_are_looked_at(ws: Workspace) -> None:
    """Marks made while some rows were left out say nothing of these."""
    possibly_meant(ws, KEYRING, SAID, RECORDS.filter(pl.col("record_id") != "two7"), LISTS)
    few = possibly_meant(ws, KEYRING, SAID, RECORDS, LISTS)
    assert said_pairs(KEYRING, SAID, few).equals(said_pairs(KEYRING, SAID, RECORDS))
