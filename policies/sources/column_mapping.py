"""Which column of a list is which field: the source contract first, then the header synonyms of the rule data.

What cannot be told apart is refused with a proposal, never guessed. A column that looks as if people say no in it is
read as an opt-out even where nobody named it. Columns that stay without a field are listed and kept as provenance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from policies.errors import RefusedFile
from policies.folding import fold_words
from policies.sources.fields import CONTACT_FIELDS, FLAG_FIELDS, LIST_FIELDS, NAME_FIELDS, SEVERAL_COLUMNS, flag_channel
from policies.sources.proposal import unclear

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from policies.sources.contract import SourceContract

__all__ = ["ColumnMapping", "FlagColumn", "likely_columns", "map_columns", "named_channels", "unique_names"]

# Two columns for one of these are two meanings; for any other field the better known header is taken.
_DECISIVE: Final = frozenset({*NAME_FIELDS, *CONTACT_FIELDS, "company", "job_title", "country"})


@dataclass(frozen=True, slots=True)
class FlagColumn:
    """A column in which people say no (or, ``positive``, yes) to a channel; ``guessed``: told by its wording only.

    ``by_cells``: no flag by its header; only those of its cells count that refuse in so many words.
    """

    column: str
    channel: str
    positive: bool = False
    guessed: bool = False
    by_cells: bool = False

    @property
    def field(self) -> str:
        """The flag field it is, as ``[columns]`` and ``[lookups]`` name it."""
        return f"{self.channel}_opt_{'in' if self.positive else 'out'}"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Columns of one list by field. ``fields`` has the list's columns for each field found, best first."""

    fields: Mapping[str, tuple[str, ...]]
    flags: tuple[FlagColumn, ...]
    unmapped: tuple[str, ...]

    def column(self, field: str) -> str | None:
        """The one column of a field, None where the list has none."""
        return self.fields[field][0] if field in self.fields else None

    def as_columns(self) -> dict[str, tuple[str, ...]]:
        """The mapping as a ``[columns]`` table would state it: field = header or headers."""
        stated = {field: columns for field, columns in self.fields.items() if field not in FLAG_FIELDS}
        for flag in self.flags:
            if flag.by_cells:
                continue  # stated in a contract, its other words would be flags that nobody can read
            stated[flag.field] = (*stated.get(flag.field, ()), flag.column)
        return stated


def unique_names(headers: Sequence[str]) -> tuple[str, ...]:
    """A different name for every column: headers as they came, blank ones and repetitions numbered."""
    names: list[str] = []
    taken = {"row_number"}  # the reader's own column
    for position, header in enumerate(headers, start=1):
        base = header if header.strip() else f"column {position}"
        name, repetition = base, 1
        while name in taken:
            repetition += 1
            name = f"{base} ({repetition})"
        taken.add(name)
        names.append(name)
    return tuple(names)


def map_columns(headers: Sequence[str], contract: SourceContract | None, lists: Mapping[str, Any]) -> ColumnMapping:
    """Map the columns of a list, named as by :func:`unique_names`.

    ``lists`` is the table of that name of the rule data. Raises ``RefusedFile``: ``column_missing`` where the contract
    names a column the list lacks, ``mapping_unclear`` where headers are ambiguous or name and contact are missing; its
    details carry a proposed ``[columns]`` block.
    """
    table = _Headers(headers)
    stated = _stated(contract, table)
    candidates = _by_synonym(table, lists, without=stated)
    mapping = _mapping(_decided(stated, candidates), stated, candidates, table, lists)
    _require_person(mapping, candidates)
    return mapping


def likely_columns(headers: Sequence[str], contract: SourceContract | None, lists: Mapping[str, Any]) -> ColumnMapping:
    """The best guess at the columns of a list that :func:`map_columns` refuses: every flag, one column per field.

    Nobody may be taken in by it; it is good for the opt-outs of such a list alone.
    """
    table = _Headers(headers)
    matches = _matches(contract, table)
    stated = {field: _joined(found.values()) for field, found in matches.items() if any(found.values())}
    candidates = _by_synonym(table, lists, without=stated)
    found = {
        field: tuple(names) if field in SEVERAL_COLUMNS else tuple(names[:1])
        for field, names in (stated | candidates).items()
        if field not in FLAG_FIELDS
    }
    return _mapping(found, stated, candidates, table, lists)


def _mapping(
    found: Mapping[str, tuple[str, ...]],
    stated: Mapping[str, tuple[str, ...]],
    candidates: Mapping[str, list[str]],
    table: _Headers,
    lists: Mapping[str, Any],
) -> ColumnMapping:
    flags = _flags(stated, candidates, table, found, lists)
    used = {column for columns in found.values() for column in columns} | {flag.column for flag in flags}
    return ColumnMapping(found, flags, tuple(name for name in table.names if name not in used))


class _Headers:
    """The columns of a list and what their headers say, folded."""

    def __init__(self, headers: Sequence[str]) -> None:
        self.names = unique_names(headers)
        # Blanks are left out of the comparison: "E-Mail", "e mail" and "Email" are one header.
        self.words = dict(zip(self.names, fold_words(list(headers)), strict=True))
        self.keys = {name: _key(words) for name, words in self.words.items()}
        self.exact: dict[str, list[str]] = {}
        for name, header in zip(self.names, headers, strict=True):
            self.exact.setdefault(header.strip(), []).append(name)

    def matching(self, header: str) -> list[str]:
        """The columns a contract means by ``header``: spelled so, or else folded alike."""
        if found := self.exact.get(header.strip()):
            return found
        key = _key(fold_words([header])[0])
        return [name for name in self.names if self.keys[name] == key]


def _key(words: str) -> str:
    return words.replace(" ", "")


def _stated(contract: SourceContract | None, table: _Headers) -> dict[str, tuple[str, ...]]:
    """Columns of the fields the contract names."""
    found: dict[str, tuple[str, ...]] = {}
    missing: list[str] = []
    for field, matches in _matches(contract, table).items():
        missing += [header for header, names in matches.items() if not names]
        names = _joined(matches.values())
        if len(names) > 1 and field not in SEVERAL_COLUMNS:
            raise unclear(
                f"The header the contract names for {field} stands over {len(names)} columns.", {field: names}
            )
        found[field] = names
    if missing:
        raise RefusedFile(
            "column_missing",
            f"The source contract names {len(missing)} column(s) that this list does not have.",
            "Correct [columns] in the source contract, or ask for the list with all its columns.",
            {"missing": missing},
        )
    return found


def _matches(contract: SourceContract | None, table: _Headers) -> dict[str, dict[str, list[str]]]:
    """Per field the contract names: its headers, and the columns of the list that each of them means."""
    stated = contract.columns if contract else {}
    return {field: {header: table.matching(header) for header in headers} for field, headers in stated.items()}


def _joined(columns: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(name for names in columns for name in names)


def _by_synonym(
    table: _Headers, lists: Mapping[str, Any], without: Mapping[str, tuple[str, ...]]
) -> dict[str, list[str]]:
    """Columns per field by header synonyms, those known first in front; fields and columns of the contract left out."""
    taken = {column for columns in without.values() for column in columns}
    found: dict[str, list[str]] = {}
    for field, synonyms in _synonyms(lists).items():
        if field in without and field not in FLAG_FIELDS:
            continue
        rank = {_key(words): number for number, words in reversed(list(enumerate(fold_words(synonyms))))}
        matching = [name for name in table.names if name not in taken and table.keys[name] in rank]
        if matching:
            found[field] = sorted(matching, key=lambda name, rank=rank: rank[table.keys[name]])  # type: ignore[misc]  # bound now
    return found


def _synonyms(lists: Mapping[str, Any]) -> dict[str, list[str]]:
    """Header synonyms per field; the rule data keeps those of positive flags apart, under the negative field's name."""
    positive = lists.get("header_synonyms_positive", {})
    found = {field: list(lists.get("header_synonyms", {}).get(field, ())) for field in (*LIST_FIELDS, *FLAG_FIELDS)}
    for field in FLAG_FIELDS:
        if field.endswith("_in"):
            found[field] += list(positive.get(f"{flag_channel(field)}_opt_out", ()))
    return found


def _decided(stated: Mapping[str, tuple[str, ...]], candidates: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """One column per field, or a refusal that shows the choices."""
    plain = {field: names for field, names in candidates.items() if field not in FLAG_FIELDS}
    twice = {field: tuple(names) for field, names in plain.items() if len(names) > 1 and field in _DECISIVE}
    fields_of: dict[str, list[str]] = {}
    for field, names in plain.items():
        for name in names:
            fields_of.setdefault(name, []).append(field)
    double = sorted({field for fields in fields_of.values() if len(fields) > 1 for field in fields})
    if twice or double:
        fields = sorted({*twice, *double})
        raise unclear(f"More than one column could be: {', '.join(fields)}.", plain)
    chosen = {field: tuple(names) if field in SEVERAL_COLUMNS else (names[0],) for field, names in plain.items()}
    return {field: names for field, names in stated.items() if field not in FLAG_FIELDS} | chosen


def _flags(
    stated: Mapping[str, tuple[str, ...]],
    candidates: Mapping[str, list[str]],
    table: _Headers,
    found: Mapping[str, tuple[str, ...]],
    lists: Mapping[str, Any],
) -> tuple[FlagColumn, ...]:
    """Flag columns by contract, by synonym, and by wording for every other column."""
    flags = [
        FlagColumn(column, flag_channel(field), positive=field.endswith("_in"))
        for field in FLAG_FIELDS
        for column in stated.get(field, ())
    ]
    for field in FLAG_FIELDS:
        for column in candidates.get(field, ()):
            channels = _channels(table.words[column], flag_channel(field), field, lists)
            flags += [FlagColumn(column, channel, positive=field.endswith("_in")) for channel in channels]
    flags = list(dict.fromkeys(flags))
    used = {flag.column for flag in flags} | {column for columns in found.values() for column in columns}
    for name in table.names:
        if name not in used:
            flags += [FlagColumn(name, channel, guessed=True) for channel in _guessed(table.words[name], lists)]
    return tuple(flags)


def _guessed(words: str, lists: Mapping[str, Any]) -> list[str]:
    """The channels a header refuses by its wording; none for a header that refuses nothing."""
    patterns = lists.get("flags", {})
    if not _any(patterns.get("header_patterns", ()), words):
        return []
    return named_channels(words, lists) or list(CONTACT_FIELDS)


def _channels(words: str, channel: str, field: str, lists: Mapping[str, Any]) -> list[str]:
    """The channels of a known flag header: a plain "opt out" that names none refuses all of them."""
    if field.endswith("_in") or named_channels(words, lists):
        return [channel]
    return list(CONTACT_FIELDS)


def named_channels(words: str, lists: Mapping[str, Any]) -> list[str]:
    """The channels that the folded words of a header name."""
    patterns = lists.get("flags", {})
    return [channel for channel in CONTACT_FIELDS if _any(patterns.get(f"{channel}_patterns", ()), words)]


def _any(patterns: Iterable[str], words: str) -> bool:
    return any(re.search(pattern, words) for pattern in patterns)


def _require_person(mapping: ColumnMapping, candidates: Mapping[str, list[str]]) -> None:
    """A list must say who and how to reach them."""
    if not any(field in mapping.fields for field in CONTACT_FIELDS):
        raise unclear("No column could be recognised as e-mail address or telephone number.", candidates)
    if not any(field in mapping.fields for field in NAME_FIELDS):
        raise unclear("No column could be recognised as the name of a person.", candidates)
