"""Who takes which place in the day's queue: ranking, one person per company, and the budgets of the reps.

The ranking is a total order over people, independent of the order of rows: who is in the day's queue already, who named
this day, warmth, account tier, then by turns among the sources (each source's best fit first), then person id. Places
are given out along it, so that what comes later never takes a place from what comes before. Whose turn it is among the
reps goes by the share of their budget that is given out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.schema import conform

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date
    from typing import TypeAlias

    _Row: TypeAlias = tuple[str, str | None, int | None, bool, date | None, bool, bool]

__all__ = ["ALLOCATION", "allocate", "ranked"]

ALLOCATION: Final = pl.Schema(
    {
        "person_id": pl.String,
        "owner": pl.String,  # null: no place today
        "rank": pl.UInt32,  # 1 is first; null: no place today
        "company_has_other_today": pl.Boolean,
        "company_waits_until": pl.Date,  # where their company waits: the first day on which it does no longer
        "over_budget": pl.Boolean,
        "owner_blocked": pl.Boolean,
    }
)

_TURN_GROUP: Final = ("kept", "callback", "warmth", "tier")
# What callers may leave out: nobody shares a contact, named a day, or was talked to before.
_OPTIONAL: Final = pl.Schema(
    {"contact": pl.String, "callback": pl.Boolean, "callback_rep": pl.String, "last_rep": pl.String}
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One person who may be contacted today."""

    person_id: str
    company_key: str | None
    owner_hint: str | None
    contact: str | None
    callback: bool
    callback_rep: str | None
    last_rep: str | None


@dataclass(slots=True)
class _Day:
    """What is left to give out while the ranking is walked."""

    budget: Mapping[str, int]
    room: dict[str, int]
    blocked: Collection[str]
    holder: Mapping[str, str]  # person -> owner, for those in the queue already
    company_of: dict[str, set[str]]  # company -> people who stand for it today
    busy: Mapping[str, date]
    contacts: set[str] = field(default_factory=set)  # under which somebody is reached today
    taken: int = field(default=0)


def allocate(
    candidates: pl.DataFrame,
    reps: Sequence[tuple[str, int]],
    *,
    handed_out: pl.DataFrame,
    blocked_owners: Collection[str] = (),
    busy_companies: Mapping[str, date] | None = None,
) -> pl.DataFrame:
    """Give out the day's places, under the contract ``ALLOCATION`` (one row per candidate, by person id).

    Args:
        candidates: everybody who may be contacted today, one row per person: ``person_id, company_key, warmth, tier,
            fit_score, owner_hint`` (owner of the account), ``source``; where it is known the ``contact`` they would be
            reached under (two people may share it), ``callback`` (they named this day), ``callback_rep`` (to whom) and
            ``last_rep`` (who dealt with them last); other columns are ignored.
        reps: name and daily budget.
        handed_out: all lines the day's earlier revisions handed out and nobody took back, whether still in the queue or
            done: ``person_id, owner``, and ``company_key`` for those who are no candidates any more. They use up
            budget; candidates among them keep their place and owner.
        blocked_owners: reps who get nothing new until they report on what they have.
        busy_companies: companies where somebody has an open commitment of an earlier day, or named a day that is still
            to come, with the day on which that is over; it keeps nobody from being called on a day they named
            themselves.

    Exactly one flag is set for a candidate without place. A kept line stays even where its owner's budget was cut.
    """
    day = _start(candidates, reps, handed_out, blocked_owners, busy_companies or {})
    order = ranked(candidates, handed_out.get_column("person_id"))
    columns = order.select("person_id", "company_key", "owner_hint", *_OPTIONAL)
    rows = [_place(day, _Candidate(*values)) for values in columns.iter_rows()]
    return conform(pl.DataFrame(rows, schema=ALLOCATION, orient="row").sort("person_id"), ALLOCATION)


def ranked(candidates: pl.DataFrame, kept: pl.Series) -> pl.DataFrame:
    """Candidates in the order in which places are given out; ``kept`` holds the people already in the day's queue."""
    best_of_source = ["fit_score", "person_id"]
    missing = [
        pl.lit(None, dtype=kind).alias(name) for name, kind in _OPTIONAL.items() if name not in candidates.columns
    ]
    return (
        candidates.with_columns(missing)
        .with_columns(
            pl.col("callback").fill_null(value=False),
            pl.col("person_id").is_in(kept.implode()).alias("kept"),
            pl.col("fit_score").fill_null(0),
            pl.col("warmth").fill_null(0),
        )
        .sort(best_of_source, descending=[True, False])
        .with_columns(pl.col("person_id").cum_count().over(*_TURN_GROUP, "source").alias("turn"))
        .sort(
            [*_TURN_GROUP, "turn", *best_of_source],
            descending=[True, True, True, False, False, True, False],
            nulls_last=True,
        )
    )


def _start(
    candidates: pl.DataFrame,
    reps: Sequence[tuple[str, int]],
    handed_out: pl.DataFrame,
    blocked: Collection[str],
    busy: Mapping[str, date],
) -> _Day:
    """The day before the first new place: budgets less what was handed out, companies taken by it."""
    lines = handed_out.unique("person_id")
    used = dict(lines.group_by("owner").len().iter_rows())
    companies = candidates.select("person_id", "company_key")
    if "company_key" in lines.columns:
        companies = pl.concat([companies, lines.select("person_id", "company_key")])
    taken: dict[str, set[str]] = {}
    for person, company in companies.join(lines.select("person_id"), on="person_id", how="semi").iter_rows():
        if company is not None:
            taken.setdefault(company, set()).add(person)
    return _Day(
        budget=dict(reps),
        room={name: budget - used.get(name, 0) for name, budget in reps},
        blocked=frozenset(blocked),
        holder=dict(lines.select("person_id", "owner").iter_rows()),
        company_of=taken,
        busy=busy,
    )


def _place(day: _Day, who: _Candidate) -> _Row:
    """One row of ``ALLOCATION``: a place, or the one reason against it.

    Under one mailbox or number one message a day is enough, whoever it is about.
    """
    if day.holder.get(who.person_id) in day.room:
        return _take(day, who, day.holder[who.person_id])
    if _has_other(day, who) or (who.contact is not None and who.contact in day.contacts):
        return who.person_id, None, None, True, day.busy.get(who.company_key or ""), False, False
    owner = _owner_of(day, who)
    if owner is None or day.room[owner] < 1:
        return who.person_id, None, None, False, None, True, False
    if owner in day.blocked:
        return who.person_id, None, None, False, None, False, True
    day.room[owner] -= 1
    if who.company_key is not None:
        day.company_of.setdefault(who.company_key, set()).add(who.person_id)
    return _take(day, who, owner)


def _has_other(day: _Day, who: _Candidate) -> bool:
    """Whether somebody else at their company comes before them."""
    if who.company_key is None:
        return False
    is_busy = who.company_key in day.busy and not who.callback
    return is_busy or bool(day.company_of.get(who.company_key, set()) - {who.person_id})


def _owner_of(day: _Day, who: _Candidate) -> str | None:
    """The rep to whom they named the day, the owner of their account, who dealt with them last, or whose turn it is.

    An account waits for its owner; a promise waits for nobody.
    """
    if not who.callback and who.owner_hint in day.room:
        return who.owner_hint
    known = (who.callback_rep, who.owner_hint) if who.callback else (who.last_rep,)
    return next((name for name in known if name is not None and _is_free(day, name)), None) or _whose_turn(day)


def _take(day: _Day, who: _Candidate, owner: str) -> _Row:
    day.taken += 1
    if who.contact is not None:
        day.contacts.add(who.contact)
    return who.person_id, owner, day.taken, False, None, False, False


def _is_free(day: _Day, name: str) -> bool:
    return day.room.get(name, 0) > 0 and name not in day.blocked


def _whose_turn(day: _Day) -> str | None:
    """The rep with the smallest share of the budget given out; among equals the first by name."""
    return min(
        day.room, key=lambda name: (not _is_free(day, name), day.room[name] < 1, _share(day, name), name), default=None
    )


def _share(day: _Day, name: str) -> Fraction:
    """What part of a rep's budget would be given out with one more line."""
    budget = max(day.budget[name], 1)
    return Fraction(budget - day.room[name] + 1, budget)
