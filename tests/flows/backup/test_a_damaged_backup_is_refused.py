"""One altered byte anywhere, another workspace's backup, a wrong key: refused in words, and nothing is changed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from flows.backup.container import open_backup
from flows.ledger import Key, Keyring, create_key
from flows.workspace import load
from policies.errors import HeldError, TactfulError, UsageError
from tests.flows.backup.keeping import back_up, bring_back, new_place, published_on
from tests.small_workspace import make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

_END = 300  # bytes at the end that are all tried: directory, comment, seal
_ELSEWHERE = 200  # spots in between


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace that published."""
    return published_on("sqlite", tmp_path / "ws")


def _refused(file: Path, ring: Keyring) -> str:
    """The code a backup is refused with."""
    with pytest.raises(TactfulError) as caught, open_backup(file, ring) as backup:
        backup.check()
    return caught.value.code


def test_every_altered_byte_is_noticed(ws: Workspace, tmp_path: Path) -> None:
    """Each byte of the end, and bytes spread over everything else."""
    whole = back_up(ws).read_bytes()
    ring = Keyring((Key(_secret(ws)),))
    file = tmp_path / "altered.zip"
    spots = [*range(len(whole) - _END, len(whole)), *range(0, len(whole) - _END, len(whole) // _ELSEWHERE)]
    codes = set()
    for spot in spots:
        altered = bytearray(whole)
        altered[spot] ^= 1
        file.write_bytes(altered)
        codes.add(_refused(file, ring))
    assert codes == {"backup_damaged", "backup_unreadable", "key_wrong"}


@pytest.mark.parametrize("left", [0, 1, 150, 1000, -1])
def test_a_backup_that_was_cut_off_is_refused(ws: Workspace, tmp_path: Path, left: int) -> None:
    """However much of it is left."""
    whole = back_up(ws).read_bytes()
    file = tmp_path / "cut.zip"
    file.write_bytes(whole[:left])
    assert _refused(file, Keyring((Key(_secret(ws)),))) == "backup_unreadable"


def test_another_key_opens_nothing(ws: Workspace, tmp_path: Path) -> None:
    """Without the key it was sealed with a backup is not restored, and the folder stays as it was."""
    file = back_up(ws)
    place = tmp_path / "there"
    create_key(place / "keys" / "workspace.key")
    with pytest.raises(HeldError) as caught:
        bring_back(place, file)
    assert caught.value.code == "key_wrong"
    assert sorted(entry.name for entry in place.iterdir()) == ["keys"]


def test_another_workspaces_backup_is_refused(ws: Workspace, tmp_path: Path) -> None:
    """Two workspaces with one key are still two."""
    file = back_up(ws)
    other = make_workspace(tmp_path / "other")
    text = other.settings_file.read_text(encoding="utf-8")
    other.settings_file.write_text(text.replace('workspace_id = "small"', 'workspace_id = "large"'), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        bring_back(other.root, file)
    assert caught.value.code == "backup_foreign"


def test_only_an_empty_folder_becomes_a_workspace(ws: Workspace, tmp_path: Path) -> None:
    """A folder of somebody else's is left alone."""
    file = back_up(ws)
    place = new_place(ws, tmp_path / "there")
    (place / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        bring_back(place, file)
    assert caught.value.code == "folder_not_empty"


def test_a_restore_that_was_begun_is_completed(ws: Workspace, tmp_path: Path) -> None:
    """What an interrupted restore left in a new folder is no reason to refuse the next one."""
    file = back_up(ws)
    place = new_place(ws, tmp_path / "there")
    bring_back(place, file)
    (place / ".tactful-restoring").write_bytes(b"")
    shutil.rmtree(place / "data" / "runs")
    bring_back(place, file)
    assert not (place / ".tactful-restoring").exists()
    assert load(place).runs.is_dir()


def _secret(ws: Workspace) -> bytes:
    from flows.ledger.keys import read_key_file

    return read_key_file(ws.key_file)[0].secret
