"""A token in a message stops its person for good: whatever becomes of the facts meanwhile, and nobody else."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.asking.questions import why
from flows.cli import call
from flows.event_files import read_optouts
from flows.filing import file_inbox
from flows.key_care import rotate_key
from flows.ledger import Key, Keyring
from flows.ledger.events import OptOut
from flows.ledger.tokens import email_tokens
from flows.ledger.unsubscribe import open_token, seal_tokens, token_in, unsubscribe_event
from flows.ledger_access import open_ledger
from flows.locks import workspace_lock
from flows.pipeline import undo_file
from flows.queue.suppression_now import refresh_queue, standing_now, stopped_points
from policies.errors import UsageError
from tests.flows.event_file_samples import CONTEXT, write
from tests.flows.ledger.ledgers import KEY, KEYRING, NOW
from tests.histories import rules
from tests.small_workspace import Line, at, brief_about, drop, drop_list, make_workspace, next_queue, publish, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.event_files import EventReading
    from flows.workspace import Workspace

PERSON, ADDRESS = "p" + "a" * 26, "Ada+News@acme.example"
ADA, OTHER, PHONE = "ada@acme.example", "ada@home.example", "+1 312 555 0101"
BEA = Line("bea@bolt.example", "Ruiz", given="Bea", company="Bolt Inc")
[TOKEN] = seal_tokens(KEY, [(PERSON, ADDRESS)])
LATER = datetime(2026, 10, 15, 6, 30, tzinfo=UTC)
BASE = "https://kestrel.example/stop/"


def test_a_token_is_opaque_and_always_the_same() -> None:
    """Equal runs have equal bytes; another key, person or address makes another token; nobody can read it."""
    lines = [(PERSON, ADDRESS), (PERSON, ADA), ("p" + "b" * 26, ADDRESS)]
    assert seal_tokens(KEY, lines) == seal_tokens(KEY, lines)
    made = {*seal_tokens(KEY, lines), *seal_tokens(Key(b"j" * 32), lines)}
    assert len(made) == 6
    assert {len(token) for token in made} == {len(TOKEN)}
    assert all(part not in TOKEN for part in (PERSON, "ada", "acme"))


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"{BASE}{TOKEN}",
        f"<{BASE}{TOKEN}>",
        f"https://kestrel.example/?utm_source=x&u={TOKEN}&lang=de#top",
        f"?token={TOKEN}",
        f"  {TOKEN}\n",
    ],
)
def test_it_is_found_where_people_leave_it(text: str) -> None:
    """By itself, in a link or in its query."""
    opened = open_token(KEYRING, text)
    assert opened.person_id == PERSON
    assert list(opened.tokens) == email_tokens(KEYRING, ADDRESS)


@pytest.mark.parametrize("place", [2, 10, 40, 100, len(TOKEN) - 1])
def test_one_changed_character_opens_nothing(place: int) -> None:
    """Whoever has no key can make none."""
    changed = TOKEN[:place] + ("A" if TOKEN[place] != "A" else "B") + TOKEN[place + 1 :]
    for text in (changed, TOKEN[:place], f"{TOKEN}A", TOKEN.lower()):
        with pytest.raises(UsageError) as caught:
            open_token(KEYRING, text)
        assert caught.value.code == "token_unreadable"
        assert text not in f"{caught.value.message} {caught.value.fix}"


def test_a_token_opens_under_every_key_of_the_ring() -> None:
    """After a rotation the old messages are still out there; what it says stands under its own key."""
    rotated = Keyring((KEY, Key(b"j" * 32)))
    assert open_token(rotated, TOKEN) == open_token(KEYRING, TOKEN)
    with pytest.raises(UsageError):
        open_token(Keyring((Key(b"j" * 32),)), TOKEN)


def _read(folder: Path, text: str) -> EventReading:
    return read_optouts(write(folder, text), CONTEXT)


@pytest.mark.parametrize(
    "text",
    [
        f"token,received_at,method\n{TOKEN},2026-10-13T10:00:00Z,one_click\n",
        f"unsubscribe_token,received_at\n{BASE}{TOKEN},2026-10-13T10:00:00Z\n",
        f"Token;Received at\n?u={TOKEN};2026-10-13T10:00:00Z\n",
        f"value,received_at\n{TOKEN},2026-10-13T10:00:00Z\n",
    ],
    ids=["token", "link", "query", "value"],
)
def test_a_file_of_tokens_is_a_file_of_optouts(text: str, tmp_path: Path) -> None:
    """Recognised by its column: the person on every channel."""
    reading = _read(tmp_path, text)
    assert (reading.counted, reading.rejects.height, reading.understood) == (1, 0, 1)
    (event,) = reading.events
    assert (event.kind, event.body["channel"], event.body["scope"]) == ("optout", "any", "person")
    assert event.body["person_id"] == PERSON
    assert list(event.tokens) == email_tokens(KEYRING, ADDRESS)
    assert TOKEN not in f"{event.body}{event.erasable}"


def test_a_list_of_tokens_alone_is_one_too(tmp_path: Path) -> None:
    """One a line, without a header."""
    others = seal_tokens(KEY, [("p" + "b" * 26, ADA), ("p" + "c" * 26, OTHER)])
    reading = _read(tmp_path, "\n".join([TOKEN, *others, ""]))
    assert {event.body["person_id"][1] for event in reading.events} == {"a", "b", "c"}
    assert reading.rejects.height == 0


def test_a_forged_token_stops_nobody_and_keeps_no_other_from_counting(tmp_path: Path) -> None:
    """It is a row to mend; the others of the file are recorded."""
    forged = TOKEN[:-3] + "AAA"
    reading = _read(tmp_path, f"token,received_at,method\n{forged},2026-10-13,\n{TOKEN},2026-10-13,\nabc,,\n")
    assert [event.body["person_id"] for event in reading.events] == [PERSON]
    codes = reading.rejects.select("_row", "_code").rows()
    assert codes == [(1, "token_unreadable"), (3, "token_unreadable")]


def test_another_products_token_is_no_fault_of_a_row(tmp_path: Path) -> None:
    """Beside an e-mail address a column of that name may be anybody's; ours counts as well."""
    reading = _read(tmp_path, f"email,token\nann@acme.example,8d1f\nbob@acme.example,{TOKEN}\n")
    assert reading.rejects.height == 0
    assert [event.body["contact_kind"] for event in reading.events].count("email") == 2
    assert [event.body["contact_kind"] for event in reading.events].count("token") == 1


@pytest.mark.parametrize(("received", "events"), [("2026-10-13T10:00:00Z", 1), ("2026-10-13T10:00:01Z", 2)])
def test_a_replay_is_one_event(received: str, events: int, tmp_path: Path) -> None:
    """The same token at the same time, in whatever file, whatever is around it."""
    first = _read(tmp_path, f"token,received_at\n{TOKEN},2026-10-13T12:00:00+02:00\n").events
    again = _read(tmp_path, f"token,received_at,method\n{BASE}{TOKEN},{received},one_click\n").events
    assert len({event.dedup_key for event in (*first, *again)}) == events


def test_an_unknown_channel_counts_at_its_widest(tmp_path: Path) -> None:
    """As everywhere in files of opt-outs; a known one narrows the stop."""
    for channel, wanted, rejected in (("fax", "any", 1), ("phone", "phone", 0)):
        reading = _read(tmp_path, f"token,channel\n{TOKEN},{channel}\n")
        assert [event.body["channel"] for event in reading.events] == [wanted]
        assert reading.rejects.height == rejected


# end to end


def _linked(folder: Path, base: str | None = BASE) -> Workspace:
    ws = make_workspace(folder)
    return replace(ws, settings=ws.settings.model_copy(update={"unsubscribe_base_url": base}))


def _queued(ws: Workspace, *lines: Line) -> dict[str, str]:
    """Publish a queue of these people; the token of each by contact point."""
    drop_list(ws, "summit", lines)
    for number, line in enumerate(lines):
        drop(ws, f"briefs/{number}.md", brief_about(line.email, f"{line.given} {line.family}"))
    publish(ws)
    return {line["contact_point"]: line["unsubscribe_token"] for line in today(ws)}


def _stopped(ws: Workspace) -> set[str]:
    with open_ledger(ws) as ledger:
        return set(stopped_points(ws, ledger).get_column("contact"))


def _unsubscribe(ws: Workspace, token: str) -> None:
    """Drop a file with the token and take it in."""
    drop(ws, "optouts/unsubscribed.csv", f"token,received_at,method\n{token},2026-10-14T06:40:00Z,one_click\n")
    _take_in(ws)


def _take_in(ws: Workspace) -> None:
    """File what lies in the inbox, and take whom it stops out of the queue."""
    with open_ledger(ws) as ledger, workspace_lock(ws):
        file_inbox(ws, ledger, rules(), dry_run=False, step=lambda _: None)
        refresh_queue(ws, ledger)


def test_a_line_carries_its_token_and_its_link(tmp_path: Path) -> None:
    """E-mail lines do; the link takes the place of the reply address in what to say."""
    ws = _linked(tmp_path / "ws")
    tokens = _queued(ws, Line(ADA), BEA)
    assert set(tokens) == {ADA, BEA.email}
    answers = why(ws, [line["unsubscribe_token"] for line in today(ws)])
    assert [answer["person_id"] for answer in answers] == [line["person_id"] for line in today(ws)]
    for line in today(ws):
        assert f"How to stop: {BASE}{line['unsubscribe_token']}." in line["must_include"]
        with open_ledger(ws) as ledger:
            assert open_token(ledger.keyring, line["unsubscribe_token"]).person_id == line["person_id"]


@pytest.mark.parametrize("base", [None, "http://kestrel.example/stop/"])
def test_without_a_safe_link_the_way_to_stop_is_a_reply(base: str | None, tmp_path: Path) -> None:
    """The column is blank, and what to say names the reply address or asks for one."""
    ws = _linked(tmp_path / "ws", base)
    assert _queued(ws, Line(ADA)) == {ADA: ""}
    assert "How to stop: a reply with 'stop' to stop@kestrel.example." in today(ws)[0]["must_include"]
    own = ws.settings.organisation.model_copy(update={"reply_address": None})
    silent = replace(ws, settings=ws.settings.model_copy(update={"organisation": own}))
    (line,) = next_queue(silent, NOW).to_dicts()
    assert "a reply address of yours" in line["must_include"]
    assert line["unsubscribe_token"] is None


def test_a_token_dropped_as_a_file_takes_its_person_out_and_nobody_else(tmp_path: Path) -> None:
    """Intake, run, queue: the other line stays."""
    ws = _linked(tmp_path / "ws")
    tokens = _queued(ws, Line(ADA), BEA)
    _unsubscribe(ws, tokens[ADA])
    assert [line["contact_point"] for line in today(ws)] == [BEA.email]


def test_a_token_typed_in_holds_before_the_command_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given as the whole link, or among other lines on standard input; a forged one is told."""
    ws = _linked(tmp_path / "ws")
    tokens = _queued(ws, Line(ADA), BEA)
    capsys.readouterr()
    assert call(["optout", "add", f"{BASE}{tokens[ADA]}", "--workspace", str(ws.root), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["queue_lines"] == 1
    assert call(["optout", "add", tokens[ADA][:-3] + "AAA", "--workspace", str(ws.root), "--json"]) == 2
    told = capsys.readouterr().out
    assert json.loads(told)["error"]["code"] == "token_unreadable"
    assert tokens[ADA][:20] not in told
    lines = io.TextIOWrapper(io.BytesIO(f"{tokens[BEA.email]}\nann@acme.example\n".encode()))
    monkeypatch.setattr(sys, "stdin", lines)
    assert call(["optout", "add", "-", "--workspace", str(ws.root)]) == 0
    assert today(ws) == []


def test_a_token_holds_through_a_merge(tmp_path: Path) -> None:
    """Two people turn out to be one: the token of either stops both their addresses."""
    ws = _linked(tmp_path / "ws")
    tokens = _queued(ws, Line(ADA), Line(OTHER, phone=PHONE, company="Home Inc"))
    assert set(tokens) == {ADA, OTHER}
    drop_list(ws, "guild", [Line(ADA, phone=PHONE)])
    publish(at(ws, LATER))
    _unsubscribe(ws, tokens[OTHER])
    assert {ADA, OTHER, "+13125550101"} <= _stopped(ws)


def test_a_token_holds_through_a_split(tmp_path: Path) -> None:
    """What made two records one person goes; everybody who was that person is stopped."""
    ws = _linked(tmp_path / "ws")
    bridge = drop_list(ws, "guild", [Line(ADA, phone=PHONE)])
    sha256 = hashlib.sha256(bridge.read_bytes()).hexdigest()
    tokens = _queued(ws, Line(ADA), Line(OTHER, phone=PHONE))
    (token,) = tokens.values()
    undo_file(ws, sha256)
    publish(at(ws, LATER))
    _unsubscribe(ws, token)
    assert {ADA, OTHER} <= _stopped(ws)


def test_a_token_holds_when_its_person_comes_back_on_another_list(tmp_path: Path) -> None:
    """The list goes with all its facts; later the address comes back in another spelling, and is stopped."""
    ws = _linked(tmp_path / "ws")
    token = _queued(ws, Line(ADA))[ADA]
    (sha256,) = [path.stem for path in ws.archive.glob("*.csv")]
    undo_file(ws, sha256)
    _unsubscribe(ws, token)
    drop_list(ws, "guild", [Line("ADA+work@acme.example")])
    _take_in(ws)
    assert "ADA+work@acme.example".lower() in {contact.lower() for contact in _stopped(ws)}


def test_the_event_of_a_token_says_who_and_not_under_which_address() -> None:
    """Its body names the person by id, and nothing stands in plain text."""
    event = unsubscribe_event(KEYRING, TOKEN, OptOut(received_at=NOW, method="by pigeon", scope="address"))
    assert event.body["method"] == "other"
    assert event.erasable == {"method": "by pigeon"}
    assert event.body["scope"] == "address"
    assert token_in(f"{event.body}") is None
    with pytest.raises(UsageError, match="scope"):
        unsubscribe_event(KEYRING, TOKEN, OptOut(received_at=NOW, scope="domain"))


def test_tokens_are_made_for_lines_alone() -> None:
    """No line, no work."""
    assert seal_tokens(KEY, []) == []
    assert pl.Series(seal_tokens(KEY, [(PERSON, "no address")])).len() == 1


@pytest.mark.parametrize("rotated", [False, True])
def test_after_a_consent_the_same_token_stops_again(tmp_path: Path, *, rotated: bool) -> None:
    """Undated, in another file, and even when the consent stands under a newer key than the token was sealed with."""
    ws = make_workspace(tmp_path / "ws")
    drop_list(ws, "summit", [Line(ADA)])
    publish(ws)
    with open_ledger(ws) as ledger:
        (person,) = standing_now(ws, ledger).subjects.records.get_column("person_id")
        (token,) = seal_tokens(ledger.keyring.current, [(person, ADA)])
    _file(ws, "optouts/one.csv", f"token,received_at,method\n{token},,unsubscribe_link\n")
    assert ADA in _stopped(ws)
    if rotated:
        rotate_key(ws)
    ws = at(ws, datetime(2026, 10, 16, 6, 30, tzinfo=UTC))
    yes = "email,direct_marketing,ConsentGiven,2026-10-15T10:00:00Z,web_form,yes please,1,form 12"
    header = "contact,channel,purpose,event_state,captured_at,method,statement,statement_version,evidence"
    _file(ws, "consents/yes.csv", f"{header}\n{ADA},{yes}\n")
    assert ADA not in _stopped(ws)
    ws = at(ws, datetime(2026, 10, 18, 6, 30, tzinfo=UTC))
    _file(ws, "optouts/two.csv", f"token,method\n{token},unsubscribe_link\n")
    assert ADA in _stopped(ws)


def _file(ws: Workspace, name: str, text: str) -> None:
    drop(ws, name, text)
    with open_ledger(ws) as ledger:
        file_inbox(ws, ledger, rules(), dry_run=False, step=lambda _: None)
