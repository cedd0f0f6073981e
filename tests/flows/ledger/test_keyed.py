"""Tokens and digests of whole columns are those of single values."""

from __future__ import annotations

import hashlib

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.ledger import Key
from flows.ledger.keyed import tokens_of
from flows.ledger.tokens import token

_TEXTS = st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=100), max_size=20)


@given(_TEXTS, st.binary(min_size=1, max_size=200))
def test_a_column_has_the_tokens_of_its_values(texts: list[str | None], secret: bytes) -> None:
    """The two nested hashes are HMAC, whatever the length of the key and of the value."""
    key = Key(secret)
    made = tokens_of(key, "email", pl.Series("contact", texts, dtype=pl.String))
    assert made.to_list() == [None if text is None else token(key, "email", text) for text in texts]
    assert made.name == "contact"


@pytest.mark.parametrize("kind", ["md5", "sha1", "sha256"])
def test_a_column_has_the_tokens_of_the_digests_of_its_values(kind: str) -> None:
    """Repeated values and null keep their places."""
    key, texts = Key(b"k" * 32), ["ada@acme.example", None, "jürgen@acme.example", "ada@acme.example"]
    hashed = [None if text is None else hashlib.new(kind, text.encode()).hexdigest() for text in texts]
    wanted = [None if digest is None else token(key, kind, digest) for digest in hashed]
    assert tokens_of(key, kind, pl.Series(texts), kind).to_list() == wanted
