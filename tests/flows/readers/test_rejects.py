"""Rejects are written so that they can be read back: what was not touched, and what was ruled out, stays so."""

from __future__ import annotations

import pytest

from flows.readers.rejects import all_columns, placed, ruled_out_by, ruled_out_note


@pytest.mark.parametrize("reason", ["host", "panelist", "no_show"])
def test_why_a_row_is_ruled_out_comes_back(reason: str) -> None:
    """The note is found whatever stands around it."""
    assert ruled_out_by(f"No contact point. {ruled_out_note(reason)} (check 0123456789ab)") == reason
    assert ruled_out_by("No contact point. (check 0123456789ab)") is None


def test_rows_of_several_tables_under_all_columns() -> None:
    """Each cell stays under its own column; columns a table lacks are blank."""
    first, second = ("name", "email"), ("email", "phone")
    everywhere = all_columns([first, second])
    assert everywhere == ("name", "email", "phone")
    assert placed(["Ann", "a@acme.example"], first, everywhere) == ["Ann", "a@acme.example", ""]
    assert placed(["b@acme.example", "1"], second, everywhere) == ["", "b@acme.example", "1"]
