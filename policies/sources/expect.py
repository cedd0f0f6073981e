"""``[expect]`` of a source contract: what every file of a list must look like, as expectations."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.expectations import Expectation
from policies.sources.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.rulebook.files import Places, Problems

__all__ = ["RANGED", "read_expect"]

_KEYS: Final = ("rows", "fill", "unique", "not_null", "values", "range", "length", "pattern")
_BOUNDS: Final = ("min", "max")
# Fields with values that can be compared, and of which kind they are.
RANGED: Final = {"employees": "number", "age": "number", "asked_on": "day", "born_on": "day"}


def read_expect(table: Mapping[str, Any], places: Places, problems: Problems) -> tuple[Expectation, ...]:
    """``[expect]``: ``rows, unique, not_null``, and by field ``fill, values, range, length, pattern``."""
    reader = _Expect(places, problems)
    problems.unknown_keys(places.table("expect"), table, _KEYS, "[expect]")
    found: list[Expectation] = []
    if "rows" in table:
        found += reader.bounded("row_count", None, table["rows"])
    for field, bounds in reader.table(table, "fill").items():
        found += reader.bounded("fill_rate", field, bounds)
    for key, read in (
        ("values", reader.allowed),
        ("range", reader.between),
        ("length", reader.long),
        ("pattern", reader.fitting),
    ):
        for field, stated in reader.table(table, key).items():
            found += read(field, stated)
    for kind in ("unique", "not_null"):
        found += [Expectation(kind, field) for field in reader.fields(table, kind)]
    return tuple(found)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _day(value: object) -> float | None:
    """A day as a number that reads like it: 20260914."""
    if not isinstance(value, date) or isinstance(value, datetime):
        return None
    return float(value.year * 10_000 + value.month * 100 + value.day)


def _is_pattern(text: str) -> bool:
    try:
        pl.Series([""]).str.contains(text)
    except pl.exceptions.ComputeError:
        return False
    return True


class _Expect:
    """Reads the parts of ``[expect]`` and notes what is wrong with them."""

    def __init__(self, places: Places, problems: Problems) -> None:
        self.place = places.table("expect")
        self.places = places
        self.problems = problems

    def table(self, expect: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        """A sub-table by field name."""
        found = expect.get(key, {})
        if not isinstance(found, dict):
            self.problems.add(self.place, key, f"expect.{key} is no table.", f"Write [expect.{key}].")
            return {}
        self.problems.unknown_keys(self.places.table(f"expect.{key}"), found, FIELDS, f"[expect.{key}]")
        return found

    def bounded(self, kind: str, field: str | None, bounds: object) -> list[Expectation]:
        """Lower and upper bound; a bare number is the lower one."""
        limits = bounds if isinstance(bounds, dict) else {"min": bounds}
        numbers = {key: value for key, value in limits.items() if isinstance(value, int | float)}
        key = f"fill.{field}" if field else "rows"
        if set(limits) - set(_BOUNDS) or len(numbers) < len(limits) or not limits:
            self._wrong(key, "Write { min = ..., max = ... } with numbers.")
            return []
        low, high = numbers.get("min"), numbers.get("max")
        top = None if kind == "row_count" else 1
        if any(number < 0 or (top is not None and number > top) for number in numbers.values()):
            self._wrong(key, "A share lies between 0 and 1, a number of rows is not negative.")
            return []
        if low is not None and high is not None and low > high:
            self._wrong(key, "min may not be greater than max.")
            return []
        return [Expectation(kind, field, low, high)]

    def between(self, field: str, bounds: object) -> list[Expectation]:
        """Bounds of a number, or of a day."""
        read = {"number": _number, "day": _day}[RANGED[field]] if field in RANGED else None
        limits = bounds if isinstance(bounds, dict) else {}
        if read is None or not limits or set(limits) - set(_BOUNDS):
            known = ", ".join(RANGED)
            self._wrong(f"range.{field}", f"Write {{ min = ..., max = ... }} for one of: {known}.")
            return []
        values = {key: read(value) for key, value in limits.items()}
        low, high = values.get("min"), values.get("max")
        if None in values.values() or (low is not None and high is not None and low > high):
            what = "days, such as 2026-09-14" if read is _day else "numbers"
            self._wrong(f"range.{field}", f"Write two {what}, the smaller one as min.")
            return []
        return [Expectation("range", field, low, high)]

    def long(self, field: str, bounds: object) -> list[Expectation]:
        """Bounds of the number of characters."""
        limits = bounds if isinstance(bounds, dict) else {}
        low, high = (_number(limits[key]) if key in limits else None for key in _BOUNDS)
        if not limits or set(limits) - set(_BOUNDS) or (low or 0) < 0 or (high is not None and high < (low or 0)):
            self._wrong(f"length.{field}", "Write { min = ..., max = ... } with numbers of characters.")
            return []
        return [Expectation("length", field, low, high)]

    def fitting(self, field: str, pattern: object) -> list[Expectation]:
        """A pattern for every cell of a field."""
        if isinstance(pattern, str) and _is_pattern(pattern):
            return [Expectation("pattern", field, values=(pattern,))]
        self._wrong(f"pattern.{field}", "Write a regular expression in single quotes, such as '^[0-9]{5}$'.")
        return []

    def allowed(self, field: str, values: object) -> list[Expectation]:
        """The values a field may have."""
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self._wrong(f"values.{field}", 'Write a list of texts, such as ["DE", "AT"].')
            return []
        return [Expectation("values_in_set", field, values=tuple(values))]

    def fields(self, expect: Mapping[str, Any], key: str) -> list[str]:
        """A list of field names."""
        found = expect.get(key, [])
        if not isinstance(found, list) or any(field not in FIELDS for field in found):
            self._wrong(key, f"Write a list of fields; known are: {', '.join(FIELDS)}.")
            return []
        return [str(field) for field in found]

    def _wrong(self, key: str, fix: str) -> None:
        # "fill.email" stands as a dotted key under [expect], or as a key of [expect.fill].
        table, _, field = key.partition(".")
        own = bool(field) and table not in self.place.keys
        place = self.places.table(f"expect.{table}") if own else self.place
        message = f"The expectation {key!r} cannot be checked."
        self.problems.add(place, field if own else table, message, fix)
