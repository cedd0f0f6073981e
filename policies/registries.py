"""Do-not-call registries: their names, what a file of one covers, and what it says about a number.

A registry entry denies that number and nothing else (law 2). A number counts as screened where every registry its
country names covers it with a file that is not too old; it is the age of the file that counts, not that of the look-up
(16 CFR 310.4(b)(3)(iv); PECR reg. 21). Everything else is unscreened, which is never "not listed" (law 3).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.schema import SCREENINGS, conform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from policies.rulebook import Rulebook

__all__ = [
    "coverage_prefixes",
    "covers",
    "max_file_ages",
    "prefixes_within",
    "registry_facts",
    "registry_id",
    "registry_plan",
]

_ID: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]+(-[A-Z0-9]+)*")
_ALL: Final = ("all", "national")
_COMMA: Final = re.compile(r"[,;]")
_NATIONAL: Final = re.compile(r"[\s()./-]")


def registry_id(name: str, known: Mapping[str, Any]) -> str | None:
    """The id of a registry by any of its names, whatever their case; none where it is no name of a registry.

    ``known`` is ``lists.registries`` of the rule data. An id is a country and a name: ``US-NATIONAL-DNC``.
    """
    bare = name.strip().upper().replace("_", "-").replace(" ", "-")
    found = str(known["aliases"].get(bare, bare))
    return found if _ID.fullmatch(found) else None


def registry_plan(registry: str, known: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """How the registry's country writes numbers: ``calling_code, trunk, lengths, first``; none where not on file."""
    plan: Mapping[str, Any] | None = known["plans"].get(registry[:2])
    return plan


def coverage_prefixes(stated: object, plan: Mapping[str, Any] | None) -> tuple[str, ...] | None:
    """What a file covers, as prefixes of E.164 without the plus; none where it cannot be read.

    ``stated`` is "all" (every number under the country's calling code), or area codes as the country writes them
    ("312", "020"), or prefixes of E.164 ("+1312", "+44"); several as a list, or in one text with commas between.
    """
    entries = stated if isinstance(stated, list | tuple) else [stated]
    entries = [part for entry in entries for part in (_COMMA.split(entry) if isinstance(entry, str) else [entry])]
    found = [_prefix(entry, plan) for entry in entries]
    if not found or None in found:
        return None
    return _shortest([prefix for prefix in found if prefix is not None])


def _prefix(entry: object, plan: Mapping[str, Any] | None) -> str | None:
    if isinstance(entry, bool) or not isinstance(entry, int | str):
        return None
    text = _NATIONAL.sub("", str(entry))
    if text.startswith("+"):
        return text[1:] if text[1:].isdecimal() and text.isascii() else None
    if plan is None:
        return None
    code, trunk = str(plan["calling_code"]), str(plan["trunk"])
    if text.lower() in _ALL or text == code:
        return code
    own = text.removeprefix(trunk) if trunk else text
    return code + own if own.isdecimal() and own.isascii() else None


def _shortest(prefixes: Sequence[str]) -> tuple[str, ...]:
    """The prefixes in order, without those that lie within another."""
    kept: list[str] = []
    for prefix in sorted(set(prefixes)):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return tuple(kept)


def prefixes_within(inner: Sequence[str], outer: Sequence[str]) -> bool:
    """Whether everything that ``inner`` covers is covered by ``outer``."""
    return all(any(prefix.startswith(wider) for wider in outer) for prefix in inner)


def covers(phone: pl.Expr, prefixes: Sequence[str]) -> pl.Expr:
    """Whether a number in E.164 begins with one of the prefixes (which are without the plus)."""
    by_length: dict[int, list[str]] = {}
    for prefix in prefixes:
        by_length.setdefault(len(prefix), []).append(prefix)
    begins = [phone.str.slice(1, length).is_in(same) for length, same in sorted(by_length.items())]
    return pl.any_horizontal(begins) if begins else pl.lit(value=False)


def max_file_ages(book: Rulebook, on: date) -> dict[str, int]:
    """For each registry that a law in force names, how many days old its file may be; the shortest of several."""
    ages: dict[str, int] = {}
    for row in _named(book, on).iter_rows(named=True):
        ages[row["registry"]] = min(row["max_age"], ages.get(row["registry"], row["max_age"]))
    return ages


def registry_facts(
    records: pl.DataFrame, countries: pl.DataFrame, screenings: pl.DataFrame, book: Rulebook, on: date
) -> pl.DataFrame:
    """One row per record and country of its person: ``record_id, country, registry_listed``.

    ``records`` has ``record_id, person_id, phone``, ``countries`` ``person_id, country``, ``screenings`` is
    ``SCREENINGS``. Listed on any registry, however old its file: true. Covered by a fresh file of every registry that
    the country's law names: false. Else null, and null for a record without a number.
    """
    asked = records.select("record_id", "person_id", "phone").join(countries, on="person_id", how="left")
    judged = _judged(asked.select("phone", "country").drop_nulls("phone").unique(), screenings, book, on)
    return asked.join(judged, on=["phone", "country"], how="left", nulls_equal=True, validate="m:1").select(
        "record_id", "country", "registry_listed"
    )


def _judged(asked: pl.DataFrame, screenings: pl.DataFrame, book: Rulebook, on: date) -> pl.DataFrame:
    """``phone, country, registry_listed`` for every pair asked about."""
    found = conform(screenings, SCREENINGS)
    listed = found.filter("listed").select("phone").unique().with_columns(pl.lit(value=True).alias("on_a_list"))
    age = (pl.lit(on) - pl.col("version_date")).dt.total_days()
    fresh = pl.col("covered") & age.is_between(0, pl.col("max_age"))
    clear = (
        asked.join(_named(book, on), on="country", how="inner")
        .join(found, on=["phone", "registry"], how="left", validate="m:1")
        .group_by("phone", "country")
        .agg(fresh.fill_null(value=False).all().alias("clear"))
    )
    return (
        asked.join(listed, on="phone", how="left", validate="m:1")
        .join(clear, on=["phone", "country"], how="left", validate="1:1")
        .select(
            "phone",
            "country",
            pl.when("on_a_list")
            .then(pl.lit(value=True))
            .when("clear")
            .then(pl.lit(value=False))
            .alias("registry_listed"),
        )
    )


def _named(book: Rulebook, on: date) -> pl.DataFrame:
    """``country, registry, max_age``: the registries that each country's law asks for on a day."""
    lists: Any = book.settings["lists"]
    rows = []
    for country, jurisdiction in sorted(book.jurisdictions.items()):
        law = jurisdiction.at(on)
        if law is not None and law.registry.max_file_age_days is not None:
            names = {registry_id(name, lists["registries"]) or name for name in law.registry.names}
            rows += [(country, name, law.registry.max_file_age_days) for name in sorted(names)]
    return pl.DataFrame(rows, schema={"country": pl.String, "registry": pl.String, "max_age": pl.Int64}, orient="row")
