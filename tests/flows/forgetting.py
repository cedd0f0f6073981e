"""A workspace in which somebody is forgotten, and what can still be read of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.cli import call
from flows.filing import file_inbox
from flows.ledger_access import open_ledger
from flows.locks import workspace_lock
from flows.store import active_lists, load_records, sweep
from tests.histories import rules
from tests.small_workspace import Line, at, drop_list, publish

if TYPE_CHECKING:
    import pytest

    from flows.workspace import Workspace

ADA, PHONE, E164 = "ada@acme.example", "+1 312 555 0101", "+13125550101"
BEA = Line("bea@bolt.example", "Ruiz", given="Bea", company="Bolt Inc")
NEXT = datetime(2026, 10, 15, 6, 30, tzinfo=UTC)


def published(ws: Workspace, *lines: Line, source: str = "summit", when: datetime | None = None) -> pl.DataFrame:
    """Take a list in and publish; the decisions."""
    drop_list(ws, source, lines, f"{source}.csv")
    run = publish(ws if when is None else at(ws, when))
    assert sum(run.funnel.values()) == run.rows
    return pl.read_parquet(ws.run_folder(run.run_id) / "decisions.parquet")


def listed(ws: Workspace, *lines: Line, source: str = "summit") -> None:
    """Take in a list and what else lies in the inbox, and decide nothing."""
    drop_list(ws, source, lines, f"{source}.csv")
    with open_ledger(ws) as ledger, workspace_lock(ws):
        sweep(ws)
        file_inbox(ws, ledger, rules(), dry_run=False, step=lambda _: None)


def records_of(ws: Workspace) -> pl.DataFrame:
    """The records of every list, stubs included."""
    return load_records(ws, active_lists(ws))


def answer_of(ws: Workspace, capsys: pytest.CaptureFixture[str], *argv: str, code: int = 0) -> Any:  # noqa: ANN401 (JSON)
    """What a command answers with ``--json``."""
    capsys.readouterr()
    assert call([*argv, "--workspace", str(ws.root), "--json"]) == code
    return json.loads(capsys.readouterr().out)


def texts_of(ws: Workspace, *but: str) -> str:
    """Everything that can be read in the store and in the ledger's plain text, archive and run folders aside."""
    records = records_of(ws).write_json()
    briefs = "".join(path.read_text("utf-8") for path in sorted(ws.store_briefs.glob("*")))
    with open_ledger(ws) as ledger:
        said = [text for seq in range(1, ledger.head() + 1) for text in ledger.plain_text(seq).values()]
    queue = "".join(path.read_text("utf-8") for path in sorted(ws.queue.glob("*.csv")) if path.name not in but)
    return "".join([records, briefs, *said, queue]).lower()
