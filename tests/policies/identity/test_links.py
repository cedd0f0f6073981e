"""What makes two records one person, and what does not."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl
import pytest

from policies.identity import SHARED_BY_SURNAMES, contact_usage, doubtful_links, exact_links, mark_shared
from tests.policies.worlds import Row, records_of

if TYPE_CHECKING:
    from collections.abc import Sequence

MAIL, PHONE = "same_email", "same_phone_and_surname"
ADA = "ada@acme.example"
LINE = "+12025550101"
SURNAMES = ("Okafor", "Ruiz", "Meyer", "Tanaka", "Novak")


def marked(rows: Sequence[Row]) -> pl.DataFrame:
    """Records with everything links are made of; info@ is a role mailbox."""
    records = records_of(rows)
    is_role = pl.col("email").str.starts_with("info@").fill_null(value=False)
    return mark_shared(records.with_columns(is_role.alias("role_mailbox")), contact_usage(records))


def linked(rows: Sequence[Row]) -> set[tuple[int, int, str]]:
    """Pairs of places in ``rows`` that share a key, and what kind of key."""
    records = marked(rows)
    place = {record: number for number, record in enumerate(records.get_column("record_id"))}
    found = set()
    for (_, link), members in exact_links(records).group_by("key", "link"):
        places = sorted(place[record] for record in members.get_column("record_id"))
        found |= {(first, second, str(link)) for first, second in combinations(places, 2)}
    return found


@pytest.mark.parametrize(
    ("one", "other", "link"),
    [
        (Row(ADA), Row(ADA, source="guild"), MAIL),
        (Row(ADA), Row(ADA, surname="Ruiz"), MAIL),
        (Row(ADA), Row("ada+news@acme.example"), MAIL),
        (Row(ADA), Row("ADA@acme.example"), MAIL),
        (Row("a.da@gmail.com"), Row("ada+x@googlemail.com"), MAIL),
        (Row(ADA), Row("bea@acme.example"), None),
        (Row("a.da@acme.example"), Row(ADA), None),
        (Row("info@acme.example"), Row("info@acme.example", source="guild"), None),
        (Row(ADA, LINE), Row("bea@acme.example", LINE), PHONE),
        (Row(None, LINE), Row(None, LINE, source="guild"), PHONE),
        (Row(None, LINE), Row(None, LINE, surname="Ruiz"), None),
        (Row(None, LINE, surname=""), Row(None, LINE, surname="", source="guild"), None),
        (Row("info@acme.example", LINE), Row("info@acme.example", LINE, source="guild"), PHONE),
        (Row(None, LINE), Row(None, "+12025550102"), None),
        (Row(ADA), Row(None, LINE), None),
    ],
)
def test_what_links_two_records(one: Row, other: Row, link: str | None) -> None:
    """A mailbox of one's own under any spelling, or a number and the surname; nothing else."""
    assert linked([one, other]) == ({(0, 1, link)} if link else set())


@pytest.mark.parametrize(("people", "links"), [(SHARED_BY_SURNAMES - 1, 3), (SHARED_BY_SURNAMES, 0)])
def test_a_mailbox_of_many_surnames_is_nobody_s(people: int, links: int) -> None:
    """Up to three surnames it is one person misspelt; from four on it is an organisation."""
    rows = [Row(ADA, surname=surname) for surname in SURNAMES[:people]]
    assert len(linked(rows)) == links
    assert set(marked(rows).get_column("email_shared")) == {people >= SHARED_BY_SURNAMES}


def test_a_line_of_many_surnames_links_not_even_one_surname() -> None:
    """A switchboard says nothing about two people of one name behind it."""
    rows = [Row(None, LINE, surname=surname) for surname in SURNAMES[:SHARED_BY_SURNAMES]]
    assert linked([*rows, Row(None, LINE, surname=SURNAMES[0], source="guild")]) == set()


def test_spellings_of_one_mailbox_are_counted_together() -> None:
    """Plus tags do not hide that many people use a mailbox."""
    rows = [Row(f"ada+{surname}@acme.example".lower(), surname=surname) for surname in SURNAMES]
    usage = contact_usage(records_of(rows)).filter(pl.col("channel") == "email")
    assert usage.rows() == [("email", ADA, len(SURNAMES), True)]


def test_blank_surnames_count_as_nobody() -> None:
    """A row without a surname is no further person."""
    rows = [Row(ADA, surname=surname) for surname in (*SURNAMES[:3], "")]
    assert contact_usage(records_of(rows)).get_column("surnames").to_list() == [3]


def test_one_mailbox_under_two_surnames_is_for_a_human() -> None:
    """Merged all the same, and on the list of matches to look at, one pair for the two surnames."""
    rows = [Row(ADA), Row(ADA, source="guild"), Row(ADA, surname="Ruiz"), Row(None, LINE)]
    records = marked(rows)
    pairs = doubtful_links(records, exact_links(records))
    surname_of = dict(records.select("record_id", "surname_key").iter_rows())
    assert pairs.height == 1
    first, second, why = pairs.row(0)
    assert first < second
    assert {surname_of[first], surname_of[second]} == {"okafor", "ruiz"}
    assert why == "one mailbox, different surnames"
