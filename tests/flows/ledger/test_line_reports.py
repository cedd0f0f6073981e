"""Of several reports on one contact the newest counts, whether it answers a queue line or was written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.event_files import read_touches
from flows.ledger.line_reports import STRICTEST_LAST, in_turn, new_reports
from flows.ledger.vocabulary import OUTCOMES
from tests.flows.event_file_samples import CONTEXT, write
from tests.flows.ledger.ledgers import new_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from flows.ledger import Ledger, NewEvent

PERSON = "p" + "a2" * 13
HAND = "contact,at,outcome,said,rep"
LINE = "person_id,contact,queue_date,outcome,callback_on,at"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger in which nobody said anything yet."""
    return new_ledger(tmp_path)


def file(folder: Path, *rows: str, header: str = HAND) -> list[NewEvent]:
    """The events of a file of these rows."""
    return list(read_touches(write(folder, "\n".join([header, *rows])), CONTEXT).events)


def record(ledger: Ledger, *files: list[NewEvent]) -> list[str]:
    """Record files dropped one after another; the outcomes that count."""
    ledger.append(ledger.ask(lambda connection: new_reports(connection, files)))
    return sorted(ledger.touches().unique("seq").get_column("outcome"))


def ann(outcome: str, at: str = "2026-10-13T10:00", said: str = "", rep: str = "") -> str:
    """A contact with her, written down by hand."""
    return f"ann@acme.example,{at},{outcome},{said},{rep}"


@pytest.mark.parametrize("at", ["2026-10-13T10:00", "2026-10-13"])
@pytest.mark.parametrize("together", [False, True])
def test_a_row_written_by_hand_and_corrected_is_one_contact(
    ledger: Ledger, tmp_path: Path, at: str, *, together: bool
) -> None:
    """A note added, the outcome mended, set back to what it was, and the first file once more: never two."""
    words = [("voicemail", ""), ("voicemail", "a message"), ("connected", "figures")]
    files = [file(tmp_path, ann(outcome, at, said)) for outcome, said in words]
    files.append(file(tmp_path, ann("voicemail", at), "ben@acme.example,2026-10-13,no_answer,,"))
    if together:
        assert record(ledger, *files) == ["no_answer", "voicemail"]
    else:
        assert [record(ledger, one) for one in files] == [
            ["voicemail"],
            ["voicemail"],
            ["connected"],
            ["no_answer", "voicemail"],
        ]
    assert record(ledger, files[2]) == record(ledger, *files) == ["no_answer", "voicemail"]


@pytest.mark.parametrize(
    "other",
    [
        ann("voicemail", "2026-10-13T11:00"),
        ann("connected", rep="Tom"),
        "ben@acme.example,2026-10-13T10:00,connected,,",
        ann("voicemail", at="", said="no time"),
    ],
)
def test_another_contact_is_another_one(ledger: Ledger, tmp_path: Path, other: str) -> None:
    """At another time, by another rep, with somebody else, or without a time to know it by."""
    assert len(record(ledger, file(tmp_path, ann("voicemail")), file(tmp_path, other))) == 2


def test_two_rows_of_a_file_are_two_contacts_and_stay_two(ledger: Ledger, tmp_path: Path) -> None:
    """One of them corrected, the other goes on counting."""
    day = "2026-10-13"
    first = file(tmp_path, ann("no_answer", day), ann("voicemail", day))
    assert record(ledger, first, file(tmp_path, ann("no_answer", day), ann("connected", day))) == [
        "connected",
        "no_answer",
    ]


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(
    ("lax", "strict"),
    [
        ("call_back,2026-10-20", "not_interested,"),
        ("no_answer,", "connected,"),
        ("out_of_office,2026-10-20", "out_of_office,2026-11-20"),
    ],
)
def test_of_files_nothing_puts_in_order_the_stricter_word_counts(
    ledger: Ledger, tmp_path: Path, lax: str, strict: str, *, swapped: bool
) -> None:
    """Line by line, whichever of the files comes first; what was said stays in the ledger."""

    def line(person: str, said: str) -> str:
        return f"{person},,2026-10-13,{said},"

    other = "p" + "b2" * 13
    files = [
        file(tmp_path, line(PERSON, lax), line(other, strict), header=LINE),
        file(tmp_path, line(PERSON, strict), line(other, lax), header=LINE),
    ]
    outcome, day = strict.split(",")
    assert record(ledger, *in_turn(files[::-1] if swapped else files)) == [outcome] * 2
    assert {str(day) if day else "" for day in ledger.touches().get_column("callback_on")} == {day}
    assert ledger.counts()["touch"] == 4


def test_every_outcome_has_its_place() -> None:
    """A new one asks how long it keeps a person from being contacted."""
    assert sorted(STRICTEST_LAST) == sorted(set(OUTCOMES.values()))
