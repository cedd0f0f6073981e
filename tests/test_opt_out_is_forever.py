"""Whoever said no is left alone at once and for good, under every address, whatever comes in later."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from flows.cli import call
from flows.workspace import load
from tests.small_workspace import (
    Line,
    brief_about,
    drop,
    drop_list,
    lines_of,
    make_workspace,
    next_queue,
    publish,
    today,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.workspace import Workspace

ADA, ALSO_ADA, LINE = "ada@acme.example", "ada.okafor@example.org", "+1 312 555 0101"
BEA = "bea@bolt.example"
HOUR = datetime(2026, 10, 14, 7, 30, tzinfo=UTC)  # the next revision of the day
WEEKS = datetime(2026, 11, 4, 7, 30, tzinfo=UTC)  # when what was handed out today counts no longer
CONSENTS = "contact,channel,purpose,event_state,captured_at,method,statement,statement_version,evidence\n"
SUMMIT = (Line(ADA, phone=LINE), Line(BEA, "Ruiz", given="Bea", company="Bolt Inc"))
GUILD = (Line(ALSO_ADA, phone="(312) 555-0101"),)


@pytest.fixture(scope="module")
def queued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people in today's queue, one of them on two lists under two addresses."""
    ws = make_workspace(tmp_path_factory.mktemp("queued") / "ws")
    drop_list(ws, "summit", SUMMIT)
    drop_list(ws, "guild", GUILD)
    drop(ws, "briefs/ada.md", brief_about(ADA))
    drop(ws, "briefs/bea.md", brief_about(BEA, "Bea Ruiz"))
    publish(ws)
    return ws.root


@pytest.fixture
def ws(queued: Path, tmp_path: Path) -> Workspace:
    """A copy of that workspace."""
    shutil.copytree(queued, tmp_path / "ws")
    return load(tmp_path / "ws")


def names(ws: Workspace) -> list[str]:
    """Who stands in ``today.csv``."""
    return sorted(line["full_name"] for line in today(ws))


def tactful(ws: Workspace, *words: str) -> int:
    """One call of the command line, in this process; its exit code."""
    return call([*words, "--workspace", str(ws.root)])


def why(ws: Workspace, contact: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What ``why --json`` answers about a contact."""
    capsys.readouterr()
    assert tactful(ws, "why", contact, "--json") == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def left_alone(ws: Workspace) -> None:
    """Ada is in no queue, today's or the next; Bea stands where she stood."""
    assert names(ws) == ["Bea Ruiz"]
    assert next_queue(ws, HOUR).get_column("contact_point").to_list() == [BEA]


def test_both_stand_in_the_queue_first(ws: Workspace) -> None:
    """What the other tests take away is there."""
    assert names(ws) == ["Ada Okafor", "Bea Ruiz"]
    assert {line["contact_point"] for line in today(ws)} == {ADA, BEA}


@pytest.mark.parametrize(
    "contact",
    [
        ALSO_ADA,
        ADA,
        "ADA.OKAFOR@EXAMPLE.ORG",
        " Ada.Okafor+Conference@example.org ",
        "+13125550101",
        "example.org",
        hashlib.sha1(ALSO_ADA.encode(), usedforsecurity=False).hexdigest(),
    ],
)
def test_today_s_queue_loses_them_at_once(ws: Workspace, contact: str) -> None:
    """Under whatever address, spelling or number: gone from every queue file, and on the recall, before it ends."""
    assert tactful(ws, "optout", "add", contact) == 0
    assert names(ws) == ["Bea Ruiz"]
    for rep in ("maria", "tom"):
        assert "Okafor" not in (ws.queue / f"{rep}.csv").read_text(encoding="utf-8")
    (recalled,) = lines_of(ws.queue / "recall.csv")
    assert (recalled["full_name"], recalled["contact_point"]) == ("Ada Okafor", ADA)
    left_alone(ws)


def test_a_channel_that_is_closed_closes_no_other(ws: Workspace) -> None:
    """Who does not want to be called may still be written to, and who does not want mail is not."""
    assert tactful(ws, "optout", "add", ALSO_ADA, "--channel", "phone") == 0
    assert names(ws) == ["Ada Okafor", "Bea Ruiz"]
    assert tactful(ws, "optout", "add", ALSO_ADA, "--channel", "email") == 0
    left_alone(ws)


def test_an_address_alone_says_nothing_about_the_other(ws: Workspace) -> None:
    """With scope address the other address of the person stays open; the one in the queue does not."""
    assert tactful(ws, "optout", "add", ALSO_ADA, "--scope", "address") == 0
    assert names(ws) == ["Ada Okafor", "Bea Ruiz"]
    assert tactful(ws, "optout", "add", ADA, "--scope", "address") == 0
    left_alone(ws)


def test_why_names_the_opt_out_and_the_path_to_it(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Under the address it was said for, stated; under the other, inferred, with every link in between."""
    assert tactful(ws, "optout", "add", ALSO_ADA) == 0
    stated, inferred = why(ws, ALSO_ADA, capsys), why(ws, ADA, capsys)
    assert (stated["verdict"], inferred["verdict"]) == ("suppressed", "suppressed")
    assert stated["person_id"] == inferred["person_id"]
    (said,), (spread,) = stated["suppressions"], inferred["suppressions"]
    assert (said["kind"], said["stated_or_inferred"]) == ("optout", "stated")
    assert (spread["kind"], spread["stated_or_inferred"]) == ("optout", "inferred")
    assert said["recorded_at"] == spread["recorded_at"] == "2026-10-14T06:30:00+00:00"
    assert [step.partition(" ")[0] for step in spread["path"]] == ["event", "names", "which"]
    assert "(guild, row 1)" in spread["path"][1]
    assert spread["path"][2].startswith("which has the same phone and surname as record ")
    assert "(summit, row 1)" in spread["path"][2]
    assert said["path"] == spread["path"][:2]
    for channel in ("email", "phone"):
        reasons = [reason["rule_id"] for reason in stated["channels"][channel]["reasons"]]
        assert reasons[0] == "core.permission.opted_out"
        assert stated["channels"][channel]["effect"] == "deny"


def test_somebody_unknown_may_opt_out_and_is_left_alone_later(
    ws: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Said before any list held them, it holds when one does."""
    assert tactful(ws, "optout", "add", "cho@dyn.example") == 0
    assert why(ws, "cho+x@dyn.example", capsys)["verdict"] == "suppressed"
    drop_list(ws, "guild", [Line("Cho@Dyn.example", "Cho", company="Dyn Inc")], "new.csv")
    drop(ws, "briefs/cho.md", brief_about("cho@dyn.example", "Ada Cho"))
    assert "Ada Cho" not in next_queue(ws, HOUR).get_column("full_name")
    assert why(ws, "cho@dyn.example", capsys)["verdict"] == "suppressed"


def again(lines: tuple[Line, ...]) -> list[Line]:
    """The same people, later: in another order, under other spellings, with a column that says that all is well."""
    fresh = [
        Line(line.email.upper(), line.family, line.phone, line.given, "ACME, Inc.", no_mail="no") for line in lines
    ]
    return fresh[::-1]


def test_dropping_the_lists_again_changes_nothing(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """The very files, the same rows saved anew, and a row that says "no opt-out": none brings them back."""
    assert tactful(ws, "optout", "add", ALSO_ADA) == 0
    for source, lines in (("summit", SUMMIT), ("guild", GUILD)):
        drop_list(ws, source, lines, "the same.csv")
        drop_list(ws, source, again(lines), "again.csv")
        drop_list(ws, source, [Line("ada+new@acme.example", phone=LINE, no_mail="no", no_calls="no")], "other.csv")
    left_alone(ws)
    assert next_queue(ws, WEEKS).get_column("contact_point").to_list() == [BEA]
    for contact in (ADA, ALSO_ADA, "ada+new@acme.example", LINE):
        assert why(ws, contact, capsys)["verdict"] == "suppressed"


def test_an_older_consent_does_not_bring_them_back(ws: Workspace) -> None:
    """Nor one for the other address; a newer one for the same address frees that address alone."""
    assert tactful(ws, "optout", "add", ADA) == 0
    row = "{},email,direct_marketing,ConsentGiven,{},web form,Yes please,1,log/1\n"
    drop(ws, "consents/old.csv", CONSENTS + row.format(ADA, "2026-10-13T09:00:00Z"))
    drop(ws, "consents/other.csv", CONSENTS + row.format(ALSO_ADA, "2026-10-14T07:00:00Z"))
    left_alone(ws)


def stopped_by(drops: Callable[[Workspace], object]) -> Callable[[Workspace], None]:
    """Drop something that says stop, then check that Ada is left alone by intake already, and ever after."""

    def check(ws: Workspace) -> None:
        drops(ws)
        assert tactful(ws, "intake", "--quarantine-ok") == 0
        left_alone(ws)

    return check


def test_a_flag_in_a_list_counts(ws: Workspace) -> None:
    """A cell of an opt-out column is as good as an opt-out file."""
    stopped_by(lambda ws: drop_list(ws, "guild", [Line("ada.okafor+x@example.org", no_mail="yes")], "f.csv"))(ws)


def test_a_flag_in_a_rejected_row_counts(ws: Workspace) -> None:
    """The row cannot be used, its word is: here under a text that is no address, which another list holds as well."""
    drop_list(ws, "guild", [Line("ada@acme", phone=LINE)], "typed.csv")
    assert next_queue(ws, HOUR).height == 2
    stopped_by(lambda ws: drop_list(ws, "guild", [Line("Ada@ACME", "", no_mail="x")], "flagged.csv"))(ws)
    rejects = [lines_of(file) for file in ws.rejects.glob("guild-*.csv")]
    assert [line["Email"] for rows in rejects for line in rows] == ["Ada@ACME"]


def test_a_damaged_row_of_a_list_with_flags_is_never_overlooked(
    ws: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody can read its flag, so whom it names is held until somebody mends it."""
    drop_list(ws, "guild", [Line(ALSO_ADA, company="Acme", title=" Inc", no_calls="x", more=("x",))], "damaged.csv")
    assert next_queue(ws, HOUR).get_column("contact_point").to_list() == [BEA]
    reasons = why(ws, ADA, capsys)["channels"]["email"]["reasons"]
    assert "core.permission.flag_unknown" in {reason["rule_id"] for reason in reasons}


def test_a_flag_in_a_list_without_contract_counts(ws: Workspace) -> None:
    """The list goes to quarantine, the opt-outs in it are kept."""
    stopped_by(lambda ws: drop_list(ws, "unagreed", [Line(ALSO_ADA, no_mail="yes"), Line("x@y.example")]))(ws)
    (refused,) = ws.quarantine.glob("*.why.json")
    assert json.loads(refused.read_text(encoding="utf-8"))["code"] == "no_source_contract"


def test_a_flag_in_a_list_that_may_not_be_kept_counts(ws: Workspace) -> None:
    """Being on it reveals what nobody may keep; nothing of it is stored but who said no, as tokens."""
    text = (ws.sources / "guild.toml").read_text(encoding="utf-8")
    (ws.sources / "clinic.toml").write_text(
        text.replace('"guild"', '"clinic"').replace('reveals = "none"', 'reveals = "health"'), encoding="utf-8"
    )
    stopped_by(lambda ws: drop_list(ws, "clinic", [Line(ALSO_ADA, no_mail="yes")]))(ws)
    assert not [folder for folder in ws.store_lists.iterdir() if "clinic" in (folder / "list.json").read_text()]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("optouts/plain.csv", f"{ALSO_ADA}\n"),
        ("optouts/file.csv", "email,received_at\nAda.Okafor@Example.ORG,2026-10-13\n"),
        ("optouts/damaged.csv", f"value,channel,scope\n{ALSO_ADA},carrier pigeon,galaxy\n"),
        ("touches/t.csv", f"contact,channel,at,outcome,rep\n{LINE},phone,2026-10-13T16:00:00Z,asked_to_stop,tom\n"),
        ("touches/c.csv", f"contact,channel,at,outcome,rep\n{ALSO_ADA},email,2026-10-13T16:00:00Z,complaint,tom\n"),
        (
            "consents/w.csv",
            CONSENTS + f"{ALSO_ADA},email,direct_marketing,ConsentWithdrawn,2026-10-13T16:00:00Z,reply,No more,1,m/7\n",
        ),
    ],
)
def test_every_way_of_saying_stop_counts(ws: Workspace, place: str, text: str) -> None:
    """By file, by a rep's report, by a withdrawn consent; a word nobody understands makes it no narrower."""
    stopped_by(lambda ws: drop(ws, place, text))(ws)


def test_a_rep_s_word_counts_at_once(ws: Workspace) -> None:
    """``touch add`` with ``asked_to_stop`` takes them out before it ends, under every address."""
    assert tactful(ws, "touch", "add", LINE, "--outcome", "asked_to_stop", "--channel", "phone", "--rep", "tom") == 0
    left_alone(ws)


def test_an_opt_out_waits_for_no_rule_file(ws: Workspace) -> None:
    """A rule file that does not hold stops runs, and no opt-out."""
    (ws.rules / "local").mkdir()
    (ws.rules / "local" / "broken.toml").write_text("[[rule]\n", encoding="utf-8")
    assert tactful(ws, "run") == 1
    assert tactful(ws, "optout", "add", ALSO_ADA) == 0
    assert names(ws) == ["Bea Ruiz"]


def test_the_day_s_end_empties_the_queue(ws: Workspace) -> None:
    """After ``valid_until`` nobody stands in it, whoever asks."""
    until = datetime.fromisoformat(today(ws)[0]["valid_until"])
    toml = (ws.root / "tactful.toml").read_text(encoding="utf-8")
    for instant, left in ((until - timedelta(seconds=1), 2), (until, 0)):
        moved = toml.replace('clock = "2026-10-14T06:30:00Z"', f'clock = "{instant.isoformat()}"')
        (ws.root / "tactful.toml").write_text(moved, encoding="utf-8")
        assert tactful(ws, "status") == 0
        assert len(today(ws)) == left
