"""What the documents say about commands, options and files is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.main import get_command

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def _commands() -> dict[str, set[str]]:
    """Every command that can be typed, with its options."""
    from flows.cli import app

    def walk(node: object, path: tuple[str, ...]) -> Iterator[tuple[str, set[str]]]:
        inner: dict[str, object] = getattr(node, "commands", {})
        for name, child in inner.items():
            yield from walk(child, (*path, name))
        if not inner or (path and getattr(node, "invoke_without_command", False)):
            parameters = getattr(node, "params", [])
            yield " ".join(path), {option for parameter in parameters for option in parameter.opts}

    return dict(walk(get_command(app), ()))


def _table() -> list[str]:
    """The code in the first column of the README's command table."""
    section = (ROOT / "README.md").read_text("utf-8").split("\n## Commands\n")[1].split("\n## ")[0]
    rows = [line.replace("\\|", "/").split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return [code for row in rows for code in re.findall(r"`([^`]+)`", row)]


def _words(code: str) -> str:
    """The command in a line of usage: its words up to the first argument or option."""
    found = re.match(r"[a-z]+(?: [a-z]+)*(?![a-zA-Z/.@-])", code)
    return found[0] if found else ""


def test_the_readme_lists_every_command_and_no_other() -> None:
    """A command that is not there is not listed, and the other way round."""
    assert {_words(code) for code in _table()} == set(_commands())


def test_the_readme_names_only_options_that_exist() -> None:
    """Each option in the command table belongs to its command."""
    commands = _commands()
    for code in _table():
        assert set(re.findall(r"--?[a-z][a-z-]*", code)) <= commands[_words(code)], code


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_named_in_documents_exist(document: Path) -> None:
    """Wherever a document says `tactful something`, it can be typed."""
    commands = set(_commands())
    groups = {command.split(" ")[0] for command in commands}
    for code in re.findall(r"`tactful ([^`]+)`", document.read_text("utf-8")):
        words = _words(code)
        assert any(f"{words} ".startswith(f"{command} ") for command in commands) or words in groups, code


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    """No link to a file that is not there."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def _sources() -> Iterator[tuple[str, str]]:
    """Every text in which something of this repository may be referred to, with its name."""
    folders = ("flows", "policies", "tests", "benchmarks", "docs")
    inside = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    for path in (*ROOT.glob("*.md"), ROOT / "pyproject.toml", ROOT / "Makefile", *inside):
        if path.suffix in (".py", ".md", ".toml", ".j2", ".css") or path.name == "Makefile":
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")


def test_laws_practices_and_decisions_referred_to_are_told() -> None:
    """Whoever reads "law 2", "practice P7" or "design D8" finds it on the page of principles."""
    page = (ROOT / "docs/principles.md").read_text("utf-8")
    laws = page.split("\n## Laws\n")[1].split("\n## ")[0]
    told = {f"law {number}" for number in re.findall(r"^(\d)\. ", laws, re.MULTILINE)}
    told |= set(re.findall(r"^- \*\*([PD]\d+)\b", page, re.MULTILINE))
    assert len(told) == 7 + 13 + 13
    for name, text in _sources():
        named = {f"law {number}" for number in re.findall(r"\blaws? (?:\d and )?(\d)\b", text, re.IGNORECASE)}
        named |= set(re.findall(r"(?:design |practice |to |, |\()([PD]\d{1,2})\b(?=[ ,.):])", text))
        assert named <= told, name


def test_the_page_of_principles_has_the_verdicts() -> None:
    """All eight, in the order in which they apply."""
    from policies.effects import VERDICT_ORDER

    page = (ROOT / "docs/principles.md").read_text("utf-8").split("\n## Verdicts\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == [verdict.value for verdict in VERDICT_ORDER]


def test_files_referred_to_are_there() -> None:
    """No path of this repository, and no document, is named that is not in it."""
    documents = {path.name for path in ROOT.rglob("*.md") if ".venv" not in path.parts}
    for name, text in _sources():
        paths = re.findall(
            r"(?<![\w./-])((?:flows|policies|tests|docs|benchmarks|scripts)/[\w/.-]+\.(?:py|toml|md))\b", text
        )
        assert [path for path in paths if not (ROOT / path).exists()] == [], name
        if not name.startswith("tests/"):  # tests name files they make
            named = re.findall(r"(?<![\w/<>*.-])([a-z]+\.md)\b", text)
            assert [document for document in named if document not in documents] == [], name


def test_the_pins_told_are_the_pins_that_hold() -> None:
    """The table of docs/decisions/007 is what pyproject.toml says, and how many there are is the same everywhere."""
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    decision = (ROOT / "docs/decisions/007-pins.md").read_text("utf-8")
    pins = re.findall(r"^\| `([^`]+)` \|", decision, re.MULTILINE)
    assert [pin for pin in pins if f'"{pin}"' not in project] == []
    assert len(pins) == 4
    assert decision.startswith("# 007: Four ")
    assert "Why four of them end where they end" in project
