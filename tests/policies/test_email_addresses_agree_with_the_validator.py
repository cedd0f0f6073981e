"""After cleaning, an address is what email-validator says it is: the fast path only saves time."""

from __future__ import annotations

import polars as pl
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from policies.contact_points import canonical_email, canonical_emails, clean_email, email_equivalence
from tests.policies.addresses import AWKWARD, generated

_LOCALS = st.text(alphabet="aB1._+-'#ä@ ", min_size=0, max_size=8)
_LABELS = st.text(alphabet="aZ9-ü_", min_size=0, max_size=6)
_ENDS = st.sampled_from(["example", "com", "test", "local", "c", "x1", "EXAMPLE", "xn--p1ai", "de", ""])
_ADDRESSES = st.builds(
    lambda local, labels, end: f"{local}@{'.'.join([*labels, end])}",
    _LOCALS,
    st.lists(_LABELS, min_size=0, max_size=3),
    _ENDS,
)


def reference(text: str) -> str | None:
    """What the validator says about a cleaned address."""
    try:
        return validate_email(clean_email(text), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def in_frames(texts: list[str]) -> dict[str, tuple[str | None, str | None]]:
    """Canonical address and equivalence key of each spelling, by the path lists take."""
    frame = canonical_emails(pl.Series(texts, dtype=pl.String))
    return {row["received"]: (row["email"], row["email_equiv"]) for row in frame.iter_rows(named=True)}


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_addresses(text: str) -> None:
    """Every awkward address gets the validator's verdict and form, alone and in a column."""
    expected = reference(text)
    assert canonical_email(text) == expected
    found = in_frames([text]).get(text, (None, None))
    assert found == (expected, email_equivalence(expected) if expected else None)


@given(st.lists(_ADDRESSES, min_size=60, max_size=60))
def test_generated_addresses(texts: list[str]) -> None:
    """A column of generated addresses gets the validator's verdicts, one by one."""
    for received, (email, equivalent) in in_frames(texts).items():
        expected = reference(received)
        assert email == expected
        assert equivalent == (email_equivalence(expected) if expected else None)


def differing(count: int, seed: int) -> list[str]:
    """Generated cells of which a column, a single call and the validator do not all say the same."""
    pairs = generated(count, seed)
    found = in_frames([cell for cell, _ in pairs])
    return [
        cell
        for cell, bare in pairs
        if not (found.get(cell, (None, None))[0] == canonical_email(cell) == reference(bare))
    ]


def test_two_thousand_addresses_of_every_shape() -> None:
    """Quoted, commented, international, too long, damaged, in every coat: both paths say what the validator says."""
    assert differing(2_000, seed=1) == []
    verdicts = [reference(bare) is None for _, bare in generated(2_000, seed=1)]
    assert 400 < sum(verdicts) < 1_600


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 7))
def test_twenty_thousand_addresses_of_every_shape(seed: int) -> None:
    """The same of twenty thousand more, five times over."""
    assert differing(20_000, seed) == []


def test_the_table_of_awkward_addresses_is_long_enough() -> None:
    """Hundreds, each another one."""
    assert len(AWKWARD) > 220


@pytest.mark.parametrize(
    "spelling",
    [
        "jane@acme.example",
        "  jane@acme.example\t",
        "\u00a0jane@acme.example\u3000",
        "\ufeffjane@acme.example",
        "ja\u200bne@acme.example",
        "mailto:jane@acme.example",
        "MailTo: jane@acme.example",
        "Jane Doe <jane@acme.example>",
        '"Doe, Jane" < jane@acme.example >',
        "<mailto:jane@acme.example>",
        '"Doe, Jane" <jane@acme.example>',
        "Doe, Jane <jane@acme.example>",
        '"Jane <the boss>" <jane@acme.example>',
        '"Jane \\"J\\" Doe" <jane@acme.example>',
        "Jane @ Acme <jane@acme.example>",
        "jane@acme.example <jane@acme.example>",
        "'Jane@Acme.example' <jane@acme.example>",
        '"jane@acme.example"\u00a0<\u200bjane@acme.example>',
        "mailto:Jane <jane@acme.example>",
    ],
)
def test_what_stands_around_an_address_comes_off(spelling: str) -> None:
    """Blanks, display names and mailto: are taken off alike by both paths."""
    assert canonical_email(spelling) == "jane@acme.example"
    assert in_frames([spelling])[spelling][0] == "jane@acme.example"


@pytest.mark.parametrize(
    "cell",
    [
        "joe@acme.example <jane@acme.example>",
        "Jane <jane@acme.example> (work)",
        "Jane <jane@acme.example>;",
        "Jane <jane@acme.example> <joe@acme.example>",
        "jane@acme.example (Jane)",
        "mailto:jane@acme.example?subject=Hello",
        "mailto:jane@acme.example?cc=joe@acme.example",
        "mailto://jane@acme.example",
        "'jane@acme.example'",
        '"jane@acme.example"',
        "jane@acme.example.",
        "jane@acme.example,",
        "jane@acme.example; joe@acme.example",
        "jane @acme.example",
        "jane(at)acme.example",
        "jane\uff20acme.example",
        "jane@acme,example",
        "smtp:jane@acme.example",
        "jane@acme.example\u200e",
        "jane\u00ad@acme.example",
    ],
)
def test_nothing_else_is_made_an_address(cell: str) -> None:
    """What is a guess, even a good one, is refused: a subject, a second address, a comma for a dot, quotes around."""
    assert canonical_email(cell) is None
    assert in_frames([cell])[cell] == (None, None)


@pytest.mark.parametrize(
    ("canonical", "key"),
    [
        ("Jane.Doe@acme.example", "jane.doe@acme.example"),
        ("jane+news@acme.example", "jane@acme.example"),
        ("jane+a+b@acme.example", "jane@acme.example"),
        ("+jane@acme.example", "+jane@acme.example"),
        ("+jane+x@acme.example", "+jane@acme.example"),
        ("jane-news@acme.example", "jane-news@acme.example"),
        ("J.A.N.E+x@gmail.com", "jane@gmail.com"),
        ("jane.doe@googlemail.com", "janedoe@gmail.com"),
        ("jane.doe@gmail.com.example", "jane.doe@gmail.com.example"),
        ("mei\u2011ling\u2212t+x@acme.example", "mei-ling-t@acme.example"),
    ],
)
def test_equivalent_spellings_share_a_key(canonical: str, key: str) -> None:
    """Plus tags, the dots of one provider and its second domain do not make another mailbox."""
    assert email_equivalence(canonical) == key
    assert in_frames([canonical])[canonical][1] == key


def test_blank_cells_are_left_out_and_bad_ones_named() -> None:
    """A blank is no statement; what is no address is an error of its own."""
    frame = canonical_emails(pl.Series(["", "  ", None, "<>", "nobody"]))
    assert frame.select("received", "email", "email_error").rows() == [("nobody", None, "email_invalid")]
