"""An erasure adds to what stops people and takes the plain text away, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.ledger import Cut, Key, Keyring, NewEvent
from flows.ledger.contacts import Contact
from flows.ledger.erasure import Erased, Forgotten, erasure_event, namesakes, redaction_event
from flows.ledger.events import Consent, Doubt, Notice, consent_event, doubt_event, notice_event
from flows.ledger.screening import contact_tokens, lookup_tokens
from flows.ledger.touch_events import Touch, touch_events
from flows.ledger.void import Void, void_event
from policies.schema import RECORDS, conform
from tests.flows.ledger.ledgers import KEY, KEYRING, LISTS, NOW, new_ledger, optout

if TYPE_CHECKING:
    from flows.ledger import Ledger

ADA, PHONE = Contact("email", "ada@acme.example"), Contact("phone", "+13125550101")
PERSON = "p" + "a" * 26
NEWER = Keyring((KEY, Key(b"j" * 32)))


@pytest.fixture
def ledger(ledger_place: str) -> Ledger:
    """A ledger in which Ada and Bea said something."""
    made = new_ledger(ledger_place)
    touch = Touch(contacts=[ADA], at=NOW, outcome="replied", said="call my cousin", next_step="wait")
    by_id = Touch(person_id=PERSON, at=NOW, outcome="voicemail", said="met her once", channel="phone")
    made.append([optout("Ada+News@acme.example", words="never"), optout("bea@bolt.example", words="no")])
    made.append([*touch_events(KEYRING, touch, LISTS), *touch_events(KEYRING, by_id, LISTS)])
    return made


def erased(keyring: Keyring = KEYRING, request: str = "DSR-1") -> NewEvent:
    """The erasure of Ada."""
    who = Forgotten(
        contacts=[ADA, PHONE], names=[("Ada Okafor", "Acme Inc")], person_ids=[PERSON], record_ids=["r2", "r1"]
    )
    return erasure_event(keyring, who, request, NOW)


def test_it_stops_under_every_contact_point_and_only_adds(ledger: Ledger) -> None:
    """Whatever stopped before stops after it; before the cut there is no erasure."""
    before = set(ledger.permission_events().get_column("word"))
    (number,) = ledger.append([erased()])
    events = ledger.permission_events()
    assert before < set(events.get_column("word"))
    own = events.filter(pl.col("kind") == "erasure")
    assert own.select("channel", "scope").unique().rows() == [("any", "person")]
    for kind, value in (("email", "ada@acme.example"), ("email", "a.d.a+x@acme.example"), ("phone", "+13125550101")):
        hit = lookup_tokens(KEYRING, kind, value) & set(own.get_column("token"))
        assert bool(hit) == (value != "a.d.a+x@acme.example"), value
    assert ledger.erased(Cut(seq=number - 1)) == Erased()
    assert ledger.erased().record_ids == {"r1", "r2"}
    assert ledger.erased().person_ids == {PERSON}
    assert ledger.erased().last == number


def test_its_body_holds_keyed_ids_alone(ledger: Ledger) -> None:
    """The request is kept in plain text; the same request is the same event, another one another."""
    event = erased()
    assert ledger.append([event, erased(), erased(request="DSR-2")])[0] == ledger.append([event])[0]
    assert ledger.counts()["erasure"] == 2
    assert not any(word in f"{event.body}".lower() for word in ("ada", "acme", "okafor", "312"))
    assert event.erasable == {"request": "DSR-1"}


def test_their_words_go_and_nobody_elses(ledger: Ledger) -> None:
    """Under an equivalent address, by person id, and in a void of what they said; the chain holds."""
    declared = Void(event=2, by="Ines Holm", second="Tom Ruiz", reason="her sister typed it", evidence="call 7")
    (void,) = ledger.append([void_event(KEYRING, declared, "optout", NOW)])
    (number,) = ledger.append([erased()])
    assert ledger.forget_plain_text(ledger.erased()) == 8
    assert [ledger.plain_text(seq) for seq in (2, 4, 5)] == [{}, {}, {}]
    assert ledger.plain_text(3) == {"contact": "bea@bolt.example", "words": "no"}
    assert ledger.plain_text(void) == {"by": "Ines Holm", "second": "Tom Ruiz"}
    assert ledger.plain_text(number) == {"request": "DSR-1"}
    assert ledger.forget_plain_text(ledger.erased()) == 0
    assert ledger.verify() == []


def test_a_namesake_is_told_by_name_and_organisation(ledger: Ledger) -> None:
    """In whatever order and spelling, under every key; neither alone is enough."""
    ledger.append([erased()])
    names = [
        *(("Ada Okafor", "Acme Inc"), ("OKAFOR, Ada", "ACME inc."), ("Áda Okafor", "Acme Inc")),
        *(("Ada Okafor", "Bolt Inc"), ("Bea Okafor", "Acme Inc"), ("Ada Okafor", None), (None, "Acme Inc")),
    ]
    rows = [{"record_id": f"r{i}", "full_name": name, "company": company} for i, (name, company) in enumerate(names)]
    records = conform(pl.DataFrame(rows, infer_schema_length=None), RECORDS)
    assert namesakes(NEWER, records, ledger.erased()) == {"r0", "r1", "r2"}
    assert namesakes(NEWER, records, Erased()) == frozenset()


def test_an_erasure_under_an_old_key_is_known_under_the_new(ledger: Ledger) -> None:
    """Screening asks under every key."""
    ledger.append([erased()])
    row = {"record_id": "r", "email_received": "ADA@acme.example", "email": "ada@acme.example"}
    records = conform(pl.DataFrame([{**row, "email_equiv": "ada@acme.example"}]), RECORDS)
    made = set(contact_tokens(NEWER, records, ("email",)).get_column("token"))
    assert made & ledger.erased().tokens


def test_what_became_of_a_file_is_told_by_its_content(ledger: Ledger) -> None:
    """Rewritten twice, then removed; said twice it is one event, and no decision rests on it."""
    head = ledger.relevant_head()
    steps = [("a" * 64, "b" * 64), ("b" * 64, "c" * 64), ("c" * 64, None)]
    made = [redaction_event("store/x", old, new, 7, NOW) for old, new in steps]
    assert ledger.append(made) == ledger.append(made)
    assert ledger.redactions() == {"store/x": dict(steps)}
    assert ledger.relevant_head() == head


def _rotated(ledger: Ledger) -> Keyring:
    ledger.rotate(NEWER.current)
    return ledger.keyring


def test_words_from_before_a_rotation_go_as_well(ledger: Ledger) -> None:
    """An erasure names the person under every key of the ring."""
    keyring = _rotated(ledger)
    ledger.append([optout("ada@acme.example", keyring, words="I said never", channel="email")])
    ledger.append([erased(keyring)])
    ledger.forget_plain_text(ledger.erased())
    left = [text for seq in range(1, ledger.head() + 1) for text in ledger.plain_text(seq).values()]
    assert sorted(left) == ["DSR-1", "bea@bolt.example", "no"]
    assert max(len(event.matched) for event in ledger.contact_events(ledger.erased().tokens)) == 6
    assert ledger.verify() == []


@pytest.mark.parametrize("rotated", [False, True])
def test_nothing_in_plain_is_stored_of_them_afterwards(ledger: Ledger, *, rotated: bool) -> None:
    """Whatever an event says of them, under whatever key; it counts all the same."""
    ledger.append([erased()])
    ledger.forget_plain_text(ledger.erased())
    keyring = _rotated(ledger) if rotated else KEYRING
    head = ledger.head()
    consent = Consent(contact=ADA, channel="email", purpose="x", state="ConsentGiven", captured_at=NOW, statement="yes")
    called = Touch(person_id=PERSON, at=NOW, outcome="replied", said="my cousin", channel="phone")
    declared = Void(event=2, by="Ines Holm", second="Tom Ruiz", reason="her sister typed it", evidence="call 7")
    new = [
        optout("Ada+x@acme.example", keyring, words="never", full_name="Ada Okafor"),
        consent_event(keyring, consent),
        doubt_event(keyring, Doubt(at=NOW, code="outcome_unknown", words="hm", contacts=[PHONE])),
        notice_event(keyring, Notice(contact=ADA, sent_at=NOW, text_version="1", method="pigeon")),
        *touch_events(keyring, called, LISTS),
        void_event(keyring, declared, "optout", NOW),
        erased(keyring, request="DSR-2"),
        optout("fay@fern.example", keyring, words="no"),
    ]
    assert ledger.append(new) == list(range(head + 1, head + 9))
    kept = [ledger.plain_text(seq) for seq in range(head + 1, head + 9)]
    assert kept[:5] == [{}] * 5
    assert kept[5:] == [
        {"by": "Ines Holm", "second": "Tom Ruiz"},
        {"request": "DSR-2"},
        {"contact": "fay@fern.example", "words": "no"},
    ]
    assert ledger.forget_plain_text(ledger.erased()) == 0
    assert ledger.verify() == []


def test_an_opt_out_on_its_way_meanwhile_leaves_no_words(ledger: Ledger) -> None:
    """It was made before the erasure, and is recorded after its texts were taken away."""
    on_its_way = optout("ada@acme.example", words="a moment ago")
    ledger.append([erased()])
    ledger.forget_plain_text(ledger.erased())
    (number,) = ledger.append([on_its_way])
    assert ledger.plain_text(number) == {}
    assert ledger.verify() == []
