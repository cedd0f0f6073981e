"""The journal beside the database holds every stop that was acknowledged, in order, whoever wrote and whoever died."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from flows.ledger import Ledger, NewEvent
from flows.ledger.chain import canonical
from flows.ledger.contacts import read_contact
from flows.ledger.events import Consent, consent_event
from flows.ledger.journal import Journal
from tests.flows.ledger.ledgers import KEYRING, LISTS, NOW, Clock, optout
from tests.postgres import DATABASES, place_in

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A ledger of the key event alone."""
    url = place_in(request.param, tmp_path)
    Ledger.create(url, KEYRING, Clock()).close()
    return url


def _opened(place: str, journal: Journal) -> Ledger:
    ledger = Ledger.open(place, KEYRING, Clock())
    ledger.attach(lambda: KEYRING, journal)
    return ledger


def _consent(state: str) -> NewEvent:
    said = Consent(
        contact=read_contact("ada@acme.example", LISTS),
        channel="email",
        purpose="direct_marketing",
        state=state,
        captured_at=NOW,
    )
    return consent_event(KEYRING, said)


def test_stops_are_written_down_and_nothing_else(place: str, tmp_path: Path) -> None:
    """Opt-outs and withdrawals are there, consents given are not; no line shows an address; the file is private."""
    journal = Journal(tmp_path / "journal" / "stops.jsonl")
    ledger = _opened(place, journal)
    ledger.append([_consent("ConsentGiven")])
    assert not journal.path.exists()
    ledger.append([optout("ada@acme.example"), _consent("ConsentWithdrawn")])
    lines, unreadable = journal.lines()
    assert [line.row["kind"] for line in lines] == ["optout", "consent"]
    assert all(line.holds() for line in lines)
    assert unreadable == 0
    assert b"acme" not in journal.path.read_bytes()
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    assert ledger.ask(journal.follows)


def test_what_an_interrupted_command_left_out_is_caught_up(place: str, tmp_path: Path) -> None:
    """Recorded and not journalled: the next opening does it; a line cut off in the middle is written again."""
    journal = Journal(tmp_path / "stops.jsonl")
    bare = Ledger.open(place, KEYRING, Clock())
    bare.append([optout("ada@acme.example")])
    _opened(place, journal)
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[:-40])
    _opened(place, journal).append([optout("bea@birch.example")])
    lines, unreadable = journal.lines()
    assert [line.seq for line in lines] == [2, 3]
    assert unreadable == 1
    assert lines[0].text().encode() + b"\n" == whole


def test_a_journal_of_a_newer_ledger_is_evidence(place: str, tmp_path: Path) -> None:
    """It is not written on by an older ledger, nor by one that went another way."""
    journal = Journal(tmp_path / "stops.jsonl")
    ledger = _opened(place, journal)
    ledger.append([optout("ada@acme.example")])
    known = journal.path.read_bytes()
    values = {**journal.lines()[0][0].row, "seq": 9, "tokens": []}
    journal.path.write_bytes(known + canonical(values).encode() + b"\n")
    altered = journal.path.read_bytes()
    ledger.append([optout("bea@birch.example")])
    assert journal.path.read_bytes() == altered
    assert not ledger.ask(journal.follows)


def _say_no(place: str, path: Path, who: int) -> None:
    ledger = _opened(place, Journal(path))
    for number in range(20):
        ledger.append([optout(f"person{number}@company{who}.example")])


def test_many_writers_leave_no_gap(tmp_path: Path) -> None:
    """Four at once, each with connections of its own: every line once, in the ledger's order."""
    url = place_in("sqlite", tmp_path)
    Ledger.create(url, KEYRING, Clock()).close()
    path = tmp_path / "stops.jsonl"
    with ThreadPoolExecutor(4) as writers:
        list(writers.map(lambda who: _say_no(url, path, who), range(4)))
    assert [line.seq for line in Journal(path).lines()[0]] == list(range(2, 82))
