"""Caps, pauses and promises: what the contacts made so far allow next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from policies.cadence import COMPANY_FACTS, blocked_owners, company_facts, open_commitments, outdated_contacts
from policies.errors import TactfulError
from tests.policies.outreach import BERLIN, NOW, cadence, commitments, facts_of, touches


def test_nobody_touched_nothing_holds_them_back() -> None:
    """A person without any contact has all facts, and none of them is null that a rule must know."""
    facts = facts_of(touches())
    wanted = {
        "attempts_in_window": 0,
        "attempt_cap": 1,
        "attempts_ever": 0,
        "total_cap": 3,
        "open_commitment": False,
        "cooling_off": False,
        "callback_pending": False,
        "contact_outdated": False,
    }
    assert {name: facts[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("at", "countries", "attempts", "cap", "free_on"),
    [
        (
            "2026-10-07T06:31",
            ["FR"],
            1,
            1,
            date(2026, 10, 15),
        ),  # a minute less than seven days: tomorrow at the soonest
        ("2026-10-07T06:30", ["FR"], 0, 1, None),  # seven days to the minute
        ("2026-10-10T10:00", ["FR"], 1, 1, date(2026, 10, 18)),  # on the 17th only after the morning's run
        (
            "2026-10-10T23:30",
            ["FR"],
            1,
            1,
            date(2026, 10, 18),
        ),  # after midnight in Berlin, and so before that day's run
        ("2026-10-05T10:00", ["DE"], 1, 1, date(2026, 11, 5)),  # the country looks back 30 days
        ("2026-10-05T10:00", ["FR", "DE"], 1, 1, date(2026, 11, 5)),  # of several countries the strictest
        ("2026-10-05T10:00", ["US"], 0, 1, None),  # three a day are allowed there, by us one a week
        ("2026-10-20T10:00", ["FR"], 1, 1, date(2026, 10, 28)),  # dated ahead: a clock set back opens no cap
        ("2026-01-05T10:00", ["NO"], 0, 0, None),  # a cap of nought is never
        ("2026-10-05T10:00", ["ZZ"], 0, 1, None),
    ],
)
def test_caps_roll_over_every_window_that_applies(
    at: str, countries: list[str], attempts: int, cap: int, free_on: date | None
) -> None:
    """Ours and every country's; the one with least left explains, and the date is when all have room."""
    facts = facts_of(touches((1, "p", at, "no_answer")), countries=countries)
    found = (facts["attempts_in_window"], facts["attempt_cap"], facts["attempts_free_on"])
    assert found == (attempts, cap, free_on)


def test_a_touch_counts_once_however_often_it_is_found() -> None:
    """Two lists, two addresses, two records of one person: the event is the unit."""
    once = touches((7, "p", "2026-10-13T10:00", "voicemail"))
    twice = pl.concat([once, once.with_columns(pl.lit("other-address").alias("token"))])
    assert facts_of(twice) == facts_of(once)


@pytest.mark.parametrize(
    ("rows", "ever"),
    [
        ([], 0),
        (["no_answer", "voicemail"], 2),
        (["no_answer", "connected"], 0),
        (["no_answer", "connected", "no_answer"], 1),
        (["not_interested", "voicemail", "out_of_office"], 2),
    ],
)
def test_contacts_without_answer_are_counted_since_the_last_answer(rows: list[str], ever: int) -> None:
    """The person's own word begins a new count."""
    made = touches(*((seq, "p", f"2026-08-{seq + 1:02d}T10:00", outcome) for seq, outcome in enumerate(rows)))
    assert facts_of(made)["attempts_ever"] == ever


@pytest.mark.parametrize(
    ("rows", "until"),
    [
        ([("2026-10-01T10:00", "no_answer")], None),
        ([("2026-10-01T10:00", "connected")], date(2026, 10, 31)),
        ([("2026-10-01T22:30", "connected")], date(2026, 11, 1)),  # the next day in Berlin
        ([("2026-09-14T10:00", "connected")], date(2026, 10, 14)),  # over today
        ([("2026-05-01T10:00", "not_interested")], date(2027, 5, 1)),
        ([("2026-05-01T10:00", "not_interested"), ("2026-06-01T10:00", "voicemail")], date(2027, 5, 1)),
        ([("2026-05-01T10:00", "not_interested"), ("2026-10-05T10:00", "replied")], date(2026, 10, 19)),
        ([("2026-10-05T10:00", "connected"), ("2026-10-12T10:00", "out_of_office")], date(2026, 11, 4)),
        ([("2026-10-12T10:00", "out_of_office")], date(2026, 10, 19)),
    ],
)
def test_pauses_follow_the_last_answer_and_what_was_tried_since(
    rows: list[tuple[str, str]], until: date | None
) -> None:
    """A voicemail does not lift a no; a later word of the person does."""
    facts = facts_of(touches(*((seq, "p", at, outcome) for seq, (at, outcome) in enumerate(rows))))
    assert facts["cooling_off"] is (until is not None and until > NOW.date())
    assert facts["cooling_off_until"] == until


@pytest.mark.parametrize(
    ("named", "later", "pending", "on"),
    [
        (date(2026, 10, 20), None, True, date(2026, 10, 20)),
        (date(2026, 10, 14), None, False, date(2026, 10, 14)),
        (date(2026, 10, 20), "voicemail", True, date(2026, 10, 20)),
        (date(2026, 10, 20), "connected", False, None),
        (None, None, False, None),
    ],
)
def test_a_day_named_for_a_call_back_is_kept(
    *, named: date | None, later: str | None, pending: bool, on: date | None
) -> None:
    """Pending until that day, in place of any pause; another answer takes its place."""
    asked = touches((1, "p", "2026-05-01T10:00", "not_interested"), (2, "p", "2026-10-01T10:00", "call_back"))
    asked = asked.with_columns(pl.when(pl.col("seq") == 2).then(pl.lit(named, dtype=pl.Date)).alias("callback_on"))
    more = touches((3, "p", "2026-10-02T10:00", later)) if later else touches()
    facts = facts_of(pl.concat([asked, more]))
    assert (facts["callback_pending"], facts["callback_on"]) == (pending, on)
    assert facts["cooling_off"] is (later == "connected")


@pytest.mark.parametrize(
    ("day", "more", "touched", "is_open"),
    [
        ("2026-10-13", {}, None, True),
        ("2026-10-14", {}, None, False),  # today's line is today's queue, not a debt
        ("2026-10-15", {}, None, True),  # the clock went back: still promised
        ("2026-09-30", {}, None, False),  # expired today
        ("2026-10-01", {}, None, True),
        ("2026-10-13", {"released": True}, None, False),
        ("2026-10-12", {}, "2026-10-12T00:00", False),  # the rep wrote down the day alone
        ("2026-10-12", {}, "2026-10-11T23:30", False),  # which is the 12th in Berlin
        ("2026-10-12", {}, "2026-10-11T10:00", True),
    ],
)
def test_a_commitment_counts_and_blocks_until_it_is_settled(
    *,
    day: str,
    more: dict[str, Any],
    touched: str | None,
    is_open: bool,
) -> None:
    """By an outcome, a release or its expiry; while open it is a contact like any other."""
    made = touches((9, "p", touched, "no_answer")) if touched else touches()
    facts = facts_of(made, commitments((1, "p", day), **more))
    assert facts["open_commitment"] is is_open
    assert facts["attempts_ever"] == int(is_open) + made.height
    if is_open:
        assert facts["attempts_in_window"] >= int(day > "2026-10-07")
        assert facts["commitment_expires_on"] == date.fromisoformat(day) + timedelta(days=14)


def test_revisions_of_one_day_are_one_commitment() -> None:
    """The day's queue in three revisions still promises one contact."""
    promised = commitments((1, "p", "2026-10-13"), (2, "p", "2026-10-13"), (3, "p", "2026-10-13"))
    assert facts_of(touches(), promised)["attempts_ever"] == 1
    assert open_commitments(promised, touches(), cadence(), NOW, zone=BERLIN).height == 1


@pytest.mark.parametrize(("day", "overdue"), [("2026-10-13", False), ("2026-10-12", True), ("2026-10-09", True)])
def test_outcomes_are_missed_after_two_working_days(*, day: str, overdue: bool) -> None:
    """A weekend is no working time."""
    lines = open_commitments(commitments((1, "p", day)), touches(), cadence(), NOW, zone=BERLIN)
    assert lines.get_column("overdue").to_list() == [overdue]


def test_a_rep_who_does_not_report_gets_nothing_new() -> None:
    """With ten overdue lines they still do, with eleven no more; what is not due yet does not count."""
    of_kim = commitments(*((i, f"p{i}", "2026-10-12") for i in range(11)))
    of_lee = commitments(*((i + 20, f"q{i}", "2026-10-12") for i in range(10)), owner="Lee")
    of_mia = commitments(*((i + 40, f"r{i}", "2026-10-13") for i in range(20)), owner="Mia")
    lines = open_commitments(pl.concat([of_kim, of_lee, of_mia]), touches(), cadence(), NOW, zone=BERLIN)
    assert blocked_owners(lines, cadence()) == ("Kim",)


@pytest.mark.parametrize(
    ("rows", "outdated"),
    [
        ([("left_company", "t")], ["t"]),
        ([("wrong_person", "t"), ("no_answer", "t")], ["t"]),
        ([("wrong_person", "t"), ("connected", "t")], []),
        ([("wrong_person", "t"), ("connected", "u")], ["t"]),
        ([("connected", "t"), ("left_company", "u")], ["u"]),
        ([("left_company", None)], []),
    ],
)
def test_a_wrong_contact_point_is_outdated_until_it_answers(
    rows: list[tuple[str, str | None]], outdated: list[str]
) -> None:
    """That contact point alone; a touch that names none is about the person."""
    made = pl.concat(
        touches((seq, "p", f"2026-10-0{seq + 1}T10:00", outcome), token=token)
        for seq, (outcome, token) in enumerate(rows)
    )
    assert outdated_contacts(made, cadence()).get_column("token").to_list() == outdated
    assert facts_of(made)["contact_outdated"] is (rows == [("left_company", None)])


def _company(made: pl.DataFrame, promised: pl.DataFrame, people: list[tuple[str, str | None]]) -> dict[str, Any]:
    frame = pl.DataFrame(people, schema={"person_id": pl.String, "company_key": pl.String}, orient="row")
    found = company_facts(made, promised, frame, cadence(), NOW, zone=BERLIN)
    assert found.schema == COMPANY_FACTS
    return found.row(0, named=True)


def test_a_company_is_counted_across_its_people_once_for_each_contact() -> None:
    """A touch that reached two people under a shared number is one contact of their company."""
    made = touches((1, "p", "2026-10-13T10:00", "connected"), (1, "q", "2026-10-13T10:00", "connected"))
    people: list[tuple[str, str | None]] = [("p", "acme"), ("p", "acme"), ("q", "acme"), ("r", "acme"), ("s", None)]
    facts = _company(made, commitments(), people)
    assert (facts["company_attempts_in_window"], facts["company_cap"], facts["company_free_on"]) == (1, 2, None)
    facts = _company(made, commitments((5, "r", "2026-10-12")), people)
    assert (facts["company_attempts_in_window"], facts["company_free_on"]) == (2, date(2026, 10, 19))
    assert (facts["company_has_commitment"], facts["company_commitment_expires_on"]) == (True, date(2026, 10, 26))


@pytest.mark.parametrize(("key", "value"), [("attempts", None), ("hours", [["10:00", "late"]])])
def test_a_cadence_that_cannot_be_read_says_which(key: str, value: object) -> None:
    """A missing key is named, a wrong value too."""
    broken = {**cadence(), key: value}
    if value is None:
        del broken[key]
    with pytest.raises(TactfulError) as raised:
        open_commitments(commitments(), touches(), broken, NOW, zone=BERLIN)
    assert raised.value.code == "settings_invalid"
    assert (key if value is None else "late") in raised.value.message
