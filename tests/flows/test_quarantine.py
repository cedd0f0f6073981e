"""A refused file lies whole in quarantine beside its reason, under a name that cannot do harm."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.file_names import free_name, owner_file_names, safe_file_name
from flows.store import sweep
from flows.store.quarantine import quarantine, withhold
from policies.errors import RefusedFile
from tests.flows.workspaces import make_workspace

if TYPE_CHECKING:
    from pathlib import Path

ERROR = RefusedFile("empty_file", "The file is empty.", "Export it again.", {"bytes": 0})


def test_the_reason_lies_beside_the_file(tmp_path: Path) -> None:
    """The file has gone from where it was dropped; the reason has its four fields."""
    ws = make_workspace(tmp_path)
    dropped = ws.inbox / "x.csv"
    dropped.write_bytes(b"")
    place = quarantine(ws, dropped, ERROR)
    assert (place, dropped.exists()) == (ws.quarantine / "x.csv", False)
    why = json.loads((ws.quarantine / "x.csv.why.json").read_text())
    assert why == {
        "code": "empty_file",
        "message": "The file is empty.",
        "fix": "Export it again.",
        "details": {"bytes": 0},
    }
    assert {path.stat().st_mode & 0o777 for path in ws.quarantine.iterdir()} == {0o600}


def test_files_of_the_same_name_are_numbered(tmp_path: Path) -> None:
    """No refused file replaces another, nor a reason a file."""
    ws = make_workspace(tmp_path)
    names = []
    for at in range(3):
        dropped = ws.inbox / "x.csv"
        dropped.write_bytes(str(at).encode())
        names.append(quarantine(ws, dropped, ERROR).name)
    dropped = ws.inbox / "x.csv.why.json"
    dropped.write_bytes(b"not a reason")
    names.append(quarantine(ws, dropped, ERROR).name)
    assert names == ["x.csv", "x-2.csv", "x-3.csv", "x.csv_why.json"]
    sweep(ws)
    assert len(list(ws.quarantine.iterdir())) == 8
    assert (ws.quarantine / "x-3.csv").read_bytes() == b"2"


def test_a_link_is_moved_not_followed(tmp_path: Path) -> None:
    """What a link points to keeps its place and its permissions."""
    ws = make_workspace(tmp_path / "ws")
    target = tmp_path / "target"
    target.write_bytes(b"x")
    target.chmod(0o644)
    link = ws.inbox / "link.csv"
    link.symlink_to(target)
    place = quarantine(ws, link, ERROR)
    assert place.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o644
    target.unlink()
    sweep(ws)
    assert place.with_name("link.csv.why.json").is_file()


def test_a_reason_without_its_file_is_swept(tmp_path: Path) -> None:
    """Interrupted between reason and move, the file is judged again under the same name."""
    ws = make_workspace(tmp_path)
    (ws.quarantine / "x.csv.why.json").write_bytes(b"{}")
    sweep(ws)
    dropped = ws.inbox / "x.csv"
    dropped.write_bytes(b"")
    assert quarantine(ws, dropped, ERROR).name == "x.csv"


def test_a_contact_that_slipped_into_a_reason_is_withheld(tmp_path: Path) -> None:
    """Addresses and international numbers do not reach a why.json, however deep; counts, dates and hashes do."""
    ws = make_workspace(tmp_path)
    dropped = ws.inbox / "x.csv"
    dropped.write_bytes(b"")
    details = {
        "rows": [{"jane@acme.example": "+44 20 7946 0123"}],
        "sha": "a1b2c3d4",
        "on": "2026-10-14",
        "n": 12345678,
    }
    error = RefusedFile("x", "Row 3 has <jane@acme.example>, twice.", "Ask +4915112345678.", details)
    place = quarantine(ws, dropped, error)
    text = place.with_name("x.csv.why.json").read_text()
    assert "jane" not in text
    assert "0123" not in text
    assert "4915112" not in text
    assert json.loads(text)["details"]["sha"] == "a1b2c3d4"
    assert withhold({"on": "2026-10-14", "n": 12345678}) == {"on": "2026-10-14", "n": 12345678}


@given(st.text(max_size=300) | st.text(alphabet="./\\\0\n \u202e~-aé", max_size=20))
def test_any_words_become_a_plain_file_name(words: str) -> None:
    """No separator, no control character, no dot in front, never empty, never too long, the same again."""
    name = safe_file_name(words)
    assert name == os.path.basename(name)  # noqa: PTH119 - the very question
    assert name
    assert not name.startswith((".", " "))
    assert not any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in name)
    assert len(name.encode()) <= 120
    assert safe_file_name(name) == name


@pytest.mark.parametrize(
    ("name", "taken", "free"),
    [
        ("a.csv", [], "a.csv"),
        ("a.csv", ["a.csv"], "a-2.csv"),
        ("a", ["a", "a-2"], "a-3"),
        ("a.csv", ["b.csv"], "a.csv"),
    ],
)
def test_a_taken_name_is_numbered(name: str, taken: list[str], free: str) -> None:
    """The number stands before the ending."""
    assert free_name(name, frozenset(taken)) == free


@given(
    st.frozensets(st.text(max_size=12) | st.sampled_from(["today", "Recall", "a/b", "a_b", "ANN", "ann"]), max_size=8)
)
def test_every_owner_has_a_file_of_their_own(owners: frozenset[str]) -> None:
    """Names differ even where case is ignored, and none is one of the queue's own."""
    names = owner_file_names(owners)
    assert set(names) == owners
    folded = [name.casefold() for name in names.values()]
    assert len(set(folded)) == len(folded)
    assert not {"today.csv", "recall.csv"} & set(folded)
    assert all(name == safe_file_name(name) for name in names.values())
