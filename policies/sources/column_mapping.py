"""Which column of a list is which field: source contract, layout, header synonyms, shape of values, in this order.

What cannot be told apart is refused with a proposal, never guessed. A column that looks as if people say no in it is
read as an opt-out even where nobody named it. Columns that stay without a field are listed and kept as provenance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from policies.errors import RefusedFile
from policies.sources.chosen_columns import Chooser
from policies.sources.columns_by_values import by_values
from policies.sources.fields import CONTACT_FIELDS, FIELDS, FLAG_FIELDS, NAME_FIELDS, SEVERAL_COLUMNS
from policies.sources.flag_columns import FlagColumn, flag_columns
from policies.sources.headers import HeaderMatch, Headers, by_synonym
from policies.sources.proposal import unclear
from policies.sources.value_shapes import Values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from policies.sources.contract import SourceContract
    from policies.sources.layouts import Section

__all__ = ["ColumnMapping", "likely_columns", "map_columns"]

_SURE: Final = 1.0
_OTHERS: Final = {"email": "other_email", "phone": "other_phone"}


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Columns of one list by field. ``fields`` has the list's columns for each field found, best first.

    Of several columns of e-mail addresses or numbers each row takes the first that is filled; the rest are its others.
    ``basis`` says per field how it was found (contract, layout, header, values), ``confidence`` (0 to 1) how sure it is
    that the list says who its people are and how to reach them.
    """

    fields: Mapping[str, tuple[str, ...]]
    flags: tuple[FlagColumn, ...]
    unmapped: tuple[str, ...]
    basis: Mapping[str, str] = field(default_factory=dict)
    confidence: float = _SURE

    def column(self, name: str) -> str | None:
        """The best column of a field, None where the list has none."""
        return self.fields[name][0] if name in self.fields else None

    def as_columns(self) -> dict[str, tuple[str, ...]]:
        """The mapping as a ``[columns]`` table would state it: field = header or headers."""
        stated = {name: columns for name, columns in self.fields.items() if name not in FLAG_FIELDS}
        for flag in self.flags:
            if flag.by_cells or flag.unclear:
                continue  # stated in a contract, its other words would be flags that nobody can read
            stated[flag.field] = (*stated.get(flag.field, ()), flag.column)
        return stated


def map_columns(
    headers: Sequence[str],
    contract: SourceContract | None,
    lists: Mapping[str, Any],
    section: Section | None = None,
    rows: pl.DataFrame | None = None,
) -> ColumnMapping:
    """Map the columns of a list, named as by :func:`~policies.sources.headers.unique_names`.

    ``lists`` is the table of that name of the rule data. Under a ``section`` of a layout its columns are the fields and
    no others; flags are still told by their wording. ``rows`` (a text column per header) lets values speak. Raises
    ``RefusedFile``: ``column_missing`` where the contract names a column the list lacks, ``mapping_unclear`` where
    columns cannot be told apart, contradict their headers, or do not say who and how; its details carry a proposed
    ``[columns]`` block.
    """
    table = Headers(headers)
    stated = _stated(contract, table)
    known = stated | _of_section(section, table, stated)
    candidates = by_synonym(table, lists, taken=_joined(known.values()))
    if section is not None:
        asked = {name: (candidates[name][0].name,) for name in _by_header(section, known) if name in candidates}
        found = asked | {name: columns for name, columns in known.items() if name not in FLAG_FIELDS}
        mapping = _mapping(found, known, candidates, table, lists, section)
        _require_person(mapping, {name: list(columns) for name, columns in found.items()})
        return _with_basis(mapping, stated, {}, {}, lists)
    values = Values(rows, lists)
    own = {name: found for name, found in candidates.items() if name not in stated or name in FLAG_FIELDS}
    chooser = Chooser(own, values, table, lists)
    fields = {name: columns for name, columns in stated.items() if name not in FLAG_FIELDS} | chooser.decided()
    fields |= _further(stated, candidates, fields)
    mapping = _mapping(fields, known, own, table, lists)
    shaped = by_values(mapping.fields, mapping.unmapped, table, values, lists)
    mapping = _mapping(fields | {name: found[0] for name, found in shaped.items()}, known, own, table, lists)
    _require_person(mapping, {**chooser.choices, **mapping.fields})
    known_by = {match.name: match for found in own.values() for match in found}
    mapping = _with_basis(mapping, stated, {name: found[1] for name, found in shaped.items()}, known_by, lists)
    if mapping.confidence < lists.get("headers", {}).get("confidence", {}).get("bar", 0.0):
        raise unclear("The columns are not recognised with enough confidence.", mapping.as_columns())
    return mapping


def _further(
    stated: Mapping[str, tuple[str, ...]],
    candidates: Mapping[str, list[HeaderMatch]],
    fields: Mapping[str, tuple[str, ...]],
) -> dict[str, tuple[str, ...]]:
    """Columns that hold a second address or number beside the one the contract names: screened, and never used."""
    taken = set(_joined(fields.values()))
    found: dict[str, tuple[str, ...]] = {}
    for own, other in _OTHERS.items():
        if own in stated and other not in stated:
            beside = (match.name for match in candidates.get(own, ()) if match.name not in taken)
            found[other] = tuple(dict.fromkeys((*fields.get(other, ()), *beside)))
    return {name: columns for name, columns in found.items() if columns}


def likely_columns(
    headers: Sequence[str],
    contract: SourceContract | None,
    lists: Mapping[str, Any],
    section: Section | None = None,
) -> ColumnMapping:
    """The best guess at the columns of a list that :func:`map_columns` refuses: every flag, one column per field.

    Nobody may be taken in by it; it is good for the opt-outs of such a list alone.
    """
    table = Headers(headers)
    matches = _matches(contract, table)
    stated = {name: _joined(found.values()) for name, found in matches.items() if any(found.values())}
    known = stated | _of_section(section, table, stated)
    candidates = by_synonym(table, lists, taken=_joined(known.values()))
    chooser = Chooser(candidates, Values(None, lists), table, lists)
    likely = known if section is not None else chooser.likely() | known
    found = {
        name: columns if name in SEVERAL_COLUMNS and name not in CONTACT_FIELDS else columns[:1]
        for name, columns in likely.items()
        if name not in FLAG_FIELDS
    }
    return _mapping(found, known, candidates, table, lists, section)


def _mapping(
    found: Mapping[str, tuple[str, ...]],
    stated: Mapping[str, tuple[str, ...]],
    candidates: Mapping[str, list[HeaderMatch]],
    table: Headers,
    lists: Mapping[str, Any],
    section: Section | None = None,
) -> ColumnMapping:
    ordered = {name: found[name] for name in FIELDS if name in found}
    taken = {column for columns in ordered.values() for column in columns}
    no_flag = section.no_flag if section is not None else ()
    flags = flag_columns(stated, candidates, table, taken, lists, no_flag)
    used = taken | {flag.column for flag in flags}
    return ColumnMapping(ordered, flags, tuple(name for name in table.names if name not in used))


def _with_basis(
    mapping: ColumnMapping,
    stated: Mapping[str, tuple[str, ...]],
    shaped: Mapping[str, float],
    known_by: Mapping[str, HeaderMatch],
    lists: Mapping[str, Any],
) -> ColumnMapping:
    """The mapping with how each field was found, and how sure that is of who and how together."""
    weights = lists.get("headers", {}).get("confidence", {})
    basis: dict[str, str] = {}
    sure: dict[str, float] = {}
    for name, columns in mapping.fields.items():
        match = known_by.get(columns[0])
        if name in stated:
            basis[name], sure[name] = "contract", _SURE
        elif name in shaped:
            basis[name], sure[name] = "values", shaped[name]
        elif match is None:
            basis[name], sure[name] = "layout", _SURE
        else:
            kind = "lesser" if match.lesser else "around" if match.taken_off else "header"
            basis[name], sure[name] = "header", weights.get(kind, _SURE)
    for flag in mapping.flags:
        basis.setdefault(flag.field, "contract" if flag.field in stated else "header")
    groups = [[sure[name] for name in group if name in sure] for group in (NAME_FIELDS, CONTACT_FIELDS)]
    confidence = round(min(max(group) for group in groups), 2)
    return ColumnMapping(mapping.fields, mapping.flags, mapping.unmapped, basis, confidence)


def _of_section(
    section: Section | None, table: Headers, stated: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Columns of the fields a layout names, without those the contract names; what the file lacks is not there."""
    if section is None:
        return {}
    taken = {column for columns in stated.values() for column in columns}
    found: dict[str, tuple[str, ...]] = {}
    for name, headers in section.columns.items():
        if name in stated:
            continue
        columns = tuple(dict.fromkeys(c for header in headers for c in table.matching(header) if c not in taken))
        if columns:
            found[name] = columns if name in SEVERAL_COLUMNS else columns[:1]
    return found


def _by_header(section: Section, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The fields that may be told by headers under a section: those it says, and who or how where it names neither."""
    missing = [group for group in (NAME_FIELDS, CONTACT_FIELDS) if not any(name in known for name in group)]
    return (*section.asked, *(name for group in missing for name in group))


def _stated(contract: SourceContract | None, table: Headers) -> dict[str, tuple[str, ...]]:
    """Columns of the fields the contract names."""
    found: dict[str, tuple[str, ...]] = {}
    missing: list[str] = []
    for name, matches in _matches(contract, table).items():
        missing += [header for header, names in matches.items() if not names]
        names = _joined(matches.values())
        if any(len(columns) > 1 for columns in matches.values()) and name not in FLAG_FIELDS:
            raise unclear(f"The header the contract names for {name} stands over {len(names)} columns.", {name: names})
        found[name] = names
    if missing:
        raise RefusedFile(
            "column_missing",
            f"The source contract names {len(missing)} column(s) that this list does not have.",
            "Correct [columns] in the source contract, or ask for the list with all its columns.",
            {"missing": missing},
        )
    return found


def _matches(contract: SourceContract | None, table: Headers) -> dict[str, dict[str, list[str]]]:
    """Per field the contract names: its headers, and the columns of the list that each of them means."""
    stated = contract.columns if contract else {}
    return {name: {header: table.matching(header) for header in headers} for name, headers in stated.items()}


def _joined(columns: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(name for names in columns for name in names)


def _require_person(mapping: ColumnMapping, choices: Mapping[str, Sequence[str]]) -> None:
    """A list must say who and how to reach them."""
    if not any(name in mapping.fields for name in CONTACT_FIELDS):
        raise unclear("No column could be recognised as e-mail address or telephone number.", choices)
    if not any(name in mapping.fields for name in NAME_FIELDS):
        raise unclear("No column could be recognised as the name of a person.", choices)
