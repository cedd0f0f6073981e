"""The same records give the same bytes: in any order, on any number of threads, in any number of partitions."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from polars.testing import assert_frame_equal

from policies.identity.matching import match
from tests.policies.identity.lists_of_people import leads, many_people
from tests.policies.identity.words import base_words

if TYPE_CHECKING:
    from policies.identity.matched import Matching

COUNT = 1_000
HERE = Path(__file__).parents[3]


def matched(*, seed: int | None = None, partitions: int = 1) -> Matching:
    """The sample's people matched, shuffled first if there is a seed."""
    people = many_people(COUNT)
    mixed = people if seed is None else people.sample(fraction=1, shuffle=True, seed=seed)
    return match(mixed, leads(), base_words(), partitions=partitions)


def written(found: Matching, folder: Path) -> tuple[bytes, bytes]:
    """Clusters and links as bytes of Parquet files."""
    folder.mkdir(parents=True, exist_ok=True)
    found.groups.write_parquet(folder / "groups.parquet")
    found.links.write_parquet(folder / "links.parquet")
    return (folder / "groups.parquet").read_bytes(), (folder / "links.parquet").read_bytes()


@pytest.mark.parametrize(("seed", "partitions"), [(1, 1), (None, 8), (2, 8)])
def test_order_and_partitions_change_no_byte(seed: int | None, partitions: int, tmp_path: Path) -> None:
    """Rows shuffled, pairs made in eight parts."""
    plain = written(matched(), tmp_path / "plain")
    assert plain == written(matched(seed=seed, partitions=partitions), tmp_path / "other")


def test_the_number_of_threads_changes_no_byte(tmp_path: Path) -> None:
    """One thread and two, each in a process of its own."""
    script = "from tests.policies.identity.test_matching_is_the_same_everywhere import *; import sys\n"
    script += "written(matched(seed=int(sys.argv[2])), Path(sys.argv[1]))"
    folders = {}
    for threads in (1, 2):
        folders[threads] = tmp_path / str(threads)
        subprocess.run(
            [sys.executable, "-c", script, str(folders[threads]), str(threads)],
            env={**os.environ, "POLARS_MAX_THREADS": str(threads)},
            cwd=HERE,
            check=True,
        )
    one, two = ([path.read_bytes() for path in sorted(folder.iterdir())] for folder in folders.values())
    assert one == two


def test_people_are_found() -> None:
    """So that the sameness above is not that of nothing found."""
    found = matched()
    assert COUNT // 2 < found.groups.get_column("component").n_unique() < COUNT * 9 // 10
    assert {"merge", "review", "suppress"} == set(found.links.get_column("link"))
    assert_frame_equal(found.groups, found.groups.sort("record_id"))
