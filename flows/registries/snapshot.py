"""A stored registry: 250 million numbers in one file that is asked without being read whole.

Numbers are E.164 digits as integers. They lie in blocks of 2^20: a block with many numbers is a field of bits, the few
numbers of all other blocks stand in one sorted array. The layout, all of it little-endian:

``magic (8 bytes) | fields, singles (uint64 each) | numbers of the fields (uint64) | singles (uint64, sorted) | padding
to a page | fields (2^20 bits each, the lowest number in the lowest bit)``

A file never changes once it has its name; its SHA-256 stands in the ledger.
"""

from __future__ import annotations

import mmap
import os
import struct
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from flows.store.parquet import damaged

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.uint64]

__all__ = ["BLOCK_BITS", "Snapshot", "SnapshotWriter", "is_in", "open_snapshot"]

BLOCK_BITS: Final = 20
_BLOCK_BYTES: Final = 1 << (BLOCK_BITS - 3)
# From here on a field of bits is smaller than the numbers themselves.
_FIELD_FROM: Final = _BLOCK_BYTES // 8
_MAGIC: Final = b"TACTREG1"
_HEAD: Final = struct.Struct("<8sQQ")
_PAGE: Final = mmap.ALLOCATIONGRANULARITY
_FIELDS_AT_ONCE: Final = 256  # 32 MiB: what is mapped at a time, so that memory stays flat


@dataclass(frozen=True)
class Snapshot:
    """A stored registry, open for questions. ``blocks`` are the numbers of its fields, ``singles`` all others in it."""

    path: Path
    blocks: Numbers
    singles: Numbers
    fields_at: int

    def listed(self, numbers: Numbers) -> npt.NDArray[np.bool_]:
        """For each of ``numbers``, which must be sorted, whether it is in the registry."""
        import numpy as np

        found = is_in(numbers, self.singles)
        if not len(self.blocks) or not len(numbers):
            return found
        places = np.searchsorted(self.blocks, numbers >> np.uint64(BLOCK_BITS))
        places[places == len(self.blocks)] = 0
        in_field = self.blocks[places] == numbers >> np.uint64(BLOCK_BITS)
        asked = np.flatnonzero(in_field)
        found[asked] |= self._bits(numbers[asked], places[asked])
        return found

    def _bits(self, numbers: Numbers, places: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        """The bits of sorted numbers whose fields are known, a stretch of the file at a time."""
        import numpy as np

        answers = np.zeros(len(numbers), dtype=bool)
        bounds = range(0, len(self.blocks), _FIELDS_AT_ONCE)
        cuts = np.searchsorted(places, [*bounds, len(self.blocks)])
        with self.path.open("rb") as stream:
            for first, begin, end in zip(bounds, cuts[:-1], cuts[1:], strict=True):
                if begin < end:
                    last = int(places[end - 1]) + 1
                    offsets = (numbers[begin:end] & np.uint64((1 << BLOCK_BITS) - 1)).astype(np.uint32)
                    offsets += ((places[begin:end] - first) << BLOCK_BITS).astype(np.uint32)
                    answers[begin:end] = self._stretch(stream, first, last, offsets)
        return answers

    def _stretch(
        self, stream: IO[bytes], first: int, last: int, offsets: npt.NDArray[np.uint32]
    ) -> npt.NDArray[np.bool_]:
        """The bits at ``offsets`` within the fields ``first`` to ``last``; what is mapped is given back at once."""
        import numpy as np

        length = (last - first) * _BLOCK_BYTES
        with mmap.mmap(
            stream.fileno(), length, access=mmap.ACCESS_READ, offset=self.fields_at + first * _BLOCK_BYTES
        ) as mapped:
            view = np.frombuffer(mapped, dtype=np.uint8)
            found = (view[offsets >> np.uint32(3)] >> (offsets & np.uint32(7)).astype(np.uint8)) & np.uint8(1)
            del view  # a mapping that is looked at cannot be closed
        return np.asarray(found, dtype=bool)

    def __len__(self) -> int:
        """How many numbers there are."""
        import numpy as np

        fields = 0
        with self.path.open("rb") as stream:
            stream.seek(self.fields_at)
            while chunk := stream.read(_FIELDS_AT_ONCE * _BLOCK_BYTES):
                fields += int(np.bitwise_count(np.frombuffer(chunk, dtype=np.uint8)).sum(dtype=np.int64))
        return len(self.singles) + fields

    def between(self, low: int, high: int) -> Numbers:
        """The numbers from ``low`` on and below ``high``, sorted; both are multiples of a block."""
        import numpy as np

        singles = self.singles[slice(*np.searchsorted(self.singles, np.array([low, high], dtype=np.uint64)))]
        bounds = np.array([low >> BLOCK_BITS, high >> BLOCK_BITS], dtype=np.uint64)
        first, last = (int(place) for place in np.searchsorted(self.blocks, bounds))
        parts = [singles]
        with self.path.open("rb") as stream:
            for place in range(first, last):
                stream.seek(self.fields_at + place * _BLOCK_BYTES)
                field = np.frombuffer(stream.read(_BLOCK_BYTES), dtype=np.uint8)
                ones = np.flatnonzero(np.unpackbits(field, bitorder="little")).astype(np.uint64)
                parts.append(ones + (self.blocks[place] << np.uint64(BLOCK_BITS)))
        return np.sort(np.concatenate(parts))


def open_snapshot(path: Path) -> Snapshot:
    """Open a stored registry; raises ``WorkspaceError`` where the file is missing or is not what was written."""
    import numpy as np

    from flows.files import mending

    with mending(path), path.open("rb") as stream:
        head = stream.read(_HEAD.size)
        size = os.fstat(stream.fileno()).st_size
        if len(head) < _HEAD.size or not head.startswith(_MAGIC):
            raise damaged(path)
        _, fields, singles = _HEAD.unpack(head)
        fields_at = _padded(_HEAD.size + 8 * (fields + singles))
        if size != fields_at + fields * _BLOCK_BYTES:
            raise damaged(path)
        index = np.frombuffer(stream.read(8 * (fields + singles)), dtype="<u8").astype(np.uint64)
    return Snapshot(path, index[:fields], index[fields:], fields_at)


class SnapshotWriter:
    """Writes a registry from sorted, distinct numbers that come block by block, lowest first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fields_path = path.with_name(path.name + ".fields")
        self._fields: IO[bytes] | None = None
        self._blocks: list[int] = []
        self._singles: list[Numbers] = []
        self.count = 0

    def add(self, numbers: Numbers) -> None:
        """Add the next numbers: sorted, distinct, above all added before, and no block in two calls."""
        import numpy as np

        self.count += len(numbers)
        blocks, starts, counts = np.unique(numbers >> np.uint64(BLOCK_BITS), return_index=True, return_counts=True)
        dense = counts >= _FIELD_FROM
        for block, start, count in zip(blocks[dense], starts[dense], counts[dense], strict=True):
            self._field(int(block), numbers[start : start + count])
        if not dense.all():
            self._singles.append(numbers[np.repeat(~dense, counts)])

    def finish(self) -> None:
        """Put everything into one file, which is on disk for good afterwards."""
        import shutil

        import numpy as np

        singles = np.concatenate(self._singles) if self._singles else np.empty(0, dtype=np.uint64)
        blocks = np.array(self._blocks, dtype=np.uint64)
        length = _HEAD.size + 8 * (len(blocks) + len(singles))
        with self._path.open("xb") as stream:
            stream.write(_HEAD.pack(_MAGIC, len(blocks), len(singles)))
            stream.write(blocks.astype("<u8").tobytes())
            stream.write(singles.astype("<u8").tobytes())
            stream.write(bytes(_padded(length) - length))
            if self._fields is not None:
                self._fields.close()
                with self._fields_path.open("rb") as fields:
                    shutil.copyfileobj(fields, stream, 1 << 24)
                self._fields_path.unlink()
            stream.flush()
            os.fsync(stream.fileno())

    def _field(self, block: int, numbers: Numbers) -> None:
        import numpy as np

        if self._fields is None:
            self._fields = self._fields_path.open("xb")
        flags = np.zeros(1 << BLOCK_BITS, dtype=bool)
        flags[(numbers & np.uint64((1 << BLOCK_BITS) - 1)).astype(np.intp)] = True
        self._fields.write(np.packbits(flags, bitorder="little").tobytes())
        self._blocks.append(block)


def is_in(numbers: Numbers, known: Numbers) -> npt.NDArray[np.bool_]:
    """Which of ``numbers`` stand in ``known``; both are sorted."""
    import numpy as np

    if not len(known):
        return np.zeros(len(numbers), dtype=bool)
    places = np.searchsorted(known, numbers)
    places[places == len(known)] = 0
    return np.asarray(known[places] == numbers)


def _padded(length: int) -> int:
    return -(-length // _PAGE) * _PAGE
