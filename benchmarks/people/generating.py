"""The lists put together: people are drawn, put on lists as each of these writes, and some of them opt out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from benchmarks.people.contacts import company_cell, mail_cell, phone_cell
from benchmarks.people.dice import Dice, Weighted
from benchmarks.people.lives import Person, World
from benchmarks.people.manners import FIRST_DAY, Manner, manners
from benchmarks.people.rates import Rates
from benchmarks.people.writing import name_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["COUNTRY_NAMES", "generate"]

_SCHEMA: Final = pl.Schema(
    {
        "source": pl.String,
        "obtained_on": pl.Date,
        "full_name": pl.String,
        "company": pl.String,
        "email": pl.String,
        "phone": pl.String,
        "city": pl.String,
        "country": pl.String,
        "person_id": pl.Int64,
        "kind": pl.String,
    }
)
_STALE_DAYS = 550
COUNTRY_NAMES: Final = {
    "US": "United States", "GB": "United Kingdom", "DE": "Germany", "FR": "France", "ES": "Spain", "IT": "Italy",
    "NL": "Netherlands", "PL": "Poland", "BR": "Brazil", "JP": "Japan", "CN": "China", "RU": "Russia", "IN": "India",
    "SE": "Sweden", "TR": "Turkey", "CH": "Switzerland", "AT": "Austria", "KR": "South Korea", "GR": "Greece",
}  # fmt: skip


def generate(records: int, seed: int, rates: Rates | None = None) -> pl.DataFrame:
    """So many rows of lead lists, the same for the same seed.

    Columns are those of `people match` (record_id, source, obtained_on, full_name, company, email, phone, city,
    country), then the truth: person_id, kind (what the person is easily taken for), and opt-outs: optout_person, and
    optout_via on the one row through whose contact point the person opted out.
    """
    rates = rates or Rates()
    dice = Dice(seed)
    average = sum((place + 1) * share for place, share in enumerate(rates.appearances)) / sum(rates.appearances)
    world = World(dice, rates, max(40, int(records / average)))
    rows: list[dict[str, Any]] = []
    for person in _shuffled(world.people, dice):
        rows.extend(_rows_of(person, dice, rates))
        if len(rows) >= records:
            break
    while len(rows) < records:
        rows.extend(_rows_of(dice.pick(world.people), dice, rates))
    return _with_optouts(pl.DataFrame(rows[:records], schema=_SCHEMA), dice, rates)


def _shuffled(people: list[Person], dice: Dice) -> list[Person]:
    return sorted(people, key=lambda _: dice.roll())


def _rows_of(person: Person, dice: Dice, rates: Rates) -> Iterator[dict[str, Any]]:
    """The person's rows on some of the lists."""
    count = Weighted(range(1, len(rates.appearances) + 1), rates.appearances).draw(dice.roll())
    for manner in _lists(count, dice):
        yield _row(person, manner, dice, rates)
        if dice.chance(rates.twice_on_a_list):
            yield _row(person, manner, dice, rates)


def _lists(count: int, dice: Dice) -> list[Manner]:
    """Different lists, drawn by their weight."""
    drawn: dict[str, Manner] = {}
    while len(drawn) < count:
        manner = dice.draw(_LISTS)
        drawn[manner.id] = manner
    return list(drawn.values())


def _row(person: Person, manner: Manner, dice: Dice, rates: Rates) -> dict[str, Any]:
    day = manner.day
    if dice.chance(manner.stale):
        day = max(0, day - dice.between(100, _STALE_DAYS))
    job = person.job(day)
    firm = company_cell(job, manner, day, dice, rates)
    name = name_cell(person, manner, day, firm, dice, rates)
    email = mail_cell(person, manner, job, day, dice, rates)
    phone = phone_cell(person, manner, job, day, dice, rates)
    if email is None and phone is None and manner.email:
        email = f"{job.mailbox}@{job.firm.at(day)}"
    local = person.job(manner.day) is person.jobs[0]
    return {
        "source": manner.id,
        "obtained_on": FIRST_DAY + timedelta(days=manner.day),
        "full_name": name,
        "company": firm if dice.chance(manner.company) else None,
        "email": email,
        "phone": phone,
        "city": (person.town if local else job.firm.town) if dice.chance(manner.city) else None,
        "country": _country(person.country, manner),
        "person_id": person.number,
        "kind": person.kind,
    }


def _country(code: str, manner: Manner) -> str | None:
    if manner.country == "none":
        return None
    return COUNTRY_NAMES.get(code, code) if manner.country == "name" else code


def _with_optouts(rows: pl.DataFrame, dice: Dice, rates: Rates) -> pl.DataFrame:
    """Rows in a drawn order with record ids; some people opt out through one of their rows, mostly by mail."""
    order = pl.Series([dice.roll() for _ in range(rows.height)])
    rows = rows.with_columns(order=order).sort("order").drop("order").with_row_index("place")
    out = [person for person in rows["person_id"].unique().sort().to_list() if dice.chance(rates.opted_out)]
    of_person: dict[int, list[tuple[int, bool]]] = {person: [] for person in out}
    mine = rows.filter(pl.col("person_id").is_in(out)).select("place", "person_id", pl.col("email").is_not_null())
    for place, person, has_mail in mine.iter_rows():
        of_person[person].append((place, has_mail))
    via = []
    for places in of_person.values():
        by_mail = [place for place, has_mail in places if has_mail]
        chosen = by_mail if by_mail and dice.chance(rates.optout_by_mail) else [place for place, _ in places]
        via.append(dice.pick(chosen))
    return rows.select(
        pl.format("r{}", pl.col("place").cast(pl.String).str.zfill(8)).alias("record_id"),
        *_SCHEMA.names(),
        pl.col("place").is_in(via).alias("optout_via"),
        pl.col("person_id").is_in(out).alias("optout_person"),
    )


_LISTS: Final = Weighted(manners(), (manner.weight for manner in manners()))
