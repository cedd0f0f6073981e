"""From numbers in any order, however many, to a stored registry: sorted runs on disk, merged block by block.

Memory stays flat: a run is sorted as soon as it is full, and the runs are merged a stretch of blocks at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.registries.snapshot import BLOCK_BITS, SnapshotWriter, is_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from flows.registries.snapshot import Snapshot

    Numbers = npt.NDArray[np.uint64]

__all__ = ["Gathered", "Run", "build", "distinct"]

_RUN: Final = 8_000_000  # numbers of one run: 64 MB
_MARK: Final = 1 << 16  # every so many numbers of a run one is remembered, by which a stretch is found
_STRETCH: Final = 4_000_000  # numbers merged at a time, about
_FIELDS: Final = 16  # of a base, likewise


class Run:
    """Sorted, distinct numbers, in memory or in a file that is read by stretches.

    (Mapping the file would count all of it as memory of this process once it was walked through.)
    """

    def __init__(self, numbers: Numbers, path: Path | None = None) -> None:
        self.count = len(numbers)
        self.marks = numbers[::_MARK].copy()
        self.last = numbers[-1:].copy()
        self._numbers = numbers if path is None else None
        self._path = path
        if path is not None:
            numbers.tofile(path)

    def between(self, low: int, high: int) -> Numbers:
        """The numbers from ``low`` on and below ``high``."""
        import numpy as np

        bounds = np.array([low, high], dtype=np.uint64)
        near = self._numbers
        if near is None:
            first, last = (int(place) for place in np.searchsorted(self.marks, bounds))
            begin, end = max(0, first - 1) * _MARK, min(self.count, last * _MARK)
            near = np.fromfile(str(self._path), dtype=np.uint64, count=max(0, end - begin), offset=8 * begin)
        return near[slice(*(int(place) for place in np.searchsorted(near, bounds)))]


class Gathered:
    """Numbers as they come, in any order and repeatedly; kept in ``folder`` once there are many."""

    def __init__(self, folder: Path, name: str, run: int = _RUN) -> None:
        self._folder = folder
        self._name = name
        self._run = run
        self._waiting: list[Numbers] = []
        self._waits = 0
        self._runs: list[Run] = []

    def add(self, numbers: Numbers) -> None:
        """Take in more numbers."""
        self._waiting.append(numbers)
        self._waits += len(numbers)
        if self._waits >= self._run:
            self._spill(self._folder / f"{self._name}-{len(self._runs)}.run")

    def runs(self) -> list[Run]:
        """All numbers, as runs."""
        if self._waits:
            self._spill(None)
        return self._runs

    def _spill(self, path: Path | None) -> None:
        self._runs.append(Run(distinct(self._waiting), path))
        self._waiting, self._waits = [], 0


def distinct(parts: Sequence[Numbers]) -> Numbers:
    """All numbers of ``parts`` sorted, each once (numpy.unique takes a hundred times as long here: it hashes)."""
    import numpy as np

    together = np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)
    together.sort()
    if len(together) < 2:  # noqa: PLR2004  # nothing to compare
        return together
    first = np.empty(len(together), dtype=bool)
    first[0] = True
    np.not_equal(together[1:], together[:-1], out=first[1:])
    return together if first.all() else together[first]


def build(path: Path, base: Snapshot | None, added: Sequence[Run], removed: Sequence[Run]) -> int:
    """Write ``base`` with ``added`` and without ``removed`` to ``path``; gives how many numbers that are.

    A number in both is kept: nobody's entry is lost for a line that contradicts another. An interruption leaves an
    unfinished file of another name.
    """
    writer = SnapshotWriter(path)
    for low, high in _stretches(base, added):
        parts = [run.between(low, high) for run in added]
        if base is not None:
            kept = base.between(low, high)
            gone = distinct([run.between(low, high) for run in removed])
            parts.append(kept[~is_in(kept, gone)])
        writer.add(distinct(parts))
    writer.finish()
    return writer.count


def _stretches(base: Snapshot | None, added: Sequence[Run]) -> Iterator[tuple[int, int]]:
    """Bounds of whole blocks between which some, but not too many numbers lie; together they hold all."""
    import numpy as np

    every = max(1, _STRETCH // _MARK // max(1, len(added)))
    marks = [mark for run in added for mark in (run.marks[::every], run.last)]
    if base is not None:
        marks += [base.blocks[::_FIELDS] << np.uint64(BLOCK_BITS), base.singles[::_STRETCH]]
        marks += [base.blocks[-1:] << np.uint64(BLOCK_BITS), base.singles[-1:]]
    bounds = distinct([distinct(marks) >> np.uint64(BLOCK_BITS)])
    if not len(bounds):
        return
    starts = [0, *(int(bound) for bound in bounds[1:])]
    ends = [*starts[1:], int(bounds[-1]) + 1]
    for low, high in zip(starts, ends, strict=True):
        yield low << BLOCK_BITS, high << BLOCK_BITS
