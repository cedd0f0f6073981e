"""The keys of a record depend on its own row: no other record, list or order of rows changes them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from policies.identity.columns import PEOPLE, PREPARED
from policies.identity.preparing import prepare
from tests.policies.identity.prepared import people, prepared
from tests.policies.identity.words import base_words

ROWS: list[dict[str, Any]] = [
    {"full_name": "Jane Doe", "email": "jane.doe@acme.example", "phone": "+44 20 7946 0958", "company": "Acme Ltd"},
    {"full_name": "Quist Susan", "country": "SE", "other_emails": ["Q.Susan+x@gmail.com", "nonsense"]},
    {"full_name": "Quist Susan", "country": "SE", "email": "quist.susan@acme.example"},
    {"full_name": "王小明", "country": "CN", "other_phones": ["020 7946 0001", "1"]},
    {"full_name": "JÃ¼rgen MÃ¼ller", "company": "Müller & Söhne KG"},
    {"full_name": None, "email": "info@acme.example"},
    {"full_name": "John Smith - Acme Corp", "source": "other"},
    {"given_name": "Ann", "family_name": "Lee", "city": "Zürich"},
]


@pytest.mark.parametrize("order", [range(8), range(7, -1, -1), [3, 1, 4, 0, 5, 2, 7, 6]])
def test_row_order_changes_nothing(order: list[int]) -> None:
    """The result is sorted by record id, whatever the order of the rows."""
    rows = people(ROWS)
    assert_frame_equal(prepare(rows[list(order)], base_words()), prepare(rows, base_words()))


@pytest.mark.parametrize("place", range(len(ROWS)))
def test_other_records_change_nothing(place: int) -> None:
    """One record alone has the keys it has among all."""
    rows = people(ROWS)
    assert_frame_equal(prepare(rows[[place]], base_words()), prepare(rows, base_words())[[place]])


def test_nobody_to_prepare() -> None:
    """No records give an empty frame of the contract."""
    assert prepare(pl.DataFrame(schema=PEOPLE), base_words()).schema == PREPARED


def test_without_words_names_are_still_read() -> None:
    """Empty rule data are no fault: fewer words are known."""
    keys = prepare(people(ROWS), {})
    assert keys.get_column("surname").to_list()[0] == "do"
    assert keys.schema == PREPARED


def test_further_contact_points_are_keys_too() -> None:
    """Of lists of addresses and numbers, those that can be read remain, sorted."""
    keys = prepared(*ROWS)
    assert keys[1]["other_mailboxes"] == ["qsusan@gmail.com"]
    assert keys[3]["other_numbers"] == ["79460001"]
