"""The house stands on a fresh machine: pins, locks, make targets, wheel, and a start that loads nothing heavy."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
SHIPPED = (*(ROOT / "flows").rglob("*.py"), *(ROOT / "policies").rglob("*.py"))
LOCKS = ("requirements.lock", "requirements-bootstrap.lock")
# Written so that this file does not match itself.
REGISTRY_HOST = (
    r"pypi[.]org|python[h]osted[.]org|ana[c]onda[.]org|npm[j]s[.](org|com)|crates[.]io|https?://[^ ]*/[s]imple/?\b"
)
HEAVY = ("alembic", "great_expectations", "matplotlib", "pandas", "prefect", "scipy")


@cache
def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def _direct() -> list[Requirement]:
    """Every dependency pyproject.toml names, of the package and of its development."""
    groups = _project()["dependency-groups"]
    named = [item for group in groups.values() for item in group if isinstance(item, str)]
    return [Requirement(text) for text in _project()["project"]["dependencies"] + named]


def _imported(path: Path) -> set[str]:
    """The top-level packages a file imports from outside the standard library and this project."""
    tree = ast.parse(path.read_text("utf-8"))
    plain = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    parts = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in plain + parts} - sys.stdlib_module_names - {"flows", "policies"}


def _locked(lock: str) -> list[str]:
    """The blocks of a lock file, one per package."""
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", "")
    return [line for line in text.splitlines() if not line.startswith("#")]


def _python(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "pin", ["fastapi>=0.139,<0.151", "polars>=2.1,<2.2", "prefect>=3.8.8,<3.9", "sqlalchemy>=2.0,<2.1"]
)
def test_pins_that_keep_prefect_working(pin: str) -> None:
    """The four ranges of docs/decisions/007 stand as they were found to work."""
    assert Requirement(pin) in [Requirement(text) for text in _project()["project"]["dependencies"]]


def test_runtime_dependencies_are_ranges() -> None:
    """A floor for what we use, a ceiling for what we have not seen; exact versions are the lock's business."""
    for text in _project()["project"]["dependencies"]:
        requirement = Requirement(text)
        operators = {specifier.operator for specifier in requirement.specifier}
        # zone data is never too new
        assert operators == ({">="} if requirement.name == "tzdata" else {">=", "<"}), text


def test_what_is_imported_is_declared() -> None:
    """No package is used that only happens to come along with another; pydantic and its core are one."""
    declared = {canonicalize_name(Requirement(text).name) for text in _project()["project"]["dependencies"]}
    imported = set().union(*(_imported(path) for path in SHIPPED))
    homes = packages_distributions()
    owners = {name: {canonicalize_name(home) for home in homes.get(name, [name])} for name in imported}
    assert {name for name, home in owners.items() if not home & (declared | {"pydantic-core"})} == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes(lock: str) -> None:
    """Whatever is installed was hashed when it was tested."""
    blocks = _locked(lock)
    assert blocks
    assert [block for block in blocks if not re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", block)] == []


def test_the_lock_answers_every_dependency() -> None:
    """Each named dependency is locked, at a version inside its range."""
    locked: dict[str, list[str]] = {}
    for block in _locked("requirements.lock"):
        name, version = block.split(" ")[0].split("==")
        locked.setdefault(name, []).append(version)
    for requirement in _direct():
        versions = locked.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement.name} is not locked: make lock"
        assert all(requirement.specifier.contains(version) for version in versions), requirement.name


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_place_to_download_from(lock: str) -> None:
    """Where packages come from is the user's setting, never the lock's."""
    text = (ROOT / lock).read_text("utf-8")
    assert re.findall(r"://|--(?:extra-)?index|--find-links|--trusted-host| @ ", text) == []


def test_no_registry_host_in_any_file() -> None:
    """No tracked file names a host of a package registry."""
    command = ["git", "grep", "--untracked", "-nIE", REGISTRY_HOST]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.stdout == ""
    assert found.returncode == 1, found.stderr  # 1: searched and found nothing


def test_help_lists_every_target() -> None:
    """`make` alone tells what there is."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    command = ["make", "--no-print-directory"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.findall(r"^  make (\S+)", shown.stdout, re.MULTILINE) == phony[1].split()


def test_an_old_python_is_told_in_a_plain_sentence(tmp_path: Path) -> None:
    """No trace, no half-made environment: one sentence that says what is needed."""
    for name in ("Makefile", "pyproject.toml", *LOCKS):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    command = ["make", "install", f"PYTHON={old}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Tactful needs Python 3.11 or newer" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_the_wheel_carries_rules_and_sample(tmp_path: Path) -> None:
    """Installed from a wheel, Tactful has its rules and its sample workspace, and no tests or tools."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    rules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "policies/rules").rglob("*.toml")}
    assert rules
    assert rules <= names
    assert any(name.startswith("flows/sample/") for name in names)
    assert {name for name in names if name.startswith(("data/", "tests/")) or name.endswith("ruff.toml")} == set()


@pytest.mark.long  # tests/test_schedule_makes_runs.py imports it as well, and starts it
@pytest.mark.prefect
def test_prefects_server_can_be_imported() -> None:
    """Importing Prefect alone proves nothing: with the wrong FastAPI only its server fails (docs/decisions/007)."""
    done = _python("import prefect.server.api.server")
    assert done.returncode == 0, done.stderr


def test_the_command_starts_without_anything_heavy() -> None:
    """Importing the command line loads neither Prefect nor Great Expectations, nor what only reports and gates need."""
    done = _python(f"import sys, flows.cli; print(*({set(HEAVY)!r} & set(sys.modules)))")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
