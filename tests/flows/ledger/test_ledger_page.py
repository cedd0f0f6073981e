"""The page about the ledger has the table of kinds as the program has it."""

from __future__ import annotations

from pathlib import Path

from flows.ledger.kinds import KINDS

PAGE = Path(__file__).parents[3] / "docs" / "ledger.md"


def kinds_table() -> str:
    """The table of kinds as it stands in docs/ledger.md."""
    head = "| kind | family | what it says | decisive | voidable | term |\n|---|---|---|---|---|---|"
    rows = [
        f"| `{kind.name}` | {kind.family} | {kind.says} | {'yes' if kind.decisive else ''} |"
        f" {'yes' if kind.voidable else ''} | {f'`{kind.term}`' if kind.term else ''} |"
        for kind in KINDS.values()
    ]
    return "\n".join([head, *rows])


def test_the_page_lists_every_kind() -> None:
    """Every kind of event with what it says; when one is added, paste the table that this test prints."""
    assert kinds_table() in PAGE.read_text("utf-8"), kinds_table()
