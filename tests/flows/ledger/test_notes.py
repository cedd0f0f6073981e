"""The note of the last conversation is the newest one, of the right person, and gone with an erasure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.ledger.contacts import Contact
from flows.ledger.erasure import Erased
from flows.ledger.notes import NOTES, last_notes
from flows.ledger.said_again import as_recorded
from flows.ledger.screening import contact_tokens
from flows.ledger.touch_events import Touch, noted_touch, touch_events
from policies.identity import Generation
from policies.schema import ALIASES, ASSIGNMENTS, RECORDS, SPLITS, conform
from policies.subjects import known_by
from tests.flows.ledger.ledgers import KEYRING, LISTS, NOW, new_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from flows.ledger import Ledger

ADA, BEN, OLD = ("p" + letter * 26 for letter in "abc")
RECORD_OF = {"r1": (ADA, "ada@acme.example"), "r2": (BEN, "ben@acme.example")}
SHARED = {"r1": (ADA, "team@acme.example"), "r2": (BEN, "team@acme.example")}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger in which nobody said anything yet."""
    return new_ledger(tmp_path)


def noted(ledger: Ledger, days: int, email: str | None = None, **said: str) -> None:
    """Record a touch so many days after the first."""
    made = Touch(
        at=NOW + timedelta(days=days), outcome="connected", contacts=[Contact("email", email)] if email else []
    )
    ledger.append(touch_events(KEYRING, replace(made, **said), LISTS))  # type: ignore[arg-type] # fields of text


def people(records: dict[str, tuple[str, str]] = RECORD_OF) -> pl.DataFrame:
    """Whom touches may name; Ada was known as another before."""
    rows = [
        {"record_id": record, "person_id": person, "email": email, "email_equiv": email, "email_received": email}
        for record, (person, email) in records.items()
    ]
    frame = pl.DataFrame(rows)
    tokens = contact_tokens(KEYRING, conform(frame.drop("person_id"), RECORDS))
    aliases = pl.DataFrame([(OLD, ADA, "merged")], schema=ALIASES, orient="row")
    generation = Generation(pl.DataFrame(schema=ASSIGNMENTS), aliases, pl.DataFrame(schema=SPLITS))
    return known_by(frame, tokens, generation)


def test_the_newest_note_is_given(ledger: Ledger) -> None:
    """By when it was said, not by when it was recorded; touches without a note say nothing."""
    noted(ledger, 2, email="ada@acme.example", said="asks for figures", next_step="send them", rep="maria")
    noted(ledger, 1, email="ada@acme.example", said="is on a train")
    noted(ledger, 3, email="ada@acme.example")
    found = last_notes(ledger, people())
    assert found.schema == NOTES
    [note] = found.to_dicts()
    assert (note["person_id"], note["said"], note["next_step"], note["rep"]) == (
        ADA,
        "asks for figures",
        "send them",
        "maria",
    )
    assert (note["at"], note["referred_to"]) == (NOW + timedelta(days=2), None)


@pytest.mark.parametrize("name", [ADA, OLD])
def test_a_touch_names_its_person_by_an_id_of_any_age(ledger: Ledger, name: str) -> None:
    """Also by one from before two records were found to be one person."""
    noted(ledger, 0, person_id=name, said="likes figures")
    assert last_notes(ledger, people()).select("person_id", "said").rows() == [(ADA, "likes figures")]


def test_a_note_under_a_shared_mailbox_is_nobodys_word(ledger: Ledger) -> None:
    """Unless the touch says whose: what one said is not read out to the other."""
    noted(ledger, 0, email="team@acme.example", said="who said that?")
    assert last_notes(ledger, people(SHARED)).is_empty()
    noted(ledger, 1, email="team@acme.example", person_id=BEN, said="Ben did")
    assert last_notes(ledger, people(SHARED)).select("person_id", "said").rows() == [(BEN, "Ben did")]


def test_a_note_added_later_stays_when_the_line_is_reported_anew(ledger: Ledger) -> None:
    """A corrected file knows nothing of it; what that says itself comes first."""
    line = Touch(
        at=NOW,
        outcome="connected",
        person_id=ADA,
        queue_date=NOW.date(),
        next_step="call",
        source={"file_sha256": "a" * 64},
    )
    ledger.append(touch_events(KEYRING, line, LISTS))
    made = ledger.ask(lambda connection: as_recorded(connection, 2))
    assert made is not None
    ledger.append([noted_touch(KEYRING, 2, made, {"said": "asks for figures"})])
    for file, said in (("b", {"next_step": "send them"}), ("c", {"next_step": None})):
        anew = replace(line, rep="maria", source={"file_sha256": file * 64}, **said)
        ledger.append(touch_events(KEYRING, anew, LISTS))
        assert ledger.touches().select("rep", "has_note").rows() == [("maria", True)]
        [note] = last_notes(ledger, people()).to_dicts()
        assert (note["said"], note["next_step"]) == ("asks for figures", said["next_step"] or "call")


def test_whoever_is_erased_has_no_note(ledger: Ledger) -> None:
    """The text is gone, so an older one does not come up in its place either."""
    noted(ledger, 0, email="ada@acme.example", said="likes figures")
    noted(ledger, 0, email="ben@acme.example", said="likes words")
    tokens = [made.token for made in Contact("email", "ada@acme.example").tokens(KEYRING)]
    ledger.forget_plain_text(Erased(tokens=frozenset(tokens), person_ids=frozenset({ADA})))
    assert last_notes(ledger, people()).get_column("person_id").to_list() == [BEN]
