"""Whoever says no under any contact point of a row is heard; nothing else is concluded from the further ones."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.ledger.screening import contact_tokens
from policies.contact_points import further_points
from policies.permission import consent_states
from policies.schema import RECORDS, conform
from tests.effort import few
from tests.policies.permissions import folded, permission_of
from tests.policies.worlds import AS_OF, KEYRING, Consented, Row, Said, consents_of, records_of, world

ADA, LINE = "ada@acme.example", "+12025550101"
SECOND, HOME, INFO = "ada.okafor@example.org", "+442079460101", "info@acme.example"
ROW = Row(ADA, LINE, others=(SECOND, HOME))
STRANGER = Row("bea@bolt.example", "+12025550102", "Ruiz")


@pytest.mark.parametrize(
    ("word", "closed"),
    [
        (Said(SECOND), {ADA: {"opted_out"}, LINE: {"opted_out"}}),
        (Said(HOME), {ADA: {"opted_out"}, LINE: {"opted_out"}}),
        (Said(SECOND, channel="email"), {ADA: {"opted_out"}, LINE: set()}),
        (Said(SECOND, channel="phone"), {ADA: set(), LINE: {"opted_out"}}),
        (Said(SECOND, kind="objection"), {ADA: {"objected"}, LINE: {"objected"}}),
        (Said(SECOND, kind="complaint"), {ADA: {"complained"}, LINE: {"complained"}}),
        (Said(HOME, kind="erasure"), {ADA: {"erased"}, LINE: {"erased"}}),
        (Said(SECOND, kind="doubt"), {ADA: {"word_in_doubt"}, LINE: {"word_in_doubt"}}),
        (Said("Ada.Okafor+fair@Example.org"), {ADA: {"opted_out"}, LINE: {"opted_out"}}),
        (Said(hashlib.sha256(SECOND.encode()).hexdigest()), {ADA: {"opted_out"}, LINE: {"opted_out"}}),
        (
            Said(hashlib.sha1(HOME[1:].encode(), usedforsecurity=False).hexdigest()),
            {ADA: {"opted_out"}, LINE: {"opted_out"}},
        ),
        (Said("@example.org", scope="domain"), {ADA: {"domain_opted_out"}, LINE: {"domain_opted_out"}}),
        (Said(SECOND, scope="address"), {ADA: set(), LINE: set()}),
        (Said(HOME, scope="address"), {ADA: set(), LINE: set()}),
        (Said(SECOND, kind="bounce"), {ADA: set(), LINE: set()}),
        (Said(HOME, kind="bounce", scope="address"), {ADA: set(), LINE: set()}),
        (Said("+442079460102"), {ADA: set(), LINE: set()}),
    ],
)
def test_what_is_said_under_a_further_contact_point(word: Said, closed: dict[str, set[str]]) -> None:
    """A word about the person covers the person; one about the address alone says nothing about the one in use."""
    found = folded([ROW, STRANGER], [word])
    assert {contact: facts for contact, facts in found.items() if contact in closed} == closed
    assert found["bea@bolt.example"] == found["+12025550102"] == set()


def test_it_is_stated_and_told_as_what_it_is() -> None:
    """The row itself names the contact point; the match says that it is a further one."""
    permission, _ = permission_of(world([ROW], [Said(SECOND)]))
    assert set(permission.suppressions.select("match", "stated_or_inferred").rows()) == {("other", "stated")}


def test_a_consent_never_counts_through_a_further_contact_point() -> None:
    """Neither does it permit the address in use, nor does it lift what was said; a refusal there is none here."""
    inputs = world([ROW], [Said(ADA)], [Consented(SECOND)])
    assert consent_states(inputs.consents, inputs.tokens, AS_OF, AS_OF.date()).is_empty()
    assert folded([ROW], [Said(ADA)], [Consented(SECOND)])[ADA] == {"opted_out"}
    assert folded([ROW], [Said(SECOND)], [Consented(SECOND)])[ADA] == {"opted_out"}
    assert folded([ROW], [Said(SECOND)], [Consented(ADA)])[ADA] == {"opted_out"}
    refused = replace(inputs, consents=consents_of([Consented(SECOND, state="ConsentRefused")]))
    assert consent_states(refused.consents, refused.tokens, AS_OF, AS_OF.date()).is_empty()


def test_behind_a_further_contact_point_of_many_nobody_in_particular_speaks() -> None:
    """A mailbox of a function, or one number of many people, puts them in doubt; of a few it is a word of theirs."""
    rows = [Row(f"{name}@acme.example", None, name, others=(HOME,)) for name in ("ann", "ben", "cho", "dan")]
    assert set(map(frozenset, folded(rows, [Said(HOME)]).values())) == {frozenset({"opted_out_by_shared_mailbox"})}
    assert set(map(frozenset, folded(rows[:3], [Said(HOME)]).values())) == {frozenset({"opted_out"})}
    role = [Row(ADA, others=(INFO,)), Row(INFO, surname="Ruiz")]
    assert folded(role, [Said(INFO)])[ADA] == {"opted_out_by_shared_mailbox"}
    assert folded(role, [Said(INFO, kind="erasure")])[ADA] == {"erased"}


@few(10)
@given(st.sampled_from([ADA, LINE, SECOND, HOME]), st.sampled_from(["optout", "objection", "complaint"]), st.booleans())
def test_any_contact_point_of_a_row_stops_the_person(contact: str, kind: str, other_row: bool) -> None:  # noqa: FBT001
    """Whichever of the four it is, on every row and channel of the person."""
    rows = [ROW, *([Row("ada.o@acme.example", LINE, source="guild")] if other_row else [])]
    found = folded(rows, [Said(contact, kind=kind)])
    assert all(found.values())


def test_matches_of_further_contact_points_are_called_other() -> None:
    """Their tokens are those any record with the contact point would have, under one name."""
    own = contact_tokens(KEYRING, records_of([Row(SECOND, HOME)])).select("channel", "token")
    tokens = contact_tokens(KEYRING, records_of([ROW]))
    assert (
        tokens.filter(pl.col("match") == "other")
        .select("channel", "token")
        .sort("channel", "token")
        .equals(own.sort("channel", "token"))
    )
    bare = contact_tokens(KEYRING, records_of([replace(ROW, others=())]))
    assert tokens.filter(pl.col("match") != "other").drop("record_id").equals(bare.drop("record_id"))


CELLS: dict[str, pl.DataType | type[pl.DataType]] = {
    "country": pl.String,
    "email_received": pl.String,
    "email": pl.String,
    "phone_received": pl.String,
    "phone": pl.String,
    "other_emails_received": pl.List(pl.String),
    "other_phones_received": pl.List(pl.String),
}


@pytest.mark.parametrize(
    ("row", "emails", "phones"),
    [
        ({}, None, None),
        ({"other_emails_received": [" Ada <ADA.Okafor@Example.org>"]}, ["ADA.Okafor@example.org"], None),
        ({"other_emails_received": ["b@x.example", "a@x.example"]}, ["a@x.example", "b@x.example"], None),
        ({"email": ADA, "email_received": ADA, "other_emails_received": [ADA.upper()]}, ["ADA@acme.example"], None),
        ({"email": ADA, "email_received": ADA, "other_emails_received": [ADA, "mailto:" + ADA]}, None, None),
        ({"other_emails_received": ["a@x.example; b@x.example"]}, ["a@x.example", "b@x.example"], None),
        ({"other_emails_received": ["n/a", "", " "]}, None, None),
        ({"email_received": "a@x.example or b@x.example"}, ["a@x.example", "b@x.example"], None),
        ({"other_phones_received": ["020 7946 0101"], "country": "GB"}, None, [HOME]),
        ({"other_phones_received": ["020 7946 0101"]}, None, None),
        ({"other_phones_received": ["+44 20 7946 0101 x12", HOME]}, None, [HOME]),
        ({"other_phones_received": [HOME], "phone": HOME, "phone_received": HOME}, None, None),
        ({"phone_received": "020 7946 0101 / 020 7946 0102", "country": "GB"}, None, [HOME, "+442079460102"]),
        ({"other_phones_received": ["4.42079E+11"], "country": "GB"}, None, None),
        ({"other_phones_received": ["020 7946 0101/02"], "country": "GB"}, None, [HOME]),
        (
            {"email_received": "1/" * 500_000, "phone_received": "x" + "%20" * 300_000 + "y", "country": "GB"},
            None,
            None,
        ),
    ],
)
def test_cells_of_further_contact_points(
    row: dict[str, object], emails: list[str] | None, phones: list[str] | None
) -> None:
    """Canonical, each once, without the row's own; of a cell that is none as a whole, whatever stands in it."""
    cells = pl.DataFrame([dict.fromkeys(CELLS) | row], schema=CELLS)
    assert further_points(cells).select("other_emails", "other_phones").row(0) == (emails, phones)


def test_lists_without_further_columns() -> None:
    """Nothing is missed where the list has none, and rows keep their order."""
    frame = conform(pl.DataFrame({"record_id": ["b", "a"]}), RECORDS).drop("other_emails", "other_phones")
    found = further_points(frame)
    assert found.get_column("record_id").to_list() == ["b", "a"]
    assert (found.schema["other_emails"], found.schema["other_phones"]) == (pl.List(pl.String), pl.List(pl.String))
