"""What people said, as the ledger tells it: stops, consents, notices, the files they came in, and what became of them.

The part of :class:`flows.ledger.ledger.Ledger` that decisions and people's questions rest on. Every method reads one
snapshot, up to a :class:`Cut`; nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from flows.ledger import erasure, filed, frames, handed_out, judgements, queries, void
from flows.ledger.appending import new_kinds
from flows.ledger.bulk_lists import unrecorded
from flows.ledger.listed import entries_of_tokens, listed_optouts
from flows.ledger.model import EVERYTHING
from flows.ledger.snapshots import named_snapshots
from flows.ledger.tables import erasable
from flows.ledger.taken_back import last_marks

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import polars as pl

    from flows.ledger.bulk_lists import Unrecorded
    from flows.ledger.database import Database
    from flows.ledger.erasure import Erased
    from flows.ledger.judgements import Judgement
    from flows.ledger.keys import Keyring
    from flows.ledger.model import Cut, NewEvent, RecordedEvent
    from flows.ledger.snapshots import Snapshot

__all__ = ["Statements"]


class Statements:
    """What the ledger knows of people's words; part of ``Ledger``."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self.keyring = keyring
        self.snapshots = frames.NO_SNAPSHOTS

    def permission_events(self, cut: Cut = EVERYTHING, people: pl.DataFrame | None = None) -> pl.DataFrame:
        """Everything that says stop, as ``PERMISSION_EVENTS``; with ``people`` (``CONTACT_TOKENS``) what concerns them.

        Raises ``LedgerError`` (``snapshot_missing``, ``snapshot_damaged``) where a bulk list is not as it was recorded.
        """
        with self._database.read() as connection:
            return frames.permission_events(connection, cut, self.snapshots, people)

    def consents(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """What was said about consent, as ``CONSENTS``."""
        with self._database.read() as connection:
            return frames.consents(connection, cut)

    def notices(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Which notices were sent, as ``NOTICES``."""
        with self._database.read() as connection:
            return frames.notices(connection, cut)

    def contact_events(self, tokens: Collection[str], cut: Cut = EVERYTHING) -> list[RecordedEvent]:
        """Every event that names one of the tokens, for people without records (tokens: ``lookup_tokens``)."""
        with self._database.read() as connection:
            single = queries.events_of_tokens(connection, tokens, cut)
            listed = entries_of_tokens(self.snapshots, named_snapshots(connection, cut), tokens)
        return sorted([*single, *listed], key=lambda event: (event.seq, event.entry))

    def optout_list(self, tokens: Collection[str] | None = None, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Everything that says stop, for people to read, as ``OPTOUT_LIST``; of one contact when tokens are given.

        Of a bulk list the entries of that contact are shown, or the list as a whole.
        """
        with self._database.read() as connection:
            named = None if tokens is None else [e.seq for e in queries.events_of_tokens(connection, tokens, cut)]
            single = frames.optout_list(connection, named, cut)
            lists = named_snapshots(connection, cut)
            voided = void.voided_words(connection, cut)
        return listed_optouts(single, self.snapshots, lists, tokens, voided)

    def bulk_lists(self, cut: Cut = EVERYTHING) -> list[Snapshot]:
        """The snapshots of bulk opt-out lists that events name, in their order."""
        with self._database.read() as connection:
            return named_snapshots(connection, cut)

    def unrecorded(self, said: pl.DataFrame, file_sha256: str) -> Unrecorded:
        """What of a bulk list (``bulk_lists.SAID``) is not known yet; nothing is written."""
        with self._database.read() as connection:
            return unrecorded(connection, self.keyring, self.snapshots, said, file_sha256)

    def erased(self, cut: Cut = EVERYTHING) -> Erased:
        """What all erasures say, by which somebody erased is known again."""
        with self._database.read() as connection:
            return erasure.erased_by(connection, cut)

    def redactions(self) -> dict[str, dict[str, str | None]]:
        """For each file rewritten for an erasure, by its place, what became of each content."""
        with self._database.read() as connection:
            return erasure.redactions(connection)

    def voids(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Every void with who declared it and why, as ``void.VOIDS``."""
        with self._database.read() as connection:
            return void.voids(connection, cut)

    def voided(self, cut: Cut = EVERYTHING) -> dict[int, int]:
        """For each statement (``word``) that counts no longer the number of the void by which it does not."""
        with self._database.read() as connection:
            return dict(void.voided_words(connection, cut).iter_rows())

    def kind_to_void(self, seq: int, entry: int = 0) -> str:
        """The kind of a statement that may be voided; raises ``UsageError`` as ``void.require_voidable``."""
        with self._database.read() as connection:
            return void.require_voidable(connection, self.snapshots, seq, entry)

    def judgements(self, cut: Cut = EVERYTHING) -> list[Judgement]:
        """Every human's word on who is the same person, in their order."""
        with self._database.read() as connection:
            return judgements.judgements(connection, cut)

    def last_judgement(self, cut: Cut = EVERYTHING) -> str | None:
        """What stands for all judgements before the cut; None where nobody judged."""
        with self._database.read() as connection:
            return judgements.last_judgement(connection, cut)

    def registry_versions(self, cut: Cut = EVERYTHING) -> list[RecordedEvent]:
        """Every version of a do-not-call registry that was taken in (see flows/registries/versions.py)."""
        with self._database.read() as connection:
            return queries.of_kind(connection, "registry", cut)

    def last_feed_import(self, feed: str, *, min_rows: int = 0, whole: bool = True) -> RecordedEvent | None:
        """The last time a file of an opt-out feed, of at least ``min_rows`` rows, was taken in.

        Its body: ``feed, file_sha256, rows, counted``, and ``why`` where the file did not count as a delivery; those
        are left out where ``whole``.
        """
        with self._database.read() as connection:
            return queries.last_of_kind(
                connection,
                "optout_file",
                lambda body: body["feed"] == feed and body["rows"] >= min_rows and not (whole and "why" in body),
            )

    def event_files(self, kinds: Sequence[str]) -> pl.DataFrame:
        """The files that events of some kinds came in, as ``filed.EVENT_FILES``."""
        with self._database.read() as connection:
            return filed.event_files(connection, kinds)

    def files_marked(self, kind: str, cut: Cut = EVERYTHING) -> dict[str, int]:
        """For each file taken back (``undo``) or confirmed (``confirmation``) the number of the last such event."""
        with self._database.read() as connection:
            return last_marks(connection, kind, cut)

    def waiting_lists(self) -> pl.DataFrame:
        """``file_sha256, list, rows`` of the lists that hold everybody they name until they are confirmed."""
        with self._database.read() as connection:
            return filed.waiting_lists(connection)

    def tokens_of_files(self, files: Collection[str]) -> frozenset[str]:
        """The exact tokens of the consents and notices that came in some files."""
        with self._database.read() as connection:
            return filed.tokens_of_files(connection, files)

    def not_yet_recorded(self, new: Sequence[NewEvent]) -> dict[str, int]:
        """How many events of each kind an :meth:`append` would write; nothing is written."""
        with self._database.read() as connection:
            return new_kinds(connection, new)

    def plain_text(self, seq: int) -> dict[str, str]:
        """What was said in plain text in one event, by kind; empty once it was erased."""
        with self._database.read() as connection:
            query = sa.select(erasable.c.kind, erasable.c.value).where(erasable.c.ref == seq).order_by(erasable.c.kind)
            return queries.pairs(connection, query)

    def token_kinds(self) -> frozenset[str]:
        """The kinds of token that any event carries (see ``contact_tokens``)."""
        with self._database.read() as connection:
            listed = [snapshot.token_kinds for snapshot in named_snapshots(connection)]
            return queries.token_kinds(connection).union(*listed)

    def stops(self, cut: Cut = EVERYTHING) -> pl.DataFrame:
        """Everything somebody said that says stop, one row per event, as ``handed_out.STOPS``."""
        with self._database.read() as connection:
            return handed_out.stops(connection, cut)

    def stop_texts(self) -> pl.DataFrame:
        """``word, kind, text``: whom each statement names that says stop, where the plain text is still there."""
        with self._database.read() as connection:
            return handed_out.stop_texts(connection, self.snapshots)
