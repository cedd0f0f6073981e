"""Spellings of one mailbox, number or company have one key."""

from __future__ import annotations

import pytest

from policies.contact_points import email_equivalence
from tests.policies.identity.prepared import keys_of

MAILBOXES = [
    ("Jane.Doe@Acme.example", "jane.doe@acme.example", "jane.doe", "acme.example", False),
    ("jane.doe+events@acme.example", "jane.doe@acme.example", "jane.doe", "acme.example", False),
    ("J.a.n.e.Doe+x@GoogleMail.com", "janedoe@gmail.com", "janedoe", None, False),
    ("info@acme.example", "info@acme.example", "info", "acme.example", True),
    ("INFO+web@acme.example", "info@acme.example", "info", "acme.example", True),
    ("jane@gmail.com", "jane@gmail.com", "jane", None, False),
    ("+jane@acme.example", "+jane@acme.example", "+jane", "acme.example", False),
]
NO_MAILBOXES = ["", "jane.doe", "jane@localhost", "@acme.example"]
NUMBERS = [
    ["+44 20 7946 0958", "0044 20 79460958", "020/7946-0958", "(020) 7946 0958", "+44 (0)20 7946 0958 ext. 12"],
    ["+1 202-555-0143", "(202) 555-0143", "202.555.0143 x9"],
]
COMPANIES = [
    ["Acme", "Acme Ltd.", "ACME, Inc.", "The Acme Company", "Acme GmbH & Co. KG", "Acme (UK) Ltd", "Acme d/b/a Bolt"],
    ["Smith & Jones", "Smith and Jones LLC", "Smith Jones"],
    ["A.B.C. Ltd", "ABC Limited"],
    ["Müller Söhne", "Mueller Soehne"],
    ["Ромашка", "Romashka"],
]


@pytest.mark.parametrize(("email", "mailbox", "local", "work_domain", "role"), MAILBOXES)
def test_spellings_of_a_mailbox(email: str, mailbox: str, local: str, work_domain: str | None, *, role: bool) -> None:
    """The key of a mailbox is that of the equivalence rule of contact points."""
    keys = keys_of("Jane Doe", email=email)
    assert [keys[name] for name in ("mailbox", "local", "work_domain", "role_mailbox")] == [
        mailbox, local, work_domain, role,
    ]  # fmt: skip
    assert mailbox == email_equivalence(email)


@pytest.mark.parametrize("email", NO_MAILBOXES)
def test_what_is_no_address_is_no_key(email: str) -> None:
    """Half an address must not bring people together."""
    keys = keys_of("Jane Doe", email=email)
    assert keys["mailbox"] is None
    assert keys["role_mailbox"] is False


@pytest.mark.parametrize("spellings", NUMBERS, ids=lambda spellings: spellings[0])
def test_spellings_of_a_number(spellings: list[str]) -> None:
    """Country prefix, trunk zero and extension do not tell numbers apart."""
    assert len({keys_of("Jane Doe", phone=phone)["number"] for phone in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("Zürich", "ZUERICH "), ("St. Gallen", "St Gallen"), ("Sao Paulo", "São Paulo")]
)
def test_spellings_of_a_city(one: str, other: str) -> None:
    """Case, marks and umlauts do not tell cities apart."""
    assert keys_of("Jane Doe", city=one)["city"] == keys_of("Jane Doe", city=other)["city"]


@pytest.mark.parametrize("phone", ["12345", "n/a", ""])
def test_a_short_number_is_no_key(phone: str) -> None:
    """An extension alone must not bring people together."""
    assert keys_of("Jane Doe", phone=phone)["number"] is None


@pytest.mark.parametrize("spellings", COMPANIES, ids=lambda spellings: spellings[0])
def test_spellings_of_a_company(spellings: list[str]) -> None:
    """Legal forms, articles, joining words and trading names do not tell companies apart."""
    assert len({keys_of("Jane Doe", company=company)["company_key"] for company in spellings}) == 1


@pytest.mark.parametrize(
    ("name", "company", "key"),
    [
        ("John Smith - Acme Corp", None, "acme"),
        ("JOHN SMITH (ACME)", "", "acme"),
        ("JOHN SMITH\nAcme Ltd", None, "acme"),
        ("John Smith - Acme Corp", "Bolt GmbH", "bolt"),
        ("John Smith", None, None),
    ],
)
def test_a_blank_company_is_read_behind_the_name(name: str, company: str | None, key: str | None) -> None:
    """What stands behind a name in one cell is the company where there is no other."""
    assert keys_of(name, company=company)["company_key"] == key
