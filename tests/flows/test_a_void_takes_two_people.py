"""A stop taken back by command: two named people, the queue in force gains nobody, the next run decides anew."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from flows.asking.questions import why
from flows.cli import call
from flows.ledger_access import open_ledger
from flows.pipeline import undo_file
from flows.verification import verify_workspace
from tests.small_workspace import Line, brief_about, drop, drop_list, make_workspace, publish, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA, OTHER, PHONE = "ada@acme.example", "ada@home.example", "+1 312 555 0101"
DECLARED = ("--by", "Ines Holm", "--and", "Tom Ruiz", "--reason", "typed wrong", "--evidence", "ticket 17")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace without anybody."""
    return make_workspace(tmp_path / "ws")


def _answer(ws: Workspace, capsys: pytest.CaptureFixture[str], *argv: str, code: int = 0) -> Any:  # noqa: ANN401 (JSON)
    capsys.readouterr()
    assert call([*argv, "--workspace", str(ws.root), "--json"]) == code
    return json.loads(capsys.readouterr().out)


def _stop(ws: Workspace, capsys: pytest.CaptureFixture[str], contact: str = ADA) -> int:
    return int(_answer(ws, capsys, "optout", "add", contact)["recorded"][0]["event"])


def test_the_queue_in_force_gains_nobody(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Who was taken out stays out of it; the next run decides anew."""
    drop_list(ws, "summit", [Line(ADA)])
    drop(ws, "briefs/ada.md", brief_about(ADA))
    publish(ws)
    event = _stop(ws, capsys)
    assert today(ws) == []
    found = _answer(ws, capsys, "optout", "void", str(event), *DECLARED)
    assert found == {"event": event, "entry": None, "voided_by": event + 1, "already": False, "still_said_by": []}
    assert today(ws) == []
    (answer,) = why(ws, [ADA])
    assert answer["suppressions"] == []
    assert answer["verdict"] != "suppressed"


def test_voided_twice_says_so(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """And changes nothing."""
    event = _stop(ws, capsys)
    first = _answer(ws, capsys, "optout", "void", str(event), *DECLARED)
    again = _answer(ws, capsys, "optout", "void", f" {event} ", *DECLARED)
    assert again == {**first, "already": True}
    assert call(["optout", "void", str(event), *DECLARED, "--workspace", str(ws.root)]) == 0
    assert f"was voided before, by event {first['voided_by']}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("event", "changed", "code"),
    [
        ("two", (), "bad_event"),
        ("-1", (), "usage"),
        ("99", (), "unknown_event"),
        ("1", (), "not_voidable"),
        ("2.4", (), "unknown_event"),
        ("2", ("--and", "INES  holm"), "one_person"),
        ("2", ("--reason", " "), "void_incomplete"),
        ("2", ("--evidence", ""), "void_incomplete"),
    ],
)
def test_what_is_no_void_is_refused(
    ws: Workspace, event: str, changed: tuple[str, ...], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With 2; the stop counts on."""
    assert _stop(ws, capsys) == 2
    assert _answer(ws, capsys, "optout", "void", event, *DECLARED, *changed, code=2)["error"]["code"] == code
    with open_ledger(ws) as ledger:
        assert ledger.voids().is_empty()
        assert not ledger.permission_events().is_empty()


@pytest.mark.parametrize("left_out", ["--by", "--and", "--reason", "--evidence"])
def test_every_part_is_asked_for(ws: Workspace, left_out: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A void without one of them is no call."""
    event = _stop(ws, capsys)
    place = DECLARED.index(left_out)
    argv = (*DECLARED[:place], *DECLARED[place + 2 :])
    assert _answer(ws, capsys, "optout", "void", str(event), *argv, code=2)["error"]["code"] == "usage"


def test_voids_are_listed_apart(ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The stop says by what it was voided; the voids say by whom and why; a file as evidence is kept as its SHA-256."""
    proof = tmp_path / "call.txt"
    proof.write_bytes(b"recording")
    event = _stop(ws, capsys)
    _stop(ws, capsys, OTHER)
    _answer(ws, capsys, "optout", "void", str(event), *DECLARED[:-1], str(proof))
    rows = {row["seq"]: row["voided_by"] for row in _answer(ws, capsys, "optout", "list")}
    assert rows == {event: event + 2, event + 1: None}
    (found,) = _answer(ws, capsys, "optout", "list", "--voids")
    assert (found["event"], found["by"], found["second"]) == (event, "Ines Holm", "Tom Ruiz")
    assert found["evidence"] == hashlib.sha256(b"recording").hexdigest()
    assert len(_answer(ws, capsys, "optout", "list", ADA, "--voids")) == 1
    assert _answer(ws, capsys, "optout", "list", OTHER, "--voids") == []
    for argv, shown in ((["list"], f"voided by {event + 2}"), (["list", "--voids"], "typed wrong")):
        assert call(["optout", *argv, "--workspace", str(ws.root)]) == 0
        assert shown in capsys.readouterr().out


def test_a_person_without_records_is_unknown_again(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """What is voided suppresses nobody, on a list or not; the moment before, it does."""
    event = _stop(ws, capsys)
    (before,) = why(ws, [ADA])
    assert before["verdict"] == "suppressed"
    _answer(ws, capsys, "optout", "void", str(event), *DECLARED)
    (after,) = why(ws, [ADA])
    assert after["error"]["code"] == "unknown_contact"


def test_the_spread_of_a_voided_stop_goes_and_that_of_another_stays(
    ws: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two said stop at the same instant and reached the same record; voiding one frees nobody of the other."""
    bridge = drop_list(ws, "guild", [Line(OTHER, phone=PHONE)])
    sha256 = hashlib.sha256(bridge.read_bytes()).hexdigest()
    drop_list(ws, "summit", [Line(ADA, phone=PHONE)])
    publish(ws)
    first = _stop(ws, capsys, OTHER)
    second = _stop(ws, capsys, PHONE)
    undo_file(ws, sha256)
    with open_ledger(ws) as ledger:
        of = [row["seq"] for row in ledger.optout_list().iter_rows(named=True) if row["method"] == "spread"]
    assert of, "the spread was written down"
    _answer(ws, capsys, "optout", "void", str(first), *DECLARED)
    (still,) = why(ws, [ADA])
    assert still["verdict"] == "suppressed"
    _answer(ws, capsys, "optout", "void", str(second), *DECLARED)
    (free,) = why(ws, [ADA])
    assert free["suppressions"] == []
    assert free["verdict"] != "suppressed"


def test_in_the_same_instant_it_can_be_said_again(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the clock stands still, a stop after its void is a new one."""
    event = _stop(ws, capsys)
    _answer(ws, capsys, "optout", "void", str(event), *DECLARED)
    again = _stop(ws, capsys)
    assert again > event
    (answer,) = why(ws, [ADA])
    assert [entry["kind"] for entry in answer["suppressions"]] == ["optout"]


def test_one_entry_of_a_long_list_is_voided(ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Named by its row; the others count on, and in another list the same entry counts anew."""
    lines = [f"p{number}@many.example" for number in range(10_001)]
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("\n".join(["email", *lines, ""]), encoding="utf-8")
    second.write_text("\n".join(["email", *reversed(lines), ""]), encoding="utf-8")
    _answer(ws, capsys, "optout", "import", str(first))
    (row,) = _answer(ws, capsys, "optout", "list", lines[4_999])
    assert row["entry"] == 5_000
    assert _answer(ws, capsys, "optout", "void", str(row["seq"]), *DECLARED, code=2)["error"]["code"] == "unknown_event"
    named = f"{row['seq']}.{row['entry']}"
    assert _answer(ws, capsys, "optout", "void", named, *DECLARED)["entry"] == 5_000
    _answer(ws, capsys, "optout", "import", str(first))
    voided, other = why(ws, [lines[4_999], lines[5_000]])
    assert voided["error"]["code"] == "unknown_contact"
    assert other["verdict"] == "suppressed"
    assert [entry["voided_by"] is None for entry in _answer(ws, capsys, "optout", "list", lines[4_999])] == [False]
    _answer(ws, capsys, "optout", "import", str(second))
    (anew,) = why(ws, [lines[4_999]])
    assert anew["verdict"] == "suppressed"
    assert [entry["entry"] for entry in _answer(ws, capsys, "optout", "list", "--voids")] == [5_000]


def test_an_entry_of_a_list_that_came_again_is_voided_by_its_row(
    ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only what is new of it stands in the ledger, under the rows of the file; a row that is not there is none."""
    known = [f"p{number}@many.example" for number in range(10_001)]
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("\n".join(["email,type", *(f"{address},optout" for address in known), ""]), encoding="utf-8")
    lines = [*(f"{address},optout" for address in known), f"{ADA},complaint", ""]
    second.write_text("\n".join(["email,type", *lines]), encoding="utf-8")
    for path in (first, second):
        _answer(ws, capsys, "optout", "import", str(path))
    (row,) = _answer(ws, capsys, "optout", "list", ADA)
    assert row["entry"] == 10_002
    refused = _answer(ws, capsys, "optout", "void", f"{row['seq']}.1", *DECLARED, code=2)
    assert refused["error"]["code"] == "unknown_event"
    _answer(ws, capsys, "optout", "void", f"{row['seq']}.10002", *DECLARED)
    (answer,) = why(ws, [ADA])
    assert answer["error"]["code"] == "unknown_contact"
    (told,) = _answer(ws, capsys, "optout", "list", "--voids")
    assert told["kind"] == "complaint"


def test_a_voided_entry_said_again_in_another_file_counts_though_the_rows_are_the_same(
    ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is new of both files is the very same row, and the second time it is another statement."""
    known = [f"p{number}@many.example" for number in range(10_001)]
    texts = (["email", *known], ["email", ADA, *known], ["Email", ADA, *known])
    for number, lines in enumerate(texts):
        path = tmp_path / f"{number}.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        _answer(ws, capsys, "optout", "import", str(path))
        if number == 1:
            (row,) = _answer(ws, capsys, "optout", "list", ADA)
            _answer(ws, capsys, "optout", "void", f"{row['seq']}.{row['entry']}", *DECLARED)
    (answer,) = why(ws, [ADA])
    assert answer["verdict"] == "suppressed"


@pytest.mark.parametrize("others", [0, 10_001])
def test_what_another_file_said_before_the_void_is_theirs(
    ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], others: int
) -> None:
    """Single events, entries of long lists: recorded anew with the void, which names it; voided in its turn it goes."""
    rest = [f"p{number}@many.example" for number in range(others)]
    for name, lines in (("a", ["email", ADA, *rest]), ("b", ["email", "some@one.example", *rest, ADA])):
        (tmp_path / f"{name}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
        _answer(ws, capsys, "optout", "import", str(tmp_path / f"{name}.csv"))
    (row,) = _answer(ws, capsys, "optout", "list", ADA)
    named = f"{row['seq']}.{row['entry']}" if others else str(row["seq"])
    found = _answer(ws, capsys, "optout", "void", named, *DECLARED)
    (still,) = found["still_said_by"]
    (answer,) = why(ws, [ADA])
    assert [entry["kind"] for entry in answer["suppressions"]] == ["optout"]
    assert [(r["contact"], r["voided_by"] is None) for r in _answer(ws, capsys, "optout", "list", ADA)][-1] == (
        ADA,
        True,
    )
    assert _answer(ws, capsys, "optout", "void", str(still), *DECLARED)["still_said_by"] == []
    (free,) = why(ws, [ADA])
    assert free["error"]["code"] == "unknown_contact"
    assert verify_workspace(ws).faults == ()


def test_a_list_keeps_its_own_flag_when_that_of_another_is_voided(
    ws: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both said no; one of them was wrong."""
    for source in ("summit", "guild"):
        drop_list(ws, source, [Line(ADA, no_mail="yes"), Line(f"{source}@other.example", "Ruiz", given="Bea")])
        publish(ws)
    flags = [row for row in _answer(ws, capsys, "optout", "list", ADA) if row["voided_by"] is None]
    assert len(flags) == 1
    (still,) = _answer(ws, capsys, "optout", "void", str(flags[0]["seq"]), *DECLARED)["still_said_by"]
    (answer,) = why(ws, [ADA])
    assert answer["verdict"] == "suppressed"
    assert call(["optout", "void", str(still), *DECLARED, "--workspace", str(ws.root)]) == 0
    (free,) = why(ws, [ADA])
    assert free["suppressions"] == []
