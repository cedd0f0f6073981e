"""Caps over any contacts and promises: as a plain count has it, whatever the order of events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.policies.outreach import NOW, commitments, core, facts_of, instant, touches

OUTCOMES = sorted(core("cadence")["cooling_off_days"])
some_touches = st.lists(
    st.tuples(st.sampled_from("pq"), st.integers(0, 40 * 24 * 60), st.sampled_from(OUTCOMES)), max_size=8
)
some_lines = st.lists(st.tuples(st.sampled_from("pq"), st.integers(0, 30)), max_size=5)


@given(made=some_touches, promised=some_lines, countries=st.sampled_from([["FR"], ["DE"], ["US"], ["DE", "US"]]))
def test_caps_agree_with_a_plain_count(
    made: list[tuple[str, int, str]], promised: list[tuple[str, int]], countries: list[str]
) -> None:
    """A new contact is allowed exactly where no window, counted plainly, is full already."""
    at = [(person, NOW - timedelta(minutes=minutes), outcome) for person, minutes, outcome in made]
    frame = touches(*((seq, who, when.strftime("%Y-%m-%dT%H:%M"), out) for seq, (who, when, out) in enumerate(at)))
    days = [(person, NOW.date() - timedelta(days=back)) for person, back in promised]
    lines = commitments(*((seq, person, day.isoformat()) for seq, (person, day) in enumerate(days)))
    facts = facts_of(frame, lines, countries=countries)

    touched = {person: max(when for who, when, _ in at if who == person) for person, _, _ in at}
    zone = timedelta(hours=2)  # Berlin in these weeks
    owed = {
        day
        for person, day in days
        if person == "p" and NOW.date() != day and day + timedelta(days=14) > NOW.date()
        and ("p" not in touched or (touched["p"] + zone).date() < day)
    }  # fmt: skip
    times = [when for person, when, _ in at if person == "p"]
    times += [instant(f"{day}T06:30") for day in owed]
    limits = [(1, 7 * 24)] + [(f[0], f[1]) for f in ({"DE": (1, 720), "US": (3, 24)}.get(c) for c in countries) if f]
    full = any(sum(when > NOW - timedelta(hours=hours) for when in times) >= cap for cap, hours in limits)
    assert (facts["attempts_in_window"] >= facts["attempt_cap"]) is full
    assert facts["open_commitment"] is bool(owed)
    assert (facts["attempts_free_on"] is not None) is full


@given(made=some_touches, promised=some_lines, order=st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(
    made: list[tuple[str, int, str]],
    promised: list[tuple[str, int]],
    order: Any,  # noqa: ANN401  # Hypothesis' own Random
) -> None:
    """Law 2 and law 6: the same facts, whatever the order of events in the frame."""
    rows = [
        (seq, person, (NOW - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M"), outcome)
        for seq, (person, minutes, outcome) in enumerate(made)
    ]
    lines = [
        (seq, person, (NOW.date() - timedelta(days=back)).isoformat()) for seq, (person, back) in enumerate(promised)
    ]
    before = facts_of(touches(*rows), commitments(*lines))
    order.shuffle(rows)
    order.shuffle(lines)
    assert facts_of(touches(*rows), commitments(*lines)) == before
