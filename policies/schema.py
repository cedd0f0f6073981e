"""Column contracts of every frame that crosses a module border.

A function that takes or returns one of these frames names the contract in its docstring; :func:`conform` gives a frame
exactly the columns, order and types of a contract, so that equal content means equal bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ALIASES",
    "ASSIGNMENTS",
    "BRIEFS",
    "COMMITMENTS",
    "CONSENTS",
    "CONTACT_TOKENS",
    "CROSSED",
    "DAY_QUEUE",
    "DECISIONS",
    "NAMED",
    "NOTICES",
    "OUTCOME_COLUMNS",
    "PERMISSION_EVENTS",
    "QUEUE",
    "REASONS",
    "RECALL",
    "RECORDS",
    "REFERRALS",
    "SCREENINGS",
    "SPLITS",
    "SUPPRESSIONS",
    "TOUCHES",
    "UTC_INSTANT",
    "conform",
    "empty",
]

UTC_INSTANT: Final = pl.Datetime("us", "UTC")


def _contract(columns: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.Schema:
    """A schema of types and instances of types, a mixture of which `pl.Schema` itself is not typed to take."""
    return pl.Schema(columns)


# One row for every data row of an accepted list, rejected rows included. Display values are as received.
RECORDS: Final = _contract(
    {
        "record_id": pl.String,  # base32 of HMAC over source, canonical raw row and occurrence (D6)
        "source": pl.String,  # id of the source contract
        "file_sha256": pl.String,
        "row_number": pl.UInt32,  # 1 for the first data row of the file
        "obtained_on": pl.Date,  # null: the contract does not say
        "raw": pl.String,  # JSON object of the original columns, in order, as they came
        "full_name": pl.String,  # as spelled by the list
        "given_name": pl.String,
        "family_name": pl.String,
        "salutation_name": pl.String,  # the name to greet with; never invented, never recased
        "surname_key": pl.String,  # folded surname, for comparison only
        "company": pl.String,
        "company_key": pl.String,  # folded, legal form off, for comparison only
        "job_title": pl.String,
        "country": pl.String,  # ISO 3166 alpha-2; null unknown
        "country_source": pl.String,  # row | contract; null with country
        "region": pl.String,
        "city": pl.String,
        "postal_code": pl.String,
        "email_received": pl.String,  # the cell as it came
        "email": pl.String,  # canonical address to send to; null when there is none or it is no address
        "email_equiv": pl.String,  # equivalence key: plus tag, provider's dots, alias domains
        "email_domain": pl.String,
        "phone_received": pl.String,
        "phone": pl.String,  # E.164 without extension
        "phone_extension": pl.String,
        "phone_country": pl.String,  # ISO alpha-2 of the number itself; null when not geographic
        # fixed|mobile|fixed_or_mobile|voip|premium|shared_cost|personal|toll_free|uan|pager|voicemail|other
        "phone_type": pl.String,
        "other_emails": pl.List(pl.String),  # further canonical addresses of the row: to be screened, never written to
        "other_phones": pl.List(pl.String),  # further numbers of the row in E.164: likewise
        "email_bounced": pl.String,  # yes: the file says that nothing arrives under the address; else null
        "email_opt_out": pl.String,  # yes | no | blank | unknown (a word outside the vocabulary)
        "phone_opt_out": pl.String,
        "excluded_by_file": pl.String,  # why the file itself rules the row out; null: it does not
        "sector": pl.String,
        "employees": pl.Int64,
        "born_on": pl.Date,  # null: the list does not say
        "age": pl.Int64,  # in years, as the list states it
        "asked_on": pl.Date,  # inquiries: the day the person asked
        "asked_about": pl.String,  # inquiries: what about
        "reject_code": pl.String,  # null: the row was accepted
        "reject_why": pl.String,
        "reject_fix": pl.String,
        "erased": pl.Boolean,  # true: a row of somebody erased, of which only its place is kept; else null
    }
)

# Tokens under which a record's contact points are screened, one row per candidate (D2).
CONTACT_TOKENS: Final = _contract(
    {
        "record_id": pl.String,
        "channel": pl.String,  # email | phone
        "token": pl.String,  # HMAC, hex
        "match": pl.String,  # exact | equivalent | digest | domain; other: of a further contact point, in any of them
    }
)

# Opt-outs and their like, one row per statement and token. Consents that were withdrawn or refused appear here as well.
PERMISSION_EVENTS: Final = _contract(
    {
        "seq": pl.Int64,  # the event: what came first
        "word": pl.Int64,  # the statement: the event, or one entry of the list it names (policies.permission.word_of)
        "kind": pl.String,  # optout | objection | complaint | bounce | erasure
        "channel": pl.String,  # any | email | phone
        "scope": pl.String,  # person | address | domain
        "token": pl.String,
        "exact": pl.Boolean,  # the event's own contact point, not its equivalence
        "person_id": pl.String,  # known when the event was tied to a person
        "effective_at": UTC_INSTANT,
        "recorded_at": UTC_INSTANT,
        "method": pl.String,
        "origin": pl.Int64,  # where a spread was written down the statement that was spread; else null
        "spread_from": pl.String,  # and the records it named then, spaces between them; null: more than can be told
    }
)

CONSENTS: Final = _contract(
    {
        "seq": pl.Int64,
        "token": pl.String,  # exact tokens only: a consent counts for its own contact point
        "channel": pl.String,
        "purpose": pl.String,
        "state": pl.String,  # ConsentGiven | RenewedConsentGiven | ConsentWithdrawn | ConsentRefused
        "captured_at": UTC_INSTANT,
        "recorded_at": UTC_INSTANT,
        "expires_on": pl.Date,
        "method": pl.String,
        "statement_version": pl.String,
        "evidence": pl.String,  # SHA-256 of the evidence text or a locator that names nobody
        "lawful_basis": pl.String,
    }
)

NOTICES: Final = _contract(
    {"seq": pl.Int64, "token": pl.String, "sent_at": UTC_INSTANT, "recorded_at": UTC_INSTANT, "text_version": pl.String}
)

TOUCHES: Final = _contract(
    {
        "seq": pl.Int64,
        "token": pl.String,  # exact token of the contact; null when only the person is known
        "person_id": pl.String,
        "channel": pl.String,
        "at": UTC_INSTANT,
        "recorded_at": UTC_INSTANT,
        "outcome": pl.String,
        "rep": pl.String,
        "callback_on": pl.Date,
        "has_note": pl.Boolean,
    }
)

# Whom somebody named instead: one row for each way to reach them, and the touch it was noted with.
REFERRALS: Final = _contract(
    {
        "seq": pl.Int64,  # of the touch
        "token": pl.String,  # exact token of a contact point of whom they named, or the token of their name
        "of_name": pl.Boolean,
        "at": UTC_INSTANT,
        "outcome": pl.String,
    }
)

# Records whose full name stands under a token of a name.
NAMED: Final = pl.Schema({"token": pl.String, "record_id": pl.String})

# Queue lines handed out, one row per commitment; `released` once it was taken back.
COMMITMENTS: Final = _contract(
    {
        "seq": pl.Int64,
        "token": pl.String,  # exact token of the contact point
        "person_id": pl.String,
        "company_token": pl.String,  # null when the company is unknown
        "channel": pl.String,
        "owner": pl.String,
        "queue_date": pl.Date,
        "revision": pl.Int64,
        "run_id": pl.String,
        "run_as_of": UTC_INSTANT,
        "recorded_at": UTC_INSTANT,
        "released": pl.Boolean,
    }
)

# Lines of the day's earlier revisions, one row per person and channel.
DAY_QUEUE: Final = _contract(
    {
        "person_id": pl.String,
        "channel": pl.String,
        "owner": pl.String,
        "standing": pl.Boolean,  # in the day's latest revision
        "begun": pl.Boolean,  # its hours had begun while it stood: it may have been used
    }
)

# What stored do-not-call registries say about numbers: a row per number and registry that covers or lists it.
SCREENINGS: Final = _contract(
    {
        "phone": pl.String,  # E.164
        "registry": pl.String,  # id, such as US-NATIONAL-DNC
        "listed": pl.Boolean,
        "covered": pl.Boolean,  # a number outside what the file covers is unscreened, whatever `listed` says
        "version_date": pl.Date,  # of the newest file that covers it; null where none does
    }
)

# Who is the same person. Immutable per identity generation.
ASSIGNMENTS: Final = pl.Schema({"record_id": pl.String, "person_id": pl.String, "first_seen_on": pl.Date})
SPLITS: Final = pl.Schema({"person_id": pl.String, "split_from": pl.String, "reason": pl.String})
ALIASES: Final = pl.Schema({"old_person_id": pl.String, "person_id": pl.String, "reason": pl.String})
# Links in doubt over which a stop went in a published run, the smaller id first: what was inferred does not run out.
CROSSED: Final = pl.Schema({"record_a": pl.String, "record_b": pl.String})

BRIEFS: Final = _contract(
    {
        "brief_id": pl.String,  # first 16 hex of the SHA-256 of its text
        "contact_channel": pl.String,  # email | phone; null when the brief names a person id
        "contact": pl.String,  # canonical e-mail or E.164
        "person_id": pl.String,
        "tier": pl.String,  # full | short
        "author": pl.String,
        "written_on": pl.Date,
        "opening_line": pl.String,
        "text": pl.String,  # the whole brief; erasable
    }
)

# Which opt-out reached which record of a person, and how.
SUPPRESSIONS: Final = _contract(
    {
        "person_id": pl.String,
        "record_id": pl.String,  # the record that is covered
        "via_record_id": pl.String,  # the record whose contact point the event named; null: the event named the person
        "crossed_from": pl.String,  # of a link it crossed to whoever may be the same person, the record on this side
        "crossed_to": pl.String,  # and the record on the other; both null: it crossed none
        "channel": pl.String,  # channel of the record that is covered: email | phone
        "match": pl.String,  # exact | equivalent | digest | other | domain | person
        "seq": pl.Int64,
        "word": pl.Int64,  # the statement, as in PERMISSION_EVENTS
        "kind": pl.String,
        "scope": pl.String,  # person | address | domain, after role mailboxes were narrowed to address
        "stated_or_inferred": pl.String,
        "effective_at": UTC_INSTANT,
        "recorded_at": UTC_INSTANT,
    }
)

DECISIONS: Final = _contract(
    {
        "run_id": pl.String,
        "record_id": pl.String,
        "source": pl.String,
        "file_sha256": pl.String,
        "row_number": pl.UInt32,
        "person_id": pl.String,
        "verdict": pl.String,
        "person_verdict": pl.String,
        "reasons": pl.List(pl.String),
        "channels": pl.List(pl.String),
        "next_review_on": pl.Date,
        "policy_revision": pl.String,
        "as_of": UTC_INSTANT,
    }
)

REASONS: Final = _contract(
    {
        "subject": pl.String,  # record id
        "channel": pl.String,
        "rule_id": pl.String,
        "effect": pl.String,
        "evidence": pl.String,
        "cites": pl.List(pl.String),
    }
)

QUEUE: Final = _contract(
    {
        "rank": pl.UInt32,
        "person_id": pl.String,
        "full_name": pl.String,
        "salutation_name": pl.String,
        "job_title": pl.String,
        "company": pl.String,
        "channel": pl.String,
        "contact_point": pl.String,
        "not_before": pl.String,
        "not_after": pl.String,
        "timezone": pl.String,
        "owner": pl.String,
        "relationship": pl.String,
        "warmth": pl.Int64,
        "brief_id": pl.String,
        "opening_line": pl.String,
        "lawful_basis": pl.String,
        "permission_evidence": pl.String,
        "must_include": pl.String,
        "provenance": pl.String,
        "unsubscribe_token": pl.String,
    }
)

# Who was handed out and must not be contacted any more.
RECALL: Final = _contract(
    {
        "person_id": pl.String,
        "full_name": pl.String,
        "company": pl.String,
        "channel": pl.String,
        "contact_point": pl.String,
        "owner": pl.String,
        "reason": pl.String,
        "run_id": pl.String,  # the run that had put them into the queue
        "since": pl.String,  # ISO 8601 with offset
        "exports": pl.String,  # every file the line went to, "rep file maria 2026-10-14; hubspot 2026-10-14T06:30:00Z"
    }
)

OUTCOME_COLUMNS: Final = ("outcome", "at", "said", "next_step", "callback_on", "referred_to")


def empty(schema: pl.Schema) -> pl.DataFrame:
    """An empty frame under a contract."""
    return pl.DataFrame(schema=schema)


def conform(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Give ``frame`` exactly the columns, order and types of ``schema``; columns it lacks become null.

    Raises ``polars.exceptions.PolarsError`` when a value does not fit its type, which is a fault of the program.
    """
    absent = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items() if name not in frame.columns]
    return frame.with_columns(absent).select(pl.col(name).cast(dtype) for name, dtype in schema.items())
