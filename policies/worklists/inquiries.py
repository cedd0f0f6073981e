"""What people asked us, and by when they should have an answer.

Who asked is waiting for us, not we for them: a day counts. Working days are ours, Monday to Friday without the public
holidays of the country our zone lies in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from policies.cadence.calendars import public_holidays

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from policies.inputs import DecisionInputs
    from policies.jurisdictions import Jurisdiction

__all__ = ["inquiries"]


def inquiries(records: pl.DataFrame, people: pl.DataFrame, inputs: DecisionInputs) -> pl.DataFrame:
    """``person_id, asked_on, asked_about, answer_by``: the last thing each person asked.

    ``records`` has ``record_id, person_id, asked_on, asked_about``, ``people`` has ``person_id, last_touch_on``. A
    question dated after today is none yet. ``answer_by`` is null where somebody has tried to answer since.
    """
    asked = records.drop_nulls("asked_on").filter(pl.col("asked_on") <= pl.lit(inputs.queue_date))
    last = asked.sort(["asked_on", "record_id"]).unique("person_id", keep="last", maintain_order=True)
    tried = (pl.col("last_touch_on") >= pl.col("asked_on")).fill_null(value=False)
    return (
        last.select("person_id", "asked_on", "asked_about")
        .join(people.select("person_id", "last_touch_on"), on="person_id", how="left", validate="1:1")
        .with_columns(_due(inputs))
        .select("person_id", "asked_on", "asked_about", pl.when(~tried).then("due").alias("answer_by"))
        .sort("person_id")
    )


def _due(inputs: DecisionInputs) -> pl.Expr:
    """The last day of the term; a question of a weekend or holiday counts as one of the working day before."""
    settings: Any = inputs.settings
    days: int = settings["worklist"]["answer_working_days"]
    free = _office_holidays(inputs.organisation.timezone, inputs.book.jurisdictions, inputs.queue_date)
    return pl.col("asked_on").dt.add_business_days(days, holidays=free, roll="backward").alias("due")


def _office_holidays(zone: str, jurisdictions: Mapping[str, Jurisdiction], today: date) -> list[date]:
    """Public holidays where we work, of last year, this year and the next.

    ``zone`` is the organisation's. Where it is that of several countries, days that are free in all of them count;
    where no country on file has it, none does. What was asked earlier is late either way.
    """
    calendars = [
        public_holidays(code, today.year - 1, today.year + 1)
        for code, country in sorted(jurisdictions.items())
        if zone in country.zones
    ]
    known = [days for days in calendars if days is not None]
    return sorted(frozenset.intersection(*known)) if known else []
