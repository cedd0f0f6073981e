"""An abbreviated SHA-256, by which people name a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SHOWN", "named_file"]

SHOWN: Final = 12  # digits that are shown of a SHA-256
_ABBREVIATED: Final = re.compile(r"[0-9a-f]{8,64}")


class _HasSha256(Protocol):
    @property
    def sha256(self) -> str: ...


File = TypeVar("File", bound=_HasSha256)


def named_file(files: Sequence[File], asked: str, unknown: UsageError) -> File:
    """The file with this SHA-256, of which 8 digits are enough where they are unique.

    ``unknown`` is raised where there is none; its fix says which there are. Raises ``UsageError`` ``bad_sha256`` and
    ``several_files`` as well.
    """
    digits = asked.strip().lower()
    if not _ABBREVIATED.fullmatch(digits):
        message = "This is no SHA-256 of a file, nor its first 8 digits or more."
        raise UsageError("bad_sha256", message, unknown.fix)
    found = {file.sha256: file for file in reversed(files) if file.sha256.startswith(digits)}
    if not found:
        raise unknown
    if len(found) > 1:
        message = f"{len(found)} files begin with these digits."
        raise UsageError("several_files", message, "Give more of them, or the whole SHA-256.")
    return next(iter(found.values()))
