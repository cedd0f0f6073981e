"""An invented run for the tests of the report: frames of every verdict, with figures small enough to check by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.reports.figures import Material, build_report
from flows.reports.model import ContractLine, FeedLine, RecipientLine, RunFacts, WaiverLine
from policies.conversations import CONTACTS_MADE
from policies.effects import Stage
from policies.latency import LATENCY
from policies.schema import DECISIONS, QUEUE, REASONS, SUPPRESSIONS, conform

if TYPE_CHECKING:
    from flows.reports.model import RunReport

__all__ = [
    "RULES",
    "RUN",
    "contacts",
    "decisions",
    "latency",
    "material",
    "queue",
    "reasons",
    "sample_report",
    "suppressions",
    "wanted",
]

RUN: Final = RunFacts(
    run_id="20261014T063000Z-0123456789ab",
    as_of="2026-10-14T06:30:00Z",
    queue_date="2026-10-14",
    valid_until="2026-10-15T00:00:00+02:00",
    policy_revision="5f" * 32,
    organisation="Harbour Analytics",
    timezone="Europe/Berlin",
    clock_is_set=True,
)


@dataclass(frozen=True)
class _Text:
    stage: Stage
    reason: str
    fix: str
    cites: tuple[str, ...] = ()


RULES: Final = {
    "core.optout.person": _Text(
        Stage.PERMISSION, "The person opted out.", "Nothing: a no is kept for good.", ("GDPR Art. 21(3)",)
    ),
    "de.email.opt_in": _Text(
        Stage.PERMISSION,
        "No prior express consent for e-mail to a person in Germany.",
        "Obtain and record consent, or choose another channel.",
        ("UWG s. 7(2) no. 2", "UWG s. 7(3)"),
    ),
    "core.country.unknown": _Text(
        Stage.PERMISSION, "The country is unknown.", "Add the country to the list.", ("house rule: unknown holds",)
    ),
    "fit.seniority.too_junior": _Text(Stage.FIT, "Not a seniority we write to.", "Change fit.toml."),
    "brief.missing": _Text(Stage.BRIEF, "Nobody has researched this person.", "Write a brief: `tactful brief new`."),
    "cadence.budget": _Text(Stage.CADENCE, "The day's budget is used up.", "Nothing: they come up on another day."),
}

# record, source, person, verdict, person's verdict
_ROWS: Final = (
    ("r1", "fair", "p1", "queued", "queued"),
    ("r2", "club", "p1", "duplicate", "queued"),
    ("r3", "fair", "p2", "suppressed", "suppressed"),
    ("r4", "club", "p3", "suppressed", "suppressed"),
    ("r5", "fair", "p4", "unfit", "unfit"),
    ("r6", "fair", "p5", "held", "held"),
    ("r7", "fair", "p6", "brief_wanted", "brief_wanted"),
    ("r8", "fair", "p7", "deferred", "deferred"),
    ("r9", "fair", None, "rejected", "rejected"),
    ("r10", "club", "p8", "queued", "queued"),
)

_FIRED: Final = (
    ("r1", "email", "de.email.opt_in", "deny"),  # queued all the same, by phone
    ("r3", "email", "core.optout.person", "deny"),
    ("r3", "phone", "core.optout.person", "deny"),
    ("r4", "email", "de.email.opt_in", "deny"),
    ("r5", "email", "fit.seniority.too_junior", "deny"),
    ("r6", "email", "core.country.unknown", "hold"),
    ("r6", "email", "brief.missing", "hold"),
    ("r7", "email", "brief.missing", "hold"),
    ("r8", "email", "cadence.budget", "deny"),
)


def decisions() -> pl.DataFrame:
    """DECISIONS with every verdict."""
    frame = pl.DataFrame(_ROWS, schema=["record_id", "source", "person_id", "verdict", "person_verdict"], orient="row")
    codes = pl.when(pl.col("verdict") == "rejected").then(pl.lit(["email_invalid"])).otherwise(pl.lit([]))
    return conform(frame.with_columns(codes.alias("reasons")), DECISIONS)


def reasons() -> pl.DataFrame:
    """REASONS of :func:`decisions`."""
    frame = pl.DataFrame(_FIRED, schema=["subject", "channel", "rule_id", "effect"], orient="row")
    return conform(frame, REASONS)


def queue() -> pl.DataFrame:
    """QUEUE of :func:`decisions`, with names and addresses that no report may show."""
    rows = [
        {
            "rank": 1,
            "person_id": "p1",
            "full_name": "Marlene Okonkwo",
            "company": "Kestrel Works",
            "channel": "phone",
            "contact_point": "+4930231250123",
            "not_before": "2026-10-14T10:00:00+02:00",
            "not_after": "2026-10-14T17:00:00+02:00",
            "timezone": "Europe/Berlin",
            "owner": "nadia",
            "relationship": "met",
            "lawful_basis": "legitimate_interest",
            "opening_line": "Your talk on <b>tides</b> stayed with me.",
        },
        {
            "rank": 2,
            "person_id": "p8",
            "full_name": "=Théo \x1b[31mFaure",
            "channel": "email",
            "contact_point": "theo.faure@kestrel.example",
            "not_before": "2026-10-14T10:00:00+02:00",
            "not_after": "2026-10-14T17:00:00+02:00",
            "timezone": "Europe/Paris",
            "owner": "amir",
            "relationship": "inquired",
            "lawful_basis": "consent",
        },
    ]
    return conform(pl.DataFrame(rows), QUEUE)


def suppressions() -> pl.DataFrame:
    """SUPPRESSIONS: one stated, one reached over a link."""
    rows = [
        {"person_id": "p2", "record_id": "r3", "channel": "email", "kind": "optout", "stated_or_inferred": "stated"},
        {"person_id": "p3", "record_id": "r4", "channel": "email", "kind": "optout", "stated_or_inferred": "inferred"},
    ]
    return conform(pl.DataFrame(rows), SUPPRESSIONS)


def contacts() -> pl.DataFrame:
    """CONTACTS_MADE: of the last days one conversation and one refusal in four; one of each long before."""
    recent, before, ever = date(2026, 10, 12), date(2026, 9, 1), date(2026, 3, 2)
    rows = [
        (recent, "phone", "connected", "conversation", "customer"),
        (recent, "phone", "voicemail", "nothing", "cold"),
        (date(2026, 9, 15), "email", "no_answer", "nothing", "cold"),
        (recent, "email", "not_interested", "refusal", None),
        (date(2026, 9, 14), "email", "replied", "conversation", "cold"),
        (before, "phone", "no_answer", "nothing", "met"),
        (ever, None, "asked_to_stop", "refusal", "cold"),
    ]
    return pl.DataFrame(rows, schema=CONTACTS_MADE, orient="row")


def wanted() -> pl.DataFrame:
    """The frame of ``briefs_wanted``: two who asked, one of them late, and two strangers, one of whom rests."""
    today = date.fromisoformat(RUN.queue_date)
    rows = [
        ("p6", "inquired", "conversation", "none", today, today + timedelta(days=10), 1, None),
        ("p7", "customer", "conversation", "failing", today - timedelta(days=2), None, 5, None),
        ("p9", "cold", "full", "none", None, None, 0, None),
        ("p10", "cold", "full", "stale", None, today + timedelta(days=31), 9, today + timedelta(days=3)),
    ]
    columns = {
        **dict.fromkeys(("person_id", "relationship", "tier", "brief_state"), pl.String()),
        **dict.fromkeys(("answer_by", "permission_ends_on"), pl.Date()),
        "waiting_days": pl.Int64(),
        "contact_from": pl.Date(),
    }
    return pl.DataFrame(rows, schema=columns, orient="row")


def latency() -> pl.DataFrame:
    """LATENCY: held at once, after three days where five working days are allowed, and far too late."""
    columns = ("seq", "kind", "channel", "country", "hours", "term", "late")
    rows = [
        (4, "optout", "any", "DE", 0.0, "at once", False),
        (5, "optout", "email", "AU", 76.5, "5 business days", False),
        (9, "objection", "any", "unknown", 30.0, "at once", True),
        (7, "complaint", "email", "US", 410.25, "10 business days", True),
    ]
    arrived = datetime(2026, 9, 20, 8, tzinfo=UTC)
    held = arrived + pl.duration(minutes=pl.col("hours") * 60)
    instants = {"arrived_at": pl.lit(arrived), "in_force_at": held, "due_at": pl.lit(arrived + timedelta(days=7))}
    return conform(pl.DataFrame(rows, schema=columns, orient="row").with_columns(**instants), LATENCY)


def sample_report() -> RunReport:
    """The report of this run."""
    return build_report(material())


def material() -> Material:
    """What it is counted from."""
    return Material(
        run=RUN,
        decisions=decisions(),
        reasons=reasons(),
        queue=queue(),
        rules=RULES,
        contracts=[
            ContractLine("fair", "conference", "in force", "2026-09-20", "2027-09-20"),
            ContractLine("club", "membership", "expired", None, "2026-10-01"),
        ],
        countries=pl.DataFrame({"person_id": ["p1", "p8"], "country": ["DE", "FR"]}),
        evidence_kinds=pl.DataFrame({"person_id": ["p1", "p8"], "evidence": ["assessment_on_file", "consent_record"]}),
        suppressions=suppressions(),
        contacts=contacts(),
        wanted=wanted(),
        unreported=2,
        relationships=("in_conversation", "customer", "referred", "met", "inquired", "cold"),
        quarantined={"no_source_contract": 1},
        waivers=[WaiverLine("cadence.budget", 1, "2026-12-31")],
        feeds=[FeedLine("newsletter", 5.0, 24)],
        latency=latency(),
        latency_days=30,
        voids=1,
        recipients=[
            RecipientLine("portal", "hubspot", 48, 12, 2, 75.25),
            RecipientLine("sales-cloud", "salesforce", 24, 0, 0, None),
        ],
    )
