"""The model: what is compared, how pairs are found, what agreement weighs. Read from a file, never trained here.

Weights are bits, that is log2(m/u): m is how often records of one person agree so, u how often records of different
people do (Fellegi and Sunter 1969, doi:10.1080/01621459.1969.10501049).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "MILLIBITS",
    "BlockingRule",
    "Comparison",
    "Field",
    "Level",
    "Model",
    "Statistic",
    "Thresholds",
    "Veto",
    "Weight",
]

MILLIBITS: Final = 1000  # scores are kept as thousandths of a bit, so that they add up exactly


@dataclass(frozen=True, slots=True)
class Field:
    """A column to block or compare by, made of columns of the frame.

    ``parts`` are columns or fields, each with the number of leading letters taken (0: all); ``how`` says whether they
    are joined in order or sorted first. ``transform`` is applied to every part. The field is null where any part is,
    where ``only`` is false and where ``unless`` is true.
    """

    name: str
    parts: tuple[tuple[str, int], ...]
    how: str = "joined"
    transform: str = "none"
    only: str | None = None
    unless: str | None = None


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """Records with the same key are compared, as long as not more than ``cap`` records share it."""

    name: str
    key: tuple[tuple[str, int], ...]
    cap: int
    label: str


@dataclass(frozen=True, slots=True)
class Statistic:
    """Something counted per value of field ``value``.

    ``count``: records. ``distinct``: different values of field ``of``. ``rivals``: 1 where values of ``of`` under one
    value of ``within`` differ by more than a slip of the pen, which no one person explains.
    """

    name: str
    kind: str
    value: str
    of: str | None = None
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Weight:
    """What a level weighs: ``bits`` as they are, or log2(m/u) with u fixed or the frequency that ``u_of`` counted.

    A frequency is taken ``times`` a factor; the weight is held between ``low`` and ``high``, where ``high`` rises by
    ``grows`` for every doubling of the number of records above ten thousand; ``less`` is taken off at the end.

    With ``among`` and ``toward`` u is the frequency of the value of ``u_of`` among the records that ``among`` counts,
    drawn toward the general frequency of ``toward`` as if ``strength`` records had been seen (a Dirichlet prior): how
    often a surname comes with this given name, where there are enough of the surname to tell.
    """

    bits: float | None = None
    m: float = 1.0
    u: float | None = None
    u_of: str | None = None
    times: float = 1.0
    low: float | None = None
    high: float | None = None
    grows: float = 0.0
    less: float = 0.0
    among: str | None = None
    toward: str | None = None
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison; ``limit`` is the similarity or distance from which it holds, where it has one."""

    name: str
    label: str
    weight: Weight
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of ``kind`` (a function in :mod:`policies.identity.comparing`), its options and its levels.

    A level's code is its place in ``levels``, counted from 1; 0 means that there was nothing to compare.
    """

    name: str
    kind: str
    label: str
    source: str
    levels: tuple[Level, ...]
    options: Mapping[str, str] = field(default_factory=dict)
    strongest: bool = False

    def code(self, level: str) -> int:
        """The number that stands for ``level`` in frames."""
        return [known.name for known in self.levels].index(level) + 1


@dataclass(frozen=True, slots=True)
class Veto:
    """Pairs that are never merged by themselves, however high they score.

    Each condition names levels of comparisons that hold together; the veto stands where any of ``when`` holds and none
    of ``unless`` does. One word of a human lifts it unless it is ``firm``. Two records of a cluster that others joined
    keep it apart only where the pair weighs less than ``apart_below`` (millibits; null: always): names that differ are
    no reason to doubt what other evidence joined, unless everything else speaks against it as well.
    """

    name: str
    label: str
    source: str
    when: tuple[Mapping[str, tuple[str, ...]], ...]
    unless: tuple[Mapping[str, tuple[str, ...]], ...] = ()
    firm: bool = False
    apart_below: int | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Millibits from which a pair is merged, shown to a human, and lets an opt-out pass (design D11)."""

    merge: int
    review: int
    suppress: int


@dataclass(frozen=True)
class Model:
    """A whole checked model file. ``digest`` is the SHA-256 of its content, part of the policy revision."""

    version: str
    digest: str
    fields: tuple[Field, ...]
    blocking: tuple[BlockingRule, ...]
    statistics: tuple[Statistic, ...]
    comparisons: tuple[Comparison, ...]
    vetoes: tuple[Veto, ...]
    thresholds: Thresholds
    prior: float  # bits added to -log2(records)
    prior_falls: float  # bits taken off it again for every doubling of the records beyond 10,000
    calibration: tuple[tuple[int, float], ...] = ()

    @property
    def comparison_names(self) -> tuple[str, ...]:
        """Names of the comparisons in order, as :func:`policies.identity.columns.pair_columns` takes them."""
        return tuple(comparison.name for comparison in self.comparisons)

    def comparison(self, name: str) -> Comparison:
        """The comparison called ``name``."""
        return next(known for known in self.comparisons if known.name == name)
