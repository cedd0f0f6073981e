"""Company names and domains of one organisation meet; names that many firms bear make none."""

from __future__ import annotations

from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from policies.identity.organisations import Organisations, learn_organisations, resolve_organisations
from policies.identity.preparing import prepare
from tests.policies.identity.prepared import people
from tests.policies.identity.words import base_words

NAMES = ["Ann Alder", "Bob Birch", "Cid Cedar", "Dora Dogwood", "Emil Elm"]


def staff(domain: str, names: list[str], company: str | None = None) -> list[dict[str, Any]]:
    """People who write from a domain."""
    return [
        {"full_name": name, "email": f"{name.lower().replace(' ', '.')}@{domain}", "company": company} for name in names
    ]


def orgs(rows: list[dict[str, Any]]) -> list[str | None]:
    """The organisation of each row."""
    return resolve_organisations(prepare(people(rows), base_words())).get_column("org").to_list()


def test_a_company_is_the_domain_its_people_write_from() -> None:
    """Who has no work address is at the organisation that the company's other people write from."""
    rows = [*staff("acme.example", NAMES[:3], "Acme Ltd"), {"full_name": "Zoe Yew", "company": "ACME Inc."}]
    assert orgs(rows) == ["acme.example"] * 4


def test_a_name_of_many_firms_is_no_organisation_of_one() -> None:
    """Where a company's people do not agree on a domain, the name stays a name."""
    rows = [row for place in range(4) for row in staff(f"firm{place}.example", [NAMES[place]], "Sunshine Travel")]
    assert orgs([*rows, {"full_name": "Zoe Yew", "company": "Sunshine Travel"}])[-1] == "sunshinetravel"


def test_domains_that_share_people_are_one_organisation() -> None:
    """A renamed or bought firm keeps its people's local parts; the larger domain stands for both."""
    rows = [*staff("old.example", NAMES[:3]), *staff("new.example", NAMES)]
    assert orgs(rows) == ["new.example"] * 8


def test_two_people_in_common_are_chance() -> None:
    """Fewer than three shared people leave domains apart."""
    rows = [*staff("old.example", NAMES[:2]), *staff("new.example", NAMES)]
    assert orgs(rows) == ["old.example"] * 2 + ["new.example"] * 5


def test_what_is_known_stays() -> None:
    """Frozen companies and domains keep their organisation; others are learned from the rows outside."""
    before = learn_organisations(prepare(people(staff("acme.example", NAMES[:3], "Acme")), base_words()))
    later = prepare(
        people([*staff("bolt.example", NAMES[:3], "Acme"), *staff("cord.example", NAMES[3:], "Cord")]), base_words()
    )
    learned = learn_organisations(later, before)
    assert dict(learned.homes.iter_rows()) == {"acme": "acme.example", "cord": "cord.example"}
    assert_frame_equal(Organisations.of(learned.frames()).homes, learned.homes)


def test_row_order_changes_nothing() -> None:
    """What is learned does not depend on the order of rows."""
    rows = prepare(
        people([*staff("old.example", NAMES[:3], "Old"), *staff("new.example", NAMES, "New"), {"company": "Old"}]),
        base_words(),
    )
    told, turned = learn_organisations(rows), learn_organisations(rows.reverse())
    assert_frame_equal(told.homes, turned.homes)
    assert_frame_equal(told.aliases, turned.aliases)
    assert isinstance(told.aliases, pl.DataFrame)
