"""Without its key nothing runs, and a wrong one is noticed before anything is looked up."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from flows.ledger import Key, Keyring, Ledger, create_key, load_keyring
from policies.errors import HeldError, WorkspaceError
from tests.flows.ledger.ledgers import KEY, KEYRING, Clock, new_ledger, unguarded

if TYPE_CHECKING:
    from pathlib import Path

OTHER = Key(b"o" * 32)


def test_a_new_key_is_private_and_comes_back(tmp_path: Path) -> None:
    """The file is for its owner only, and reading it gives the key; its comment may say that it is public."""
    key = create_key(tmp_path / "keys" / "workspace.key", comment="This key is public: it belongs to the sample.")
    assert stat.S_IMODE((tmp_path / "keys" / "workspace.key").stat().st_mode) == 0o600
    assert load_keyring(tmp_path / "keys").keys == (key,)
    assert "public" in (tmp_path / "keys" / "workspace.key").read_text()
    assert key.secret.hex() not in repr(key)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    """A second key in the same place would make the ledger unreadable."""
    create_key(tmp_path / "workspace.key")
    with pytest.raises(WorkspaceError, match="key file already") as caught:
        create_key(tmp_path / "workspace.key")
    assert caught.value.code == "key_exists"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "key_missing"),
        ("", "key_wrong"),
        ("key: c2hvcnQ=\n", "key_wrong"),
        ("key: not base64!\n", "key_wrong"),
        ("key-id: 0000000000000000\nkey: a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=\n", "key_wrong"),
        ("key: \xff\xfe", "key_wrong"),
    ],
)
def test_no_or_a_damaged_key_file_is_held(tmp_path: Path, text: str | None, code: str) -> None:
    """Every fault of a key file ends in exit 3 with what to do, and shows nothing of the key."""
    if text is not None:
        (tmp_path / "workspace.key").write_bytes(text.encode("latin-1"))
    with pytest.raises(HeldError) as caught:
        load_keyring(tmp_path)
    assert caught.value.code == code
    assert "keys folder" in caught.value.fix


def test_a_key_elsewhere_is_found(tmp_path: Path) -> None:
    """TACTFUL_KEY_FILE may name a key outside the workspace; a name that leads nowhere is held."""
    key = create_key(tmp_path / "elsewhere" / "safe.key")
    assert load_keyring(tmp_path / "keys", tmp_path / "elsewhere" / "safe.key").keys == (key,)
    with pytest.raises(HeldError, match="cannot be read") as caught:
        load_keyring(tmp_path / "keys", tmp_path / "nowhere.key")
    assert caught.value.code == "key_missing"


def test_another_ledgers_key_is_wrong(tmp_path: Path) -> None:
    """A key that opens another ledger does not open this one."""
    new_ledger(tmp_path)
    with pytest.raises(HeldError) as caught:
        Ledger.open(tmp_path / "ledger.db", Keyring((OTHER,)), Clock())
    assert caught.value.code == "key_wrong"


def test_a_superfluous_key_does_no_harm(tmp_path: Path) -> None:
    """Other keys in the folder are left aside."""
    new_ledger(tmp_path)
    ledger = Ledger.open(tmp_path / "ledger.db", Keyring((OTHER, KEY)), Clock())
    assert ledger.keyring == KEYRING


def test_a_changed_check_value_is_noticed(tmp_path: Path) -> None:
    """A ledger whose check value was changed does not recognise its key."""
    new_ledger(tmp_path).close()
    unguarded(tmp_path / "ledger.db", "UPDATE keys SET check_value = 'x'")
    with pytest.raises(HeldError) as caught:
        Ledger.open(tmp_path / "ledger.db", KEYRING, Clock())
    assert caught.value.code == "key_wrong"


def test_all_keys_of_a_ledger_are_needed() -> None:
    """Events stand under older keys as well; the newest makes tokens, the oldest lasting ids."""
    checks = {key.key_id: key.check_value for key in (OTHER, KEY)}
    ring = Keyring((KEY, OTHER)).of_ledger(checks)
    assert (ring.first, ring.current) == (OTHER, KEY)
    with pytest.raises(HeldError) as caught:
        KEYRING.of_ledger(checks)
    assert caught.value.code == "key_missing"
