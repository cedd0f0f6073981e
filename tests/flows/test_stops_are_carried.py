"""What is carried to other systems: everything in force and nothing else, until it was carried; overdue is told."""

from __future__ import annotations

import atexit
import json
import shutil
import stat
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from flows.cli import call
from flows.ledger.contacts import ContactLists, read_contact
from flows.ledger.events import Consent, OptOut, consent_event, optout_event
from flows.ledger_access import open_ledger
from flows.propagation.carry import carry
from flows.propagation.files import ToCarry
from flows.status import read_status
from flows.workspace import SETTINGS_FILE, load
from policies.errors import UsageError
from tests.small_workspace import Line, at, drop, drop_list, lines_of, make_workspace, publish

if TYPE_CHECKING:
    from flows.workspace import Workspace

ADA, HOME, PHONE, BEA = "ada@acme.example", "ada@home.example", "+13125550101", "bea@birch.example"
NOW = datetime(2026, 10, 14, 6, 30, tzinfo=UTC)
RECIPIENTS: Final = """
[[recipient]]
name = "portal"
format = "hubspot"

[[recipient]]
name = "sales-cloud"
format = "salesforce"
within_hours = 24

[[recipient]]
name = "shop"
format = "csv"
"""
COLUMNS: Final = {
    "portal": ["Email"],
    "sales-cloud": ["EMAIL", "HASOPTEDOUTOFEMAIL", "DONOTCALL", "PHONE"],
    "shop": ["value", "channel"],
}


@cache
def _template() -> Path:
    """A workspace with three recipients; Ada stands on a list with two addresses and a number, Bea with one."""
    folder = Path(tempfile.mkdtemp(prefix="tactful-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    root = make_workspace(folder / "ws").root
    file = root / SETTINGS_FILE
    file.write_text(file.read_text("utf-8") + RECIPIENTS, "utf-8")
    ws = load(root)
    drop_list(ws, "summit", [Line(ADA, phone=PHONE), Line(BEA, "Ruiz", given="Bea", company="Birch Inc")])
    drop_list(ws, "guild", [Line(HOME, phone=PHONE)])
    publish(ws)
    return root


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A copy of it."""
    shutil.copytree(_template(), tmp_path / "ws")
    return load(tmp_path / "ws")


def stop(ws: Workspace, contact: str, **said: str) -> None:
    """Somebody says stop."""
    with open_ledger(ws) as ledger:
        contacts = [read_contact(contact, ContactLists())]
        event = OptOut(received_at=ws.settings.clock or NOW, contacts=contacts, **said)  # type: ignore[arg-type]
        ledger.append([optout_event(ledger.keyring, event, ContactLists())])


def waiting(ws: Workspace, name: str) -> list[dict[str, str]]:
    """What is to be carried to a recipient, without when."""
    lines = lines_of(ws.propagate / f"{name}.csv")
    return [{key: cell for key, cell in line.items() if key not in ("since", "overdue")} for line in lines]


def carried(ws: Workspace, name: str) -> str:
    """Carry everything to a recipient; the file as it was handed out."""
    found: list[bytes] = []
    form = {recipient.name: recipient.format for recipient in ws.settings.recipient}[name]
    carry(ws, form, name, found.append)
    return found[0].decode()


def test_whoever_said_stop_is_told_everywhere_with_all_they_can_be_reached_by(ws: Workspace) -> None:
    """Said under one address: their other address and their number go along, in each system's own columns."""
    stop(ws, ADA)
    assert waiting(ws, "portal") == [{"Email": ADA}, {"Email": HOME}]
    assert waiting(ws, "sales-cloud") == [
        {"EMAIL": ADA, "HASOPTEDOUTOFEMAIL": "true", "DONOTCALL": "true", "PHONE": ""},
        {"EMAIL": HOME, "HASOPTEDOUTOFEMAIL": "true", "DONOTCALL": "true", "PHONE": ""},
        {"EMAIL": "", "HASOPTEDOUTOFEMAIL": "true", "DONOTCALL": "true", "PHONE": PHONE},
    ]
    assert waiting(ws, "shop") == [{"value": value, "channel": "any"} for value in (ADA, HOME, PHONE)]


@pytest.mark.parametrize("name", COLUMNS)
def test_files_have_the_columns_of_the_system(ws: Workspace, name: str) -> None:
    """An export has exactly those it takes in; what waits has two of ours behind them. Both are closed to others."""
    stop(ws, ADA)
    file = ws.propagate / f"{name}.csv"
    assert file.read_text("utf-8").splitlines()[0].split(",") == [*COLUMNS[name], "since", "overdue"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    out = ws.root / "out.csv"
    assert call(["optout", "export", "--recipient", name, "-o", str(out), "--workspace", str(ws.root)]) == 0
    assert out.read_text("utf-8").splitlines()[0].split(",") == COLUMNS[name]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert waiting(ws, name) == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"channel": "phone"}, [("", "true", PHONE), (ADA, "true", ""), (HOME, "true", "")]),
        ({"scope": "address"}, [(ADA, "", "")]),
        ({"kind": "objection"}, [("", "true", PHONE), (ADA, "true", ""), (HOME, "true", "")]),
    ],
)
def test_no_more_than_was_said(ws: Workspace, said: dict[str, str], told: list[tuple[str, str, str]]) -> None:
    """No calls is no calls, an address alone is that address; a cell about anything else stays blank."""
    stop(ws, ADA, **said)
    found = [(line["EMAIL"], line["DONOTCALL"], line["PHONE"]) for line in waiting(ws, "sales-cloud")]
    assert sorted(found) == told
    flags = {line["HASOPTEDOUTOFEMAIL"] for line in waiting(ws, "sales-cloud")}
    assert flags == ({""} if said.get("channel") == "phone" else {"true"})


def test_people_on_no_list_are_told_as_well(ws: Workspace) -> None:
    """Whom nobody here knows, another system may know."""
    stop(ws, "Who@Else.example")
    stop(ws, "+442079460123")
    assert waiting(ws, "portal") == [{"Email": "who@else.example"}]
    assert {line["PHONE"] for line in waiting(ws, "sales-cloud")} == {"", "+442079460123"}


def test_a_domain_stops_whom_we_know_there(ws: Workspace) -> None:
    """Systems take addresses: those the lists have at the domain."""
    stop(ws, "acme.example")
    assert ADA in {line["Email"] for line in waiting(ws, "portal")}


def test_a_later_consent_for_the_very_same_address_lifts_it_there(ws: Workspace) -> None:
    """What no longer is in force is not carried; the other contact points stay."""
    stop(ws, ADA)
    with open_ledger(ws) as ledger:
        given = Consent(
            contact=read_contact(ADA, ContactLists()),
            channel="email",
            purpose="direct_marketing",
            state="ConsentGiven",
            captured_at=NOW + timedelta(minutes=1),
            method="web_form",
        )
        ledger.append([consent_event(ledger.keyring, given)])
    later = at(ws, NOW + timedelta(minutes=5))
    with open_ledger(later) as ledger:
        ToCarry(later, ledger)
        stops = ToCarry(later, ledger).everything
    assert {"email"} & set(stops.filter(stops["contact"] == ADA)["stops"]) == set()
    assert "email" in set(stops.filter(stops["contact"] == HOME)["stops"])


def test_bounces_and_doubts_stay_here(ws: Workspace) -> None:
    """Nobody said anything by them."""
    stop(ws, ADA, kind="bounce")
    drop(ws, "touches/t.csv", f"contact,channel,at,outcome,rep\n{BEA},email,2026-10-14T06:00:00Z,hm hm,maria\n")
    publish(ws)
    assert waiting(ws, "portal") == []


def test_what_was_carried_does_not_wait_and_what_is_new_does(ws: Workspace) -> None:
    """After an export the file is empty; a new stop, and one said anew, wait again."""
    stop(ws, ADA)
    assert carried(ws, "portal").splitlines() == ["Email", ADA, HOME]
    assert waiting(ws, "portal") == []
    assert len(waiting(ws, "sales-cloud")) == 3
    stop(ws, BEA)
    assert waiting(ws, "portal") == [{"Email": BEA}]
    stop(at(ws, NOW + timedelta(hours=1)), ADA)
    assert {line["Email"] for line in waiting(ws, "portal")} == {ADA, BEA, HOME}


def test_somebody_s_new_address_waits_though_their_word_was_carried(ws: Workspace) -> None:
    """A later list brings another address of a person who said stop long ago."""
    stop(ws, ADA)
    carried(ws, "portal")
    drop_list(ws, "guild", [Line("ada@new.example", phone=PHONE)], "more.csv")
    publish(at(ws, NOW + timedelta(hours=1)), NOW + timedelta(hours=1))
    assert waiting(ws, "portal") == [{"Email": "ada@new.example"}]


def test_without_its_record_nothing_counts_as_carried(ws: Workspace) -> None:
    """A record that is gone or damaged vouches for nothing."""
    stop(ws, ADA)
    carried(ws, "portal")
    (record,) = ws.store_carried.iterdir()
    record.write_bytes(record.read_bytes()[:-4] + b"PAR2")
    stop(ws, BEA)
    assert {line["Email"] for line in waiting(ws, "portal")} == {ADA, HOME, BEA}


def test_what_was_not_written_was_not_carried(ws: Workspace) -> None:
    """A file that could not be written counts for nothing."""
    stop(ws, ADA)
    nowhere = ws.root / "tactful.toml" / "out.csv"
    code = call(["optout", "export", "--recipient", "portal", "-o", str(nowhere), "--workspace", str(ws.root)])
    assert code == 1
    assert len(waiting(ws, "portal")) == 2


def test_an_export_to_nobody_named_is_carried_to_nobody(ws: Workspace) -> None:
    """A look at the file changes nothing."""
    stop(ws, ADA)
    assert call(["optout", "export", "--format", "hubspot", "--workspace", str(ws.root)]) == 0
    assert len(waiting(ws, "portal")) == 2


def test_overdue_is_told(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Past the recipient's own hours, or those of the rules, in the file, in the status and in the report."""
    stop(ws, ADA)
    later = at(ws, NOW + timedelta(hours=30))
    publish(later, later.settings.clock)
    assert {line["overdue"] for line in lines_of(ws.propagate / "portal.csv")} == {"no"}
    assert {line["overdue"] for line in lines_of(ws.propagate / "sales-cloud.csv")} == {"yes"}
    found = {one.name: one for one in read_status(later).recipients}
    assert [(one.waiting, one.overdue, one.oldest_hours) for one in found.values()] == [
        (2, 0, 30.0),
        (3, 3, 30.0),
        (3, 0, 30.0),
    ]
    assert [one.within_hours for one in found.values()] == [48, 24, 48]
    run = read_status(later).last_run
    assert run is not None
    report = json.loads((ws.run_folder(run.run_id) / "report.json").read_bytes())
    assert [(one["name"], one["overdue"]) for one in report["recipients"]] == [
        ("portal", 0),
        ("sales-cloud", 3),
        ("shop", 0),
    ]
    assert ADA not in json.dumps(report)
    assert call(["status", "--workspace", str(ws.root)]) == 0
    said = capsys.readouterr().out
    assert "sales-cloud" in said
    assert ADA not in said


def test_what_only_tokens_are_known_of_is_counted(ws: Workspace) -> None:
    """A digest of somebody on no list cannot be carried; that is told in a number."""
    stop(ws, "37ed4a2d1dcbd2cf5a5bd4bba6e5a7ec")
    made = carry(ws, "hubspot", "portal", lambda _: None)
    assert (made.lines, sum(made.left_out.values())) == (0, 1)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--recipient", "nobody"], "unknown_recipient"),
        (["--recipient", "portal", "--format", "salesforce"], "recipient_format"),
        (["--recipient", "portal", "--hash", "md5"], "hash_for_file"),
        (["--recipient", "portal", "--json"], "no_file"),
    ],
)
def test_wrong_usage_says_what_to_do(
    ws: Workspace, words: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2, a code, and the names there are."""
    given = [*words, "--json"] if "--json" not in words else words
    if code == "no_file" or "-o" not in given:
        given = given if code == "no_file" else [*given, "-o", str(ws.root / "x.csv")]
    assert call(["optout", "export", *given, "--workspace", str(ws.root)]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code


def test_cells_run_nowhere(ws: Workspace) -> None:
    """An address that begins like a formula is neutralised."""
    stop(ws, "=cmd@else.example")
    assert [line["Email"][:1] for line in waiting(ws, "portal")] in (["'"], [])


def test_a_recipient_named_no_more_leaves_no_file_behind(ws: Workspace) -> None:
    """Nobody would write it anew, and somebody might use it; a file of somebody's own stays."""
    stop(ws, ADA)
    (ws.propagate / "notes.csv").write_text("mine\n", "utf-8")
    file = ws.root / SETTINGS_FILE
    file.write_text(file.read_text("utf-8").replace(RECIPIENTS, ""), "utf-8")
    stop(load(ws.root), BEA)
    assert [left.name for left in ws.propagate.glob("*.csv")] == ["notes.csv"]


def test_an_interrupted_rewrite_is_completed_by_whatever_command_comes_next(ws: Workspace) -> None:
    """Killed after the queue and before the files of the recipients; and before there was any queue."""
    stop(ws, ADA)
    (ws.propagate / ".head").write_text("1\n", "utf-8")
    (ws.propagate / "portal.csv").unlink()
    assert call(["status", "--workspace", str(ws.root)]) == 0
    assert waiting(ws, "portal") == [{"Email": ADA}, {"Email": HOME}]


def test_what_is_said_before_the_first_run_is_told(tmp_path: Path) -> None:
    """No list, no run, no queue: the other systems contact people all the same."""
    root = make_workspace(tmp_path / "ws").root
    file = root / SETTINGS_FILE
    file.write_text(file.read_text("utf-8") + RECIPIENTS, "utf-8")
    stop(load(root), ADA)
    assert waiting(load(root), "portal") == [{"Email": ADA}]


def test_recipients_differ_by_name() -> None:
    """Two of one name would share a file."""
    from flows.settings import parse_settings
    from policies.errors import RuleFileError
    from tests.flows.workspaces import SETTINGS

    with pytest.raises(RuleFileError, match="two recipients"):
        parse_settings(SETTINGS + '[[recipient]]\nname = "a"\nformat = "csv"\n' * 2, "tactful.toml")


def test_a_workspace_without_recipients_writes_no_file(tmp_path: Path) -> None:
    """Nothing is looked up, and no folder made."""
    ws = make_workspace(tmp_path / "none")
    stop(ws, ADA)
    assert not ws.propagate.exists()
    with pytest.raises(UsageError, match="No recipient"):
        carry(ws, "hubspot", "portal", lambda _: None)
