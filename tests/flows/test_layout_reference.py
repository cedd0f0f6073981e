"""docs/layouts.md says what the layouts say."""

from __future__ import annotations

from pathlib import Path

from flows.reports.layout_reference import layout_reference
from tests.policies.rulebooks import base

COMMITTED = Path(__file__).parents[2] / "docs" / "layouts.md"


def test_the_committed_page_is_current() -> None:
    """Layouts and page change together: `python -m flows.reports.layout_reference` rewrites it."""
    assert COMMITTED.read_text(encoding="utf-8") == layout_reference(base().settings["layouts"])


def test_it_names_every_product_and_column() -> None:
    """What is read of an export, and what is not taken for an opt-out, can be looked up."""
    text = layout_reference(base().settings["layouts"])
    for layout in base().settings["layouts"]:
        assert f"## {layout.product}\n\n`{layout.id}`\n" in text
        for section in layout.sections:
            named = {name for names in section.columns.values() for name in names} | set(section.no_flag)
            assert [name for name in named if f"`{name}`" not in text] == []
