"""The workspace: one folder with ``tactful.toml``, and the place of everything in it.

No other module spells a path of a workspace. Folders that hold people are closed to other users.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flows.files import make_folder, mending
from flows.settings import load_settings
from policies.errors import UsageError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.settings import Settings

__all__ = ["INBOXES", "SETTINGS_FILE", "Workspace", "find", "load"]

SETTINGS_FILE: Final = "tactful.toml"
INBOXES: Final = ("lists", "optouts", "consents", "notices", "registries", "briefs", "touches")
_RUN_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")


@dataclass(frozen=True)
class Workspace:
    """A workspace on disk: its root (absolute), its settings and, where given, the key file put elsewhere."""

    root: Path
    settings: Settings
    key_file_elsewhere: Path | None = None  # TACTFUL_KEY_FILE

    @property
    def settings_file(self) -> Path:
        """``tactful.toml``."""
        return self.root / SETTINGS_FILE

    @property
    def rules(self) -> Path:
        """What the user writes: sources, accounts, fit, local rules, waivers."""
        return self.root / self.settings.paths.rules

    @property
    def sources(self) -> Path:
        """The source contracts, one file each."""
        return self.rules / "sources"

    @property
    def keys(self) -> Path:
        """The folder of the workspace key."""
        return self.root / self.settings.paths.keys

    @property
    def key_file(self) -> Path:
        """The workspace key, without which nothing runs."""
        return self.key_file_elsewhere or self.keys / "workspace.key"

    @property
    def data(self) -> Path:
        """The folder that holds everything about people."""
        return self.root / self.settings.paths.data

    @property
    def inbox(self) -> Path:
        """Where files are dropped, by kind (:data:`INBOXES`)."""
        return self.data / "inbox"

    @property
    def archive(self) -> Path:
        """Accepted originals, as ``<sha256>.<ext>``."""
        return self.data / "archive"

    @property
    def quarantine(self) -> Path:
        """Refused files, each with its ``<file>.why.json``."""
        return self.data / "quarantine"

    @property
    def rejects(self) -> Path:
        """Refused rows, one CSV a list."""
        return self.data / "rejects"

    @property
    def store(self) -> Path:
        """Facts about people: lists, briefs, identity."""
        return self.data / "store"

    @property
    def store_lists(self) -> Path:
        """Accepted lists, a folder ``<sha256>`` each."""
        return self.store / "lists"

    @property
    def store_briefs(self) -> Path:
        """Accepted briefs, by the hash of their text."""
        return self.store / "briefs"

    @property
    def store_identity(self) -> Path:
        """Identity generations, a folder each."""
        return self.store / "identity"

    @property
    def store_matching(self) -> Path:
        """What matching found last, derived from everything else: it may be removed at any time."""
        return self.store / "matching"

    @property
    def store_optouts(self) -> Path:
        """Long opt-out lists as they were taken in, by the hash of their tokens."""
        return self.store / "optouts"

    @property
    def journal_file(self) -> Path:
        """The journal of stops, beside the ledger's database and apart from it."""
        return self.store / "journal" / "stops.jsonl"

    @property
    def store_registries(self) -> Path:
        """Do-not-call registries, a folder each with its versions."""
        return self.store / "registries"

    @property
    def runs(self) -> Path:
        """What the runs decided, a folder ``<run_id>`` each."""
        return self.data / "runs"

    @property
    def queue(self) -> Path:
        """The queue in force."""
        return self.data / "queue"

    @property
    def propagate(self) -> Path:
        """What must still be carried to other systems, a file each."""
        return self.data / "propagate"

    @property
    def store_carried(self) -> Path:
        """The tokens of what was carried to other systems, a file for each time."""
        return self.store / "carried"

    @property
    def ledger_file(self) -> Path:
        """The ledger's default place."""
        return self.data / "ledger.db"

    @property
    def database_url(self) -> str:
        """URL of the ledger; a relative SQLite file is taken relative to the workspace."""
        url = self.settings.database_url
        if url is None:
            return f"sqlite:///{self.ledger_file}"
        prefix = "sqlite:///"
        if url.startswith(prefix) and not url.startswith(prefix + "/"):
            return f"{prefix}{self.root / url.removeprefix(prefix)}"
        return url

    @property
    def lock_file(self) -> Path:
        """Lock of intake, publishing and everything else that changes facts."""
        return self.data / ".workspace.lock"

    @property
    def queue_lock_file(self) -> Path:
        """Lock of the queue files, held for moments."""
        return self.data / ".queue.lock"

    def inbox_of(self, kind: str) -> Path:
        """The drop folder of one kind of :data:`INBOXES`."""
        return self.inbox / kind

    def run_folder(self, run_id: str) -> Path:
        """The folder of one run; raises ``UsageError`` where ``run_id`` is no plain name."""
        if _RUN_ID.fullmatch(run_id) is None:
            raise UsageError("bad_run_id", "This is no run id.", "Take one from `tactful status` or data/runs.")
        return self.runs / run_id

    def place(self, path: Path) -> str:
        """A path as it may be shown: relative to the workspace where it lies inside, else its last part."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name

    def make_folders(self) -> None:
        """Make every folder of a workspace that is not there yet."""
        kept = (self.archive, self.quarantine, self.rejects, self.store_lists, self.store_briefs, self.store_identity)
        for folder in (*kept, self.runs, self.queue, *(self.inbox_of(kind) for kind in INBOXES)):
            make_folder(folder)


def find(directory: Path | None, env: Mapping[str, str], cwd: Path | None = None) -> Workspace:
    """The workspace a command is about: the folder given, else ``TACTFUL_WORKSPACE``, else the current one.

    Raises ``WorkspaceError`` (``no_workspace``) where there is none and ``RuleFileError`` for bad settings.
    """
    named = directory or (Path(env["TACTFUL_WORKSPACE"]) if env.get("TACTFUL_WORKSPACE") else None)
    root = named or cwd or Path.cwd()
    key = env.get("TACTFUL_KEY_FILE")
    return load(root.expanduser().absolute(), Path(key).expanduser().absolute() if key else None)


def load(root: Path, key_file: Path | None = None) -> Workspace:
    """Open the workspace at ``root``; errors as :func:`find`."""
    file = root / SETTINGS_FILE
    with mending(file):
        if not file.is_file():
            raise WorkspaceError(
                "no_workspace",
                f"There is no workspace here: no {SETTINGS_FILE} in {root}.",
                "Make one with `tactful init DIR`, or name one with --workspace DIR or TACTFUL_WORKSPACE.",
            )
        return Workspace(root, load_settings(file), key_file)
