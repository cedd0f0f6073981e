"""What a rep reports in the file of the day, and what it means for the person on the days that follow."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.cli import call
from flows.filing import file_inbox
from flows.ledger.vocabulary import OUTCOMES
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.runs.situation import look
from policies.evaluate import decide
from policies.fact_table.table import gather
from tests.small_workspace import Line, at, brief_about, drop, lines_of, publish, published

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from flows.workspace import Workspace
    from policies.evaluate import Decision

MORNING = datetime(2026, 10, 14, 6, 30, tzinfo=UTC)
NAMES = (
    *("Okafor", "Ruiz", "Cho", "Diaz", "Ekman", "Fabre", "Greer", "Hale", "Ito", "Jonas", "Klein", "Lund", "Moreau"),
    *("Novak", "Ochoa", "Petit", "Quist", "Rossi", "Sato"),
)


@dataclass(frozen=True)
class Case:
    """What a rep filled in, and by days after the queue the verdict with a rule that speaks for it (none: queued)."""

    outcome: str
    then: Mapping[int, tuple[str, str | None]]
    cells: Mapping[str, str] = field(default_factory=dict)


REST, CAP = "core.cadence.cooling_off", "core.cadence.person_cap"
PROMISE, OUTDATED, NOTE = (f"core.cadence.{name}" for name in ("callback_pending", "contact_outdated", "note_missing"))
QUEUED = ("queued", None)
RESEARCH = ("brief_wanted", None)  # nothing else: the next contact takes up what they said
ALONE = ["core.brief.failing"]
STOPPED = {1: ("suppressed", None), 33: ("suppressed", None)}
CASES = (
    Case("connected", {1: ("brief_wanted", REST), 33: RESEARCH}, {"said": "asks for figures"}),
    Case("connected", {33: ("held", NOTE)}),
    Case("replied", {8: ("brief_wanted", REST), 15: RESEARCH}, {"next_step": "send the study"}),
    Case("meeting", {8: ("brief_wanted", REST), 33: RESEARCH}, {"said": "wants to start small"}),
    Case("voicemail", {1: ("deferred", CAP), 8: QUEUED}),
    Case("no_answer", {1: ("deferred", CAP), 8: QUEUED}),
    Case("not_interested", {33: ("deferred", REST)}),
    Case("call_back", {8: ("brief_wanted", PROMISE), 15: RESEARCH}, {"callback_on": "2026-10-29", "said": "later"}),
    Case("call_back", {1: ("brief_wanted", CAP), 8: RESEARCH}, {"said": "call again some day"}),
    Case("asked_to_stop", STOPPED),
    Case("complaint", STOPPED),
    Case("wrong_person", {1: ("held", OUTDATED), 33: ("held", OUTDATED)}),
    Case("left_company", {1: ("held", OUTDATED), 33: ("held", OUTDATED)}),
    Case("out_of_office", {1: ("deferred", REST), 8: QUEUED}),
    Case("out_of_office", {8: ("deferred", REST), 15: QUEUED}, {"callback_on": "2026-10-29"}),
    Case("bounced", STOPPED),
    Case("deceased", STOPPED),
)


def contact(number: int) -> str:
    """The address of the person a case is about."""
    return f"{NAMES[number].lower()}@firm{number}.example"


def everybody(folder: Path) -> Workspace:
    """A workspace in which the people of all cases stand in the queue of the 14th."""
    lines = [Line(contact(number), NAMES[number], company=f"Firm {number} Inc") for number in range(len(CASES))]
    briefs = {f"{n}.md": brief_about(contact(n), f"Ada {NAMES[n]}") for n in range(len(CASES))}
    return published(folder / "ws", {"summit": lines}, briefs)


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Everybody stood in the queue of the 14th; the reps' files came back filled in."""
    ws = everybody(tmp_path_factory.mktemp("reported"))
    cells = {contact(number): {"outcome": case.outcome, **case.cells} for number, case in enumerate(CASES)}
    for rep in ("maria", "tom"):
        drop(ws, f"touches/{rep}.csv", filled(lines_of(ws.queue / f"{rep}.csv"), cells))
    take_in(ws)
    return ws


def take_in(ws: Workspace) -> None:
    """File what was dropped; nothing is decided."""
    with open_ledger(ws) as ledger:
        file_inbox(ws, ledger, load_policy(ws), dry_run=False, step=lambda _: None)


def filled(lines: Sequence[Mapping[str, str]], cells: Mapping[str, Mapping[str, str]]) -> str:
    """A rep's file with its outcome columns filled in, by contact point."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]))
    writer.writeheader()
    writer.writerows({**line, **cells.get(line.get("contact_point", ""), {})} for line in lines)
    return text.getvalue()


@pytest.fixture(scope="module")
def decisions(reported: Workspace) -> dict[int, Decision]:
    """What a run would decide so many days after the queue."""
    days = sorted({day for case in CASES for day in case.then})
    policy, found = load_policy(reported), {}
    with open_ledger(reported) as ledger:
        for day in days:
            moment = MORNING + timedelta(days=day)
            found[day] = decide(look(at(reported, moment), ledger, policy, moment).inputs)
    return found


def verdict_of(decision: Decision, email: str) -> tuple[str, list[str]]:
    """Verdict and reasons of whoever has an address."""
    person = decision.table.records.filter(email=email).get_column("person_id")[0]
    row = decision.people.row(by_predicate=pl.col("person_id") == person, named=True)
    return row["person_verdict"], row["reasons"]


def test_every_outcome_there_is_stands_in_the_table() -> None:
    """A new one asks for its consequence."""
    assert {case.outcome for case in CASES} == set(OUTCOMES.values())


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{case.outcome}-{dict(case.cells)}" for case in CASES])
def test_an_outcome_has_its_consequence(decisions: Mapping[int, Decision], number: int) -> None:
    """From the dropped file to the verdict of the days after."""
    for day, (verdict, rule) in CASES[number].then.items():
        found, reasons = verdict_of(decisions[day], contact(number))
        assert found == verdict, (day, reasons)
        assert rule is None or rule in reasons, (day, reasons)
        assert (verdict, rule) != RESEARCH or reasons == ALONE, day


def outcomes_of(ws: Workspace) -> list[str]:
    """What came of every contact that counts."""
    with open_ledger(ws) as ledger:
        return sorted(ledger.touches().get_column("outcome"))


@pytest.fixture
def handed_out(tmp_path: Path) -> Workspace:
    """The same morning, and nothing reported yet."""
    return everybody(tmp_path)


def test_files_of_one_day_dropped_together_count_once(handed_out: Workspace) -> None:
    """The one with more lines filled in is the later one, whatever it is called; a third time changes nothing."""
    lines = lines_of(handed_out.queue / "today.csv")
    noon = {contact(0): {"outcome": "voicemail"}}
    evening = {contact(0): {"outcome": "connected", "said": "figures"}, contact(1): {"outcome": "no_answer"}}
    drop(handed_out, "touches/z.csv", filled(lines, noon))
    drop(handed_out, "touches/a.csv", filled(lines, evening))
    take_in(handed_out)
    assert outcomes_of(handed_out) == ["connected", "no_answer"]
    with open_ledger(handed_out) as ledger:
        head = ledger.head()
    drop(handed_out, "touches/renamed.csv", filled(lines, noon))
    drop(handed_out, "touches/saved-anew.csv", filled(lines, evening).replace("\r\n", "\n"))
    take_in(handed_out)
    assert outcomes_of(handed_out) == ["connected", "no_answer"]
    with open_ledger(handed_out) as ledger:
        assert ledger.counts()["touch"] == 3
        assert ledger.relevant_head() <= head


def test_a_row_that_cannot_be_is_returned_and_the_others_count(
    handed_out: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Mended and dropped again it counts as well, and the day's file dropped once more changes nothing."""
    lines = lines_of(handed_out.queue / "today.csv")
    said = {"outcome": "no_answer"}
    slips = {"at": "2027-10-14", "outcome": "connected", "said": "figures"}
    file = filled(lines, {contact(0): slips, contact(1): said, contact(2): {"said": "asked for a study"}})
    drop(handed_out, "touches/maria.csv", file)
    assert call(["intake", "--workspace", str(handed_out.root)]) == 0
    assert outcomes_of(handed_out) == ["no_answer"]
    (returned,) = handed_out.rejects.glob("touches-*.csv")
    assert f"data/rejects/{returned.name}" in capsys.readouterr().out
    rows = lines_of(returned)
    assert {row["contact_point"]: row["_code"] for row in rows} == {
        contact(0): "time_impossible",
        contact(2): "outcome_missing",
    }
    mended = returned.read_text(encoding="utf-8").replace("2027-10-14,figures", "2026-10-14,figures")
    drop(handed_out, "touches/mended.csv", mended)
    drop(handed_out, "touches/maria.csv", file)
    take_in(handed_out)
    assert outcomes_of(handed_out) == ["connected", "no_answer"]


def test_what_is_overdue_comes_back_as_a_file_to_fill_in(handed_out: Workspace) -> None:
    """It names the people, and filled in and dropped it answers their lines on the day they were handed out."""
    two_days_on = MORNING + timedelta(days=2)
    run = publish(at(handed_out, two_days_on), two_days_on)
    missing = lines_of(handed_out.run_folder(run.run_id) / "touches_missing.csv")
    assert sorted(row["full_name"] for row in missing) == sorted(f"Ada {NAMES[number]}" for number in range(len(CASES)))
    rows = [{**row, "outcome": "no_answer"} for row in missing]
    drop(handed_out, "touches/late.csv", filled(rows, {}))
    later = at(handed_out, two_days_on)
    take_in(later)
    with open_ledger(later) as ledger:
        assert ledger.open_commitments().is_empty()
        days = ledger.touches().get_column("at").dt.convert_time_zone("Europe/Berlin").dt.date().unique().to_list()
    assert [str(day) for day in days] == ["2026-10-14"]


def test_a_contact_noted_by_command_and_in_the_file_is_one(handed_out: Workspace) -> None:
    """It answers the person's open line; where that is reported already it is another contact."""
    where = ["--workspace", str(handed_out.root)]
    noted = ["touch", "add", contact(0), *where, "--at", "2026-10-14T08:00", "--outcome"]
    assert call([*noted, "voicemail"]) == 0
    assert outcomes_of(handed_out) == ["voicemail"]
    lines = lines_of(handed_out.queue / "today.csv")
    drop(handed_out, "touches/maria.csv", filled(lines, {contact(0): {"outcome": "connected", "said": "figures"}}))
    take_in(handed_out)
    assert outcomes_of(handed_out) == ["connected"]
    assert call([*noted, "replied"]) == 0
    assert outcomes_of(handed_out) == ["connected", "replied"]


def test_a_note_added_later_goes_to_the_conversation(handed_out: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """It is no further contact, and frees who was held for want of it."""
    lines = lines_of(handed_out.queue / "today.csv")
    drop(handed_out, "touches/maria.csv", filled(lines, {contact(0): {"outcome": "connected"}}))
    take_in(handed_out)
    where = ["--workspace", str(handed_out.root)]
    owners = {line["contact_point"]: line["owner"] for line in lines}
    assert call(["touch", "add", contact(0), "--said", "asks for figures", *where]) == 0
    assert call(["touch", "add", contact(1), "--said", "nothing was said", *where]) == 2
    assert "--outcome" in capsys.readouterr().err
    moment = MORNING + timedelta(days=33)
    with open_ledger(handed_out) as ledger:
        [touch] = ledger.touches().unique("seq").to_dicts()
        decision = decide(look(at(handed_out, moment), ledger, load_policy(handed_out), moment).inputs)
    assert (touch["outcome"], touch["has_note"], touch["rep"]) == ("connected", True, owners[contact(0)])
    assert verdict_of(decision, contact(0)) == ("brief_wanted", ALONE)


def test_whom_a_note_names_is_recognised_on_the_lists(tmp_path: Path) -> None:
    """By an address, or by the name of a colleague alone; a later report that names nobody takes it back."""
    lines = [Line(contact(0), NAMES[0]), Line(contact(1), NAMES[1], given="Zoë"), Line(contact(2), company="Bolt Inc")]
    ws = published(tmp_path / "ws", {"summit": lines}, {"0.md": brief_about(contact(0), f"Ada {NAMES[0]}")})
    (line,) = lines_of(ws.queue / "today.csv")
    notes = [f"zoe {NAMES[1]}".title(), f"Ask {contact(2)}", ""]
    found = []
    for note in notes:
        drop(ws, "touches/maria.csv", filled([line], {contact(0): {"outcome": "connected", "referred_to": note}}))
        with open_ledger(ws) as ledger:
            policy = load_policy(ws)
            file_inbox(ws, ledger, policy, dry_run=False, step=lambda _: None)
            people = gather(look(ws, ledger, policy, MORNING).inputs)
        known = people.records.join(people.people, on="person_id").filter(relationship="referred")
        found.append(known.get_column("email").to_list())
    assert found == [[contact(1)], [contact(2)], []]
