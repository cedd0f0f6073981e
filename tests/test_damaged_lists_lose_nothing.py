"""Whatever happens to the bytes of a list: no row lost, no cell shifted, no opt-out overlooked, no sound row changed.

A case that fails names its recipe, by which ``tests.pollution`` makes the same file again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pollution.damage import damaged
from tests.pollution.promises import breaches

if TYPE_CHECKING:
    from pathlib import Path

_EVERY_DAY = 20
_LONG = 2_000
_PARTS = 8


def test_damaged_lists(tmp_path: Path) -> None:
    """Some damaged versions of good lists, in every day's tests."""
    assert _broken(tmp_path, range(_EVERY_DAY)) == []


@pytest.mark.long
@pytest.mark.parametrize("part", range(_PARTS))
def test_two_thousand_damaged_lists(tmp_path: Path, part: int) -> None:
    """Two thousand of them, in parts that can run beside each other."""
    assert _broken(tmp_path, range(part, _LONG, _PARTS)) == []


def _broken(folder: Path, numbers: range) -> list[str]:
    return [str(breach) for number in numbers for breach in breaches(damaged(number), folder)]
