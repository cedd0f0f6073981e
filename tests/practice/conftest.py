"""What the stories of this folder begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.practice.team import Team

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def team(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Team:
    """A team with two reps, the contracts of a conference and a guild, and nothing else yet."""
    return Team(tmp_path / "ws", capsys)
