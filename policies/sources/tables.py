"""The tables of a source contract: ``[columns]``, ``[lookups]``, ``[expect]`` and ``[files]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.expectations import Expectation
from policies.folding import fold_words
from policies.sources.fields import FIELDS, FLAG_FIELDS, SEVERAL_COLUMNS
from policies.sources.values import WrongValue, is_placeholder, read_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from policies.rulebook.files import Places, Problems

__all__ = ["read_columns", "read_expect", "read_files", "read_lookups"]

_ONE: Final = 1
_EXPECT_KEYS: Final = ("rows", "fill", "unique", "not_null", "values")
_FLAG_MEANINGS: Final = ("yes", "no", "blank")
_BOUNDS: Final = ("min", "max")


def read_columns(table: Mapping[str, Any], places: Places, problems: Problems) -> dict[str, tuple[str, ...]]:
    """``[columns]``: our field = the list's header; a list of headers where a field may come from several columns."""
    place = places.table("columns")
    problems.unknown_keys(place, table, FIELDS, "[columns]")
    found: dict[str, tuple[str, ...]] = {}
    for field, value in table.items():
        headers = value if isinstance(value, list) else [value]
        if is_placeholder(value):
            continue
        if not all(isinstance(header, str) for header in headers):
            problems.add(place, field, f"columns.{field} is no header.", "Write the list's header in quotes.")
        elif len(headers) > _ONE and field not in SEVERAL_COLUMNS:
            problems.add(place, field, f"columns.{field} can be one column only.", "Keep the one that is meant.")
        elif field in FIELDS:
            found[field] = tuple(headers)
    return found


def read_lookups(table: Mapping[str, Any], places: Places, problems: Problems) -> dict[str, dict[str, str]]:
    """``[lookups.<field>]``: what stands in a cell = what it means. Cells are compared in folded words."""
    problems.unknown_keys(places.table("lookups"), table, FIELDS, "[lookups]")
    found: dict[str, dict[str, str]] = {}
    for field, words in table.items():
        place = places.table(f"lookups.{field}")
        if not isinstance(words, dict):
            problems.add(places.table("lookups"), field, f"lookups.{field} is no table.", f"Write [lookups.{field}].")
            continue
        known: dict[str, str] = {}
        for word, meaning in words.items():
            if not isinstance(meaning, str):
                what, fix = "is no text", "Write it in quotes."
            elif field in FLAG_FIELDS and meaning not in _FLAG_MEANINGS:
                what, fix = "is no state", f"Write one of: {', '.join(_FLAG_MEANINGS)}."
            else:
                known[word] = meaning
                continue
            problems.add(place, _first_part(word), f"What a cell of lookups.{field} means {what}.", fix)
        found[field] = dict(zip(fold_words(list(known)), known.values(), strict=True))
    return found


def read_files(table: Mapping[str, Any], places: Places, problems: Problems) -> dict[str, date]:
    """``[files]``: a file's name or SHA-256 = the day it was obtained."""
    found: dict[str, date] = {}
    for name, value in table.items():
        day = value.get("obtained_on") if isinstance(value, dict) else value
        if is_placeholder(day):
            continue
        try:
            found[name] = read_day(day)
        except WrongValue as wrong:
            problems.add(places.table("files"), _first_part(name), f"files.{name!r} {wrong}.", wrong.fix)
    return found


def read_expect(table: Mapping[str, Any], places: Places, problems: Problems) -> tuple[Expectation, ...]:
    """``[expect]``: ``rows``, ``fill.<field>``, ``values.<field>``, ``unique`` and ``not_null``, as expectations."""
    reader = _Expect(places, problems)
    problems.unknown_keys(places.table("expect"), table, _EXPECT_KEYS, "[expect]")
    found: list[Expectation] = []
    if "rows" in table:
        found += reader.bounded("row_count", None, table["rows"])
    for field, bounds in reader.table(table, "fill").items():
        found += reader.bounded("fill_rate", field, bounds)
    for field, values in reader.table(table, "values").items():
        found += reader.allowed(field, values)
    for kind in ("unique", "not_null"):
        found += [Expectation(kind, field) for field in reader.fields(table, kind)]
    return tuple(found)


def _first_part(key: str) -> str:
    """The part of a quoted key by which its line is found."""
    return key.partition(".")[0]


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
