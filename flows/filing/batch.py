"""What the lists of one intake have in common, so that their order changes nothing (law 2).

Whom a list would newly opt out is asked against what was known before the first of them. (That nothing said in one of
them settles a doubt of another is a matter of policies/permission, and holds for lists of any intake.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.event_files import named_contacts
from flows.filing.settling import unsettled_spread
from flows.filing.spread import standing_at
from flows.filing.waiting import confirmed_files, waiting_files
from flows.ledger import Cut
from flows.ledger.contacts import ContactLists
from flows.ledger.frames import SUPPRESSING_KINDS
from flows.store import active_lists, load_records
from policies.contact_points import email_equivalence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.ledger import Ledger
    from flows.ledger.contacts import Contact
    from flows.refused_lists import Flagged
    from flows.store import ListMeta
    from flows.workspace import Workspace

__all__ = ["ListBatch"]

_STOPS: Final = tuple(kind for kind in SUPPRESSING_KINDS if kind != "bounce")  # which says nothing about the person


@dataclass
class ListBatch:
    """Lists that are taken in together; ``lists`` are the word lists of the rulebook.

    Made before the first of them is filed. ``held`` are the lists that wait to be confirmed, ``waiting`` those of them
    that lie in quarantine, ``confirmed`` those that somebody confirmed. ``spread`` counts the events by which stops
    were written down before the first list counted, by kind.
    """

    ws: Workspace
    ledger: Ledger
    lists: Mapping[str, Any]
    held: set[str] = field(init=False)
    waiting: set[str] = field(init=False)
    confirmed: frozenset[str] = field(init=False)
    spread: dict[str, int] = field(init=False, default_factory=dict)
    _settled: bool = field(init=False, default=False)
    _before: Sequence[ListMeta] = field(init=False)
    _head: int = field(init=False)

    def __post_init__(self) -> None:
        waiting = waiting_files(self.ws, self.ledger)
        self.held = {file.sha256 for file in waiting}
        self.waiting = {file.sha256 for file in waiting if file.path is not None}
        self.confirmed = confirmed_files(self.ledger)
        self._before = active_lists(self.ws)
        self._head = self.ledger.head()

    def settle(self) -> None:
        """Before the first of the lists counts: write down what a newer list may take away (law 1)."""
        if not self._settled:
            self._settled = True
            before = self.ledger.counts()
            self.ledger.append(unsettled_spread(self.ws, self.ledger))
            after = self.ledger.counts()
            self.spread = {kind: after[kind] - before.get(kind, 0) for kind in after}

    def waits(self, sha256: str) -> None:
        """One of the lists lies in quarantine now, until it is confirmed."""
        self.held.add(sha256)
        self.waiting.add(sha256)

    def newly_opted_out(self, found: Flagged, least: int) -> tuple[int, int]:
        """How many of the people known a list would newly opt out, and how many they are.

        People known are those of the lists taken in before the batch who have not opted out yet; (0, 0) where the list
        names fewer than ``least`` of them.
        """
        said = found.records.filter(pl.any_horizontal(pl.col("email_opt_out", "phone_opt_out") == "yes"))
        if said.height < least:
            return 0, 0
        contacts = named_contacts(said, ContactLists.of(self.lists), cells=found.cells)
        named = self._records.filter(_names(contacts)).select("record_id").unique()
        if named.height < least:
            return 0, 0
        newly = self._still_reachable.join(named, on="record_id", how="semi")
        return newly.get_column("person_id").n_unique(), self._still_reachable.get_column("person_id").n_unique()

    @cached_property
    def _records(self) -> pl.DataFrame:
        return load_records(self.ws, self._before).filter(pl.col("reject_code").is_null())

    @cached_property
    def _still_reachable(self) -> pl.DataFrame:
        """``record_id, person_id`` of everybody known whom nobody's word stops yet."""
        stands = standing_at(self.ws, self.ledger, self._before, Cut(seq=self._head))
        stopped = stands.permission.suppressions.filter(pl.col("kind").is_in(_STOPS)).select("person_id")
        return stands.subjects.records.select("record_id", "person_id").join(stopped, on="person_id", how="anti")


def _names(contacts: Sequence[Contact]) -> pl.Expr:
    """Whether one of the contacts is a record's, by its address, an equivalent one, or its number."""
    emails = {email_equivalence(contact.value.lower()) for contact in contacts if contact.kind == "email"}
    phones = {contact.value for contact in contacts if contact.kind == "phone"}
    direct = pl.col("email_equiv").is_in(sorted(emails)) | pl.col("phone").is_in(sorted(phones))
    return direct.fill_null(value=False)
