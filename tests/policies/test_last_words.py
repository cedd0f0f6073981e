"""What the last contacts ask of the next: a note of the talk, the day that was named, a rest until they are back."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from policies.cadence.contacts_made import ordered_touches
from policies.cadence.last_words import last_words
from policies.schema import TOUCHES
from tests.policies.outreach import BERLIN, NOW, cadence, commitments, facts_of, instant, touches

Told = tuple[str, str, dict[str, Any]]  # instant, outcome, further columns


def told(*rows: Told) -> pl.DataFrame:
    """Touches of person p in the order of the rows."""
    made = [touches((seq, "p", at, outcome), **more) for seq, (at, outcome, more) in enumerate(rows)]
    return pl.concat(made) if made else pl.DataFrame(schema=TOUCHES)


NOTED = {"has_note": True}
BARE: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ([], False),
        ([("2026-10-01T10:00", "voicemail", BARE)], False),  # no talk, no note
        ([("2026-10-01T10:00", "not_interested", BARE)], False),  # nothing follows a no
        ([("2026-10-01T10:00", "connected", BARE)], True),
        ([("2026-10-01T10:00", "replied", BARE)], True),
        ([("2026-10-01T10:00", "meeting", BARE)], True),
        ([("2026-10-01T10:00", "call_back", BARE)], True),
        ([("2026-10-01T10:00", "connected", NOTED)], False),
        ([("2026-09-01T10:00", "connected", BARE), ("2026-10-01T10:00", "connected", NOTED)], False),
        ([("2026-09-01T10:00", "connected", NOTED), ("2026-10-01T10:00", "connected", BARE)], True),
        ([("2026-10-01T10:00", "connected", BARE), ("2026-10-02T10:00", "voicemail", NOTED)], False),
        # added afterwards with the day alone, which is midnight: before the talk by the clock, but the same day
        ([("2026-10-01T10:00", "connected", BARE), ("2026-09-30T22:00", "connected", NOTED)], False),
        ([("2026-10-01T10:00", "connected", BARE), ("2026-09-29T10:00", "connected", NOTED)], True),
    ],
)
def test_a_talk_without_its_note_holds_the_next_contact(*, rows: list[Told], missing: bool) -> None:
    """P10: the follow-up takes up what was said, so somebody must have written it down."""
    assert facts_of(told(*rows))["note_missing"] is missing


TUESDAY = date(2026, 10, 13)
ASKED = ("2026-10-12T10:00", "call_back", {"callback_on": TUESDAY, "rep": "Kim"})


@pytest.mark.parametrize(
    ("rows", "promised"),
    [
        ([ASKED], True),
        ([ASKED, ("2026-10-12T15:00", "voicemail", {"rep": "Lee"})], True),  # tried too early: the promise stands
        ([ASKED, ("2026-10-13T10:00", "no_answer", {"rep": "Lee"})], False),  # kept, whatever came of it
        ([ASKED, ("2026-10-14T06:00", "no_answer", BARE)], False),  # a day late, but made
        ([ASKED, ("2026-10-13T10:00", "connected", BARE)], False),
        ([("2026-10-12T10:00", "call_back", {"rep": "Kim"})], False),  # no day named
    ],
)
def test_a_promise_stands_until_somebody_tries_on_its_day(*, rows: list[Told], promised: bool) -> None:
    """And it is the rep's to whom it was made."""
    made = told(*rows)
    assert facts_of(made)["callback_promised"] is promised
    words = last_words(ordered_touches(made, frozenset(cadence()["answers"])), BERLIN).row(0, named=True)
    assert words["callback_rep"] == ("Kim" if words["callback_on"] else None)
    assert words["last_rep"] == rows[-1][2].get("rep")


@pytest.mark.parametrize(
    ("countries", "full"),
    [
        (["FR"], False),  # ours is one a week, theirs four in thirty days
        (["DE"], False),  # one in thirty days there, but that is our own choice
        (["US"], False),
        (["NO"], True),  # a law that says never
    ],
)
def test_a_named_day_overrides_our_own_caps_and_no_law(*, countries: list[str], full: bool) -> None:
    """What was before the day counts against law alone."""
    rows = [("2026-10-08T10:00", "voicemail", BARE), ASKED]
    facts = facts_of(told(*rows), countries=countries)
    assert (facts["attempts_in_window"] >= facts["attempt_cap"]) is full
    kept = facts_of(told(*rows, ("2026-10-13T10:00", "no_answer", BARE)), countries=countries)
    assert kept["attempts_in_window"] >= kept["attempt_cap"]


def test_law_counts_what_was_before_the_named_day() -> None:
    """Three a day in the United States, promise or not."""
    rows = [(f"2026-10-14T0{hour}:00", "voicemail", BARE) for hour in (1, 2)]
    facts = facts_of(told(*rows, ("2026-10-14T03:00", "call_back", {"callback_on": NOW.date()})), countries=["US"])
    assert (facts["attempts_in_window"], facts["attempt_cap"]) == (3, 3)
    assert facts["callback_promised"]


def test_a_line_handed_out_for_the_day_does_not_end_the_promise() -> None:
    """Only a try does; until its outcome is told the line blocks like any other."""
    facts = facts_of(told(ASKED), commitments((1, "p", "2026-10-13")))
    assert (facts["callback_promised"], facts["open_commitment"]) == (True, True)


@pytest.mark.parametrize(
    ("day", "until", "resting"),
    [
        (date(2026, 11, 2), date(2026, 11, 2), True),  # longer away than our week
        (date(2026, 10, 14), date(2026, 10, 14), False),  # back today, though a week is not over
        (None, date(2026, 10, 19), True),
    ],
)
def test_who_is_away_rests_until_they_are_back(*, day: date | None, until: date, resting: bool) -> None:
    """The day they named takes the place of our own guess."""
    facts = facts_of(told(("2026-10-12T10:00", "out_of_office", {"callback_on": day})))
    assert (facts["cooling_off_until"], facts["cooling_off"]) == (until, resting)


def test_instants_of_these_tests_lie_before_now() -> None:
    """A test whose touches lie ahead would show nothing."""
    assert instant("2026-10-14T06:00") < NOW
