"""Comparisons and vetoes of a model file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies.identity.comparing import KINDS
from policies.identity.model import MILLIBITS, Comparison, Level, Veto, Weight

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from policies.identity.model_reader import Reader

__all__ = ["read_comparison", "read_veto"]


def read_comparison(
    reader: Reader, table: dict[str, Any], place: str, known: set[str] | None, counted: set[str]
) -> Comparison:
    """One ``[[comparison]]``: its kind, options and levels.

    ``known`` are columns and fields where they are known, ``counted`` the statistics a weight may use.
    """
    kind = KINDS.get(name_of_kind := reader.text(table, "kind", place))
    reader.known(name_of_kind, KINDS, f"{place}.kind")
    options = {key: reader.text(table, key, place) for key in (kind.options if kind else ()) if key in table}
    for option in options.values():
        if known is not None:
            reader.known(option, sorted(known), place)
    for key in kind.required if kind else ():
        if key not in options:
            reader.fault(f"{place}.{key}", "is missing.", f'Write {key} = "<a field>".')
    limit = kind.limit if kind else None
    levels = tuple(
        _level(reader, each, f"{place}.{each.get('name', number)}", limit, counted)
        for number, each in enumerate(reader.tables(table.pop("level", []), f"{place}.level"))
    )
    if kind:
        _check_levels(reader, levels, kind.levels, place, graded=limit is not None)
    comparison = Comparison(
        reader.text(table, "name", place),
        name_of_kind,
        reader.text(table, "label", place),
        reader.text(table, "source", place),
        levels,
        options,
        table.pop("strongest", False) is True,
    )
    reader.done(table, place)
    return comparison


def _check_levels(
    reader: Reader, levels: tuple[Level, ...], expected: tuple[str, ...], place: str, *, graded: bool
) -> None:
    names = [level.name for level in levels]
    for level in levels:
        if level.name not in expected and not (graded and level.limit is not None):
            reader.fault(
                f"{place}.{level.name}", "is no level of this kind.", f"Its levels are: {', '.join(expected)}."
            )
    for name in expected:
        if name not in names and not graded:
            reader.fault(f"{place}.{name}", "is missing.", "Write the level with its label and weight.")
    reader.unique(names, place)


def _level(reader: Reader, table: dict[str, Any], place: str, limit: str | None, counted: set[str]) -> Level:
    name = reader.text(table, "name", place)
    label = reader.text(table, "label", place)
    least = reader.number(table, limit, place) if limit else None
    counts = {key: table.pop(key, None) for key in ("u_of", "among", "toward")}
    for key, counts_by in counts.items():
        if counts_by is not None:
            reader.known(str(counts_by), sorted(counted), f"{place}.{key}")
    number: Callable[..., float | None] = reader.number
    bits: Callable[..., float | None] = reader.bits
    weight = Weight(
        bits=bits(table, "bits", place),
        m=number(table, "m", place, 1.0) or 0.0,
        u=number(table, "u", place),
        **counts,
        times=number(table, "times", place, 1.0) or 0.0,
        low=bits(table, "low", place),
        high=bits(table, "high", place),
        grows=bits(table, "grows", place, 0.0) or 0.0,
        less=bits(table, "less", place, 0.0) or 0.0,
        strength=number(table, "strength", place, 1.0) or 0.0,
    )
    _check_weight(reader, weight, place)
    reader.done(table, place)
    return Level(name, label, weight, least)


def _check_weight(reader: Reader, weight: Weight, place: str) -> None:
    stated = [weight.bits is not None, weight.u is not None, weight.u_of is not None]
    if sum(stated) != 1 or (weight.among is None) is not (weight.toward is None):
        reader.fault(place, "needs one weight.", "Write bits, or m with u, or m with u_of.")
    if not 0 < weight.m <= 1 or (weight.u is not None and not 0 < weight.u <= 1) or weight.times <= 0:
        reader.fault(place, "has no probability.", "Write m and u above 0 and up to 1, and times above 0.")
    if weight.low is not None and weight.high is not None and weight.low > weight.high:
        reader.fault(f"{place}.low", "is above high.", "Write low <= high.")


def read_veto(reader: Reader, table: dict[str, Any], place: str, levels: Mapping[str, set[str]]) -> Veto:
    """One ``[[veto]]``; ``levels`` are those of the comparisons, by name."""
    apart_below = reader.bits(table, "apart_below", place)
    veto = Veto(
        reader.text(table, "name", place),
        reader.text(table, "label", place),
        reader.text(table, "source", place),
        _conditions(reader, table.pop("when", None), f"{place}.when", levels),
        _conditions(reader, table.pop("unless", []), f"{place}.unless", levels),
        table.pop("firm", False) is True,
        None if apart_below is None else round(apart_below * MILLIBITS),
    )
    if not veto.when:
        reader.fault(f"{place}.when", "is missing.", 'Write when = [{ comparison = ["level"] }].')
    reader.done(table, place)
    return veto


def _conditions(
    reader: Reader, value: object, place: str, levels: Mapping[str, set[str]]
) -> tuple[Mapping[str, tuple[str, ...]], ...]:
    conditions = []
    for table in reader.tables(value, place):
        condition = {name: tuple(reader.words(words, f"{place}.{name}")) for name, words in table.items()}
        for name, words in condition.items():
            reader.known(name, sorted(levels), place)
            for word in words:
                reader.known(word, sorted(levels.get(name, ())), f"{place}.{name}")
        conditions.append(condition)
    return tuple(conditions)
