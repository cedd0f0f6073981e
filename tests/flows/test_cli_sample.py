"""Every command on the sample workspace, as somebody would use it."""

from __future__ import annotations

import csv
import json
import shutil
import stat
from typing import TYPE_CHECKING, Any

import pytest

from flows.cli import call
from flows.ledger_access import open_ledger
from flows.scaffold import is_demo
from flows.workspace import load
from policies.effects import VERDICT_ORDER
from policies.schema import OUTCOME_COLUMNS, QUEUE
from tests.demo_workspace import copy_of, published_demo

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("polars_gate")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample workspace, run once; to be read only."""
    return copy_of(published_demo(tmp_path_factory), tmp_path_factory.mktemp("sample") / "demo").root


@pytest.fixture
def sample(published: Path, tmp_path: Path) -> Path:
    """A copy of the published sample to do things to."""
    return shutil.copytree(published, tmp_path / "demo")


class Teller:
    """Calls commands of one workspace and keeps what they said."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def text(self, *argv: str, code: int = 0) -> str:
        """Standard output of a call."""
        self._capsys.readouterr()
        assert call([*argv, "--workspace", str(self.folder)]) == code
        return self._capsys.readouterr().out

    def json(self, *argv: str, code: int = 0) -> Any:  # noqa: ANN401 (an object or a list)
        """What a call answers with ``--json``."""
        return json.loads(self.text(*argv, "--json", code=code))

    def today(self) -> list[dict[str, str]]:
        """The lines of today.csv."""
        with (self.folder / "data/queue/today.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))


@pytest.fixture
def tell(sample: Path, capsys: pytest.CaptureFixture[str]) -> Teller:
    """Commands on a copy of the sample."""
    return Teller(sample, capsys)


@pytest.fixture
def look(published: Path, capsys: pytest.CaptureFixture[str]) -> Teller:
    """Commands that change nothing, on the published sample."""
    return Teller(published, capsys)


def test_demo_again_publishes_nothing_twice(tell: Teller, capsys: pytest.CaptureFixture[str]) -> None:
    """A demo that is there is run again: same run, all eight verdicts, adding up."""
    before = tell.json("status")["last_run"]
    capsys.readouterr()
    assert call(["demo", str(tell.folder)]) == 0
    text = capsys.readouterr().out
    assert is_demo(tell.folder)
    assert "already published" in " ".join(text.split())
    assert before["run_id"] in text
    rows = {line.rsplit("  ", 2)[0].strip(): line for line in text.splitlines()}
    assert all(any(name.startswith(verdict.value.replace("_", " ")) for name in rows) for verdict in VERDICT_ORDER)
    assert sum(before["funnel"].values()) == 1150
    assert min(before["funnel"].values()) > 0
    assert max(map(len, text.splitlines())) <= 80 + len(str(tell.folder))
    assert tell.json("status")["last_run"] == before


def test_a_dry_run_changes_nothing(tell: Teller) -> None:
    """Files, ledger and queue stay as they are."""
    (tell.folder / "data/inbox/optouts/more.csv").write_text("email\nsomebody@kestrel.example\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in sorted(tell.folder.rglob("*")) if path.is_file()}
    assert tell.json("run", "--dry-run")["status"] == "dry_run"
    text = tell.text("intake", "--dry-run")
    assert "Nothing was changed." in text
    after = {path: path.read_bytes() for path in sorted(tell.folder.rglob("*")) if path.is_file()}
    changed = {path.name for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed <= {".workspace.lock", ".queue.lock", "ledger.db-shm", "ledger.db-wal"}


def test_why_answers_in_its_fixed_form(look: Teller) -> None:
    """The object scripts rely on, also for a person id, in plain sentences without `--json`."""
    line = look.today()[0]
    found = look.json("why", line["contact_point"])
    assert {"person_id", "verdict", "as_of", "policy_revision", "records", "channels", "suppressions", "brief"} <= set(
        found
    )
    assert found["verdict"] == "queued"
    assert found["channels"][line["channel"]]["effect"] in ("pass", "warn")
    assert look.json("why", line["person_id"]) == found
    text = look.text("why", line["contact_point"])
    assert "queued" in text
    assert max(map(len, text.splitlines())) <= 80


def test_why_answers_every_line(look: Teller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One JSON line per line read, unknown and blank ones as errors, exit 0."""
    lines = tmp_path / "lines.txt"
    lines.write_text(f"nobody@nowhere.example\n\n{look.today()[0]['contact_point']}\n", encoding="utf-8")
    with lines.open(encoding="utf-8") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        answers = [json.loads(line) for line in look.text("why", "-", "--json").splitlines()]
    assert [answer.get("error", {}).get("code") for answer in answers] == ["unknown_contact", "unknown_contact", None]


def test_unknown_is_not_permission(look: Teller) -> None:
    """Known to nothing: exit 1, and the sentence that says so."""
    error = look.json("why", "nobody@nowhere.example", code=1)["error"]
    assert error["code"] == "unknown_contact"
    assert "Unknown is not permission" in error["message"]


def test_the_queue_is_shown_and_exported(tell: Teller, tmp_path: Path) -> None:
    """A table, the same lines as JSON, files closed to others; each export is an event."""
    today = tell.today()
    text = tell.text("queue")
    assert max(map(len, text.splitlines())) <= 80
    assert [row["person_id"] for row in tell.json("queue")] == [row["person_id"] for row in today]
    owner = today[0]["owner"]
    mine = tell.json("queue", "--owner", owner.upper())
    assert {row["owner"] for row in mine} == {owner}
    for name in ("list.csv", "list.json", "list.html", "list.ics"):
        tell.text("queue", "-o", str(tmp_path / name))
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == [*QUEUE.names(), "valid_until", *OUTCOME_COLUMNS]
    assert json.loads((tmp_path / "list.json").read_bytes()) == tell.json("queue")
    with open_ledger(load(tell.folder)) as ledger:
        assert ledger.counts()["export"] == 4
    assert (tmp_path / "list.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")


@pytest.mark.parametrize("argv", [["queue", "--owner", "nobody"], ["queue", "--run", "20200101T000000Z-000000000000"]])
def test_a_queue_that_is_not_there(look: Teller, argv: list[str]) -> None:
    """Names what there is instead; exit 2."""
    assert look.json(*argv, code=2)["error"]["fix"]


def test_an_opt_out_holds_at_once(tell: Teller) -> None:
    """Today's files lose the person, the run's own queue does not bring them back, `why` names the event."""
    line = tell.today()[0]
    run_id = tell.json("status")["last_run"]["run_id"]
    added = tell.json("optout", "add", line["contact_point"])
    people = {row["person_id"] for row in tell.today()}
    assert line["person_id"] not in people
    assert added["queue_lines"] == len(people)
    assert line["person_id"] not in {row["person_id"] for row in tell.json("queue", "--run", run_id)}
    found = tell.json("why", line["contact_point"])
    assert found["verdict"] == "suppressed"
    assert [entry["kind"] for entry in found["suppressions"]] == ["optout"]
    assert tell.json("status")["queue"]["recalled"] == 1


def test_stop_said_to_a_rep_is_an_opt_out(tell: Teller) -> None:
    """`touch add --outcome asked_to_stop` takes them out as well, and spells the rep as the settings do."""
    line = tell.today()[0]
    recorded = tell.json(
        *("touch", "add", line["person_id"], "--outcome", "asked_to_stop", "--rep", line["owner"].upper())
    )["recorded"]
    assert [entry["kind"] for entry in recorded] == ["touch", "optout"]
    assert line["person_id"] not in {row["person_id"] for row in tell.today()}


def test_an_opt_out_by_person_id_asks_for_no_decision(
    tell: Teller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Ids are looked up among those published, whatever state the rules are in; one that is nobody's is refused."""
    (tell.folder / "rules/local/broken.toml").write_text("[[rule]]\nid = 'x'\n", encoding="utf-8")
    people = [line["person_id"] for line in tell.today()[:2]]
    nobody = people[0][::-1]
    lines = tmp_path / "lines.txt"
    lines.write_text("\n".join([people[0], f"p{nobody[1:]}", people[1]]), encoding="utf-8")
    with lines.open(encoding="utf-8") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert tell.text("optout", "add", "-", code=2).count("Recorded as event") == 2
    assert not set(people) & {row["person_id"] for row in tell.today()}
    assert tell.json("optout", "add", f"p{nobody[1:]}", code=2)["error"]["code"] == "unknown_person"


def test_outcomes_come_back_in_the_queue_file(tell: Teller, tmp_path: Path) -> None:
    """A rep's own file with its blank columns filled in is a file of contacts made."""
    file = tmp_path / "mine.csv"
    tell.text("queue", "-o", str(file))
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[0] |= {"outcome": "voicemail", "at": "2026-10-14T10:15"}
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert tell.json("touch", "import", str(file))["events"] == {"touch": 1}


def test_files_that_cannot_be_taken(tell: Teller, tmp_path: Path) -> None:
    """A list without contract waits in quarantine, exit 4; allowed with `--quarantine-ok`."""
    strange = tell.folder / "data/inbox/lists/unheard-of"
    for option, code in (([], 4), (["--quarantine-ok"], 0)):
        strange.mkdir(parents=True, exist_ok=True)
        (strange / "people.csv").write_text("Name,E-mail\nJane Roe,jane@kestrel.example\n", encoding="utf-8")
        found = tell.json("intake", *option, code=code)
        assert [(file["status"], file["code"]) for file in found["files"]] == [("quarantined", "no_source_contract")]
    zipped = tmp_path / "zipped.csv"
    zipped.write_bytes(b"PK\x03\x04" + bytes(40))
    assert tell.json("optout", "import", str(zipped), code=4)["quarantined"] == 1


def test_opt_outs_from_a_file(tell: Teller, tmp_path: Path) -> None:
    """Taken in at once; the file itself stays with its owner."""
    line = tell.today()[0]
    file = tmp_path / "no-more.csv"
    field = "email" if line["channel"] == "email" else "phone"
    file.write_text(f"{field}\n{line['contact_point']}\n", encoding="utf-8")
    assert tell.json("optout", "import", str(file))["events"] == {"optout": 1}
    assert file.is_file()
    assert line["person_id"] not in {row["person_id"] for row in tell.today()}


def test_rules_that_do_not_hold_stop_everything(tell: Teller) -> None:
    """A broken rule file: exit 1 before anything else, with file and line."""
    (tell.folder / "rules/local/broken.toml").write_text("[[rule]]\nid = 'x'\n", encoding="utf-8")
    (tell.folder / "data/inbox/optouts/later.csv").write_text("email\na@kestrel.example\n", encoding="utf-8")
    error = tell.json("run", code=1)["error"]
    assert error["code"] == "rule_files_invalid"
    assert "rules/local/broken.toml:1:" in error["message"]
    assert (tell.folder / "data/inbox/optouts/later.csv").is_file()


def test_briefs_from_worklist_to_check(look: Teller, tmp_path: Path) -> None:
    """Who needs one, a template with what is known, and what is still missing in it; the sample's: 30 of 40 pass."""
    wanted = look.json("brief", "wanted")
    assert wanted
    draft = tmp_path / "draft.md"
    draft.write_text(look.text("brief", "new", wanted[0]["contact_point"]), encoding="utf-8")
    findings = look.json("brief", "check", str(draft), code=1)["briefs"][0]["findings"]
    assert {"rule_id", "place", "message", "fix"} == set(findings[0])
    from flows.scaffold import sample_folder

    checked = look.json("brief", "check", str(sample_folder() / "data/inbox/briefs"), code=1)
    assert (len(checked["briefs"]), checked["failing"], checked["on_file"]) == (40, 10, False)


def test_briefs_on_file_are_checked_where_none_waits(look: Teller) -> None:
    """With an empty inbox `brief check` looks at those taken in, and says so."""
    checked = look.json("brief", "check", code=1)
    assert (len(checked["briefs"]), checked["failing"], checked["on_file"]) == (40, 10, True)
    assert "30 of 40 briefs pass." in look.text("brief", "check", code=1)


def test_rules_are_shown_and_hold(look: Teller) -> None:
    """Every case of every rule, the revision, one rule in full; a misspelt id names its neighbour."""
    assert look.json("policy", "test")["failing"] == []
    shown = look.json("policy", "show")
    assert shown["policy_revision"] == look.json("policy", "check")["policy_revision"]
    rule = look.json("policy", "show", "de.email.opt_in")
    assert rule in shown["rules"]
    assert rule["cites"]
    assert "de.email.opt_in" in look.json("policy", "show", "de.email.optin", code=2)["error"]["fix"]


def test_reading_a_file_needs_no_workspace(
    look: Teller, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`read` tells what would be made of it and writes one line a row."""
    from flows.scaffold import sample_folder

    monkeypatch.chdir(tmp_path)
    file = next((sample_folder() / "data/inbox/lists/summit-2026").glob("*.csv"))
    assert call(["read", str(file), "-o", "out.csv", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["rows"] == report["accepted"] + report["rejected"] == 600
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 600
    assert list(rows[0])[:6] == ["row_number", "full_name", "given_name", "family_name", "email", "phone"]
    assert look.json("read", str(file), "--source", "summit-2026")["rows"] == 600
    assert look.json("read", str(file), "--source", "../summit-2026", code=2)["error"]["code"] == "no_source_contract"


@pytest.mark.parametrize("spot", ["runs/{run}/decisions.parquet", "runs/{run}/quality/{any}", "archive/{any}"])
def test_audit_names_the_altered_spot(tell: Teller, spot: str) -> None:
    """One byte of a file that was published or kept."""
    assert tell.json("audit", "verify")["ok"]
    folder = (
        tell.folder / "data" / spot.split("{any}", maxsplit=1)[0].format(run=tell.json("status")["last_run"]["run_id"])
    )
    file = folder if folder.is_file() else next(path for path in sorted(folder.rglob("*")) if path.is_file())
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    faults = tell.json("audit", "verify", code=1)["faults"]
    assert len(faults) == 1
    named = file.relative_to(tell.folder).as_posix()
    assert faults[0]["place"] == (f"{named.partition('/quality/')[0]}/quality" if "/quality/" in named else named)
