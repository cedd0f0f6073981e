"""Whom a word covers: scopes, channels, shared mailboxes, domains, splits; and what lifts it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from policies.identity import Generation
from policies.permission import consent_states
from policies.schema import SPLITS, UTC_INSTANT
from tests.policies.permissions import folded, permission_of, said_of, subjects_of
from tests.policies.worlds import Consented, Row, Said, consents_of, records_of, world

ADA, ALSO_ADA, LINE = "ada@acme.example", "ada.okafor@example.org", "+12025550101"
BEA, INFO = "bea@acme.example", "info@acme.example"
SURNAMES = ("Okafor", "Ruiz", "Meyer", "Tanaka")

# One person on two lists: two addresses, tied by a number under one surname.
TWO_ADDRESSES = (Row(ADA, LINE), Row(ALSO_ADA, LINE, source="guild"))
STRANGER = Row(BEA, "+442079460123", "Ruiz")


@pytest.mark.parametrize(
    ("word", "closed"),
    [
        (Said(ADA), {ADA, ALSO_ADA, LINE}),
        (Said(LINE), {ADA, ALSO_ADA, LINE}),
        (Said(ADA, channel="email"), {ADA, ALSO_ADA}),
        (Said(ADA, channel="phone"), {LINE}),
        (Said(LINE, channel="email"), {ADA, ALSO_ADA}),
        (Said("ADA+News@acme.example"), {ADA, ALSO_ADA, LINE}),
        (Said(hashlib.sha256(ADA.encode()).hexdigest()), {ADA, ALSO_ADA, LINE}),
        (Said(hashlib.md5(ADA.encode(), usedforsecurity=False).hexdigest()), {ADA, ALSO_ADA, LINE}),
        (Said(hashlib.sha1(LINE[1:].encode(), usedforsecurity=False).hexdigest()), {ADA, ALSO_ADA, LINE}),
        (Said(ADA, scope="address"), {ADA}),
        (Said(LINE, scope="address"), {LINE}),
        (Said(LINE, scope="address", channel="email"), set()),
        (Said("ada+x@acme.example", scope="address"), {ADA}),
        (Said(ADA, kind="bounce"), {ADA}),
        (Said(ADA, kind="bounce", scope="address"), {ADA}),
        (Said("@example.org", scope="domain"), {ADA, ALSO_ADA, LINE}),
        (Said("@example.org", scope="domain", channel="email"), {ADA, ALSO_ADA}),
        (Said("@elsewhere.example", scope="domain"), set()),
        (Said("nobody@acme.example"), set()),
        (Said("a.da@acme.example"), set()),
    ],
)
def test_whom_a_word_covers(word: Said, closed: set[str]) -> None:
    """A person under all contact points of the channel, an address alone, or everybody at a domain."""
    found = folded([*TWO_ADDRESSES, STRANGER], [word])
    assert {contact for contact, facts in found.items() if facts} - {BEA, "+442079460123"} == closed


@pytest.mark.parametrize(
    ("kind", "scope", "fact"),
    [
        ("optout", "person", "opted_out"),
        ("objection", "person", "objected"),
        ("complaint", "person", "complained"),
        ("erasure", "person", "erased"),
        ("optout", "address", "address_opted_out"),
        ("objection", "address", "address_opted_out"),
        ("complaint", "address", "address_opted_out"),
        ("bounce", "address", "bounced"),
        ("bounce", "person", "bounced"),
    ],
)
def test_what_a_word_is_called(kind: str, scope: str, fact: str) -> None:
    """Each kind of word has its own fact, so that the reason can say what happened."""
    assert folded([Row(ADA)], [Said(ADA, kind=kind, scope=scope)]) == {ADA: {fact}}


@pytest.mark.parametrize(
    ("domain", "closed"),
    [
        ("@acme.example", {"ada@acme.example", "ada@mail.acme.example"}),
        ("@mail.acme.example", {"ada@mail.acme.example"}),
        ("@other.acme.example", set()),
    ],
)
def test_a_domain_covers_itself_and_what_lies_below(domain: str, closed: set[str]) -> None:
    """Never what lies above or beside it."""
    rows = [Row("ada@acme.example"), Row("ada@mail.acme.example", surname="Ruiz"), Row("ada@example.org", surname="X")]
    found = folded(rows, [Said(domain, scope="domain")])
    assert {contact for contact, facts in found.items() if facts == {"domain_opted_out"}} == closed
    assert {contact for contact, facts in found.items() if not facts} == {row.email for row in rows} - closed


def test_a_chain_of_links_is_crossed() -> None:
    """Three rows, tied one to the next by other things: a word about the first covers the last."""
    rows = [Row(ADA, LINE), Row(ALSO_ADA, LINE), Row("ada.okafor+x@example.org", "+12025550102")]
    assert folded(rows, [Said(ADA)])["+12025550102"] == {"opted_out"}


def test_a_person_s_id_covers_the_person_and_ids_of_before_too() -> None:
    """Whoever is named by an id is covered everywhere; an address is not narrowed to where none is named."""
    inputs = world(TWO_ADDRESSES)
    (person,) = set(subjects_of(inputs).records.get_column("person_id"))
    for scope in ("person", "address"):
        said = world(TWO_ADDRESSES, [Said(person, scope=scope)])
        assert said_of(said) == {ADA: {"opted_out"}, ALSO_ADA: {"opted_out"}, LINE: {"opted_out"}}
    aliases = pl.DataFrame({"old_person_id": ["p" + "a" * 26], "person_id": [person], "reason": ["merged"]})
    prior = Generation(Generation.none().assignments, aliases, Generation.none().splits)
    named = world(TWO_ADDRESSES, [Said("p" + "a" * 26)], prior=prior)
    resolved = named.events.with_columns(subjects_of(named).generation.resolve(pl.col("person_id")))
    assert said_of(replace(named, events=resolved))[LINE] == {"opted_out"}


def test_an_unreadable_address_on_both_sides_is_the_same() -> None:
    """Somebody opted out under what a list holds in its e-mail cell, though it is no address: they are covered."""
    rows = [Row(None, LINE, typed=" Ada@ACME "), Row(None, "+12025550102", "Ruiz", typed="bea@acme")]
    assert folded(rows, [Said("ada@acme")]) == {LINE: {"opted_out"}, "+12025550102": set()}
    assert folded(rows, [Said("ada@acme", channel="email")])[LINE] == set()


@pytest.mark.parametrize("kind", ["optout", "objection", "complaint"])
def test_behind_a_role_mailbox_nobody_in_particular_speaks(kind: str) -> None:
    """The mailbox is closed for good; who is known under it is in doubt on every channel, and nobody else."""
    rows = [Row(INFO, LINE), Row(INFO, "+12025550102", "Ruiz"), STRANGER]
    found = folded(rows, [Said(INFO, kind=kind)])
    assert found[INFO] == {"address_opted_out", "opted_out_by_shared_mailbox"}
    assert found[LINE] == found["+12025550102"] == {"opted_out_by_shared_mailbox"}
    assert found[BEA] == set()


def test_behind_a_shared_mailbox_nobody_in_particular_speaks() -> None:
    """So it is where many different people use one address or one number."""
    rows = [Row(ADA, f"+1202555010{place}", surname) for place, surname in enumerate(SURNAMES)]
    found = folded(rows, [Said(ADA)])
    assert found.pop(ADA) == {"address_opted_out", "opted_out_by_shared_mailbox"}
    assert set(map(frozenset, found.values())) == {frozenset({"opted_out_by_shared_mailbox"})}
    by_phone = folded([Row(f"{name}@acme.example".lower(), LINE, name) for name in SURNAMES], [Said(LINE)])
    assert by_phone.pop(LINE) == {"address_opted_out", "opted_out_by_shared_mailbox"}
    assert set(map(frozenset, by_phone.values())) == {frozenset({"opted_out_by_shared_mailbox"})}


def test_an_erasure_is_never_in_doubt() -> None:
    """Even from behind a shared mailbox."""
    assert folded([Row(INFO, LINE)], [Said(INFO, kind="erasure")])[LINE] == {"erased"}


def test_a_role_mailbox_that_opted_out_alone_puts_nobody_in_doubt() -> None:
    """Where it was said for the address, there is no doubt about anybody."""
    found = folded([Row(INFO, LINE)], [Said(INFO, scope="address")])
    assert found == {INFO: {"address_opted_out"}, LINE: set()}


def split(*parts: tuple[str, str]) -> Generation:
    """A state in which people left others, each pair (who left, whom)."""
    rows = [(person, left, "no longer linked") for person, left in parts]
    return Generation(
        Generation.none().assignments, Generation.none().aliases, pl.DataFrame(rows, schema=SPLITS, orient="row")
    )


@pytest.mark.parametrize("named", [0, 1, 2, 3])
def test_a_word_follows_a_split_to_every_part(named: int) -> None:
    """Whoever was once one person stays covered, over several splits and from each part to each other."""
    rows = [Row(f"{name}@acme.example", surname=name) for name in "vwxyz"]
    people = dict(subjects_of(world(rows)).records.select("email", "person_id").iter_rows())
    v, w, x, y, _ = (people[str(row.email)] for row in rows)
    prior = split((w, v), (x, v), (y, x))
    assignments = subjects_of(world(rows)).generation.assignments
    found = folded(rows, [Said(str(rows[named].email))], prior=replace(prior, assignments=assignments))
    assert [found[str(row.email)] for row in rows] == [{"opted_out"}] * 4 + [set()]


def test_an_address_alone_does_not_follow_a_split() -> None:
    """Nor does a consent; only what was said about the person does."""
    rows = [Row(ADA), Row(BEA, surname="Ruiz")]
    people = dict(subjects_of(world(rows)).records.select("email", "person_id").iter_rows())
    assignments = subjects_of(world(rows)).generation.assignments
    prior = replace(split((people[BEA], people[ADA])), assignments=assignments)
    assert folded(rows, [Said(ADA, scope="address")], prior=prior)[BEA] == set()
    lifted = folded(rows, [Said(ADA)], [Consented(ADA)], prior=prior)
    assert lifted == {ADA: set(), BEA: {"opted_out"}}


@pytest.mark.parametrize(
    ("word", "consent", "lifts"),
    [
        (Said(ADA), Consented(ADA), True),
        (Said(ADA, kind="objection"), Consented(ADA), True),
        (Said(ADA, channel="email"), Consented(ADA), True),
        (Said(ADA, scope="address"), Consented(ADA), True),
        (Said(ADA), Consented(ADA, state="RenewedConsentGiven"), True),
        (Said(ADA), Consented(ADA, purpose="dpv#DirectMarketing"), True),
        (Said(ADA), Consented(ADA, purpose="Direct marketing"), True),
        (Said(ADA), Consented(ADA, expires_in=0), True),
        (Said(ADA), Consented(ADA, days_ago=10), False),
        (Said(ADA), Consented(ADA, days_ago=11), False),
        (Said(ADA), Consented(ADA, expires_in=-1), False),
        (Said(ADA, days_ago=900), Consented(ADA, days_ago=800), False),
        (Said(ADA, days_ago=900), Consented(ADA, days_ago=700), True),
        (Said(ADA), Consented(ADA, days_ago=-1), False),
        (Said(ADA), Consented(ADA, purpose="newsletter"), False),
        (Said(ADA), Consented(ADA, channel="phone"), False),
        (Said(ADA), Consented(ADA, state="ConsentRefused"), False),
        (Said(ADA), Consented(ADA, state="ConsentWithdrawn"), False),
        (Said(ADA), Consented("ada+news@acme.example"), False),
        (Said(ADA), Consented(ALSO_ADA), False),
        (Said("ada+news@acme.example"), Consented(ADA), False),
        (Said(hashlib.sha256(ADA.encode()).hexdigest()), Consented(ADA), False),
        (Said("@acme.example", scope="domain"), Consented(ADA), False),
        (Said(ADA, kind="complaint"), Consented(ADA), False),
        (Said(ADA, kind="bounce", scope="address"), Consented(ADA), False),
        (Said(ADA, kind="erasure"), Consented(ADA), False),
    ],
)
def test_what_lifts_an_opt_out(word: Said, consent: Consented, *, lifts: bool) -> None:
    """Newer, evidenced, unexpired, for direct marketing, and for the very same contact point and channel; no less."""
    found = folded([Row(ADA)], [word], [consent])
    assert (found[ADA] == set()) is lifts


def test_a_consent_lifts_for_its_own_contact_point_alone() -> None:
    """The other address of the person stays closed, and so does their phone."""
    found = folded(TWO_ADDRESSES, [Said(ADA)], [Consented(ADA)])
    assert found == {ADA: set(), ALSO_ADA: {"opted_out"}, LINE: {"opted_out"}}


def test_a_consent_lifts_only_what_was_said_under_the_same_contact() -> None:
    """An opt-out under the other address goes on covering the consented one."""
    assert folded(TWO_ADDRESSES, [Said(ADA), Said(ALSO_ADA)], [Consented(ADA)])[ADA] == {"opted_out"}


def test_a_consent_recorded_before_the_opt_out_does_not_lift_it() -> None:
    """Whatever day it names: what was written down later is the later word."""
    inputs = world([Row(ADA)], [Said(ADA)])
    early = replace(inputs, consents=consents_of([Consented(ADA)], first_seq=0))
    assert said_of(early)[ADA] == {"opted_out"}


@pytest.mark.parametrize(
    ("words", "valid", "refused"),
    [
        ([Consented(ADA)], True, False),
        ([Consented(ADA), Consented(ADA, state="ConsentWithdrawn", days_ago=2)], False, True),
        ([Consented(ADA), Consented(ADA, state="ConsentRefused", days_ago=5)], False, True),
        ([Consented(ADA, state="ConsentRefused", days_ago=9), Consented(ADA)], True, False),
        ([Consented(ADA), Consented(ADA, state="ConsentRefused", days_ago=9)], False, True),
        ([Consented(ADA, state="ConsentRefused")], False, True),
        ([Consented(ADA, expires_in=-1)], False, False),
        ([Consented(ADA, expires_in=-1), Consented(ADA, days_ago=3)], True, False),
        ([Consented(ADA, channel="phone")], False, False),
    ],
)
def test_the_state_of_consent(words: list[Consented], *, valid: bool, refused: bool) -> None:
    """The latest word counts, by the day it was said and by the order it was recorded in."""
    inputs = world([Row(ADA)], (), words)
    found = consent_states(inputs.consents, inputs.tokens, inputs.as_of, inputs.queue_date).filter(channel="email")
    state = found.select("consent_valid", "consent_refused").rows() or [(False, False)]
    assert state == [(valid, refused)]


def test_a_consent_ends_with_the_house_s_term() -> None:
    """Without an expiry of its own it holds for twenty-four months, to the day."""
    inputs = world([Row(ADA)], (), [Consented(ADA, days_ago=0)])
    captured = inputs.consents.with_columns(pl.lit(date(2024, 10, 14)).cast(UTC_INSTANT).alias("captured_at"))
    last = consent_states(captured, inputs.tokens, inputs.as_of, inputs.queue_date)
    over = consent_states(captured, inputs.tokens, inputs.as_of.replace(day=15), inputs.queue_date.replace(day=15))
    assert (last.get_column("consent_valid").to_list(), over.height) == ([True], 0)


def test_suppressions_say_what_was_stated_and_what_follows_from_it() -> None:
    """Stated where the event names the record's own contact point, inferred where it came over another."""
    inputs = world(TWO_ADDRESSES, [Said("ada+x@acme.example")])
    permission, _ = permission_of(inputs)
    ids = dict(records_of(TWO_ADDRESSES).select("email", "record_id").iter_rows())
    said = {
        (row["record_id"], row["channel"]): (row["stated_or_inferred"], row["match"], row["via_record_id"])
        for row in permission.suppressions.iter_rows(named=True)
    }
    assert said == {
        (ids[ADA], "email"): ("stated", "equivalent", ids[ADA]),
        (ids[ADA], "phone"): ("stated", "equivalent", ids[ADA]),
        (ids[ALSO_ADA], "email"): ("inferred", "equivalent", ids[ADA]),
        (ids[ALSO_ADA], "phone"): ("inferred", "equivalent", ids[ADA]),
    }


def test_doubt_is_no_suppression() -> None:
    """People under a mailbox from which somebody opted out are not listed as having said so."""
    permission, _ = permission_of(world([Row(INFO, LINE)], [Said(INFO)]))
    assert permission.suppressions.select("channel", "scope").rows() == [("email", "address")]


def test_nothing_said_leaves_everything_open() -> None:
    """Without a word there is a row per contact point and no fact holds."""
    assert folded(TWO_ADDRESSES) == {ADA: set(), ALSO_ADA: set(), LINE: set()}
