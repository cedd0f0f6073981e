"""Domains, and what a typed contact is."""

from __future__ import annotations

import polars as pl
import pytest

from policies.contact_points import ascii_domain, classify_contact, domain_candidates, registrable_domains
from policies.errors import UsageError


@pytest.mark.parametrize(
    ("domain", "candidates"),
    [
        ("acme.example", ("acme.example",)),
        ("Mail.ACME.example.", ("mail.acme.example", "acme.example")),
        ("a.b.acme.co.uk", ("a.b.acme.co.uk", "b.acme.co.uk", "acme.co.uk")),
        ("co.uk", ()),
        ("github.io", ()),
        ("jane.github.io", ("jane.github.io",)),
        ("mail.münchen.de", ("mail.xn--mnchen-3ya.de", "xn--mnchen-3ya.de")),
        ("mail.xn--mnchen-3ya.de", ("mail.xn--mnchen-3ya.de", "xn--mnchen-3ya.de")),
        ("example", ()),
        ("no domain", ()),
        ("", ()),
    ],
)
def test_a_domain_covers_itself_and_nothing_above_the_registrable_one(domain: str, candidates: tuple[str, ...]) -> None:
    """Candidates end where somebody else's domains begin, in whatever spelling they came."""
    assert domain_candidates(domain) == candidates


def test_domains_of_a_column() -> None:
    """Every different domain gets its registrable part; a public suffix has none."""
    found = registrable_domains(pl.Series(["x.acme.example", "co.uk", None, "x.acme.example"]))
    assert found.rows() == [("co.uk", None), ("x.acme.example", "acme.example")]


@pytest.mark.parametrize(
    "text", ["1.2.3.4", "a..example", "-a.example", "a b.example", "jane@acme.example", "\u2260.de"]
)
def test_what_is_no_domain(text: str) -> None:
    """Addresses, numbers and broken names are no domains."""
    assert ascii_domain(text) is None


@pytest.mark.parametrize(
    ("text", "kind", "canonical"),
    [
        (" Jane <jane@ACME.example>", "email", "jane@acme.example"),
        ("Jane@@acme.example ", "email", "jane@@acme.example"),
        ("acme.example", "domain", "acme.example"),
        ("@Acme.example", "domain", "acme.example"),
        ("*@acme.example", "domain", "acme.example"),
        ("*.acme.example", "domain", "acme.example"),
        ("https://www.acme.example/", "domain", "acme.example"),
        ("HTTP://mail.Acme.example:8080", "domain", "mail.acme.example"),
        ("www.acme.example", "domain", "acme.example"),
        ("www.co.uk", "domain", "www.co.uk"),
        ("0044 20 7946 0101", "phone", "+442079460101"),
        ("+44 20 7946 0101", "phone", "+442079460101"),
        ("p" + "ab34567" * 3 + "abcde", "person_id", "p" + "ab34567" * 3 + "abcde"),
        ("0" * 31 + "A", "digest", "0" * 31 + "a"),
        ("f" * 40, "digest", "f" * 40),
        ("f" * 64, "digest", "f" * 64),
    ],
)
def test_what_a_contact_is(text: str, kind: str, canonical: str) -> None:
    """Each kind of contact is recognised by its form."""
    assert classify_contact(text) == (kind, canonical)


def test_an_unreadable_contact_is_refused_without_repeating_it() -> None:
    """The error says what is wanted and keeps what was typed to itself (law 7)."""
    with pytest.raises(UsageError) as caught:
        classify_contact("020 7946 0101")
    assert caught.value.code == "contact_unreadable"
    assert "7946" not in str(caught.value.as_dict())
    with pytest.raises(UsageError):
        classify_contact("https://www.acme.example/people/jane")
    assert classify_contact("020 7946 0101", "GB") == ("phone", "+442079460101")
