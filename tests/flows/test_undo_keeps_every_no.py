"""Taking a file out again: its people leave at once, and what says stop stays and is written down."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from flows.asking.questions import why
from flows.cli import call
from flows.filing import file_inbox
from flows.filing.spread import spread_events
from flows.ledger.taken_back import undo_event
from flows.ledger_access import open_ledger
from flows.locks import workspace_lock
from flows.pipeline import undo_file
from flows.queue.suppression_now import stopped_points
from flows.store import active_lists, sweep, withdraw_list
from flows.verification import verify_workspace
from policies.errors import UsageError
from tests.effort import each
from tests.histories import rules
from tests.small_workspace import Line, brief_about, drop, drop_list, lines_of, make_workspace, publish, today

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.workspace import Workspace

ADA, OTHER, NEW, PHONE = "ada@acme.example", "ada@home.example", "ada@new.example", "+1 312 555 0101"
BEA = Line("bea@bolt.example", "Ruiz", given="Bea", company="Bolt Inc")
NOW = datetime(2026, 10, 14, 6, 30, tzinfo=UTC)
CONSENT = (
    "contact,channel,purpose,event_state,captured_at,method,statement,statement_version,evidence\n"
    "{contact},email,direct_marketing,{state},2026-10-0{day},web_form,Yes please,v1,form 17\n"
)


def intake(ws: Workspace) -> dict[str, str]:
    """File the inbox; what became of each file, by name."""
    with open_ledger(ws) as ledger, workspace_lock(ws):
        sweep(ws)
        found = file_inbox(ws, ledger, rules(), dry_run=False, step=lambda _: None)
    return {file.name: file.status for file in found.files}


def listed(ws: Workspace, source: str, lines: Sequence[Line], name: str = "people.csv") -> str:
    """Take in a list; its SHA-256."""
    sha256 = hashlib.sha256(drop_list(ws, source, lines, name).read_bytes()).hexdigest()
    assert intake(ws)[name] == "accepted"
    return sha256


def stopped(ws: Workspace) -> set[tuple[str, str]]:
    """Every contact point that something stops, and what it is."""
    with open_ledger(ws) as ledger:
        found = stopped_points(ws, ledger)
    return set(found.select("contact", "reason").iter_rows())


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace without anybody."""
    return make_workspace(tmp_path / "ws")


def test_a_list_leaves_with_its_people_and_its_original_stays(ws: Workspace) -> None:
    """Records and rejects go, the archive stays, the ledger says so, and nothing is amiss afterwards."""
    kept = listed(ws, "guild", [BEA])
    gone = listed(ws, "summit", [Line(ADA), Line("no address", "Nobody")])
    assert list(ws.rejects.iterdir())
    done = undo_file(ws, gone[:8].upper())
    assert (done.kind, done.source, done.rows, done.spread) == ("lists", "summit", 2, 0)
    assert [meta.sha256 for meta in active_lists(ws)] == [kept]
    assert list(ws.rejects.iterdir()) == []
    assert (ws.archive / f"{gone}.csv").is_file()
    assert verify_workspace(ws).faults == ()
    with open_ledger(ws) as ledger:
        assert set(ledger.files_marked("undo")) == {gone}


def test_its_people_leave_the_queue_in_force_at_once(ws: Workspace) -> None:
    """Also whoever is on another list as well: the line in the queue may rest on the one that went."""
    gone = listed(ws, "summit", [Line(ADA)])
    listed(ws, "guild", [BEA])
    drop(ws, "briefs/ada.md", brief_about(ADA))
    drop(ws, "briefs/bea.md", brief_about("bea@bolt.example", "Bea Ruiz"))
    published = publish(ws)
    assert sorted(line["contact_point"] for line in today(ws)) == [ADA, "bea@bolt.example"]
    person = next(line["person_id"] for line in today(ws) if line["contact_point"] == ADA)
    undo_file(ws, gone)
    assert [line["contact_point"] for line in today(ws)] == ["bea@bolt.example"]
    (recalled,) = lines_of(ws.queue / "recall.csv")
    assert (recalled["contact_point"], recalled["reason"]) == (ADA, "the list they came from was taken out")
    assert verify_workspace(ws).faults == ()
    (lost,) = why(ws, [ADA], run_id=published.run_id)
    assert lost["error"]["code"] == "list_taken_out"
    (found,) = why(ws, [person], run_id=published.run_id)
    assert found["verdict"] == "queued"


def test_the_same_list_again_comes_in_anew(ws: Workspace) -> None:
    """And can be taken out again."""
    gone = listed(ws, "summit", [Line(ADA, no_mail="perhaps")])
    assert (ADA, "word_in_doubt") in stopped(ws)
    for _ in range(2):
        undo_file(ws, gone)
        assert active_lists(ws) == []
        assert listed(ws, "summit", [Line(ADA, no_mail="perhaps")]) == gone
        assert (ADA, "word_in_doubt") in stopped(ws)
    assert verify_workspace(ws).faults == ()


def test_opt_outs_of_a_list_stay_and_its_doubts_go(ws: Workspace) -> None:
    """What somebody said is theirs, not the list's; a word nobody understood was never said."""
    gone = listed(ws, "summit", [Line(ADA, no_mail="yes"), Line("cy@dyn.example", "Cyr", no_mail="perhaps")])
    listed(ws, "guild", [Line(ADA), Line("cy@dyn.example", "Cyr")])
    before = stopped(ws)
    assert ("cy@dyn.example", "word_in_doubt") in before
    undo_file(ws, gone)
    assert stopped(ws) == before - {("cy@dyn.example", "word_in_doubt")}
    with pytest.raises(UsageError) as caught:
        undo_file(ws, gone)
    assert caught.value.code == "already_undone"


@pytest.mark.parametrize(
    ("said", "bridge", "others"),
    each(
        [
            # the list itself ties two addresses of other lists together
            (f"value\n{ADA}\n", [Line(ADA, phone=PHONE)], [Line(OTHER, phone=PHONE)]),
            # somebody's address stands on the list alone, and its number on another
            (f"value\n{ADA}\n", [Line(ADA, phone=PHONE)], [Line(NEW, phone=PHONE), Line(OTHER, phone=PHONE)]),
            # an opt-out of one channel stays one of that channel
            (f"value,channel\n{ADA},phone\n", [Line(ADA, phone=PHONE)], [Line(OTHER, phone=PHONE)]),
            (f"value,kind\n{ADA},objection\n", [Line(ADA, phone=PHONE)], [Line(OTHER, phone=PHONE)]),
            (f"value,kind\n{ADA},complaint\n", [Line(ADA, phone=PHONE)], [Line(OTHER, phone=PHONE)]),
        ],
        2,
    ),
)
def test_whom_an_opt_out_reached_by_way_of_the_list_stays_out(
    ws: Workspace, said: str, bridge: list[Line], others: list[Line]
) -> None:
    """The spread is written down before the link goes; whoever comes in later under those contact points is stopped."""
    listed(ws, "guild", others)
    gone = listed(ws, "summit", bridge)
    drop(ws, "optouts/o.csv", said)
    intake(ws)
    before = {point for point, _ in stopped(ws)}
    assert {line.email for line in others} <= before or "phone" in said
    done = undo_file(ws, gone)
    assert done.spread > 0
    after = {point for point, _ in stopped(ws)}
    assert after == before - {ADA}
    assert listed(ws, "summit", bridge) == gone
    assert {point for point, _ in stopped(ws)} == before


def test_whoever_was_reached_on_the_list_itself_is_stopped_later(ws: Workspace) -> None:
    """A number known from the list alone stays stopped when it comes in on another list."""
    gone = listed(ws, "summit", [Line(ADA, phone=PHONE)])
    drop(ws, "optouts/o.csv", f"value\n{ADA}\n")
    intake(ws)
    assert undo_file(ws, gone).spread == 1
    (known,) = why(ws, [PHONE])
    assert [said["stated_or_inferred"] for said in known["suppressions"]] == ["inferred"]
    listed(ws, "guild", [Line(NEW, phone=PHONE)])
    assert {NEW, "+13125550101"} <= {point for point, _ in stopped(ws)}
    (found,) = why(ws, [PHONE])
    assert [(said["kind"], said["stated_or_inferred"]) for said in found["suppressions"]] == [("optout", "inferred")]


def test_what_a_consent_freed_is_not_stopped_by_writing_down(ws: Workspace) -> None:
    """The spread is that of today: the address a newer consent frees stays free."""
    listed(ws, "guild", [Line(OTHER, phone=PHONE, given="Ann")])
    gone = listed(ws, "summit", [Line(ADA, phone=PHONE)])
    drop(ws, "optouts/o.csv", f"value,received_at\n{ADA},2026-09-01\n")
    drop(ws, "consents/c.csv", CONSENT.format(contact=ADA, state="ConsentGiven", day=1))
    intake(ws)
    before = {point for point, _ in stopped(ws)}
    assert ADA not in before
    assert OTHER in before
    undo_file(ws, gone)
    assert {point for point, _ in stopped(ws)} == before
    listed(ws, "summit", [Line(ADA)], "again.csv")
    assert {point for point, _ in stopped(ws)} == before


def test_consents_and_notices_go_with_their_file_and_count_again_with_it(ws: Workspace) -> None:
    """Withdrawals and refusals stay; the same file dropped again is in force again, as often as it is."""
    given = drop(ws, "consents/c.csv", CONSENT.format(contact=ADA, state="ConsentGiven", day=1)).read_bytes()
    sent = drop(ws, "notices/n.csv", f"contact,sent_at,text_version,method\n{ADA},2026-10-01,v1,mail\n").read_bytes()
    no = drop(ws, "consents/d.csv", CONSENT.format(contact=OTHER, state="ConsentWithdrawn", day=2)).read_bytes()
    intake(ws)

    def counted() -> tuple[int, int, int]:
        with open_ledger(ws) as ledger:
            states = ledger.consents().get_column("state").to_list()
            return states.count("ConsentGiven"), states.count("ConsentWithdrawn"), ledger.notices().height

    assert counted() == (1, 1, 1)
    for _ in range(2):
        assert undo_file(ws, hashlib.sha256(given).hexdigest()).kind == "consents"
        assert undo_file(ws, hashlib.sha256(sent).hexdigest()).kind == "notices"
        assert counted() == (0, 1, 0)
        drop(ws, "consents/c.csv", given)
        drop(ws, "notices/n.csv", sent)
        intake(ws)
        assert counted() == (1, 1, 1)
    with pytest.raises(UsageError) as caught:
        undo_file(ws, hashlib.sha256(no).hexdigest())
    assert caught.value.code == "already_undone"
    assert counted() == (1, 1, 1)
    assert verify_workspace(ws).faults == ()


def test_the_same_consent_in_another_file_counts_after_an_undo(ws: Workspace) -> None:
    """A statement is known by what it says; it does not go unheard because a file that said it too was taken out."""
    text = CONSENT.format(contact=ADA, state="ConsentGiven", day=1)
    first = drop(ws, "consents/c.csv", text).read_bytes()
    intake(ws)
    undo_file(ws, hashlib.sha256(first).hexdigest())
    drop(ws, "consents/other.csv", text + "\n")
    intake(ws)
    with open_ledger(ws) as ledger:
        assert ledger.consents().height == 1


def test_taking_a_consent_out_takes_its_person_out_of_the_queue(ws: Workspace) -> None:
    """The line may rest on it."""
    listed(ws, "summit", [Line(ADA)])
    drop(ws, "briefs/ada.md", brief_about(ADA))
    given = drop(ws, "consents/c.csv", CONSENT.format(contact=ADA, state="ConsentGiven", day=1)).read_bytes()
    publish(ws)
    assert [line["contact_point"] for line in today(ws)] == [ADA]
    undo_file(ws, hashlib.sha256(given).hexdigest())
    assert today(ws) == []
    (recalled,) = lines_of(ws.queue / "recall.csv")
    assert "consent" in recalled["reason"]


@pytest.mark.parametrize(
    ("place", "content", "code"),
    [
        ("optouts/o.csv", f"value\n{ADA}\n", "cannot_be_undone"),
        (
            "touches/t.csv",
            f"contact,channel,at,outcome,rep\n{ADA},email,2026-10-01,replied,maria\n",
            "cannot_be_undone",
        ),
        ("briefs/b.md", brief_about(ADA), "cannot_be_undone"),
    ],
)
def test_what_people_said_or_did_is_not_taken_out(ws: Workspace, place: str, content: str, code: str) -> None:
    """Opt-outs and touches are for good."""
    sha256 = hashlib.sha256(drop(ws, place, content).read_bytes()).hexdigest()
    intake(ws)
    with pytest.raises(UsageError) as caught:
        undo_file(ws, sha256)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("asked", "code"), [("ffffffff", "unknown_file"), ("abc", "bad_sha256"), ("x" * 64, "bad_sha256")]
)
def test_an_unknown_file_is_answered_with_what_there_is(
    ws: Workspace, capsys: pytest.CaptureFixture[str], asked: str, code: str
) -> None:
    """Wrong usage, with source, day and first digits of everything that can be taken out."""
    sha256 = listed(ws, "summit", [Line(ADA)])
    assert call(["intake", "undo", asked, "--workspace", str(ws.root), "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == code
    assert f"{sha256[:12]} (summit, 2026-10-14)" in error["fix"]


@pytest.mark.parametrize("step", ["spread", "renamed", "recorded"])
def test_an_interrupted_undo_is_completed_by_the_next_command(ws: Workspace, step: str) -> None:
    """Wherever it stopped: written down only, and it can be repeated; taken out, and the next command says so."""
    listed(ws, "guild", [Line(OTHER, phone=PHONE)])
    gone = listed(ws, "summit", [Line(ADA, phone=PHONE)])
    drop(ws, "optouts/o.csv", f"value\n{ADA}\n")
    intake(ws)
    before = {point for point, _ in stopped(ws)}
    with open_ledger(ws) as ledger, workspace_lock(ws):
        (meta,) = (meta for meta in active_lists(ws) if meta.sha256 == gone)
        head = ledger.head()
        ledger.append(spread_events(ws, ledger, meta))
        if step != "spread":
            withdraw_list(ws, meta, head)
        if step == "recorded":
            ledger.append([undo_event(ledger.keyring, gone, "lists", head, NOW)])
    if step == "spread":
        undo_file(ws, gone)
    with open_ledger(ws) as ledger:
        assert set(ledger.files_marked("undo")) == {gone}
        assert ledger.counts()["undo"] == 1
        assert ledger.counts()["optout"] == 3
    assert not list(ws.store.glob(".undo-*"))
    assert {point for point, _ in stopped(ws)} == before - {ADA}
    assert verify_workspace(ws).faults == ()


def test_the_command_says_what_went_and_what_stays(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """In words, and the same in JSON."""
    sha256 = listed(ws, "summit", [Line(ADA)])
    assert call(["intake", "undo", sha256, "--workspace", str(ws.root)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "summit was taken out, with its 1 rows" in said
    assert "Opt-outs in it stay for good" in said
    assert call(["intake", "undo", sha256, "--workspace", str(ws.root)]) == 2
