"""All words of many names end to end, and sums along the words of each name."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Flags: TypeAlias = npt.NDArray[np.bool_]
    Numbers: TypeAlias = npt.NDArray[np.int32]

__all__ = ["Lines"]


class Lines:
    """Words of names end to end: which word belongs to which name, and sums along the words of a name."""

    def __init__(self, lengths: Numbers) -> None:
        import numpy as np

        self.names = len(lengths)
        self.owner: Numbers = np.repeat(np.arange(self.names, dtype=np.int32), lengths)
        starts = np.concatenate([np.zeros(1, dtype=np.int32), np.cumsum(lengths, dtype=np.int32)])
        self._first: Numbers = starts[self.owner]
        self._end: Numbers = starts[self.owner + 1] if len(self.owner) else starts[:0]

    def before(self, flags: Flags) -> Numbers:
        """How many of the words before a word in its name are flagged."""
        sums = self._sums(flags)
        return sums[:-1] - sums[self._first]

    def after(self, flags: Flags) -> Numbers:
        """How many of the words after it."""
        sums = self._sums(flags)
        return sums[self._end] - sums[1:]

    def count(self, flags: Flags) -> Numbers:
        """How many words of the name of each word are flagged."""
        sums = self._sums(flags)
        return sums[self._end] - sums[self._first]

    def previous(self, flags: Flags) -> Flags:
        """Whether the word right before is flagged."""
        import numpy as np

        shifted = np.zeros(len(flags), dtype=np.bool_)
        shifted[1:] = flags[:-1]
        return shifted & (np.arange(len(flags)) > self._first)

    def next(self, flags: Flags) -> Flags:
        """Whether the word right after is flagged."""
        import numpy as np

        shifted = np.zeros(len(flags), dtype=np.bool_)
        shifted[:-1] = flags[1:]
        return shifted & (np.arange(len(flags)) + 1 < self._end)

    def _sums(self, flags: Flags) -> Numbers:
        import numpy as np

        return np.concatenate([np.zeros(1, dtype=np.int32), np.cumsum(flags, dtype=np.int32)])
