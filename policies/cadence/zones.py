"""Where a person may be: the (country, zone) pairs their signals leave open.

A pair is one possible place. Nothing is guessed: a contact is lawful only when it is lawful at every place the person
may be. Per country the zone comes from the region, else from the country when it has only one, else from the area of
the phone number, else it is any zone of the country. A country without file or zones leaves the place unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import phonenumbers
import polars as pl
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Place", "ZonedCountry", "decode", "possible_places"]

Place: TypeAlias = tuple[str, str]  # country code, IANA zone

_BETWEEN_PLACES: Final = "|"
_WITHIN_PLACE: Final = "="
_KEYS: Final = ("record_id", "channel")


class ZonedCountry(Protocol):
    """What is read of a jurisdiction here."""

    @property
    def zones(self) -> Sequence[str]:
        """All IANA zones of the country."""

    @property
    def region_zones(self) -> Mapping[str, str | Sequence[str]]:
        """Zones of the regions that lie in fewer than all."""


def possible_places(places: pl.DataFrame, jurisdictions: Mapping[str, ZonedCountry]) -> pl.DataFrame:
    """Every place the person may be, as one text per row that :func:`decode` reads.

    ``places`` has ``record_id, channel, countries`` (list of country codes), ``region, phone`` (E.164). Returns
    ``record_id, channel, places``; ``places`` is null where a country is missing, not on file or has no zones.
    """
    keyed = places.select(*_KEYS, _country_key(), "region", "phone")
    regions = _by_region(keyed, jurisdictions)
    settled = keyed.join(regions, on=["countries", "region"], how="left", nulls_equal=True, validate="m:1")
    asked = settled.filter(pl.col("ask_phone") & pl.col("phone").is_not_null())
    by_phone = _by_phone(asked, jurisdictions)
    return (
        settled.join(by_phone, on=["countries", "region", "phone"], how="left", nulls_equal=True, validate="m:1")
        .select(*_KEYS, pl.coalesce("places_by_phone", "places").alias("places"))
        .sort(_KEYS)
    )


def decode(places: str) -> tuple[Place, ...]:
    """The pairs behind one text of :func:`possible_places`."""
    pairs = (place.split(_WITHIN_PLACE) for place in places.split(_BETWEEN_PLACES))
    return tuple((country, zone) for country, zone in pairs)


def _country_key() -> pl.Expr:
    """Countries in order as one text; null when there is none or one of them is unknown."""
    codes = pl.col("countries").cast(pl.List(pl.String))
    is_known = (codes.list.len() > 0) & (codes.list.len() == codes.list.drop_nulls().list.len())
    return pl.when(is_known).then(codes.list.unique().list.sort().list.join(_BETWEEN_PLACES)).alias("countries")


def _by_region(keyed: pl.DataFrame, jurisdictions: Mapping[str, ZonedCountry]) -> pl.DataFrame:
    """``countries, region, places, ask_phone``: the last is true where only a number can narrow the zones."""
    distinct = keyed.select("countries", "region").unique().sort("countries", "region")
    found = [
        _places(countries, region, None, jurisdictions=jurisdictions) for countries, region in distinct.iter_rows()
    ]
    return distinct.with_columns(
        pl.Series("places", [places for places, _ in found], dtype=pl.String),
        pl.Series("ask_phone", [ask for _, ask in found], dtype=pl.Boolean),
    )


def _by_phone(asked: pl.DataFrame, jurisdictions: Mapping[str, ZonedCountry]) -> pl.DataFrame:
    """``countries, region, phone, places_by_phone`` for rows whose zones the number may narrow."""
    phones = asked.select("phone").unique().sort("phone")
    zones = phones.with_columns(
        pl.Series("phone_zones", [_phone_zones(phone) for phone in phones.get_column("phone")], dtype=pl.String)
    )
    distinct = asked.select("countries", "region", "phone").unique().join(zones, on="phone", how="left", validate="m:1")
    areas = distinct.select("countries", "region", "phone_zones").unique().sort("countries", "region", "phone_zones")
    found = [_places(*row, jurisdictions=jurisdictions)[0] for row in areas.iter_rows()]
    return distinct.join(
        areas.with_columns(pl.Series("places_by_phone", found, dtype=pl.String)),
        on=["countries", "region", "phone_zones"],
        how="left",
        nulls_equal=True,
        validate="m:1",
    ).drop("phone_zones")


def _places(
    countries: str | None, region: str | None, phone_zones: str | None, *, jurisdictions: Mapping[str, ZonedCountry]
) -> tuple[str | None, bool]:
    """The places of one combination, and whether a phone number could still narrow them."""
    if countries is None:
        return None, False
    pairs: list[Place] = []
    ask_phone = False
    for code in countries.split(_BETWEEN_PLACES):
        country = jurisdictions.get(code)
        if country is None or not country.zones:
            return None, False
        zones = _zones_of_region(country, region) or (tuple(country.zones) if len(country.zones) == 1 else ())
        ask_phone = ask_phone or not zones
        zones = zones or _zones_of_number(country, phone_zones) or tuple(country.zones)
        pairs.extend((code, zone) for zone in zones)
    return _BETWEEN_PLACES.join(sorted({_WITHIN_PLACE.join(pair) for pair in pairs})), ask_phone


def _zones_of_region(country: ZonedCountry, region: str | None) -> tuple[str, ...]:
    if region is None:
        return ()
    wanted = _folded(region)
    for name, zones in country.region_zones.items():
        if _folded(name) == wanted:
            return (zones,) if isinstance(zones, str) else tuple(zones)
    return ()


def _zones_of_number(country: ZonedCountry, phone_zones: str | None) -> tuple[str, ...]:
    """The zones of the number's area that the country has; a number of elsewhere says nothing."""
    area = set(phone_zones.split(_BETWEEN_PLACES)) if phone_zones else set()
    return tuple(zone for zone in country.zones if zone in area)


def _phone_zones(phone: str) -> str | None:
    try:
        zones = time_zones_for_number(phonenumbers.parse(phone, None))
    except phonenumbers.NumberParseException:
        return None
    return None if UNKNOWN_TIMEZONE in zones else _BETWEEN_PLACES.join(sorted(zones))


def _folded(region: str) -> str:
    return " ".join(region.split()).casefold()
