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
        if not inner:
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
