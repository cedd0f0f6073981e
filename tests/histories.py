"""What a history is made of: contacts under several spellings, rows of lists, and a plain memory of what was said.

The memory knows nothing of tokens, folds or identity. It writes down who said what under which contact, and says what
must follow from that for a contact point, whatever else happened.
"""

from __future__ import annotations

import atexit
import csv
import io
import shutil
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
from hypothesis import strategies as st

from flows.filing import file_inbox
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from policies.permission import PERMISSION_FACTS
from tests.small_workspace import Line, brief_about, drop, make_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from flows.policy_files import Policy
    from policies.evaluate import Decision

__all__ = [
    "BEGINNING",
    "CONTACTS",
    "PEOPLE",
    "ROLE",
    "Consent",
    "Contact",
    "Memory",
    "Word",
    "begun",
    "contacts",
    "csv_text",
    "emails",
    "lines",
    "points_of",
    "rules",
]


@dataclass(frozen=True)
class Contact:
    """One spelling of a contact: as typed, the contact point itself, and what all its spellings have in common."""

    typed: str
    exact: str
    key: str
    channel: str


def _mail(key: str, *spellings: tuple[str, str]) -> list[Contact]:
    return [Contact(typed, exact, key, "email") for typed, exact in ((key, key), *spellings)]


def _phone(key: str, *typed: str) -> list[Contact]:
    return [Contact(text, key, key, "phone") for text in (key, *typed)]


_DOUBTS: Final = ("opted_out_by_shared_mailbox", "word_in_doubt", "list_waiting")
_CLOSED: Final = [name for name in PERMISSION_FACTS if name not in _DOUBTS]
ROLE: Final = "info@acme.example"
EMAILS: Final = (
    *_mail("ada@acme.example", ("ADA@Acme.Example", "ada@acme.example"), ("ada+fair@acme.example",) * 2),
    *_mail("ada.okafor@example.org", (" Ada.Okafor@Example.org", "ada.okafor@example.org")),
    *_mail("okafor.ada@example.net"),
    *_mail("bea@acme.example", ("bea+1@acme.example",) * 2),
    *_mail("bea.ruiz@bolt.example"),
    *_mail("cd@gmail.com", ("c.d@gmail.com",) * 2, ("C.D+x@googlemail.com", "c.d+x@googlemail.com")),
    *_mail(ROLE),
)
PHONES: Final = (
    *_phone("+13125550101", "+1 (312) 555-0101"),
    *_phone("+13125550102", "+1 312.555.0102"),
    *_phone("+442079460123", "+44 20 7946 0123"),
)
# What a cell holds that is no address; somebody may have opted out under it all the same.
NO_ADDRESS: Final = Contact(" Ada@ACME", "ada@acme", "ada@acme", "email")
CONTACTS: Final = (*EMAILS, *PHONES, NO_ADDRESS)

# Three people, each with contact points of their own, so that their rows meet: under one mailbox or number, or under
# nothing but their name and company. Surnames are three, because from four on a contact point would be shared, which
# has properties of its own.
PEOPLE: Final = (
    ("Okafor", ("Ada", "Ada", "A.", "Adah"), (*EMAILS[:6], *[NO_ADDRESS] * 3), PHONES[:2]),
    ("Ruiz", ("Ada", "Bea", "Beatriz", "B."), EMAILS[6:12], PHONES[2:4]),
    ("Meyer", ("Ada", "Chris", "Christopher"), EMAILS[12:], PHONES[4:]),
)

emails = st.sampled_from(EMAILS)
contacts = st.sampled_from(CONTACTS)


@st.composite
def _row(draw: st.DrawFn) -> Line:
    """A row about one of the people, as a rule; one in four mixes them up, and some cannot be used."""
    family, spellings, own_emails, own_phones = draw(st.sampled_from(PEOPLE))
    mixed = draw(st.integers(0, 3)) == 0
    email = draw(st.sampled_from((None, *(CONTACTS[:-1] if mixed else own_emails))))
    phone = draw(st.sampled_from((None, *(PHONES if mixed else own_phones))))
    flag = st.sampled_from((*[""] * 5, "no", "no", "yes", "yes", "hm"))
    return Line(
        email.typed if email and email.channel == "email" else "",
        family,
        phone.typed if phone else "",
        given=draw(st.sampled_from(spellings)),
        company=draw(st.sampled_from(("Acme Inc", "Acme Inc", "ACME, Incorporated", "Bolt GmbH", "Dyn Ltd", "Eve"))),
        country=draw(st.sampled_from((*["United States"] * 4, "Germany", "UK", "Brazil", ""))),
        no_mail=draw(flag),
        no_calls=draw(flag),
        more=draw(st.sampled_from(((), (), (), ("one too many",)))),
    )


lines = st.lists(_row(), min_size=1, max_size=4)

# Where a history begins: people with two addresses each, tied by their number, one of them in two countries, and two
# people behind one mailbox.
BEGINNING: Final = (
    Line("ada@acme.example", "Okafor", "+13125550101"),
    Line("ada.okafor@example.org", "Okafor", "+13125550101", company="Eve"),
    Line(NO_ADDRESS.typed, "Okafor", "+13125550101"),
    Line("bea@acme.example", "Ruiz", "+13125550102", company="Bolt GmbH"),
    Line("cd@gmail.com", "Ruiz", "+13125550102", company="Bolt GmbH", country="Germany"),
    Line(ROLE, "Meyer", "+442079460123", company="Dyn Ltd"),
    Line(ROLE, "Tanaka"),
)


@cache
def rules() -> Policy:
    """The rules, which are the same in every history."""
    with tempfile.TemporaryDirectory() as folder:
        return load_policy(make_workspace(Path(folder) / "ws"))


@cache
def begun() -> Path:
    """A workspace in which everybody has a brief, so that nothing but the laws keeps them out of the queue."""
    folder = Path(tempfile.mkdtemp(prefix="tactful-history-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ws = make_workspace(folder / "ws")
    for number, exact in enumerate(sorted({contact.exact for contact in CONTACTS} - {NO_ADDRESS.exact})):
        drop(ws, f"briefs/{number}.md", brief_about(exact))
    with open_ledger(ws) as ledger:
        file_inbox(ws, ledger, rules(), dry_run=False, step=lambda _: None)
    return ws.root


@dataclass(frozen=True)
class Word:
    """Somebody's stop: under which contact, for which channel, how far, and when."""

    contact: Contact
    channel: str
    scope: str
    at: datetime
    step: int
    liftable: bool = True

    def stops(self, channel: str) -> bool:
        """Whether it is about a channel."""
        return self.channel in ("any", channel)


@dataclass(frozen=True)
class Consent:
    """A consent for one contact point and its channel."""

    contact: Contact
    at: datetime
    step: int


@dataclass
class Memory:
    """Everything said so far, in plain words, and how many rows each accepted file has."""

    words: list[Word] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)

    def hear_flags(self, lines: Iterable[Line], at: datetime, step: int) -> None:
        """What the opt-out cells of whole rows say; of a row without address on that channel, under its other."""
        by_typed = {contact.typed: contact for contact in CONTACTS}
        for line in lines:
            own = {"email": by_typed.get(line.email), "phone": by_typed.get(line.phone)}
            for channel, cell in (("email", line.no_mail), ("phone", line.no_calls)):
                named = own[channel] or own["phone" if channel == "email" else "email"]
                if cell == "yes" and named is not None and not line.more:
                    self.words.append(Word(named, channel, "person", at, step))

    def may_be_free(self, exact: str | None, channel: str, word: Word) -> bool:
        """Whether a newer consent for this very contact point may lift a word said under the same."""
        return word.liftable and any(
            consent.contact.exact == exact == word.contact.exact
            and consent.contact.channel == channel
            and consent.at > word.at
            and consent.step > word.step
            for consent in self.consents
        )

    def consented(self, exact: str | None) -> bool:
        """Whether there ever was a consent for a contact point."""
        return any(consent.contact.exact == exact for consent in self.consents)

    def against(self, key: str | None, exact: str | None, channel: str) -> list[Word]:
        """Words said under a contact point, whatever its spelling, that close it on its channel for certain."""
        said = [word for word in self.words if word.contact.key == key and word.stops(channel)]
        return [word for word in said if not self.may_be_free(exact, channel, word)]


def points_of(decision: Decision) -> pl.DataFrame:
    """Contact points with what permission says of them, and which contact of the pool each is.

    ``typed`` is the key of what stands in the record's e-mail cell, an address or not.
    """
    schema = ["exact", "channel", "key"]
    known = pl.DataFrame([(found.exact, found.channel, found.key) for found in CONTACTS], schema=schema, orient="row")
    on = ["record_id", "channel"]
    keys = {found.typed: found.key for found in EMAILS} | {NO_ADDRESS.typed: NO_ADDRESS.key}
    typed = pl.col("email_received").replace_strict(keys, default=None, return_dtype=pl.String).alias("typed")
    return (
        decision.table.points.with_columns(
            pl.col("contact").str.to_lowercase().alias("exact"), pl.any_horizontal(_CLOSED).alias("closed")
        )
        .select(*on, "person_id", "contact", "exact", "closed")
        .join(decision.table.records.select("record_id", typed), on="record_id", how="left", validate="m:1")
        .join(decision.outcomes.select(*on, "permission"), on=on, how="left", validate="1:1")
        .join(known.unique(), on=["exact", "channel"], how="left", validate="m:1")
    )


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
