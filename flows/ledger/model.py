"""The values that cross the ledger's border: what is appended, what is read back, and how far a reading goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

__all__ = ["EVERYTHING", "Cut", "Fault", "NewEvent", "RecordedEvent", "Token"]


@dataclass(frozen=True, slots=True)
class Token:
    """One keyed token of an event's subject.

    ``exact`` tells the contact point itself from what is merely equivalent to it: a consent is only ever looked up by
    exact tokens, a suppression by both. ``rule_version`` is the version of the rule that made the value before it was
    keyed (email_equiv, match_key); 0 where no rule is involved.
    """

    kind: str
    token: str
    key_id: str
    exact: bool = True
    rule_version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event about to be appended.

    ``body`` is JSON without floats and names nobody; what is said in plain text stands in ``erasable`` (kind -> text).
    Appending an event whose ``dedup_key`` is known changes nothing. ``undated`` marks a statement without a date of its
    own: the same one in another file counts anew if a consent came in between, for it may be a new refusal.
    """

    kind: str
    effective_at: datetime
    body: Mapping[str, Any]
    tokens: Sequence[Token] = ()
    dedup_key: str | None = None
    erasable: Mapping[str, str] = field(default_factory=dict, repr=False)
    undated: bool = False
    formerly: str | None = None  # its key in ledgers of an earlier form: looked up, never stored
    older: Sequence[str] = ()  # tokens the same contact points have under older keys: looked up, never stored


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as it stands in the ledger, without its plain text."""

    seq: int
    kind: str
    effective_at: datetime
    recorded_at: datetime
    body: Mapping[str, Any]
    matched: frozenset[str]  # the tokens asked for that this event carries
    entry: int = 0  # of a bulk list: the row that carries them; `kind` and `body` are then those of the row

    @property
    def word(self) -> int:
        """The number of the statement, as in the frames (``policies.permission.word_of``)."""
        return (self.seq << 32) + self.entry


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of the ledger a reading sees: up to a sequence number, or what was recorded by an instant, or both."""

    seq: int | None = None
    recorded_by: datetime | None = None


EVERYTHING: Final = Cut()


@dataclass(frozen=True, slots=True)
class Fault:
    """One spot where the ledger is not what was written: the chain or table, the sequence number, what is wrong."""

    chain: str
    seq: int | None
    what: str

    def __str__(self) -> str:
        spot = self.chain if self.seq is None else f"{self.chain} {self.seq}"
        return f"{spot}: {self.what}"
