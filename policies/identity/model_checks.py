"""What the comparisons of a model read must be there: columns, fields, statistics, comparisons that stand before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.identity.comparing import KINDS

if TYPE_CHECKING:
    from policies.identity.model import Comparison, Model
    from policies.identity.model_reader import Reader

__all__ = ["check_reads"]


def check_reads(model: Model, reader: Reader, known: set[str] | None) -> None:
    """Note every comparison that reads what is not there; ``known`` are columns and fields, None where unknown."""
    columns = None if known is None else known | {each.name for each in model.statistics}
    before: set[str] = set()
    for comparison in model.comparisons:
        place = f"comparison.{comparison.name}"
        levels, read = _reads(comparison)
        for name in sorted(levels - before):
            reader.fault(place, f'needs "{name}", which no comparison before it has.', "Add it, or move it up.")
        for name in sorted(read - columns if columns is not None else ()):
            reader.fault(place, f'reads "{name}", which is no column, field or statistic.', "Declare it in [fields].")
        before |= {f"{comparison.name}.{level.name}" for level in comparison.levels} | {comparison.name}


def _reads(comparison: Comparison) -> tuple[set[str], set[str]]:
    """Levels of comparisons, and columns of records, that the conditions of a comparison are made of."""
    kind = KINDS[comparison.kind]
    roots = {name for condition in kind.function(comparison).values() for name in condition.meta.root_names()} - {
        *kind.adds
    }
    levels = {name.removesuffix("_millibits") for name in roots if "." in name or name.endswith("_millibits")}
    columns = {name.removesuffix("_a").removesuffix("_b").split("~")[0] for name in roots if "." not in name}
    weights = {name for level in comparison.levels for name in _counts(level.weight.u_of, level.weight.among)}
    return levels, {*columns, *kind.reads, *weights} - {name for name in roots if name.endswith("_millibits")}


def _counts(*names: str | None) -> set[str]:
    return {name for name in names if name}
