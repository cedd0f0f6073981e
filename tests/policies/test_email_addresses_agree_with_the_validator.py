"""After cleaning, an address is what email-validator says it is: the fast path only saves time."""

from __future__ import annotations

import polars as pl
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from policies.contact_points import canonical_email, canonical_emails, clean_email, email_equivalence

AWKWARD = [
    "jane@acme.example",
    "Jane.Doe@ACME.Example",
    "INFO@acme.example",
    "Postmaster@acme.example",
    "www@acme.example",
    "informer@acme.example",
    "o'hara@acme.example",
    "jane+news@acme.example",
    "+jane@acme.example",
    "jane-doe@acme.example",
    ".jane@acme.example",
    "jane.@acme.example",
    "jane..doe@acme.example",
    "jane@acme..example",
    "jane@-acme.example",
    "jane@acme-.example",
    "jane@ac--me.example",
    "jane@xn--mnchen-3ya.example",
    "jane@xn--0.example",
    "jane@münchen.example",
    "jänë@acme.example",
    "ja\u0308ne@acme.example",
    "\ufb01@acme.example",
    "用户@例子.公司",
    "jane@acme",
    "jane@localhost",
    "jane@acme.test",
    "jane@acme.local",
    "jane@acme.invalid",
    "jane@localacme.example",
    "jane@arpa.example",
    "jane@1.2.3.4",
    "jane@[1.2.3.4]",
    "jane@acme.x1",
    "jane@acme.123",
    "jane@1acme.example",
    "jane@@acme.example",
    "jane@doe@acme.example",
    '"jane doe"@acme.example',
    "jane doe@acme.example",
    "jane@acme .example",
    "jane@acme.example.",
    "jane@acme,example",
    "jane;joe@acme.example",
    "jane@acme.example; joe@acme.example",
    "jane(work)@acme.example",
    "jane\n@acme.example",
    "jane@acme.example\r\nbcc: joe",
    "jane\x00@acme.example",
    "@acme.example",
    "jane@",
    "@",
    "jane",
    "a" * 64 + "@acme.example",
    "a" * 65 + "@acme.example",
    "jane@" + "a" * 63 + ".example",
    "jane@" + "a" * 64 + ".example",
    "jane@" + "abcdefghi." * 24 + "example",
    "jane@" + "abcdefghi." * 25 + "example",
    "_jane_@acme.example",
    "jane@a_b.example",
    "jane#1@acme.example",
    "jane@😀.example",
]

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
    assert in_frames([text])[text] == (expected, email_equivalence(expected) if expected else None)


@given(st.lists(_ADDRESSES, min_size=60, max_size=60))
def test_generated_addresses(texts: list[str]) -> None:
    """A column of generated addresses gets the validator's verdicts, one by one."""
    for received, (email, equivalent) in in_frames(texts).items():
        expected = reference(received)
        assert email == expected
        assert equivalent == (email_equivalence(expected) if expected else None)


@pytest.mark.long
def test_twenty_thousand_addresses() -> None:
    """Twenty thousand addresses of every shape agree."""
    locals_ = ["jane", "Jane.Doe", "INFO", "j+x", ".j", "j..d", "j'd", "ä", "a" * 64, "a b", "", "-", "j_d", "1", "www"]
    hosts = [
        "acme",
        "a-b",
        "-a",
        "a-",
        "a--b",
        "xn--a",
        "münchen",
        "1",
        "a_b",
        "",
        "A",
        "a" * 63,
        "a" * 64,
        "x.y",
        "x..y",
    ]
    ends = ["example", "COM", "test", "local", "c", "x1", "", "de", "invalid", "arpa"]
    around = ["{}", " {} ", "mailto:{}", "N <{}>", "<{}>", "{}.", "\u200b{}", "{},", "'{}'", '"{}"']
    texts = [form.format(f"{a}@{h}.{e}") for a in locals_ for h in hosts for e in ends for form in around]
    assert len(texts) > 20_000
    found = in_frames(texts)
    differing = [text for text in texts if found[text][0] != reference(text)]
    assert differing == []


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
    ],
)
def test_what_stands_around_an_address_comes_off(spelling: str) -> None:
    """Blanks, display names and mailto: are taken off alike by both paths."""
    assert canonical_email(spelling) == "jane@acme.example"
    assert in_frames([spelling])[spelling][0] == "jane@acme.example"


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
