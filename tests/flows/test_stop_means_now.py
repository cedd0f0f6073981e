"""Whichever way a stop comes in, the files of the queue in force have lost the person before the command ends."""

from __future__ import annotations

import atexit
import hashlib
import io
import shutil
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final

import pytest

from flows import pipeline
from flows.cli import call
from flows.clock import now
from flows.ledger.contacts import ContactLists, read_contact
from flows.ledger.events import OptOut, optout_event
from flows.ledger_access import open_ledger
from flows.locks import workspace_lock
from flows.workspace import SETTINGS_FILE, load
from policies.errors import HeldError, TactfulError
from tests.small_workspace import Line, brief_about, drop, drop_list, lines_of, make_workspace, publish, today

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.workspace import Workspace

ADA, PHONE, BEA = "ada@acme.example", "+13125550101", "bea@birch.example"
RECIPIENTS: Final = """
[[recipient]]
name = "portal"
format = "hubspot"

[[recipient]]
name = "sales-cloud"
format = "salesforce"
"""
CONSENT: Final = (
    "contact,channel,purpose,event_state,captured_at,method,statement,statement_version,evidence\n"
    f"{ADA},email,direct_marketing,ConsentWithdrawn,2026-10-13,web_form,No more please,v1,form 17\n"
)
LIST_THAT_SAYS_NO: Final = [Line(ADA, phone="312 555 0101", no_mail="yes", no_calls="yes"), Line("x@birch.example")]


@cache
def _template() -> Path:
    """A workspace whose queue of the day holds Ada and Bea, made once."""
    root = Path(tempfile.mkdtemp(prefix="tactful-tests-")) / "ws"
    atexit.register(shutil.rmtree, root.parent, ignore_errors=True)
    ws = make_workspace(root)
    file = root / SETTINGS_FILE
    file.write_text(file.read_text("utf-8") + RECIPIENTS, "utf-8")
    ws = load(root)
    drop_list(ws, "summit", [Line(ADA, phone=PHONE), Line(BEA, "Ruiz", given="Bea", company="Birch Inc")])
    drop(ws, "briefs/ada.md", brief_about(ADA))
    drop(ws, "briefs/bea.md", brief_about(BEA, "Bea Ruiz"))
    publish(ws)
    assert {line["contact_point"] for line in today(ws)} == {ADA, BEA}
    return root


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A copy of it."""
    shutil.copytree(_template(), tmp_path / "ws")
    return load(tmp_path / "ws")


def tactful(ws: Workspace, *words: str) -> int:
    """Answer one call of the command."""
    return call([*words, "--workspace", str(ws.root)])


def in_files(ws: Workspace, names: Callable[[str], bool] = lambda name: name != "recall.csv") -> set[str]:
    """Every contact point in the queue files."""
    files = [file for file in ws.queue.glob("*.csv") if names(file.name)]
    return {line["contact_point"] for file in files for line in lines_of(file)}


def recalled(ws: Workspace) -> dict[str, str]:
    """The reason for each contact point that is recalled."""
    return {line["contact_point"]: line["reason"] for line in lines_of(ws.queue / "recall.csv")}


def ada_is_out(ws: Workspace) -> bool:
    """Whether Ada is in no file, and the recall says so; Bea stays where she is."""
    assert BEA in in_files(ws)
    return ADA not in in_files(ws) and ADA in recalled(ws)


def to_tell(ws: Workspace, recipient: str = "portal") -> list[str]:
    """The addresses in what is to be carried to a system."""
    lines = lines_of(ws.propagate / f"{recipient}.csv")
    return [line.get("Email") or line.get("EMAIL") or line["PHONE"] for line in lines]


@pytest.mark.parametrize(
    "words",
    [
        ("optout", "add", ADA),
        pytest.param(("optout", "add", ADA, "--channel", "email"), marks=pytest.mark.long),
        pytest.param(("optout", "add", PHONE), marks=pytest.mark.long),
        ("optout", "add", "acme.example"),
        ("optout", "add", f"Ada Okafor <{ADA.upper()}>"),
        ("consent", "add", ADA, "--state", "ConsentWithdrawn", "--channel", "email"),
        ("touch", "add", ADA, "--outcome", "asked_to_stop"),
        ("touch", "add", PHONE, "--outcome", "complaint"),
        ("touch", "add", ADA, "--outcome", "deceased"),
    ],
    ids=lambda words: " ".join(words[2:]),
)
def test_said_to_a_command(ws: Workspace, words: tuple[str, ...]) -> None:
    """Opt-outs, complaints and being asked to stop, added by hand, go to every file at once."""
    assert tactful(ws, *words) == 0
    assert ada_is_out(ws)
    assert ADA in to_tell(ws)
    assert ADA in to_tell(ws, "sales-cloud")


def test_a_dead_address_leaves_and_is_told_to_nobody(ws: Workspace) -> None:
    """A bounce takes the line out; nobody said anything by it that another system would have to heed."""
    assert tactful(ws, "touch", "add", ADA, "--outcome", "bounced") == 0
    assert ada_is_out(ws)
    assert to_tell(ws) == []


def test_whoever_is_forgotten_leaves_at_once(ws: Workspace) -> None:
    """`forget`: out of every file; no other system is given what was to be erased."""
    assert tactful(ws, "forget", ADA, "--request", "R-2026-1", "--yes") == 0
    assert ada_is_out(ws)
    assert to_tell(ws) == []


@pytest.mark.parametrize("by", ["person id", "stdin"])
def test_named_in_another_way(ws: Workspace, by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the id of the person, or on standard input."""
    (person,) = [line["person_id"] for line in today(ws) if line["contact_point"] == ADA]
    if by == "stdin":
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(f"nobody@else.example\n{ADA}\n".encode())))
    assert tactful(ws, "optout", "add", person if by == "person id" else "-") == 0
    assert ada_is_out(ws)
    assert ADA in to_tell(ws)


FILES: Final = {
    "optouts": f"email\n{ADA}\n",
    "touches": f"contact,channel,at,outcome,rep\n{ADA},email,2026-10-14T06:00:00Z,asked_to_stop,maria\n",
    "consents": CONSENT,
}
OTHERS: Final = {
    "an objection": ("optouts", f"value,kind\n{ADA},objection\n"),
    "a complaint": ("optouts", f"value,kind\n{ADA},spam report\n"),
    "a number alone": ("optouts", f"phone\n{PHONE}\n"),
    "a domain": ("optouts", "domain\nacme.example\n"),
    "a digest": ("optouts", "md5\n" + "37ed4a2d1dcbd2cf5a5bd4bba6e5a7ec" + "\n"),
    "a refusal of consent": ("consents", CONSENT.replace("Withdrawn", "Refused")),
    "an unsubscribe link": ("optouts", f"email,method\n{ADA},one_click\n"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_imported(ws: Workspace, kind: str, tmp_path: Path) -> None:
    """`optout import`, `touch import` and `consent import`."""
    file = tmp_path / "said.csv"
    file.write_text(FILES[kind], "utf-8")
    assert tactful(ws, kind.removesuffix("s").removesuffix("e"), "import", str(file)) == 0
    assert ada_is_out(ws)
    assert ADA in to_tell(ws)


@pytest.mark.parametrize("what", [*FILES, *(pytest.param(what, marks=pytest.mark.long) for what in OTHERS)])
def test_a_file_dropped_and_taken_in(ws: Workspace, what: str) -> None:
    """Files in the inbox hold as soon as `intake` is over."""
    kind, text = OTHERS.get(what, (what, FILES.get(what, "")))
    if what == "a digest":
        text = f"md5\n{hashlib.md5(ADA.encode(), usedforsecurity=False).hexdigest()}\n"
    drop(ws, f"{kind}/said.csv", text)
    assert tactful(ws, "intake") == 0
    assert ada_is_out(ws)
    assert ADA in to_tell(ws)


def test_a_list_that_says_so(ws: Workspace) -> None:
    """The opt-out column of another list."""
    drop_list(ws, "guild", [*LIST_THAT_SAYS_NO, *(Line(f"n{at}@elm.example") for at in range(40))])
    assert tactful(ws, "intake") == 0
    assert ada_is_out(ws)


def test_a_list_that_waits_holds_whom_it_names_and_then_stops_them(ws: Workspace) -> None:
    """A list opting out too many waits: who is named leaves at once; confirmed, its opt-outs go to all systems."""
    drop_list(ws, "guild", LIST_THAT_SAYS_NO)
    assert tactful(ws, "intake") in (0, 4)
    assert ada_is_out(ws)
    with open_ledger(ws) as ledger:
        waiting = ledger.waiting_lists().get_column("file_sha256").to_list()
    for sha256 in waiting:
        assert tactful(ws, "intake", "confirm", sha256) == 0
    assert ada_is_out(ws)
    assert ADA in to_tell(ws)


def test_a_list_taken_out_takes_its_people_along(ws: Workspace) -> None:
    """`intake undo`."""
    (sha256,) = [file.stem for file in ws.archive.glob("*.csv")]
    assert tactful(ws, "intake", "undo", sha256) == 0
    assert in_files(ws) == set()
    assert set(recalled(ws)) == {ADA, BEA}


def test_a_run_that_is_held_still_heeds_its_inbox(ws: Workspace) -> None:
    """A late feed holds the run; what lay in the inbox holds all the same."""
    feeds = '[optout_feeds]\n[[optout_feeds.feed]]\nname = "crm"\nmax_age_hours = 1\n'
    file = ws.root / SETTINGS_FILE
    file.write_text(file.read_text("utf-8").replace("[optout_feeds]\nnone = true\n", feeds), "utf-8")
    held = load(ws.root)
    drop(held, "optouts/said.csv", FILES["optouts"])
    with pytest.raises(HeldError):
        publish(held)
    assert ada_is_out(held)
    assert ADA in to_tell(held)


class _Failed(TactfulError):
    """A disk that is full, say."""


@pytest.mark.usefixtures("polars_gate")
def test_a_run_heeds_its_inbox_before_it_decides(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """When deciding begins, which may take minutes, the files have lost the person already; failing changes nothing."""
    seen: list[bool] = []

    def fail(*_: object) -> None:
        seen.append(ada_is_out(ws))
        raise _Failed("disk_full", "The disk is full.", "Make room.")

    monkeypatch.setattr("flows.runs.daily_run.publish_run", fail)
    drop(ws, "optouts/said.csv", FILES["optouts"])
    with pytest.raises(_Failed):
        pipeline.run(ws)
    assert seen == [True]
    assert ada_is_out(ws)


@pytest.mark.parametrize("fails", [False, True])
def test_whoever_writes_to_the_ledger(ws: Workspace, *, fails: bool) -> None:
    """A caller of the library appends an event and refreshes nothing; failing afterwards makes no difference."""

    def append() -> None:
        with open_ledger(ws) as ledger:
            said = OptOut(received_at=now(ws.settings), contacts=[read_contact(ADA, ContactLists())])
            ledger.append([optout_event(ledger.keyring, said, ContactLists())])
            if fails:
                raise _Failed("failed", "It failed.", "Run again.")

    if fails:
        with pytest.raises(_Failed):
            append()
    else:
        append()
    assert ada_is_out(ws)
    assert ADA in to_tell(ws)


def test_no_stop_waits_for_another_command(ws: Workspace) -> None:
    """A run holds the workspace: an opt-out is recorded and heeded meanwhile."""
    with workspace_lock(ws):
        assert tactful(ws, "optout", "add", ADA) == 0
        assert ada_is_out(ws)


def test_the_chain_of_runs_tells_when_files_were_rewritten(ws: Workspace) -> None:
    """Each stop heeded is written down once; showing the queue or exporting it writes nothing of the kind."""
    with open_ledger(ws) as ledger:
        before = ledger.heeded().height
    assert tactful(ws, "optout", "add", ADA) == 0
    assert tactful(ws, "queue", "--format", "csv", "-o", str(ws.root / "q.csv")) == 0
    assert tactful(ws, "status") == 0
    with open_ledger(ws) as ledger:
        heeded, stops = ledger.heeded(), ledger.stops()
        assert ledger.verify() == []
    assert heeded.height == before + 1
    assert heeded.get_column("events_seq")[-1] >= stops.get_column("seq")[-1]


def test_another_day_changes_nothing_about_it(ws: Workspace) -> None:
    """After midnight the files are empty, and a stop recorded then is heeded by the queue that follows."""
    later = replace(ws, settings=ws.settings.model_copy(update={"clock": now(ws.settings).replace(day=15)}))
    with open_ledger(later) as ledger:
        said = OptOut(received_at=now(later.settings), contacts=[read_contact(ADA, ContactLists())])
        ledger.append([optout_event(ledger.keyring, said, ContactLists())])
    assert in_files(later) == set()
    assert ADA in to_tell(later)
    publish(later, now(later.settings))
    assert ADA not in in_files(later)
    assert recalled(later)[ADA] == "opted out"


def test_files_that_cannot_be_rewritten_are_told_beside_what_was_recorded(
    ws: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """The opt-out stands in the ledger; whoever reads the message knows that the files may name the person still."""
    file = ws.queue / "recall.csv"
    file.unlink()
    (file / "in the way").mkdir(parents=True)
    assert call(["optout", "add", ADA, "--workspace", str(ws.root)]) == 1
    told = " ".join(capsys.readouterr().err.split())
    with open_ledger(ws) as ledger:
        (row,) = ledger.optout_list().to_dicts()
    assert f"Recorded as event {row['seq']}." in told
    assert "may still name" in told
    assert "by hand" in told
    assert ADA not in told
