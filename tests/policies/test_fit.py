"""Who is a target: accounts by domain and name, aims with what is unknown, and the score."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from policies.fit import account_facts, fit_score, target_facts
from tests.policies.outreach import core

FORMS = core("legal_forms")
OWN = ("kestrel.example",)
NOBODY = {
    "own_staff": False,
    "competitor": False,
    "customer": False,
    "target_account": False,
    "account_tier": None,
    "account_owner": None,
    "legal_class": None,
}
ACCOUNTS: list[dict[str, Any]] = [
    {"name": "Acme Inc", "domains": ["acme.example"], "relationship": "target", "tier": "A", "owner": "ada"},
    {"name": "Bolt GmbH", "domains": ["bolt.example", "bolt.example.org"], "relationship": "customer"},
    {"name": "Rival Ltd", "relationship": "competitor"},
    {"name": "Acme Inc", "domains": ["acme.example"], "relationship": "competitor"},
    {"name": "Müller & Söhne KG", "legal_class": "sole_trader"},
]


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
        ("acme.example", None, {"target_account": True, "account_tier": "A", "account_owner": "ada"}),
        ("mail.acme.example", None, {"target_account": True, "account_tier": "A", "account_owner": "ada"}),
        ("notacme.example", None, {}),
        ("example", None, {}),
        (None, "acme", {"target_account": True, "account_tier": "A", "account_owner": "ada"}),
        ("bolt.example.org", "acme", {"customer": True}),
        ("elsewhere.example", "rival", {"competitor": True}),
        (None, "mullersohne", {"legal_class": "sole_trader"}),
        ("kestrel.example", None, {"own_staff": True}),
        ("eu.kestrel.example", "rival", {"own_staff": True, "competitor": True}),
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


AIMS = {"functions": ["data"], "seniorities": ["head"], "sectors": ["energy"], "min_employees": 200}


@pytest.mark.parametrize(
    ("aims", "person", "expected"),
    [
        (AIMS, ("data", "head", "energy", 200), (True, True, True, True)),
        (AIMS, ("sales", "vp", "retail", 199), (False, False, False, False)),
        (AIMS, (None, None, None, None), (None, None, None, None)),
        ({}, ("sales", None, None, None), (True, True, True, True)),
        ({"max_employees": 500}, (None, None, None, 501), (True, True, True, False)),
        ({"min_employees": 1, "max_employees": 500}, (None, None, None, 500), (True, True, True, True)),
        ({"functions": []}, (None, None, None, None), (True, True, True, True)),
    ],
)
def test_aims(aims: dict[str, Any], person: tuple[Any, ...], expected: tuple[bool | None, ...]) -> None:
    """An aim that is not set restricts nobody; a property nobody told is unknown and neither yes nor no."""
    columns = {"function": pl.String, "seniority": pl.String, "sector": pl.String, "employees": pl.Int64}
    frame = pl.DataFrame([person], schema=columns, orient="row").select(target_facts(aims))
    assert frame.columns == ["function_targeted", "seniority_targeted", "sector_targeted", "size_targeted"]
    assert frame.row(0) == expected


def test_the_score_is_the_sum_of_what_holds() -> None:
    """What is unknown counts nothing, and without weights everybody has none."""
    facts = pl.DataFrame({"customer": [True, False, True], "size_targeted": [None, True, True]})
    assert facts.select(fit_score({"customer": 3, "size_targeted": 2})).to_series().to_list() == [3, 2, 5]
    assert facts.select(fit_score({})).to_series().to_list() == [0]
