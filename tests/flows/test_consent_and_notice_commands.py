"""Consents and notices by command: nobody relies on half a consent, and a withdrawal holds before the command ends."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from flows.cli import call
from flows.ledger_access import open_ledger
from tests.small_workspace import Line, brief_about, drop, drop_list, make_workspace, publish, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

ADA, PHONE = "ada@acme.example", "+1 312 555 0101"
GIVEN = (
    *("--state", "ConsentGiven", "--channel", "email", "--purpose", "direct_marketing"),
    *("--captured-at", "2026-10-01T09:00", "--method", "web form", "--statement", "Yes please"),
    *("--statement-version", "v1"),
)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace without anybody."""
    return make_workspace(tmp_path / "ws")


def _answer(ws: Workspace, capsys: pytest.CaptureFixture[str], *argv: str, code: int = 0) -> Any:  # noqa: ANN401 (JSON)
    capsys.readouterr()
    assert call([*argv, "--workspace", str(ws.root), "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_whole_consent_is_recorded_with_its_proof(
    ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Evidence that is a file is kept as its SHA-256, and said twice it is one event."""
    proof = tmp_path / "form.pdf"
    proof.write_bytes(b"signed")
    said = ("consent", "add", ADA, *GIVEN, "--evidence", str(proof), "--expires-on", "2027-10-01")
    first = _answer(ws, capsys, *said)
    assert first == _answer(ws, capsys, *said)
    assert first["recorded"] == [{"event": 2, "state": "ConsentGiven", "channel": "email"}]
    with open_ledger(ws) as ledger:
        (row,) = ledger.consents().to_dicts()
    assert row["evidence"] == hashlib.sha256(b"signed").hexdigest()
    assert (row["statement_version"], row["method"], row["purpose"]) == ("v1", "web_form", "direct_marketing")
    assert row["captured_at"].isoformat() == "2026-10-01T07:00:00+00:00"


@pytest.mark.parametrize("left_out", ["--channel", "--purpose", "--captured-at", "--method", "--statement"])
def test_half_a_consent_is_refused(ws: Workspace, left_out: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Naming what is missing; nothing is recorded."""
    place = GIVEN.index(left_out)
    argv = [*GIVEN[:place], *GIVEN[place + 2 :], "--evidence", "form 17"]
    error = _answer(ws, capsys, "consent", "add", ADA, *argv, code=2)["error"]
    assert error["code"] == "consent_incomplete"
    assert left_out in error["message"]
    with open_ledger(ws) as ledger:
        assert ledger.head() == 1


@pytest.mark.parametrize(
    ("contact", "changed", "code"),
    [
        ("acme.example", (), "contact_kind"),
        ("nonsense", (), "contact_unreadable"),
        (ADA, ("--channel", "any"), "channel_any"),
        (ADA, ("--state", "maybe"), "word_unknown"),
        (ADA, ("--expires-on", "soon"), "bad_day"),
        (ADA, ("--captured-at", "yesterday"), "bad_instant"),
        (ADA, ("--statement-version", "v" * 101), "version_too_long"),
    ],
)
def test_what_is_no_consent_is_refused(
    ws: Workspace, contact: str, changed: tuple[str, ...], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A domain, a channel too many, a word or a day nobody can read."""
    argv = ("consent", "add", contact, *GIVEN, "--evidence", "form 17", *changed)
    assert _answer(ws, capsys, *argv, code=2)["error"]["code"] == code
    with open_ledger(ws) as ledger:
        assert ledger.head() == 1


def test_a_withdrawal_needs_the_contact_alone_and_empties_the_queue_at_once(
    ws: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the command ends the person stands in the recall and in no queue."""
    drop_list(ws, "summit", [Line(ADA)])
    drop(ws, "briefs/ada.md", brief_about(ADA))
    publish(ws)
    assert [line["contact_point"] for line in today(ws)] == [ADA]
    answer = _answer(ws, capsys, "consent", "add", ADA, "--state", "withdrawn")
    assert answer["recorded"][0] == {
        "event": answer["recorded"][0]["event"],
        "state": "ConsentWithdrawn",
        "channel": "any",
    }
    assert answer["queue_lines"] == 0
    assert today(ws) == []


def test_withdrawals_are_read_from_standard_input(
    ws: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One a line; a line nobody can read loses no other's word."""
    text = io.TextIOWrapper(io.BytesIO(f"{ADA}\nnonsense\n{PHONE}\n".encode()))
    monkeypatch.setattr(sys, "stdin", text)
    assert call(["consent", "add", "-", "--state", "refused", "--workspace", str(ws.root)]) == 2
    assert "Line 2 could not be read" in capsys.readouterr().err
    with open_ledger(ws) as ledger:
        assert ledger.counts()["consent"] == 2


def test_files_of_both_are_taken_in(ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As if they had been dropped."""
    consents, notices = tmp_path / "consents.csv", tmp_path / "notices.csv"
    consents.write_text(f"contact,event_state\n{ADA},ConsentWithdrawn\n", encoding="utf-8")
    notices.write_text(f"contact,sent_at,text_version,method\n{ADA},2026-10-01,v3,email\n", encoding="utf-8")
    assert _answer(ws, capsys, "consent", "import", str(consents))["events"] == {"consent": 1}
    assert _answer(ws, capsys, "notice", "import", str(notices))["events"] == {"notice": 1}


def test_who_is_due_a_notice_until_it_was_sent(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """A month from the day the data came, in the countries that ask for it."""
    german = Line("bea@bolt.example", "Ruiz", given="Bea", company="Bolt GmbH", country="Germany", state="")
    late = Line("cyn@cobalt.example", "Berg", given="Cyn", company="Cobalt GmbH", country="Germany", state="")
    drop_list(ws, "summit", [Line(ADA), german])
    drop_list(ws, "guild", [late])
    publish(ws)
    rows = _answer(ws, capsys, "notice", "due")
    assert [(row["email"], row["due_on"], row["overdue"], row["countries"]) for row in rows] == [
        ("cyn@cobalt.example", "2026-09-20", True, "DE"),
        ("bea@bolt.example", "2026-10-18", False, "DE"),
    ]
    assert call(["notice", "due", "--workspace", str(ws.root)]) == 0
    assert "2 people are due the notice, 1 of them past their day." in capsys.readouterr().out
    for row in rows:
        added = _answer(ws, capsys, "notice", "add", row["email"], "--text-version", "v3", "--method", "email")
        assert [entry["kind"] for entry in added["recorded"]] == ["notice"]
    assert _answer(ws, capsys, "notice", "due") == []


def test_a_notice_names_the_very_contact_and_its_version(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Not a domain, and no blank version."""
    for contact, version, code in ((ADA, " ", "version_unusable"), ("acme.example", "v1", "contact_kind")):
        argv = ("notice", "add", contact, "--text-version", version)
        assert _answer(ws, capsys, *argv, code=2)["error"]["code"] == code
