"""The ledger: the one place where permissions, touches, commitments and publications are written down for good.

Every method opens its own short transaction. Reading methods take a :class:`Cut`; what they see does not change while
they read.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Self, TypeVar

import sqlalchemy as sa

from flows.ledger import erasure, frames, handed_out, queries
from flows.ledger.appending import append_events, append_run_record, head_of
from flows.ledger.chain import GENESIS
from flows.ledger.database import BUSY_SECONDS, database_at
from flows.ledger.journal import holds_stop
from flows.ledger.model import EVERYTHING
from flows.ledger.publishing import publish
from flows.ledger.referrals import referrals
from flows.ledger.rotation import check_values, register_key, rotate_to
from flows.ledger.schema_version import ensure_head, upgrade
from flows.ledger.snapshots import Snapshots, named_snapshots
from flows.ledger.statements import Statements
from flows.ledger.tables import events
from flows.ledger.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import polars as pl

    from flows.ledger.database import Database
    from flows.ledger.erasure import Erased
    from flows.ledger.journal import Journal
    from flows.ledger.keys import Key, Keyring
    from flows.ledger.model import Cut, Fault, NewEvent
    from flows.ledger.publishing import Claim

__all__ = ["Ledger"]

_Answer = TypeVar("_Answer")


class Ledger(Statements):
    """An open ledger. Made by :meth:`open` or :meth:`create`; ``keyring`` holds its keys, oldest first."""

    def __init__(self, database: Database, keyring: Keyring, now: Callable[[], datetime]) -> None:
        super().__init__(database, keyring)
        self._now = now
        self._at_hand: Callable[[], Keyring] = lambda: keyring
        self._journal: Journal | None = None

    @classmethod
    def open(
        cls,
        place: str | Path,
        keyring: Keyring,
        now: Callable[[], datetime],
        *,
        busy_seconds: float = BUSY_SECONDS,
        snapshot_folder: Path | None = None,
    ) -> Self:
        """Open the ledger at a path or URL (see ``database_at``); ``now`` tells when events are recorded.

        ``snapshot_folder`` holds the bulk lists that events name: without it a ledger that names any cannot be read.

        Raises ``LedgerError`` (missing, foreign, newer, locked, damaged, unreachable) and ``HeldError``
        (``key_missing``, ``key_wrong``). A ledger of an older version is brought to the present schema.
        """
        database = database_at(place, busy_seconds=busy_seconds)
        ensure_head(database)
        with database.read() as connection:
            registered = check_values(connection)
        ledger = cls(database, keyring.of_ledger(registered), now)
        ledger.snapshots = Snapshots(snapshot_folder)
        return ledger

    @classmethod
    def create(
        cls,
        place: str | Path,
        keyring: Keyring,
        now: Callable[[], datetime],
        *,
        busy_seconds: float = BUSY_SECONDS,
    ) -> Self:
        """Make a new ledger under the current key, readable by its owner only; there must be none at the place.

        It is there whole or not at all. Raises ``LedgerError`` ``ledger_exists``, ``ledger_foreign``.
        """

        def fill(connection: sa.Connection) -> None:
            upgrade(connection)
            register_key(connection, keyring.current, now())

        database = database_at(place, busy_seconds=busy_seconds)
        try:
            database.create(fill)
        finally:
            database.close()
        return cls.open(place, keyring, now, busy_seconds=busy_seconds)

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def attach(self, keys_at_hand: Callable[[], Keyring], journal: Journal) -> None:
        """Know the workspace around: where to look for a key that came meanwhile, and the journal, brought up to date.

        A journal that cannot be written is brought up to date when it can: no event waits for it.
        """
        self._at_hand, self._journal = keys_at_hand, journal
        with contextlib.suppress(OSError):
            journal.keep_up(self._database)

    # writing

    def append(self, new: Sequence[NewEvent]) -> list[int]:
        """Append events in one transaction; for each its number, or the number of the same event known before."""
        if not new:
            return []
        with self._database.write() as connection:
            numbers = append_events(connection, new, self.keyring.current, self._now(), self.snapshots)
        if self._journal is not None and holds_stop(new):
            with contextlib.suppress(OSError):
                self._journal.keep_up(self._database, look_first=False)
        return numbers

    def rotate(self, key: Key) -> None:
        """Make new tokens with another key from now on; its file must be on disk. The older keys stay for look-up.

        Raises ``LedgerError`` ``key_rotated`` where another command was faster.
        """
        with self._database.write() as connection:
            rotate_to(connection, self.keyring, key, self._now())
        self.keyring = type(self.keyring)((*self.keyring, key))

    def append_run(self, kind: str, body: Mapping[str, Any]) -> int:
        """Append a record to the chain of runs; its number there."""
        with self._database.write() as connection:
            return append_run_record(connection, kind, dict(body), self._now())

    def publish_claim(self, claim: Claim, new: Sequence[NewEvent], body: Mapping[str, Any]) -> bool:
        """Publish a run: the claim, its commitments and releases (``new``) and its record, all or nothing.

        ``body`` holds at least ``manifest_sha256, quality_sha256, identity_generation``. False when a relevant event
        arrived since ``claim.expected_relevant_head``. Raises ``ClaimTaken`` when the revision is published already
        (``details["run_id"]``: by which run), ``AsOfPassed`` when the last publication is of a later instant.
        """
        with self._database.write() as connection:
            return publish(connection, claim, new, body, self.keyring.current, self._now())

    def enter(self, change: Callable[[sa.Connection, Key, datetime], _Answer]) -> _Answer:
        """Let another module write in one serialised transaction; what it appends is journalled like any append."""
        with self._database.write() as connection:
            answer = change(connection, self.keyring.current, self._now())
        if self._journal is not None:
            with contextlib.suppress(OSError):
                self._journal.keep_up(self._database)
        return answer

    # reading; what people said is read in statements.py

    def ask(self, question: Callable[[sa.Connection], _Answer]) -> _Answer:
        """Let another module read one snapshot of the ledger."""
        with self._database.read() as connection:
            return question(connection)

    def head(self) -> int:
        """Number of the last event; 0 for none.

        What is read up to it can be recognised: a key that came in meanwhile joins the ring. Raises ``HeldError`` where
        its file is not at hand.
        """
        with self._database.read() as connection:
            head = head_of(connection, events)[0]
            registered = check_values(connection)
        if len(registered) != len(tuple(self.keyring)):
            self.keyring = self._at_hand().of_ledger(registered)
        return head

    def relevant_head(self, cut: Cut = EVERYTHING) -> int:
        """Number of the last event before the cut that a decision may rest on; 0 for none."""
        with self._database.read() as connection:
            return queries.relevant_head(connection, cut)

    def event_hash(self, seq: int) -> str:
        """The hash of one event, which stands for it and everything before it.

        That of number 0, before the first event, is the beginning of the chain. Raises ``KeyError`` for no event.
        """
        if seq == 0:
            return GENESIS
        with self._database.read() as connection:
            found: str | None = connection.scalar(sa.select(events.c.hash).where(events.c.seq == seq))
        if found is None:
            raise KeyError(seq)
        return found

    def touches(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """What came of contacts, as ``TOUCHES``."""
        with self._database.read() as connection:
            return frames.touches(connection, cut)

    def referrals(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Whom people named instead of themselves, as ``REFERRALS``."""
        with self._database.read() as connection:
            return referrals(connection, cut)

    def commitments(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Queue lines handed out, as ``COMMITMENTS``."""
        with self._database.read() as connection:
            return frames.commitments(connection, cut)

    def open_commitments(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Queue lines handed out that neither came back nor led to a touch, as ``COMMITMENTS``."""
        with self._database.read() as connection:
            return frames.open_commitments(connection, cut)

    def forget_plain_text(self, erased: Erased) -> int:
        """Take away the plain text of everything said by or about somebody erased; how many texts went."""
        entries: dict[int, set[int]] = {}
        for event in self.contact_events(erased.tokens):
            if event.entry:
                entries.setdefault(event.seq, set()).add(event.entry)
        with self._database.write() as connection:
            gone = erasure.forget_plain_text(connection, erased)
            listed = {snapshot.seq: snapshot for snapshot in named_snapshots(connection)}
        for seq, rows in entries.items():
            self.snapshots.erase_plain_text(listed[seq], rows)
        return gone

    def counts(self, cut: Cut = EVERYTHING) -> dict[str, int]:
        """How many events of each kind there are."""
        with self._database.read() as connection:
            return queries.counts(connection, cut)

    def exports(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Every file handed out, as ``handed_out.EXPORTS``."""
        with self._database.read() as connection:
            return handed_out.exports(connection, cut)

    def heeded(self) -> pl.DataFrame:
        """Every queue in force so far, with the last event it heeds, as ``handed_out.HEEDED``."""
        with self._database.read() as connection:
            return handed_out.heeded(connection)

    def last_heeded(self) -> int:
        """The last event that the latest queue in force heeds."""
        with self._database.read() as connection:
            return handed_out.last_heeded(connection)

    def first_recorded_at(self) -> datetime | None:
        """When the ledger began."""
        with self._database.read() as connection:
            return handed_out.first_recorded_at(connection)

    def publications(self) -> pl.DataFrame:
        """All publications in their order, as ``frames.PUBLICATIONS``."""
        with self._database.read() as connection:
            return frames.publications(connection)

    def verify(self) -> list[Fault]:
        """Walk both chains and everything that hangs on them; each fault names its spot."""
        with self._database.read() as connection:
            return verify(connection, self.keyring)
