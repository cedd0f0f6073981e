"""Every error a user can meet, as a tree. Each carries a stable code, a message and the mend.

TactfulError                 exit 1
├── UsageError               exit 2   wrong option or argument
├── RuleFileError            exit 1   rule or source files do not hold; lists every problem with file and line
├── RefusedFile              (quarantine, exit 4)   one dropped file cannot be taken
├── UnknownContact           exit 1   nobody is known under this contact; unknown is not permission
├── HeldError                exit 3   a gate, a stale feed or a key held the run: nothing is published
├── LedgerError              exit 1   the ledger is missing, locked, damaged or behind
└── WorkspaceError           exit 1   the workspace is missing, busy, full or not as expected

Messages never contain personal data: they name files by their place, rows by number, rules by id (law 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "HeldError",
    "LedgerError",
    "Problem",
    "RefusedFile",
    "RuleFileError",
    "TactfulError",
    "UnknownContact",
    "UsageError",
    "WorkspaceError",
]

Details: TypeAlias = "Mapping[str, object]"


class TactfulError(Exception):
    """Base of all errors shown to a user: ``code`` is stable, ``fix`` says what to do next."""

    exit_code = 1

    def __init__(self, code: str, message: str, fix: str, details: Details | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix
        self.details: dict[str, object] = dict(details or {})

    def as_dict(self) -> dict[str, object]:
        """The form written to ``why.json``."""
        return {"code": self.code, "message": self.message, "fix": self.fix, "details": self.details}

    def as_answer(self) -> dict[str, dict[str, object]]:
        """The form in which a call with ``--json`` answers."""
        return {"error": {"code": self.code, "message": self.message, "fix": self.fix}}


class UsageError(TactfulError):
    """The call itself is wrong."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one rule, source or settings file."""

    file: str
    line: int
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} {self.fix}"


class RuleFileError(TactfulError):
    """Some rule files do not hold; ``problems`` lists all of them, never only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(
            "rule_files_invalid",
            f"{len(self.problems)} problem(s) in rule files:\n{lines}",
            "Mend the lines named above, then run `tactful policy check`.",
            {"problems": [str(problem) for problem in self.problems]},
        )


class RefusedFile(TactfulError):
    """A dropped file cannot be taken as it is; it goes to quarantine whole, with this as its ``why.json``."""

    def as_answer(self) -> dict[str, dict[str, object]]:
        """The form in which a call with ``--json`` answers, with what was found of the file."""
        return {"error": self.as_dict()}


class UnknownContact(TactfulError):
    """No record, event or rule knows this contact."""

    def __init__(self) -> None:
        super().__init__(
            "unknown_contact",
            "Nothing is known under this contact. Unknown is not permission.",
            "Check the spelling; a person comes in on a list with a source contract before anyone may contact them.",
        )


class HeldError(TactfulError):
    """A gate, feed or key held the run. Nothing was published; the queue in force may only have lost people."""

    exit_code = 3


class LedgerError(TactfulError):
    """The ledger cannot be used as it stands."""


class WorkspaceError(TactfulError):
    """The workspace cannot be used as it stands."""
