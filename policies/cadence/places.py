"""Where a person may be: the places their signals leave open, each a country, a zone and a calendar of holidays.

Nothing is guessed: a contact is lawful only when it is lawful at every place the person may be. Per country the zone
comes from the regions their lists name, else from the country when it has only one, else from the area of their
numbers, else it is any zone of the country. A word for a region that none of their countries knows leaves all of these
open, beside the regions that other lists name. A country without file or zones leaves the place unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import phonenumbers
import polars as pl
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from policies.cadence.calendars import ANY_REGION, RegionalCountry, calendar_of_region
from policies.folding import fold_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Place", "ZonedCountry", "decode", "possible_places"]

_BETWEEN: Final = "|"
_WITHIN: Final = "="


class Place(NamedTuple):
    """One possible place of a person."""

    country: str  # code
    zone: str  # IANA
    region: str  # of the calendar; "": the country's own, ANY_REGION: not known


class ZonedCountry(RegionalCountry, Protocol):
    """What is read of a jurisdiction here."""

    @property
    def zones(self) -> Sequence[str]:
        """All IANA zones of the country, without those of outlying areas that have a region of their own."""


@dataclass(frozen=True, slots=True)
class _Signals:
    """What may tell where somebody is, each as one text; null where there is none."""

    countries: str | None
    regions: str | None
    phone_zones: str | None = None


def possible_places(people: pl.DataFrame, jurisdictions: Mapping[str, ZonedCountry]) -> pl.DataFrame:
    """Every place a person may be, as one text per person that :func:`decode` reads.

    ``people`` has ``person_id, countries`` (list of codes), ``regions`` (as lists wrote them) and ``phones`` (E.164),
    one row per person. Returns ``person_id, places``; ``places`` is null where a country is missing, not on file or has
    no zones.
    """
    keyed = people.select("person_id", _countries(), _joined("regions"), "phones")
    settled = keyed.join(
        _by_region(keyed, jurisdictions), on=["countries", "regions"], how="left", nulls_equal=True, validate="m:1"
    )
    by_phone = _by_phone(settled.filter("ask_phone"), jurisdictions)
    return (
        settled.join(by_phone, on="person_id", how="left", validate="1:1")
        .select("person_id", pl.coalesce("places_by_phone", "places").alias("places"))
        .sort("person_id")
    )


def decode(places: str) -> tuple[Place, ...]:
    """The places behind one text of :func:`possible_places`."""
    return tuple(Place(*place.split(_WITHIN)) for place in places.split(_BETWEEN))


def _joined(column: str) -> pl.Expr:
    """A list as one text in an order of its own; null when it is empty."""
    words = pl.col(column).cast(pl.List(pl.String)).list.drop_nulls().list.unique().list.sort()
    return pl.when(words.list.len() > 0).then(words.list.join(_BETWEEN)).alias(column)


def _countries() -> pl.Expr:
    """Countries as one text; null when there is none or one of them is unknown."""
    has_unknown = pl.col("countries").cast(pl.List(pl.String)).list.contains(pl.lit(None, dtype=pl.String))
    return pl.when(~has_unknown).then(_joined("countries")).alias("countries")


def _by_region(keyed: pl.DataFrame, jurisdictions: Mapping[str, ZonedCountry]) -> pl.DataFrame:
    """``countries, regions, places, ask_phone``: the last is true where only a number can narrow the zones."""
    distinct = keyed.select("countries", "regions").unique().sort("countries", "regions")
    found = [_places(_Signals(*row), jurisdictions) for row in distinct.iter_rows()]
    return distinct.with_columns(
        pl.Series("places", [places for places, _ in found], dtype=pl.String),
        pl.Series("ask_phone", [ask for _, ask in found], dtype=pl.Boolean),
    )


def _by_phone(asked: pl.DataFrame, jurisdictions: Mapping[str, ZonedCountry]) -> pl.DataFrame:
    """``person_id, places_by_phone`` of people whose zones a number may narrow."""
    numbered = asked.select("person_id", "countries", "regions", pl.col("phones").cast(pl.List(pl.String)))
    one_each = numbered.explode("phones").drop_nulls("phones")
    numbers = one_each.select("phones").unique().sort("phones")
    zones = numbers.with_columns(
        pl.Series("zones", [_phone_zones(phone) for phone in numbers.get_column("phones")], dtype=pl.List(pl.String))
    )
    areas = (
        one_each.join(zones, on="phones", how="left", validate="m:1")
        .explode("zones")
        .group_by("person_id", "countries", "regions")
        .agg(pl.col("zones"))
        .with_columns(_joined("zones"))
    )
    keys = ["countries", "regions", "zones"]
    distinct = areas.select(keys).unique().sort(keys)
    found = [_places(_Signals(*row), jurisdictions)[0] for row in distinct.iter_rows()]
    placed = distinct.with_columns(pl.Series("places_by_phone", found, dtype=pl.String))
    return areas.join(placed, on=keys, how="left", nulls_equal=True, validate="m:1").select(
        "person_id", "places_by_phone"
    )


def _places(signals: _Signals, jurisdictions: Mapping[str, ZonedCountry]) -> tuple[str | None, bool]:
    """The places of one combination, and whether a phone number could still narrow them."""
    if signals.countries is None:
        return None, False
    known = {code: jurisdictions.get(code) for code in signals.countries.split(_BETWEEN)}
    countries = {code: country for code, country in known.items() if country is not None and country.zones}
    if len(countries) < len(known):
        return None, False
    words = signals.regions.split(_BETWEEN) if signals.regions else []
    named = {code: _named_regions(code, country, words) for code, country in countries.items()}
    unknown = set(words).difference(*named.values())
    undecided = [code for code in countries if unknown or not named[code]]
    places = set[Place]().union(
        *(found for of_country in named.values() for found in of_country.values()),
        *(_anywhere(code, countries[code], signals.phone_zones) for code in undecided),
    )
    ask_phone = any(len(countries[code].zones) > 1 for code in undecided)
    return _BETWEEN.join(_WITHIN.join(place) for place in sorted(places)), ask_phone


def _named_regions(code: str, country: ZonedCountry, words: Sequence[str]) -> dict[str, set[Place]]:
    """The places in those regions that the country is known to have, by the word for each."""
    places: dict[str, set[Place]] = {}
    for word in words:
        region = calendar_of_region(code, country, word)
        zones = _zones_of_region(code, country, word, region)
        if zones or (region is not None and len(country.zones) == 1):
            calendar = ANY_REGION if region is None else region
            places[word] = {Place(code, zone, calendar) for zone in zones or country.zones}
    return places


def _zones_of_region(code: str, country: ZonedCountry, word: str, region: str | None) -> tuple[str, ...]:
    """The zones the file states for a region, under the word itself or the code of its calendar."""
    names = fold_words([word.removeprefix(f"{code}-"), *([region] if region else [])])
    stated = dict(zip(fold_words(list(country.region_zones)), country.region_zones.values(), strict=True))
    zones = next((stated[name] for name in names if name in stated), ())
    return (zones,) if isinstance(zones, str) else tuple(zones)


def _anywhere(code: str, country: ZonedCountry, phone_zones: str | None) -> set[Place]:
    """The zones of the numbers' areas that the country has, else all; a number of elsewhere says nothing."""
    area = set(phone_zones.split(_BETWEEN)) if phone_zones else set()
    zones = [zone for zone in country.zones if zone in area] or country.zones
    return {Place(code, zone, ANY_REGION) for zone in zones}


def _phone_zones(phone: str) -> list[str]:
    """The zones of a number's area; none where it tells nothing."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return []
    zones = time_zones_for_number(number) if phonenumbers.is_number_geographical(number) else (UNKNOWN_TIMEZONE,)
    return [] if UNKNOWN_TIMEZONE in zones else list(zones)
