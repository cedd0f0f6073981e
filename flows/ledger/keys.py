"""The workspace key: without it nothing runs, for no token could be compared with any other.

A key file is text: comment lines, `key-id: ...` and `key: <base64 of 32 random bytes>`; several keys may stand one
below the other. The id is derived from the key, so a damaged file is noticed; the check value proves to a ledger that
this is its key without revealing it. Old keys stay for look-up as long as the ledger names them: in the keys folder, or
beside the file that TACTFUL_KEY_FILE names.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from flows.files import fsync, new_file
from policies.errors import HeldError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = [
    "KEY_BYTES",
    "Key",
    "Keyring",
    "create_key",
    "key_files",
    "load_keyring",
    "read_key_file",
    "sweep_partial_keys",
]

KEY_BYTES: Final = 32
_CHECK: Final = b"tactful key check"
_ID: Final = b"tactful key id"
_HEADER: Final = (
    "# The key of this workspace. Whoever has it can recognise the people in the ledger; without it nothing runs.\n"
    "# Keep a copy apart from the data, never in version control.\n"
)


@dataclass(frozen=True, slots=True)
class Key:
    """One secret with its id; the secret never shows in a repr."""

    secret: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """Sixteen hex digits that name the key and follow from it."""
        return hmac.digest(self.secret, _ID, "sha256").hex()[:16]

    @property
    def check_value(self) -> str:
        """What the ledger keeps to know its key again."""
        return hmac.digest(self.secret, _CHECK, "sha256").hex()

    def sign(self, text: str) -> str:
        """HMAC-SHA-256 over the text, as hex."""
        return hmac.digest(self.secret, text.encode("utf-8", "surrogatepass"), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of a workspace, oldest first: the newest makes tokens, all of them are looked up under.

    Ids of records and people and the keys that recognise a repeated event come from the oldest, so that they outlive a
    rotation. Only a ledger knows the order: use ``ledger.keyring`` once a ledger is open.
    """

    keys: tuple[Key, ...]

    def __iter__(self) -> Iterator[Key]:
        return iter(self.keys)

    @property
    def current(self) -> Key:
        """The key that new tokens are made with."""
        return self.keys[-1]

    @property
    def first(self) -> Key:
        """The key that lasting ids are made with."""
        return self.keys[0]

    def of_ledger(self, check_values: Mapping[str, str]) -> Keyring:
        """The ring a ledger needs: exactly its keys, in its order (``check_values``: key id -> check value).

        Raises ``HeldError`` ``key_wrong`` when the keys at hand are another ledger's, ``key_missing`` when some are
        not there.
        """
        at_hand = {key.key_id: key for key in self.keys}
        absent = [key_id for key_id in check_values if key_id not in at_hand]
        if check_values and len(absent) == len(check_values):
            raise _key_wrong("The key at hand is not the key of this ledger.")
        if absent:
            raise _key_missing(f"An older key of this ledger is missing: {', '.join(absent)}.")
        wrong = [key_id for key_id, check in check_values.items() if at_hand[key_id].check_value != check]
        if wrong:
            raise _key_wrong(f"The ledger does not recognise key {wrong[0]}.")
        return Keyring(tuple(at_hand[key_id] for key_id in check_values))


def create_key(path: Path, *, comment: str | None = None) -> Key:
    """Make a new key file, readable by its owner only; an existing file is never overwritten.

    Raises ``WorkspaceError`` ``key_exists`` when there is one, ``key_unwritable`` when it cannot be written.
    """
    key = Key(secrets.token_bytes(KEY_BYTES))
    note = f"# {comment}\n" if comment else ""
    text = f"{_HEADER}{note}key-id: {key.key_id}\nkey: {base64.b64encode(key.secret).decode()}\n"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_whole(path, text.encode("ascii"))
    except FileExistsError:
        raise WorkspaceError(
            "key_exists",
            "There is a key file already; a new one would make the ledger unreadable.",
            "Keep the key there is, or choose another place for the new one.",
        ) from None
    except OSError as error:
        raise WorkspaceError(
            "key_unwritable",
            f"The key file cannot be written: {error.strerror}.",
            "Check space and permissions of the keys folder.",
        ) from None
    return key


def sweep_partial_keys(path: Path) -> int:
    """Remove what an interrupted :func:`create_key` of this file, or of a numbered one after it, left of a secret.

    Gives how many files went. Nobody else may be making a key there.
    """
    ours = re.compile(rf"\.{re.escape(path.stem)}(-\d+)?\.key\.[0-9a-f]{{32}}")
    left = [found for found in sorted(path.parent.glob(".*.key.*")) if ours.fullmatch(found.name)]
    for partial in left:
        partial.unlink(missing_ok=True)
    return len(left)


def _write_whole(path: Path, data: bytes) -> None:
    """Make a file of its owner's alone that is there whole or not at all, and on disk when this returns."""
    if path.exists():
        raise FileExistsError
    partial = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with open(new_file(partial), "wb") as file:  # noqa: PTH123 - an open file with its mode
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(partial)  # refuses where there is a file, also one made this moment
    finally:
        partial.unlink(missing_ok=True)
    fsync(path.parent)


def load_keyring(folder: Path, key_file: Path | None = None) -> Keyring:
    """Read every key file of :func:`key_files`; superfluous keys do no harm, a ledger takes its own.

    Raises ``HeldError`` ``key_missing`` when there is none or one cannot be read, ``key_wrong`` when one is damaged.
    """
    found = {key.key_id: key for path in key_files(folder, key_file) for key in read_key_file(path)}
    if not found:
        raise _key_missing("There is no workspace key.")
    return Keyring(tuple(found.values()))


def key_files(folder: Path, key_file: Path | None = None) -> list[Path]:
    """The files keys are looked for in: ``*.key`` of the keys folder, and ``key_file`` (TACTFUL_KEY_FILE) when given.

    Beside ``key_file`` other ``*.key`` files count where they are ours: such a folder may hold keys of other programs.
    """
    paths = sorted(folder.glob("*.key")) if folder.is_dir() else []
    if key_file is not None:
        beside = sorted(key_file.parent.glob("*.key"))
        paths += [path for path in beside if path not in paths and path != key_file and _is_ours(path)]
        paths.append(key_file)
    return list(dict.fromkeys(paths))


def _is_ours(path: Path) -> bool:
    try:
        return b"key-id:" in path.read_bytes()
    except OSError:
        return False


def _key_missing(message: str) -> HeldError:
    """The error for a key that is not there."""
    return HeldError(
        "key_missing",
        f"{message} Without it nobody who opted out can be recognised.",
        "Put the key file back into the keys folder from its safe copy, or name it in TACTFUL_KEY_FILE.",
    )


def _key_wrong(message: str) -> HeldError:
    """The error for a key that is there and does not fit."""
    return HeldError(
        "key_wrong",
        f"{message} Under a wrong key nobody who opted out would be recognised.",
        "Put the key that belongs to this ledger into the keys folder, or name it in TACTFUL_KEY_FILE.",
    )


def read_key_file(path: Path) -> list[Key]:
    """The keys of one file, in its order; errors as :func:`load_keyring`."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise _key_wrong(f"{path.name} is not a key file.") from None
    except OSError as error:
        raise _key_missing(f"{path.name} cannot be read: {error.strerror}.") from None
    found: list[Key] = []
    named: str | None = None
    for field_name, value in _fields(text.splitlines()):
        if field_name == "key-id":
            named = value
        elif field_name == "key":
            found.append(_key_of(path, value, named))
            named = None
    if not found or named is not None:
        raise _key_wrong(f"{path.name} holds no key of {KEY_BYTES} bytes.")
    return found


def _key_of(path: Path, value: str, named: str | None) -> Key:
    secret = b""
    with contextlib.suppress(binascii.Error, ValueError):
        secret = base64.b64decode(value, validate=True)
    if len(secret) != KEY_BYTES:
        raise _key_wrong(f"{path.name} holds no key of {KEY_BYTES} bytes.")
    key = Key(secret)
    if named is not None and named != key.key_id:
        raise _key_wrong(f"{path.name} is damaged: its key-id does not belong to its key.")
    return key


def _fields(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition(":")
        if colon and not line.lstrip().startswith("#"):
            yield name.strip(), value.strip()
