"""When each person may be contacted: where they may be, and the next lawful window there on a day they want."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from policies.cadence.lawful_hours import LawfulHours
from policies.cadence.places import possible_places
from policies.cadence.settings import read_cadence
from policies.cadence.windows import windows

if TYPE_CHECKING:
    from policies.inputs import DecisionInputs
    from policies.subjects import Subjects

__all__ = ["hours_of", "places_of", "window_facts"]


def places_of(subjects: Subjects, countries: pl.DataFrame, inputs: DecisionInputs) -> pl.DataFrame:
    """``person_id, places``: where each person may be, by all that their lists say of where they work now.

    ``countries`` has ``person_id, country``, null for a person without any signal. A list of an employer they have left
    tells nothing as long as another one tells something.
    """
    left = pl.col("record_id").is_in(subjects.outlived.get_column("record_id").implode())
    current = subjects.records.filter(~left | left.all().over("person_id"))
    told = current.group_by("person_id").agg(pl.col("region").alias("regions"), pl.col("phone").alias("phones"))
    listed = countries.group_by("person_id").agg(pl.col("country").drop_nulls().alias("countries"))
    return possible_places(listed.join(told, on="person_id", how="left", validate="1:1"), inputs.book.jurisdictions)


def hours_of(inputs: DecisionInputs) -> LawfulHours:
    """The lawful hours of every place, by the law and the cadence of a decision."""
    settings: Any = inputs.settings
    return LawfulHours(inputs.book.jurisdictions, read_cadence(settings["cadence"]))


def window_facts(
    places: pl.DataFrame, people: pl.DataFrame, hours: LawfulHours, inputs: DecisionInputs
) -> pl.DataFrame:
    """One row per person under the contract ``WINDOWS`` of :mod:`policies.cadence.windows`.

    ``places`` comes from :func:`places_of`, ``hours`` from :func:`hours_of`, ``people`` from
    :func:`policies.fact_table.people.person_facts`. Somebody who named a day for a call is looked for from that day on,
    by the calendar of where they are.
    """
    named = people.select("person_id", pl.when("callback_promised").then("callback_on").alias("from_on"))
    wanted = places.join(named, on="person_id", how="left", validate="1:1")
    return windows(wanted, hours, inputs.as_of, inputs.valid_until)
