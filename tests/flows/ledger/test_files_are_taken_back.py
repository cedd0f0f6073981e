"""A file taken back: what it gave goes, what it stopped stays, and what is said again counts anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flows.ledger import Cut, NewEvent
from flows.ledger.contacts import Contact
from flows.ledger.events import Consent, Doubt, Notice, consent_event, doubt_event, notice_event
from flows.ledger.taken_back import (
    CONFIRMATION,
    UNDO,
    WAITING_CODE,
    confirmation_event,
    undo_event,
)
from tests.flows.ledger.ledgers import KEYRING, NOW, Clock, new_ledger, optout

if TYPE_CHECKING:
    from flows.ledger import Ledger

A, B = "a" * 64, "b" * 64
ANN = Contact("email", "ann@acme.example")
DAY = datetime(2026, 10, 1, tzinfo=UTC)


def given(file: str, state: str = "ConsentGiven", at: datetime = DAY) -> NewEvent:
    """A consent of Ann in a file."""
    said = Consent(
        contact=ANN,
        channel="email",
        purpose="direct_marketing",
        state=state,
        captured_at=at,
        method="web_form",
        source={"file_sha256": file, "row": 1},
    )
    return consent_event(KEYRING, said)


def sent(file: str) -> NewEvent:
    """A notice to Ann in a file."""
    return notice_event(KEYRING, Notice(contact=ANN, sent_at=DAY, text_version="v1", source={"file_sha256": file}))


def doubted(file: str, code: str = "flag_unknown", row: int = 1) -> NewEvent:
    """A word about Ann that nobody understands, in a file."""
    source = {"file_sha256": file, "row": row}
    return doubt_event(KEYRING, Doubt(at=NOW, code=code, words="", contacts=[ANN], line=f"{file}:{row}", source=source))


def undone(ledger: Ledger, file: str) -> None:
    """Take a file back."""
    ledger.append([undo_event(KEYRING, file, "lists", ledger.head(), NOW)])


def counts(ledger: Ledger, cut: Cut | None = None) -> tuple[int, int, int, int]:
    """Consents given, refusals, notices and doubts that count."""
    cut = cut or Cut()
    states = ledger.consents(cut).get_column("state").to_list()
    kinds = ledger.permission_events(cut).unique("seq").get_column("kind").to_list()
    no = len(states) - states.count("ConsentGiven")
    return states.count("ConsentGiven"), no, ledger.notices(cut).height, kinds.count("doubt")


@pytest.fixture
def ledger(ledger_place: str) -> Ledger:
    """A ledger with a file of everything."""
    made = new_ledger(ledger_place)
    made.append([given(A), given(A, "ConsentRefused", DAY - timedelta(days=1)), sent(A), doubted(A)])
    made.append([optout("bea@bolt.example", source={"file_sha256": A})])
    return made


def test_what_gives_goes_and_what_stops_stays(ledger: Ledger) -> None:
    """A refusal of consent is a stop like an opt-out; another file's words are not touched."""
    ledger.append([given(B, at=NOW), doubted(B)])
    assert counts(ledger) == (2, 1, 1, 2)
    undone(ledger, A)
    assert counts(ledger) == (1, 1, 0, 1)
    kinds = ledger.permission_events().unique("seq").get_column("kind").to_list()
    assert sorted(kinds) == ["doubt", "optout", "optout"]
    assert ledger.verify() == []


def test_what_was_taken_back_counts_anew_when_it_is_said_again(ledger: Ledger) -> None:
    """In the same file or in another, as often as it is taken back; said twice in between it counts once."""
    for again in (A, B, B, A):
        for file in (A, B):
            undone(ledger, file)
        assert counts(ledger) == (0, 1, 0, 0)
        events = [given(again), given(again, "ConsentRefused", DAY - timedelta(days=1)), sent(again), doubted(again)]
        first = ledger.append(events)
        assert counts(ledger) == (1, 1, 1, 1)
        assert ledger.append(events) == first
        assert counts(ledger) == (1, 1, 1, 1)
    assert ledger.counts()["consent"] == 1 + 1 + 4
    assert ledger.verify() == []


def test_the_past_is_as_it_was(ledger_place: str) -> None:
    """Whoever asks what was known before it was taken back hears it."""
    clock = Clock()
    ledger = new_ledger(ledger_place, clock)
    ledger.append([given(A), sent(A), doubted(A)])
    before = clock.at
    clock.forward(hours=1)
    undone(ledger, A)
    assert counts(ledger, Cut(recorded_by=before)) == (1, 0, 1, 1)
    assert counts(ledger) == (0, 0, 0, 0)


def test_taking_back_is_one_event_however_often_it_is_completed(ledger: Ledger) -> None:
    """And moves the head that decisions rest on."""
    head = ledger.head()
    event = undo_event(KEYRING, A, "lists", head, NOW, "wrong file")
    assert ledger.append([event]) == ledger.append([event]) == [head + 1]
    assert ledger.relevant_head() == head + 1
    assert ledger.files_marked(UNDO) == {A: head + 1}
    assert ledger.plain_text(head + 1) == {"words": "wrong file"}


def test_a_confirmation_settles_the_doubts_of_waiting_alone(ledger: Ledger) -> None:
    """Unclear words of the list go on holding whom they are about; other lists wait on."""
    ledger.append([doubted(A, WAITING_CODE), doubted(B, WAITING_CODE)])
    assert counts(ledger)[3] == 3
    ledger.append([doubted(A, row=2), confirmation_event(KEYRING, A, ledger.head(), NOW)])
    assert counts(ledger)[3] == 3
    assert set(ledger.files_marked(CONFIRMATION)) == {A}
    undone(ledger, A)
    assert counts(ledger)[3] == 1


def test_what_an_append_would_write_can_be_asked(ledger: Ledger) -> None:
    """What is known already is not counted, nor is a statement made twice."""
    events = [given(A), given(B, at=NOW), given(A, at=NOW), optout("cy@dyn.example"), optout("cy@dyn.example")]
    head = ledger.head()
    assert ledger.not_yet_recorded(events) == {"consent": 1, "optout": 1}
    assert ledger.head() == head


def test_files_are_listed_with_what_would_go(ledger: Ledger) -> None:
    """By the time they came; a file of which nothing counts any more is told apart."""
    kinds = ("consent", "notice", "optout")
    found = ledger.event_files(kinds).select("file_sha256", "kind", "events", "in_force").rows()
    assert found == [(A, "consent", 2, 1), (A, "notice", 1, 1), (A, "optout", 1, 0)]
    undone(ledger, A)
    found = ledger.event_files(("consent", "notice")).select("kind", "in_force").rows()
    assert found == [("consent", 0), ("notice", 0)]
