"""Opt-out feeds: what is too old, too short or never came holds the run, and is told the same way everywhere."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flows.cli import call
from flows.ledger.touch_events import feed_import_event
from flows.ledger_access import open_ledger
from flows.runs.feeds import feed_ages, require_fresh_feeds
from flows.status import read_status
from flows.workspace import SETTINGS_FILE, load
from policies.errors import HeldError
from tests.small_workspace import at, drop, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

_FEED = '[[optout_feeds.feed]]\nname = "crm"\nmax_age_hours = 24\nmin_rows = 10'


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace with one feed that is expected daily, with ten rows at least."""
    root = make_workspace(tmp_path / "workspace").root
    settings = root / SETTINGS_FILE
    settings.write_text(settings.read_text("utf-8").replace("[optout_feeds]\nnone = true", _FEED), encoding="utf-8")
    return load(root)


def _arrive(ws: Workspace, hours_ago: float, rows: int) -> None:
    """A file of the feed that was taken in some hours ago."""
    assert ws.settings.clock is not None
    then = at(ws, ws.settings.clock - timedelta(hours=hours_ago))
    with open_ledger(then) as ledger:
        ledger.append([feed_import_event("crm", f"{rows:064d}", rows, rows, then.settings.clock or ws.settings.clock)])


@pytest.mark.parametrize(
    ("arrivals", "state", "age", "too_few", "words"),
    [
        ([], "never", None, None, ["crm never arrived"]),
        ([(1, 10)], "fresh", 1.0, None, []),
        ([(25, 10)], "stale", 25.0, None, ["crm is 25.0 hours old, 24 are allowed"]),
        ([(1, 9)], "never", None, 9, ["crm never arrived", "has 9 rows", "at least 10 are expected"]),
        ([(30, 200), (1, 3)], "stale", 30.0, 3, ["crm is 30.0 hours old", "has 3 rows"]),
        ([(5, 200), (1, 3)], "broken", 5.0, 3, ["crm is 5.0 hours old", "has 3 rows"]),
        ([(5, 3), (1, 200)], "fresh", 1.0, None, []),
    ],
)
def test_only_a_file_with_enough_rows_counts(
    ws: Workspace, arrivals: list[tuple[int, int]], state: str, age: float | None, too_few: int | None, words: list[str]
) -> None:
    """A cut-off export does not make a feed fresh, and the message names the shortfall; status says the same."""
    for hours_ago, rows in arrivals:
        _arrive(ws, hours_ago, rows)
    with open_ledger(ws) as ledger:
        (feed,) = feed_ages(ws, ledger)
        assert (feed.state, feed.age_hours, feed.too_few) == (state, age, too_few)
        if words:
            with pytest.raises(HeldError) as held:
                require_fresh_feeds(ws, ledger)
            assert held.value.code == "feed_stale"
            assert [word for word in words if word not in held.value.message] == []
        else:
            require_fresh_feeds(ws, ledger)
    assert read_status(ws).feeds == (feed,)


def _deliver(ws: Workspace, rows: int, name: str = "crm.csv", *, hours_ago: float = 0) -> int:
    """Drop a file of the feed with so many rows, some hours ago, and take it in; the exit code."""
    assert ws.settings.clock is not None
    then = ws.settings.clock - timedelta(hours=hours_ago)
    settings = ws.root / SETTINGS_FILE
    text = settings.read_text("utf-8")
    settings.write_text(re.sub(r'clock = ".*"', f'clock = "{then.isoformat()}"', text), encoding="utf-8")
    drop(ws, f"optouts/crm/{name}", "email\n" + "".join(f"person{row}@example.org\n" for row in range(rows)))
    code = call(["intake", "--workspace", str(ws.root)])
    settings.write_text(text, encoding="utf-8")
    return code


@pytest.mark.parametrize(
    ("files", "codes", "state", "why"),
    [
        ([(2, 40)], [0], "fresh", None),
        ([(2, 40), (1, 21)], [0, 0], "fresh", None),
        ([(2, 40), (1, 19)], [0, 4], "broken", "feed_shrunk"),
        ([(2, 40), (1, 19), (0, 45)], [0, 4, 0], "fresh", None),
        ([(3, 40), (2, 19), (1, 40)], [0, 4, 0], "fresh", None),
        ([(4, 40), (3, 19), (2, 40), (1, 19)], [0, 4, 0, 4], "broken", "feed_shrunk"),
        ([(2, 40), (1, 0)], [0, 4], "broken", "no_rows"),
        ([(2, 9)], [4], "never", "feed_short"),
        ([(30, 40)], [0], "stale", None),
    ],
)
def test_what_comes_in_short_counts_and_is_no_delivery(
    ws: Workspace, files: list[tuple[float, int]], codes: list[int], state: str, why: str | None
) -> None:
    """A full list of less than half the rows, an empty one, a late one: said everywhere, and the run is held.

    The newest file decides, also where the very same one came before.
    """
    assert [_deliver(ws, rows, hours_ago=hours) for hours, rows in files] == codes
    with open_ledger(ws) as ledger:
        (feed,) = feed_ages(ws, ledger)
        assert ledger.counts().get("optout", 0) == max(rows for _, rows in files)
    assert (feed.state, feed.why) == (state, why)
    assert len(list(ws.quarantine.glob("*.why.json"))) == codes.count(4)
    if state != "fresh":
        assert call(["run", "--workspace", str(ws.root)]) == 3


def test_a_feed_of_changes_may_be_short(ws: Workspace) -> None:
    """One that says full = false may send less than before; one with a file beside it that says how much, too."""
    settings = ws.root / SETTINGS_FILE
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("min_rows = 10", "min_rows = 1\nfull = false"), encoding="utf-8")
    moved = load(ws.root)
    assert [_deliver(moved, 40, hours_ago=2), _deliver(moved, 3, hours_ago=1)] == [0, 0]
    assert read_status(moved).feeds[0].state == "fresh"


def test_a_list_may_say_how_long_it_is(ws: Workspace) -> None:
    """What is stated beside a shorter list confirms it."""
    assert _deliver(ws, 40, hours_ago=2) == 0
    drop(ws, "optouts/crm/crm.csv.toml", "rows = 12\n")
    assert _deliver(ws, 12, hours_ago=1) == 0
    assert read_status(ws).feeds[0].state == "fresh"
