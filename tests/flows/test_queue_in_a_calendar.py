"""The calendar: references alone, in a form every parser of RFC 5545 reads."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from flows.exports.handout import Handout
from flows.exports.ics import as_ics
from tests.effort import few
from tests.flows.handouts import EVIL, FACTS, MARLENE, handout, line

if TYPE_CHECKING:
    from icalendar import Event

_LINE = re.compile(rb"[A-Z0-9-]+(;[A-Z0-9-]+=[^\x00-\x1f\x7f\"]*)*:[^\x00-\x08\x0a-\x1f\x7f]*")


def entries(made: Handout) -> list[Event]:
    """The entries of a calendar, as the library reads them back."""
    return list(Calendar.from_ical(as_ics(made)).events)


def assert_lines_hold(data: bytes) -> list[bytes]:
    """RFC 5545, section 3.1: CRLF alone, at most 75 octets, each unfolded line a property; gives those lines."""
    assert data.endswith(b"\r\n")
    physical = data.removesuffix(b"\r\n").split(b"\r\n")
    assert [row for row in physical if len(row) > 75 or b"\r" in row or b"\n" in row] == []
    unfolded = data.decode().replace("\r\n ", "").removesuffix("\r\n").encode().split(b"\r\n")
    assert [row for row in unfolded if _LINE.fullmatch(row) is None] == []
    return unfolded


def test_a_line_is_an_entry_in_their_window() -> None:
    """In UTC, whatever zone the person is in; it blocks nobody's day."""
    entry = entries(handout())[0]
    assert entry.decoded("dtstart") == datetime(2026, 10, 14, 15, tzinfo=UTC)
    assert entry.decoded("dtend") == datetime(2026, 10, 14, 22, tzinfo=UTC)
    assert (entry["summary"], entry["transp"], entry["class"]) == (f"Call {MARLENE}", "TRANSPARENT", "PRIVATE")


def test_it_has_what_a_calendar_must_have() -> None:
    """RFC 5545: PRODID and VERSION; UID and DTSTAMP in each entry; no line of a list's making."""
    unfolded = assert_lines_hold(as_ics(handout()))
    assert unfolded[0] == b"BEGIN:VCALENDAR"
    assert {b"VERSION:2.0", b"METHOD:PUBLISH"} <= set(unfolded)
    names = [row.split(b":")[0].split(b";")[0] for row in unfolded]
    assert names.count(b"UID") == names.count(b"DTSTAMP") == names.count(b"SUMMARY") == 2
    assert {b"ATTENDEE", b"ORGANIZER", b"LOCATION", b"URL"} & set(names) == set()
    assert [row for row in unfolded if row.startswith(b"BEGIN:")] == [b"BEGIN:VCALENDAR", *[b"BEGIN:VEVENT"] * 2]


@pytest.mark.parametrize(
    "words", ["Marlene", "Okonkwo", "Kestrel", "2025550123", "tides", "Berth", "fair", "kestrel.example"]
)
def test_nothing_in_it_tells_who_it_is(words: str) -> None:
    """Neither name, company, number, address nor text: calendars are shared."""
    assert words.encode() not in as_ics(handout()).replace(b"\r\n ", b"")


def test_a_later_revision_replaces_the_entry() -> None:
    """The same UID, a higher sequence number."""
    later = FACTS._replace(run_id="20261014T113000Z-000000000002")
    before, after = entries(handout())[0], entries(replace(handout(), facts=later))[0]
    assert before["uid"] == after["uid"]
    assert after.decoded("sequence") > before.decoded("sequence")


def test_somebody_called_back_stands_there_as_cancelled() -> None:
    """Under the UID of before, above it and below the next revision."""
    made = handout()
    gone = made.lines.filter(pl.col("person_id") == EVIL)
    taken = entries(replace(made, lines=made.lines.head(1), gone=gone))
    before = {entry["uid"]: entry for entry in entries(made)}
    assert [entry["status"] for entry in taken] == ["CONFIRMED", "CANCELLED"]
    assert taken[1].decoded("sequence") == before[taken[1]["uid"]].decoded("sequence") + 1
    assert taken[1]["summary"] == f"E-mail {EVIL}"


def test_without_hours_an_entry_is_the_day() -> None:
    """Nothing is made up."""
    (entry,) = entries(Handout(line(not_before=None, not_after=None, timezone=None), FACTS))
    assert entry.decoded("dtstart").isoformat() == "2026-10-14"
    assert "dtend" not in entry


@few(10)
@given(texts=st.lists(st.text(max_size=40), min_size=5, max_size=5))
def test_no_text_of_a_list_makes_a_line(texts: list[str]) -> None:
    """Whatever stands in the cells, the file has the same properties and parses."""
    names = ("full_name", "company", "contact_point", "timezone", "owner")
    made = Handout(line(**dict(zip(names, texts, strict=True))), FACTS)
    unfolded = assert_lines_hold(as_ics(made))
    assert len(unfolded) == len(assert_lines_hold(as_ics(Handout(line(), FACTS))))
    assert len(entries(made)) == 1


def test_a_calendar_without_entries_is_one_all_the_same() -> None:
    """Nobody in the queue: a file that programs still take in, for a calendar must hold something."""
    made = as_ics(Handout(line().clear(), FACTS))
    assert_lines_hold(made)
    found = Calendar.from_ical(made)
    assert [part.name for part in found.subcomponents] == ["VTIMEZONE"]
