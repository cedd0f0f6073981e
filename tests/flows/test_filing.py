"""Filing the inbox: every file ends somewhere, a dry run changes nothing, and the others go on when one is refused."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from flows.cli import call
from flows.filing import file_inbox
from flows.ledger_access import open_ledger
from flows.pipeline import import_file
from flows.policy_files import load_policy
from tests.small_workspace import Line, brief_about, drop, drop_list, lines_of, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from flows.filing.model import FileOutcome
    from flows.workspace import Workspace

ADA = "ada@acme.example"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace with one of everything in its inbox, and several things that cannot be taken."""
    made = make_workspace(tmp_path / "ws")
    drop_list(made, "summit", [Line(ADA), Line("no address", "Nobody"), Line("x@y.example", more=("too many",))])
    drop_list(made, "unagreed", [Line("bea@bolt.example", no_mail="yes")])
    drop(made, "lists/loose.csv", "Name,Email\nAda Okafor,ada@acme.example\n")
    drop(made, "lists/summit/empty.csv", b"")
    drop(made, "lists/summit/archive.csv", b"PK\x03\x04\x14\x00")
    drop(made, "briefs/ada.md", brief_about(ADA))
    drop(made, "briefs/broken.md", "no front matter")
    drop(made, "optouts/o.csv", "value\ncho@dyn.example\nnonsense\n")
    drop(made, "notices/n.csv", "contact,sent_at,text_version,method\nada@acme.example,2026-10-01,v1,mail\n")
    drop(made, "registries/us/numbers.csv", "phone\n+13125550101\n")
    return made


def filed(ws: Workspace, *, dry_run: bool = False) -> dict[str, FileOutcome]:
    """What became of each file, by its name."""
    with open_ledger(ws) as ledger:
        found = file_inbox(ws, ledger, load_policy(ws), dry_run=dry_run, step=lambda _: None)
    return {f"{file.kind}/{file.name}": file for file in found.files}


def tree(ws: Workspace) -> dict[str, bytes]:
    """Everything in the data folder, but for the database's own files."""
    files = (path for path in ws.data.rglob("*") if path.is_file() and not path.name.startswith(("ledger", ".")))
    return {ws.place(path): path.read_bytes() for path in files}


ENDINGS = {
    "lists/loose.csv": "quarantined",
    "lists/empty.csv": "quarantined",
    "lists/archive.csv": "quarantined",
    "briefs/ada.md": "accepted",
    "briefs/broken.md": "quarantined",
    "optouts/o.csv": "accepted",
    "notices/n.csv": "accepted",
    "registries/numbers.csv": "left",
}


def test_every_file_ends_somewhere(ws: Workspace) -> None:
    """Accepted into the archive, or whole in quarantine beside its reason; what cannot be read yet stays."""
    found = filed(ws)
    assert {name: found[name].status for name in ENDINGS} == ENDINGS
    reasons = [json.loads(why.read_text(encoding="utf-8")) for why in ws.quarantine.glob("*.why.json")]
    assert len(reasons) == 5
    assert {why["code"] for why in reasons} == {
        *("no_source_contract", "no_source_folder", "empty_file", "brief_unreadable", "zip_named_csv")
    }
    assert all(why["message"] and why["fix"] for why in reasons)
    left = [path for path in ws.inbox.rglob("*") if path.is_file()]
    assert [path.name for path in left] == ["numbers.csv"]
    assert len(list(ws.archive.iterdir())) == 4


def test_rows_are_accounted_for(ws: Workspace) -> None:
    """Accepted and rejected rows add up; rejects are kept as they came, with what to mend."""
    drop_list(ws, "guild", [Line(ADA), Line("no address", "Nobody")], "guild.csv")
    found = filed(ws)["lists/guild.csv"]
    assert (found.rows, found.accepted, found.rejected) == (2, 1, 1)
    (rejects,) = [lines_of(file) for file in ws.rejects.glob("guild-*.csv")]
    assert [(row["Email"], row["Last Name"], row["_row"]) for row in rejects] == [("no address", "Nobody", "2")]
    assert rejects[0]["_code"]
    assert rejects[0]["_fix"]


def test_a_dry_run_changes_nothing(ws: Workspace) -> None:
    """It says what would become of each file, and leaves every file and event as it was."""
    with open_ledger(ws) as ledger:
        head = ledger.head()
    before = tree(ws)
    found = filed(ws, dry_run=True)
    assert {file.status for file in found.values()} == {"accepted", "would_be_quarantined", "left"}
    assert tree(ws) == before
    with open_ledger(ws) as ledger:
        assert ledger.head() == head


def test_the_same_again_changes_nothing(ws: Workspace) -> None:
    """Every accepted file dropped a second time is recognised: no event, no record more."""
    kept = {path: path.read_bytes() for path in ws.inbox.rglob("*") if path.is_file()}
    filed(ws)
    with open_ledger(ws) as ledger:
        head = ledger.head()
    stored = {name: data for name, data in tree(ws).items() if "/store/" in name or "/rejects/" in name}
    for path, data in kept.items():
        path.write_bytes(data)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    again = filed(ws)
    assert again["briefs/ada.md"].status == "accepted"
    with open_ledger(ws) as ledger:
        assert ledger.head() == head
    assert {name: data for name, data in tree(ws).items() if "/store/" in name or "/rejects/" in name} == stored


def test_the_command_says_that_files_were_refused(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 4, or 0 where that was allowed; done is done either way."""
    words = ["intake", "--workspace", str(ws.root), "--json"]
    assert call(words) == 4
    found = json.loads(capsys.readouterr().out)
    assert found["quarantined"] == 5
    drop(ws, "briefs/broken.md", "no front matter")
    assert call([*words, "--quarantine-ok"]) == 0
    assert call(words) == 0


def test_a_list_that_is_not_what_its_contract_expects_is_refused(ws: Workspace) -> None:
    """As a whole, with what is amiss in counts; its opt-outs are kept."""
    contract = ws.sources / "guild.toml"
    contract.write_text(contract.read_text(encoding="utf-8") + "\n[expect]\nrows = { min = 100 }\n", encoding="utf-8")
    drop_list(ws, "guild", [Line("dan@dune.example", "Moss", no_mail="yes")], "short.csv")
    with open_ledger(ws) as ledger:
        before = ledger.counts().get("optout", 0)
    found = filed(ws)["lists/short.csv"]
    assert (found.status, found.code) == ("quarantined", "expectations_unmet")
    with open_ledger(ws) as ledger:
        assert ledger.counts()["optout"] == before + 3  # this one, the file of opt-outs, the list without contract


def test_several_imports_at_once_lose_none(ws: Workspace, tmp_path: Path) -> None:
    """Taking in opt-outs waits for nobody; each file is heard, archived, and left where it was."""
    files = [tmp_path / f"o{number}" / "optouts.csv" for number in range(6)]
    for number, file in enumerate(files):
        file.parent.mkdir()
        file.write_text(f"value\nperson{number}@example.net\n", encoding="utf-8")
    with ThreadPoolExecutor(len(files)) as at_once:
        found = list(at_once.map(lambda file: import_file(ws, "optouts", file), files))
    assert [summary.files[0].status for summary in found] == ["accepted"] * len(files)
    with open_ledger(ws) as ledger:
        assert ledger.counts()["optout"] == len(files)
    assert len(list(ws.archive.iterdir())) == len(files)
    assert all(file.is_file() for file in files)
    assert not list(ws.data.glob(".stage-*"))
