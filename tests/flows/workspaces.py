"""A small workspace for tests of the shell: settings with a fixed clock, empty folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.workspace import SETTINGS_FILE, load

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace

SETTINGS = """
workspace_id = "test"
clock = "2026-10-14T06:30:00Z"

[organisation]
name = "Acme Widgets"
postal_address = "1 Example Street, Example City"
privacy_notice_url = "https://acme.example/privacy"
timezone = "Europe/Berlin"
domains = ["acme.example"]

[[reps]]
name = "maria"
daily_budget = 20

[[reps]]
name = "tom"
daily_budget = 10

[optout_feeds]
none = true
"""


def make_workspace(root: Path, settings: str = SETTINGS) -> Workspace:
    """A workspace at ``root`` with every folder it needs."""
    root.mkdir(parents=True, exist_ok=True)
    (root / SETTINGS_FILE).write_text(settings, encoding="utf-8")
    workspace = load(root)
    workspace.make_folders()
    return workspace
