"""Model files: a parsed table -> a checked model. Every problem is listed, with the place and the mend."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from policies.errors import UsageError
from policies.identity.columns import PREPARED
from policies.identity.comparing import KINDS
from policies.identity.fields import TRANSFORMS
from policies.identity.model import (
    MILLIBITS,
    BlockingRule,
    Comparison,
    Field,
    Level,
    Model,
    Statistic,
    Thresholds,
    Veto,
    Weight,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["lead_model", "parse_model"]

_PART: Final = re.compile(r"^(?P<name>[a-z_][a-z0-9_]*)(\[:(?P<letters>[1-9]\d?)\])?$")
_CAP: Final = 60
_KINDS_OF_STATISTIC: Final = ("count", "distinct", "rivals")
_MOST_RULES: Final = 32  # a bit each in the column `rules`
_MOST_LEVELS: Final = 255


@dataclass
class _Reader:
    """Takes values out of tables and notes what is wrong with them."""

    problems: list[dict[str, str]] = field(default_factory=list)

    def fault(self, place: str, message: str, fix: str) -> None:
        """Note a problem."""
        self.problems.append({"key": place, "message": message, "fix": fix})

    def table(self, value: object, place: str) -> dict[str, Any]:
        """A table, or an empty one."""
        if isinstance(value, dict):
            return dict(value)
        self.fault(place, "is not a table.", "Write it as a table of keys and values.")
        return {}

    def tables(self, value: object, place: str) -> list[dict[str, Any]]:
        """A list of tables."""
        if isinstance(value, list):
            return [self.table(each, f"{place}[{number}]") for number, each in enumerate(value)]
        self.fault(place, "is not a list of tables.", f"Write [[{place}]] before each of them.")
        return []

    def text(self, table: dict[str, Any], key: str, place: str, default: str | None = None) -> str:
        """A text; a missing one is a problem unless there is a default."""
        value = table.pop(key, default)
        if isinstance(value, str) and value:
            return value
        self.fault(f"{place}.{key}", "is missing or no text.", f'Write {key} = "...".')
        return ""

    def number(self, table: dict[str, Any], key: str, place: str, default: float | None = None) -> float | None:
        """A number, or the default."""
        value = table.pop(key, default)
        if value is None or _is_number(value):
            return None if value is None else float(value)
        self.fault(f"{place}.{key}", "is no number.", f"Write {key} as a number of bits or a probability.")
        return default

    def words(self, value: object, place: str) -> list[str]:
        """A list of texts."""
        if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            return list(value)
        self.fault(place, "is not a list of texts.", 'Write a list such as ["one", "two"].')
        return []

    def done(self, table: Mapping[str, object], place: str) -> None:
        """What is left in a table is unknown."""
        for key in table:
            self.fault(f"{place}.{key}", "is an unknown key.", "Remove it, or check its spelling.")

    def known(self, value: str, known: Iterable[str], place: str) -> None:
        """A word must be one of those known."""
        if value and value not in (names := list(known)):
            self.fault(place, f'"{value}" is unknown.', f"Known are: {', '.join(names)}.")


def lead_model(settings: Mapping[str, Any]) -> Model:
    """The model of lead lists, out of the settings tables of the rulebook (``policies/rules/identity/leads.toml``)."""
    return parse_model(settings["identity"]["leads"], [*PREPARED, "org"])


def parse_model(data: Mapping[str, Any], columns: Iterable[str] | None = None) -> Model:
    """Check ``data`` (a model file as a dict) and make the model of it.

    ``columns`` are those of the frame it will be used on, where they are known: fields made of others are then faults.
    Raises :class:`policies.errors.UsageError` with code ``model_invalid``, listing every fault with place and mend.
    """
    reader = _Reader()
    model = _read(dict(data), reader, None if columns is None else set(columns))
    if reader.problems:
        lines = "\n".join(f"  {each['key']} {each['message']} {each['fix']}" for each in reader.problems)
        raise UsageError(
            "model_invalid",
            f"{len(reader.problems)} problem(s) in the model file:\n{lines}",
            "Mend the keys named above.",
            {"problems": reader.problems},
        )
    return model


def _read(data: dict[str, Any], reader: _Reader, columns: set[str] | None) -> Model:
    digest = hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()
    fields = _fields(reader, reader.table(data.pop("fields", {}), "fields"), columns)
    known = None if columns is None else columns | {each.name for each in fields}
    statistics = _statistics(reader, reader.table(data.pop("statistics", {}), "statistics"), known)
    blocking = tuple(_rule(reader, table, place, known) for table, place in _placed(reader, data, "blocking"))
    comparisons = tuple(
        _comparison(reader, table, place, known, {each.name for each in statistics})
        for table, place in _placed(reader, data, "comparison")
    )
    levels = {each.name: {level.name for level in each.levels} for each in comparisons}
    vetoes = tuple(_veto(reader, table, place, levels) for table, place in _placed(reader, data, "veto", needed=False))
    model = Model(
        version=reader.text(data, "version", "model"),
        digest=digest,
        fields=fields,
        blocking=blocking,
        statistics=statistics,
        comparisons=comparisons,
        vetoes=vetoes,
        thresholds=_thresholds(reader, reader.table(data.pop("thresholds", {}), "thresholds")),
        prior=reader.number(data, "prior", "model", 0.0) or 0.0,
        calibration=_calibration(reader, data.pop("calibration", {})),
    )
    _unique(reader, [each.name for each in comparisons], "comparison")
    _unique(reader, [each.name for each in blocking], "blocking")
    if len(blocking) > _MOST_RULES:
        reader.fault("blocking", f"has more than {_MOST_RULES} rules.", "Leave out the least useful.")
    data.pop("title", None)
    reader.done(data, "model")
    return model


def _placed(
    reader: _Reader, data: dict[str, Any], name: str, *, needed: bool = True
) -> list[tuple[dict[str, Any], str]]:
    value = data.pop(name, None if needed else [])
    if needed and not value:
        reader.fault(name, "is missing.", f"Write at least one [[{name}]].")
        return []
    tables = reader.tables(value, name)
    return [(table, f"{name}.{table.get('name', number)}") for number, table in enumerate(tables)]


def _unique(reader: _Reader, names: list[str], place: str) -> None:
    for name in sorted({name for name in names if names.count(name) > 1}):
        reader.fault(f"{place}.{name}", "is there twice.", "Give each a name of its own.")


def _part(reader: _Reader, text: str, place: str, known: set[str] | None) -> tuple[str, int]:
    match = _PART.match(text)
    if not match:
        reader.fault(place, f'"{text}" cannot be read.', 'Write a column, or its first letters as "surname[:3]".')
        return ("", 0)
    if known is not None:
        reader.known(match["name"], sorted(known), place)
    return (match["name"], int(match["letters"] or 0))


def _fields(reader: _Reader, tables: dict[str, Any], columns: set[str] | None) -> tuple[Field, ...]:
    known = None if columns is None else set(columns)
    fields = []
    for name, value in tables.items():
        place = f"fields.{name}"
        table = reader.table(value, place)
        how = next((how for how in ("joined", "sorted") if how in table), "of")
        parts = table.pop(how, [name])
        words = [parts] if isinstance(parts, str) else reader.words(parts, f"{place}.{how}")
        transform = reader.text(table, "transform", place, "none")
        reader.known(transform, TRANSFORMS, f"{place}.transform")
        conditions = [table.pop(key, None) for key in ("only", "unless")]
        for condition in conditions:
            if condition is not None and known is not None:
                reader.known(str(condition), sorted(known), place)
        reader.done(table, place)
        read = tuple(_part(reader, word, place, known) for word in words)
        fields.append(Field(name, read, "sorted" if how == "sorted" else "joined", transform, *conditions))
        if known is not None:
            known.add(name)
    return tuple(fields)


def _statistics(reader: _Reader, tables: dict[str, Any], known: set[str] | None) -> tuple[Statistic, ...]:
    statistics = []
    for name, value in tables.items():
        place = f"statistics.{name}"
        table = reader.table(value, place)
        kind = next((kind for kind in _KINDS_OF_STATISTIC if kind in table), "")
        reader.known(kind or "nothing", _KINDS_OF_STATISTIC, place)
        statistic = Statistic(name, kind, str(table.pop(kind, "")), table.pop("of", None), table.pop("within", None))
        for read in (statistic.value, statistic.of, statistic.within):
            if read is not None and known is not None:
                reader.known(read, sorted(known), place)
        reader.done(table, place)
        statistics.append(statistic)
    return tuple(statistics)


def _rule(reader: _Reader, table: dict[str, Any], place: str, known: set[str] | None) -> BlockingRule:
    name = reader.text(table, "name", place)
    parts = reader.words(table.pop("key", None), f"{place}.key")
    cap = reader.number(table, "cap", place, _CAP) or 0
    rule = BlockingRule(
        name,
        tuple(_part(reader, part, f"{place}.key", known) for part in parts),
        int(cap),
        reader.text(table, "label", place, name or "rule"),
    )
    if cap <= 1:
        reader.fault(f"{place}.cap", "lets no pair through.", "Write the most records one key may have, say 60.")
    reader.done(table, place)
    return rule


def _comparison(
    reader: _Reader, table: dict[str, Any], place: str, known: set[str] | None, counted: set[str]
) -> Comparison:
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
    reader: _Reader, levels: tuple[Level, ...], expected: tuple[str, ...], place: str, *, graded: bool
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
    _unique(reader, names, place)


def _level(reader: _Reader, table: dict[str, Any], place: str, limit: str | None, counted: set[str]) -> Level:
    name = reader.text(table, "name", place)
    label = reader.text(table, "label", place)
    least = reader.number(table, limit, place) if limit else None
    counts = {key: table.pop(key, None) for key in ("u_of", "among", "toward")}
    for key, counts_by in counts.items():
        if counts_by is not None:
            reader.known(str(counts_by), sorted(counted), f"{place}.{key}")
    number: Callable[..., float | None] = reader.number
    weight = Weight(
        bits=number(table, "bits", place),
        m=number(table, "m", place, 1.0) or 0.0,
        u=number(table, "u", place),
        **counts,
        times=number(table, "times", place, 1.0) or 0.0,
        low=number(table, "low", place),
        high=number(table, "high", place),
        grows=number(table, "grows", place, 0.0) or 0.0,
        less=number(table, "less", place, 0.0) or 0.0,
        strength=number(table, "strength", place, 1.0) or 0.0,
    )
    _check_weight(reader, weight, place)
    reader.done(table, place)
    return Level(name, label, weight, least)


def _check_weight(reader: _Reader, weight: Weight, place: str) -> None:
    stated = [weight.bits is not None, weight.u is not None, weight.u_of is not None]
    if sum(stated) != 1 or (weight.among is None) is not (weight.toward is None):
        reader.fault(place, "needs one weight.", "Write bits, or m with u, or m with u_of.")
    if not 0 < weight.m <= 1 or (weight.u is not None and not 0 < weight.u <= 1) or weight.times <= 0:
        reader.fault(place, "has no probability.", "Write m and u above 0 and up to 1, and times above 0.")


def _veto(reader: _Reader, table: dict[str, Any], place: str, levels: Mapping[str, set[str]]) -> Veto:
    veto = Veto(
        reader.text(table, "name", place),
        reader.text(table, "label", place),
        reader.text(table, "source", place),
        _conditions(reader, table.pop("when", None), f"{place}.when", levels),
        _conditions(reader, table.pop("unless", []), f"{place}.unless", levels),
        table.pop("firm", False) is True,
    )
    if not veto.when:
        reader.fault(f"{place}.when", "is missing.", 'Write when = [{ comparison = ["level"] }].')
    reader.done(table, place)
    return veto


def _conditions(
    reader: _Reader, value: object, place: str, levels: Mapping[str, set[str]]
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


def _thresholds(reader: _Reader, table: dict[str, Any]) -> Thresholds:
    bits = [reader.number(table, key, "thresholds") for key in ("merge", "review", "suppress")]
    reader.done(table, "thresholds")
    if any(each is None for each in bits):
        reader.fault("thresholds", "are not complete.", "Write merge, review and suppress, in bits.")
    merge, review, suppress = (round((each or 0.0) * MILLIBITS) for each in bits)
    if not merge >= review >= suppress:
        reader.fault("thresholds", "are out of order.", "Write merge >= review >= suppress.")
    return Thresholds(merge, review, suppress)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _are_numbers(values: object) -> bool:
    return isinstance(values, list) and all(_is_number(value) for value in values)


def _calibration(reader: _Reader, value: object) -> tuple[tuple[int, float], ...]:
    table = reader.table(value, "calibration")
    points, chances = table.pop("millibits", []), table.pop("probability", [])
    reader.done(table, "calibration")
    rising = _are_numbers(points) and points == sorted(points) and len(set(points)) == len(points)
    likely = _are_numbers(chances) and chances == sorted(chances) and all(0 < each < 1 for each in chances)
    if not (rising and likely and len(points) == len(chances)):
        reader.fault(
            "calibration",
            "has no two lists that match.",
            "Write millibits (rising) and probability (never falling, between 0 and 1), of one length.",
        )
        return ()
    return tuple((int(point), float(chance)) for point, chance in zip(points, chances, strict=True))
