"""Touch files and the rep's own queue file: outcomes in, stops at once, blank lines skipped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from flows.event_files import EventReading, read_touches
from flows.ledger import Cut
from policies.errors import RefusedFile
from policies.schema import OUTCOME_COLUMNS, QUEUE
from tests.flows.event_file_samples import CONTEXT, write
from tests.flows.ledger.ledgers import NOW, new_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from flows.ledger import Ledger

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
        ("ann@acme.example,email,2026-10-13,,Rita,,,,", [], []),
        ("ann@acme.example,email,2026-10-13,,Rita,note,,,", [], ["outcome_missing"]),
        ("ann@acme.example,email,2026-10-16,voicemail,Rita,,,,", [], ["time_impossible"]),
        ("ann@acme.example,email,03/04/2026,voicemail,Rita,,,,", [], ["time_ambiguous"]),
        ("ann@acme.example,email,04/12/2026,voicemail,Rita,,,,", ["touch"], []),
        ("ann@acme.example,email,2026-10-13,call_back,Rita,,,2026-10-12,", [], ["time_impossible"]),
        ("ann@acme.example,email,2026-10-13,call_back,Rita,,,2062-10-12,", [], ["time_impossible"]),
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
    ("written", "outcome"),
    [
        *(("VM", "voicemail"), ("left voicemail", "voicemail"), ("LM", "voicemail"), ("no reply", "no_answer")),
        *(("Busy!", "no_answer"), ("wrong number", "wrong_person"), ("No longer there", "left_company")),
        *(("not interested", "not_interested"), ("Call back later", "call_back"), ("Rückruf", "call_back")),
        *(("STOP", "asked_to_stop"), ("unsubscribe", "asked_to_stop"), ("Do not call", "asked_to_stop")),
        *(("im Urlaub", "out_of_office"), ("Meeting booked", "meeting"), ("spoke with them", "connected")),
    ],
)
def test_the_words_reps_really_write(tmp_path: Path, written: str, outcome: str) -> None:
    """Where they are unmistakable they are understood."""
    reading = _read(tmp_path, f"ann@acme.example,email,2026-10-13,{written},Rita,,,,")
    assert reading.rejects.is_empty()
    assert [event.body["outcome"] for event in reading.events if event.kind == "touch"] == [outcome]


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


def _standing(ledger: Ledger) -> list[tuple[str, str]]:
    """Person and outcome of every touch that counts."""
    return ledger.touches().select("person_id", "outcome").rows()


def test_of_a_queue_line_the_newest_report_counts(tmp_path: Path) -> None:
    """At noon and in the evening, corrected, dropped again: one contact; another day's line is another one."""
    ledger = new_ledger(tmp_path)
    noon = _queue_line("ann@acme.example", "voicemail")
    corrected = _queue_line("ann@acme.example", "connected", "2026-10-14T08:10")
    tomorrow = _queue_line("ann@acme.example", "no_answer", not_before="2026-10-15T10:00+02:00")
    for lines in ([noon], [noon], [corrected, tomorrow], [noon]):
        ledger.append(_read(tmp_path, *lines, header=QUEUE_HEADER).events)
    assert _standing(ledger) == [(PERSON, "connected"), (PERSON, "no_answer")]
    before = ledger.touches(Cut(seq=2))
    assert before.get_column("outcome").to_list() == ["voicemail"]


@pytest.mark.parametrize(
    ("header", "row", "key"),
    [
        (
            QUEUE_HEADER,
            _queue_line("ann@acme.example", "voicemail"),
            "touch:268b99026c69d3eef6a082fb2c1434fd205b1e4b90a8d4254d6d2bd156ee35d1",
        ),
        (
            QUEUE_HEADER,
            _queue_line("ann@acme.example", "connected", "2026-10-14T08:10"),
            "touch:1caa9ba52de6c776d306fe7ec3f9fba0e778ec16cf47f0d642a83fb895fa3693",
        ),
        (
            HEADER,
            "ann@acme.example,email,2026-10-13,no_answer,Rita,a note,,,",
            "touch:350d87263efffa93c634a4876c51761aac6bc92d91e13287d3e4aa8bddf57749",
        ),
        (
            HEADER,
            "ann@acme.example,email,2026-10-13T10:00,no_answer,Rita,a note,,,",
            "touch:3a560f4b8bd955cae91772d67ec3597bbf147d4535ed31c877e6725a090241e1",
        ),
        (
            HEADER,
            "ann@acme.example,email,,no_answer,Rita,a note,,,",
            "touch:781693ec53053935dbcc7afafa088317cf90f2b5dbadb87ed388feb847434a7c",
        ),
    ],
    ids=["line", "line with its time", "day", "time", "no time"],
)
def test_what_an_older_ledger_holds_is_known_when_it_comes_again(
    tmp_path: Path, header: str, row: str, key: str
) -> None:
    """The keys are those that the program wrote before it knew lines by their day: dropped again it is one contact."""
    ledger = new_ledger(tmp_path)
    [touch] = _read(tmp_path, row, header=header).events
    added = ("queue_date", "occasion", "report")
    body = {name: value for name, value in touch.body.items() if name not in added}
    ledger.append([replace(touch, body=body, dedup_key=key, formerly=None)])
    again = _read(tmp_path, row, header=header).events
    assert ledger.not_yet_recorded(again) == {}
    assert ledger.append(again) == [2]
    assert len(ledger.touches().unique("seq")) == 1


def test_a_line_with_two_contacts_in_one_file_has_two(tmp_path: Path) -> None:
    """A rep who rang twice and copied the line did ring twice."""
    ledger = new_ledger(tmp_path)
    twice = [_queue_line("ann@acme.example", "no_answer", f"2026-10-14T0{hour}:00") for hour in (7, 8)]
    ledger.append(_read(tmp_path, *twice, header=QUEUE_HEADER).events)
    assert len(_standing(ledger)) == 2


def test_a_stop_stays_whatever_the_newest_report_says(tmp_path: Path) -> None:
    """What was taken for a slip of the pen is taken back by a void, by two people, and by nothing else."""
    ledger = new_ledger(tmp_path)
    for outcome in ("asked_to_stop", "connected"):
        ledger.append(_read(tmp_path, _queue_line("ann@acme.example", outcome), header=QUEUE_HEADER).events)
    assert _standing(ledger) == [(PERSON, "connected")]
    assert set(ledger.permission_events().get_column("kind")) == {"optout"}


@pytest.mark.parametrize(
    ("cells", "at", "callback_on"),
    [
        ({"at": "14.10.2026 08:10", "callback_on": "02.11.2026"}, "2026-10-14T06:10", date(2026, 11, 2)),
        ({"at": "14/10/2026 08:10", "callback_on": "02/11/2026"}, "2026-10-14T06:10", date(2026, 11, 2)),
        ({"at": "10/14/2026 8:10 AM", "callback_on": "11/2/2026"}, "2026-10-14T06:10", date(2026, 11, 2)),
        ({"at": "10/14/26 8:10 am", "callback_on": "11/2/26"}, "2026-10-14T06:10", date(2026, 11, 2)),
        ({"at": "14-10-2026 08:10", "callback_on": "02-11-2026"}, "2026-10-14T06:10", date(2026, 11, 2)),
        ({"at": "08:10"}, "2026-10-14T06:10", None),
        ({"at": "8.10"}, "2026-10-14T06:10", None),
        ({"at": "2026/10/14"}, "2026-10-14T06:30", None),
        ({"at": "2026-10-14"}, "2026-10-14T06:30", None),
        ({"contact_point": "4,93023E+11", "channel": "phone"}, "2026-10-14T06:30", None),
        ({"contact_point": "493023125123", "channel": "phone"}, "2026-10-14T06:30", None),
        ({"contact_point": ""}, "2026-10-14T06:30", None),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_queue_file_saved_by_a_spreadsheet(
    tmp_path: Path, cells: dict[str, str], at: str, callback_on: date | None, delimiter: str
) -> None:
    """Local days, times alone, numbers without a plus or rounded, semicolons and a byte order mark: nothing is lost."""
    line = dict(zip((*QUEUE, *OUTCOME_COLUMNS), _queue_line("ann@acme.example", "call_back").split(","), strict=True))
    cells = line | cells
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in (cells, cells.values()))
    reading = read_touches(write(tmp_path, text, encoding="utf-8-sig"), CONTEXT)
    assert reading.rejects.get_column("_code").to_list() == []
    [touch] = reading.events
    assert touch.effective_at.isoformat(timespec="minutes") == f"{at}+00:00"
    assert (touch.body["person_id"], touch.body["queue_date"]) == (PERSON, "2026-10-14")
    assert touch.body.get("callback_on") == (callback_on.isoformat() if callback_on else None)


def test_the_number_of_a_queue_line_gets_its_plus_back(tmp_path: Path) -> None:
    """A spreadsheet takes it for a number; the touch is about the same contact point."""
    found = [
        _read(tmp_path, _queue_line(number, "no_answer"), header=QUEUE_HEADER).events[0].tokens
        for number in ("+493023125123", "493023125123", "4,93023E+11".replace(",", "."))
    ]
    assert found[0] == found[1] != found[2] == []


@pytest.mark.parametrize(
    ("at", "not_before", "code"),
    [
        ("2026-10-13T15:00", "2026-10-14T10:00+02:00", "time_impossible"),
        ("2027-10-14T15:00", "2026-10-14T10:00+02:00", "time_impossible"),
        ("", "2026-10-12T10:00+02:00", None),
    ],
)
def test_a_line_is_not_answered_before_it_was_handed_out(
    tmp_path: Path, at: str, not_before: str, code: str | None
) -> None:
    """A slip in the year would leave it open or block them for long; a line of Monday reported late is Monday's."""
    reading = _read(tmp_path, _queue_line("ann@acme.example", "voicemail", at, not_before), header=QUEUE_HEADER)
    assert reading.rejects.get_column("_code").to_list() == ([code] if code else [])
    assert [event.effective_at.isoformat() for event in reading.events] == (
        [] if code else ["2026-10-12T21:59:59+00:00"]
    )


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("ben@bolt.example", 1),
        ("Ben Baker <ben@bolt.example>", 2),
        ("Ben Baker, ben@bolt.example or +49 30 23125124", 3),
        ("Ben Baker", 1),
        ("Ben Baker, who buys", 1),
        ("the buyer", 0),
        ("Ben", 0),
        ("bolt.example", 0),
    ],
)
def test_whom_they_named_instead_is_known_by_contact_points_and_name(tmp_path: Path, text: str, tokens: int) -> None:
    """The touch is not about these; only who can be reached under them can be recognised."""
    [touch] = _read(tmp_path, f'ann@acme.example,email,2026-10-13,connected,Rita,,,,"{text}"').events
    kinds = [token.kind for token in touch.tokens]
    assert sum(kind.startswith("referred_") for kind in kinds) == tokens
    assert [kind for kind in kinds if not kind.startswith("referred_")] == ["email", "email_equiv"]


def test_a_person_nobody_knows_is_returned(tmp_path: Path) -> None:
    """Unless the row says by a contact point who is meant."""
    nobody = replace(CONTEXT, known_people=lambda _: frozenset())
    head = "person_id,contact,outcome"
    found = read_touches(write(tmp_path, f"{head}\n{PERSON},,connected\n{PERSON},ann@acme.example,replied"), nobody)
    assert found.rejects.get_column("_code").to_list() == ["unknown_person"]
    assert [event.body.get("person_id") for event in found.events] == [None]


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
