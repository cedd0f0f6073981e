"""The page of practices says what is so: a story for each, and rules that are in force."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

_ROOT: Final = Path(__file__).parents[2]
_PAGE: Final = (_ROOT / "docs" / "practices.md").read_text(encoding="utf-8")
_REFERENCE: Final = (_ROOT / "docs" / "policy-reference.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("number", range(2, 13))
def test_every_practice_from_2_to_12_has_its_story(number: int) -> None:
    """One file each, named after the practice, and the page leads there."""
    (story,) = (path.name for path in Path(__file__).parent.glob(f"test_p{number:02}_*.py"))
    (row,) = (line for line in _PAGE.splitlines() if line.startswith(f"| P{number} |"))
    assert f"[P{number}](../tests/practice/{story})" in row


def test_every_rule_it_names_is_in_force() -> None:
    """Also those it names by their last word, after one of the same family."""
    family, found = "", []
    for name in re.findall(r"`((?:core)?\.[a-z_.]+[a-z])`", _PAGE):
        family = name.rpartition(".")[0] or family
        found.append(name if name.startswith("core.") else family + name)
    assert len(found) > 20
    assert [name for name in found if f"#### {name}\n" not in _REFERENCE] == []
