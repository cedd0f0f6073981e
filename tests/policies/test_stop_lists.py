"""What single entries, words and remarks of opt-out lists mean."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl
import pytest

from flows.rules_on_disk import load_rulebook
from policies.stop_lists import meaning_of
from policies.stop_lists.declarations import claimed_rows, comments_in, vector_fits
from policies.stop_lists.entries import are_north_american, is_comment, plain_entry, signs_of_change, wrong_entry
from policies.stop_lists.vocabulary import states_of

MD5 = "16d113840f999444259f73bac9ab8b10"  # of someone@example.com
SHA512 = "a1" * 64


@cache
def lists() -> dict[str, Any]:
    """The word lists of the packaged rules."""
    return dict(load_rulebook(None).settings["lists"])


@pytest.mark.parametrize(
    ("entry", "plain"),
    [
        (f"md5:{MD5}", MD5),
        (f"MD5 = {MD5}", MD5),
        (f"{{SHA}}{'b' * 40}", f"{{SHA}}{'b' * 40}"),
        (f"{{SHA1}}{'b' * 40}", "b" * 40),
        (f'"{MD5}"', MD5),
        (f"{MD5}  -", MD5),
        ("ann@acme.example,", "ann@acme.example"),
        ("- ann@acme.example", "ann@acme.example"),
        ("3. ann@acme.example", "ann@acme.example"),
        ("'=ann@acme.example", "=ann@acme.example"),
        ("-44", "-44"),
    ],
)
def test_an_entry_without_what_stands_around_it(entry: str, plain: str) -> None:
    """Names of digests, quotes, bullets and guards are taken off, and nothing else."""
    assert plain_entry(entry) == plain


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("4.42079E+11", "number_lost"),
        (SHA512, "digest_unknown"),
        (MD5[:20], "digest_unknown"),
        ("XohImNooBHFR0OVvjcYpJ3NgPQ1qq73WKhHvch0VQtg=", "digest_unknown"),
        (MD5, None),
        ("442079460103", None),
        ("1234567890123456", None),
        ("ann@acme.example", None),
        ("acme.example", None),
        ("Mr Nobody", None),
    ],
)
def test_what_can_be_nobodys_for_certain(entry: str, code: str | None) -> None:
    """A lost number and a digest of a length that is none of ours stop nobody, and are told."""
    assert (wrong_entry(entry) or (None,))[0] == code


@pytest.mark.parametrize(
    ("cells", "signs"),
    [
        (["+ann@acme.example", "-ben@acme.example"], ["+", "-"]),
        (["A,ann@acme.example", "D,ben@acme.example"], ["+", "-"]),
        (["ann@acme.example", "-ben@acme.example"], [None, "-"]),
        (["-ann@acme.example", "-ben@acme.example"], None),
        (["- ann@acme.example", "ben@acme.example"], None),
        (["+1 312 555 0101", "+44 20 7946 0103"], None),
        (["ann@acme.example", "dan@acme.example"], None),
        ([], None),
    ],
)
def test_signs_of_a_change(cells: list[str], signs: list[str | None] | None) -> None:
    """A dash deletes only in a list in which others are added; before every line it is a list in dashes."""
    found = signs_of_change(cells)
    assert (None if found is None else [sign for sign, _ in found]) == signs


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("Total: 123", 123),
        ("Total records: 1,234", 1234),
        ("# 3 contacts", 3),
        ("(500 rows)", 500),
        ("Anzahl: 12", 12),
        ("Gesamt;7", 7),
        ("TRAILER|00005", 5),
        ("Records: 40", 40),
        ("Exported on 2026-10-01 at 10:30", None),
        ("ann5@acme.example", None),
        ("312,5550101", None),
        ("Copyright 2026", None),
    ],
)
def test_how_many_entries_a_line_claims(line: str, rows: int | None) -> None:
    """Totals of several makes; days and numbers of telephones claim nothing."""
    assert claimed_rows([line]) == rows


@pytest.mark.parametrize(
    ("rule", "address", "fits"),
    [
        ("lower_case", "Someone@example.com", True),
        ("trim_lower_case", " Someone@Example.com ", True),
        ("as_received", "Someone@example.com", False),
        ("as_received", "someone@example.com", True),
        (None, "SOMEONE@example.com", True),
        (None, "other@example.com", False),
    ],
)
def test_a_test_vector(rule: str | None, address: str, *, fits: bool) -> None:
    """The digest stated is what the declared normalisation gives, or, with none declared, any."""
    assert vector_fits(address, MD5.upper(), rule) is fits


def test_comments_declare() -> None:
    """A normalisation and a vector among the first lines."""
    lines = ["# Normalisation: trim + lower-case", f"# test vector: a@example.com = {MD5}", "ann@acme.example"]
    assert comments_in(lines) == ("trim_lower_case", [("a@example.com", MD5)])
    assert is_comment("# people who said no")
    assert not is_comment("# ann@acme.example")
    assert not is_comment("#312 555 0101")


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        *((word, "stop") for word in ("unsubscribed", "ManualSuppression", "['UNSUBSCRIBE', 'X']", "Abgemeldet")),
        *((word, "bounce") for word in ("HardBounce", "BOUNCE", "550 5.1.1 no such user", "5.2.2", "cleaned")),
        *((word, "complaint") for word in ("SpamComplaint", "spamreport", "Marked as spam")),
        *((word, "no") for word in ("subscribed", "NEVER_SUBSCRIBED", "not unsubscribed")),
        ("active", "weakly_no"),
        ("[]", "blank"),
        ("grumble", "unknown"),
    ],
)
def test_words_of_a_state(cell: str, state: str) -> None:
    """As products and people write them."""
    assert states_of(pl.Series([cell]), lists())[cell] == state


def test_ten_digits_a_line() -> None:
    """Numbers as the registry of the United States has them; a mobile of elsewhere that lost its zero is none."""
    assert are_north_american(["3125550101", "2125550102", ""])
    assert not are_north_american(["3125550101", "7700900104"])
    assert not are_north_american([])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("unsubscribes", "optout"),
        ("Opt-Out list 2026", "optout"),
        ("suppression_bounces", "bounce"),
        ("cleaned_segment_export_1", "bounce"),
        ("suppression_spam_reports", "complaint"),
        ("bounces and unsubscribes", "optout"),
        ("contacts", "optout"),
    ],
)
def test_what_the_name_of_a_list_says(name: str, kind: str) -> None:
    """Of whoever has no word of their own; of several meanings the one that stops most."""
    frame = pl.DataFrame({"Email": ["ann@acme.example"]})
    assert meaning_of(frame, ["Email"], [name], lists()).default == kind
