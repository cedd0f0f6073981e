"""A gate gives one answer from two engines, in booleans and counts, or it holds the run."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows import quality
from flows.quality import QualityProcess, polars_check, require_passed
from policies.errors import HeldError
from policies.expectations import Expectation
from tests.flows.workspaces import make_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FULL = pl.DataFrame(
    {
        "id": ["k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "k0"],
        "some": ["a", "b", "a", None, None, None, "a", "a", "b", "a"],
        "twice": ["x", "y", "x", None, None, "z", "u", "v", "w", "t"],
        "none": pl.Series([None] * 10, dtype=pl.String),
        "count": [1, 2, 3, 4, 5, 6, 7, 8, 9, None],
        "flag": [True, False, None, True, True, True, True, True, True, True],
        "share": [0.5, float("nan"), None, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0],
    }
)
EMPTY = FULL.clear()

# kind, field, min, max, values, holds for FULL, holds for EMPTY
CASES = [
    (Expectation("row_count", min=10, max=10), True, False),
    (Expectation("row_count", min=11), False, False),
    (Expectation("row_count", max=9), False, True),
    (Expectation("row_count", min=9.5, max=10.5), True, False),
    (Expectation("fill_rate", "some", min=0.7), True, True),
    (Expectation("fill_rate", "some", min=0.71), False, True),
    (Expectation("fill_rate", "some", max=0.7), True, True),
    (Expectation("fill_rate", "some", max=0.69), False, True),
    (Expectation("fill_rate", "some", min=0.2, max=0.8), True, True),
    (Expectation("fill_rate", "none", max=0.0), True, True),
    (Expectation("fill_rate", "none", min=0.01), False, True),
    (Expectation("fill_rate", "share", min=0.8), True, True),
    (Expectation("fill_rate", "share", min=0.9), False, True),
    (Expectation("fill_rate", "count", min=0.9, max=0.9), True, True),
    (Expectation("values_in_set", "some", values=("a", "b")), True, True),
    (Expectation("values_in_set", "some", values=("a",)), False, True),
    (Expectation("values_in_set", "none", values=()), True, True),
    (Expectation("values_in_set", "count", values=("1", "2")), False, True),
    (Expectation("values_in_set", "flag", values=("true", "True")), False, True),
    (Expectation("unique", "id"), True, True),
    (Expectation("unique", "twice"), False, True),
    (Expectation("unique", "none"), True, True),
    (Expectation("unique", "count"), True, True),
    (Expectation("not_null", "id"), True, True),
    (Expectation("not_null", "count"), False, True),
    (Expectation("not_null", "no_such_field"), False, False),
    (Expectation("range", "count", min=1, max=9), True, True),
    (Expectation("range", "count", min=2), False, True),
    (Expectation("range", "count", max=8), False, True),
    (Expectation("range", "count", min=1), True, True),
    (Expectation("range", "share", min=0.5, max=4.0), True, True),
    (Expectation("range", "share", max=3.5), False, True),
    (Expectation("range", "no_such_field", min=1), False, False),
    (Expectation("fill_rate", "no_such_field", min=0.1), False, False),
]
EXPECTED = [expectation for expectation, _, _ in CASES]


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QualityProcess]:
    """One process of Great Expectations for all tests: it takes seconds to start."""
    with quality.start(make_workspace(tmp_path_factory.mktemp("ws"))) as process:
        yield process


@pytest.mark.parametrize(("expectation", "full", "empty"), CASES)
def test_polars_answers_by_the_definition(expectation: Expectation, full: bool, empty: bool) -> None:  # noqa: FBT001 - a case table
    """Each kind of expectation holds and breaks where its definition says."""
    assert [polars_check(frame, [expectation])[0].passed for frame in (FULL, EMPTY)] == [full, empty]


def test_both_engines_agree_on_every_case(gate: QualityProcess, tmp_path: Path) -> None:
    """Great Expectations says the same as Polars for every case; else the check would raise."""
    result = gate.check({"full": FULL, "empty": EMPTY}, {"full": EXPECTED, "empty": EXPECTED}, tmp_path)
    assert [one.passed for one in result.results["full"]] == [full for _, full, _ in CASES]
    assert [one.passed for one in result.results["empty"]] == [empty for _, _, empty in CASES]
    assert not result.passed


def test_what_is_written_holds_counts_alone_and_repeats(gate: QualityProcess, tmp_path: Path) -> None:
    """No cell, no time: the results of two checks are the same bytes; Data Docs load nothing from elsewhere."""
    for name in ("first", "second"):
        gate.check({"full": FULL}, {"full": EXPECTED}, tmp_path / name)
    first, second = ((tmp_path / name / "full.json").read_bytes() for name in ("first", "second"))
    assert first == second
    report = json.loads(first)
    assert report["rows"] == 10
    assert report["expectations"][5] == {
        "kind": "fill_rate",
        "field": "some",
        "min": 0.71,
        "polars": False,
        "great_expectations": False,
        "observed": {"rows": 10, "unexpected": 3},
    }
    pages = list((tmp_path / "first" / "data_docs").rglob("*.html"))
    assert (tmp_path / "first" / "data_docs" / "index.html") in pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "Content-Security-Policy" in text
        assert not re.search(r"\bk[0-9]\b", text)
    assert sorted(path.name for path in (tmp_path / "first").iterdir()) == ["data_docs", "full.json"]


def test_a_failed_gate_names_expectation_and_counts() -> None:
    """The message says what broke and how often, and no value."""
    result = quality.QualityResult({"outgoing": polars_check(FULL, EXPECTED)})
    with pytest.raises(HeldError) as caught:
        require_passed(result)
    assert caught.value.code == "gate_failed"
    assert "outgoing: unique twice broken by 2 of 10 rows" in caught.value.message
    assert "outgoing: row_count min 11, but there are 10 rows" in caught.value.message
    require_passed(quality.QualityResult({"outgoing": polars_check(FULL, EXPECTED[:1])}))


@pytest.mark.parametrize("cell", ["someone@example.com", "+12025550123", "tel:+12025550123"])
def test_a_frame_with_a_contact_in_it_is_refused(gate: QualityProcess, tmp_path: Path, cell: str) -> None:
    """What looks like an address or a number never reaches Great Expectations, and is not quoted."""
    with pytest.raises(HeldError) as caught:
        gate.check({"out": pl.DataFrame({"id": ["k1", cell]})}, {}, tmp_path)
    assert caught.value.code == "gate_sees_contacts"
    assert cell not in str(caught.value.as_dict())


def stub(tmp_path: Path, code: str, timeout: float = 20.0) -> QualityProcess:
    """A process in the gate's place that runs ``code``."""
    import subprocess
    import sys

    command = [sys.executable, "-c", code]
    return QualityProcess(
        subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE), timeout
    )


@pytest.mark.parametrize(
    ("code", "timeout", "expected", "words"),
    [
        ("import sys; sys.stdin.readline()", 20.0, "gate_unavailable", "ended without an answer"),
        ("import time; time.sleep(30)", 0.3, "gate_unavailable", "in time"),
        ("print('nonsense'); input()", 20.0, "gate_unavailable", "cannot be read"),
        ('print(\'{"error": "MemoryError"}\'); input()', 20.0, "gate_unavailable", "MemoryError"),
        ("print('{\"answers\": [[false]]}'); input()", 20.0, "gates_disagree", "out: unique id"),
    ],
)
def test_without_one_answer_the_run_is_held(
    tmp_path: Path, code: str, timeout: float, expected: str, words: str
) -> None:
    """A crash, a silence, nonsense or another answer: nothing is published."""
    with stub(tmp_path, code, timeout) as process, pytest.raises(HeldError) as caught:
        process.check({"out": FULL}, {"out": [Expectation("unique", "id")]}, tmp_path / "quality")
    assert caught.value.code == expected
    assert words in caught.value.message


def test_a_killed_gate_holds_the_run(tmp_path: Path) -> None:
    """Killed while it imports, the process gives no answer; asking does not hang."""
    ws = make_workspace(tmp_path)
    began = time.monotonic()
    process = quality.start(ws)
    process._process.kill()
    with process, pytest.raises(HeldError) as caught:
        process.check({"out": FULL}, {"out": [Expectation("unique", "id")]}, tmp_path / "quality")
    assert caught.value.code == "gate_unavailable"
    assert time.monotonic() - began < 30


def test_no_file_of_the_workspace_stands_in_for_a_module(tmp_path: Path) -> None:
    """The process runs in the workspace but imports only what is installed."""
    ws = make_workspace(tmp_path)
    (ws.root / "json.py").write_text("raise SystemExit(1)", encoding="utf-8")
    with quality.start(ws, module="json.tool") as process:
        assert process._process.stdin is not None
        assert process._process.stdout is not None
        process._process.stdin.write(b"{}")
        process._process.stdin.close()
        assert process._process.stdout.read() == b"{}\n"
        process._process.stdin = None
