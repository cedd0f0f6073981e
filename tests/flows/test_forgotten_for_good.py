"""Somebody forgotten stays forgotten: no list brings them back in any spelling, and nobody's stop is lost by it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.asking.questions import why
from flows.cli import call
from flows.filing import erasing
from flows.forgetting import forget
from flows.key_care import rotate_key
from flows.ledger_access import open_ledger
from flows.pipeline import undo_file
from flows.queue.suppression_now import stopped_points
from flows.store import active_lists, load_briefs
from flows.store.redacting import erasing as is_erasing
from flows.verification import verify_workspace
from tests.effort import each
from tests.flows.backup.keeping import back_up, bring_back, workspace_on
from tests.postgres import DATABASES
from tests.small_workspace import Line, at, brief_about, drop, drop_list, make_workspace, publish, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

from tests.flows.forgetting import ADA, BEA, E164, NEXT, PHONE, listed, published, records_of, texts_of


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace without anybody."""
    return make_workspace(tmp_path / "ws")


@pytest.mark.parametrize("database", each(DATABASES, 2))
def test_five_spellings_in_a_new_list_are_suppressed_as_erased(database: str, tmp_path: Path) -> None:
    """Nothing of these rows is kept but their place; every other row of the list is as it would have been."""
    ws = workspace_on(database, tmp_path / "ws")
    mail, number = "ada.okafor@gmail.com".replace("gmail.com", "acme.example"), "+1 (312) 555-0101"
    published(ws, Line(mail, phone=number), BEA)
    forget(ws, mail, "DSR-1")
    lines = (
        Line("ADA.Okafor@Acme.Example", "Other", given="X", company="New Inc"),
        Line("ada.okafor+news@acme.example", "Other", given="Y", company="New Inc"),
        Line("", "Other", given="Z", phone="001-312-555-0101", company="New Inc"),
        Line("zed@new.example", "Other", given="Z", phone="(312) 555 0101", company="New Inc"),
        Line(" Ada Okafor <ada.okafor@acme.example> ", "Other", given="V", company="New Inc"),
        Line("free@new.example", "Free", given="Fay", company="New Inc"),
    )
    decisions = published(ws, *lines, source="guild", when=NEXT).filter(pl.col("source") == "guild").sort("row_number")
    assert decisions.get_column("verdict").to_list()[:5] == ["suppressed"] * 5
    assert decisions.get_column("reasons").to_list()[:5] == [["core.permission.erased"]] * 5
    assert decisions.get_column("verdict").to_list()[5] != "suppressed"
    stubs = records_of(ws).filter("erased")
    assert stubs.height == 6
    kept = {"record_id", "source", "file_sha256", "row_number", "obtained_on", "erased"}
    assert all(stubs.get_column(name).null_count() == 6 for name in stubs.columns if name not in kept)
    for asked in (mail, "ADA.okafor+x@acme.example", E164, "0013125550101"):
        (answer,) = why(ws, [asked])
        assert (answer["verdict"], [entry["kind"] for entry in answer["suppressions"]]) == ("suppressed", ["erasure"])
    assert verify_workspace(at(ws, NEXT)).faults == ()


def test_what_is_known_of_them_goes(ws: Workspace) -> None:
    """Rows, the brief, what they said in plain text, the line in the queue; the audit follows every file."""
    drop(ws, "briefs/ada.md", brief_about(ADA))
    drop(ws, "briefs/bea.md", brief_about(BEA.email, "Bea Ruiz"))
    drop(ws, "touches/t.csv", f"contact,channel,at,outcome,said\n{ADA},email,2026-10-13T09:00,replied,call my cousin\n")
    published(ws, Line(ADA, phone=PHONE), BEA)
    assert call(["optout", "add", f"x {PHONE}", "--workspace", str(ws.root)]) == 0
    gone = forget(ws, ADA, "DSR-1")
    assert (gone.rows, gone.briefs) == (1, 1)
    assert gone.texts >= 3
    left = texts_of(ws, "recall.csv")
    assert [word for word in (ADA, E164, "okafor", "cousin", "312 555 0101") if word in left] == []
    assert BEA.email in left
    assert [line["contact_point"] for line in today(ws)] == [BEA.email]
    assert verify_workspace(ws).faults == ()
    with open_ledger(ws) as ledger:
        assert ledger.plain_text(gone.event) == {"request": "DSR-1"}
        assert ledger.counts()["redaction"] == 4


def test_every_stop_outlives_it_and_what_it_was_spread_to(ws: Workspace) -> None:
    """A stop under one address of a person reaches the others after the rows are gone."""
    other = "ada@home.example"
    listed(ws, Line(ADA, phone=PHONE), Line(other, phone=PHONE), BEA)
    with open_ledger(ws) as ledger:
        before = set(ledger.permission_events().get_column("word"))
    assert call(["optout", "add", other, "--workspace", str(ws.root)]) == 0
    gone = forget(ws, ADA, "DSR-1")
    assert gone.rows == 2
    assert gone.spread > 0
    with open_ledger(ws) as ledger:
        events = ledger.permission_events()
    assert before < set(events.get_column("word"))
    assert {"optout", "erasure"} <= set(events.get_column("kind"))
    (answer,) = why(ws, [E164])
    assert {entry["kind"] for entry in answer["suppressions"]} == {"optout", "erasure"}


@pytest.mark.parametrize("after", each(["begin", "_redact_list", "_announce", "put_in_place", "_remove", "finish"], 2))
def test_interrupted_anywhere_the_next_command_completes_it(
    ws: Workspace, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before each step in turn: in the end everything is as if nothing had happened."""

    class Killed(BaseException):
        """The process is gone."""

    def killed(*_: object) -> None:
        raise Killed

    drop(ws, "briefs/ada.md", brief_about(ADA))
    listed(ws, Line(ADA), BEA)
    monkeypatch.setattr(erasing, after, killed)
    with pytest.raises(Killed):
        forget(ws, ADA, "DSR-1")
    monkeypatch.undo()
    if after == "begin":
        assert not is_erasing(ws)
        forget(ws, ADA, "DSR-1")
    else:
        assert is_erasing(ws)
    with open_ledger(ws) as ledger:
        assert {"erasure", "redaction"} <= ledger.counts().keys()
        assert ledger.counts()["erasure"] == 1
    assert not is_erasing(ws)
    assert records_of(ws).filter("erased").height == 1
    assert load_briefs(ws).is_empty()
    assert list(ws.store_briefs.glob("*")) == []
    assert verify_workspace(ws).faults == ()
    assert ADA not in texts_of(ws, "recall.csv")


def test_a_file_put_back_is_named_by_the_audit(ws: Workspace) -> None:
    """What an erasure took out of a file must not come back into it."""
    listed(ws, Line(ADA), BEA)
    (records,) = ws.store_lists.glob("*/records.parquet")
    meta = records.with_name("list.json")
    before = records.read_bytes(), meta.read_bytes()
    forget(ws, ADA, "DSR-1")
    records.write_bytes(before[0])
    meta.write_bytes(before[1])
    faults = {(fault.place.rpartition("/")[2], fault.what) for fault in verify_workspace(ws).faults}
    assert ("records.parquet", "holds what an erasure took out of it") in faults


def test_what_a_returning_row_says_of_contact_is_recorded_without_its_words(ws: Workspace) -> None:
    """The flag of a dropped row is an opt-out all the same; the address is not written down again."""
    listed(ws, Line(ADA), BEA)
    forget(ws, ADA, "DSR-1")
    drop_list(
        ws, "guild", [Line("Ada+new@acme.example", no_mail="yes"), Line("fay@new.example", no_mail="yes")], "g.csv"
    )
    publish(at(ws, NEXT))
    with open_ledger(ws) as ledger:
        said = ledger.optout_list().filter(pl.col("method") == "flag_column").sort("seq")
    assert sorted(said.get_column("contact"), key=str) == [None, "fay@new.example"]
    assert "ada+new" not in texts_of(ws)


def test_a_row_with_an_erased_address_among_further_ones_is_dropped(ws: Workspace) -> None:
    """And so is a refused row; both still come out as decisions."""
    listed(ws, Line(ADA), BEA)
    forget(ws, ADA, "DSR-1")
    text = (
        f"First Name,Last Name,Email,Company,Country\nBo,Berg,bo@berg.example; {ADA},Berg Inc,US\nNo,Body,{ADA} x,,US\n"
    )
    drop(ws, "lists/guild/more.csv", text)
    run = publish(at(ws, NEXT))
    decisions = pl.read_parquet(ws.run_folder(run.run_id) / "decisions.parquet").filter(pl.col("source") == "guild")
    assert decisions.get_column("verdict").to_list() == ["suppressed"] * decisions.height
    assert not any(ADA in path.read_text("utf-8") for path in ws.rejects.glob("*"))


def test_a_list_with_erased_rows_can_be_taken_out(ws: Workspace) -> None:
    """Stubs go with their list; the erasure stays."""
    listed(ws, Line(ADA), BEA)
    forget(ws, ADA, "DSR-1")
    (meta,) = active_lists(ws)
    undo_file(ws, meta.sha256)
    assert records_of(ws).is_empty()
    assert verify_workspace(ws).faults == ()
    (answer,) = why(ws, [ADA])
    assert answer["verdict"] == "suppressed"


def test_an_erasure_and_a_token_outlive_a_rotation(ws: Workspace) -> None:
    """Under the new key the same people are known again, and the links of old messages still open."""
    linked = at(ws, NEXT - timedelta(days=1))
    settings = linked.settings.model_copy(update={"unsubscribe_base_url": "https://kestrel.example/stop/"})
    linked = type(ws)(ws.root, settings)
    drop(linked, "briefs/ada.md", brief_about(ADA))
    published(linked, Line(ADA, phone=PHONE), BEA)
    (token,) = [line["unsubscribe_token"] for line in today(linked)]
    forget(linked, ADA, "DSR-1")
    rotate_key(linked)
    drop(linked, "optouts/u.csv", f"token,received_at\n{token},2026-10-14T07:00:00Z\n")
    decisions = published(linked, Line("ADA+2@acme.example"), source="guild", when=NEXT)
    assert decisions.filter(pl.col("source") == "guild").get_column("verdict").to_list() == ["suppressed"]
    with open_ledger(linked) as ledger:
        events = ledger.permission_events()
        assert set(stopped_points(linked, ledger).get_column("contact")) == set()
    assert {"optout", "erasure"} == set(events.get_column("kind"))
    for asked in (ADA, f"https://kestrel.example/stop/{token}"):
        (answer,) = why(at(linked, NEXT), [asked])
        assert {entry["kind"] for entry in answer["suppressions"]} == {"optout", "erasure"}


def test_nothing_is_written_down_about_them_again(ws: Workspace) -> None:
    """Neither a brief nor the words of an opt-out that comes later; the opt-out itself counts."""
    listed(ws, Line(ADA), BEA)
    forget(ws, ADA, "DSR-1")
    drop(ws, "briefs/ada.md", brief_about("Ada+x@acme.example"))
    drop(ws, "optouts/late.csv", f"email,words\n{ADA},never again\nfay@new.example,no thanks\n")
    listed(ws, Line("fay@new.example"), source="guild")
    assert call(["optout", "add", ADA.upper(), "--workspace", str(ws.root)]) == 0
    assert load_briefs(ws).is_empty()
    (why_refused,) = ws.quarantine.glob("*.why.json")
    assert json.loads(why_refused.read_bytes())["code"] == "brief_of_erased"
    left = texts_of(ws)
    assert (ADA in left, "never again" in left, "no thanks" in left) == (False, False, True)
    with open_ledger(ws) as ledger:
        assert ledger.counts()["optout"] == 3


def test_a_backup_from_before_brings_nothing_of_them_back(ws: Workspace) -> None:
    """The ledger is lost and restored: the journal knows of the erasure, and the texts go once more."""
    listed(ws, Line(ADA), BEA)
    assert call(["optout", "add", f"please {ADA}", "--workspace", str(ws.root)]) == 0
    backup = back_up(ws)
    forget(ws, ADA, "DSR-1")
    for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm"):
        (ws.data / name).unlink(missing_ok=True)
    bring_back(ws.root, backup)
    assert ADA not in texts_of(ws)
    (answer,) = why(ws, [ADA])
    assert {entry["kind"] for entry in answer["suppressions"]} == {"optout", "erasure"}


def test_what_was_said_under_an_older_key_goes_too(ws: Workspace) -> None:
    """The words recorded before the key was changed, in single events and in a long list."""
    listed(ws, Line(ADA, phone=PHONE), BEA)
    drop(
        ws,
        "optouts/long.csv",
        "value,words\n" + "".join(f"p{n}@many.example,\n" for n in range(10_000)) + f"{ADA},No\n",
    )
    listed(ws, BEA, source="guild")
    assert call(["optout", "add", ADA, "--workspace", str(ws.root)]) == 0
    rotate_key(ws)
    forget(ws, ADA, "DSR-1")
    with open_ledger(ws) as ledger:
        (snapshot,) = ledger.bulk_lists()
        kept = ledger.snapshots.plain_text(snapshot).get_column("contact")
    assert ADA not in texts_of(ws)
    assert (ADA in kept, kept.len()) == (False, 10_000)


@pytest.mark.parametrize("others", [0, 10_000])
def test_nothing_is_written_down_about_them_under_a_newer_key(ws: Workspace, others: int) -> None:
    """An opt-out file, short or long, and the flag of a list name them after the key was changed: no words are kept."""
    listed(ws, Line(ADA, phone=PHONE), BEA)
    forget(ws, ADA, "DSR-1")
    rotate_key(ws)
    rest = "".join(f"p{number}@many.example,\n" for number in range(others))
    drop(ws, "optouts/s.csv", f"value,words\n{ADA},leave me alone\n{rest}")
    listed(ws, Line(ADA, "Other", given="Xia", company="New", no_mail="yes"), source="guild")
    told = texts_of(ws)
    assert (ADA in told, "leave me alone" in told) == (False, False)
    with open_ledger(ws) as ledger:
        assert all(ADA not in ledger.snapshots.plain_text(snapshot)["contact"] for snapshot in ledger.bulk_lists())
    (answer,) = why(ws, [ADA])
    assert answer["verdict"] == "suppressed"
