"""A run is named by everything its decision depends on, and by nothing else."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.runs.daily_run import decide_only
from flows.workspace import load
from tests.effort import each
from tests.small_workspace import CLOCK, Line, brief_about, drop, drop_list, lines_of, make_workspace, publish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.workspace import Workspace

ADA = "ada@acme.example"
AS_OF = datetime(2026, 10, 14, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a publication of the morning."""
    ws = make_workspace(tmp_path_factory.mktemp("published") / "ws")
    drop_list(ws, "summit", [Line(ADA), Line("bea@bolt.example", "Ruiz")])
    drop(ws, "briefs/ada.md", brief_about(ADA))
    publish(ws)
    return ws.root


@pytest.fixture(scope="module")
def before(published: Path) -> str:
    """The name a run would have as things are."""
    return run_id(load(published))


@pytest.fixture
def ws(published: Path, tmp_path: Path) -> Workspace:
    """A copy of it."""
    shutil.copytree(published, tmp_path / "ws")
    return load(tmp_path / "ws")


def run_id(ws: Workspace, as_of: datetime = AS_OF) -> str:
    """The name a run would have now, with whatever lies in the inbox taken in before."""
    from flows.pipeline import intake

    intake(ws)
    fresh = load(ws.root)
    with open_ledger(fresh) as ledger:
        return decide_only(fresh, ledger, load_policy(fresh), as_of).run_id


def settings(ws: Workspace, old: str, new: str) -> None:
    """Change ``tactful.toml``."""
    text = ws.settings_file.read_text(encoding="utf-8")
    assert old in text
    ws.settings_file.write_text(text.replace(old, new), encoding="utf-8")


def rule(ws: Workspace, text: str) -> None:
    """Write a file of the workspace's rules."""
    (ws.rules / "accounts.toml").write_text(text, encoding="utf-8")


DECISIVE: dict[str, Callable[[Workspace], object]] = {
    "a list": lambda ws: drop_list(ws, "guild", [Line("cho@dyn.example")]),
    "the same rows in another list": lambda ws: drop_list(ws, "guild", [Line(ADA)]),
    "a brief": lambda ws: drop(ws, "briefs/bea.md", brief_about("bea@bolt.example", "Ada Ruiz")),
    "an opt-out of somebody unknown": lambda ws: drop(ws, "optouts/o.csv", "value\nnobody@example.net\n"),
    "an account": lambda ws: rule(ws, '[[account]]\nname = "Acme Inc"\nrelationship = "customer"\n'),
    "a comment in a rule file": lambda ws: rule(ws, "# nothing but a remark\n"),
    "a budget": lambda ws: settings(ws, 'name = "tom"\ndaily_budget = 20', 'name = "tom"\ndaily_budget = 19'),
    "the address in what is sent": lambda ws: settings(ws, "1 Mill Lane", "2 Mill Lane"),
}
INDIFFERENT: dict[str, Callable[[Workspace], object]] = {
    "nothing": lambda _: None,
    "the clock": lambda ws: settings(ws, CLOCK, "2026-10-14T08:00:00Z"),
    "how long files are kept": lambda ws: settings(
        ws, "[optout_feeds]", "[retention]\nlists_days = 9\n\n[optout_feeds]"
    ),
    "a list that is there already": lambda ws: drop_list(
        ws, "summit", [Line(ADA), Line("bea@bolt.example", "Ruiz")], "again.csv"
    ),
    "a refused file": lambda ws: drop(ws, "lists/summit/rubbish.csv", b"PK\x03\x04"),
    "a feed that was read": lambda ws: drop(ws, "optouts/crm/empty.csv", "value,received_at\n"),
    "rejects that were opened": lambda ws: shutil.rmtree(ws.rejects, ignore_errors=True),
}


@pytest.mark.parametrize("change", each(DECISIVE, 2))
def test_whatever_a_decision_depends_on_changes_the_name(ws: Workspace, before: str, change: str) -> None:
    """Another input, another run."""
    DECISIVE[change](ws)
    assert run_id(ws) != before


@pytest.mark.parametrize("change", each(INDIFFERENT, 2))
def test_what_decides_nothing_changes_nothing(ws: Workspace, before: str, change: str) -> None:
    """The same inputs, the same run."""
    INDIFFERENT[change](ws)
    assert run_id(ws) == before


def test_the_instant_stands_in_the_name(ws: Workspace, before: str) -> None:
    """To the second, in UTC; and another instant is another run in its hash as well."""
    other = run_id(ws, AS_OF.replace(second=1))
    assert (before[:17], other[:17]) == ("20261014T090000Z-", "20261014T090001Z-")
    assert before[17:] != other[17:]
    assert len(before) == 29


def test_a_publication_since_is_part_of_the_name(ws: Workspace) -> None:
    """The day's earlier revision counts: what is in the queue already is kept."""
    drop(ws, "optouts/o.csv", f"value\n{ADA}\n")
    before = run_id(ws)
    publish(ws, datetime(2026, 10, 14, 8, tzinfo=UTC))
    assert lines_of(ws.queue / "today.csv") == []
    assert run_id(ws) != before
