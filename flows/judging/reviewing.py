"""Doubtful matches as they stand now: two people side by side, what speaks for and against, those that matter first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.clock import now
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.runs.situation import look
from policies.evaluate import decide
from policies.review import matches_to_review

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.workspace import Workspace
    from policies.evaluate import Decision

__all__ = ["Doubt", "doubts"]

_FACTS: Final = ("full_name", "company", "job_title", "email", "phone", "city", "country", "source", "obtained_on")


@dataclass(frozen=True)
class Doubt:
    """Two people who may be one, or two rows of one person who may be two.

    ``sides`` has for each side its ``person_id``, ``record_id``, ``verdict`` and the facts of the record that stands
    for it. ``bits`` is the weight of the strongest link, ``probability`` what it means by experience, ``reasons`` what
    it is made of; they are None or empty where nothing was weighed. ``commands`` are the two answers, to be typed.
    """

    sides: tuple[Mapping[str, Any], Mapping[str, Any]]
    why: str
    changes_answer: bool
    bits: float | None
    probability: float | None
    veto: str | None
    reasons: tuple[str, ...]
    pairs: int
    commands: Mapping[str, str]


def doubts(ws: Workspace, limit: int | None = None) -> tuple[list[Doubt], int]:
    """The doubtful matches of this moment, the most valuable first, ``limit`` of them; and how many there are."""
    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        situation = look(ws, ledger, policy, now(ws.settings))
        decision = decide(situation.inputs, situation.standing)
    found = matches_to_review(decision, situation.inputs.settings)
    shown = found.head(limit) if limit is not None else found
    sides = _sides(decision, shown)
    return [_doubt(row, sides) for row in shown.to_dicts()], found.height


def _doubt(row: Mapping[str, Any], sides: Mapping[str, Mapping[str, Any]]) -> Doubt:
    one, other = sides[row["record_a"]], sides[row["record_b"]]
    named = _names(one, other)
    return Doubt(
        sides=(one, other),
        why=row["why"],
        changes_answer=row["changes_answer"],
        bits=row["bits"],
        probability=row["probability"],
        veto=row["veto"],
        reasons=tuple(row["reasons"] or ()),
        pairs=row["pairs"],
        commands={word: f"tactful people {word} {named[0]} {named[1]}" for word in ("same", "different")},
    )


def _names(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, str]:
    """What to type for the two: person ids, or record ids of one person's rows."""
    if one["person_id"] != other["person_id"]:
        return one["person_id"], other["person_id"]
    return one["record_id"], other["record_id"]


def _sides(decision: Decision, shown: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """Record id -> who it is, and the facts on it."""
    ids = pl.concat([shown.get_column("record_a"), shown.get_column("record_b")]).unique()
    verdicts = decision.people.select("person_id", pl.col("person_verdict").alias("verdict"))
    rows = (
        decision.table.subjects.records.filter(pl.col("record_id").is_in(ids.implode()))
        .select("person_id", "record_id", *_FACTS)
        .join(verdicts, on="person_id", how="left", validate="m:1")
    )
    return {row["record_id"]: row for row in rows.iter_rows(named=True)}
