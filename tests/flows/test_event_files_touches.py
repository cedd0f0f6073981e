"""Touch files and the rep's own queue file: outcomes in, stops at once, blank lines skipped."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from flows.event_files import EventReading, read_touches
from policies.errors import RefusedFile
from policies.schema import OUTCOME_COLUMNS, QUEUE
from tests.flows.event_file_samples import CONTEXT, write
from tests.flows.ledger.ledgers import NOW, new_ledger

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "contact,channel,at,outcome,rep,said,next_step,callback_on,referred_to"
PERSON = "p" + "a2" * 13


def _read(folder: Path, *rows: str, header: str = HEADER) -> EventReading:
    return read_touches(write(folder, "\n".join([header, *rows])), CONTEXT)


def _queue_line(contact: str, outcome: str = "", at: str = "", not_before: str = "2026-10-14T10:00+02:00") -> str:
    cells = dict.fromkeys((*QUEUE, *OUTCOME_COLUMNS), "")
    cells |= {"rank": "1", "person_id": PERSON, "channel": "email", "contact_point": contact, "owner": "Rita"}
    cells |= {"not_before": not_before, "outcome": outcome, "at": at, "opening_line": "Hello"}
    return ",".join(cells.values())


QUEUE_HEADER = ",".join((*QUEUE, *OUTCOME_COLUMNS))


def test_a_touch(tmp_path: Path) -> None:
    """Everything about a touch is kept, notes apart from the body."""
    ledger = new_ledger(tmp_path)
    row = "030 23125123,phone,2026-10-13T15:00,Call back,Rita,Call me Monday,offer,2026-10-19,Ben Baker"
    reading = _read(tmp_path, row)
    assert ledger.append(reading.events) == ledger.append(_read(tmp_path, row).events) == [2]
    [touch] = ledger.touches().to_dicts()
    assert (touch["outcome"], touch["rep"], touch["channel"]) == ("call_back", "Rita", "phone")
    assert (touch["callback_on"], touch["has_note"]) == (date(2026, 10, 19), True)
    assert touch["at"].isoformat() == "2026-10-13T13:00:00+00:00"
    assert ledger.plain_text(2) == {
        "contact": "+493023125123",
        "said": "Call me Monday",
        "next_step": "offer",
        "referred_to": "Ben Baker",
    }


@pytest.mark.parametrize(
    ("row", "kinds", "codes"),
    [
        ("ann@acme.example,email,2026-10-13,asked_to_stop,Rita,,,,", ["touch", "optout"], []),
        ("ann@acme.example,email,2026-10-13,Bounced,Rita,,,,", ["touch", "bounce"], []),
        ("ann@acme.example,email,2026-10-13,,Rita,note,,,", [], []),
        ("ann@acme.example,email,,voicemail,Rita,,,,", ["touch"], []),
        ("ann@acme.example,email,2026-10-13,hung up,Rita,,,,", ["doubt"], ["word_unknown"]),
        ("ann@acme.example,email,yesterday,voicemail,Rita,,,,", [], ["time_unreadable"]),
        ("ann@acme.example,email,yesterday,asked_to_stop,Rita,,,,", ["optout"], ["time_unreadable"]),
        ("ann@acme.example,fax,2026-10-13,complaint,Rita,,,,", ["complaint"], ["word_unknown"]),
        ("ann@@acme.example,email,2026-10-13,asked_to_stop,Rita,,,,", ["optout"], ["contact_unreadable"]),
        ("acme.example,email,2026-10-13,replied,Rita,,,,", [], ["contact_kind"]),
        (",email,2026-10-13,replied,Rita,,,,", [], ["cell_missing"]),
        ("ann@acme.example,email,2026-10-13,call_back,Rita,,,soon,", [], ["time_unreadable"]),
        ("ann@acme.example,email,2026-10-13,asked_to_stop,Rita,,,,,over", ["optout"], ["cell_count"]),
        ("ann@acme.example,email,2026-10-13,replied,Rita,,,,,over", [], ["cell_count"]),
    ],
)
def test_rows(tmp_path: Path, row: str, kinds: list[str], codes: list[str]) -> None:
    """What cannot be read is a reject; a stop in it counts all the same."""
    sound = "zoe@acme.example,email,2026-10-13,replied,Rita,,,,"
    reading = _read(tmp_path, sound, row)
    assert [event.kind for event in reading.events[1:]] == kinds
    assert reading.rejects.get_column("_code").to_list() == codes
    assert reading.blank == (1 if not kinds and not codes else 0)


@pytest.mark.parametrize(
    "outcome", ["please take her off the list, stop", "Removed on request", "kein Kontakt erwünscht"]
)
def test_an_outcome_that_reads_like_a_refusal_is_one(tmp_path: Path, outcome: str) -> None:
    """In whatever words: at its widest, and the row is a reject so that somebody mends it."""
    reading = _read(tmp_path, f'ann@acme.example,email,2026-10-13,"{outcome}",Rita,,,,')
    [stop] = reading.events
    assert (stop.kind, stop.body["channel"], stop.body["scope"], stop.body["method"]) == (
        "optout",
        "any",
        "person",
        "touch",
    )
    assert stop.erasable["words"] == outcome
    assert (reading.rejects.get_column("_code").to_list(), reading.kept) == (["word_unknown"], 1)


def test_any_other_outcome_nobody_knows_is_a_doubt(tmp_path: Path) -> None:
    """The same word about the same contact at the same time is the same doubt; the body names row and code alone."""
    ledger = new_ledger(tmp_path)
    row = "ann@acme.example,email,2026-10-13,hung up on me,Rita,note,,,"
    assert ledger.append(_read(tmp_path, row).events) == [2]
    assert ledger.append(_read(tmp_path, "zoe@acme.example,email,2026-10-13,replied,Rita,,,,", row).events) == [3, 2]
    assert ledger.append(_read(tmp_path, row.replace("2026-10-13", "2026-10-14")).events) == [4]
    [doubt] = _read(tmp_path, row).events
    assert (doubt.body["code"], doubt.body["source"]["row"], doubt.body["channel"]) == ("outcome_unknown", 1, "any")
    assert "hung" not in str(doubt.body)
    assert set(ledger.permission_events().get_column("kind")) == {"doubt"}


def test_a_line_of_the_queue_with_an_unknown_outcome_names_the_person_too(tmp_path: Path) -> None:
    """Under the contact point and by id."""
    [doubt] = _read(tmp_path, _queue_line("ann@acme.example", "see notes"), header=QUEUE_HEADER).events
    assert (doubt.kind, doubt.body["person_id"]) == ("doubt", PERSON)
    assert doubt.tokens


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        ("ann@acme.example,email,2026-10-13,stop!,Rita,,,,,over", ["optout"]),
        ("ann@acme.example,email,2026-10-13,she wants no contact,Rita,,,,,over", ["doubt"]),
        ("ann@acme.example,email,2026-10-13,hung up,Rita,,,,,over", []),
    ],
)
def test_damaged_rows(tmp_path: Path, row: str, kinds: list[str]) -> None:
    """A plain stop stops; what only reads like one may be a note, so it holds."""
    assert [event.kind for event in _read(tmp_path, row).events] == kinds


def test_the_reps_queue_file(tmp_path: Path) -> None:
    """The queue file comes back as it is: lines without outcome are skipped, the owner is the rep."""
    ledger = new_ledger(tmp_path)
    lines = [
        _queue_line("ann@acme.example", "voicemail"),
        _queue_line("ben@acme.example"),
        _queue_line("cem@acme.example", "asked to stop", "2026-10-14T11:00"),
    ]
    reading = _read(tmp_path, *lines, header=QUEUE_HEADER)
    assert (reading.rows, reading.counted, reading.blank, reading.rejects.height) == (3, 2, 1, 0)
    ledger.append(reading.events)
    touches = ledger.touches().sort("seq").to_dicts()
    assert [(touch["outcome"], touch["rep"], touch["person_id"]) for touch in touches] == [
        ("voicemail", "Rita", PERSON),
        ("asked_to_stop", "Rita", PERSON),
    ]
    assert touches[0]["at"] == NOW
    assert set(ledger.permission_events().get_column("person_id")) == {PERSON}


def test_the_queue_file_comes_back_twice(tmp_path: Path) -> None:
    """At noon and in the evening, with more lines filled in: nothing counts twice, another day's line does."""
    ledger = new_ledger(tmp_path)
    noon = [_queue_line("ann@acme.example", "voicemail"), _queue_line("ben@acme.example")]
    evening = [noon[0], _queue_line("ben@acme.example", "no_answer")]
    tomorrow = [_queue_line("ann@acme.example", "voicemail", not_before="2026-10-15T10:00+02:00")]
    numbers = [
        ledger.append(_read(tmp_path, *lines, header=QUEUE_HEADER).events) for lines in (noon, evening, tomorrow)
    ]
    assert numbers == [[2], [2, 3], [4]]


def test_touches_without_a_time_count_once_a_row(tmp_path: Path) -> None:
    """Two calls without a time are two calls; the same file again is the same two."""
    ledger = new_ledger(tmp_path)
    rows = ["ann@acme.example,email,,no_answer,Rita,,,,"] * 2
    assert ledger.append(_read(tmp_path, *rows).events) == [2, 3]
    assert ledger.append(_read(tmp_path, *rows).events) == [2, 3]


def test_a_person_known_by_id_alone(tmp_path: Path) -> None:
    """A touch may name the person instead of a contact point."""
    reading = _read(tmp_path, f"{PERSON},2026-10-13,complaint", header="person_id,at,outcome")
    assert [(event.kind, event.body["person_id"], list(event.tokens)) for event in reading.events] == [
        ("touch", PERSON, []),
        ("complaint", PERSON, []),
    ]


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    """A file without outcomes, or without anybody, is no touch file."""
    for header in ("contact,channel", "channel,outcome"):
        with pytest.raises(RefusedFile) as caught:
            _read(tmp_path, "a,b", header=header)
        assert caught.value.code == "columns_missing"
