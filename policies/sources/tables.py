"""The tables of a source contract: ``[columns]``, ``[lookups]``, ``[expect]`` and ``[files]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.folding import fold_words
from policies.sources.fields import FIELDS, FLAG_FIELDS, FLAG_MEANINGS, SEVERAL_COLUMNS
from policies.sources.values import WrongValue, is_placeholder, read_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from policies.rulebook.files import Places, Problems

__all__ = ["read_columns", "read_files", "read_lookups"]

_ONE: Final = 1


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
            elif field in FLAG_FIELDS and meaning not in FLAG_MEANINGS:
                what, fix = "is no state", f"Write one of: {', '.join(FLAG_MEANINGS)}."
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


def _first_part(key: str) -> str:
    """The part of a quoted key by which its line is found."""
    return key.partition(".")[0]
