"""The figures of one run's report: counts, rule ids and dates, nothing that identifies a person (law 7).

``report.html`` and ``report.json`` are two renderings of the one :class:`RunReport`, so they cannot disagree.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.reports.people_model import Conversations, Count, Waits

__all__ = [
    "ContractLine",
    "FeedLine",
    "FunnelStep",
    "LateStop",
    "Latency",
    "LatencyLine",
    "PermissionLine",
    "ReasonLine",
    "RecipientLine",
    "RegistryLine",
    "RuleLine",
    "RunFacts",
    "RunReport",
    "SourceLine",
    "SuppressionLine",
    "WaiverLine",
]


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Which run this is. Instants are ISO 8601 with offset, ``queue_date`` is ISO."""

    run_id: str
    as_of: str
    queue_date: str
    valid_until: str
    policy_revision: str
    organisation: str
    timezone: str
    clock_is_set: bool = False  # the workspace's clock stands still (sample workspaces)


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One verdict: the rows that got it, the people behind them and the rows still left after it.

    ``people`` is None for duplicates: their people are counted where the kept record stands.
    """

    verdict: str
    rows: int
    people: int | None
    rows_left: int


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """Why people were not contacted: one rule, the verdict it led to and the mend.

    ``people_alone`` are those with no other reason for this verdict: for them the mend is enough for the next step.
    """

    rule_id: str
    verdict: str
    people: int
    people_alone: int
    reason: str
    fix: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What one rule did, in people per channel; ``cites`` are the legal or house sources it rests on."""

    rule_id: str
    stage: str
    effect: str
    people: int
    people_email: int
    people_phone: int
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContractLine:
    """What the report needs to know of a source contract. Dates are ISO; None: the contract does not say."""

    source: str
    kind: str | None
    status: str  # in force | expired | incomplete | missing
    obtained_on: str | None
    expires_on: str | None


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source: the rows read from its active lists and what became of them."""

    source: str
    kind: str | None
    rows: int
    accepted: int
    rejected: int
    queued: int
    contract: str
    obtained_on: str | None
    expires_on: str | None
    verdicts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class PermissionLine:
    """On what the contact with queued people rests; ``country`` is ISO 3166 alpha-2 or "unknown"."""

    country: str
    channel: str
    lawful_basis: str
    evidence: str
    people: int


@dataclass(frozen=True, slots=True)
class SuppressionLine:
    """People who may not be contacted, by kind of word; inferred ones were reached over a link between records."""

    kind: str
    stated: int
    inferred: int


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """An exception somebody granted: the rule it lifts and how many people it let through."""

    rule_id: str
    people: int
    expires_on: str | None


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One declared opt-out feed; ages in hours, None when nothing of it ever arrived."""

    name: str
    age_hours: float | None
    max_age_hours: float


@dataclass(frozen=True, slots=True)
class RegistryLine:
    """One version of a do-not-call registry in force: age of the file; state: fresh, stale, damaged, unasked."""

    registry: str
    version_date: str
    coverage: str
    numbers: int
    age_days: int
    max_age_days: int | None
    state: str


@dataclass(frozen=True, slots=True)
class LatencyLine:
    """Stops whose term ended first under the law of one country ("unknown": the strictest), and how fast they held."""

    country: str
    stops: int
    late: int
    longest_hours: float


@dataclass(frozen=True, slots=True)
class LateStop:
    """One stop that held too late: its event and no more. Instants are ISO 8601; ``held_at`` None: not yet."""

    event: int
    kind: str
    country: str
    term: str
    arrived_at: str
    due_at: str
    held_at: str | None
    hours: float


@dataclass(frozen=True, slots=True)
class Latency:
    """From the arrival of a stop to the first queue without the person, over the last ``days``."""

    days: int
    stops: int
    late: int
    longest_hours: float
    by_country: tuple[LatencyLine, ...]
    late_stops: tuple[LateStop, ...]  # the longest first


@dataclass(frozen=True, slots=True)
class RecipientLine:
    """One system that stops are carried to: contact points it was not told of yet, and for how long at most."""

    name: str
    format: str
    within_hours: int
    waiting: int
    overdue: int
    oldest_hours: float | None


@dataclass(frozen=True, slots=True)
class RunReport:
    """Everything the report of a run says. Sequences are in the order they are shown."""

    run: RunFacts
    rows_read: int
    people: int
    funnel: tuple[FunnelStep, ...]
    reasons: tuple[ReasonLine, ...]
    rules: tuple[RuleLine, ...]
    reject_codes: tuple[Count, ...]
    sources: tuple[SourceLine, ...]
    permission: tuple[PermissionLine, ...]
    queue_by_channel: tuple[Count, ...]
    queue_by_relationship: tuple[Count, ...]
    conversations: Conversations | None  # None: nobody was contacted yet
    waits: Waits | None  # None: not counted
    suppressions: tuple[SuppressionLine, ...]
    quarantined: tuple[Count, ...] | None  # None: not part of what the run rests on, so not said
    waivers: tuple[WaiverLine, ...]
    feeds: tuple[FeedLine, ...]
    registries: tuple[RegistryLine, ...]
    latency: Latency | None  # None: nobody said stop in that time
    voids: int
    recipients: tuple[RecipientLine, ...]

    @property
    def queued(self) -> int:
        """People who may be contacted on the day of the run."""
        return sum(count.count for count in self.queue_by_channel)

    @property
    def feeds_statement(self) -> str:
        """What the workspace says about opt-outs that reach it from elsewhere."""
        if not self.feeds:
            return "This workspace declares no opt-out feeds: it says that no opt-out is recorded anywhere else."
        feeds = "one opt-out feed" if len(self.feeds) == 1 else f"{len(self.feeds)} opt-out feeds"
        return f"This workspace declares {feeds}. A feed that is too old holds the run."

    def as_dict(self) -> dict[str, object]:
        """The content of ``report.json``."""
        return {**asdict(self), "queued": self.queued, "feeds_statement": self.feeds_statement}
