"""Whatever the lists of one intake are called, in whatever order their rows stand, the same comes of them (law 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.filing import file_inbox
from flows.ledger_access import open_ledger
from flows.queue.suppression_now import stopped_points
from tests.histories import rules
from tests.small_workspace import Line, drop_list, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

PHONE = "+1 312 555 0101"
KNOWN = [Line(f"p{n}@firm{n}.example", f"Name{n}") for n in range(20)]
NO, UNCLEAR, BOTH = (
    Line("ada@acme.example", phone=PHONE, no_mail="yes"),
    Line("ada@acme.example", phone=PHONE, no_calls="perhaps"),
    Line("ada@acme.example", phone=PHONE),
)


def outcome(root: Path, files: list[list[Line]], *, known: bool = False) -> set[tuple[str, ...]]:
    """What is stopped, and what waits, when these lists come in under names in this order."""
    ws = make_workspace(root)
    with open_ledger(ws) as ledger:
        if known:
            drop_list(ws, "summit", KNOWN, "known.csv")
            file_inbox(ws, ledger, rules(), dry_run=False, step=lambda _: None)
        for number, lines in enumerate(files):
            drop_list(ws, "guild", lines, f"{number}.csv")
        filed = file_inbox(ws, ledger, rules(), dry_run=False, step=lambda _: None)
        points = stopped_points(ws, ledger)
    found = {(str(file.code), str(file.rows)) for file in filed.files}
    return found | {(str(contact), reason) for contact, reason in points.select("contact", "reason").unique().rows()}


@pytest.mark.parametrize(
    ("files", "known"),
    [
        ([[NO], [UNCLEAR], [BOTH]], False),
        ([[NO, UNCLEAR, BOTH]], False),
        # neither file is too much against those known before both of them, or against what the other one says
        ([[*KNOWN[:5], Line("x@y.example")], [Line(line.email, line.family, no_mail="yes") for line in KNOWN]], False),
        ([[Line(line.email, line.family, no_mail="yes") for line in KNOWN[start::2]] for start in (0, 1)], True),
    ],
)
def test_any_order_gives_the_same(tmp_path: Path, files: list[list[Line]], *, known: bool) -> None:
    """Files in any order, and the rows of one file in any order."""
    orders = [files, files[::-1]] if len(files) > 1 else [files, [files[0][::-1]]]
    found = [outcome(tmp_path / str(number), order, known=known) for number, order in enumerate(orders)]
    assert all(one == found[0] for one in found)
    assert len(found[0]) > 1
