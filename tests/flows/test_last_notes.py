"""What somebody said last reaches whoever calls next, whichever of their contact points it was noted under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.filing import file_inbox
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.queue.notes import notes_about
from flows.store import load_generation
from tests.small_workspace import Line, drop, published

if TYPE_CHECKING:
    from pathlib import Path

ADA = Line("ada@acme.example", phone="+1 312 555 0101")
BEN = Line("ben@bolt.example", given="Ben", family="Baker", phone="+1 312 555 0102", company="Bolt Inc")


def test_a_note_under_the_number_is_found_for_the_person(tmp_path: Path) -> None:
    """The line may be an e-mail: it is one person, and nobody else's note comes along."""
    ws = published(tmp_path / "ws", {"summit": [ADA, BEN]})
    rows = ["+13125550101,2026-10-13,connected,asks for figures", "ben@bolt.example,2026-10-13,connected,likes words"]
    drop(ws, "touches/day.csv", "\n".join(["contact,at,outcome,said", *rows]))
    with open_ledger(ws) as ledger:
        file_inbox(ws, ledger, load_policy(ws), dry_run=False, step=lambda _: None)
        generation = load_generation(ws, ledger.publications().get_column("identity_generation")[-1])
        records = dict(generation.assignments.select("person_id", "record_id").iter_rows())
        told = {
            note["said"]: note["person_id"]
            for person in records
            for note in notes_about(ws, ledger, generation, [person]).to_dicts()
        }
    assert set(told) == {"asks for figures", "likes words"}
    assert set(told.values()) == set(records)
