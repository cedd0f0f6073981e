"""What people said becomes events that stop as widely as it was meant, and frames that decisions read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from flows.ledger import Cut
from flows.ledger.contacts import Contact, read_contact
from flows.ledger.events import (
    Consent,
    Doubt,
    Notice,
    OptOut,
    consent_event,
    doubt_event,
    notice_event,
    optout_event,
)
from flows.ledger.touch_events import Export, Touch, export_event, feed_import_event, touch_events
from flows.ledger.vocabulary import checked, listed
from policies.errors import UsageError
from policies.schema import CONSENTS, NOTICES, PERMISSION_EVENTS, TOUCHES
from tests.flows.ledger.ledgers import KEYRING, LISTS, NOW, Clock, new_ledger, optout

if TYPE_CHECKING:
    from datetime import datetime

ANN = Contact("email", "ann@acme.example")
DESK = Contact("phone", "+442079460123")


def consent(state: str = "ConsentGiven", contact: Contact = ANN, **fields: object) -> Consent:
    """A complete consent; ``fields`` replace parts of it."""
    parts: dict[str, Any] = {
        "channel": "email",
        "purpose": "dpv#DirectMarketing",
        "captured_at": NOW - timedelta(days=10),
        "method": "Web form",
        "statement": "Yes, write to me.",
        "statement_version": "2026-01",
        "evidence": "form entry of Ann Adler",
        "expires_on": date(2028, 1, 1),
        "lawful_basis": "consent",
    }
    return Consent(contact=contact, state=state, **(parts | fields))


@pytest.mark.parametrize(
    ("fields", "kind", "channel", "scope"),
    [
        ({}, "optout", "any", "person"),
        ({"kind": "Objection"}, "objection", "any", "person"),
        ({"kind": "complaint", "channel": "E-Mail"}, "complaint", "email", "person"),
        ({"kind": "bounce"}, "bounce", "email", "address"),
        ({"scope": "address", "channel": "any"}, "optout", "any", "address"),
        ({"scope": "domain"}, "optout", "any", "domain"),
        ({"contacts": [Contact("domain", "acme.example")], "scope": "person"}, "optout", "any", "domain"),
        ({"kind": "bounce", "contacts": [DESK]}, "bounce", "phone", "address"),
    ],
)
def test_left_out_means_widest(fields: dict[str, Any], kind: str, channel: str, scope: str) -> None:
    """Channel and scope left out are the widest there are; a bounce is about its own address."""
    said: dict[str, Any] = {"contacts": [ANN], "received_at": NOW} | fields
    event = optout_event(KEYRING, OptOut(**said), LISTS)
    assert (event.kind, event.body["channel"], event.body["scope"]) == (kind, channel, scope)


@pytest.mark.parametrize(
    ("contact", "scope", "code"),
    [
        ("gmail.com", None, "domain_too_wide"),
        ("@mail.gmail.com", None, "domain_too_wide"),
        ("ann@btinternet.com", "domain", "domain_too_wide"),
        ("co.uk", None, "domain_too_wide"),
        ("+44 20 7946 0123", "domain", "scope_without_domain"),
        ("ann@acme.example", "everybody", "word_unknown"),
        ("no contact at all", None, "contact_unreadable"),
    ],
)
def test_what_cannot_be_an_opt_out_is_refused(contact: str, scope: str | None, code: str) -> None:
    """A domain of many unrelated people is never opted out; the text itself is not repeated."""
    with pytest.raises(UsageError) as caught:
        optout(contact, scope=scope)
    assert caught.value.code == code
    assert contact not in str(caught.value)


def test_an_opt_out_needs_somebody() -> None:
    """An event about nobody would stop nobody."""
    with pytest.raises(UsageError) as caught:
        optout_event(KEYRING, OptOut(received_at=NOW), LISTS)
    assert caught.value.code == "contact_missing"


def test_permission_events_frame(ledger_place: str) -> None:
    """One row per event and token; a person known by id alone has a row with a null token."""
    ledger = new_ledger(ledger_place)
    by_id = optout_event(KEYRING, OptOut(received_at=NOW, person_id="p" + "a" * 26, method="reply"), LISTS)
    ledger.append([optout("Ann+x@acme.example", full_name="Ann Adler"), by_id, optout("bolt.example")])
    frame = ledger.permission_events()
    assert frame.schema == PERMISSION_EVENTS
    assert frame.select("seq", "scope", "exact").rows() == [
        (2, "person", frame.row(0, named=True)["exact"]),
        (2, "person", frame.row(1, named=True)["exact"]),
        (3, "person", None),
        (4, "domain", True),
    ]
    assert set(frame.filter(pl.col("seq") == 2).get_column("exact")) == {True, False}
    assert frame.filter(pl.col("seq") == 3).row(0, named=True)["person_id"] == "p" + "a" * 26


def test_consents_frame(ledger_place: str) -> None:
    """Consents are read by exact tokens alone, with a purpose in one spelling and evidence that names nobody."""
    ledger = new_ledger(ledger_place)
    ledger.append([consent_event(KEYRING, consent()), consent_event(KEYRING, consent(evidence="AB" * 32))])
    frame = ledger.consents()
    assert frame.schema == CONSENTS
    first, second = frame.to_dicts()
    assert first["token"] == ANN.tokens(KEYRING)[0].token
    assert (first["purpose"], first["method"], first["expires_on"]) == (
        "direct_marketing",
        "web_form",
        date(2028, 1, 1),
    )
    assert first["captured_at"] == NOW - timedelta(days=10)
    assert len(first["evidence"]) == 64
    assert second["evidence"] == "ab" * 32
    assert ledger.plain_text(2)["evidence"] == "form entry of Ann Adler"
    assert ledger.permission_events().height == 0


@pytest.mark.parametrize(
    ("said", "stops_until"),
    [
        ({"received_at": NOW - timedelta(days=4)}, NOW - timedelta(days=4)),
        ({"received_at": NOW - timedelta(days=4), "effective_at": NOW - timedelta(days=300)}, NOW - timedelta(days=4)),
        ({"received_at": NOW - timedelta(days=4), "effective_at": NOW + timedelta(days=3)}, NOW + timedelta(days=3)),
        ({"received_at": NOW, "undated": True, "effective_at": NOW - timedelta(days=300)}, NOW + timedelta(days=1)),
    ],
)
def test_a_consent_must_be_newer_than_the_word_itself(
    ledger_place: str, said: dict[str, Any], stops_until: datetime
) -> None:
    """Not only than the day from which it was to hold: the later of the two counts, undated the day of recording."""
    clock = Clock(NOW + timedelta(days=1))
    ledger = new_ledger(ledger_place, clock)
    ledger.append([optout_event(KEYRING, OptOut(contacts=[ANN], **said), LISTS)])
    assert ledger.permission_events().get_column("effective_at").unique().to_list() == [stops_until]


def test_a_doubt_names_people_and_stops_nobody_by_itself(ledger_place: str) -> None:
    """It stands among what permission is folded from, under every token of the contact, and in no list of opt-outs."""
    ledger = new_ledger(ledger_place)
    raised = Doubt(at=NOW, code="outcome_unknown", words="hung up", contacts=[ANN], line="1", source={"row": 3})
    again = Doubt(at=NOW + timedelta(days=1), code="outcome_unknown", words="hung up", contacts=[ANN], line="1")
    assert ledger.append([doubt_event(KEYRING, one) for one in (raised, again)]) == [2, 2]
    frame = ledger.permission_events()
    assert frame.select("kind", "channel", "scope").unique().rows() == [("doubt", "any", "person")]
    assert set(frame.get_column("token")) == {token.token for token in ANN.tokens(KEYRING)}
    assert ledger.optout_list().is_empty()
    assert ledger.plain_text(2) == {"contact": "ann@acme.example", "words": "hung up"}
    assert ledger.verify() == []


@pytest.mark.parametrize(("state", "scope"), [("ConsentWithdrawn", "person"), ("ConsentRefused", "address")])
def test_a_consent_no_longer_given_stops(ledger_place: str, state: str, scope: str) -> None:
    """A withdrawal stops the person on its channel, a refusal the address; both tokens of the address count."""
    ledger = new_ledger(ledger_place)
    ledger.append([consent_event(KEYRING, consent(state))])
    frame = ledger.permission_events()
    assert frame.select("kind", "channel", "scope").unique().rows() == [("optout", "email", scope)]
    assert frame.height == 2
    assert ledger.consents().get_column("state").to_list() == [state]


def test_notices_and_touches_frames(ledger_place: str) -> None:
    """Notices and touches come with the exact token of their contact, touches of a person alone without."""
    ledger = new_ledger(ledger_place)
    ledger.append([notice_event(KEYRING, Notice(contact=ANN, sent_at=NOW, text_version="v3"))])
    call = Touch(
        at=NOW, outcome="Call back", contacts=[DESK], rep="Rita", callback_on=date(2026, 10, 20), said="Monday"
    )
    ledger.append(touch_events(KEYRING, call, LISTS))
    ledger.append(touch_events(KEYRING, Touch(at=NOW, outcome="no-answer", person_id="p1", channel="phone"), LISTS))
    assert (ledger.notices().schema, ledger.touches().schema) == (NOTICES, TOUCHES)
    assert ledger.notices().select("seq", "text_version", "sent_at").rows() == [(2, "v3", NOW)]
    assert ledger.touches().drop("at", "recorded_at").rows() == [
        (3, DESK.tokens(KEYRING)[0].token, None, "phone", "call_back", "Rita", date(2026, 10, 20), True),
        (4, None, "p1", "phone", "no_answer", None, None, False),
    ]


@pytest.mark.parametrize(
    ("outcome", "kinds", "scope", "channel"),
    [
        ("asked_to_stop", ["touch", "optout"], "person", "any"),
        ("do not call", ["touch", "optout"], "person", "any"),
        ("complaint", ["touch", "complaint"], "person", "any"),
        ("bounced", ["touch", "bounce"], "address", "email"),
        ("deceased", ["touch", "optout"], "person", "any"),
        ("do not email", ["touch", "optout"], "person", "any"),
        ("Don\u2019t call!", ["touch", "optout"], "person", "any"),
        ("stop!", ["touch", "optout"], "person", "any"),
        ("asked to stop!", ["touch", "optout"], "person", "any"),
        ("objected", ["touch", "optout"], "person", "any"),
        ("complained", ["touch", "complaint"], "person", "any"),
        ("bounce", ["touch", "bounce"], "address", "email"),
        ("died", ["touch", "optout"], "person", "any"),
        ("nicht erreicht", ["touch"], None, None),
        ("not_interested", ["touch"], None, None),
        ("left_company", ["touch"], None, None),
    ],
)
def test_outcomes_that_stop(outcome: str, kinds: list[str], scope: str | None, channel: str | None) -> None:
    """An outcome that means stop is an opt-out, complaint or bounce as well, under the same contact point."""
    events = touch_events(KEYRING, Touch(at=NOW, outcome=outcome, contacts=[ANN], person_id="p1"), LISTS)
    assert [event.kind for event in events] == kinds
    if scope:
        assert (events[1].body["scope"], events[1].body["channel"]) == (scope, channel)
        assert [token.token for token in events[1].tokens] == [token.token for token in events[0].tokens]
        assert events[1].body["person_id"] == "p1"


def test_feeds_and_exports(ledger_place: str) -> None:
    """The last import of a feed is found; the same file counts once a day; every export is an event of its own."""
    clock = Clock()
    ledger = new_ledger(ledger_place, clock)
    assert ledger.last_feed_import("crm") is None
    first = feed_import_event("crm", "a" * 64, 10, 9, clock())
    ledger.append([first, first, feed_import_event("other", "b" * 64, 1, 1, clock())])
    again = feed_import_event("crm", "a" * 64, 10, 9, clock.forward(days=1))
    ledger.append([again])
    found = ledger.last_feed_import("crm")
    assert found is not None
    assert (found.seq, found.recorded_at, found.body["counted"]) == (4, clock.at, 9)
    made = Export(form="csv", lines=3, run_id="run-1", owner="Rita", person_ids=["p2", "p1", "p2"])
    ledger.append([export_event(made, NOW)] * 2)
    assert ledger.counts() == {"export": 2, "key": 1, "optout_file": 3}


def test_the_list_for_people_to_read(ledger_place: str) -> None:
    """`optout list` shows the plain text that is there, whole or for one contact, up to a cut."""
    ledger = new_ledger(ledger_place)
    ledger.append([optout("ann@acme.example", words="Stop it.", source={"feed": "crm"}), optout("bolt.example")])
    whole = ledger.optout_list()
    assert whole.select("seq", "contact", "contact_kind", "feed", "words").rows() == [
        (2, "ann@acme.example", "email", "crm", "Stop it."),
        (3, "bolt.example", "domain", None, None),
    ]
    token = optout("ann@acme.example").tokens[1].token
    assert ledger.optout_list([token]).get_column("seq").to_list() == [2]
    assert ledger.optout_list(["unknown"]).height == 0
    assert ledger.optout_list(cut=Cut(seq=2)).get_column("seq").to_list() == [2]
    assert ledger.token_kinds() == {"email", "email_equiv", "domain"}


def test_words_of_vocabularies() -> None:
    """A closed vocabulary names its words; an open one keeps what people typed out of bodies."""
    with pytest.raises(UsageError, match="outcome") as caught:
        checked("outcome", "hung up", {"a": "a", "b": "b", "c": "b"})
    assert caught.value.fix == "Write one of: a, b."
    assert listed("called by Ann", {"call": "phone"}) == "other"
    assert listed(" Call ", {"call": "phone"}) == "phone"
    assert listed(" ", {"call": "phone"}) is None


def test_an_address_nobody_can_read_is_kept_as_it_came() -> None:
    """Its token is that of the trimmed, lower-cased text."""
    contact = read_contact(" Ann@@Acme.example ", LISTS)
    assert (contact.kind, contact.value) == ("unreadable", "ann@@acme.example")
    assert len(contact.tokens(KEYRING)) == 1


def test_everybody_in_a_text_counts() -> None:
    """A text around contacts stops under its own token and under those of every contact in it."""
    contact = read_contact("ann@acme.example, +44 20 7946 0123 (mail)", LISTS)
    assert (contact.kind, contact.understood) == ("unreadable", 2)
    own = {token.token for token in contact.tokens(KEYRING)}
    assert {token.token for one in (ANN, DESK) for token in one.tokens(KEYRING)} < own
    event = optout_event(KEYRING, OptOut(contacts=[contact], received_at=NOW), LISTS)
    assert (event.body["contact_kind"], event.body["inside"]) == ("unreadable", 2)
    assert read_contact("ann%40acme.example", LISTS).understood == 1
    assert read_contact("ben@bolt.example <ann@acme.example>", LISTS).understood == 2


@pytest.mark.parametrize(
    ("state", "basis", "expected"),
    [
        ("ConsentGiven", None, {"event_type": "ExpressedConsent", "event_state": "ConsentGiven"}),
        ("RenewedConsentGiven", "consent", {"event_type": "ExpressedConsent", "event_state": "RenewedConsentGiven"}),
        ("ConsentGiven", "implied_consent", {"event_type": "ImpliedConsent", "event_state": "ConsentGiven"}),
        ("withdrawn", None, {"event_state": "ConsentWithdrawn"}),
    ],
)
def test_a_consent_reads_as_a_record_of_the_standard(state: str, basis: str | None, expected: dict[str, str]) -> None:
    """The body carries the names of ISO/IEC TS 27560 beside the ledger's own words, and the same key as before."""
    said = {"contact": read_contact("ann@acme.example", LISTS), "channel": "email", "purpose": "direct_marketing"}
    shown = {"method": "web_form", "statement_version": "v3", "expires_on": date(2027, 1, 31)}
    consent = Consent(**said, **shown, state=state, captured_at=NOW, lawful_basis=basis)  # type: ignore[arg-type] # fields that fit
    event = consent_event(KEYRING, consent)
    common = {"schema_version": "ISO-IEC-TS-27560:2023", "privacy_notice": "v3", "collection_method": "web_form"}
    names = ("event_type", "event_state", "schema_version", "privacy_notice", "collection_method", "validity_duration")
    found = {name: event.body[name] for name in names if name in event.body}
    assert found == {**common, **expected, "validity_duration": "2027-01-31"}
    assert event.body["state"] == expected["event_state"]
