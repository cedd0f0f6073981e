"""Small invented worlds: a few people on lists, what they said, and everything else a decision needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.ledger import Key, Keyring
from flows.ledger.screening import contact_tokens
from flows.ledger.tokens import DIGEST_KINDS, person_id
from flows.rules_on_disk import load_rulebook
from policies.brief import brief_rows, parse_brief
from policies.contact_points import canonical_email, classify_contact, email_equivalence
from policies.identity import Generation, Matching
from policies.inputs import DecisionInputs, Organisation, Rep
from policies.schema import (
    COMMITMENTS,
    CONSENTS,
    DAY_QUEUE,
    NOTICES,
    PERMISSION_EVENTS,
    RECORDS,
    TOUCHES,
    conform,
    empty,
)
from tests.briefs.about import text_about
from tests.policies.exact_matching import exactly_matched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.rulebook import Rulebook

AS_OF = datetime(2026, 10, 14, 14, 30, tzinfo=UTC)  # a Wednesday on which every window in Europe and the US opens
KEYRING = Keyring((Key(b"k" * 32),))
FILE = "f" * 64
FICTION = ("+1202555", "+442079460", "+493023125")  # beginnings of the numbers used here


@dataclass(frozen=True)
class Row:
    """One row of a list, in canonical form; ``typed`` is an e-mail cell that holds no address."""

    email: str | None = None
    phone: str | None = None
    surname: str = "Okafor"
    country: str | None = "US"
    title: str = "Head of Operations"
    company: str = "Acme Inc"
    source: str = "summit"
    obtained_on: date | None = date(2026, 9, 24)
    email_opt_out: str = "blank"
    typed: str | None = None
    others: tuple[str, ...] = ()  # further addresses and numbers of the row, canonical


@dataclass(frozen=True)
class Said:
    """An opt-out or its like, ``days_ago`` before the decision.

    ``contact`` is an e-mail, a number, a domain as ``@domain``, a digest, or a person's id.
    """

    contact: str
    kind: str = "optout"
    channel: str = "any"
    scope: str = "person"
    days_ago: int = 10


@dataclass(frozen=True)
class Consented:
    """A word on consent under one contact; ``expires_in`` is in days after the decision."""

    contact: str
    channel: str = "email"
    state: str = "ConsentGiven"
    days_ago: int = 5
    purpose: str = "direct_marketing"
    expires_in: int | None = None


@cache
def base_rules() -> Rulebook:
    """The packaged rules alone."""
    return load_rulebook(None)


def records_of(rows: Sequence[Row]) -> pl.DataFrame:
    """Rows as ``RECORDS``; the id of a record is made of its content and its number among equal rows."""
    seen: dict[Row, int] = {}
    found = []
    for number, row in enumerate(rows, start=1):
        seen[row] = seen.get(row, 0) + 1
        found.append(_record(row, number, seen[row]))
    return conform(pl.DataFrame(found, schema_overrides=dict(RECORDS), infer_schema_length=None), RECORDS)


def _record(row: Row, number: int, occurrence: int) -> dict[str, Any]:
    key = f"{row}{occurrence}".encode()
    return {
        "record_id": f"r{KEYRING.first.sign(key.decode())[:20]}",
        "source": row.source,
        "file_sha256": FILE,
        "row_number": number,
        "obtained_on": row.obtained_on,
        "raw": "{}",
        "full_name": f"Ada {row.surname}",
        "given_name": "Ada",
        "family_name": row.surname,
        "salutation_name": "Ada",
        "surname_key": row.surname.lower(),
        "company": row.company,
        "company_key": row.company.lower().removesuffix(" inc"),
        "job_title": row.title,
        "country": row.country,
        "country_source": "row" if row.country else None,
        "email_received": row.email or row.typed,
        "email": row.email,
        "email_equiv": email_equivalence(row.email) if row.email else None,
        "email_domain": row.email.partition("@")[2] if row.email else None,
        "phone_received": row.phone,
        "phone": row.phone,
        "phone_type": "fixed" if row.phone else None,
        "other_emails": [other for other in row.others if "@" in other] or None,
        "other_phones": [other for other in row.others if "@" not in other] or None,
        "email_opt_out": row.email_opt_out,
        "phone_opt_out": "blank",
    }


def events_of(said: Sequence[Said], first_seq: int = 1) -> pl.DataFrame:
    """What was said as ``PERMISSION_EVENTS``, one row per token."""
    rows = []
    for number, word in enumerate(said, start=first_seq):
        at = AS_OF - timedelta(days=word.days_ago)
        for token, exact in _tokens(word.contact):
            rows.append(
                {
                    "seq": number,
                    "word": number << 32,
                    "kind": word.kind,
                    "channel": word.channel,
                    "scope": word.scope,
                    "token": token,
                    "exact": exact,
                    "person_id": None if token else word.contact,
                    "effective_at": at,
                    "recorded_at": at,
                    "method": "reply",
                }
            )
    return conform(pl.DataFrame(rows, schema=PERMISSION_EVENTS), PERMISSION_EVENTS)


def consents_of(given: Sequence[Consented], first_seq: int = 1000) -> pl.DataFrame:
    """Consents as ``CONSENTS``; recorded after every opt-out of :func:`events_of`."""
    rows = [
        {
            "seq": number,
            "token": next(token for token, exact in _tokens(word.contact) if exact),
            "channel": word.channel,
            "purpose": word.purpose,
            "state": word.state,
            "captured_at": AS_OF - timedelta(days=word.days_ago),
            "recorded_at": AS_OF - timedelta(days=word.days_ago),
            "expires_on": None if word.expires_in is None else AS_OF.date() + timedelta(days=word.expires_in),
            "method": "form",
            "statement_version": "1",
            "evidence": "e",
        }
        for number, word in enumerate(given, start=first_seq)
    ]
    return conform(pl.DataFrame(rows, schema=CONSENTS), CONSENTS)


def _tokens(contact: str) -> list[tuple[str | None, bool | None]]:
    """What an event about a contact is found under, and whether that is the contact point itself."""
    kind, value = classify_contact(contact, None, FICTION)
    if kind == "person_id":
        return [(None, None)]
    if kind == "digest":
        return [(KEYRING.first.sign(f"{DIGEST_KINDS[len(value)]}:{value}"), True)]
    if kind != "email":
        return [(KEYRING.first.sign(f"{kind}:{value}"), True)]
    exact = (KEYRING.first.sign(f"email:{value.lower()}"), True)
    if canonical_email(value) is None:
        return [exact]
    return [exact, (KEYRING.first.sign(f"email_equiv:{email_equivalence(value.lower())}"), False)]


def briefs_about(*contacts: str, name: str = "Ada Okafor") -> pl.DataFrame:
    """A full brief that passes for each contact, as ``BRIEFS``; no two are alike."""
    about = [parse_brief(text_about(contact, name)) for contact in contacts]
    return brief_rows(about, base_rules().settings["brief"], FICTION)


def day_queue(*people: str) -> pl.DataFrame:
    """Lines of the day's earlier revision, all by e-mail and all the first rep's; their hours have not come yet."""
    return pl.DataFrame([(person, "email", "ada", True, False) for person in people], schema=DAY_QUEUE, orient="row")


def world(
    rows: Sequence[Row],
    said: Sequence[Said] = (),
    given: Sequence[Consented] = (),
    *,
    book: Rulebook | None = None,
    prior: Generation | None = None,
    matching: Matching | None = None,
    briefed: Sequence[str] = (),
) -> DecisionInputs:
    """Everything a decision depends on; contracts are in order, and nothing was tried before.

    Without a ``matching`` of its own exact links alone say who is who. ``briefed`` are the contacts whose people have
    a full brief that passes.
    """
    records = records_of(rows)
    sources = sorted({row.source for row in rows})
    day = AS_OF.date()
    rules = book or base_rules()
    return DecisionInputs(
        records=records,
        matching=matching or exactly_matched(records, rules.settings["lists"]),
        tokens=contact_tokens(KEYRING, records),
        events=events_of(said),
        consents=consents_of(given),
        notices=empty(NOTICES),
        touches=empty(TOUCHES),
        commitments=empty(COMMITMENTS),
        briefs=briefs_about(*briefed),
        contracts=pl.DataFrame([_contract(source) for source in sources], schema=_CONTRACTS),
        day_queue=day_queue(),
        prior=prior or Generation.none(),
        book=rules,
        organisation=Organisation(
            "Kestrel", "1 Mill Lane", "https://kestrel.example/p", "stop@kestrel.example", "UTC", ["kestrel.example"]
        ),
        reps=[Rep("ada", 5), Rep("ben", 5)],
        queue_date=day,
        valid_until=datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1),
        as_of=AS_OF,
        mint=lambda ids: [person_id(KEYRING, record) for record in ids],
    )


def reordered(inputs: DecisionInputs, seed: int) -> DecisionInputs:
    """The same world with every frame's rows in another order."""

    def mixed(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.sample(fraction=1.0, shuffle=True, seed=seed)

    return replace(
        inputs,
        records=mixed(inputs.records),
        tokens=mixed(inputs.tokens),
        events=mixed(inputs.events),
        consents=mixed(inputs.consents),
        contracts=mixed(inputs.contracts),
    )


_CONTRACTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "source": pl.String,
    "file_sha256": pl.String,
    "source_kind": pl.String,
    "channels_in_contract": pl.List(pl.String),
    "purpose_in_contract": pl.Boolean,
    "third_party_marketing": pl.Boolean,
    "own_list": pl.Boolean,
    "solicitation_forbidden": pl.Boolean,
    "membership_reveals": pl.String,
    "membership_doubt": pl.String,
    "lawful_basis": pl.String,
    "assessment_on_file": pl.Boolean,
    "contract_expired": pl.Boolean,
    "contract_ends_on": pl.Date,
    "contract_approved": pl.Boolean,
    "contract_incomplete": pl.Boolean,
    "contract_missing": pl.String,
}


def _contract(source: str) -> dict[str, object]:
    return {
        "source": source,
        "file_sha256": FILE,
        "source_kind": "conference",
        "channels_in_contract": ["email", "phone"],
        "purpose_in_contract": True,
        "third_party_marketing": True,
        "own_list": True,
        "solicitation_forbidden": False,
        "membership_reveals": "none",
        "membership_doubt": None,
        "lawful_basis": "legitimate_interest",
        "assessment_on_file": True,
        "contract_expired": False,
        "contract_ends_on": date(2027, 9, 18),
        "contract_approved": True,
        "contract_incomplete": False,
        "contract_missing": None,
    }
