"""``people same`` and ``people different``: a human's word holds at once, for good, and for rows that come later."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from flows.asking.questions import why
from flows.cli import call
from flows.ledger_access import open_ledger
from flows.pipeline import undo_file
from flows.queue.suppression_now import standing_now
from flows.store import active_lists
from flows.verification import verify_workspace
from tests.small_workspace import Line, at, brief_about, drop_list, publish, published, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA = Line("ada@acme.example", phone="+1 312 555 0101")
ANN = Line("ann@home.example", phone="+1 312 555 0101", given="Ann", company="Bolt Inc")
BEA = Line("bea@bolt.example", "Ruiz", given="Bea", company="Bolt Inc")
JUNIOR = Line("jr@acme.example", "Stone Jr.", given="John", phone="+1 312 555 0133")
SENIOR = Line("sr@acme.example", "Stone Sr.", given="John", phone="+1 312 555 0133")
TOMORROW = datetime(2026, 10, 15, 6, 30, tzinfo=UTC)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace of Ada and Bea, published."""
    return published(tmp_path / "ws", {"summit": [ADA, BEA]})


def _said(ws: Workspace, capsys: pytest.CaptureFixture[str], *argv: str, code: int = 0) -> Any:  # noqa: ANN401 (JSON)
    capsys.readouterr()
    assert call(["people", *argv, "--workspace", str(ws.root), "--json"]) == code
    return json.loads(capsys.readouterr().out)


def _refused(ws: Workspace, capsys: pytest.CaptureFixture[str], *argv: str, code: int = 2) -> str:
    return str(_said(ws, capsys, *argv, code=code)["error"]["code"])


def _person(ws: Workspace, line: Line) -> str:
    return str(why(ws, [line.email])[0]["person_id"])


def _records(ws: Workspace) -> dict[str, list[str]]:
    """The ids of the records of each address."""
    with open_ledger(ws) as ledger:
        found = standing_now(ws, ledger).subjects.records.sort("record_id")
    return {str(mail): ids for mail, ids in found.group_by("email").agg("record_id").iter_rows()}


def _queued(tmp_path: Path, *others: Line) -> Workspace:
    """Ada stands in the queue, the others on the list."""
    ws = published(tmp_path / "ws", {"summit": [ADA, *others]}, {"ada.md": brief_about(ADA.email)})
    assert [line["contact_point"] for line in today(ws)] == [ADA.email]
    return ws


def test_the_same_share_a_stop_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever turns out to be somebody who said stop leaves the queue before the command ends."""
    ws = _queued(tmp_path, BEA)
    assert call(["optout", "add", BEA.email, "--workspace", str(ws.root)]) == 0
    assert [line["contact_point"] for line in today(ws)] == [ADA.email]
    found = _said(ws, capsys, "same", ADA.email, BEA.email, "--by", "Ines Holm", "--because", "she told us")
    assert (found["word"], found["already"], found["holds"], found["queue_lines"]) == ("same", False, True, 0)
    assert today(ws) == []
    (answer,) = why(ws, [ADA.email])
    assert answer["verdict"] == "suppressed"
    with open_ledger(ws) as ledger:
        assert ledger.plain_text(found["event"]) == {"by": "Ines Holm", "because": "she told us"}
    assert verify_workspace(ws).faults == ()


def test_different_releases_what_was_only_inferred(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The queue in force gains nobody by it; the next run decides anew, and later ones keep to it."""
    ws = _queued(tmp_path, ANN)
    assert call(["optout", "add", ANN.email, "--workspace", str(ws.root)]) == 0
    assert today(ws) == []
    (stopped,) = why(ws, [ADA.email])
    assert [said["stated_or_inferred"] for said in stopped["suppressions"]] == ["inferred"]
    _said(ws, capsys, "different", ADA.email, ANN.email)
    assert today(ws) == []
    (free,) = why(ws, [ADA.email])
    assert free["suppressions"] == []
    drop_list(ws, "guild", [BEA])
    publish(at(ws, TOMORROW))
    assert why(ws, [ADA.email])[0]["suppressions"] == []
    assert why(ws, [ANN.email])[0]["verdict"] == "suppressed"


def test_rows_of_one_person_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Named by record id, as much of it as is shown; two rows under one mailbox become two people."""
    again = Line(ADA.email, phone=ADA.phone, title="Director")
    ws = published(tmp_path / "ws", {"summit": [ADA], "guild": [again]})
    one, other = _records(ws)[ADA.email]
    assert len(_said(ws, capsys, "different", one[:12], other)["person_ids"]) == 2
    assert _refused(ws, capsys, "different", ADA.email, ADA.email) == "one_record"


@pytest.mark.parametrize("again", [("--again",), ()])
def test_against_what_the_rows_say_a_word_is_said_twice(
    tmp_path: Path, again: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Jr and Sr are two people until somebody looked twice."""
    ws = published(tmp_path / "ws", {"summit": [JUNIOR, SENIOR]})
    assert _refused(ws, capsys, "same", JUNIOR.email, SENIOR.email, code=1) == "second_look"
    assert _person(ws, JUNIOR) != _person(ws, SENIOR)
    assert _said(ws, capsys, "same", SENIOR.email, JUNIOR.email, *again)["holds"]
    assert _person(ws, JUNIOR) == _person(ws, SENIOR)
    assert _said(ws, capsys, "same", JUNIOR.email, SENIOR.email)["already"]


def test_a_word_said_twice_is_one(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """The opposite takes its place, by the same ids as well; saying it again changes it back."""
    ids = (_person(ws, ADA), _person(ws, BEA))
    first = _said(ws, capsys, "same", *ids)
    assert _said(ws, capsys, "same", *ids) == {**first, "already": True}
    assert len(first["person_ids"]) == 1
    second = _said(ws, capsys, "different", *ids)
    assert (second["replaces"], sorted(second["person_ids"])) == (first["event"], sorted(ids))
    assert _said(ws, capsys, "same", *ids)["replaces"] == second["event"]
    publish(at(ws, TOMORROW))
    assert _said(ws, capsys, "different", *ids)["already"] is False
    assert _person(ws, ADA) != _person(ws, BEA)


@pytest.mark.parametrize(
    ("argv", "code", "exit_code"),
    [
        (("same", "nobody@example.net", ADA.email), "unknown_contact", 1),
        (("different", ADA.email, "nobody@example.net"), "unknown_contact", 1),
        (("same", ADA.email, "ada+x@acme.example"), "one_record", 2),
        (("same", ADA.email, "acme.example"), "contact_kind", 2),
        (("same", ADA.email, "somebody or other"), "contact_unreadable", 2),
        (("same", ADA.email, ADA.phone), "one_record", 2),
        (("same", ADA.email, BEA.email, "--because", "x" * 501), "reason_too_long", 2),
        (("same", ADA.email), "usage", 2),
    ],
)
def test_what_cannot_be_said_is_refused(
    ws: Workspace, argv: tuple[str, ...], code: str, exit_code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a stable code, and nothing is recorded."""
    assert _refused(ws, capsys, *argv, code=exit_code) == code
    with open_ledger(ws) as ledger:
        assert ledger.judgements() == []


def test_words_may_not_contradict_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A is B and B is C: then A is C, until one of the two words is taken back."""
    cho = Line("cho@dyn.example", "Lim", given="Cho", company="Dyn Inc")
    ws = published(tmp_path / "ws", {"summit": [ADA, BEA, cho]})
    _said(ws, capsys, "same", ADA.email, BEA.email)
    _said(ws, capsys, "same", BEA.email, cho.email)
    assert _refused(ws, capsys, "different", ADA.email, cho.email) == "contradicts_same"
    assert _refused(ws, capsys, "same", ADA.email, cho.email) == "already_one_person"
    _said(ws, capsys, "different", BEA.email, cho.email)
    _said(ws, capsys, "different", ADA.email, cho.email)
    assert _refused(ws, capsys, "same", BEA.email, cho.email) == "contradicts_different"


@pytest.mark.parametrize("word", ["same", "different"])
def test_a_word_holds_for_rows_that_come_later(tmp_path: Path, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The list is taken out and delivered anew with changed rows: by name and contact point they are known again."""
    one, other = (ADA, BEA) if word == "same" else (ADA, Line(ADA.email, phone=ADA.phone, family="Okafor-Stone"))
    ws = published(tmp_path / "ws", {"summit": [one, other]})
    before = _records(ws)
    first, second = (before[one.email][0], before[other.email][-1])
    _said(ws, capsys, word, first, second)
    (gone,) = active_lists(ws)
    undo_file(ws, gone.sha256)
    changed = [Line(**{**vars(line), "title": "Director"}) for line in (one, other)]
    drop_list(ws, "guild", changed)
    publish(at(ws, TOMORROW))
    after = _records(ws)
    assert {record for ids in after.values() for record in ids}.isdisjoint({first, second})
    with open_ledger(ws) as ledger:
        records = standing_now(ws, ledger).subjects.records
    assert records.get_column("person_id").n_unique() == (1 if word == "same" else 2)
