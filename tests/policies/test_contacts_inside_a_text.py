"""Whoever is named in a text that is no contact as a whole is recognised all the same."""

from __future__ import annotations

import pytest

from policies.contact_points import addresses_inside, canonical_email, email_equivalence, numbers_inside

FICTION = ("+441632960", "+442079460", "+3319900")
ANN = "ann.lee@acme.example"


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (f"{ANN}?subject=unsubscribe", [ANN]),
        (f"mailto:{ANN}?subject=", [ANN]),
        (f"{ANN}, x@bolt.example", [ANN, "x@bolt.example"]),
        (f"{ANN}; x@bolt.example", [ANN, "x@bolt.example"]),
        ("ann.lee@ acme.example", [ANN]),
        ("ann.lee @acme.example", [ANN]),
        ("ann.lee@acme . example", [ANN]),
        (f"{ANN}.", [ANN]),
        (f"{ANN} (reply by mail)", [ANN]),
        ("ann.lee%40acme.example", [ANN]),
        ("ann.lee (at) acme (dot) example", [ANN]),
        ("ann.lee\uff20acme.example\u3000(mail)", [ANN]),
        (f"\u201c{ANN}\u201d", [ANN]),
        (f"'{ANN}' asked", [ANN]),
        (f"https://bolt.example/u?email={ANN}&id=7", [ANN]),
        (f"{ANN} <x@bolt.example>", [ANN, "x@bolt.example"]),
        ("ann.\u00adlee@acme.example !", [ANN]),
        ("O'Brien@acme.example (mail)", ["O'Brien@acme.example"]),
        (f"{ANN} / Ann.Lee+x@ACME.example", [ANN]),
        ("ann@@acme.example", []),
        ("ann@acme", []),
        ("nobody in particular", []),
    ],
)
def test_addresses(text: str, addresses: list[str]) -> None:
    """Every address counts, once for each mailbox, in its order."""
    assert list(addresses_inside(text)) == addresses


@pytest.mark.parametrize(
    ("text", "country", "numbers"),
    [
        ("+44 1632 960457 (mobile)", None, ["+441632960457"]),
        ("call 0044 1632 960457 or +44 (0)1632 960458", None, ["+441632960457", "+441632960458"]),
        ("01632 960457 / 01632 960458", "GB", ["+441632960457", "+441632960458"]),
        ("01632 960457", None, []),
        ("2026-10-14", None, []),
        ("on 2026-10-14 at 10:00, 14.10.2026 or 14/10/26", "DE", []),
        ("01.99.00.12.34", "FR", ["+33199001234"]),
        ("4.41632E+11", "GB", []),
        ("441632960457.5", "GB", []),
        ("ann.441632960457@acme.example", "GB", []),
    ],
)
def test_numbers(text: str, country: str | None, numbers: list[str]) -> None:
    """Every number counts that can be read; what lost digits is none."""
    assert list(numbers_inside(text, country, FICTION)) == numbers


@pytest.mark.parametrize("dash", ["\u2010", "\u2011", "\u2012", "\u2013", "\u2212"])
def test_a_dash_is_a_hyphen_to_whoever_compares(dash: str) -> None:
    """An address with another dash is another address and the same person."""
    typed = canonical_email(f"mei{dash}ling.tran@acme.example")
    assert typed == f"mei{dash}ling.tran@acme.example"
    assert email_equivalence(typed) == email_equivalence("mei-ling.tran@acme.example")


def test_a_long_cell_costs_no_time() -> None:
    """Neither many at-signs nor long words make the search slow."""
    for text in ("a" * 100_000, "a@" * 50_000, "a." * 50_000 + "@", "(" * 50_000 + "@", " @" * 50_000):
        assert addresses_inside(text) == ()
