"""A list that would newly opt out many people waits to be confirmed, and holds everybody it names meanwhile."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from flows.asking.questions import why
from flows.cli import call
from flows.ledger_access import open_ledger
from flows.pipeline import confirm_file, intake, undo_file
from flows.queue.suppression_now import stopped_points
from flows.status import read_status
from flows.store import active_lists
from flows.verification import verify_workspace
from flows.workspace import load
from policies.errors import RefusedFile, UsageError
from tests.small_workspace import Line, brief_about, drop, drop_list, make_workspace, publish, today

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.filing.model import FileOutcome
    from flows.workspace import Workspace

ADA = "ada@acme.example"


def people(count: int, *, no: int = 0, first: int = 0, unknown: int = 0) -> list[Line]:
    """So many people, of whom the first say no, and the next something nobody understands."""
    words = ["yes"] * no + ["perhaps"] * unknown + [""] * (count - no - unknown)
    return [
        Line(f"p{first + number}@firm{number}.example", f"Name{first + number}", company=f"Firm {number}", no_mail=word)
        for number, word in enumerate(words)
    ]


def dropped(ws: Workspace, source: str, lines: Sequence[Line], name: str = "people.csv") -> FileOutcome:
    """Drop a list and take in the inbox: what became of it."""
    drop_list(ws, source, lines, name)
    (file,) = intake(ws).files
    return file


def held(ws: Workspace) -> set[str]:
    """The contact points of records on lists that are in doubt."""
    with open_ledger(ws) as ledger:
        found = stopped_points(ws, ledger)
    return set(found.filter(found["reason"].is_in(["word_in_doubt", "list_waiting"])).get_column("contact"))


def said_no(ws: Workspace) -> int:
    """How many opt-outs stand in the ledger."""
    with open_ledger(ws) as ledger:
        return ledger.counts().get("optout", 0)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace that knows a hundred people, to be copied."""
    made = make_workspace(tmp_path_factory.mktemp("known") / "ws")
    assert dropped(made, "summit", people(100)).status == "accepted"
    return made


@pytest.fixture
def ws(tmp_path: Path, known: Workspace) -> Workspace:
    """A workspace that knows a hundred people."""
    return load(shutil.copytree(known.root, tmp_path / "ws"))


@pytest.mark.parametrize(
    ("no", "rows", "waits"),
    [
        (5, 100, False),  # five of a hundred are five per cent, not more
        (6, 100, True),
        (6, 6, True),
    ],
)
def test_more_than_five_per_cent_waits(ws: Workspace, no: int, rows: int, waits: bool) -> None:  # noqa: FBT001 - a case table
    """What counts is the share of the people known, however long the list is."""
    file = dropped(ws, "guild", people(rows, no=no))
    assert (file.status, file.code) == (("quarantined", "too_many_opt_outs") if waits else ("accepted", None))
    assert said_no(ws) == (0 if waits else no)


def test_fewer_than_three_people_never_wait(tmp_path: Path) -> None:
    """Two of ten are many, and a person looks at two by themselves."""
    ws = make_workspace(tmp_path / "ws")
    dropped(ws, "summit", people(10))
    assert dropped(ws, "guild", people(10, no=2)).status == "accepted"


def test_people_nobody_knew_and_people_out_already_do_not_count(ws: Workspace) -> None:
    """A list of strangers who all said no changes nothing for the people known; nor does saying it once more."""
    assert dropped(ws, "guild", people(50, no=50, first=1000)).status == "accepted"
    dropped(ws, "guild", people(5, no=5), "some.csv")
    assert dropped(ws, "guild", people(9, no=9), "again.csv").status == "accepted"


def test_people_are_found_under_any_contact_point(ws: Workspace) -> None:
    """Another spelling of the address, its number, or one cell with several addresses."""
    dropped(ws, "summit", [Line(phone=f"+1 312 555 010{n}", family=f"Tel{n}") for n in range(4)], "phones.csv")
    lines = [Line(f"x{n}@new.example", f"Tel{n}", phone=f"(312) 555-010{n}", no_calls="yes") for n in range(4)]
    lines += [Line(f"p{n}+news@FIRM{n}.example", "Else", no_mail="yes") for n in range(3)]
    assert dropped(ws, "guild", lines).code == "too_many_opt_outs"


def test_until_it_is_confirmed_everybody_it_names_is_held(ws: Workspace) -> None:
    """Not only those who said no in it; nobody is opted out, and nobody else is held."""
    drop_list(ws, "summit", [Line(ADA)], "ada.csv")
    drop(ws, "briefs/ada.md", brief_about(ADA))
    publish(ws)
    assert [line["contact_point"] for line in today(ws)] == [ADA]
    lines = [*people(20, no=10), Line(ADA), Line("no address; p50@firm50.example", "Broken")]
    assert dropped(ws, "guild", lines).code == "too_many_opt_outs"
    assert today(ws) == []
    named = {line.email for line in people(20)} | {ADA, "p50@firm50.example"}
    assert held(ws) == named
    assert said_no(ws) == 0
    assert [meta.source for meta in active_lists(ws)] == ["summit", "summit"]


def test_why_it_waits_names_nobody_and_says_what_to_do(ws: Workspace) -> None:
    """Counts, the first digits of the file, and both ways out of it."""
    drop_list(ws, "guild", people(20, no=10))
    (file,) = intake(ws).files
    why = json.loads((ws.quarantine / "people.csv.why.json").read_text(encoding="utf-8"))
    assert why["code"] == "too_many_opt_outs"
    assert why["details"]["people_known"] == 100
    assert why["details"]["newly_opted_out"] == 10
    assert file.sha256 is not None
    assert why["details"]["sha256"] == file.sha256[:12]
    assert f"tactful intake confirm {file.sha256[:12]}" in why["fix"]
    assert "@" not in json.dumps(why)
    (waits,) = read_status(ws).to_confirm
    assert (waits.sha256, waits.source, waits.newly_opted_out) == (file.sha256, "guild", 10)


def test_confirmed_it_comes_in_and_holds_nobody_any_more(ws: Workspace) -> None:
    """Its opt-outs count, its unclear words still hold whom they are about, and it is a list like any other."""
    sha256 = dropped(ws, "guild", people(20, no=10, unknown=2)).sha256
    assert sha256 is not None
    outcome = confirm_file(ws, sha256[:8])
    assert (outcome.status, outcome.rows) == ("accepted", 20)
    assert said_no(ws) == 10
    assert held(ws) == {"p10@firm10.example", "p11@firm11.example"}
    assert sha256 in {meta.sha256 for meta in active_lists(ws)}
    assert list(ws.quarantine.glob("people.csv")) == []
    assert read_status(ws).to_confirm == ()
    assert verify_workspace(ws).faults == ()
    assert dropped(ws, "guild", people(20, no=10, unknown=2)).status == "already_there"


def test_dropped_again_it_waits_on(ws: Workspace) -> None:
    """The very same file is recognised: no second copy, no doubt more; a dry run says the same."""
    dropped(ws, "guild", people(20, no=10))
    with open_ledger(ws) as ledger:
        head = ledger.head()
    drop_list(ws, "guild", people(20, no=10), "other name.csv")
    assert [file.code for file in intake(ws, dry_run=True).files] == ["too_many_opt_outs"]
    assert [file.code for file in intake(ws).files] == ["too_many_opt_outs"]
    assert sorted(path.name for path in ws.quarantine.iterdir()) == ["people.csv", "people.csv.why.json"]
    assert [path for path in ws.inbox.rglob("*") if path.is_file()] == []
    with open_ledger(ws) as ledger:
        assert ledger.head() == head


def test_a_dry_run_says_that_it_would_wait(ws: Workspace) -> None:
    """And changes nothing."""
    drop_list(ws, "guild", people(20, no=10))
    with open_ledger(ws) as ledger:
        head = ledger.head()
    (file,) = intake(ws, dry_run=True).files
    assert (file.status, file.code) == ("would_be_quarantined", "too_many_opt_outs")
    with open_ledger(ws) as ledger:
        assert ledger.head() == head


def test_dismissed_it_holds_nobody(ws: Workspace) -> None:
    """With a reason; the file stays in quarantine and waits no longer. Dropped once more, it waits once more."""
    sha256 = dropped(ws, "guild", people(20, no=10)).sha256
    assert sha256 is not None
    with pytest.raises(UsageError) as caught:
        undo_file(ws, sha256)
    assert caught.value.code == "reason_missing"
    assert undo_file(ws, sha256, "the wrong column was exported").kind == "waiting"
    assert (held(ws), said_no(ws)) == (set(), 0)
    assert (ws.quarantine / "people.csv").is_file()
    assert json.loads((ws.quarantine / "people.csv.why.json").read_text())["code"] == "dismissed"
    assert read_status(ws).to_confirm == ()
    with pytest.raises(UsageError) as unknown:
        confirm_file(ws, sha256)
    assert unknown.value.code == "nothing_waits"
    assert dropped(ws, "guild", people(20, no=10)).code == "too_many_opt_outs"
    assert held(ws) == {line.email for line in people(20)}


@pytest.mark.parametrize("gone", ["people.csv*", "people.csv", "*.why.json"])
def test_its_file_removed_from_quarantine_it_waits_on(
    ws: Workspace, capsys: pytest.CaptureFixture[str], gone: str
) -> None:
    """Nobody is held for good by a file that somebody cleared away: it is shown, and can be dismissed."""
    sha256 = str(dropped(ws, "guild", people(20, no=10)).sha256)
    for path in ws.quarantine.glob(gone):
        path.unlink()
    (waits,) = read_status(ws).to_confirm
    assert (waits.sha256, waits.source, waits.in_quarantine) == (sha256, "guild", False)
    where = ["--workspace", str(ws.root)]
    assert call(["status", *where]) == 0
    assert "missing" in capsys.readouterr().out
    with pytest.raises(UsageError) as caught:
        confirm_file(ws, sha256)
    assert caught.value.code == "waiting_file_gone"
    assert "intake undo" in caught.value.fix
    assert len(held(ws)) == 20
    assert call(["intake", "undo", sha256[:8], "--reason", "cleared away", *where]) == 0
    assert held(ws) == set()
    assert read_status(ws).to_confirm == ()


def test_its_file_removed_and_dropped_again_it_can_be_confirmed(ws: Workspace) -> None:
    """Even where it would no longer be too many: what waits is decided by somebody."""
    sha256 = str(dropped(ws, "guild", people(20, no=10)).sha256)
    for path in ws.quarantine.iterdir():
        path.unlink()
    drop(ws, "optouts/o.csv", "value\n" + "\n".join(line.email for line in people(10)) + "\n")
    intake(ws)
    assert dropped(ws, "guild", people(20, no=10)).code == "too_many_opt_outs"
    assert confirm_file(ws, sha256).status == "accepted"
    assert held(ws) == set()


@pytest.mark.parametrize("step", ["flows.filing.lists.quarantine", "flows.filing.lists._refuse"])
def test_interrupted_before_it_lay_in_quarantine_it_waits(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whom it names is held already; the next intake puts it where it can be confirmed, or it is dismissed."""

    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    file = drop_list(ws, "guild", people(20, no=10))
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    with monkeypatch.context() as patched:
        patched.setattr(step, fail)
        with pytest.raises(KeyboardInterrupt):
            intake(ws)
    assert len(held(ws)) == 20
    assert [waits.in_quarantine for waits in read_status(ws).to_confirm] == [False]
    assert [found.code for found in intake(ws).files] == ["too_many_opt_outs"]
    assert confirm_file(ws, sha256).status == "accepted"
    assert held(ws) == set()


def test_why_says_that_a_list_waits(ws: Workspace) -> None:
    """Not that a column says something unclear; and another word about them does not free them."""
    dropped(ws, "guild", people(20, no=10))
    contact = "p15@firm15.example"
    drop(ws, "touches/t.csv", f"contact,channel,at,outcome,rep\n{contact},email,2026-10-13,replied,maria\n")
    intake(ws)
    (found,) = why(ws, [contact])
    reasons = {reason["rule_id"]: reason for reason in found["channels"]["email"]["reasons"]}
    assert "core.permission.flag_unknown" not in reasons
    said = reasons["core.permission.list_waiting"]
    assert "intake confirm" in said["fix"]
    assert "intake undo" in said["fix"]


def test_without_its_contract_it_waits_on(ws: Workspace) -> None:
    """A template lies beside it; confirmed before that, it is refused and waits as before."""
    sha256 = dropped(ws, "unagreed", people(20, no=10)).sha256
    assert sha256 is not None
    assert (ws.quarantine / "people.csv.contract.toml").is_file()
    with pytest.raises(RefusedFile) as caught:
        confirm_file(ws, sha256)
    assert caught.value.code == "no_source_contract"
    assert said_no(ws) == 0
    assert len(read_status(ws).to_confirm) == 1
    contract = (ws.sources / "guild.toml").read_text(encoding="utf-8").replace('id = "guild"', 'id = "unagreed"')
    (ws.sources / "unagreed.toml").write_text(contract, encoding="utf-8")
    assert confirm_file(ws, sha256).status == "accepted"
    assert said_no(ws) == 10


def test_a_list_whose_columns_are_unclear_waits_as_well(ws: Workspace) -> None:
    """What is guessed opts nobody out: whoever says no is held, until the columns are stated and it is confirmed."""
    rows = [f"Name{n},p{n}@firm{n}.example,{'yes' if n < 10 else ''}" for n in range(20)]
    drop(ws, "lists/guild/odd.csv", "\n".join(["Who,Where,Unsubscribed", *rows]) + "\n")
    contract = ws.sources / "guild.toml"
    stated = contract.read_text(encoding="utf-8")
    contract.write_text(stated.split("[columns]")[0], encoding="utf-8")
    (file,) = intake(ws).files
    assert file.code == "too_many_opt_outs"
    assert (said_no(ws), len(held(ws))) == (0, 10)
    sha256 = str(file.sha256)
    with pytest.raises(RefusedFile) as caught:
        confirm_file(ws, sha256)
    assert caught.value.code == "mapping_unclear"
    columns = '[columns]\nfull_name = "Who"\nemail = "Where"\nemail_opt_out = "Unsubscribed"\n'
    contract.write_text(stated.split("[columns]")[0] + columns, encoding="utf-8")
    assert confirm_file(ws, sha256).status == "accepted"
    assert (said_no(ws), held(ws)) == (10, set())


def test_a_list_that_may_not_be_kept_leaves_its_opt_outs_at_once(ws: Workspace) -> None:
    """Of people on it nothing is held for later: those who said no are out, and that is all."""
    contract = ws.sources / "guild.toml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text.replace('membership_reveals = "none"', 'membership_reveals = "health"'), encoding="utf-8")
    assert dropped(ws, "guild", people(20, no=10)).code == "membership_reveals"
    assert (said_no(ws), held(ws)) == (10, set())


def test_the_list_is_read_anew_when_it_is_confirmed(ws: Workspace) -> None:
    """A column that the contract no longer reads as an opt-out opts nobody out."""
    sha256 = dropped(ws, "guild", people(20, no=10)).sha256
    assert sha256 is not None
    contract = ws.sources / "guild.toml"
    words = contract.read_text(encoding="utf-8") + '\n[lookups]\nemail_opt_out = { "yes" = "no" }\n'
    contract.write_text(words, encoding="utf-8")
    assert confirm_file(ws, sha256).status == "accepted"
    assert (said_no(ws), held(ws)) == (0, set())


def test_taken_out_after_it_was_confirmed_its_opt_outs_stay(ws: Workspace) -> None:
    """And dropped again it comes in: whoever it opts out is out already."""
    sha256 = dropped(ws, "guild", people(20, no=10)).sha256
    assert sha256 is not None
    confirm_file(ws, sha256)
    undo_file(ws, sha256)
    assert said_no(ws) == 10
    assert dropped(ws, "guild", people(20, no=10)).status == "accepted"
    assert said_no(ws) == 10


def test_files_of_opt_outs_never_wait(ws: Workspace) -> None:
    """What is dropped as an opt-out counts at once, however many it is."""
    drop(ws, "optouts/o.csv", "value\n" + "\n".join(line.email for line in people(50)) + "\n")
    (file,) = intake(ws).files
    assert file.status == "accepted"
    assert said_no(ws) == 50


def test_a_rule_of_the_workspace_may_only_make_it_stricter(ws: Workspace) -> None:
    """One per cent instead of five; not ten."""
    local = ws.rules / "local"
    local.mkdir(exist_ok=True)
    (local / "intake.toml").write_text("[lists.too_many_opt_outs]\npercent = 1\npeople = 2\n", encoding="utf-8")
    assert dropped(ws, "guild", people(20, no=2)).code == "too_many_opt_outs"


def test_the_command_confirms(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 4 where it waits, 0 where it came in, 2 where nothing of that name waits."""
    file = drop_list(ws, "guild", people(20, no=10))
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    where = ["--workspace", str(ws.root)]
    assert call(["intake", *where]) == 4
    assert "intake confirm" in capsys.readouterr().out
    assert call(["status", *where]) == 0
    assert sha256[:12] in capsys.readouterr().out
    assert call(["intake", "confirm", sha256[:12], *where]) == 0
    assert "20 rows, 20 accepted" in " ".join(capsys.readouterr().out.split())
    assert call(["intake", "confirm", sha256, "--json", *where]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "nothing_waits"
    assert call([*where, "intake", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == []
    assert call(["intake", "--dry-run", "undo", sha256, *where]) == 2
