"""The canonical encoding: one text for one value, whatever order or zone it came in."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.ledger import Token, instant, instant_text
from flows.ledger.chain import canonical, event_hash, run_hash

if TYPE_CHECKING:
    import random

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)
ROW: dict[str, Any] = {
    "seq": 1,
    "kind": "optout",
    "recorded_at": "a",
    "effective_at": "b",
    "dedup_key": None,
    "body": "{}",
}


@given(JSON)
def test_canonical_text_is_json_of_the_value(value: object) -> None:
    """Reading the canonical text gives the value back, and writing it again gives the same text."""
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@given(st.dictionaries(st.text(max_size=5), st.integers(), max_size=6), st.randoms(use_true_random=False))
def test_order_of_keys_does_not_matter(value: dict[str, int], chance: random.Random) -> None:
    """A dictionary built in another order has the same canonical text."""
    items = list(value.items())
    chance.shuffle(items)
    assert canonical(dict(items)) == canonical(value)


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), b"bytes", {1: "a"}, {"a": [object()]}, datetime(2026, 1, 1, tzinfo=UTC)]
)
def test_what_has_no_single_text_is_refused(value: object) -> None:
    """Floats, bytes, instants and keys that are no text never enter the ledger."""
    with pytest.raises(TypeError):
        canonical(value)


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 - the zone is drawn beside
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_instants_survive_their_text(naive: datetime, zone: timezone) -> None:
    """The text of an instant gives the instant back, in UTC, to the microsecond."""
    at = naive.replace(tzinfo=zone)
    assert instant(instant_text(at)) == at
    assert len(instant_text(at)) == 27


@given(st.lists(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)), min_size=2, max_size=5))  # noqa: DTZ001 - all in UTC
def test_text_order_is_time_order(naive: list[datetime]) -> None:
    """Sorting the texts sorts the instants."""
    instants = [at.replace(tzinfo=UTC) for at in naive]
    assert sorted(map(instant_text, instants)) == [instant_text(at) for at in sorted(instants)]


def test_a_naive_instant_is_refused() -> None:
    """An instant without a zone could mean any."""
    with pytest.raises(ValueError, match="zone"):
        instant_text(datetime(2026, 10, 14))  # noqa: DTZ001 - the point of the test


def test_event_hash_covers_every_field_and_token() -> None:
    """Each column, each part of each token and the hash before it change the hash; the order of tokens does not."""
    tokens = [Token("email", "aa", "k1"), Token("email_equiv", "bb", "k1", exact=False, rule_version=1)]
    row = {**ROW, "prev_hash": "0"}
    own = event_hash(row, tokens)
    assert event_hash(row, list(reversed(tokens))) == own
    others = [event_hash({**row, name: "other"}, tokens) for name in row]
    others += [
        event_hash(row, tokens[:1]),
        event_hash(row, [tokens[0], Token("email_equiv", "bb", "k1", exact=True, rule_version=1)]),
        event_hash(row, [tokens[0], Token("email_equiv", "bb", "k2", exact=False, rule_version=1)]),
        event_hash(row, [tokens[0], Token("email_equiv", "bb", "k1", exact=False, rule_version=2)]),
        run_hash(row),
    ]
    assert len({own, *others}) == len(others) + 1


def test_the_hash_is_the_one_written_down() -> None:
    """The encoding never changes: a ledger written years ago still verifies."""
    row = {**ROW, "prev_hash": "0" * 64, "body": '{"channel":"any"}'}
    text = (
        '{"body":"{\\"channel\\":\\"any\\"}","chain":"events","dedup_key":null,"effective_at":"b","kind":"optout",'
        f'"prev_hash":"{"0" * 64}","recorded_at":"a","seq":1,"tokens":[["email","abab",true,"key1",0]]}}'
    )
    assert event_hash(row, [Token("email", "abab", "key1")]) == hashlib.sha256(text.encode()).hexdigest()
