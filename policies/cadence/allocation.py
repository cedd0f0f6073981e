"""Who takes which place in the day's queue: ranking, one person per company, and the budgets of the reps.

The ranking is a total order over people, independent of the order of rows: who is in the day's queue already, warmth,
account tier, then by turns among the sources (each source's best fit first), then person id. Places are given out along
it, so that what comes later never takes a place from what comes before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from policies.schema import conform

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = ["ALLOCATION", "allocate", "ranked"]

ALLOCATION: Final = pl.Schema(
    {
        "person_id": pl.String,
        "owner": pl.String,  # null: no place today
        "rank": pl.UInt32,  # 1 is first; null: no place today
        "company_has_other_today": pl.Boolean,
        "over_budget": pl.Boolean,
        "owner_blocked": pl.Boolean,
    }
)

_TURN_GROUP: Final = ("kept", "warmth", "tier")


@dataclass(slots=True)
class _Day:
    """What is left to give out while the ranking is walked."""

    room: dict[str, int]
    blocked: Collection[str]
    holder: Mapping[str, str]  # person -> owner, for those in the queue already
    company_of: dict[str, set[str]]  # company -> people who stand for it today
    busy: Collection[str]
    contacts: set[str] = field(default_factory=set)  # under which somebody is reached today
    taken: int = field(default=0)


def allocate(
    candidates: pl.DataFrame,
    reps: Sequence[tuple[str, int]],
    *,
    handed_out: pl.DataFrame,
    blocked_owners: Collection[str] = (),
    busy_companies: Collection[str] = (),
) -> pl.DataFrame:
    """Give out the day's places, under the contract ``ALLOCATION`` (one row per candidate, by person id).

    Args:
        candidates: everybody who may be contacted today, one row per person: ``person_id, company_key, warmth, tier,
            fit_score, owner_hint`` (owner of the account), ``source``, and where it is known the ``contact`` they would
            be reached under, which two people may share; other columns are ignored.
        reps: name and daily budget.
        handed_out: all lines the day's earlier revisions handed out and nobody took back, whether still in the queue or
            done: ``person_id, owner``, and ``company_key`` for those who are no candidates any more. They use up
            budget; candidates among them keep their place and owner.
        blocked_owners: reps who get nothing new until they report on what they have.
        busy_companies: companies where somebody has an open commitment of an earlier day.

    Exactly one flag is set for a candidate without place. A kept line stays even where its owner's budget was cut.
    """
    day = _start(candidates, reps, handed_out, blocked_owners, busy_companies)
    order = ranked(candidates, handed_out.get_column("person_id"))
    contact = pl.col("contact") if "contact" in order.columns else pl.lit(None, dtype=pl.String).alias("contact")
    columns = order.select("person_id", "company_key", "owner_hint", contact)
    rows = [_place(day, *candidate) for candidate in columns.iter_rows()]
    return conform(pl.DataFrame(rows, schema=ALLOCATION, orient="row").sort("person_id"), ALLOCATION)


def ranked(candidates: pl.DataFrame, kept: pl.Series) -> pl.DataFrame:
    """Candidates in the order in which places are given out; ``kept`` holds the people already in the day's queue."""
    best_of_source = ["fit_score", "person_id"]
    return (
        candidates.with_columns(
            pl.col("person_id").is_in(kept.implode()).alias("kept"),
            pl.col("fit_score").fill_null(0),
            pl.col("warmth").fill_null(0),
        )
        .sort(best_of_source, descending=[True, False])
        .with_columns(pl.col("person_id").cum_count().over(*_TURN_GROUP, "source").alias("turn"))
        .sort(
            ["kept", "warmth", "tier", "turn", *best_of_source],
            descending=[True, True, False, False, True, False],
            nulls_last=True,
        )
    )


def _start(
    candidates: pl.DataFrame,
    reps: Sequence[tuple[str, int]],
    handed_out: pl.DataFrame,
    blocked: Collection[str],
    busy: Collection[str],
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
        room={name: budget - used.get(name, 0) for name, budget in reps},
        blocked=frozenset(blocked),
        holder=dict(lines.select("person_id", "owner").iter_rows()),
        company_of=taken,
        busy=frozenset(busy),
    )


def _place(
    day: _Day, person: str, company: str | None, hint: str | None, contact: str | None
) -> tuple[str, str | None, int | None, bool, bool, bool]:
    """One row of ``ALLOCATION``: a place, or the one reason against it.

    Under one mailbox or number one message a day is enough, whoever it is about.
    """
    if day.holder.get(person) in day.room:
        return _take(day, person, day.holder[person], contact)
    at_company = company is not None and (company in day.busy or day.company_of.get(company, set()) - {person})
    if at_company or (contact is not None and contact in day.contacts):
        return person, None, None, True, False, False
    owner = hint if hint in day.room else _freest(day)
    if owner is None or day.room[owner] < 1:
        return person, None, None, False, True, False
    if owner in day.blocked:
        return person, None, None, False, False, True
    day.room[owner] -= 1
    if company is not None:
        day.company_of.setdefault(company, set()).add(person)
    return _take(day, person, owner, contact)


def _take(day: _Day, person: str, owner: str, contact: str | None) -> tuple[str, str, int, bool, bool, bool]:
    day.taken += 1
    if contact is not None:
        day.contacts.add(contact)
    return person, owner, day.taken, False, False, False


def _freest(day: _Day) -> str | None:
    """The rep with most room left, an unblocked one before a blocked one; among equals the first by name."""
    return min(
        day.room, key=lambda name: (name in day.blocked or day.room[name] < 1, -day.room[name], name), default=None
    )
