"""A new key changes nothing for anybody: who was stopped is stopped, who may be contacted may, nobody counts twice."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.backup.container import open_backup
from flows.cli import call
from flows.filing import file_inbox
from flows.key_care import check_keys, new_key, rotate_key
from flows.ledger import Keyring, create_key
from flows.ledger_access import keyring_of, open_ledger
from flows.policy_files import load_policy
from flows.queue.suppression_now import stopped_points
from flows.runs.situation import look
from flows.workspace import load
from policies.errors import HeldError, UsageError
from policies.evaluate import decide
from tests.effort import each
from tests.flows.backup.keeping import back_up, copied, template, workspace_on
from tests.flows.ledger.ledgers import NOW, optout
from tests.postgres import DATABASES
from tests.small_workspace import Line, at, brief_about, drop, drop_list, make_workspace, next_queue, publish, today

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from flows.workspace import Workspace

CONSENTS = "contact,channel,purpose,event_state,captured_at,method,statement,statement_version,evidence\n"


def _given(contact: str, day: str, state: str = "ConsentGiven") -> str:
    return f"{CONSENTS}{contact},email,direct_marketing,{state},{day},web_form,Yes please,v1,form 7\n"


@pytest.fixture(params=each(DATABASES, 2))  # histories with changed keys are tried on both every day
def ws(request: pytest.FixtureRequest, tmp_path: Path) -> Workspace:
    """People of every kind: free, opted out, consenting, of one company, met before."""
    return copied(request.param, *_people(), tmp_path / "ws")


@cache
def _people() -> tuple[Workspace, Path]:
    return template(_make)


def _make(folder: Path) -> Workspace:
    made = workspace_on("sqlite", folder)
    lines = [
        Line("cem@cedar.example", family="Can", given="Cem", company="Cedar Inc"),
        Line("dora@cedar.example", family="Dorn", given="Dora", country="Germany", state="", company="Zeder GmbH"),
        Line("eva@elm.example", family="Elm", given="Eva", company="Elm Inc"),
        Line("gus@elm.example", family="Gull", given="Gus", company="Elm Inc"),
        Line("finn@fir.example", family="Fir", given="Finn", no_mail="yes"),
    ]
    drop_list(made, "guild", lines)
    drop(made, "consents/forms.csv", _given("cem@cedar.example", "2026-09-01T10:00:00Z"))
    met = "contact,channel,at,outcome,rep\ngus@elm.example,email,2026-10-13T10:00:00Z,no_answer,tom\n"
    drop(made, "touches/yesterday.csv", met)
    drop(made, "briefs/cem.md", brief_about("cem@cedar.example", "Cem Can"))
    drop(made, "briefs/eva.md", brief_about("eva@elm.example", "Eva Elm"))
    publish(made)
    return made


def _decided(ws: Workspace) -> pl.DataFrame:
    """Everybody's reasons of the day, and of the next one, when the queue of this one counts as contacts."""
    policy, found = load_policy(ws), []
    with open_ledger(ws) as ledger:
        for as_of in (NOW, NOW + timedelta(days=1)):
            reasons = decide(look(ws, ledger, policy, as_of).inputs).reasons
            found.append(reasons.select("subject", "channel", "rule_id", "effect", "evidence"))
    return pl.concat(found)


def test_nothing_is_decided_otherwise(ws: Workspace) -> None:
    """Before and after one and two rotations: the same people, the same reasons, the same evidence."""
    before = _decided(ws)
    for _ in range(2):
        rotate_key(ws)
        assert _decided(ws).equals(before)
    assert {"core.cadence.company_cap", "core.cadence.open_commitment"} <= set(before.get_column("rule_id"))
    assert call(["audit", "verify", "--workspace", str(ws.root)]) == 0
    assert len(keyring_of(ws).keys) == 3


def test_what_is_dropped_again_is_known(ws: Workspace) -> None:
    """The keys by which a repeated statement is recognised outlive a rotation."""
    with open_ledger(ws) as ledger:
        before = ledger.counts()
    rotate_key(ws)
    drop(ws, "optouts/again.csv", "value\nbea@birch.example\n")
    drop(ws, "consents/again.csv", _given("cem@cedar.example", "2026-09-01T10:00:00Z"))
    publish(ws)
    with open_ledger(ws) as ledger:
        after = ledger.counts()
    assert {kind: after[kind] - before.get(kind, 0) for kind in after if after[kind] != before.get(kind, 0)} == {
        "key": 1
    }


def test_a_word_under_the_new_key_meets_one_under_the_old(ws: Workspace) -> None:
    """An opt-out stops, a newer consent lifts an older opt-out, a refusal revokes an older consent."""
    assert {line["contact_point"] for line in today(ws)} >= {"ada@acme.example", "cem@cedar.example", "eva@elm.example"}
    rotate_key(ws)
    drop(ws, "optouts/later.csv", "value\neva@elm.example\n")
    drop(ws, "consents/later.csv", _given("bea@birch.example", "2026-10-15T06:00:00Z"))
    drop(ws, "consents/no.csv", _given("cem@cedar.example", "2026-10-13T10:00:00Z", "ConsentWithdrawn"))
    drop(ws, "briefs/bea.md", brief_about("bea@birch.example", "Bea Ruiz"))
    tomorrow = NOW + timedelta(days=1)
    later = next_queue(ws, tomorrow)
    assert not {"eva@elm.example", "cem@cedar.example"} & set(later.get_column("contact_point"))
    stopped = _stopped(ws, tomorrow)
    assert {"eva@elm.example", "cem@cedar.example"} <= stopped
    assert "bea@birch.example" not in stopped


def _stopped(ws: Workspace, as_of: datetime) -> set[str]:
    """Whose address something said stops."""
    with open_ledger(at(ws, as_of)) as ledger:
        points = stopped_points(at(ws, as_of), ledger).filter(pl.col("channel") == "email")
    return set(points.get_column("contact"))


def test_a_touch_after_a_rotation_answers_an_earlier_line(ws: Workspace) -> None:
    """A queue line handed out under the old key is answered by what is reported under the new one."""
    with open_ledger(ws) as ledger:
        before = set(ledger.open_commitments().get_column("seq"))
    rotate_key(ws)
    drop(
        ws,
        "touches/day.csv",
        "contact,channel,at,outcome,rep\nada@acme.example,email,2026-10-14T06:20:00Z,replied,tom\n",
    )
    with open_ledger(ws) as ledger:
        file_inbox(ws, ledger, load_policy(ws), dry_run=False, step=lambda _: None)
        assert len(before - set(ledger.open_commitments().get_column("seq"))) == 1


def test_a_statement_without_a_date_counts_anew_after_a_consent_under_another_key(tmp_path: Path) -> None:
    """It may be a new refusal: which key the consent was recorded under plays no part."""
    ws = make_workspace(tmp_path / "ws")
    for number in range(3):
        drop(ws, f"optouts/monthly{number}.csv", f"value,words\nada@acme.example,stop\nx{number}@x.example,\n")
        publish(ws)
        with open_ledger(ws) as ledger:
            tokens = {token.token for token in optout("ada@acme.example", ledger.keyring).tokens}
            assert sum(bool(event.matched & tokens) for event in ledger.contact_events(tokens)) >= 1
            known = ledger.counts()["optout"]
        assert known == 2 * (number + 1)
        drop(ws, f"consents/form{number}.csv", _given("ada@acme.example", f"2026-10-0{number + 1}T10:00:00Z"))
        publish(ws)
        rotate_key(ws)


def test_several_rotations_serialise(tmp_path: Path) -> None:
    """Two at once: two new keys, one after the other, and a sound ledger."""
    ws = make_workspace(tmp_path / "ws")
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(lambda _: rotate_key(load(ws.root)), range(2)))
    assert len({rotated.key_id for rotated in done}) == 2
    found = check_keys(ws)
    assert found.ok
    assert len(found.keys) == 3


LONG = pytest.mark.long
MOMENTS = ("flows.key_care.create_key", "flows.ledger.ledger.rotate_to", "flows.ledger.rotation.register_key")


def _die_at(moment: str, folder: Path) -> None:
    """In a process of its own: rotate, and end by kill -9 when the moment comes."""
    module, _, name = moment.rpartition(".")
    setattr(__import__(module, fromlist=[name]), name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    rotate_key(load(folder))


@pytest.mark.parametrize(
    "moment", [pytest.param(MOMENTS[0], marks=LONG), MOMENTS[1], pytest.param(MOMENTS[2], marks=LONG)]
)
def test_killed_at_any_moment_the_old_keys_are_in_force(tmp_path: Path, moment: str) -> None:
    """Kill -9: everything works as before, and the next rotation uses what was left."""
    ws = make_workspace(tmp_path / "ws")
    process = multiprocessing.get_context("spawn").Process(target=_die_at, args=(moment, ws.root))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert len(check_keys(ws).keys) == 1
    publish(ws)
    done = rotate_key(ws)
    assert done.completed == (moment != MOMENTS[0])
    assert len(list(ws.keys.glob("*.key"))) == 2
    assert check_keys(ws).ok


def test_a_command_at_work_learns_of_the_new_key(tmp_path: Path) -> None:
    """A process that opened the ledger before the rotation recognises what is recorded after it."""
    ws = make_workspace(tmp_path / "ws")
    with open_ledger(ws) as old:
        rotate_key(ws)
        with open_ledger(ws) as new:
            new.append([optout("ada@acme.example", new.keyring)])
            assert len(new.keyring.keys) == 2
        assert len(old.keyring.keys) == 1
        old.head()
        assert old.keyring == new.keyring


def test_check_names_missing_and_wrong_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 3 names each key that is not at hand; nothing of a secret is shown."""
    ws = make_workspace(tmp_path / "ws")
    rotate_key(ws)
    assert call(["key", "check", "--workspace", str(ws.root)]) == 0
    (ws.keys / "workspace-2.key").rename(tmp_path / "away.key")
    capsys.readouterr()
    assert call(["key", "check", "--json", "--workspace", str(ws.root)]) == 3
    assert '"missing"' in capsys.readouterr().out
    with pytest.raises(HeldError, match="older key"), open_ledger(ws):
        pass
    (tmp_path / "away.key").rename(ws.keys / "workspace-2.key")
    (ws.keys / "torn.key").write_bytes(b"key-id: 00")
    assert check_keys(ws).unreadable == ("keys/torn.key",)


@pytest.mark.parametrize("command", ["rotate", "check"])
def test_an_unfinished_secret_is_swept(tmp_path: Path, command: str) -> None:
    """Killed while it wrote a key: the next key command removes what is left, and nothing of anybody else's."""
    ws = make_workspace(tmp_path / "ws")
    left = [ws.keys / f".{name}.key.{'0a' * 16}" for name in ("workspace", "workspace-2")]
    others = [ws.keys / f".server.key.{'0a' * 16}", ws.keys / ".workspace.key.swp", ws.key_file]
    for file in (*left, *others[:2]):
        file.write_text("key: half of it", encoding="utf-8")
    assert call(["key", command, "--workspace", str(ws.root)]) == 0
    assert [file.exists() for file in (*left, *others)] == [False, False, True, True, True]


def test_a_first_key_is_made_only_where_none_is_needed(tmp_path: Path) -> None:
    """Never beside another, never for a ledger that was made with one."""
    ws = make_workspace(tmp_path / "ws")
    with pytest.raises(UsageError) as caught:
        new_key(ws)
    assert caught.value.code == "key_exists"
    ws.key_file.unlink()
    with pytest.raises(HeldError) as held:
        new_key(ws)
    assert held.value.code == "key_missing"
    for file in ws.data.glob("ledger.db*"):
        file.unlink()
    key, file = new_key(ws)
    assert file == ws.key_file
    assert keyring_of(ws) == Keyring((key,))


def test_keys_elsewhere_may_lie_side_by_side_or_in_one_file(tmp_path: Path) -> None:
    """TACTFUL_KEY_FILE: older keys beside it, or all of them in the one file; other programs' keys do no harm."""
    ws = make_workspace(tmp_path / "ws")
    safe = tmp_path / "safe"
    safe.mkdir()
    ws.key_file.rename(safe / "tactful.key")
    (safe / "server.key").write_text("-----BEGIN PRIVATE KEY-----\n", encoding="utf-8")
    elsewhere = load(ws.root, safe / "tactful.key")
    done = rotate_key(elsewhere)
    assert done.file == str(safe / "tactful-2.key")
    assert check_keys(elsewhere).ok
    one = tmp_path / "one.key"
    one.write_bytes((safe / "tactful-2.key").read_bytes() + (safe / "tactful.key").read_bytes())
    assert check_keys(load(ws.root, one)).ok
    create_key(tmp_path / "keys" / "foreign.key")


def test_a_backup_opens_under_any_key_of_the_ring(tmp_path: Path) -> None:
    """Rotated since, a backup is still this workspace's."""
    ws = workspace_on("sqlite", tmp_path / "ws")
    file = back_up(ws)
    rotate_key(ws)
    with open_backup(file, keyring_of(ws)) as backup:
        backup.check()
