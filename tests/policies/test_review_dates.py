"""When a deferred person is looked at again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from policies.decision.review_dates import DATE_OF_FACT, next_reviews
from policies.effects import Effect
from tests.policies.worlds import base_rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.rulebook import Rule

TODAY = date(2026, 10, 14)
TOMORROW = TODAY + timedelta(days=1)
AGAIN = base_rules().settings["cadence"]["new_approach_days"]
NOWHERE = TODAY + timedelta(days=AGAIN)
LATER = date(2026, 10, 21)
_ENDS = sorted(set(DATE_OF_FACT.values()) - {"next_day"})


def rules() -> tuple[Rule, ...]:
    """The rules of the base."""
    return base_rules().rules


def number(rule_id: str) -> int:
    """The place of a rule in the book."""
    return [rule.id for rule in rules()].index(rule_id)


def review(
    against: Sequence[str],
    dates: Mapping[str, date] | None = None,
    *,
    effect: Effect = Effect.DENY,
    outcome: str = "deferred",
) -> date | None:
    """The day for one person, with what speaks against today and the dates known of them."""
    ends = dates or {}
    point = {"record_id": ["r"], "channel": ["email"]}
    best = pl.DataFrame({**point, "person_id": ["p"], "outcome": [outcome]})
    stages = [rules()[number(name)].stage.value for name in against]
    reached = pl.DataFrame(
        {
            "record_id": pl.Series(["r"] * len(against), dtype=pl.String),
            "channel": pl.Series(["email"] * len(against), dtype=pl.String),
            "rule": pl.Series([number(name) for name in against], dtype=pl.UInt16),
            "stage": pl.Series(stages, dtype=pl.String),
            "effect": pl.Series([effect.value] * len(against), dtype=pl.UInt8),
        }
    )
    known = pl.DataFrame(
        {**point, "person_id": ["p"], **{name: pl.Series([ends.get(name)], dtype=pl.Date) for name in _ENDS}}
    )
    found = next_reviews(best, reached, rules(), known, TODAY, new_approach_days=AGAIN)
    return found.get_column("next_review_on").item() if found.height else None


@pytest.mark.parametrize(
    ("against", "dates", "expected"),
    [
        (["core.cadence.window_closed"], {"next_window_on": LATER}, LATER),
        (["core.cadence.person_cap"], {"attempts_free_on": LATER}, LATER),
        (["core.cadence.cooling_off"], {"cooling_off_until": LATER}, LATER),
        (["core.cadence.callback_pending"], {"callback_on": LATER}, LATER),
        (["core.cadence.open_commitment"], {"commitment_expires_on": LATER}, LATER),
        (["core.cadence.company_cap"], {"company_free_on": LATER}, LATER),
        (["core.cadence.over_budget"], {}, TOMORROW),
        (["core.cadence.owner_blocked"], {}, TOMORROW),
        (["core.cadence.company_today"], {}, TOMORROW),
        (["core.cadence.company_today"], {"company_waits_until": LATER}, LATER),
        # a date that concerns something else plays no part
        (["core.cadence.over_budget"], {"callback_on": LATER}, TOMORROW),
        # never before the next day
        (["core.cadence.window_closed"], {"next_window_on": TODAY}, TOMORROW),
        (["core.cadence.cooling_off"], {"cooling_off_until": date(2026, 1, 1)}, TOMORROW),
        # several reasons: the last to end
        (
            ["core.cadence.cooling_off", "core.cadence.window_closed"],
            {"cooling_off_until": LATER, "next_window_on": TOMORROW},
            LATER,
        ),
        # nobody can say when
        (["core.cadence.total_cap"], {}, NOWHERE),
        (["core.cadence.window_closed"], {}, NOWHERE),
        (["core.cadence.total_cap", "core.cadence.window_closed"], {"next_window_on": LATER}, NOWHERE),
        ([], {}, NOWHERE),
    ],
)
def test_when_to_look_again(against: list[str], dates: dict[str, date], expected: date) -> None:
    """The day on which the last of the reasons against today is over."""
    assert review(against, dates) == expected


def test_what_does_not_defer_plays_no_part() -> None:
    """A remark of the cadence, or a rule of another stage, moves no date."""
    dates = {"cooling_off_until": LATER, "next_window_on": TOMORROW}
    assert review(["core.cadence.cooling_off"], dates, effect=Effect.WARN) == NOWHERE
    assert review(["core.fit.student", "core.cadence.over_budget"]) == TOMORROW


@pytest.mark.parametrize("outcome", ["queued", "held", "brief_wanted", "suppressed", "unfit"])
def test_only_who_is_deferred_is_looked_at_again(outcome: str) -> None:
    """For everybody else something other than time must change."""
    assert review(["core.cadence.over_budget"], outcome=outcome) is None


def test_a_rule_of_limited_time_ends_with_it() -> None:
    """The day after its last one, even where nothing else says when."""
    place = number("core.cadence.total_cap")
    limited = list(rules())
    limited[place] = replace(limited[place], until=LATER)
    point = {"record_id": ["r"], "channel": ["email"], "person_id": ["p"]}
    reached = pl.DataFrame({**point, "rule": [place], "stage": ["cadence"], "effect": [3]}).cast({"rule": pl.UInt16})
    dates = pl.DataFrame({**point, **{name: pl.Series([None], dtype=pl.Date) for name in _ENDS}})
    best = pl.DataFrame({**point, "outcome": ["deferred"]})
    found = next_reviews(best, reached, limited, dates, TODAY, new_approach_days=AGAIN)
    assert found.rows() == [("p", LATER + timedelta(days=1))]


def test_every_rule_of_the_cadence_that_defers_ends_some_day() -> None:
    """A new rule that defers either names a fact with a date or waits for a new approach on purpose."""
    defers = [rule for rule in rules() if rule.stage == "cadence" and rule.effect is Effect.DENY]
    without = {rule.id for rule in defers if not DATE_OF_FACT.keys() & set(rule.columns)}
    assert without == {"core.cadence.total_cap"}
