"""Opt-out latency: from the arrival of a stop to the first queue without the person, and what the law allows for it.

We act at once, whatever a law allows; the term only marks what came too late. A term in days counts from the day after
the arrival and ends with its last day, where the person may be; of several zones, countries and channels the soonest
end counts. Only holidays of a whole country lengthen a term in business days, so a regional one never excuses anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol
from zoneinfo import ZoneInfo

import polars as pl

from policies.cadence.calendars import public_holidays
from policies.schema import UTC_INSTANT, conform

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from policies.jurisdictions import Deadline, JurisdictionVersion

__all__ = ["LATENCY", "UNKNOWN", "Terms", "due_at", "last_day", "latencies"]

UNKNOWN: Final = "unknown"  # no country, or one without a law on file: the strictest law there is counts
LATENCY: Final = pl.Schema(
    {
        "seq": pl.Int64(),
        "kind": pl.String(),
        "channel": pl.String(),
        "country": pl.String(),  # whose term ends first, ISO alpha-2, or UNKNOWN
        "arrived_at": UTC_INSTANT,
        "recorded_at": UTC_INSTANT,
        "in_force_at": UTC_INSTANT,  # of the first queue without the person; null: none yet
        "hours": pl.Float64(),  # from arrival to that, or to now
        "term": pl.String(),  # "10 business days", "at once", "48 hours (house)"
        "due_at": UTC_INSTANT,
        "late": pl.Boolean(),
    }
)

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_MONTHS_A_YEAR: Final = 12
_CHANNELS: Final = {"any": ("email", "phone"), "email": ("email",), "phone": ("phone",)}


class _Country(Protocol):
    @property
    def zones(self) -> Sequence[str]: ...

    def at(self, day: date) -> JurisdictionVersion | None: ...


@dataclass(frozen=True, slots=True)
class Terms:
    """The table ``[stop]`` of the rules: our own term, and for how long "at once" is kept to."""

    house: timedelta
    immediate: timedelta

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Terms:
        """From ``settings["stop"]`` of a rulebook."""
        return cls(timedelta(hours=int(table["house_hours"])), timedelta(hours=int(table["immediate_hours"])))


@dataclass(frozen=True, slots=True, order=True)
class _Due:
    at: datetime
    country: str
    term: str


def latencies(
    stops: pl.DataFrame,
    countries: pl.DataFrame,
    heeded: pl.DataFrame,
    jurisdictions: Mapping[str, _Country],
    terms: Terms,
    as_of: datetime,
) -> pl.DataFrame:
    """How long each stop took to have its effect, as ``LATENCY``, by ``seq``.

    Args:
        stops: ``seq, kind, channel, received_at, recorded_at``; an arrival after the recording is none.
        countries: ``seq, country`` that the person's signals point to; none for people on no list.
        heeded: ``events_seq, at`` of every queue in force so far: it heeds every event up to ``events_seq``.
        jurisdictions: by country code.
        terms: our own.
        as_of: now; a stop without effect so far is late once its term has passed.
    """
    arrived = pl.min_horizontal(pl.col("received_at").fill_null(pl.col("recorded_at")), "recorded_at")
    said = stops.with_columns(arrived.alias("arrived_at"))
    where = countries.drop_nulls().unique().sort("country").group_by("seq").agg(pl.col("country").alias("countries"))
    placed = said.join(where, on="seq", how="left", validate="1:1").with_columns(
        pl.col("countries").list.join("+").fill_null("").alias("places")
    )
    due = _due_of(placed, jurisdictions, terms)
    known = placed.join(due, on=["arrived_at", "channel", "places"], how="left", validate="m:1")
    timed = _in_force(known, heeded).with_columns(pl.coalesce("in_force_at", pl.lit(as_of)).alias("until"))
    found = timed.with_columns(
        ((pl.col("until") - pl.col("arrived_at")).dt.total_seconds() / 3600).round(2).alias("hours"),
        (pl.col("until") > pl.col("due_at")).alias("late"),
    )
    return conform(found.sort("seq"), LATENCY)


def due_at(
    arrived: datetime, deadline: Deadline, zones: Iterable[str], free_days: Collection[date], terms: Terms
) -> datetime:
    """When a term ends that began with an arrival: the end of its last day in the zone where that comes first.

    ``immediate`` ends after ``terms.immediate``. ``free_days`` are public holidays. Raises ``ValueError`` for a unit
    that is none.
    """
    if deadline.unit == "immediate":
        return arrived + terms.immediate
    ends = []
    for zone in map(ZoneInfo, zones):
        following = last_day(arrived.astimezone(zone).date(), deadline, free_days) + _DAY
        ends.append(datetime(following.year, following.month, following.day, tzinfo=zone).astimezone(UTC))
    return min(ends)


def last_day(arrived: date, deadline: Deadline, free_days: Collection[date]) -> date:
    """The last day of a term; the day of the arrival is not counted.

    A month later is the same day of the month, or its last one. Raises ``ValueError`` for a unit that is none.
    """
    match deadline.unit:
        case "calendar_days":
            return arrived + deadline.n * _DAY
        case "months":
            return _months_later(arrived, deadline.n)
        case "business_days":
            day, left = arrived, deadline.n
            while left:
                day += _DAY
                left -= day.weekday() < _SATURDAY and day not in free_days
            return day
    message = f"{deadline.unit} is no unit of a term in days"
    raise ValueError(message)


def _months_later(day: date, months: int) -> date:
    total = day.year * _MONTHS_A_YEAR + day.month - 1 + months
    year, month = divmod(total, _MONTHS_A_YEAR)
    following = date(year + (month + 1) // _MONTHS_A_YEAR, (month + 1) % _MONTHS_A_YEAR + 1, 1)
    return date(year, month + 1, min(day.day, (following - _DAY).day))


def _due_of(placed: pl.DataFrame, jurisdictions: Mapping[str, _Country], terms: Terms) -> pl.DataFrame:
    """``arrived_at, channel, places, country, term, due_at`` for each different case."""
    cases = placed.select("arrived_at", "channel", "places").unique().sort("arrived_at", "channel", "places")
    calendars = _Calendars()
    rows = []
    for arrived, channel, places in cases.iter_rows():
        codes = [code for code in places.split("+") if code]
        soonest = min(_dues(arrived, channel, codes, jurisdictions, terms, calendars))
        rows.append((arrived, channel, places, soonest.country, soonest.term, soonest.at))
    schema = {"arrived_at": UTC_INSTANT, **dict.fromkeys(("channel", "places", "country", "term"), pl.String())}
    return pl.DataFrame(rows, schema={**schema, "due_at": UTC_INSTANT}, orient="row")


def _dues(
    arrived: datetime,
    channel: str,
    codes: Sequence[str],
    jurisdictions: Mapping[str, _Country],
    terms: Terms,
    calendars: _Calendars,
) -> Iterable[_Due]:
    """The end of every term that may hold; where a country is unknown that of every law on file, and our own."""
    day = arrived.date()
    laws = {code: jurisdictions[code].at(day) for code in codes if code in jurisdictions}
    unknown = not codes or len(laws) < len(codes) or None in laws.values()
    if unknown:
        yield _Due(arrived + terms.house, UNKNOWN, f"{terms.house // timedelta(hours=1)} hours (house)")
        laws = {code: country.at(day) for code, country in jurisdictions.items()}
    for code, law in sorted(laws.items()):
        if law is None or law.opt_out is None:
            continue
        for name in _CHANNELS[channel]:
            deadline: Deadline = getattr(law.opt_out, name)
            free = calendars.of(code, day.year) if deadline.unit == "business_days" else frozenset()
            end = due_at(arrived, deadline, jurisdictions[code].zones or ("UTC",), free, terms)
            yield _Due(end, UNKNOWN if unknown else code, _words(deadline))
    if not unknown and all(law is None or law.opt_out is None for law in laws.values()):
        yield _Due(arrived + terms.house, codes[0], f"{terms.house // timedelta(hours=1)} hours (house)")


class _Calendars:
    """Public holidays of whole countries, looked up once each; a country without a calendar has none."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], frozenset[date]] = {}

    def of(self, country: str, year: int) -> frozenset[date]:
        if (country, year) not in self._known:
            self._known[country, year] = public_holidays(country, year, year + 1) or frozenset()
        return self._known[country, year]


def _words(deadline: Deadline) -> str:
    if deadline.unit == "immediate":
        return "at once"
    unit = deadline.unit.replace("_", " ")
    return f"{deadline.n} {unit.removesuffix('s') if deadline.n == 1 else unit}"


def _in_force(said: pl.DataFrame, heeded: pl.DataFrame) -> pl.DataFrame:
    """``in_force_at``: of the first queue that heeds the stop; before there was any queue nobody stood in one."""
    queues = heeded.sort("events_seq", "at").with_columns(pl.col("at").cum_min(reverse=True).alias("in_force_at"))
    found = said.sort("seq").join_asof(
        queues.select("events_seq", "in_force_at"), left_on="seq", right_on="events_seq", strategy="forward"
    )
    none_yet = pl.lit(heeded.get_column("at").min(), dtype=UTC_INSTANT)
    before = none_yet.is_null() | (pl.col("recorded_at") < none_yet)
    return found.with_columns(pl.when(before).then("recorded_at").otherwise("in_force_at").alias("in_force_at"))
