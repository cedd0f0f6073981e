"""A content hash is equal for equal content and nothing else, whatever wrote the bytes."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.runs.manifest import entry_of_text, tree_sha256
from flows.store.content import content_sha256, frame_sha256
from flows.store.parquet import write_parquet
from flows.versions import code_sha256, code_version, data_versions, dependency_versions

if TYPE_CHECKING:
    from pathlib import Path

FRAME = pl.DataFrame({"a": ["x", None], "b": [1, 2], "c": [["r1"], []], "d": [date(2026, 1, 1), None]})


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (FRAME.with_columns(run_id=pl.lit("another")), True),
        (pl.concat([FRAME.head(1), FRAME.tail(1)], rechunk=False), True),
        (FRAME.reverse(), False),
        (FRAME.select("b", "a", "c", "d"), False),
        (FRAME.with_columns(pl.col("b").cast(pl.Int32)), False),
        (FRAME.with_columns(pl.col("a").fill_null("")), False),
        (FRAME.with_columns(pl.col("a").fill_null("null")), False),
    ],
)
def test_frames_are_equal_by_cells_types_and_order(other: pl.DataFrame, same: bool) -> None:  # noqa: FBT001 - a case table
    """How it is chunked and which run wrote it is no content."""
    assert (frame_sha256(FRAME) == frame_sha256(other)) is same


def test_files_are_hashed_by_what_they_mean(tmp_path: Path) -> None:
    """Compression and spacing are no content; the words of a text are."""
    write_parquet(FRAME, tmp_path / "a.parquet")
    FRAME.write_parquet(tmp_path / "b.parquet", compression="uncompressed")
    assert content_sha256(tmp_path / "a.parquet") == content_sha256(tmp_path / "b.parquet") == frame_sha256(FRAME)
    report = {"run_id": "1", "funnel": [{"versions": {}, "n": 1}]}
    (tmp_path / "a.json").write_text(json.dumps(report, indent=2), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps(report | {"run_id": "2"}), encoding="utf-8")
    (tmp_path / "c.json").write_text(json.dumps(report | {"funnel": []}), encoding="utf-8")
    hashes = [content_sha256(tmp_path / f"{name}.json") for name in "abc"]
    assert hashes[0] == hashes[1] != hashes[2]


def test_line_ends_of_rule_files_are_no_content() -> None:
    """A rule file checked out on another system says the same."""
    unix, windows = entry_of_text("x", "a = 1\nb = 2\n"), entry_of_text("x", "a = 1 \r\nb = 2\r\n")
    assert unix.content_sha256 == windows.content_sha256
    assert unix.sha256 != windows.sha256


def test_a_tree_is_hashed_by_names_and_bytes(tmp_path: Path) -> None:
    """Moving a byte from one file to the next, or to a name, gives another hash."""
    trees = [{"a": "xy", "b": ""}, {"a": "x", "b": "y"}, {"ab": "xy"}, {"a/b": "xy"}, {}]
    hashes = []
    for at, tree in enumerate(trees):
        for name, text in tree.items():
            path = tmp_path / str(at) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        hashes.append(tree_sha256(tmp_path / str(at)))
    assert len(set(hashes)) == len(trees)
    assert tree_sha256(tmp_path / "4") == tree_sha256(tmp_path / "nowhere")


def test_versions_name_code_and_data() -> None:
    """What a decision rests on besides its inputs has a version each."""
    assert code_version().endswith(f"+{code_sha256()[:12]}")
    assert {"phonenumbers", "tzdata", "publicsuffixlist", "holidays", "email-validator"} <= set(data_versions())
    assert dependency_versions()["tactful"] == code_version()
    assert all(version and version != "unknown" for version in data_versions().values())
