"""Small builders for the tests of cadence, windows and allocation: a row takes a line, the rest is filled in."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from policies.cadence import TOUCH_FACTS, touch_facts
from policies.cadence.lawful_hours import LawfulHours
from policies.cadence.settings import read_cadence
from policies.jurisdictions import Frequency, Hours, Jurisdiction, JurisdictionVersion
from policies.schema import COMMITMENTS, TOUCHES, conform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "BERLIN",
    "COUNTRIES",
    "NOW",
    "cadence",
    "commitments",
    "core",
    "country",
    "facts_of",
    "instant",
    "lawful",
    "spans",
    "touches",
]

_CORE = Path(__file__).parents[2] / "policies" / "rules" / "core"


def core(table: str) -> dict[str, Any]:
    """A settings table of the packaged rule data, which stands in the files that begin with its name."""
    found: dict[str, Any] = {}
    for path in sorted(_CORE.glob(f"{table}*.toml")):
        found |= tomllib.loads(path.read_text(encoding="utf-8")).get(table, {})
    return found


def cadence(**changes: object) -> dict[str, Any]:
    """The packaged cadence, changed where said."""
    return {**core("cadence"), **changes}


def lawful(laws: Mapping[str, Jurisdiction], **changes: object) -> LawfulHours:
    """The lawful hours of some countries, within the packaged cadence, changed where said."""
    return LawfulHours(laws, read_cadence(cadence(**changes)))


def instant(text: str) -> datetime:
    """An instant in UTC; ``2026-10-14T06:30``."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def spans(*hours: str) -> tuple[tuple[time, time], ...]:
    """Wall-clock hours; ``09:00-17:00``."""
    pairs = (span.split("-") for span in hours)
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in pairs)


def country(
    code: str,
    *zones: str,
    weekday: Sequence[str] = ("08:00-21:00",),
    saturday: Sequence[str] = (),
    sunday: Sequence[str] = (),
    regions: Mapping[str, tuple[str, ...]] | None = None,
    frequency: tuple[int, int] | tuple[int, int, str] | None = None,
    since: date = date(2000, 1, 1),
) -> Jurisdiction:
    """A jurisdiction with hours, zones and a cap, and nothing else."""
    hours = Hours("statute", spans(*weekday), spans(*saturday), spans(*sunday), ())
    cap = Frequency(*frequency) if frequency else None
    version = JurisdictionVersion(valid_from=since, reviewed_on=since, line=1, hours=hours, frequency=cap)
    return Jurisdiction(code, code, f"{code}.toml", zones=zones, region_zones=regions or {}, versions=(version,))


def touches(*rows: tuple[int, str, str, str], **more: object) -> pl.DataFrame:
    """Touches as (seq, person, instant, outcome); ``more`` holds further columns, the same for all rows."""
    found = [
        {"seq": seq, "person_id": person, "at": instant(at), "outcome": outcome, "channel": "phone", **more}
        for seq, person, at, outcome in rows
    ]
    return conform(pl.DataFrame(found, schema=TOUCHES), TOUCHES)


def commitments(*rows: tuple[int, str, str], **more: object) -> pl.DataFrame:
    """Commitments as (seq, person, queue day), made at half past six in the morning."""
    found = [
        {
            "seq": seq,
            "person_id": person,
            "queue_date": date.fromisoformat(day),
            "run_as_of": instant(f"{day}T06:30"),
            "owner": "Kim",
            "channel": "phone",
            "revision": 1,
            "released": False,
            **more,
        }
        for seq, person, day in rows
    ]
    return conform(pl.DataFrame(found, schema=COMMITMENTS), COMMITMENTS)


NOW = instant("2026-10-14T06:30")  # half past eight in Berlin
BERLIN = "Europe/Berlin"
COUNTRIES = {
    "DE": country("DE", BERLIN, frequency=(1, 720, "house")),
    "US": country("US", "America/New_York", frequency=(3, 24)),
    "NO": country("NO", "Europe/Oslo", frequency=(0, 24)),
    "FR": country("FR", "Europe/Paris"),
}


def facts_of(
    made: pl.DataFrame,
    promised: pl.DataFrame | None = None,
    *,
    countries: list[str] | None = None,
) -> dict[str, Any]:
    """The cadence facts of person p."""
    schema = pl.Schema([("person_id", pl.String), ("countries", pl.List(pl.String))])
    people = pl.DataFrame([("p", countries or ["FR"])], schema=schema, orient="row")
    found = touch_facts(
        made,
        commitments() if promised is None else promised,
        people,
        cadence(),
        NOW,
        zone=BERLIN,
        jurisdictions=COUNTRIES,
    )
    assert found.schema == TOUCH_FACTS
    return found.row(0, named=True)
