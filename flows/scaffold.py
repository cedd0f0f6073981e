"""New workspaces: an empty one to fill in (``init``) and the sample one (``demo``).

A workspace appears whole, by one rename: an interrupted ``init`` or ``demo`` leaves nothing half made.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import Final

from flows.files import FILE_MODE, FOLDER_MODE, fsync_tree, make_folder, mending, tree_files
from flows.ledger.database import holds_password
from flows.ledger_access import create_ledger
from flows.workspace import SETTINGS_FILE, Workspace, load
from policies.errors import UsageError, WorkspaceError

__all__ = ["DEMO_MARK", "init_workspace", "is_demo", "make_demo", "sample_folder"]

DEMO_MARK: Final = ".tactful-demo"
_HERE: Final = Path(__file__).parent
_STARTER: Final = _HERE / "starter"
_IGNORED: Final = "# people and keys never belong into version control\n/data/\n/keys/\n"
_NOT_COPIED: Final = ("generator", "generate.py", "__pycache__", "*.pyc")


def init_workspace(folder: Path, *, database_url: str | None = None) -> Workspace:
    """Make a complete, runnable workspace without data; ``folder`` must be new or empty.

    It has its own fresh key, and its ledger in the database named; a password in its URL is nobody else's to read.
    Raises ``UsageError`` (``folder_not_empty``),
    ``WorkspaceError`` on disk trouble and ``LedgerError`` where the database cannot take a ledger.
    """
    target = _require_empty(folder)
    stage = _stage(target)
    try:
        shutil.copytree(_STARTER, stage, dirs_exist_ok=True, copy_function=shutil.copyfile)
        settings = stage / SETTINGS_FILE
        text = _with_database(settings.read_text(encoding="utf-8"), database_url)
        name = f"workspace-{secrets.token_hex(4)}"
        if database_url is not None and holds_password(database_url):
            settings.chmod(FILE_MODE)
        settings.write_text(text.replace("@WORKSPACE_ID@", name).replace("@TIMEZONE@", _local_zone()), encoding="utf-8")
        _make_key(load(stage))
        (stage / ".gitignore").write_text(_IGNORED, encoding="utf-8")
        return _finish(stage, target)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise


def make_demo(folder: Path) -> Workspace:
    """Copy the sample workspace to ``folder``, which must be new or empty, and give it a ledger.

    Its key is public. Errors as :func:`init_workspace`.
    """
    target = _require_empty(folder)
    stage = _stage(target)
    try:
        shutil.copytree(
            sample_folder(),
            stage,
            dirs_exist_ok=True,
            copy_function=shutil.copyfile,
            ignore=shutil.ignore_patterns(*_NOT_COPIED),
        )
        (stage / DEMO_MARK).write_text("Made by `tactful demo`: sample data, a public key.\n", encoding="utf-8")
        return _finish(stage, target)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise


def is_demo(folder: Path) -> bool:
    """Whether a folder is a workspace that ``demo`` made."""
    return (folder / DEMO_MARK).is_file() and (folder / SETTINGS_FILE).is_file()


def sample_folder() -> Path:
    """The sample workspace: inside the installed package, or beside it in a checkout."""
    for place in (_HERE / "sample", _HERE.parent / "data" / "sample"):
        if (place / SETTINGS_FILE).is_file():
            return place
    raise WorkspaceError(
        "sample_missing",
        "The sample workspace is not part of this installation.",
        "Install Tactful anew, or run `tactful init DIR` for an empty workspace.",
    )


def _require_empty(folder: Path) -> Path:
    target = folder.expanduser().absolute()
    with mending(target):
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise UsageError(
                "folder_not_empty",
                f"{folder} is there already and not empty.",
                "Name a folder that is new or empty; nothing in this one was changed.",
            )
    return target


def _stage(target: Path) -> Path:
    """A hidden folder beside the one to be made."""
    stage = make_folder(target.parent) / f".{target.name}-{os.getpid()}-{secrets.token_hex(4)}"
    with mending(stage):
        stage.mkdir(mode=FOLDER_MODE)
    return stage


def _finish(stage: Path, target: Path) -> Workspace:
    """Make folders and ledger, put everything on disk and give the workspace its name."""
    ws = load(stage)
    ws.make_folders()
    create_ledger(ws)
    stage.chmod(FOLDER_MODE)
    for file in (*tree_files(ws.data), *tree_files(ws.keys)):
        file.chmod(FILE_MODE)
    fsync_tree(stage)
    with mending(target):
        stage.rename(target)  # an empty folder there gives way
    return load(target)


def _make_key(ws: Workspace) -> None:
    from flows.ledger import create_key

    create_key(ws.key_file)


def _with_database(text: str, url: str | None) -> str:
    """The settings with the line that names the ledger's database."""
    if url is None:
        return text
    line = f"database_url = {json.dumps(url)}"  # what JSON escapes TOML escapes alike
    return re.sub(r"^# database_url = .*$", lambda _: line, text, count=1, flags=re.MULTILINE)


def _local_zone() -> str:
    """The zone this machine is set to, where it says so by name; else UTC."""
    from zoneinfo import available_timezones

    named = os.environ.get("TZ", "").removeprefix(":")
    link = Path("/etc/localtime")
    linked = str(link.resolve()).partition("zoneinfo/")[2] if link.is_symlink() else ""
    return next((zone for zone in (named, linked) if zone in available_timezones()), "UTC")
