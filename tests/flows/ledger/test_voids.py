"""A void takes back one statement and nothing else: from then on, for the files it came in, and with its spread."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from flows.ledger import Cut, NewEvent
from flows.ledger.contacts import Contact
from flows.ledger.events import Consent, Doubt, Notice, OptOut, consent_event, doubt_event, notice_event, optout_event
from flows.ledger.said_again import repeated_after
from flows.ledger.touch_events import Touch, touch_events
from flows.ledger.void import Void, void_event
from policies.errors import UsageError
from policies.permission import SPREAD
from tests.flows.ledger.ledgers import KEYRING, LISTS, NOW, Clock, new_ledger, optout

if TYPE_CHECKING:
    from flows.ledger import Ledger

ANN = Contact("email", "ann@acme.example")
A, B = "a" * 64, "b" * 64


@pytest.fixture
def ledger(ledger_place: str) -> Ledger:
    """An empty ledger whose clock goes on with every event."""
    clock = Clock()
    made = new_ledger(ledger_place, clock)
    made.append([optout("bea@bolt.example", source={"file_sha256": A})])
    clock.forward(minutes=1)
    return made


def declared(event: int, **changes: str) -> Void:
    """A void of an event by two people."""
    texts = {"by": "Ines Holm", "second": "Tom Ruiz", "reason": "typed wrong", "evidence": "ticket 17"} | changes
    return Void(event=event, by=texts["by"], second=texts["second"], reason=texts["reason"], evidence=texts["evidence"])


def void(ledger: Ledger, seq: int) -> int:
    """Void an event; the number of the void."""
    (number,) = ledger.append([void_event(KEYRING, declared(seq), ledger.kind_to_void(seq), NOW)])
    return number


def stops(ledger: Ledger, cut: Cut | None = None) -> set[int]:
    """The events that stop or hold somebody."""
    return set(ledger.permission_events(cut or Cut()).get_column("seq"))


def said(file: str | None = None, **fields: Any) -> NewEvent:  # noqa: ANN401 - fields of an opt-out
    """An opt-out of Ann, in a file."""
    return optout(ANN.value, source={} if file is None else {"file_sha256": file, "row": 1}, **fields)


def test_from_the_void_on_it_counts_no_longer(ledger: Ledger) -> None:
    """And as of before, it counts; nothing of it is gone, and the chain holds."""
    (seq,) = ledger.append([said(A)])
    number = void(ledger, seq)
    assert stops(ledger) == {2}
    assert stops(ledger, Cut(seq=number - 1)) == {2, seq}
    assert ledger.plain_text(seq)["contact"] == ANN.value
    listed = {row["seq"]: row["voided_by"] for row in ledger.optout_list().iter_rows(named=True)}
    assert listed == {2: None, seq: number}
    assert ledger.verify() == []
    assert ledger.relevant_head() == number


def test_a_void_says_who_and_why_apart_from_its_body(ledger: Ledger) -> None:
    """Names and reason can be erased; the evidence stands as a digest."""
    (seq,) = ledger.append([said(A)])
    number = void(ledger, seq)
    (row,) = ledger.voids().to_dicts()
    assert (row["seq"], row["event"], row["entry"], row["kind"]) == (number, seq, None, "optout")
    assert (row["by"], row["second"], row["reason"]) == ("Ines Holm", "Tom Ruiz", "typed wrong")
    assert len(row["evidence"]) == 64
    assert ledger.plain_text(number)["evidence"] == "ticket 17"
    proof = replace(declared(seq), evidence="F" * 64)
    event = void_event(KEYRING, proof, "optout", NOW)
    assert event.body["evidence"] == "f" * 64
    assert "evidence" not in event.erasable


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"by": " "}, "void_incomplete"),
        ({"second": ""}, "void_incomplete"),
        ({"reason": "  "}, "void_incomplete"),
        ({"evidence": ""}, "void_incomplete"),
        ({"second": "ines holm"}, "one_person"),
        ({"second": "  INES   HOLM "}, "one_person"),
        ({"second": "Holm, Ines"}, "one_person"),
        ({"second": "Inés Holm"}, "one_person"),
        ({"second": "Ines-Holm"}, "one_person"),
        ({"second": "InesHolm"}, "one_person"),
    ],
)
def test_it_takes_two_people_a_reason_and_evidence(changes: dict[str, str], code: str) -> None:
    """Whatever way a name is spelled."""
    with pytest.raises(UsageError) as caught:
        void_event(KEYRING, declared(2, **changes), "optout", NOW)
    assert caught.value.code == code


def _consent(state: str) -> NewEvent:
    made = Consent(contact=ANN, channel="email", purpose="direct_marketing", state=state, captured_at=NOW)
    return consent_event(KEYRING, made)


_STOPS = {
    "optout": said(),
    "objection": said(kind="objection"),
    "complaint": said(kind="complaint"),
    "bounce": said(kind="bounce"),
    "withdrawal": _consent("ConsentWithdrawn"),
    "refusal": _consent("ConsentRefused"),
    "doubt": doubt_event(KEYRING, Doubt(at=NOW, code="flag_unknown", words="hm", contacts=[ANN])),
}


@pytest.mark.parametrize("name", _STOPS)
def test_whatever_stops_or_holds_can_be_voided(ledger: Ledger, name: str) -> None:
    """Opt-outs and their like, a word nobody understood, and a consent withdrawn or refused."""
    (seq,) = ledger.append([_STOPS[name]])
    assert seq in stops(ledger)
    void(ledger, seq)
    assert seq not in stops(ledger)


@pytest.mark.parametrize(
    "event",
    [
        _consent("ConsentGiven"),
        notice_event(KEYRING, Notice(contact=ANN, sent_at=NOW, text_version="v1")),
        NewEvent(kind="erasure", effective_at=NOW, body={"scope": "person", "channel": "any"}),
        NewEvent(kind="undo", effective_at=NOW, body={"file_sha256": A}),
    ],
    ids=lambda event: event.kind,
)
def test_nothing_else_can_be_voided(ledger: Ledger, event: NewEvent) -> None:
    """An erasure least of all."""
    (seq,) = ledger.append([event])
    with pytest.raises(UsageError, match="nothing to void") as caught:
        ledger.kind_to_void(seq)
    assert caught.value.code == "not_voidable"


def test_a_void_itself_an_unknown_event_and_an_entry_of_none_are_refused(ledger: Ledger) -> None:
    """Each in its own words."""
    number = void(ledger, 2)
    for seq, entry, code in ((number, 0, "not_voidable"), (99, 0, "unknown_event"), (2, 3, "unknown_event")):
        with pytest.raises(UsageError) as caught:
            ledger.kind_to_void(seq, entry)
        assert caught.value.code == code


def test_a_withdrawal_that_is_voided_gives_the_consent_back(ledger: Ledger) -> None:
    """It stands in no frame any more."""
    _, gone = ledger.append([_consent("ConsentGiven"), _consent("ConsentWithdrawn")])
    void(ledger, gone)
    assert ledger.consents().get_column("state").to_list() == ["ConsentGiven"]


def _spread(of: int, contact: str, at_event: NewEvent) -> NewEvent:
    made = OptOut(
        contacts=[Contact("email", contact)],
        received_at=at_event.effective_at,
        effective_at=at_event.effective_at,
        method=SPREAD,
        source={"undo": B, "of": of},
    )
    return optout_event(KEYRING, made, LISTS)


def test_what_it_was_spread_to_goes_with_it(ledger: Ledger) -> None:
    """Over several writings down, and of this statement alone; they cannot be voided by themselves."""
    word = said(A)
    (seq,) = ledger.append([word])
    (first,) = ledger.append([_spread(seq, "ann@home.example", word)])
    (second,) = ledger.append([_spread(first, "ann@club.example", word)])
    (other,) = ledger.append([_spread(2, "bea@home.example", word)])
    with pytest.raises(UsageError, match=f"event {seq} reached") as caught:
        ledger.kind_to_void(first)
    assert caught.value.code == "spread_event"
    number = void(ledger, seq)
    assert stops(ledger) == {2, other}
    assert set(ledger.voided().values()) == {number}
    assert second not in stops(ledger)


def test_the_same_statement_in_the_same_file_stays_voided(ledger: Ledger) -> None:
    """Read again it changes nothing, dated or not."""
    for event in (said(A), said(B, undated=True)):
        (seq,) = ledger.append([event])
        void(ledger, seq)
        assert ledger.append([event]) == [seq]
    assert stops(ledger) == {2}


@pytest.mark.parametrize("undated", [False, True])
def test_said_anywhere_else_it_counts_anew(ledger: Ledger, undated: bool) -> None:  # noqa: FBT001 - a case
    """In another file, and by command; each of these can be voided and stays voided in its turn."""
    (seq,) = ledger.append([said(A, undated=undated)])
    void(ledger, seq)
    (again,) = ledger.append([said(B, undated=undated)])
    assert stops(ledger) == {2, again}
    void(ledger, again)
    assert ledger.append([said(B, undated=undated)]) == [again]
    (typed,) = ledger.append([said(undated=undated)])
    assert stops(ledger) == {2, typed}
    assert ledger.append([said(undated=undated)]) == [typed]
    void(ledger, typed)
    (once_more,) = ledger.append([said(undated=undated)])
    assert stops(ledger) == {2, once_more}
    later = said(A, undated=undated, at=NOW + timedelta(days=1))
    assert undated == (ledger.append([later]) == [seq])


def test_the_touch_behind_a_voided_stop_remains(ledger: Ledger) -> None:
    """What was done was done; only the stop it made is taken back."""
    made = Touch(contacts=[ANN], at=NOW, outcome="asked_to_stop")
    touch, stop = ledger.append(touch_events(KEYRING, made, LISTS))
    with pytest.raises(UsageError):
        ledger.kind_to_void(touch)
    void(ledger, stop)
    assert stops(ledger) == {2}
    assert ledger.touches().get_column("outcome").to_list() == ["asked_to_stop"]


def test_voiding_twice_is_one_void(ledger: Ledger) -> None:
    """Whoever comes second learns of the first."""
    assert void(ledger, 2) == void(ledger, 2)
    assert ledger.voids().height == 1


def _notes(ledger: Ledger) -> int:
    return ledger.counts().get("said_again", 0)


def test_what_other_files_repeat_survives_a_void(ledger: Ledger) -> None:
    """Each of them once, with its words; what they say can be voided file by file."""
    (seq,) = ledger.append([said(A, words="stop")])
    assert ledger.append([said(B, words="stop"), said("c" * 64, words="stop")]) == [seq, seq]
    number = void(ledger, seq)
    assert stops(ledger) == {2, number + 1, number + 2}
    assert stops(ledger, Cut(seq=seq)) == {2, seq}
    assert [ledger.plain_text(event)["words"] for event in (number + 1, number + 2)] == ["stop", "stop"]
    void(ledger, number + 1)
    assert stops(ledger) == {2, number + 2}
    assert ledger.append([said(B, words="stop")]) == [number + 1]
    assert void(ledger, seq) == number
    assert stops(ledger) == {2, number + 2}
    assert ledger.verify() == []


def test_a_stop_typed_first_and_said_by_a_file_too(ledger: Ledger) -> None:
    """The one typed wrong is voided, the file's word counts."""
    (seq,) = ledger.append([said()])
    ledger.append([said(A)])
    number = void(ledger, seq)
    assert stops(ledger) == {2, number + 1}


def test_what_is_repeated_is_noted_once(ledger: Ledger) -> None:
    """The same file again is nothing, a feed is noted with its first file, and what it said first is its own."""
    ledger.append([said(A)])
    for _ in range(2):
        ledger.append([said(B)])
    assert _notes(ledger) == 1
    head = ledger.head()
    for file in "cde":
        ledger.append([optout(ANN.value, source={"file_sha256": file * 64, "feed": "mailer"})])
    assert (_notes(ledger), ledger.head()) == (2, head + 1)
    own = [optout("cem@corax.example", source={"file_sha256": file * 64, "feed": "mailer"}) for file in "cd"]
    for event in own:
        ledger.append([event])
    assert _notes(ledger) == 2
    assert ledger.relevant_head() == ledger.head()


def test_two_files_of_one_append_are_told_apart(ledger: Ledger) -> None:
    """What is said twice in one batch is noted as well."""
    first, second = ledger.append([said(A), said(B)])
    assert first == second
    number = void(ledger, first)
    assert stops(ledger) == {2, number + 1}


def test_what_it_was_spread_to_stays_with_what_other_files_said(ledger: Ledger) -> None:
    """Whoever was reached by their word as well is stopped on, until that is voided too."""
    word = said(A)
    (seq,) = ledger.append([word])
    ledger.append([said(B)])
    (first,) = ledger.append([_spread(seq, "ann@home.example", word)])
    ledger.append([_spread(first, "ann@club.example", word)])
    number = void(ledger, seq)
    assert stops(ledger) == {2, number + 1, number + 2, number + 3}
    assert repeated_after_void(ledger, number) == [number + 1]
    void(ledger, number + 1)
    assert stops(ledger) == {2}


def repeated_after_void(ledger: Ledger, number: int) -> list[int]:
    """What other files still say, as the answer to a void names it."""
    return ledger.ask(lambda connection: repeated_after(connection, number))
