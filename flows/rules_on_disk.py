"""Rule files on disk: the base that comes with the package, and what a workspace adds to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import policies
from policies.errors import Problem, RuleFileError
from policies.rulebook import RuleFile, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.rulebook import Rulebook

__all__ = ["load_rulebook", "rule_files"]

# folders of a workspace's rules/ and what their files are; nothing is read from below them
_WORKSPACE: Final = (
    *(("", "workspace"), ("local", "workspace"), ("identity", "workspace")),
    *(("waivers", "waiver"), ("sources", "source")),
)


def _base_rules_folder() -> Path:
    """The folder of the packaged base: core/ and jurisdictions/."""
    return Path(policies.__file__).parent / "rules"


def rule_files(workspace_rules: Path | None) -> list[RuleFile]:
    """All rule files in force, base first, each under a path that reads the same on every machine.

    ``workspace_rules`` is the workspace's ``rules`` folder; None is the base alone. Source contracts come along because
    they belong to the policy revision. Raises ``RuleFileError`` naming files that are no UTF-8 text or cannot be read.
    """
    base = _base_rules_folder()
    found = [(path, f"base/{path.relative_to(base).as_posix()}", "base") for path in sorted(base.rglob("*.toml"))]
    found += _workspace_files(workspace_rules) if workspace_rules is not None else []
    files: list[RuleFile] = []
    problems: list[Problem] = []
    for path, shown, origin in found:
        try:
            files.append(RuleFile(shown, path.read_text(encoding="utf-8-sig"), origin))
        except UnicodeDecodeError:
            problems.append(Problem(shown, 1, "This is not UTF-8 text.", "Save the file as UTF-8."))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            problems.append(Problem(shown, 1, f"This cannot be read: {reason}.", "Check the file's rights."))
    if problems:
        raise RuleFileError(problems)
    return files


def load_rulebook(workspace_rules: Path | None) -> Rulebook:
    """Load the base and a workspace's rules; raises ``RuleFileError`` with all problems of all files."""
    return load(rule_files(workspace_rules))


def _workspace_files(folder: Path) -> Iterator[tuple[Path, str, str]]:
    for name, origin in _WORKSPACE:
        for path in sorted((folder / name).glob("*.toml")):
            if not path.name.startswith("."):
                yield path, f"rules/{path.relative_to(folder).as_posix()}", origin
