"""The ledger: the one place where permissions, touches, commitments and publications are written down for good.

Every method opens its own short transaction. Reading methods take a :class:`Cut`; what they see does not change while
they read.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import sqlalchemy as sa

from flows.ledger import frames, handed_out, queries
from flows.ledger.appending import append_events, append_run_record, head_of, new_kinds
from flows.ledger.chain import GENESIS
from flows.ledger.database import BUSY_SECONDS, Database
from flows.ledger.model import EVERYTHING, NewEvent
from flows.ledger.publishing import publish
from flows.ledger.schema_version import ensure_head, upgrade
from flows.ledger.tables import erasable, events, keys
from flows.ledger.taken_back import last_marks
from flows.ledger.verifying import verify
from policies.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    import polars as pl

    from flows.ledger.keys import Key, Keyring
    from flows.ledger.model import Cut, Fault, RecordedEvent
    from flows.ledger.publishing import Claim

__all__ = ["Ledger"]

_SQLITE: Final = "sqlite:///"


class Ledger:
    """An open ledger. Made by :meth:`open` or :meth:`create`; ``keyring`` holds its keys, oldest first."""

    def __init__(self, database: Database, keyring: Keyring, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self.keyring = keyring

    @classmethod
    def open(
        cls,
        place: str | Path,
        keyring: Keyring,
        now: Callable[[], datetime],
        *,
        busy_seconds: float = BUSY_SECONDS,
    ) -> Self:
        """Open the ledger at a path or ``sqlite:///`` URL; ``now`` tells the instant that events are recorded at.

        Raises ``LedgerError`` (missing, foreign, newer, locked, damaged) and ``HeldError`` (``key_missing``,
        ``key_wrong``). A ledger of an older version is brought to the present schema.
        """
        database = Database(_path_of(place), busy_seconds=busy_seconds)
        ensure_head(database)
        with database.read() as connection:
            query = sa.select(keys.c.key_id, keys.c.check_value).order_by(keys.c.position)
            check_values = queries.pairs(connection, query)
        return cls(database, keyring.of_ledger(check_values), now)

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

        It is made whole beside its place and moved there in one step. Raises ``LedgerError`` ``ledger_exists``.
        """
        path = _path_of(place)
        _refuse_existing(path)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(descriptor)
        made = Database(Path(name), busy_seconds=busy_seconds)
        try:
            upgrade(made)
            with made.write() as connection:
                _register(connection, keyring.current, now())
            made.close()
            _refuse_existing(path)
            made.path.rename(path)
        finally:
            made.close()
            made.path.unlink(missing_ok=True)
        return cls.open(path, keyring, now, busy_seconds=busy_seconds)

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    # writing

    def append(self, new: Sequence[NewEvent]) -> list[int]:
        """Append events in one transaction; for each its number, or the number of the same event known before."""
        if not new:
            return []
        with self._database.write() as connection:
            return append_events(connection, new, self.keyring.current, self._now())

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

    # reading

    def head(self) -> int:
        """Number of the last event; 0 for none."""
        with self._database.read() as connection:
            return head_of(connection, events)[0]

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

    def permission_events(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Everything that says stop, as ``PERMISSION_EVENTS``."""
        with self._database.read() as connection:
            return frames.permission_events(connection, cut)

    def consents(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """What was said about consent, as ``CONSENTS``."""
        with self._database.read() as connection:
            return frames.consents(connection, cut)

    def notices(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Which notices were sent, as ``NOTICES``."""
        with self._database.read() as connection:
            return frames.notices(connection, cut)

    def touches(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """What came of contacts, as ``TOUCHES``."""
        with self._database.read() as connection:
            return frames.touches(connection, cut)

    def commitments(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Queue lines handed out, as ``COMMITMENTS``."""
        with self._database.read() as connection:
            return frames.commitments(connection, cut)

    def open_commitments(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Queue lines handed out that neither came back nor led to a touch, as ``COMMITMENTS``."""
        with self._database.read() as connection:
            return frames.open_commitments(connection, cut)

    def contact_events(self, tokens: Collection[str], cut: Cut = EVERYTHING) -> list[RecordedEvent]:
        """Every event that names one of the tokens, for people without records (tokens: ``lookup_tokens``)."""
        with self._database.read() as connection:
            return queries.events_of_tokens(connection, tokens, cut)

    def optout_list(self, tokens: Collection[str] | None = None, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Everything that says stop, for people to read, as ``OPTOUT_LIST``; of one contact when tokens are given."""
        with self._database.read() as connection:
            named = None if tokens is None else [e.seq for e in queries.events_of_tokens(connection, tokens, cut)]
            return frames.optout_list(connection, named, cut)

    def last_feed_import(self, feed: str, *, min_rows: int = 0) -> RecordedEvent | None:
        """The last time a file of an opt-out feed, of at least ``min_rows`` rows, was taken in.

        Its body: ``feed, file_sha256, rows, counted``.
        """
        with self._database.read() as connection:
            return queries.last_of_kind(
                connection, "optout_file", lambda body: body["feed"] == feed and body["rows"] >= min_rows
            )

    def event_files(self, kinds: Sequence[str]) -> pl.DataFrame:
        """The files that events of some kinds came in, as ``frames.EVENT_FILES``."""
        with self._database.read() as connection:
            return frames.event_files(connection, kinds)

    def files_marked(self, kind: str, cut: Cut = EVERYTHING) -> dict[str, int]:
        """For each file taken back (``undo``) or confirmed (``confirmation``) the number of the last such event."""
        with self._database.read() as connection:
            return last_marks(connection, kind, cut)

    def waiting_lists(self) -> pl.DataFrame:
        """``file_sha256, list, rows`` of the lists that hold everybody they name until they are confirmed."""
        with self._database.read() as connection:
            return frames.waiting_lists(connection)

    def tokens_of_files(self, files: Collection[str]) -> frozenset[str]:
        """The exact tokens of the consents and notices that came in some files."""
        with self._database.read() as connection:
            return frames.tokens_of_files(connection, files)

    def not_yet_recorded(self, new: Sequence[NewEvent]) -> dict[str, int]:
        """How many events of each kind an :meth:`append` would write; nothing is written."""
        with self._database.read() as connection:
            return new_kinds(connection, new)

    def plain_text(self, seq: int) -> dict[str, str]:
        """What was said in plain text in one event, by kind; empty once it was erased."""
        with self._database.read() as connection:
            query = sa.select(erasable.c.kind, erasable.c.value).where(erasable.c.ref == seq).order_by(erasable.c.kind)
            return queries.pairs(connection, query)

    def counts(self, cut: Cut = EVERYTHING) -> dict[str, int]:
        """How many events of each kind there are."""
        with self._database.read() as connection:
            return queries.counts(connection, cut)

    def token_kinds(self) -> frozenset[str]:
        """The kinds of token that any event carries (see ``contact_tokens``)."""
        with self._database.read() as connection:
            return queries.token_kinds(connection)

    def exports(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Every file handed out, as ``handed_out.EXPORTS``."""
        with self._database.read() as connection:
            return handed_out.exports(connection, cut)

    def stops(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Everything somebody said that says stop, one row per event, as ``handed_out.STOPS``."""
        with self._database.read() as connection:
            return handed_out.stops(connection, cut)

    def heeded(self) -> pl.DataFrame:
        """Every queue in force so far, with the last event it heeds, as ``handed_out.HEEDED``."""
        with self._database.read() as connection:
            return handed_out.heeded(connection)

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


def _register(connection: sa.Connection, key: Key, now: datetime) -> None:
    """Write a key down, and an event that announces it, so that the keys stand in the chain as well."""
    position = connection.scalar(sa.select(sa.func.max(keys.c.position))) or 0
    row = {"position": position + 1, "key_id": key.key_id, "check_value": key.check_value}
    connection.execute(sa.insert(keys), [row])
    body = {"key_id": key.key_id, "check_value": key.check_value}
    append_events(connection, [NewEvent(kind="key", effective_at=now, body=body)], key, now)


def _path_of(place: str | Path) -> Path:
    if isinstance(place, Path):
        return place
    scheme, colon, _ = place.partition("://")
    if not colon:
        return Path(place)
    if not place.startswith(_SQLITE):
        raise LedgerError(
            "ledger_database_unknown",
            f"The ledger cannot be kept in a database of the kind {scheme}.",
            "Give a path or sqlite:///<path> as database_url in tactful.toml.",
        )
    return Path(place.removeprefix(_SQLITE))


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise LedgerError(
            "ledger_exists",
            f"There is a ledger at {path} already.",
            "Use it; a new one would forget everybody who ever opted out.",
        )
