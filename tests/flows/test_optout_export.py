"""Everything that stops in force can be written out, and stops the same people wherever it is taken in."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from flows.cli import call
from flows.ledger_access import open_ledger
from flows.optout_export import export_optouts
from flows.queue.suppression_now import stopped_points
from flows.workspace import load
from tests.flows.optout_lists.model import PEOPLE
from tests.small_workspace import drop, drop_list, make_workspace, publish

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

MD5 = hashlib.new("md5", b"fay@fern.example", usedforsecurity=False).hexdigest()
SAID = f"""value,kind,channel,scope,received_at,words
Ann.Adler@acme.example,objection,any,person,2026-10-01,Leave me alone
+1 212 555 0102,,phone,address,2026-10-02,
corax.example,,,domain,,
{MD5},,email,,,
gus@mail.gull.example,bounce,,,2026-10-03,
hal.hart@gmail.com (by phone),complaint,,,,
=eva@elm.example,,,,,
"""
CONSENT = (
    "contact,channel,purpose,event_state,captured_at,method,statement,statement_version,evidence\n"
    "{contact},{channel},direct_marketing,{state},{at},email,Yes please,v1,mail of that day\n"
)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that knows people, and nobody said anything."""
    ws = make_workspace(tmp_path_factory.mktemp("export") / "ws")
    drop_list(ws, "summit", list(PEOPLE.values()))
    publish(ws)
    return ws.root


def _copy(known: Path, folder: Path) -> Workspace:
    shutil.copytree(known, folder)
    return load(folder)


@pytest.fixture
def ws(known: Path, tmp_path: Path) -> Workspace:
    """A copy of it."""
    return _copy(known, tmp_path / "here")


@pytest.fixture
def elsewhere(known: Path, tmp_path: Path) -> Workspace:
    """Another copy, for what was exported."""
    return _copy(known, tmp_path / "elsewhere")


def _intake(ws: Workspace) -> None:
    assert call(["intake", "--quarantine-ok", "--workspace", str(ws.root)]) == 0


def _standing(ws: Workspace) -> list[tuple[str, ...]]:
    with open_ledger(ws) as ledger:
        return sorted(stopped_points(ws, ledger).select("channel", "contact", "reason").unique().iter_rows())


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_the_same_people_are_stopped_elsewhere(ws: Workspace, elsewhere: Workspace) -> None:
    """By kind, channel and scope; taken in twice it changes nothing more."""
    drop(ws, "optouts/said.csv", SAID)
    _intake(ws)
    made = export_optouts(ws)
    drop(elsewhere, "optouts/from-here.csv", made.data)
    _intake(elsewhere)
    assert _standing(elsewhere) == _standing(ws) != []
    assert made.left_out == {}
    again = export_optouts(elsewhere)
    assert {row["value"] for row in _rows(again.data)} == {row["value"] for row in _rows(made.data)}
    assert "Leave me alone" not in made.data.decode()


@pytest.mark.long
def test_a_bulk_list_is_exported_with_the_rest(ws: Workspace, elsewhere: Workspace) -> None:
    """Ten thousand entries and more, whole columns at a time."""
    bulk = [f"person{row}@example.org" for row in range(10_050)]
    drop(
        ws,
        "optouts/bulk.csv",
        "\n".join(["email", *bulk, "ben@bolt.example", "@dune.example", MD5, "+442079460103"]) + "\n",
    )
    _intake(ws)
    made = export_optouts(ws)
    assert made.lines == 10_054
    assert {row["value"] for row in _rows(made.data)} >= {
        *bulk,
        "ben@bolt.example",
        "dune.example",
        MD5,
        "+442079460103",
    }
    drop(elsewhere, "optouts/from-here.csv", made.data)
    _intake(elsewhere)
    assert _standing(elsewhere) == _standing(ws)


@pytest.mark.parametrize("kind", ["md5", "sha256"])
def test_digests_stop_the_same_addresses(ws: Workspace, elsewhere: Workspace, kind: str) -> None:
    """Of lower-cased addresses, those of people with a number or a domain too; the rest is counted."""
    drop(
        ws,
        "optouts/said.csv",
        f"value,scope,channel\nANN.Adler@acme.example,,\n{MD5},,\ncorax.example,domain,\n+1 212 555 0102,,phone\n"
        "+1 415 555 0111,,\n+1 415 555 0109,address,\n",
    )
    _intake(ws)
    made = export_optouts(ws, digest=kind)
    ann, cem, ben = (
        hashlib.new(kind, text, usedforsecurity=False).hexdigest()
        for text in (b"ann.adler@acme.example", b"cem@corax.example", b"ben@bolt.example")
    )
    rows = {row[kind]: (row["channel"], row["scope"]) for row in _rows(made.data)}
    assert rows.keys() == {ann, cem, ben, *([MD5] if kind == "md5" else [])}
    assert (rows[cem], rows[ben]) == (("any", "person"), ("phone", "person"))
    assert sum(made.left_out.values()) == (2 if kind == "md5" else 3)  # of kim no address is known, and of a number
    drop(elsewhere, "optouts/hashed.csv", made.data)
    _intake(elsewhere)
    stopped = {(channel, contact) for channel, contact, _ in _standing(elsewhere)}
    assert {("email", "Ann.Adler@acme.example"), ("email", "cem@corax.example"), ("phone", "+12125550102")} <= stopped
    assert ("email", "ben@bolt.example") not in stopped
    assert (("email", "fay@fern.example") in stopped) == (kind == "md5")


def test_what_a_consent_lifted_is_left_out(ws: Workspace) -> None:
    """For the contact point and channel of the consent; on the other channel it stops as before."""
    drop(ws, "optouts/said.csv", "email,phone,received_at\nfay@fern.example,,2026-09-01\n,+13125550101,2026-09-01\n")
    _intake(ws)
    drop(
        ws,
        "consents/fay.csv",
        CONSENT.format(contact="fay@fern.example", channel="email", state="ConsentGiven", at="2026-10-01"),
    )
    _intake(ws)
    rows = {row["value"]: row["channel"] for row in _rows(export_optouts(ws).data)}
    assert rows == {"fay@fern.example": "phone", "+13125550101": "any"}


def test_a_withdrawn_consent_is_an_opt_out(ws: Workspace) -> None:
    """It stops the person on its channel, and is exported so."""
    drop(
        ws,
        "consents/fay.csv",
        CONSENT.format(contact="fay@fern.example", channel="email", state="ConsentWithdrawn", at="2026-10-01"),
    )
    _intake(ws)
    [row] = _rows(export_optouts(ws).data)
    assert (row["value"], row["kind"], row["channel"]) == ("fay@fern.example", "optout", "email")


def test_who_is_known_by_id_alone_is_named(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """An id of ours says nothing elsewhere: the person's contact points stand in its place."""
    capsys.readouterr()
    assert call(["why", "ben@bolt.example", "--json", "--workspace", str(ws.root)]) == 0
    person = json.loads(capsys.readouterr().out)["person_id"]
    assert call(["optout", "add", person, "--workspace", str(ws.root)]) == 0
    assert {row["value"] for row in _rows(export_optouts(ws).data)} == {"ben@bolt.example", "+12125550102"}


def test_the_command_writes_a_closed_file_and_an_event(
    ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No formula runs from it, nobody else reads it, and the ledger knows of it."""
    drop(ws, "optouts/said.csv", SAID)
    _intake(ws)
    capsys.readouterr()
    out = tmp_path / "stops.csv"
    assert call(["optout", "export", "-o", str(out), "--json", "--workspace", str(ws.root)]) == 0
    assert json.loads(capsys.readouterr().out)["lines"] == len(_rows(out.read_bytes()))
    assert out.stat().st_mode & 0o077 == 0
    assert "'=eva@elm.example" in out.read_text("utf-8")
    with open_ledger(ws) as ledger:
        assert ledger.counts()["export"] == 1
