"""Who opted out under one spelling is found under every other; whoever did not is not."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.ledger import Key, Keyring
from flows.ledger.contacts import read_contact, unreadable
from flows.ledger.screening import contact_tokens, lookup_tokens
from flows.ledger.tokens import match_key, person_id, record_ids, record_message
from policies.contact_points import canonical_emails, canonical_phone, classify_contact
from policies.schema import CONTACT_TOKENS, RECORDS, conform, empty
from tests.flows.ledger.ledgers import KEY, KEYRING, LISTS, optout

if TYPE_CHECKING:
    from collections.abc import Sequence


def records(contacts: Sequence[tuple[str | None, str | None]]) -> pl.DataFrame:
    """``RECORDS`` with these e-mail and phone cells, numbered r0, r1, ...; numbers as dialled in Germany."""
    emails = [email for email, _ in contacts]
    phones = [phone for _, phone in contacts]
    cells = pl.DataFrame(
        {
            "record_id": [f"r{number}" for number in range(len(contacts))],
            "email_received": pl.Series(emails, dtype=pl.String),
            "phone_received": pl.Series(phones, dtype=pl.String),
            "phone": [
                canonical_phone(phone, "DE", LISTS.fictional_phone_prefixes) if phone else None for phone in phones
            ],
        },
        schema_overrides={"phone": pl.String},
    )
    read = canonical_emails(cells.get_column("email_received")).rename({"received": "email_received"})
    return conform(cells.join(read, on="email_received", how="left", maintain_order="left"), RECORDS)


def stopped(
    statement: str, cells: Sequence[tuple[str | None, str | None]], full_name: str | None = None
) -> dict[int, set[str]]:
    """Which of the records an opt-out stops, and by which matches."""
    tokens = {token.token for token in optout(statement, full_name=full_name).tokens}
    hits = contact_tokens(KEYRING, records(cells)).filter(pl.col("token").is_in(list(tokens)))
    found: dict[int, set[str]] = {}
    for record_id, match in hits.select("record_id", "match").iter_rows():
        found.setdefault(int(record_id[1:]), set()).add(match)
    return found


def _digest(kind: str, text: str) -> str:
    return hashlib.new(kind, text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("statement", "cell", "matches"),
    [
        ("Ann@Acme.example", "ann@acme.example", {"exact", "equivalent"}),
        ("ann@acme.example", " ANN@ACME.EXAMPLE ", {"exact", "equivalent"}),
        ("ann@acme.example", "ann+fair@acme.example", {"equivalent"}),
        ("ann+fair@acme.example", "ann@acme.example", {"equivalent"}),
        ("a.n.n@googlemail.com", "ann+x@gmail.com", {"equivalent"}),
        ("ann@bücher.example", "Ann@xn--bcher-kva.example", {"exact", "equivalent"}),
        (_digest("md5", "ann@acme.example"), "Ann@Acme.example", {"digest"}),
        (_digest("sha1", "ann@acme.example"), " ann@acme.example ", {"digest"}),
        (_digest("sha256", "Ann@Acme.example").upper(), "Ann@Acme.example", {"digest"}),
        ("acme.example", "ann@acme.example", {"domain"}),
        ("@acme.example", "ann@mail.acme.example", {"domain"}),
        ("*@mail.acme.example", "ann@acme.example", set()),
        ("acme.example", "ann@notacme.example", set()),
        ("ann@acme.example", "anna@acme.example", set()),
        ("a.nn@acme.example", "ann@acme.example", set()),
        ("ann@@acme.example", "Ann@@acme.example ", {"exact"}),
        ("ann@acme", "ann@acme", {"exact"}),
    ],
)
def test_addresses(statement: str, cell: str, matches: set[str]) -> None:
    """An opt-out under a spelling, digest or domain stops the addresses it means and no other."""
    assert stopped(statement, [(cell, None)]).get(0, set()) == matches


@pytest.mark.parametrize(
    ("statement", "cell", "matches"),
    [
        ("+49 30 23125 123", "030 23125-123", {"exact"}),
        ("+44 20 7946 0123", "+442079460123", {"exact"}),
        (_digest("sha256", "+493023125123"), "030 23125123", {"digest"}),
        (_digest("md5", "493023125123"), "030 23125123", {"digest"}),
        ("+49 30 23125 124", "030 23125-123", set()),
        ("0049 30 23125 123", "030 23125-123", {"exact"}),
    ],
)
def test_numbers(statement: str, cell: str, matches: set[str]) -> None:
    """Numbers meet in E.164, in clear and under digests."""
    assert stopped(statement, [(None, cell)]).get(0, set()) == matches


@pytest.mark.parametrize("typed", ["030 23125123", "49 30 23125123", "(030) 23125-123", "30 23125 123"])
def test_a_number_that_was_typed_without_its_country_stops_by_its_digits(typed: str) -> None:
    """Nobody can read it, yet only one number of the list is written like that."""
    tokens = {token.token for token in unreadable(typed).tokens(KEYRING)}
    for cell, is_meant in (("+49 30 23125123", True), ("+49 30 23125124", False)):
        screened = contact_tokens(KEYRING, records([(None, cell)])).filter(pl.col("token").is_in(list(tokens)))
        assert set(screened.get_column("match")) == ({"equivalent"} if is_meant else set())


@pytest.mark.parametrize("cell", ["0015035550137", "15035550137", "1 (503) 555-0137"])
def test_a_number_the_list_has_in_no_readable_form_is_stopped_by_its_digits(cell: str) -> None:
    """A spreadsheet took its plus away, or nobody said which country it is dialled from."""
    frame = records([(None, cell)]).with_columns(pl.lit(None, dtype=pl.String).alias("phone"))
    [said] = optout("+1 503 555 0137").tokens
    hits = contact_tokens(KEYRING, frame).filter(pl.col("token") == said.token)
    assert hits.get_column("match").to_list() == ["equivalent"]


@pytest.mark.parametrize(("said", "listed"), [("mei\u2011ling", "mei-ling"), ("mei-ling", "mei\u2013ling")])
def test_a_dash_of_another_kind_is_the_same_person(said: str, listed: str) -> None:
    """A word processor puts another dash in place of the hyphen; the opt-out counts all the same."""
    assert stopped(f"{said}@acme.example", [(f"{listed}@acme.example", None)]) == {0: {"equivalent"}}


def test_a_text_nobody_can_read_is_looked_up_as_it_came() -> None:
    """The same text, asked about, is found; so is the number that was meant."""
    for typed in ("Ann@@acme.example", "(503) 555-0137"):
        found = unreadable(typed)
        tokens = {token.token for token in found.tokens(KEYRING)}
        assert tokens == lookup_tokens(KEYRING, found.kind, found.value)
    meant = {token.token for token in unreadable("(503) 555-0137").tokens(KEYRING)}
    assert meant & lookup_tokens(KEYRING, "phone", "+15035550137")


def test_a_name_is_no_contact_point() -> None:
    """The token of a name never stops a record by itself."""
    assert stopped("ann@acme.example", [("ben@acme.example", None)], full_name="Ben Baker") == {}


def test_tokens_under_every_key() -> None:
    """After a rotation people are found under the old key as well; new tokens are made with the new one."""
    old, new = Key(b"a" * 32), Key(b"b" * 32)
    before = optout("ann@acme.example", keyring=Keyring((old,)))
    after = optout("ann@acme.example", keyring=Keyring((old, new)))
    screened = set(contact_tokens(Keyring((old, new)), records([("ann@acme.example", None)])).get_column("token"))
    for event in (before, after):
        assert {token.token for token in event.tokens} <= screened
    assert {token.key_id for token in after.tokens} == {new.key_id}
    assert before.dedup_key == after.dedup_key


def test_only_kinds_that_occur_are_worked_out() -> None:
    """Limited to kinds that events carry, screening gives the same tokens of these kinds and no others."""
    frame = records([("ann@acme.example", "030 23125123")])
    everything = contact_tokens(KEYRING, frame)
    some = contact_tokens(KEYRING, frame, {"email", "domain"})
    assert some.equals(everything.filter(pl.col("match").is_in(["exact", "domain"]) & (pl.col("channel") == "email")))


def test_no_records_no_tokens() -> None:
    """Nothing in, nothing out, under the contract."""
    assert contact_tokens(KEYRING, empty(RECORDS)).schema == CONTACT_TOKENS
    assert contact_tokens(KEYRING, empty(RECORDS)).height == 0


def test_order_of_records_changes_nothing() -> None:
    """The frame of tokens is ordered by its content."""
    frame = records([("ann@acme.example", None), ("ben@acme.example", "030 23125123"), ("ann@acme.example", None)])
    assert contact_tokens(KEYRING, frame).equals(contact_tokens(KEYRING, frame.reverse()))


@pytest.mark.parametrize(
    "statement",
    ["ann@acme.example", "Ann+x@acme.example", "acme.example", _digest("md5", "ann@acme.example"), "+49 30 23125123"],
)
def test_a_contact_without_records_is_looked_up(statement: str) -> None:
    """Whoever is on no list is found in the ledger by the same tokens."""
    asked = "+4930 23125-123" if statement.startswith("+") else "ANN+other@mail.acme.example"
    if statement.startswith(("ann", "Ann")) or len(statement) == 32:
        asked = "ann@acme.example"
    kind, value = classify_contact(asked, None, LISTS.fictional_phone_prefixes)
    tokens = {token.token for token in optout(statement).tokens}
    assert tokens & lookup_tokens(KEYRING, kind, value, asked)


def test_domains_and_digests_are_looked_up_themselves() -> None:
    """A domain is found under its parents, a digest as it is, a person id under nothing."""
    for statement, kind, value in (
        ("acme.example", "domain", "mail.acme.example"),
        (_digest("sha1", "x"), "digest", _digest("sha1", "x")),
    ):
        assert {token.token for token in optout(statement).tokens} <= lookup_tokens(KEYRING, kind, value)
    assert lookup_tokens(KEYRING, "person_id", "p" + "a" * 26) == frozenset()


def test_ids_are_keyed_and_lasting() -> None:
    """Ids follow from content and the oldest key, differ by occurrence, and look like no other kind of contact."""
    messages = [record_message("fair", '{"a":"b"}', number) for number in (1, 2)]
    ids = record_ids(KEYRING, messages)
    assert ids == record_ids(Keyring((KEY, Key(b"n" * 32))), messages)
    assert len(set(ids) | set(record_ids(Keyring((Key(b"n" * 32),)), messages))) == 4
    assert {len(one) for one in ids} == {26}
    assert read_contact(person_id(KEYRING, ids[0]), LISTS).kind == "person_id"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("José  Álvarez", "Acme Ltd."), ("ALVAREZ, Jose", "acme ltd"), True),
        (("Ann Lee", None), ("Ann Lee", ""), True),
        (("Ann Lee", "Acme"), ("Ann Lee", "Bolt"), False),
        (("...", "Acme"), ("", "Acme"), True),
    ],
)
def test_match_keys(one: tuple[str, str | None], other: tuple[str, str | None], *, same: bool) -> None:
    """A name is the same without regard to case, accents and order of words; its organisation belongs to it."""
    assert (match_key(*one) == match_key(*other)) is same
