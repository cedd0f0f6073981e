"""A stored registry answers exactly as the set of its numbers would, however it was built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.registries.building import Gathered, Run, build, distinct
from flows.registries.snapshot import BLOCK_BITS, open_snapshot
from policies.errors import WorkspaceError
from tests.effort import few

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

BLOCK = 1 << BLOCK_BITS
START = 13_120_000_000 // BLOCK * BLOCK
# Sparse numbers, numbers at the edges of blocks, and a stretch dense enough to be kept as bits.
NUMBERS = st.one_of(
    st.integers(1, 10**15 - 1),
    st.integers(START, START + 3 * BLOCK),
    st.sampled_from([START - 1, START, START + BLOCK - 1, START + BLOCK, START + 2 * BLOCK - 1]),
)
DENSE = range(START + 5, START + BLOCK, 37)


def array(numbers: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Sorted, distinct numbers."""
    return distinct([np.array(list(numbers), dtype=np.uint64)])


@few(20)
@given(added=st.lists(NUMBERS, max_size=40), asked=st.lists(NUMBERS, max_size=40), dense=st.booleans())
def test_a_snapshot_is_a_set(
    tmp_path_factory: pytest.TempPathFactory,
    added: list[int],
    asked: list[int],
    dense: bool,  # noqa: FBT001  # drawn
) -> None:
    """Listed are the numbers that were added and no others."""
    known = {*added, *(DENSE if dense else ())}
    path = tmp_path_factory.mktemp("snapshot") / "s"
    assert build(path, None, [Run(array(known))], ()) == len(known)
    snapshot = open_snapshot(path)
    questions = array([*asked, *added, *DENSE[:5]])
    assert snapshot.listed(questions).tolist() == [number in known for number in questions.tolist()]
    assert len(snapshot) == len(known)
    assert (len(snapshot.blocks) > 0) == dense


@few(20)
@given(base=st.sets(NUMBERS, max_size=30), added=st.sets(NUMBERS, max_size=30), dense=st.booleans(), data=st.data())
def test_a_delta_adds_and_removes(
    tmp_path_factory: pytest.TempPathFactory,
    base: set[int],
    added: set[int],
    dense: bool,  # noqa: FBT001  # drawn
    data: st.DataObject,
) -> None:
    """What is added stays, also where the same delta removes it; what is removed and unknown changes nothing."""
    before = base | set(DENSE if dense else ())
    removed = data.draw(st.sets(st.one_of(NUMBERS, st.sampled_from(sorted(before) or [7])), max_size=30))
    folder = tmp_path_factory.mktemp("delta")
    build(folder / "base", None, [Run(array(before))], ())
    after = (before - removed) | added
    assert build(folder / "next", open_snapshot(folder / "base"), [Run(array(added))], [Run(array(removed))]) == len(
        after
    )
    questions = array(before | added | removed | {1})
    found = open_snapshot(folder / "next").listed(questions)
    assert found.tolist() == [number in after for number in questions.tolist()]


def test_many_runs_are_merged(tmp_path: Path) -> None:
    """Numbers that come in any order, repeatedly and in more runs than fit at once are each there once."""
    dice = np.random.default_rng(3)
    known = dice.integers(START, START + 40 * BLOCK, 900_000, dtype=np.uint64)
    gathered = Gathered(tmp_path, "added", run=150_000)
    for part in np.array_split(np.concatenate([known, known[:50_000]]), 40):
        gathered.add(part)
    assert len(gathered.runs()) > 5
    assert build(tmp_path / "s", None, gathered.runs(), ()) == len(set(known.tolist()))
    assert open_snapshot(tmp_path / "s").listed(distinct([known])).all()


def test_the_same_numbers_are_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the order and the runs they came in."""
    dice = np.random.default_rng(4)
    known = dice.integers(START, START + 4 * BLOCK, 50_000, dtype=np.uint64)
    for name, run in (("a", 10**9), ("b", 7_000)):
        gathered = Gathered(tmp_path, name, run=run)
        for part in np.array_split(known if run > 10_000 else known[::-1], 9):
            gathered.add(part)
        build(tmp_path / f"{name}.numbers", None, gathered.runs(), ())
    assert (tmp_path / "a.numbers").read_bytes() == (tmp_path / "b.numbers").read_bytes()


@pytest.mark.parametrize("damage", ["missing", "shorter", "foreign"])
def test_a_damaged_snapshot_is_no_registry(tmp_path: Path, damage: str) -> None:
    """It is an error, never a registry that lists fewer."""
    path = tmp_path / "s"
    build(path, None, [Run(array(DENSE))], ())
    content = path.read_bytes()
    path.write_bytes(content[:-1] if damage == "shorter" else b"x" * len(content))
    if damage == "missing":
        path.unlink()
    with pytest.raises(WorkspaceError):
        open_snapshot(path)
