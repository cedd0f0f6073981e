"""Law 1 for what was inferred: a stop that reached somebody stays, until a human says they are not the one who spoke.

More records make a likeness a common one, lists are taken out, others come: none of that frees anybody. Nor does a
judgement about somebody else than whoever the stop came from.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from flows.asking.questions import why
from flows.cli import call
from flows.pipeline import undo_file
from flows.store import active_lists
from tests.small_workspace import Line, at, drop_list, make_workspace, publish

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

NEXT_DAY = datetime(2026, 10, 15, 6, 30, tzinfo=UTC)
WEI = Line("wei.li@acme.example", "Li", given="Wei", company="Acme Inc")
ALIKE = Line("w@kest.example", "Li", given="Wei", company="Kest Ltd")
NAMESAKES = [Line(f"x{n}@firm{n}.example", "Li", given="Wei", company=f"Firm {n} Ltd") for n in range(150)]
TEL = "+1 312 555 0101"
TOM = Line("tom.berg@acme.example", "Berg", phone=TEL, given="Tom")
TOM_AGAIN = Line("tom@berg.example", "Berg", phone="+1 312 555 0177", given="Tom")
LUCY = Line("lucy@home.example", "Marsh", phone=TEL, given="Lucy", company="Other Ltd")


def say(ws: Workspace, *words: str) -> None:
    """Run a command of a workspace, which succeeds."""
    assert call([*words, "--workspace", str(ws.root)]) == 0


def stopped(ws: Workspace, who: Line) -> bool:
    """Whether a stop reaches somebody."""
    return bool(why(ws, [who.email])[0]["suppressions"])


@pytest.mark.parametrize("when", ["before the stop", "never"])
def test_more_namesakes_free_nobody_whom_a_stop_had_reached(tmp_path: Path, when: str) -> None:
    """An opt-out in the morning, a list at noon, and the next run on the next day; or no run before at all."""
    ws = make_workspace(tmp_path / "ws")
    drop_list(ws, "summit", [WEI])
    drop_list(ws, "guild", [ALIKE])
    if when == "never":
        say(ws, "intake")
    else:
        publish(ws)
    say(ws, "optout", "add", WEI.email)
    assert stopped(ws, ALIKE)
    drop_list(ws, "summit", NAMESAKES, "more.csv")
    say(ws, "intake")
    assert stopped(ws, ALIKE)
    publish(at(ws, NEXT_DAY))
    assert stopped(at(ws, NEXT_DAY), ALIKE)


def test_a_judgement_about_one_who_has_the_number_too_ends_no_spread_from_another(tmp_path: Path) -> None:
    """Who said it under a number of two is not known: that one of them is somebody else shows nothing of the other."""
    ws = make_workspace(tmp_path / "ws")
    drop_list(ws, "summit", [TOM])
    drop_list(ws, "guild", [LUCY, TOM_AGAIN])
    publish(ws)
    say(ws, "optout", "add", TEL)
    assert stopped(ws, TOM_AGAIN)
    (gone,) = [meta for meta in active_lists(ws) if meta.source == "summit"]
    undo_file(ws, gone.sha256)
    say(ws, "people", "different", LUCY.email, TOM_AGAIN.email)
    assert stopped(ws, TOM_AGAIN)
    publish(at(ws, NEXT_DAY))
    assert stopped(at(ws, NEXT_DAY), TOM_AGAIN)
