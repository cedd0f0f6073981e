"""Accounts by domain, name and alias; what a parent passes on; the first of the file counts."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from policies.fit.accounts import account_facts, with_parents
from tests.policies.outreach import core

FORMS = core("legal_forms")
OWN = ("kestrel.example",)
NOBODY = {
    "own_staff": False,
    "competitor": False,
    "customer": False,
    "target_account": False,
    "same_trade_account": False,
    "account_name": None,
    "account_tier": None,
    "account_owner": None,
    "legal_class": None,
}
ACCOUNTS: list[dict[str, Any]] = [
    {"name": "Acme Inc", "domains": ["acme.example"], "relationship": "target", "tier": "A", "owner": "ada"},
    {"name": "Bolt GmbH", "domains": ["bolt.example", "bolt.example.org"], "relationship": "customer"},
    {"name": "Rival Ltd", "relationship": "competitor", "aliases": ["Rival Software", "RVL"]},
    {"name": "Acme Inc", "domains": ["acme.example"], "relationship": "competitor"},
    {"name": "Müller & Söhne KG", "legal_class": "sole_trader"},
    {"name": "Acme Nordic AB", "domains": ["acme-nordic.example"], "parent": "Acme Inc", "owner": "ben"},
    {"name": "Twin Data Ltd", "domains": ["twin.example"], "relationship": "same_trade"},
]
ACME = {"target_account": True, "account_name": "Acme Inc", "account_tier": "A", "account_owner": "ada"}
RIVAL = {"competitor": True, "account_name": "Rival Ltd"}


def matched(domain: str | None = None, company_key: str | None = None) -> dict[str, Any]:
    """What the accounts say about one record."""
    records = pl.DataFrame(
        {"record_id": ["r"], "email_domain": [domain], "company_key": [company_key]},
        schema=dict.fromkeys(("record_id", "email_domain", "company_key"), pl.String),
    )
    found = account_facts(records, ACCOUNTS, FORMS, OWN).drop("record_id")
    assert found.columns == list(NOBODY)
    return found.row(0, named=True)


@pytest.mark.parametrize(
    ("domain", "company_key", "facts"),
    [
        ("acme.example", None, ACME),
        ("mail.acme.example", None, ACME),
        ("notacme.example", None, {}),
        ("example", None, {}),
        (None, "acme", ACME),
        ("bolt.example.org", "acme", {"customer": True, "account_name": "Bolt GmbH"}),
        ("elsewhere.example", "rival", RIVAL),
        (None, "rvl", RIVAL),
        (None, "rivalsoftware", RIVAL),
        (None, "mullersohne", {"legal_class": "sole_trader", "account_name": "Müller & Söhne KG"}),
        ("acme-nordic.example", None, ACME | {"account_name": "Acme Nordic AB", "account_owner": "ben"}),
        ("twin.example", None, {"same_trade_account": True, "account_name": "Twin Data Ltd"}),
        ("kestrel.example", None, {"own_staff": True}),
        ("eu.kestrel.example", "rival", RIVAL | {"own_staff": True}),
        ("kestrel.example.net", None, {}),
        (None, "", {}),
        (None, None, {}),
    ],
)
def test_accounts_by_domain_and_name(domain: str | None, company_key: str | None, facts: dict[str, Any]) -> None:
    """A domain and what lies below it goes before the name; the first account of the file counts."""
    assert matched(domain, company_key) == NOBODY | facts


def test_without_accounts_nobody_is_anything() -> None:
    """An empty file restricts and marks nobody."""
    records = pl.DataFrame({"record_id": ["r"], "email_domain": ["acme.example"], "company_key": ["acme"]})
    assert account_facts(records, [], FORMS, []).drop("record_id").row(0, named=True) == NOBODY


def test_what_an_account_does_not_state_its_parents_do() -> None:
    """The nearest parent first; the legal class is each company's own; parents in a circle end somewhere."""
    found = with_parents(
        [
            {"name": "Group", "relationship": "customer", "tier": "A", "owner": "ada", "legal_class": "corporate"},
            {"name": "Division", "parent": "Group", "owner": "ben", "aliases": ["Div"]},
            {"name": "Plant", "parent": "Div", "tier": "C"},
            {"name": "Hen", "parent": "Egg"},
            {"name": "Egg", "parent": "Hen", "tier": "B"},
            {"name": "Orphan", "parent": "Nobody"},
        ]
    )
    plant = {"relationship": "customer", "owner": "ben", "tier": "C"}
    assert found[2] == {"name": "Plant", "parent": "Div"} | plant
    assert (found[3]["tier"], found[5]) == ("B", {"name": "Orphan", "parent": "Nobody"})
