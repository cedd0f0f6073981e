"""``brief check`` shows a near-copy beside the older brief it was taken from, as a page and for programs."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from flows.cli import call
from policies.brief import brief_id, parse_brief
from tests.small_workspace import Line, brief_about, published

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA, BEA = "ada@acme.example", "bea@bolt.example"
BOTH = {"summit": [Line(ADA), Line(BEA, "Ruiz", given="Bea", company="Bolt Ltd")]}
OLDER = brief_about(ADA)
COPY = OLDER.replace("Ada Okafor", "Bea Ruiz").replace(ADA, BEA).replace("2026-10-09", "2026-10-12")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace in which the older of the two is on file."""
    return published(tmp_path / "ws", BOTH, {"ada.md": OLDER})


def check(ws: Workspace, file: Path, capsys: pytest.CaptureFixture[str], *, code: int) -> list[dict[str, Any]]:
    """What the command says of each brief in a file."""
    assert call(["brief", "check", str(file), "--json", "--workspace", str(ws.root)]) == code
    briefs: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["briefs"]
    return briefs


def written(folder: Path, name: str, text: str) -> Path:
    """A file with a text."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def table_of(*texts: str) -> str:
    """Briefs as the bulk form: a row each, a column for each field and part."""
    rows = []
    for text in texts:
        brief = parse_brief(text)
        fields = {"contact": brief.contact, "author": brief.author, "date": brief.date, "tier": brief.tier}
        rows.append(fields | {section.heading: section.body.strip() for section in brief.parts if section.line > 8})
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_the_copy_stands_beside_the_older_brief(
    ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both named, every part that says the same in two columns of one page, and the older one stands."""
    file = written(tmp_path, "bea.md", COPY)
    assert call(["brief", "check", str(file), "--workspace", str(ws.root)]) == 1
    page = capsys.readouterr().out
    assert max(map(len, page.splitlines())) <= 80
    assert "This one: bea.md" in page
    assert f"The older one: {ADA}" in " ".join(page.split())
    assert "# Our point of view" in page
    view = parse_brief(COPY).sections["Our point of view"].split()[:3]
    assert next(line for line in page.splitlines() if line.startswith(" ".join(view))).count(" ".join(view)) == 2
    assert "0 of 1 briefs pass." in page


def test_programs_get_both_ids(ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ids, how alike, which parts, and the words of both."""
    (entry,) = check(ws, written(tmp_path, "bea.md", COPY), capsys, code=1)
    assert [finding["rule_id"] for finding in entry["findings"]] == ["brief.boilerplate"]
    assert entry["brief_id"] == brief_id(COPY)
    copied = entry["copy_of"]
    assert (copied["brief_id"], copied["similarity"]) == (brief_id(OLDER), 1000)
    assert [part["heading"] for part in copied["side_by_side"]] == copied["parts"]
    assert {"Our point of view", "Opening line"} <= set(copied["parts"])
    opening = copied["side_by_side"][copied["parts"].index("Opening line")]
    assert (opening["this"].startswith("Bea Ruiz,"), opening["older"].startswith("Ada Okafor,")) == (True, True)


def test_rows_of_a_table_are_compared_with_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is on file, and whoever they are about: the row says which one."""
    ws = published(tmp_path / "ws", BOTH)
    other = brief_about("cho@dyn.example", "Cho Dae")
    first, own, second = check(ws, written(tmp_path, "team.csv", table_of(OLDER, other, COPY)), capsys, code=1)
    assert [entry["row"] for entry in (first, own, second)] == [1, 2, 3]
    assert (first["copy_of"], own["copy_of"]) == (None, None)
    assert second["copy_of"]["file"] == "team.csv, row 1"
    assert second["copy_of"]["brief_id"] == first["brief_id"]


def test_a_renewed_brief_is_nobodys_copy(ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same person, a newer date: their own words may stand."""
    renewed = OLDER.replace("2026-10-09", "2026-10-13")
    (entry,) = check(ws, written(tmp_path, "ada.md", renewed), capsys, code=0)
    assert (entry["findings"], entry["copy_of"]) == ([], None)


def test_the_copy_opens_no_queue(tmp_path: Path) -> None:
    """Dropped together: Ada is contacted, Bea waits for a brief of her own."""
    ws = published(tmp_path / "ws", BOTH, {"ada.md": OLDER, "bea.md": COPY})
    with (ws.queue / "today.csv").open(encoding="utf-8", newline="") as stream:
        assert [line["full_name"] for line in csv.DictReader(stream)] == ["Ada Okafor"]
