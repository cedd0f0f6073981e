"""Whatever is wrong with a call of `people match`: a sentence, its code, what to do, and no file half written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.cli import call
from tests.flows.matched_people import people_on_lists

MODEL = """version = "mine"
[thresholds]
merge = 6.0
review = 2.0
suppress = -2.0
[fields]
family = { of = "surname", transform = "fold" }
[[blocking]]
name = "family"
key = ["family"]
[[comparison]]
name = "family"
kind = "exact"
field = "family"
label = "family name"
source = "prior knowledge"
level = [
    { name = "same", label = "same family name", bits = 8 },
    { name = "different", label = "different family names", bits = -5 },
]
"""


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, str]]:
    """The exit code and the error of a call."""
    code = call(["people", "match", *words, "--json"])
    error: dict[str, str] = json.loads(capsys.readouterr().out)["error"]
    assert error["fix"]
    return code, error


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    """A table of people that can be read."""
    path = tmp_path / "leads.csv"
    people_on_lists(3).write_csv(path)
    return path


@pytest.mark.parametrize(
    ("options", "code", "exit_code"),
    [
        (["-o", "out.xlsx"], "unknown_format", 2),
        (["-o", "leads.csv"], "same_file", 2),
        (["-o", "out.csv", "--pairs", "out.csv"], "same_file", 2),
        (["-o", "folder.csv"], "target_is_folder", 2),
        (["-o", "/proc/out.parquet"], "target_not_writable", 2),
        (["-o", "leads.csv/out.csv"], "target_not_writable", 2),
        (["-o", "out.csv", "--pairs", "/proc/new/pairs.csv"], "target_not_writable", 2),
        (["-o", "out.csv", "--threshold", "nan"], "bad_threshold", 2),
        (["-o", "out.csv", "--threshold", "six"], "usage", 2),
        (["-o", "out.csv", "--partitions", "0"], "usage", 2),
        (["-o", "out.csv", "--model", "nowhere.toml"], "usage", 2),
        ([], "usage", 2),
    ],
)
def test_wrong_options(
    leads: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    code: str,
    exit_code: int,
) -> None:
    """Told before anything is read; what is there stays as it is."""
    monkeypatch.chdir(leads.parent)
    Path("folder.csv").mkdir()
    before = leads.read_bytes()
    told, error = refused(capsys, "leads.csv", *options)
    assert (told, error["code"]) == (exit_code, code)
    assert ".tactful" not in error["message"]
    assert leads.read_bytes() == before
    assert sorted(path.name for path in leads.parent.iterdir()) == ["folder.csv", "leads.csv"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        ("full_name,email\n", "no_rows"),
        ("amount,paid\n3,yes\n4,no\n", "no_usable_column"),
        ("record_id,full_name\n1,Ada Okoro\n1,Bo Lindqvist\n", "record_id_doubled"),
        ("record_id,full_name\n1,Ada Okoro\n,Bo Lindqvist\n", "record_id_empty"),
        ('record_id,full_name\n1,"Ada Okoro\n2,Bo Lindqvist\n', "rows_damaged"),
    ],
)
def test_files_that_cannot_be_matched(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: str) -> None:
    """Exit code 1, rows by number, nobody by name."""
    path = tmp_path / "leads.csv"
    path.write_text(text, encoding="utf-8")
    exit_code, error = refused(capsys, str(path), "-o", str(tmp_path / "out.parquet"))
    assert (exit_code, error["code"]) == (1, code)
    assert "Okoro" not in error["message"] + error["fix"]
    assert not (tmp_path / "out.parquet").exists()


def test_a_missing_file_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As with every command."""
    assert refused(capsys, str(tmp_path / "none.csv"), "-o", str(tmp_path / "out.csv"))[0] == 2


@pytest.mark.parametrize(
    ("was", "becomes", "line", "key"),
    [
        ('kind = "exact"', 'kind = "exactly"', 13, "comparison.family.kind"),
        ("bits = 8", 'bits = "8"', 18, "comparison.family.same.bits"),
        ("review = 2.0", "", 2, "thresholds"),
        ('key = ["family"]', 'key = ["fa mily"]', 10, "blocking.family.key"),
        ('version = "mine"', "version = 1", 1, "version"),
        ('label = "family name"', "", 11, "comparison.family.label"),
        ("merge = 6.0", "merge = ", 3, ""),
        ("merge = 6.0", "merge = nan", 3, "thresholds.merge"),
        ('field = "family"', 'field = "fammily"', 11, "comparison.family"),
        ('key = ["family"]', 'key = ["families"]', 10, "blocking.family.key"),
        ('source = "prior knowledge"', 'source = "prior knowledge"\nsorce = "x"', 17, "comparison.family.sorce"),
    ],
)
def test_a_faulty_model_is_named_by_line_and_key(
    leads: Path, capsys: pytest.CaptureFixture[str], was: str, becomes: str, line: int, key: str
) -> None:
    """Where it stands, what is wrong, how to mend it."""
    model = leads.with_name("mine.toml")
    model.write_text(MODEL.replace(was, becomes), encoding="utf-8")
    code, error = refused(capsys, str(leads), "-o", str(leads.with_name("out.csv")), "--model", str(model))
    assert (code, error["code"]) == (2, "model_invalid")
    assert f"mine.toml:{line}: " in error["message"]
    assert key in error["message"]


def test_a_model_for_other_columns_says_which(leads: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table has no column `policy_number`."""
    model = leads.with_name("mine.toml")
    text = MODEL.replace('family = { of = "surname"', 'number = { of = "policy_number" }\nfamily = { of = "surname"')
    model.write_text(text, encoding="utf-8")
    code, error = refused(capsys, str(leads), "-o", str(leads.with_name("out.csv")), "--model", str(model))
    assert (code, error["code"]) == (1, "column_missing")
    assert "policy_number" in error["message"]
