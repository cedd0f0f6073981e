"""One day's revision is published once, by a run that decided on the present state and not in the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from flows.ledger import AsOfPassed, ClaimTaken, Ledger, NewEvent
from flows.ledger.contacts import Contact
from flows.ledger.touch_events import Commitment, Touch, commitment_event, release_event, touch_events
from policies.schema import COMMITMENTS
from tests.flows.ledger.ledgers import KEYRING, LISTS, NOW, new_ledger, optout
from tests.flows.ledger.publications import claim

HASHES = {"manifest_sha256": "m" * 64, "quality_sha256": "q" * 64, "inputs_sha256": "i" * 64}
BODY = {**HASHES, "identity_generation": "g1"}
ANN = Contact("email", "ann@acme.example")


@pytest.fixture
def ledger(ledger_place: str) -> Ledger:
    """A ledger with one opt-out."""
    made = new_ledger(ledger_place)
    made.append([optout("zoe@acme.example")])
    return made


def _commitment(run_id: str = "run-1", person_id: str = "p-ann", contact: Contact = ANN) -> NewEvent:
    line = Commitment(
        person_id=person_id,
        contact=contact,
        company_key="acme",
        channel="email",
        owner="Rita",
        queue_date=date(2026, 10, 14),
        revision=1,
        run_id=run_id,
        run_as_of=NOW,
    )
    return commitment_event(KEYRING, line)


def test_a_publication_is_claim_commitments_and_record(ledger: Ledger) -> None:
    """What a run publishes stands in the ledger whole."""
    assert ledger.publish_claim(claim(ledger), [_commitment()], BODY) is True
    found = ledger.publications().to_dicts()
    assert found == [
        {
            **BODY,
            "run_id": "run-1",
            "as_of": NOW,
            "workspace_id": "ws",
            "queue_date": date(2026, 10, 14),
            "revision": 1,
            "events_seq": 3,
            "recorded_at": NOW,
            "ledger_seq": 1,
        }
    ]
    [line] = ledger.commitments().to_dicts()
    assert (line["person_id"], line["owner"], line["run_as_of"], line["released"]) == ("p-ann", "Rita", NOW, False)
    assert line["token"] == ANN.tokens(KEYRING)[0].token
    assert ledger.verify() == []


def test_nothing_is_published_when_the_world_moved_on(ledger: Ledger) -> None:
    """An opt-out after the decision makes the run decide again; a new commitment of another run does not."""
    decided = claim(ledger)
    ledger.append([_commitment("run-0", "p-ben")])
    late = optout("ann@acme.example")
    ledger.append([late])
    assert ledger.publish_claim(decided, [_commitment()], BODY) is False
    assert ledger.publications().height == 0
    assert ledger.commitments().height == 1
    assert ledger.publish_claim(claim(ledger), [], BODY) is True


def test_a_revision_is_claimed_once(ledger: Ledger) -> None:
    """Two runs at once publish one; the other learns which run it was, and leaves nothing behind."""
    first = claim(ledger)
    assert ledger.publish_claim(first, [], BODY) is True
    for second, holder in (
        (first, "run-1"),
        (replace(first, run_id="run-x"), "run-1"),
        (replace(first, revision=2), "run-1"),
    ):
        with pytest.raises(ClaimTaken) as caught:
            ledger.publish_claim(second, [_commitment()], BODY)
        assert (caught.value.code, caught.value.details["run_id"]) == ("already_published", holder)
    assert ledger.publications().height == 1
    assert ledger.commitments().height == 0


def test_a_run_in_the_past_never_publishes(ledger: Ledger) -> None:
    """An as_of before the last publication's is refused; the same instant is not."""
    assert ledger.publish_claim(claim(ledger), [], BODY) is True
    with pytest.raises(AsOfPassed) as caught:
        ledger.publish_claim(claim(ledger, 2, as_of=NOW - timedelta(seconds=1)), [], BODY)
    assert caught.value.code == "as_of_passed"
    assert ledger.publish_claim(claim(ledger, 2), [], BODY) is True


def test_a_released_commitment_is_marked(ledger: Ledger) -> None:
    """A later revision takes a line back in the same transaction in which it commits to others."""
    ledger.publish_claim(claim(ledger), [_commitment(), _commitment(person_id="p-ben")], BODY)
    seq = ledger.commitments().filter(pl.col("person_id") == "p-ben").get_column("seq")[0]
    new = [release_event(seq, "run-2", "core.opted_out", NOW), _commitment("run-2", "p-cem")]
    assert ledger.publish_claim(claim(ledger, 2), new, BODY) is True
    lines = ledger.commitments()
    assert dict(lines.select("person_id", "released").iter_rows()) == {"p-ann": False, "p-ben": True, "p-cem": False}
    assert lines.schema == COMMITMENTS
    assert set(ledger.open_commitments().get_column("person_id")) == {"p-ann", "p-cem"}


def test_an_outcome_closes_a_commitment(ledger: Ledger) -> None:
    """A touch of the person, or of the contact point, answers what was handed out before it and nothing after it."""
    ben = Contact("email", "ben@acme.example")
    ledger.append([_commitment(), _commitment(person_id="p-ben", contact=ben)])
    ledger.append(touch_events(KEYRING, Touch(at=NOW, outcome="voicemail", person_id="p-ann"), LISTS))
    ledger.append(touch_events(KEYRING, Touch(at=NOW, outcome="replied", contacts=[ben]), LISTS))
    assert ledger.open_commitments().height == 0
    ledger.append([_commitment("run-2")])
    assert ledger.open_commitments().get_column("run_id").to_list() == ["run-2"]
