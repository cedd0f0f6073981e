"""Answers of programs saved as they came: JSON with the lists that are meant somewhere inside, and objects in cells.

A list stands under a key that may say what its people did ("unsubscribed", "bounced"): it goes with each of its rows as
the name of a sheet does. Objects within a row are laid out into columns of their own, called by their last key, or by
as many as tell them apart. A shape that names people and that nobody understands is refused, so that whoever stands in
it is stopped and the file looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import polars as pl

from flows.event_files.sheets import SHEET
from flows.readers.json_values import DECODER, text_of
from flows.readers.refusals import refuse
from flows.readers.typed import JOINED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flows.readers import RawTable

__all__ = ["one_line", "unwrapped"]

_Path: TypeAlias = "tuple[str, ...]"
_ROW: Final = "row_number"
_MOST: Final = 500  # columns
_BETWEEN: Final = ", "  # values of one column in one cell
_DEEPEST: Final = 12  # objects within objects
# Keys that say nothing of what stands under them, and those that say nothing without the one above them.
_PLAIN_KEYS: Final = frozenset(
    {
        *("_embedded", "attributes", "body", "contact", "content", "custom_fields", "d", "data", "fields", "items"),
        *("member", "members", "merge_fields", "message", "payload", "people", "person", "profile", "profiles"),
        *("properties", "record", "records", "response", "result", "results", "value", "values"),
    }
)
_SHORT_KEYS: Final = frozenset(
    {
        *("address", "date", "email", "email_address", "emailaddress", "id", "mail", "name", "phone", "phone_number"),
        *("reason", "status", "type", "value"),
    }
)
_JOINT: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NAMES_SOMEBODY: Final = re.compile(
    r"@|^\s*\+?[\d(][\d ().\-/]{7,}$|^\s*(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})\s*$"
)


def unwrapped(table: RawTable) -> RawTable:
    """What a table of JSON means: the lists inside its only object, and no object left in a cell.

    Any other table stays as it is. Raises ``RefusedFile``: ``json_not_a_list`` where it names people in a shape that
    nobody understands.
    """
    if table.kind != "json" or table.rows.is_empty():
        return table
    if table.height == 1 and table.rows.height == 1:
        [row] = table.rows.drop(_ROW).to_dicts()
        lists = [found for found in _lists({name: _read(cell) for name, cell in row.items()}) if found[1]]
        if lists:
            table = _as_table(table, lists)
    return _flat_table(table)


def one_line(text: str) -> str | None:
    """A file of one object, or of one list of plain values, as one object on one line; None for any other."""
    try:
        value = DECODER.decode(text)
    except (ValueError, RecursionError):
        return None
    if value and _is_plain(value):
        value = {"value": value}
    if not isinstance(value, dict) or not value:
        return None
    return text_of(_with_people(value))


def _with_people(value: dict[str, Any]) -> dict[str, Any]:
    """An object whose lists of plain contacts are lists of people, unless it is one person who has several."""
    lists = {name for name, inner in value.items() if _is_plain(inner) and _names_somebody(inner)}
    if len(lists) <= 1 and any(isinstance(inner, str) for inner in value.values()):
        return value
    return {name: [{"value": one} for one in inner] if name in lists else inner for name, inner in value.items()}


def _is_plain(value: object) -> bool:
    return isinstance(value, list) and not any(isinstance(one, (dict, list)) for one in value)


def _read(cell: str | None) -> Any:  # noqa: ANN401 - whatever JSON holds
    """What a cell holds: JSON, or its text."""
    if not cell or cell.lstrip()[:1] not in ("[", "{"):
        return cell or ""
    try:
        return DECODER.decode(cell.strip())
    except (ValueError, RecursionError):
        return cell


def _lists(value: Mapping[str, Any], key: str = "", depth: int = 0) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The lists of people in an object by the key they stand under; objects under a plain key are looked into."""
    if value and all(_NAMES_SOMEBODY.search(name) for name in value):
        yield key, [{"value": name, **_said(inner)} for name, inner in value.items()]
        return
    for name, inner in value.items():
        if isinstance(inner, dict):
            people = bool(inner) and all(_NAMES_SOMEBODY.search(one) for one in inner)
            if depth < _DEEPEST and (people or name.casefold() in _PLAIN_KEYS):
                yield from _lists(inner, name, depth + 1)
        elif _names_somebody(inner):
            yield name, [one if isinstance(one, dict) else {"value": one} for one in inner]


def _said(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"status": value}


def _names_somebody(value: object) -> bool:
    """Whether a list names people: in objects, or as plain values that are contacts."""
    if not isinstance(value, list):
        return False
    return any(
        "@" in text_of(one) or any(_NAMES_SOMEBODY.search(text) for _, text in _leaves(one, ()))
        for one in value
        if isinstance(one, (dict, str))
    )


def _as_table(table: RawTable, lists: Sequence[tuple[str, list[dict[str, Any]]]]) -> RawTable:
    """All lists below each other, with the key each stood under."""
    rows = [(key, {str(name): inner for name, inner in one.items()}) for key, found in lists for one in found]
    names = [name for name in dict.fromkeys(name for _, one in rows for name in one) if name not in (_ROW, SHEET)]
    columns = {name: [text_of(one.get(name)) for _, one in rows] for name in names}
    columns[SHEET] = [key for key, _ in rows]
    return _with_rows(table, range(1, len(rows) + 1), columns)


def _with_rows(table: RawTable, numbers: Sequence[int], columns: Mapping[str, Sequence[str]]) -> RawTable:
    if len(columns) > _MOST:
        raise refuse("json_not_a_list")
    numbered = {_ROW: pl.Series(_ROW, numbers, dtype=pl.UInt32)}
    rows = pl.DataFrame(numbered | {name: pl.Series(name, cells, dtype=pl.String) for name, cells in columns.items()})
    return replace(table, headers=tuple(columns), columns=tuple(columns), rows=rows)


def _flat_table(table: RawTable) -> RawTable:
    """The table with every object in a cell laid out into columns."""
    first = pl.col(table.columns).str.strip_chars_start().str.slice(0, 1)
    nested = table.rows.select(first.is_in(["{", "["]).any()).row(0, named=True)
    if not any(nested.values()):
        return table
    if {"type", "attributes"} <= {*table.columns} and table.rows.get_column("type").n_unique() == 1:
        table = replace(
            table, columns=tuple(name for name in table.columns if name != "type")
        )  # what objects are called
    flat = {name: _laid_out(table.rows.get_column(name), name) for name in table.columns if nested[name]}
    paths = [path for name in table.columns for path in flat.get(name, {(name,): ()})]
    headers = _headers(paths)
    columns: dict[str, Sequence[str]] = {}
    for name in table.columns:
        cells = flat.get(name) or {(name,): table.rows.get_column(name).to_list()}
        columns |= {headers[path]: texts for path, texts in cells.items()}
    return _with_rows(table, table.rows.get_column(_ROW).to_list(), columns)


def _laid_out(cells: pl.Series, name: str) -> dict[_Path, list[str]]:
    """The cells of one column by path; values of one path in one cell stand beside each other."""
    read = {cell: _by_path(cell, name) for cell in cells.unique(maintain_order=True)}
    paths = list(dict.fromkeys(path for found in read.values() for path in found))
    if len(paths) > _MOST:
        raise refuse("json_not_a_list")
    return {path: [read[cell].get(path, "") for cell in cells] for path in paths} or {(name,): cells.to_list()}


def _by_path(cell: str, name: str) -> dict[_Path, str]:
    found: dict[_Path, dict[str, None]] = {}
    for path, text in _leaves(_read(cell), (name,)):
        if any("@" in key for key in path):
            raise refuse("json_not_a_list")
        found.setdefault(path, {})[text] = None
    return {path: _BETWEEN.join(text for text in texts if text) for path, texts in found.items()}


def _leaves(value: object, path: _Path) -> Iterator[tuple[_Path, str]]:
    """The plain values inside a value with the keys that lead to each."""
    if len(path) > _DEEPEST:
        raise refuse("json_not_a_list")
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, str(name)))
    elif isinstance(value, list) and any(isinstance(one, (dict, list)) for one in value):
        for one in value:
            yield from _leaves(one, path)
    else:
        yield path, text_of(value).replace(JOINED, _BETWEEN)


def _headers(paths: Sequence[_Path]) -> dict[_Path, str]:
    """A name for every path: its last key, with as many of those before it as it takes to tell them apart."""
    telling = {path: _telling(path) for path in paths}
    found: dict[_Path, str] = {}
    for path, keys in telling.items():
        least = 2 if keys[-1].casefold() in _SHORT_KEYS and len(path) > 1 else 1
        ends = [keys[-length:] for length in range(min(least, len(keys)), len(keys) + 1)]
        alone = (end for end in ends if sum(other[-len(end) :] == end for other in telling.values()) == 1)
        found[path] = _called(path if len(path) == 1 else next(alone, path))
    twice = Counter(found.values())
    return {path: name if twice[name] == 1 or len(path) == 1 else " ".join(path) for path, name in found.items()}


def _telling(path: _Path) -> _Path:
    """The keys of a path that say something."""
    return (*(key for key in path[:-1] if key.casefold() not in _PLAIN_KEYS), path[-1])


def _called(keys: _Path) -> str:
    return keys[0] if len(keys) == 1 else " ".join(_JOINT.sub(" ", key) for key in keys)
