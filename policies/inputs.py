"""Everything a decision depends on, as one value: the same inputs give the same decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policies.schema import NAMED, REFERRALS, SCREENINGS, empty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    import polars as pl

    from policies.identity import Generation, Matching
    from policies.identity.people import Mint
    from policies.rulebook import Rulebook

__all__ = ["DecisionInputs", "Organisation", "Rep", "Unsubscribing"]


@dataclass(frozen=True, slots=True)
class Rep:
    """Somebody who works the queue, and how many new lines they take a day."""

    name: str
    daily_budget: int


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who is sending: what a message must say and which addresses are our own."""

    name: str
    postal_address: str
    privacy_notice_url: str
    reply_address: str
    timezone: str
    domains: Sequence[str]


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """How an e-mail lets people out: a token for each line, and what it is put behind to make a link.

    ``seal`` gives the token of each person id and e-mail address, the same ones for the same lines.
    """

    base_url: str
    seal: Callable[[Iterable[tuple[str, str]]], list[str]]


@dataclass(frozen=True)
class DecisionInputs:
    """Frames under the contracts of :mod:`policies.schema`, the rulebook, and the instant to judge at.

    ``matching`` says which of the records are one human being, and which may be.
    ``contracts`` has one row per ``source, file_sha256`` with the source facts of :mod:`policies.facts`.
    ``commitments`` are those of earlier days; ``day_queue`` (``DAY_QUEUE``) holds the lines of the day's earlier
    revisions. ``queue_date`` is the calendar day
    of ``as_of`` in the organisation's zone: the day rules, briefs and contracts are judged on. ``mint`` makes person
    ids from record ids. ``registries`` is what the registries stored by then say about the records' numbers
    (``SCREENINGS``); nothing there means that nothing was screened.
    """

    records: pl.DataFrame
    matching: Matching
    tokens: pl.DataFrame
    events: pl.DataFrame
    consents: pl.DataFrame
    notices: pl.DataFrame
    touches: pl.DataFrame
    commitments: pl.DataFrame
    briefs: pl.DataFrame
    contracts: pl.DataFrame
    day_queue: pl.DataFrame
    prior: Generation
    book: Rulebook
    organisation: Organisation
    reps: Sequence[Rep]
    queue_date: date
    valid_until: datetime
    as_of: datetime
    mint: Mint
    registries: pl.DataFrame = field(default_factory=lambda: empty(SCREENINGS))
    namesakes: frozenset[str] = frozenset()  # records with the name and organisation of somebody erased
    referrals: pl.DataFrame = field(default_factory=lambda: empty(REFERRALS))  # whom people named instead
    named: pl.DataFrame = field(default_factory=lambda: empty(NAMED))  # whose name a referral holds
    unsubscribing: Unsubscribing | None = None  # none: the way to stop is a reply

    @property
    def settings(self) -> Mapping[str, Mapping[str, object]]:
        """Settings tables of the rulebook."""
        return self.book.settings
