"""`people calibrate`: fits what is known into a new file, shows what changes, and refuses where too little is known."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from benchmarks.people import generate
from flows.cli import call
from flows.matching.model_writing import model_toml
from flows.rules_on_disk import load_rulebook
from policies.identity.model_file import lead_model, parse_model
from tests.small_workspace import Line, drop_list, make_workspace, publish

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = load_rulebook(None).settings
KNOWN = ("record_id", "source", "obtained_on", "full_name", "company", "email", "phone", "city", "country", "person_id")

PEOPLE = (("ada", "Okoro"), ("bea", "Ruiz"), ("cy", "Novak"))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Invented people of whom it is known who they are."""
    path = tmp_path_factory.mktemp("known") / "known.parquet"
    generate(900, 77).select(KNOWN).write_parquet(path)
    return path


def fitted(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON answer of a call."""
    code = call(["people", "calibrate", *words, "--json"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


def test_a_new_model_is_written_and_can_be_matched_by(
    known: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has other weights and a map of its own, the same vetoes and thresholds, and it works."""
    new = tmp_path / "new.toml"
    code, answer = fitted(capsys, str(known), "--labels", "person_id", "-o", str(new))
    assert code == 0
    before = lead_model(SETTINGS)
    after = parse_model(tomllib.loads(new.read_text("utf-8"))["identity"]["leads"])
    assert (after.thresholds, after.vetoes, after.fields) == (before.thresholds, before.vetoes, before.fields)
    assert after.version == answer["version"] != before.version
    assert len(after.calibration) > 1
    assert any(row["old_bits"] != row["new_bits"] for row in answer["weights"])
    asked = ["people", "match", str(known), "--model", str(new), "-o", str(tmp_path / "out.parquet")]
    pairs = tmp_path / "pairs.parquet"
    assert call([*asked, "--pairs", str(pairs)]) == 0
    told = pl.read_parquet(pairs).sort("bits").get_column("probability")
    assert told.null_count() == 0
    assert told.is_sorted()


def test_the_order_of_rows_changes_no_byte(known: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same people give the same file."""
    pl.read_parquet(known).sample(fraction=1.0, shuffle=True, seed=3).write_parquet(tmp_path / "shuffled.parquet")
    for path, name in ((known, "one.toml"), (tmp_path / "shuffled.parquet", "other.toml")):
        assert fitted(capsys, str(path), "--labels", "person_id", "-o", str(tmp_path / name))[0] == 0
    assert (tmp_path / "one.toml").read_bytes() == (tmp_path / "other.toml").read_bytes()


def test_nothing_is_written_over(known: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A model in force is never changed by itself."""
    there = tmp_path / "there.toml"
    there.write_text("kept", encoding="utf-8")
    code, answer = fitted(capsys, str(known), "--labels", "person_id", "-o", str(there))
    assert (code, answer["error"]["code"]) == (2, "file_exists")
    assert there.read_text("utf-8") == "kept"


def test_judged_pairs_are_enough(known: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pairs that a match gave and a human judged."""
    pairs = tmp_path / "pairs.parquet"
    assert call(["people", "match", str(known), "-o", str(tmp_path / "out.parquet"), "--pairs", str(pairs)]) == 0
    capsys.readouterr()
    person = dict(pl.read_parquet(known).select("record_id", "person_id").iter_rows())
    ids = sorted(person)[:200]
    unlinked = pl.DataFrame({"a": ids[0::2], "b": ids[1::2]})
    linked = pl.concat([pl.read_parquet(pairs).select("a", "b"), unlinked]).unique(maintain_order=True)
    same = [person[a] == person[b] for a, b in linked.iter_rows()]
    words = pl.Series("same", ["yes" if each else "no" for each in same])
    linked.with_columns(words).write_csv(tmp_path / "judged.csv")
    asked = (str(known), "--judged", str(tmp_path / "judged.csv"), "-o", str(tmp_path / "new.toml"))
    code, answer = fitted(capsys, *asked)
    assert code == 0
    assert (answer["pairs"], answer["matches"]) == (linked.height, sum(same))
    assert answer["compared_share"] is None


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (["--labels", "nobody"], "no_such_column", 2),
        ([], "no_labels", 2),
        (["--labels", "person_id", "--judged", "few.csv"], "no_labels", 2),
        (["--judged", "few.csv"], "too_few_labels", 1),
        (["--judged", "unread.csv"], "judged_unread", 1),
        (["--judged", "other.csv"], "no_such_column", 2),
        (["--labels", "record_id"], "too_few_labels", 1),
        (["--labels", "person_id", "-o", "new.txt"], "unknown_format", 2),
    ],
)
def test_what_cannot_be_fitted_is_said(
    known: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    code: str,
    exit_code: int,
) -> None:
    """No file is written; the error says what is missing."""
    monkeypatch.chdir(tmp_path)
    first, second = pl.read_parquet(known).get_column("record_id").head(2)
    (tmp_path / "few.csv").write_text(f"a,b,same\n{first},{second},no\n", encoding="utf-8")
    (tmp_path / "unread.csv").write_text(f"a,b,same\n{first},nobody,no\n{first},{second},perhaps\n", encoding="utf-8")
    (tmp_path / "other.csv").write_text("left,right,same\n1,2,no\n", encoding="utf-8")
    got, answer = fitted(capsys, str(known), *([] if "-o" in words else ["-o", "new.toml"]), *words)
    assert (got, answer["error"]["code"]) == (exit_code, code)
    assert not (tmp_path / "new.toml").exists()


def test_what_people_said_in_a_workspace_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One pair called the same and one called different: read, and too few to fit anything to."""
    ws = make_workspace(tmp_path / "ws")
    ada, bea, cy = (Line(f"{name}@acme.example", family, given=name.title()) for name, family in PEOPLE)
    drop_list(ws, "summit", [ada, bea, cy])
    publish(ws)
    where = ("--workspace", str(ws.root))
    for word, other in (("same", bea), ("different", cy)):
        said = ("--by", "Ines Holm", "--because", "told us")
        assert call(["people", word, ada.email, other.email, *said, *where]) == 0
    capsys.readouterr()
    code, answer = fitted(capsys, "-o", str(tmp_path / "new.toml"), *where)
    assert (code, answer["error"]["code"]) == (1, "too_few_labels")
    assert "1 compared pairs of one person and 1 of two people" in answer["error"]["message"]


def test_the_answer_fits_a_terminal(known: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Weights before and after, how right and how complete, and what bits mean: 80 columns, nobody named."""
    assert call(["people", "calibrate", str(known), "--labels", "person_id", "-o", str(tmp_path / "new.toml")]) == 0
    text = capsys.readouterr().out.replace(str(tmp_path), "")
    assert max(map(len, text.splitlines())) <= 80
    assert all(heading in text for heading in ("Was", "Is now", "Right before", "Found now", "Share"))


def test_a_model_reads_back_as_it_was_written() -> None:
    """Every table, key and number."""
    table = SETTINGS["identity"]["leads"]
    text = model_toml(table, ("identity", "leads"), "A heading.\nIn two lines.")
    assert tomllib.loads(text)["identity"]["leads"] == table
    assert text.startswith("# A heading.\n# In two lines.\n")
