"""What matching makes of likeness on a real workspace: one verdict, stops that reach further, ways told, erasures not.

Two people whose rows agree in name and company but in no contact point: nothing is proven, and everything is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from flows.asking.questions import why
from flows.cli import call
from flows.forgetting import forget, reach_of
from flows.store import active_lists, load_records
from policies.errors import UsageError
from tests.small_workspace import Line, brief_about, drop_list, publish, published, today

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

WORK, HOME, OTHER = "adaeze.okafor@quillmark.example", "a.okafor@example.org", "adaeze@quillmark.example"
ONE = Line(WORK, "Okafor", "+1 312 555 0101", given="Adaeze", company="Quillmark Inc")
AGAIN = Line("", "Okafor", "+1 312 555 0102", given="Adaeze", company="Quillmark, Incorporated")  # no contact in common
DOUBTED = Line(HOME, "Okafor", given="Adaeze", company="Bolt GmbH")  # a name in common, and nothing else
OTHERS = [
    Line(f"{given.lower()}.{family.lower()}@{company.lower()}.example", family, given=given, company=f"{company} Inc")
    for given, family, company in (
        ("Bea", "Ruiz", "Bolt"),
        ("Cem", "Aydin", "Corax"),
        ("Dana", "Moss", "Dune"),
        ("Eve", "Stone", "Elm"),
        ("Finn", "Berg", "Fjord"),
        ("Gus", "Novak", "Grove"),
        ("Hana", "Sato", "Helm"),
        ("Ivo", "Meyer", "Iris"),
    )
]


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A row of somebody on one list; on another a row with the same name and company, and one with the same name."""
    lists = {"summit": [ONE, *OTHERS], "guild": [AGAIN, DOUBTED]}
    return published(tmp_path / "ws", lists, {"home.md": brief_about(HOME)})


def about(ws: Workspace, contact: str) -> dict[str, Any]:
    """What ``why`` says of a contact."""
    (answer,) = why(ws, [contact])
    return answer


def tactful(ws: Workspace, *words: str) -> int:
    """A command on the workspace."""
    return call([*words, "--workspace", str(ws.root)])


def test_rows_alike_are_one_person_and_say_why(ws: Workspace) -> None:
    """Merged without a contact point in common; the later row says by which link, and its weight adds up."""
    answer = about(ws, WORK)
    assert answer["person_id"] == about(ws, "+13125550102")["person_id"]
    verdicts = sorted(record["verdict"] == "duplicate" for record in answer["records"])
    assert verdicts == [False, True]
    (joined,) = [record["joined_by"] for record in answer["records"] if record["joined_by"]]
    assert joined["link"] == "merge"
    weights = [float(reason.rpartition("(")[2].rstrip(")")) for reason in joined["reasons"]]
    assert round(sum(weights), 3) == joined["bits"] >= 6
    assert f"({joined['bits']:.3f} bits: " in joined["text"]


def test_a_stop_reaches_whoever_may_be_the_same_person_and_tells_the_way(
    ws: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over the merge and one link in doubt; the queue loses them at once, and the way back is told with it."""
    stopped, doubted = about(ws, WORK)["person_id"], about(ws, HOME)["person_id"]
    assert stopped != doubted
    assert [line["contact_point"] for line in today(ws)] == [HOME]
    assert tactful(ws, "optout", "add", "+13125550102") == 0
    answer = about(ws, HOME)
    assert (answer["verdict"], today(ws)) == ("suppressed", [])
    (said,) = answer["suppressions"]
    assert said["stated_or_inferred"] == "inferred"
    event, named, *between, crossed = said["path"]
    assert event.startswith("event ")
    assert named.startswith("names the contact point of record ")
    assert all(step.startswith("which matches record ") and " bits: " in step for step in between)
    assert crossed.startswith("which may be the same person as record ")
    assert " bits: " in crossed
    assert "(guild, row 2)" in crossed
    assert set(said["released_by"].split()[-2:]) == {stopped, doubted}
    assert tactful(ws, "why", HOME) == 0
    assert said["released_by"] in " ".join(capsys.readouterr().out.split())


def test_different_releases_what_was_inferred_and_nothing_that_was_said(ws: Workspace) -> None:
    """By the command that ``why`` names; who spoke stays stopped, and so does the other once they speak."""
    assert tactful(ws, "optout", "add", WORK) == 0
    publish(ws)
    (said,) = about(ws, HOME)["suppressions"]
    assert tactful(ws, *said["released_by"].split()[1:], "--by", "Maria Novak") == 0
    assert about(ws, HOME)["suppressions"] == []
    assert about(ws, WORK)["verdict"] == "suppressed"
    assert tactful(ws, "optout", "add", HOME) == 0
    assert about(ws, HOME)["suppressions"][0]["stated_or_inferred"] == "stated"


def test_review_puts_first_what_changes_who_may_be_contacted(ws: Workspace) -> None:
    """The two in doubt, with what speaks for and against; once a stop went over it, it says so still."""
    review = pl.read_csv(publish_again(ws) / "review.csv")
    pair = review.row(0, named=True)
    assert (pair["name_a"], pair["name_b"], pair["changes_answer"]) == ("Adaeze Okafor", "Adaeze Okafor", "yes")
    assert pair["person_a"] != pair["person_b"]
    assert "same surname (+" in pair["reasons"]


def publish_again(ws: Workspace) -> Path:
    """The folder of a run after somebody opted out."""
    assert tactful(ws, "optout", "add", WORK) == 0
    return ws.run_folder(publish(ws).run_id)


def test_an_erasure_goes_no_further_than_is_proven(ws: Workspace) -> None:
    """The row that is merged by likeness stays, and so does the doubtful one; both are shown to whoever handles it."""
    reach = reach_of(ws, WORK)
    assert [contact.value for contact in reach.who.contacts] == [WORK, "+13125550101"]
    assert (len(reach.rows), reach.who.person_ids) == (1, [])
    assert [(row["source"], row["row_number"]) for row in reach.namesakes] == [("guild", 1), ("guild", 2)]
    forget(ws, WORK, "DSR-1")
    left = load_records(ws, active_lists(ws))
    assert left.filter("erased").select("source", "row_number").rows() == [("summit", 1)]
    assert about(ws, "+13125550102")["verdict"] in {"held", "suppressed"}  # the name and company of somebody erased


def test_an_id_whose_rows_are_only_alike_is_asked_for_by_contact(ws: Workspace) -> None:
    """Which of the rows are theirs is for whoever asks to say."""
    with pytest.raises(UsageError) as refused:
        reach_of(ws, about(ws, WORK)["person_id"])
    assert refused.value.code == "likely_one_person"
    assert len(reach_of(ws, about(ws, HOME)["person_id"]).rows) == 1


def test_different_ends_also_what_was_written_down_when_a_list_was_taken_out(ws: Workspace) -> None:
    """Taken out and dropped again: the stop reached by way of it waits there, and repeats what somebody else said."""
    assert tactful(ws, "optout", "add", WORK) == 0
    (guild,) = [meta for meta in active_lists(ws) if meta.source == "guild"]
    assert tactful(ws, "intake", "undo", guild.sha256) == 0
    drop_list(ws, "guild", [AGAIN, DOUBTED])
    publish(ws)
    answer = about(ws, HOME)
    assert {said["stated_or_inferred"] for said in answer["suppressions"]} == {"inferred"}
    assert tactful(ws, "people", "different", WORK, HOME, "--by", "Maria Novak") == 0
    assert about(ws, HOME)["suppressions"] == []
    assert about(ws, WORK)["verdict"] == "suppressed"


def test_a_run_that_crossed_a_link_is_named_again(ws: Workspace) -> None:
    """What it wrote down of the link changes nothing of its own name, and is vouched for."""
    assert tactful(ws, "optout", "add", WORK) == 0
    first = publish(ws)
    again = publish(ws)
    assert (first.status, again.status, again.run_id) == ("published", "already_published", first.run_id)
    assert tactful(ws, "audit", "verify") == 0
