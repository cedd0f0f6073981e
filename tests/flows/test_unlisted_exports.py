"""Exports of products nobody described are understood from their headers and cells, or refused with a proposal."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from flows.list_intake import read_preview
from flows.rules_on_disk import load_rulebook
from policies.errors import RefusedFile
from tests.flows.unlisted.associations import ASSOCIATIONS
from tests.flows.unlisted.events import EVENTS
from tests.flows.unlisted.forms import FORMS
from tests.flows.unlisted.mailboxes import MAILBOXES
from tests.flows.unlisted.marketing import MARKETING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flows.unlisted.model import Export

EXPORTS = (*MARKETING, *EVENTS, *FORMS, *MAILBOXES, *ASSOCIATIONS)


@cache
def settings() -> dict[str, Any]:
    """The settings of the packaged rules."""
    return dict(load_rulebook(None).settings)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.product)
def test_unlisted_export(tmp_path: Path, export: Export) -> None:
    """Names, contact points, flags and exclusions of every row; nothing is taken for what it is not."""
    path = tmp_path / export.name
    path.write_bytes(export.text.encode(export.codec))
    try:
        frame, summary = read_preview(path, None, settings())
    except RefusedFile as why:
        assert why.code in export.refusals  # noqa: PT017  # refused or right, either will do
        return
    accepted = [row for row in frame.iter_rows(named=True) if row["code"] is None]
    assert (len(accepted), summary["accepted"]) == (len(export.rows), len(export.rows))
    assert [wrong for pair in zip(accepted, export.expected(), strict=True) for wrong in _differences(*pair)] == []


def _differences(row: dict[str, Any], expected: dict[str, str | None]) -> list[str]:
    """What a row says and should not; a blank flag is blank either way."""
    found = {field: None if row[field] in ("", "blank") else row[field] for field in expected}
    wrong = (field for field, cell in expected.items() if found[field] != cell)
    return [f"{row['row_number']}: {field} is {found[field]}, not {expected[field]}" for field in wrong]
