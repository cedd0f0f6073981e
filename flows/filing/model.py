"""What became of one dropped file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from policies.errors import TactfulError

__all__ = ["FileOutcome", "refused"]


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """One file and what became of it.

    ``status`` is accepted, already_there, quarantined, would_be_quarantined (a dry run) or left (it stays where it
    lies). ``mapping`` says which header stands for which field; ``rejects`` counts refused rows by code. ``kept`` are
    rejected rows of event files whose word was recorded all the same, ``not_understood`` rows that name somebody nobody
    could recognise, ``passed`` rows of opt-out files that say no stop, by what they say (nothing, deletion, comment). A
    file of events in quarantine counts all the same.

    Of a list: ``layout`` is the known export it was recognised as, ``confidence`` how sure its columns are,
    ``first_rejects`` the numbers of the first refused rows by code, ``changes`` how it differs from earlier files of
    its source, ``erased`` how many rows are of erased people and were not kept. Of a registry: ``registry`` says which
    version it is, what it covers, how many numbers it lists (``numbers``) and how many of our records are among them
    (``records_listed``). Of a dry run ``would_record`` counts the events that would be new, by kind.
    """

    name: str
    kind: str
    status: str
    source: str | None = None
    sha256: str | None = None
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    kept: int = 0
    not_understood: int = 0
    passed: dict[str, int] = field(default_factory=dict)
    code: str | None = None
    message: str | None = None
    fix: str | None = None
    mapping: dict[str, Any] = field(default_factory=dict)
    rejects: dict[str, int] = field(default_factory=dict)
    first_rejects: dict[str, list[int]] = field(default_factory=dict)
    layout: str | None = None
    confidence: Any = None
    changes: dict[str, int] | None = None
    registry: dict[str, Any] | None = None
    erased: int = 0
    would_record: dict[str, int] = field(default_factory=dict)


def refused(path: Path, kind: str, source: str | None, error: TactfulError) -> FileOutcome:
    """The outcome of a file that goes to quarantine."""
    return FileOutcome(
        name=path.name,
        kind=kind,
        source=source,
        status="quarantined",
        code=error.code,
        message=error.message,
        fix=error.fix,
    )
