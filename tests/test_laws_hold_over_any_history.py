"""Laws 1 to 3, 5 and 6 and conservation over any history, on both databases.

Beside all that may happen to lists and words: voids by two people, keys that change, ledgers that are lost and brought
back from an older backup, and stops that arrive while a run is on its way to publication.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from flows.backup.reconciling import reconcile
from flows.backup.restoring import restore
from flows.backup.writing import make_backup
from flows.clock import instant_text
from flows.filing.erasing import erase
from flows.filing.reach import reach_of
from flows.key_care import rotate_key
from flows.ledger.contacts import ContactLists
from flows.ledger.void import Void, void_event
from flows.policy_files import word_lists
from flows.queue.suppression_now import refresh_queue
from flows.runs.situation import look
from policies.errors import TactfulError
from policies.evaluate import decide
from tests.effort import steps
from tests.histories import CONTACTS, Contact, contacts, points_of
from tests.history_machine import History
from tests.postgres import admin
from tests.small_workspace import PolarsGate, publish, today

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from unittest import TestCase

    from flows.quality import QualityResult
    from policies.expectations import Expectation


class Eventful(History):
    """A workspace to which the rarer things happen too."""

    def __init__(self) -> None:
        super().__init__()
        self.backups: list[Path] = []
        self.erased: set[str] = set()  # what the contact points of everybody forgotten have in common

    @precondition(lambda self: self.by_command)
    @rule(data=st.data())
    def void_a_word(self, data: st.DataObject) -> None:
        """Two people declare that somebody never said it: that word alone counts no longer."""
        number = data.draw(st.sampled_from(sorted(self.by_command)))
        declared = Void(event=number, by="Ada Okafor", second="Tom Ruiz", reason="Wrong line", evidence="ticket 12")
        keyring, kind = self.ledger.keyring, self.ledger.kind_to_void(number)
        self.ledger.append([void_event(keyring, declared, kind, self.now)])
        self.memory.words.remove(self.by_command.pop(number))
        self.stopped = set()  # whom it alone had stopped may be free; every other word is looked for by itself

    @rule(contact=contacts)
    def forget(self, contact: Contact) -> None:
        """``forget``: whoever is named goes, and no list brings them back."""
        reach = None
        with contextlib.suppress(TactfulError):  # nobody, or several people
            reach = reach_of(self._ws, self.ledger, contact.typed, ContactLists.of(word_lists(self._ws)))
        if reach is None:
            return
        erase(self._ws, self.ledger, reach, f"request {self.step}")
        gone = {found.value.lower() for found in reach.who.contacts}
        self.erased |= {known.key for known in CONTACTS if known.exact in gone}

    @rule()
    def change_the_key(self) -> None:
        """``key rotate``: nothing changes for anybody."""
        rotate_key(self._ws)
        self._open_again()

    @rule()
    def back_up(self) -> None:
        """``backup``."""
        self.backups.append(self.folder / f"backup-{self.step}.zip")
        make_backup(self._ws, self.backups[-1], step=_silent)

    @precondition(lambda self: self.backups)
    @rule(data=st.data())
    def lose_the_ledger(self, data: st.DataObject) -> None:
        """The database is gone; an older backup takes its place, and what the disk knows besides."""
        backup = data.draw(st.sampled_from(self.backups))
        self.ledger.close()
        self._forget_the_database()
        self._set_the_clock()
        restore(self.workspace.root, backup, {}, step=_silent)
        reconcile(self._ws, "Ada Okafor", "The disk failed", step=_silent)
        self.ledger = self._opened()
        self.by_command = {}  # their events have other numbers now

    @precondition(lambda self: self.step % 3 == 1)
    @rule(contact=contacts)
    def stop_while_a_run_publishes(self, contact: Contact) -> None:
        """Law 5: suppression is read again right before publishing."""
        told = _Telling(lambda: self.opt_out_by_command(contact, "any", "person"))
        publish(self._ws, ledger=self.ledger, policy=self.policy, gate=told)
        refresh_queue(self._ws, self.ledger)
        queued = {line["contact_point"].lower() for line in today(self._ws)}
        assert contact.exact not in queued

    def the_laws_hold(self) -> None:
        """Those of every history, and that whatever was published stands whole on disk (law 5)."""
        super().the_laws_hold()
        points = points_of(decide(look(self._ws, self.ledger, self.policy, self.now).inputs))
        assert not self.erased & set(points.get_column("key"))
        assert self.ledger.verify() == []
        for run_id, sha256 in self.ledger.publications().select("run_id", "manifest_sha256").iter_rows():
            folder = self._ws.run_folder(run_id)
            manifest = (folder / "manifest.json").read_bytes()
            assert hashlib.sha256(manifest).hexdigest() == sha256
            assert "decisions.parquet" in json.dumps(json.loads(manifest)["outputs"])
            assert pl.read_parquet_schema(folder / "decisions.parquet")

    def _open_again(self) -> None:
        self.ledger.close()
        self.ledger = self._opened()

    def _set_the_clock(self) -> None:
        """Commands that read the settings themselves shall live at the same hour."""
        file = self.workspace.settings_file
        lines = file.read_text(encoding="utf-8").splitlines()
        moved = [f'clock = "{instant_text(self.now)}"' if line.startswith("clock = ") else line for line in lines]
        file.write_text("\n".join(moved) + "\n", encoding="utf-8")

    def _forget_the_database(self) -> None:
        for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm"):
            (self.workspace.data / name).unlink(missing_ok=True)


class EventfulOnPostgreSQL(Eventful):
    """The same with the ledger in PostgreSQL."""

    database = "postgresql"

    def _forget_the_database(self) -> None:
        schema = self.workspace.database_url.rpartition("search_path%3D")[2]
        with admin() as connection:
            connection.execute(f"DROP SCHEMA {schema} CASCADE".encode())
            connection.execute(f"CREATE SCHEMA {schema}".encode())


class _Telling(PolarsGate):
    """A gate during which somebody opts out, once."""

    def __init__(self, tell: Callable[[], None]) -> None:
        super().__init__()
        self._tell: list[Callable[[], None]] = [tell]

    def check(
        self, frames: Mapping[str, pl.DataFrame], expectations: Mapping[str, Sequence[Expectation]], out_dir: Path
    ) -> QualityResult:
        """Let it be said, then check."""
        while self._tell:
            self._tell.pop()()
        return super().check(frames, expectations, out_dir)


def _silent(_: str) -> None:
    """Report to nobody."""


# The long profile tries a thousand sequences a database, in four parts of which each ends within the hour.
_EFFORT = steps(3, 8, sequences=250)
TestHistory = Eventful.TestCase
TestHistoryOnPostgreSQL = EventfulOnPostgreSQL.TestCase

TestHistory.settings = TestHistoryOnPostgreSQL.settings = _EFFORT


def _further_part(machine: type[Eventful], number: int) -> type[TestCase]:
    """Another part of the long profile alone."""
    name = f"{machine.__name__}{number}"
    part: type[TestCase] = type(name, (machine,), {}).TestCase  # type: ignore[attr-defined] # every machine has one
    return type(name, (part,), {"settings": _EFFORT, "pytestmark": [pytest.mark.long]})


TestSecondPart, TestThirdPart, TestFourthPart = (_further_part(Eventful, number) for number in (2, 3, 4))
TestSecondPartOnPostgreSQL, TestThirdPartOnPostgreSQL, TestFourthPartOnPostgreSQL = (
    _further_part(EventfulOnPostgreSQL, number) for number in (2, 3, 4)
)
