"""Who takes the day's places: warm before cold, one person per company, budgets kept, whatever the order of rows."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policies.cadence.allocation import ALLOCATION, allocate, ranked

CANDIDATES = pl.Schema(
    {
        "person_id": pl.String,
        "company_key": pl.String,
        "warmth": pl.Int64,
        "tier": pl.String,
        "fit_score": pl.Int64,
        "owner_hint": pl.String,
        "source": pl.String,
        "callback": pl.Boolean,
        "callback_rep": pl.String,
        "last_rep": pl.String,
    }
)
HANDED_OUT = pl.Schema({"person_id": pl.String, "owner": pl.String, "company_key": pl.String})
REPS = (("Kim", 2), ("Lee", 1))
OVER = date(2026, 10, 20)


def _person(name: str, **more: object) -> dict[str, object]:
    return {"person_id": name, "warmth": 0, "fit_score": 0, "source": "list", **more}


def _candidates(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=CANDIDATES)


def _handed_out(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=HANDED_OUT, orient="row")


def _places(*rows: dict[str, object], given_out: pl.DataFrame | None = None, **more: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401  # passed on
    """What each person got."""
    kept = _handed_out() if given_out is None else given_out
    found = allocate(_candidates(*rows), more.pop("reps", REPS), handed_out=kept, **more)
    assert found.schema == ALLOCATION
    return {row["person_id"]: row for row in found.to_dicts()}


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        ([_person("a", warmth=10), _person("b", warmth=50)], "ba"),
        ([_person("a", tier="B"), _person("b", tier="A"), _person("c")], "bac"),
        ([_person("a", tier="C", warmth=10), _person("b", tier="A")], "ab"),
        ([_person("a", fit_score=1), _person("b", fit_score=9)], "ba"),
        ([_person("b"), _person("a")], "ab"),
        # turns among sources within the same warmth and tier, each source's best first
        (
            [
                _person("a", fit_score=9),
                _person("b", fit_score=8),
                _person("c", fit_score=7),
                _person("d", fit_score=3, source="other"),
                _person("e", fit_score=2, source="other"),
            ],
            "adbec",
        ),
        ([_person("a", fit_score=None), _person("b", warmth=None, fit_score=5)], "ba"),
    ],
)
def test_the_order_in_which_places_are_given(rows: list[dict[str, object]], order: str) -> None:
    """Warmth, account tier, turns among lists, fit, then person id."""
    found = ranked(_candidates(*rows), pl.Series([], dtype=pl.String)).get_column("person_id").to_list()
    assert "".join(found) == order


def test_who_is_in_the_queue_stays_first_with_the_same_owner() -> None:
    """A warmer newcomer does not push anybody out, nor take their rep."""
    places = _places(_person("a"), _person("b", warmth=50), given_out=_handed_out(("a", "Lee", None)))
    assert (places["a"]["rank"], places["a"]["owner"]) == (1, "Lee")
    assert (places["b"]["rank"], places["b"]["owner"]) == (2, "Kim")


def test_budgets_are_those_of_the_day() -> None:
    """What earlier revisions handed out is used up, done or not."""
    places = _places(*(_person(name) for name in "abcd"), given_out=_handed_out(("x", "Kim", None), ("y", "Lee", None)))
    assert [places[name]["owner"] for name in "abcd"] == ["Kim", None, None, None]
    assert [places[name]["over_budget"] for name in "abcd"] == [False, True, True, True]


def test_owners_of_accounts_are_respected() -> None:
    """Somebody's account goes to them or to nobody; what is nobody's goes to whom has most room."""
    places = _places(
        _person("a", owner_hint="Lee"), _person("b", owner_hint="Lee"), _person("c"), _person("d", owner_hint="gone")
    )
    assert [places[name]["owner"] for name in "abcd"] == ["Lee", None, "Kim", "Kim"]
    assert places["b"]["over_budget"]


def test_one_person_per_company_at_a_time() -> None:
    """The first of a company keeps the others back, and so does an open commitment or a line already done today."""
    places = _places(
        *(
            _person(name, company_key=company)
            for name, company in zip("abcde", ["x", "x", "y", "z", None], strict=True)
        ),
        reps=(("Kim", 9),),
        given_out=_handed_out(("done", "Kim", "z")),
        busy_companies={"y": OVER},
    )
    assert [places[name]["company_has_other_today"] for name in "abcde"] == [False, True, True, True, False]
    assert [places[name]["company_waits_until"] for name in "abcde"] == [None, None, OVER, None, None]
    assert [places[name]["rank"] for name in "abcde"] == [1, None, None, None, 2]


def test_people_without_company_do_not_stand_in_each_others_way() -> None:
    """An unknown company is no company."""
    places = _places(_person("a"), _person("b"), _person("c"))
    assert [places[name]["rank"] for name in "abc"] == [1, 2, 3]


def test_blocked_owners_keep_what_they_have_and_get_nothing_new() -> None:
    """Their accounts wait for their reports; the rest goes to others."""
    places = _places(
        *(_person("a"), _person("b", owner_hint="Kim"), _person("c"), _person("d")),
        given_out=_handed_out(("a", "Kim", None)),
        blocked_owners=["Kim"],
    )
    assert [places[name]["owner"] for name in "abcd"] == ["Kim", None, "Lee", None]
    assert [places[name]["owner_blocked"] for name in "abcd"] == [False, True, False, True]


def _called_back(name: str, rep: str | None, **more: object) -> dict[str, object]:
    return _person(name, callback=True, callback_rep=rep, **more)


def test_who_named_this_day_comes_first_with_the_same_rep() -> None:
    """Before warmer people, to whom they named it; the other rep takes them where that one has no place left."""
    places = _places(
        _person("a", warmth=50), _called_back("b", "Lee"), _called_back("c", "Lee", owner_hint="Kim"), reps=REPS
    )
    assert [places[name]["rank"] for name in "bca"] == [1, 2, 3]
    assert [places[name]["owner"] for name in "bca"] == ["Lee", "Kim", "Kim"]


def test_a_promise_waits_for_no_rep() -> None:
    """Neither for one who must report first, nor for one who is gone, nor for the owner of the account."""
    places = _places(
        _called_back("a", "Lee"), _called_back("b", "gone"), _called_back("c", None, owner_hint="Lee"),
        reps=(("Kim", 5), ("Lee", 5)), blocked_owners=["Lee"],
    )  # fmt: skip
    assert [places[name]["owner"] for name in "abc"] == ["Kim", "Kim", "Kim"]


def test_a_promise_is_kept_beside_an_older_line_at_their_company() -> None:
    """The open line of a colleague keeps others back, not whom we promised; who stands in today's queue does."""
    row = _called_back("a", "Kim", company_key="x")
    assert _places(row, _person("b", company_key="x"), busy_companies={"x": OVER})["a"]["owner"] == "Kim"
    taken = _places(row, given_out=_handed_out(("c", "Kim", "x")))
    assert taken["a"]["company_has_other_today"]


def test_people_stay_with_whom_they_know() -> None:
    """Who dealt with them last, while there is room; the owner of the account goes before that."""
    places = _places(
        _person("a", last_rep="Lee"), _person("b", last_rep="Lee"), _person("c", last_rep="Lee", owner_hint="Kim")
    )
    assert [places[name]["owner"] for name in "abc"] == ["Lee", "Kim", "Kim"]


def test_reps_take_turns_by_their_budgets() -> None:
    """With four places and two, every third goes to the one with fewer; nobody gets all of the best."""
    names = "abcdef"
    places = _places(*(_person(name) for name in names), reps=(("Kim", 4), ("Lee", 2)))
    assert "".join(places[name]["owner"][0] for name in names) == "KKLKKL"


def test_without_reps_nobody_is_placed() -> None:
    """No rep, no room."""
    assert _places(_person("a"), reps=())["a"]["over_budget"]


def test_no_candidates_no_places() -> None:
    """An empty day is no error."""
    assert _places() == {}


# --- properties ---

names = st.integers(0, 30).map(lambda number: f"p{number:02d}")
people = st.lists(
    st.builds(
        _person,
        names,
        company_key=st.sampled_from(["x", "y", "z", None, None]),
        warmth=st.sampled_from([0, 0, 20, 50]),
        tier=st.sampled_from(["A", "B", None]),
        fit_score=st.integers(0, 3),
        owner_hint=st.sampled_from(["Kim", "Lee", "gone", None, None]),
        source=st.sampled_from(["one", "two", "three"]),
        callback=st.sampled_from([True, False, False, None]),
        callback_rep=st.sampled_from(["Kim", "Lee", "gone", None]),
        last_rep=st.sampled_from(["Kim", "Lee", "gone", None]),
    ),
    max_size=14,
    unique_by=lambda person: person["person_id"],
)
budgets = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda pair: (("Kim", pair[0]), ("Lee", pair[1])))
earlier = st.dictionaries(names, st.sampled_from(["Kim", "Lee"]), max_size=5)
companies = st.lists(st.sampled_from(["x", "y"]), max_size=1)


def _lines(owners: dict[str, str], rows: list[dict[str, object]]) -> pl.DataFrame:
    company_of = {str(row["person_id"]): row.get("company_key") for row in rows}
    return pl.DataFrame(
        [(name, owner, company_of.get(name)) for name, owner in owners.items()], schema=HANDED_OUT, orient="row"
    )


@given(people, budgets, earlier, companies, st.sets(st.sampled_from(["Kim", "Lee"]), max_size=1))
def test_every_day_keeps_its_promises(
    rows: list[dict[str, object]],
    reps: tuple[tuple[str, int], ...],
    owners: dict[str, str],
    busy: list[str],
    blocked: set[str],
) -> None:
    """Budgets hold, companies are approached once, kept lines stay, ranks have no gaps, one reason each."""
    lines = _lines(owners, rows)
    found = allocate(
        _candidates(*rows), reps, handed_out=lines, blocked_owners=blocked, busy_companies=dict.fromkeys(busy, OVER)
    )
    taken = found.drop_nulls("owner")
    new = taken.filter(~pl.col("person_id").is_in(list(owners)))
    used, fresh = Counter(owners.values()), Counter(new.get_column("owner"))
    assert all(fresh[name] <= max(0, budget - used[name]) for name, budget in reps)
    assert not blocked & set(fresh)
    company_of = {str(row["person_id"]): row.get("company_key") for row in rows}
    approached = [company_of[name] for name in new.get_column("person_id") if company_of[name]]
    named = {row["person_id"] for row in rows if row["callback"]}
    unnamed = {company_of[name] for name in new.get_column("person_id") if name not in named}
    assert len(approached) == len(set(approached))
    assert not {company_of.get(name) for name in owners} & set(approached)
    assert not set(busy) & unnamed
    kept = {str(row["person_id"]): owners[str(row["person_id"])] for row in rows if row["person_id"] in owners}
    assert kept.items() <= dict(taken.select("person_id", "owner").iter_rows()).items()
    assert sorted(taken.get_column("rank")) == list(range(1, taken.height + 1))
    flags = found.select(
        pl.sum_horizontal("company_has_other_today", "over_budget", "owner_blocked").alias("n"), "owner"
    )
    assert all((count == 0) == (owner is not None) and count <= 1 for count, owner in flags.iter_rows())


@given(people, budgets, earlier, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    rows: list[dict[str, object]],
    reps: tuple[tuple[str, int], ...],
    owners: dict[str, str],
    order: Any,  # noqa: ANN401  # Hypothesis' own Random
) -> None:
    """Law 6: the same places for the same people."""
    lines = _lines(owners, rows)
    before = allocate(_candidates(*rows), reps, handed_out=lines)
    mixed, mixed_reps = list(rows), list(reps)
    order.shuffle(mixed)
    order.shuffle(mixed_reps)
    assert allocate(_candidates(*mixed), mixed_reps, handed_out=lines.reverse()).equals(before)


@given(people, budgets, earlier)
def test_who_comes_later_never_takes_a_place_from_before(
    rows: list[dict[str, object]], reps: tuple[tuple[str, int], ...], owners: dict[str, str]
) -> None:
    """Without the last of the ranking all others get the very same."""
    assume(rows)
    lines = _lines(owners, rows)
    last = ranked(_candidates(*rows), lines.get_column("person_id")).get_column("person_id")[-1]
    assume(last not in owners)
    whole = allocate(_candidates(*rows), reps, handed_out=lines)
    fewer = allocate(_candidates(*(row for row in rows if row["person_id"] != last)), reps, handed_out=lines)
    assert whole.filter(pl.col("person_id") != last).equals(fewer)
