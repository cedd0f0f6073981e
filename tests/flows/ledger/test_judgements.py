"""A human's word on who is the same person: kept for good, known by records and by keyed tokens, naming nobody."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.ledger import Cut, Key, Keyring, Ledger
from flows.ledger.contacts import Contact
from flows.ledger.erasure import Forgotten, erasure_event
from flows.ledger.judgements import Said, Side, judged_tokens, judged_values, judgement_event
from tests.flows.ledger.ledgers import KEYRING, NOW, Clock, new_ledger

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME, MAIL, PHONE = "Ada Okafor", "ada@acme.example", "+13125550101"
RECORDS = pl.DataFrame(
    {
        "record_id": ["r1", "r2", "r3", "r4"],
        "full_name": [NAME, "OKAFOR, Ada", None, "Bea Ruiz"],
        "email_equiv": [MAIL, None, MAIL, MAIL],
        "phone": [None, PHONE, None, None],
    },
    schema=dict.fromkeys(("record_id", "full_name", "email_equiv", "phone"), pl.String),
)


@pytest.fixture
def ledger(ledger_place: str) -> Ledger:
    """An empty ledger."""
    return new_ledger(ledger_place, Clock())


def _side(*records: str, names: Sequence[str] = (NAME,), emails: Sequence[str] = (MAIL,)) -> Side:
    return Side(frozenset(records), judged_values(names, emails, []))


ONE, OTHER = _side("r1"), _side("r9", names=("Bea Ruiz",), emails=("bea@bolt.example",))


def _said(word: str = "same", *, again: bool = False, after: int = 0, because: str | None = "Ada told us") -> Said:
    return Said(word=word, sides=(ONE, OTHER), by="Ines Holm", because=because, again=again, after=after)


def _say(ledger: Ledger, said: Said) -> int:
    (number,) = ledger.append([judgement_event(ledger.keyring, said, NOW)])
    return number


def test_a_word_is_read_back(ledger: Ledger) -> None:
    """With both sides, whoever was named first."""
    seq = _say(ledger, _said())
    (found,) = ledger.judgements()
    assert (found.seq, found.word, found.again) == (seq, "same", False)
    assert set(found.records) == {ONE.records, OTHER.records}
    assert [len(tokens) for tokens in found.tokens] == [1, 1]
    turned = Said(word="same", sides=(OTHER, ONE), by="Tom Ruiz")
    assert _say(ledger, turned) == seq


def test_the_same_word_after_another_is_a_new_one(ledger: Ledger) -> None:
    """A change of mind, and the change back, are three words."""
    first = _say(ledger, _said())
    second = _say(ledger, _said("different", after=first))
    third = _say(ledger, _said(after=second))
    assert [one.word for one in ledger.judgements()] == ["same", "different", "same"]
    assert first < second < third
    assert _say(ledger, _said(after=second)) == third


def test_a_cut_sees_what_was_said_by_then(ledger: Ledger) -> None:
    """What stands for all judgements changes with each."""
    assert ledger.last_judgement() is None
    first = _say(ledger, _said())
    before = ledger.last_judgement()
    _say(ledger, _said("different", after=first))
    assert ledger.last_judgement() != before
    assert ledger.last_judgement(Cut(seq=first)) == before
    assert len(ledger.judgements(Cut(seq=first))) == 1
    assert ledger.judgements(Cut(recorded_by=NOW - timedelta(days=1))) == []


def test_the_event_names_nobody(ledger: Ledger) -> None:
    """Neither its body nor its tokens hold anything that was typed."""
    event = judgement_event(ledger.keyring, _said(), NOW)
    text = json.dumps(event.body) + str(event.tokens)
    for word in ("ada", "okafor", "acme", "ines", "told"):
        assert word not in text.lower()
    assert {token.kind for token in event.tokens} == {"match_key"}
    assert ledger.plain_text(_say(ledger, _said())) == {"by": "Ines Holm", "because": "Ada told us"}


def test_rows_are_known_again_by_name_and_contact_point() -> None:
    """Under whatever order of words and case; a row of the same mailbox with another name is somebody else."""
    tokens = judged_tokens(KEYRING, RECORDS)
    by = {record: set(tokens.filter(record_id=record).get_column("token")) for record in ("r1", "r2", "r3", "r4")}
    (event,) = [judgement_event(KEYRING, _said(), NOW)]
    known = {token for side in event.body["sides"] for token in side["tokens"]}
    assert by["r1"] <= known
    assert all(known.isdisjoint(by[record]) for record in ("r2", "r3", "r4"))
    phone = judgement_event(KEYRING, Said(word="same", sides=(_with_phone(), OTHER), by="x"), NOW)
    assert by["r2"] <= {token for side in phone.body["sides"] for token in side["tokens"]}


def _with_phone() -> Side:
    return Side(frozenset({"r2"}), judged_values([NAME], [], [PHONE]))


def test_rows_are_known_under_every_key() -> None:
    """After a rotation the words said before it still hold."""
    ring = Keyring((*KEYRING, Key(b"n" * 32)))
    old = judgement_event(KEYRING, _said(), NOW).body["sides"]
    new = judgement_event(ring, _said(), NOW).body["sides"]
    tokens = set(judged_tokens(ring, RECORDS).filter(record_id="r1").get_column("token"))
    for sides in (old, new):
        assert any(tokens & set(side["tokens"]) for side in sides)
    assert old != new


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize(
    "who",
    [
        Forgotten(contacts=[Contact("email", "Ada@Acme.example")], names=[(NAME, "Acme Inc")]),
        Forgotten(contacts=[], record_ids=["r1"]),
    ],
)
def test_erasure_takes_the_words_and_leaves_the_judgement(ledger: Ledger, who: Forgotten, later: bool) -> None:  # noqa: FBT001 (a case)
    """Why goes, and what was said afterwards is not written down at all; who said it stays, and so does its effect."""
    erasure = erasure_event(ledger.keyring, who, "R-1", NOW)
    if later:
        ledger.append([erasure])
        seq = _say(ledger, _said())
    else:
        seq = _say(ledger, _said())
        ledger.append([erasure])
        assert ledger.forget_plain_text(ledger.erased()) == 1
    assert ledger.plain_text(seq) == {"by": "Ines Holm"}
    assert [one.seq for one in ledger.judgements()] == [seq]
    assert ledger.verify() == []


def test_erasing_others_leaves_the_words(ledger: Ledger) -> None:
    """Somebody of the same name under another address is somebody else."""
    seq = _say(ledger, _said())
    who = Forgotten(contacts=[Contact("email", "ada@home.example")], names=[(NAME, "Acme Inc")], record_ids=["r2"])
    ledger.append([erasure_event(ledger.keyring, who, "R-1", NOW)])
    assert ledger.forget_plain_text(ledger.erased()) == 0
    assert "because" in ledger.plain_text(seq)
