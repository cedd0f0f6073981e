"""What people are shown of a person beyond the queue: points that may be used, and where the lists disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity import conflicts, survivors

if TYPE_CHECKING:
    from policies.evaluate import Decision

__all__ = ["closed_points", "conflicts_of", "points_for_notices", "points_shown"]

_POINTS: Final = ("email", "phone")
_DEAD: Final = ("bounced", "erased")
# What ends the use of a point, whoever said it and wherever: facts, not what a law asks of advertising.
_ENDED: Final = (
    *("opted_out", "objected", "complained", "domain_opted_out", "address_opted_out", "consent_refused"),
    *_DEAD,
)


def closed_points(decision: Decision) -> pl.DataFrame:
    """``record_id, channel`` of contact points that bounced or under which somebody said no, in a list or since."""
    return decision.table.points.filter(pl.any_horizontal(_ENDED)).select("record_id", "channel")


def points_shown(decision: Decision) -> pl.DataFrame:
    """``person_id, email, phone``: the best of each person's that is not closed, null where none is left."""
    return _best(decision, decision.table.subjects.marked_rows, closed_points(decision))


def points_for_notices(decision: Decision) -> pl.DataFrame:
    """The same for the notice of where data came from; those who said no are owed it too, and it is no advertising.

    Of whoever has no other point left, those under which they said no stand here; one that bounced never does.
    """
    dead = decision.table.points.filter(pl.any_horizontal(_DEAD)).select("record_id", "channel")
    no_word = [pl.lit(None, dtype=pl.String).alias(f"{name}_opt_out") for name in _POINTS]
    living = _best(decision, decision.table.subjects.marked_rows.with_columns(no_word), dead)
    none_left = pl.all_horizontal(pl.col(_POINTS).is_null())
    return (
        points_shown(decision)
        .join(living, on="person_id", how="left", validate="1:1", suffix="_living")
        .select(
            "person_id", *(pl.when(none_left).then(f"{name}_living").otherwise(name).alias(name) for name in _POINTS)
        )
    )


def conflicts_of(decision: Decision, people: pl.Series) -> pl.DataFrame:
    """Where the records of these people contradict each other: ``CONFLICTS``.

    Points that are closed are neither chosen nor named: there is nothing to check about them.
    """
    subjects = decision.table.subjects
    closed = closed_points(decision)
    rows = subjects.marked_rows.filter(pl.col("person_id").is_in(people.implode()))
    several = rows.filter(pl.col("record_id").n_unique().over("person_id") > 1)
    free_mail = list(subjects.free_mail)
    chosen = survivors(several, free_mail, closed)
    return conflicts(several.with_columns(_unless_closed(closed, name) for name in _POINTS), chosen, free_mail)


def _best(decision: Decision, rows: pl.DataFrame, closed: pl.DataFrame) -> pl.DataFrame:
    """``person_id, email, phone`` of everybody."""
    chosen = survivors(rows, list(decision.table.subjects.free_mail), closed).filter(pl.col("field").is_in(_POINTS))
    wide = chosen.pivot("field", on_columns=_POINTS, index="person_id", values="value", aggregate_function="first")
    people = rows.get_column("person_id").unique().sort().to_frame()
    return people.join(wide, on="person_id", how="left", validate="1:1")


def _unless_closed(closed: pl.DataFrame, name: str) -> pl.Expr:
    """A point of a row, null where it is closed or its list says so."""
    ended = pl.col("record_id").is_in(closed.filter(pl.col("channel") == name).get_column("record_id").implode())
    said = (pl.col(f"{name}_opt_out") == "yes").fill_null(value=False)
    return pl.when(~ended & ~said).then(name).alias(name)
