"""Model files: a parsed table -> a checked model. Every problem is listed, with the place and the mend."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final

from policies.errors import UsageError
from policies.identity.columns import PREPARED
from policies.identity.fields import TRANSFORMS
from policies.identity.model import (
    MILLIBITS,
    BlockingRule,
    Field,
    Model,
    Statistic,
    Thresholds,
)
from policies.identity.model_checks import check_reads
from policies.identity.model_comparisons import read_comparison, read_veto
from policies.identity.model_reader import Reader, is_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["lead_model", "parse_model"]

_PART: Final = re.compile(r"^(?P<name>[a-z_][a-z0-9_]*)(\[:(?P<letters>[1-9]\d?)\])?$")
_CAP: Final = 60
_HIGHEST_CAP: Final = 100_000  # records of one key: five thousand million pairs
_KINDS_OF_STATISTIC: Final = ("count", "distinct", "rivals")
_MOST_RULES: Final = 32  # a bit each in the column `rules`


def lead_model(settings: Mapping[str, Any]) -> Model:
    """The model of lead lists, out of the settings tables of the rulebook (``policies/rules/identity/leads.toml``)."""
    return parse_model(settings["identity"]["leads"], [*PREPARED, "org"])


def parse_model(data: Mapping[str, Any], columns: Iterable[str] | None = None) -> Model:
    """Check ``data`` (a model file as a dict) and make the model of it.

    ``columns`` are those of the frame it will be used on, where they are known: fields made of others are then faults.
    Raises :class:`policies.errors.UsageError` with code ``model_invalid``, listing every fault with place and mend.
    """
    reader = Reader()
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


def _read(data: dict[str, Any], reader: Reader, columns: set[str] | None) -> Model:
    digest = hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()
    fields = _fields(reader, reader.table(data.pop("fields", {}), "fields"), columns)
    known = None if columns is None else columns | {each.name for each in fields}
    statistics = _statistics(reader, reader.table(data.pop("statistics", {}), "statistics"), known)
    blocking = tuple(_rule(reader, table, place, known) for table, place in _placed(reader, data, "blocking"))
    comparisons = tuple(
        read_comparison(reader, table, place, known, {each.name for each in statistics})
        for table, place in _placed(reader, data, "comparison")
    )
    levels = {each.name: {level.name for level in each.levels} for each in comparisons}
    vetoes = tuple(
        read_veto(reader, table, place, levels) for table, place in _placed(reader, data, "veto", needed=False)
    )
    model = Model(
        version=reader.text(data, "version", "model"),
        digest=digest,
        fields=fields,
        blocking=blocking,
        statistics=statistics,
        comparisons=comparisons,
        vetoes=vetoes,
        thresholds=_thresholds(reader, reader.table(data.pop("thresholds", {}), "thresholds")),
        prior=reader.bits(data, "prior", "model", 0.0) or 0.0,
        prior_falls=reader.bits(data, "prior_falls", "model", 0.0) or 0.0,
        calibration=_calibration(reader, data.pop("calibration", {})),
    )
    reader.unique([each.name for each in comparisons], "comparison")
    reader.unique([each.name for each in blocking], "blocking")
    if len(blocking) > _MOST_RULES:
        reader.fault("blocking", f"has more than {_MOST_RULES} rules.", "Leave out the least useful.")
    data.pop("title", None)
    reader.done(data, "model")
    if not reader.problems:
        check_reads(model, reader, known)
    return model


def _placed(
    reader: Reader, data: dict[str, Any], name: str, *, needed: bool = True
) -> list[tuple[dict[str, Any], str]]:
    value = data.pop(name, None if needed else [])
    if needed and not value:
        reader.fault(name, "is missing.", f"Write at least one [[{name}]].")
        return []
    tables = reader.tables(value, name)
    return [(table, f"{name}.{table.get('name', number)}") for number, table in enumerate(tables)]


def _part(reader: Reader, text: str, place: str, known: set[str] | None) -> tuple[str, int]:
    match = _PART.match(text)
    if not match:
        reader.fault(place, f'"{text}" cannot be read.', 'Write a column, or its first letters as "surname[:3]".')
        return ("", 0)
    if known is not None:
        reader.known(match["name"], sorted(known), place)
    return (match["name"], int(match["letters"] or 0))


def _fields(reader: Reader, tables: dict[str, Any], columns: set[str] | None) -> tuple[Field, ...]:
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


def _statistics(reader: Reader, tables: dict[str, Any], known: set[str] | None) -> tuple[Statistic, ...]:
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


def _rule(reader: Reader, table: dict[str, Any], place: str, known: set[str] | None) -> BlockingRule:
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
    if cap > _HIGHEST_CAP:
        reader.fault(
            f"{place}.cap", "is out of range.", f"Write the most records one key may have, up to {_HIGHEST_CAP}."
        )
    reader.done(table, place)
    return rule


def _thresholds(reader: Reader, table: dict[str, Any]) -> Thresholds:
    bits = [reader.bits(table, key, "thresholds") for key in ("merge", "review", "suppress")]
    reader.done(table, "thresholds")
    if any(each is None for each in bits):
        reader.fault("thresholds", "are not complete.", "Write merge, review and suppress, in bits.")
    merge, review, suppress = (round((each or 0.0) * MILLIBITS) for each in bits)
    if not merge >= review >= suppress:
        reader.fault("thresholds", "are out of order.", "Write merge >= review >= suppress.")
    return Thresholds(merge, review, suppress)


def _are_numbers(values: object) -> bool:
    return isinstance(values, list) and all(is_number(value) for value in values)


def _calibration(reader: Reader, value: object) -> tuple[tuple[int, float], ...]:
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
