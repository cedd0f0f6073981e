"""Every opt-out file stops whom it should and nobody else, through the real intake and the real judgement."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import pytest

from flows.filing import file_inbox
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.queue.suppression_now import stopped_points
from flows.workspace import load
from tests.flows.optout_lists.answers import ANSWERS
from tests.flows.optout_lists.changes import CHANGES
from tests.flows.optout_lists.damaged import DAMAGED
from tests.flows.optout_lists.hashes import HASHES
from tests.flows.optout_lists.model import PEOPLE, OptOutList
from tests.flows.optout_lists.nested import NESTED
from tests.flows.optout_lists.plain import PLAIN
from tests.flows.optout_lists.products import PRODUCTS
from tests.flows.optout_lists.states import STATES
from tests.small_workspace import drop, drop_list, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from _pytest.mark.structures import ParameterSet

    from flows.filing import IntakeSummary
    from flows.policy_files import Policy
    from flows.workspace import Workspace

LISTS: Final = (*PLAIN, *HASHES, *PRODUCTS, *STATES, *ANSWERS, *NESTED, *CHANGES, *DAMAGED)
_EVERY: Final = 4  # of the lists one in so many is tried in each run of the tests, all of them in the long one
_STOPS: Final = {"opted_out", "objected", "complained", "domain_opted_out", "address_opted_out"}
_HOLDS: Final = {"word_in_doubt", "opted_out_by_shared_mailbox"}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose list of people was taken in."""
    ws = make_workspace(tmp_path_factory.mktemp("lists") / "ws")
    drop_list(ws, "summit", list(PEOPLE.values()))
    take_in(ws, load_policy(ws))
    return ws.root


@pytest.fixture(scope="module")
def policy(people: Path) -> Policy:
    """The rules, loaded once."""
    return load_policy(load(people))


@pytest.fixture
def ws(people: Path, tmp_path: Path) -> Workspace:
    """A copy of that workspace."""
    shutil.copytree(people, tmp_path / "ws")
    return load(tmp_path / "ws")


def take_in(ws: Workspace, policy: Policy) -> IntakeSummary:
    """Take in what lies in the inbox."""
    with open_ledger(ws) as ledger:
        return file_inbox(ws, ledger, policy, dry_run=False, step=lambda _: None)


def standing(ws: Workspace) -> dict[str, set[str]]:
    """By contact point the reasons against it."""
    found: dict[str, set[str]] = {}
    with open_ledger(ws) as ledger:
        for contact, reason in stopped_points(ws, ledger).select("contact", "reason").iter_rows():
            found.setdefault(contact.lower(), set()).add(reason)
    return found


def reasons(ws: Workspace) -> dict[str, set[str]]:
    """By person what stands against any of their contact points."""
    found = standing(ws)
    phones = {name: line.phone.replace(" ", "") for name, line in PEOPLE.items()}
    return {
        name: found.get(line.email.lower(), set()) | found.get(phones[name], set()) for name, line in PEOPLE.items()
    }


def _cases() -> list[ParameterSet]:
    """Every list; what is not tried each time is marked as long."""
    marks = [() if number % _EVERY == 0 else (pytest.mark.long,) for number in range(len(LISTS))]
    return [pytest.param(case, marks=mark, id=case.what) for case, mark in zip(LISTS, marks, strict=True)]


@pytest.mark.parametrize("case", _cases())
def test_list(ws: Workspace, policy: Policy, case: OptOutList) -> None:
    """Those it names are stopped, dead or held; all others are as free as before."""
    drop(ws, f"optouts/{case.name}", case.content)
    if case.sidecar:
        drop(ws, f"optouts/{case.name}.toml", case.sidecar)
    summary = take_in(ws, policy)
    [file] = [one for one in summary.files if one.kind == "optouts"]
    against = reasons(ws)
    assert sorted(name for name, said in against.items() if said & _STOPS) == sorted(case.stops.split())
    assert sorted(name for name, said in against.items() if said == {"bounced"}) == sorted(case.bounces.split())
    assert sorted(name for name, said in against.items() if said and said <= _HOLDS) == sorted(case.holds.split())
    assert (file.code, file.rejected) == (case.quarantined, case.rejects)
    assert summary.quarantined == (case.quarantined is not None)
