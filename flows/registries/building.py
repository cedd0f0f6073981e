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

__all__ = ["Gathered", "build", "distinct"]

_RUN: Final = 16_000_000  # numbers of one run: 128 MB
_STRETCH: Final = 4_000_000  # numbers merged at a time, about
_FIELDS: Final = 16  # of a base, likewise


class Gathered:
    """Numbers as they come, in any order and repeatedly; kept in ``folder`` once there are many."""

    def __init__(self, folder: Path, name: str, run: int = _RUN) -> None:
        self._folder = folder
        self._name = name
        self._run = run
        self._waiting: list[Numbers] = []
        self._waits = 0
        self._runs: list[Numbers] = []

    def add(self, numbers: Numbers) -> None:
        """Take in more numbers."""
        self._waiting.append(numbers)
        self._waits += len(numbers)
        if self._waits >= self._run:
            self._spill()

    def runs(self) -> list[Numbers]:
        """All numbers, as arrays that are each sorted and distinct."""
        if self._waiting:
            self._runs.append(distinct(self._waiting))
            self._waiting, self._waits = [], 0
        return self._runs

    def _spill(self) -> None:
        import numpy as np

        path = self._folder / f"{self._name}-{len(self._runs)}.run"
        run = distinct(self._waiting)
        self._waiting, self._waits = [], 0
        run.tofile(path)
        self._runs.append(np.memmap(path, dtype=np.uint64, mode="r"))


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


def build(path: Path, base: Snapshot | None, added: Sequence[Numbers], removed: Sequence[Numbers]) -> int:
    """Write ``base`` with ``added`` and without ``removed`` to ``path``; gives how many numbers that are.

    ``added`` and ``removed`` are arrays that are each sorted and distinct. A number in both is kept: nobody's entry is
    lost for a line that contradicts another. An interruption leaves an unfinished file of another name.
    """
    writer = SnapshotWriter(path)
    for low, high in _stretches(base, added):
        parts = [_between(run, low, high) for run in added]
        if base is not None:
            kept = base.between(low, high)
            gone = distinct([_between(run, low, high) for run in removed])
            parts.append(kept[~is_in(kept, gone)])
        writer.add(distinct(parts))
    writer.finish()
    return writer.count


def _between(run: Numbers, low: int, high: int) -> Numbers:
    import numpy as np

    begin, end = np.searchsorted(run, np.array([low, high], dtype=np.uint64))
    return np.asarray(run[begin:end])


def _stretches(base: Snapshot | None, added: Sequence[Numbers]) -> Iterator[tuple[int, int]]:
    """Bounds of whole blocks between which some, but not too many numbers lie; the first is the lowest block."""
    import numpy as np

    marks = [np.asarray(run[:: max(1, _STRETCH // max(1, len(added)))]) for run in added if len(run)]
    marks += [np.asarray(run[-1:]) for run in added if len(run)]
    if base is not None:
        marks += [base.blocks[::_FIELDS] << np.uint64(BLOCK_BITS), base.singles[::_STRETCH]]
        marks += [base.blocks[-1:] << np.uint64(BLOCK_BITS), base.singles[-1:]]
    bounds = distinct([distinct(marks) >> np.uint64(BLOCK_BITS)]) if marks else np.empty(0, dtype=np.uint64)
    if not len(bounds):
        return
    starts = [0, *(int(bound) for bound in bounds[1:])]
    ends = [*starts[1:], int(bounds[-1]) + 1]
    for low, high in zip(starts, ends, strict=True):
        if low < high:
            yield low << BLOCK_BITS, high << BLOCK_BITS
