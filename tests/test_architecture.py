"""The layers hold: policies touch nothing, heavy libraries stay where they belong, modules say what they offer."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).parents[1]
POLICIES = sorted((ROOT / "policies").rglob("*.py"))
FLOWS = sorted((ROOT / "flows").rglob("*.py"))
# Migrations are found and called by Alembic under the names it prescribes.
OFFERING = [path for path in POLICIES + FLOWS if "migrations" not in path.parts]

# Whoever may use what a module offers.
CODE = ("benchmarks", "data/sample", "flows", "policies", "tests")

CLOCKS = {"now", "utcnow", "today"}
DOORS = {"breakpoint", "compile", "eval", "exec", "input", "open", "print", "__import__"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _calls(path: Path) -> list[ast.expr]:
    return [node.func for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)]


def _exported(tree: ast.Module) -> set[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == "__all__" for to in node.targets):
            names: list[str] = ast.literal_eval(node.value)
            return set(names)
    return None


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def _bound(tree: ast.Module) -> set[str]:
    """Every name the top level of a module binds."""
    names = {target.id for node in tree.body for target in _targets(node) if isinstance(target, ast.Name)}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update(alias.asname or alias.name for alias in node.names)
    return names


def _offered(tree: ast.Module) -> set[str]:
    """The classes and functions a module defines without a leading underscore."""
    kinds = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")}


def test_import_contracts() -> None:
    """import-linter keeps every contract of pyproject.toml."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    assert done.returncode == 0, done.stdout
    assert f"Contracts: {len(contracts)} kept, 0 broken." in done.stdout


@pytest.mark.parametrize("path", POLICIES, ids=_name)
def test_policies_read_no_clock(path: Path) -> None:
    """Time comes in as `as_of`; nobody in policies asks for it."""
    asked = {call.attr for call in _calls(path) if isinstance(call, ast.Attribute)} & CLOCKS
    assert not asked


@pytest.mark.parametrize("path", POLICIES, ids=_name)
def test_policies_open_nothing(path: Path) -> None:
    """No file, console or code from text in policies."""
    used = {call.id for call in _calls(path) if isinstance(call, ast.Name)} & DOORS
    assert not used


def test_every_reader_of_polars_is_banned_in_policies() -> None:
    """A new `pl.read_*` or `pl.scan_*` must be added to policies/ruff.toml before it can be used there."""
    ruff = tomllib.loads((ROOT / "policies/ruff.toml").read_text("utf-8"))
    banned = ruff["lint"]["flake8-tidy-imports"]["banned-api"]
    readers = {f"polars.{name}" for name in dir(pl) if name.startswith(("read_", "scan_"))}
    assert readers - set(banned) == set()


@pytest.mark.parametrize("path", OFFERING, ids=_name)
def test_modules_say_what_they_offer(path: Path) -> None:
    """`__all__` names what exists and leaves out nothing public."""
    tree = _tree(path)
    exported = _exported(tree)
    if exported is None:
        assert _offered(tree) == set(), "public names but no __all__"
    else:
        assert exported - _bound(tree) == set(), "named in __all__ but not there"
        assert _offered(tree) - exported == set(), "public but not in __all__"


def _uses(tree: ast.Module) -> set[str]:
    """Every name a file takes from another module: imported, or looked up in it."""
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    return imported | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_what_a_module_offers_is_used() -> None:
    """A function in `__all__` is asked for by another file; decorated ones are called by whoever took them in."""
    using = {path: _uses(_tree(path)) for folder in CODE for path in sorted((ROOT / folder).rglob("*.py"))}
    users = Counter(name for names in using.values() for name in names)
    for path in OFFERING:
        tree = _tree(path)
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.decorator_list}
        offered = functions & (_exported(tree) or set()) - {"main"}
        assert {name for name in offered if users[name] == (name in using[path])} == set(), _name(path)
