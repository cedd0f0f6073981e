"""A rep with more than ten lines overdue for an outcome gets nothing new until some of them are reported."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.workspace import SETTINGS_FILE, load
from tests.small_workspace import Line, brief_about, drop, drop_list, lines_of, make_workspace, next_queue, publish

if TYPE_CHECKING:
    from pathlib import Path

THURSDAY = datetime(2026, 10, 15, 6, 30, tzinfo=UTC)  # the queue is Wednesday's
MONDAY = datetime(2026, 10, 19, 6, 30, tzinfo=UTC)
NAMES = (
    *("Okafor", "Ruiz", "Cho", "Diaz", "Ekman", "Fabre", "Greer", "Hale", "Ito", "Jonas", "Klein"),
    *("Lund", "Moreau"),  # researched later
)
TEN = 10


def contact(number: int) -> str:
    """The address of a person."""
    return f"{NAMES[number].lower()}@firm{number}.example"


def test_beyond_ten_overdue_lines_a_rep_gets_nothing_new(tmp_path: Path) -> None:
    """Eleven lines of Wednesday: while they are not due new people come, then none, and one report opens the queue."""
    ws = make_workspace(tmp_path / "ws")
    settings = ws.root / SETTINGS_FILE
    alone = settings.read_text(encoding="utf-8").replace('[[reps]]\nname = "tom"\ndaily_budget = 20\n', "")
    settings.write_text(alone, encoding="utf-8")
    ws = load(ws.root)
    lines = [Line(contact(number), name, company=f"Firm {number} Inc") for number, name in enumerate(NAMES)]
    drop_list(ws, "summit", lines)
    for number, name in enumerate(NAMES[: TEN + 1]):
        drop(ws, f"briefs/{number}.md", brief_about(contact(number), f"Ada {name}"))
    publish(ws)
    handed_out = lines_of(ws.queue / "maria.csv")
    assert len(handed_out) == TEN + 1
    late = sorted(contact(number) for number in (11, 12))
    for number in (11, 12):
        drop(ws, f"briefs/{number}.md", brief_about(contact(number), f"Ada {NAMES[number]}"))
    found = {day: sorted(next_queue(ws, day).get_column("contact_point")) for day in (THURSDAY, MONDAY)}
    assert found == {THURSDAY: late, MONDAY: []}
    reported = "\n".join(["person_id,queue_date,outcome", f"{handed_out[0]['person_id']},2026-10-14,no_answer"])
    drop(ws, "touches/maria.csv", reported)
    assert sorted(next_queue(ws, MONDAY).get_column("contact_point")) == late
