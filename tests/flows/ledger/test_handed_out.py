"""What left the house, what says stop, and which queues heeded it, as the ledger tells them on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flows.ledger import Cut
from flows.ledger.contacts import Contact
from flows.ledger.events import Consent, Doubt, consent_event, doubt_event
from flows.ledger.handed_out import QUEUE_REWRITE
from flows.ledger.touch_events import Export, Touch, export_event, touch_events
from flows.ledger.void import Void, void_event
from policies.permission import SPREAD
from tests.flows.ledger.ledgers import KEYRING, LISTS, NOW, Clock, new_ledger, optout

if TYPE_CHECKING:
    from flows.ledger import Ledger

ANN, BEA = Contact("email", "ann@acme.example"), Contact("phone", "+13125550101")


@pytest.fixture
def clock() -> Clock:
    """A clock to be moved."""
    return Clock()


@pytest.fixture
def ledger(ledger_place: str, clock: Clock) -> Ledger:
    """An empty ledger."""
    return new_ledger(ledger_place, clock)


def test_an_export_says_how_many_to_whom_and_up_to_where(ledger: Ledger) -> None:
    """A queue with its people and tokens, or opt-outs with what was carried; up to a cut."""
    tokens = [token for token in ANN.tokens(KEYRING) if token.exact]
    queue = Export(form="csv", lines=2, run_id="run-1", owner="Rita", person_ids=["p2", "p1"], tokens=tokens)
    carried = Export(form="hubspot", lines=9, recipient="portal", snapshot="a" * 64, as_of_seq=1)
    ledger.append([export_event(queue, NOW), export_event(carried, NOW)])
    first, second = ledger.exports().to_dicts()
    assert (first["run_id"], first["owner"], first["person_ids"], first["lines"]) == ("run-1", "Rita", ["p1", "p2"], 2)
    assert (first["recipient"], first["snapshot"], first["as_of_seq"]) == (None, None, None)
    assert (second["recipient"], second["snapshot"], second["as_of_seq"]) == ("portal", "a" * 64, 1)
    assert second["person_ids"] is None
    assert ledger.exports(Cut(seq=2)).height == 1
    assert [event.seq for event in ledger.contact_events([tokens[0].token])] == [2]
    assert ledger.relevant_head() == 0


def _consent(state: str, at: timedelta) -> Consent:
    return Consent(contact=ANN, channel="email", purpose="direct_marketing", state=state, captured_at=NOW + at)


def test_what_says_stop_is_told_once_and_nothing_else(ledger: Ledger) -> None:
    """Opt-outs, objections, complaints, consents withdrawn or refused; neither bounces, doubts nor what was spread."""
    said = [
        optout("ann@acme.example"),
        optout("bea@acme.example", kind="objection", channel="email"),
        optout("cal@acme.example", undated=True),
        optout("dee@acme.example", kind="bounce"),
        optout("eve@acme.example", method=SPREAD),
        doubt_event(KEYRING, Doubt(at=NOW, code="outcome_unknown", words="hm", contacts=[ANN])),
        consent_event(KEYRING, _consent("ConsentGiven", timedelta(0))),
        consent_event(KEYRING, _consent("ConsentWithdrawn", timedelta(hours=1))),
        *touch_events(KEYRING, Touch(at=NOW, outcome="complaint", contacts=[BEA]), LISTS),
    ]
    numbers = ledger.append(said)
    found = ledger.stops()
    assert found["seq"].to_list() == [numbers[0], numbers[1], numbers[2], numbers[7], numbers[9]]
    assert found["kind"].to_list() == ["optout", "objection", "optout", "consent", "complaint"]
    assert found["channel"].to_list() == ["any", "email", "any", "email", "any"]
    assert found["received_at"].to_list() == [NOW, NOW, None, NOW + timedelta(hours=1), NOW]


def test_what_was_void_is_told_no_more(ledger: Ledger) -> None:
    """From the void on; before it, it was told."""
    (number,) = ledger.append([optout("ann@acme.example")])
    declared = Void(event=number, by="Ines Holm", second="Tom Ruiz", reason="typed wrong", evidence="ticket 17")
    ledger.append([void_event(KEYRING, declared, ledger.kind_to_void(number), NOW)])
    assert ledger.stops().is_empty()
    assert ledger.stops(Cut(seq=number)).height == 1


def test_plain_text_is_told_by_statement(ledger: Ledger) -> None:
    """Of stops and of consents, and of nothing else."""
    ledger.append(
        [
            optout("ann@acme.example"),
            consent_event(KEYRING, _consent("ConsentGiven", timedelta(0))),
            doubt_event(KEYRING, Doubt(at=NOW, code="outcome_unknown", words="hm", contacts=[BEA])),
        ]
    )
    texts = ledger.stop_texts()
    assert texts.select("kind", "text").rows() == [("optout", ANN.value), ("consent", ANN.value)]
    assert texts["word"].is_sorted()


def test_rewrites_of_the_queue_stand_in_the_chain_of_runs(ledger: Ledger, clock: Clock) -> None:
    """Each says up to which event, whatever came while it was written."""
    assert ledger.last_heeded() == 0
    began = ledger.first_recorded_at()
    ledger.append([optout("ann@acme.example"), optout("bea@acme.example")])
    clock.forward(minutes=5)
    ledger.append_run(QUEUE_REWRITE, {"heeded_seq": 2})
    ledger.append_run("note", {"about": "something else"})
    assert ledger.heeded().rows() == [(2, clock())]
    assert ledger.last_heeded() == 2
    assert ledger.first_recorded_at() == began
    assert ledger.verify() == []
