"""Which rows a word is about: those it names, those known again by name and contact point, none that may be either."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import polars as pl
import pytest

from flows.ledger.judgements import Judgement, judged_tokens
from flows.who_is_who.judged import judged_pairs, said_pairs
from tests.flows.ledger.ledgers import KEYRING

if TYPE_CHECKING:
    from collections.abc import Sequence

AT: Final = datetime(2026, 10, 14, tzinfo=UTC)
_ROWS: Final = {
    "a": ("Ada Okafor", "ada@acme.example"),
    "a2": ("okafor, ada", "ada@acme.example"),
    "b": ("Bea Ruiz", "bea@bolt.example"),
    "c": ("Cho Lim", "cho@dyn.example"),
}


def _records(*names: str) -> pl.DataFrame:
    rows = [(name, *_ROWS[name], None) for name in names]
    columns = ("record_id", "full_name", "email_equiv", "phone")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _tokens(*names: str) -> frozenset[str]:
    return frozenset(judged_tokens(KEYRING, _records(*names)).get_column("token"))


def _word(
    seq: int,
    word: str,
    one: Sequence[str],
    other: Sequence[str],
    tokens: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset()),
) -> Judgement:
    return Judgement(seq, word, again=False, recorded_at=AT, records=(frozenset(one), frozenset(other)), tokens=tokens)


def _found(said: Sequence[Judgement], *names: str) -> set[tuple[str, str, str]]:
    pairs = judged_pairs(KEYRING, said, _records(*names))
    return set(pairs.select("record_a", "record_b", "word").iter_rows())


def test_nobody_spoke() -> None:
    """Then nothing is said of anybody."""
    assert judged_pairs(KEYRING, [], _records("a", "b")).is_empty()


def test_every_row_of_the_one_with_every_row_of_the_other() -> None:
    """By their ids, the smaller first; rows that are gone are passed over."""
    said = [_word(1, "different", ["b", "gone"], ["a", "a2"])]
    assert _found(said, "a", "a2", "b", "c") == {("a", "b", "different"), ("a2", "b", "different")}


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_newer_word_counts(order: tuple[int, int]) -> None:
    """By its number, whichever side was named first."""
    said = sorted(
        [_word(order[0], "same", ["a"], ["b"]), _word(order[1], "different", ["b"], ["a"])], key=lambda one: one.seq
    )
    assert _found(said, "a", "b") == {("a", "b", said[-1].word)}
    assert said_pairs(KEYRING, said, _records("a", "b")).get_column("seq").to_list() == [2]


def test_a_changed_row_is_known_again() -> None:
    """By its name and mailbox, in another order of words."""
    said = [_word(1, "same", ["old"], ["b"], (_tokens("a"), _tokens("b")))]
    assert _found(said, "a2", "b", "c") == {("a2", "b", "same")}


def test_a_row_that_may_be_either_is_neither() -> None:
    """Two people of one name under one mailbox: a word about them by id tells nothing of a third row."""
    both = _tokens("a")
    said = [_word(1, "different", ["a"], ["x"], (both, both))]
    assert _found(said, "a", "a2") == set()
    assert _found([_word(1, "different", ["a"], ["a2"], (both, both))], "a", "a2") == {("a", "a2", "different")}
