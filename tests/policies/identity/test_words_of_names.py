"""Rule data of names: folded, each spelling once, as the readers look them up."""

from __future__ import annotations

import pytest

from policies.folding import fold_words
from tests.policies.identity.words import base_words

TABLES = ["nicknames", "chinese_surnames", "japanese_surnames", "japanese_given", "arabic"]


@pytest.mark.parametrize("table", TABLES)
def test_a_spelling_stands_once(table: str) -> None:
    """Two readings of one spelling would depend on the order of the file."""
    rows = base_words()["identity"][table]
    spellings = [spelling for reading, others in rows.items() for spelling in {reading, *others.split()}]
    assert sorted(spelling for spelling in set(spellings) if spellings.count(spelling) > 1) == []


@pytest.mark.parametrize("table", TABLES)
def test_spellings_are_folded(table: str) -> None:
    """A capital or an accent would never be found."""
    rows = base_words()["identity"][table]
    spellings = [spelling for reading, others in rows.items() for spelling in (reading, *others.split())]
    latin = [spelling for spelling in spellings if any(letter.isascii() for letter in spelling)]
    assert fold_words(latin) == latin
