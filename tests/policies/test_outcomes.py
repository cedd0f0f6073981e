"""The table of verdicts (docs/principles.md): from effects of rules to one verdict a person."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.decision.outcomes import OUTCOMES, best_points, outcomes_of_points, person_outcomes, reaching
from policies.effects import Effect, Stage, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PASS, WARN, HOLD, DENY = Effect
PERMISSION, FIT, BRIEF, CADENCE = Stage
Fired = tuple[Stage, Effect]

_REACHED = pl.Schema(
    {
        "record_id": pl.String,
        "person_id": pl.String,
        "channel": pl.String,
        "rule": pl.UInt16,
        "stage": pl.String,
        "effect": pl.UInt8,
    }
)


def points_of(*points: tuple[str, str, str]) -> pl.DataFrame:
    """Contact points as (record, person, channel)."""
    return pl.DataFrame(points, schema=["record_id", "person_id", "channel"], orient="row")


def reached_of(said: Mapping[tuple[str, str, str], Sequence[Fired]]) -> pl.DataFrame:
    """What fired at each contact point; every firing is a rule of its own."""
    rows = [
        (record, person, channel, number, stage.value, effect.value)
        for (record, person, channel), fired in said.items()
        for number, (stage, effect) in enumerate(fired)
    ]
    return pl.DataFrame(rows, schema=_REACHED, orient="row")


def outcome(*fired: Fired) -> str:
    """What one contact point comes to."""
    found = outcomes_of_points(reached_of({("r", "p", "email"): fired}), points_of(("r", "p", "email")))
    return str(found.get_column("outcome").item())


def verdict(*channels: Sequence[Fired]) -> str:
    """What a person with one contact point for each entry comes to."""
    points = [(f"r{number}", "p", "email") for number in range(len(channels))]
    outcomes = outcomes_of_points(reached_of(dict(zip(points, channels, strict=True))), points_of(*points))
    return str(person_outcomes(outcomes).get_column("person_verdict").item())


@pytest.mark.parametrize(
    ("fired", "expected"),
    [
        ([], "queued"),
        ([(PERMISSION, WARN), (FIT, WARN), (BRIEF, WARN), (CADENCE, WARN)], "queued"),
        ([(PERMISSION, DENY)], "suppressed"),
        ([(PERMISSION, HOLD)], "held"),
        ([(FIT, DENY)], "unfit"),
        ([(FIT, HOLD)], "held"),
        ([(BRIEF, DENY)], "brief_wanted"),
        ([(BRIEF, HOLD)], "brief_wanted"),
        ([(CADENCE, DENY)], "deferred"),
        ([(CADENCE, HOLD)], "held"),
        # precedence, from the top of the table
        ([(PERMISSION, DENY), (FIT, DENY), (BRIEF, DENY), (CADENCE, DENY)], "suppressed"),
        ([(PERMISSION, HOLD), (FIT, DENY), (BRIEF, DENY), (CADENCE, DENY)], "unfit"),
        ([(PERMISSION, HOLD), (BRIEF, DENY), (CADENCE, DENY)], "held"),
        ([(FIT, HOLD), (BRIEF, DENY), (CADENCE, DENY)], "held"),
        ([(BRIEF, DENY), (CADENCE, HOLD)], "held"),
        ([(BRIEF, DENY), (CADENCE, DENY)], "brief_wanted"),
        # a stage with both a hold and a deny
        ([(PERMISSION, HOLD), (PERMISSION, DENY)], "suppressed"),
        ([(FIT, HOLD), (FIT, DENY)], "unfit"),
        ([(CADENCE, HOLD), (CADENCE, DENY)], "held"),
        ([(BRIEF, DENY), (CADENCE, HOLD), (CADENCE, DENY)], "held"),
    ],
)
def test_what_a_contact_point_comes_to(fired: list[Fired], expected: str) -> None:
    """Every line of the verdict table, and which goes before which."""
    assert outcome(*fired) == expected
    assert outcome(*reversed(fired)) == expected
    assert verdict(fired) == expected


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        ([[(PERMISSION, DENY)], []], "queued"),
        ([[(FIT, DENY)], [(CADENCE, DENY)]], "deferred"),
        ([[(PERMISSION, DENY)], [(BRIEF, DENY)]], "brief_wanted"),
        ([[(PERMISSION, DENY)], [(FIT, HOLD)]], "held"),
        ([[(CADENCE, DENY)], [(BRIEF, DENY)], []], "queued"),
        ([[(FIT, DENY)], [(FIT, DENY)]], "unfit"),
        ([[(PERMISSION, DENY)], [(PERMISSION, DENY)]], "suppressed"),
        # every channel is denied, one at least by a permission rule
        ([[(PERMISSION, DENY)], [(FIT, DENY)]], "suppressed"),
        ([[(FIT, DENY)], [(FIT, DENY)], [(PERMISSION, DENY)]], "suppressed"),
    ],
)
def test_a_person_gets_the_best_of_their_channels(channels: list[list[Fired]], expected: str) -> None:
    """And is suppressed as soon as all are denied and one of them by permission."""
    assert verdict(*channels) == expected
    assert verdict(*reversed(channels)) == expected


def test_nothing_is_lost_between_outcomes_and_verdicts() -> None:
    """Whatever the effects of the stages are, there is one outcome, and its rank is its place."""
    for effects in product(Effect, repeat=len(Stage)):
        fired = [(stage, effect) for stage, effect in zip(Stage, effects, strict=True) if effect is not PASS]
        assert outcome(*fired) in {found.value for found in OUTCOMES}
    assert set(OUTCOMES) == set(Verdict) - {Verdict.REJECTED, Verdict.DUPLICATE}


fired_rules = st.lists(st.tuples(st.sampled_from(tuple(Stage)), st.sampled_from((WARN, HOLD, DENY))), max_size=5)


@given(fired_rules, st.sampled_from((PERMISSION, FIT)))
def test_one_more_deny_never_betters_an_outcome(fired: list[Fired], stage: Stage) -> None:
    """Law 4, where rules are put together: what was open may close, nothing closed may open."""
    rank = {found.value: place for place, found in enumerate(OUTCOMES)}
    assert rank[outcome(*fired, (stage, DENY))] >= rank[outcome(*fired)]


def fired_of(*rows: tuple[str, str, str, int, str, Effect]) -> pl.DataFrame:
    """Fired rules as (record, person, channel, rule, reach, effect), all of the stage permission."""
    schema = ["record_id", "person_id", "channel", "rule", "reach", "effect"]
    typed = pl.DataFrame(rows, schema=schema, orient="row").cast({"rule": pl.UInt16, "effect": pl.UInt8})
    return typed.with_columns(pl.lit(PERMISSION.value).alias("stage"))


def test_a_rule_of_the_person_reaches_every_record_on_that_channel() -> None:
    """The strictest of the person's records counts for all of them; other channels and people are untouched."""
    points = points_of(("r1", "p", "email"), ("r2", "p", "email"), ("r2", "p", "phone"), ("r3", "q", "email"))
    fired = fired_of(("r1", "p", "email", 7, "person", HOLD), ("r2", "p", "email", 7, "person", DENY))
    found = reaching(fired, points).select("record_id", "channel", "rule", "effect").rows()
    assert found == [("r1", "email", 7, DENY.value), ("r2", "email", 7, DENY.value)]


def test_a_rule_of_the_contact_stays_where_it_fired() -> None:
    """Two countries of one record give one line, with the stricter effect."""
    points = points_of(("r1", "p", "email"), ("r2", "p", "email"))
    fired = fired_of(("r1", "p", "email", 3, "contact", HOLD), ("r1", "p", "email", 3, "contact", DENY))
    assert reaching(fired, points).select("record_id", "effect").rows() == [("r1", DENY.value)]


def test_the_best_point_is_the_preferred_of_the_best() -> None:
    """First what it comes to, then the preference, then the record's id."""
    points = [("r1", "p", "email"), ("r2", "p", "email"), ("r2", "p", "phone"), ("r3", "p", "email")]
    said = {points[0]: [(FIT, DENY)]}
    outcomes = outcomes_of_points(reached_of(said), points_of(*points))
    order = pl.DataFrame(
        [("r1", "email", 0), ("r2", "email", 2), ("r2", "phone", 1), ("r3", "email", 2)],
        schema=["record_id", "channel", "preference"],
        orient="row",
    )
    assert best_points(outcomes, order).select("record_id", "channel").rows() == [("r2", "phone")]
    tied = order.with_columns(preference=1)
    assert best_points(outcomes, tied).select("record_id", "channel").rows() == [("r2", "email")]
