"""A small workspace on either database, its backups, and what is lost and kept."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flows.backup.restoring import Restored, restore
from flows.backup.writing import make_backup
from flows.ledger.database import database_at
from flows.ledger.lines import event_lines
from flows.ledger_access import create_ledger, open_ledger
from flows.workspace import Workspace, load
from tests.postgres import place_in
from tests.small_workspace import Line, brief_about, drop, drop_list, make_workspace, publish

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.ledger import NewEvent

__all__ = [
    "ADA",
    "back_up",
    "bring_back",
    "chain",
    "copied",
    "moved_to",
    "new_place",
    "published_on",
    "say_no",
    "silent",
    "stops",
    "template",
    "workspace_on",
]

ADA = "ada@acme.example"


def workspace_on(database: str, folder: Path) -> Workspace:
    """A workspace whose ledger stands in a database, with a person ready for the queue and one who opted out."""
    ws = make_workspace(folder)
    if database == "postgresql":
        ws = moved_to(ws, place_in(database, folder))
        create_ledger(ws)
    drop_list(ws, "summit", [Line(ADA), Line("bea@birch.example", family="Ruiz", given="Bea")])
    drop(ws, "briefs/ada.md", brief_about(ADA))
    drop(ws, "optouts/replies.csv", "value\nbea@birch.example\n")
    return ws


def published_on(database: str, folder: Path) -> Workspace:
    """As :func:`workspace_on`, and its queue of the day is published."""
    return copied(database, *_published(), folder)


def copied(database: str, ws: Workspace, backup: Path, folder: Path) -> Workspace:
    """A workspace again: as it is, or made from its backup with the ledger in another database."""
    if database == "sqlite":
        shutil.copytree(ws.root, folder)
        return load(folder)
    bring_back(new_place(ws, folder), backup, place_in(database, folder))
    return load(folder)


def template(make: Callable[[Path], Workspace]) -> tuple[Workspace, Path]:
    """A workspace made once for many tests, and its backup."""
    folder = Path(tempfile.mkdtemp(prefix="tactful-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ws = make(folder / "ws")
    return ws, back_up(ws)


@cache
def _published() -> tuple[Workspace, Path]:
    def make(folder: Path) -> Workspace:
        ws = workspace_on("sqlite", folder)
        publish(ws)
        return ws

    return template(make)


def moved_to(ws: Workspace, url: str) -> Workspace:
    """The workspace with another database in its settings."""
    text = ws.settings_file.read_text(encoding="utf-8")
    ws.settings_file.write_text(f'database_url = "{url}"\n{text}', encoding="utf-8")
    return load(ws.root, ws.key_file_elsewhere)


def new_place(ws: Workspace, folder: Path) -> Path:
    """A folder that holds nothing but the keys of a workspace."""
    shutil.copytree(ws.keys, folder / "keys")
    return folder


def back_up(ws: Workspace, name: str = "backup.zip") -> Path:
    """A backup of the workspace, beside it."""
    file = ws.root.parent / name
    make_backup(ws, file, step=silent)
    return file


def bring_back(root: Path, file: Path, url: str | None = None) -> Restored:
    """Restore a backup."""
    return restore(root, file, {}, database_url=url, step=silent)


def say_no(ws: Workspace, *new: NewEvent) -> None:
    """Record events."""
    with open_ledger(ws) as ledger:
        ledger.append(new)


def chain(ws: Workspace) -> list[str]:
    """Every event of a ledger as a line."""
    database = database_at(ws.database_url)
    try:
        with database.read() as connection:
            return [line.text() for line in event_lines(connection)]
    finally:
        database.close()


def stops(ws: Workspace) -> int:
    """How many opt-outs a ledger holds."""
    with open_ledger(ws) as ledger:
        return ledger.counts().get("optout", 0)


def silent(_: str) -> None:
    """Report to nobody."""
