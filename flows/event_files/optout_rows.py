"""One row of an opt-out file as events: whom it names, and what the list says about them.

A row may name one person under several contacts: a contact counts in whatever column it stands. What narrows a stop (a
channel, a scope, a kind) and cannot be read is left out, so that the stop counts at its widest; the row is a reject all
the same, so that somebody mends it. A row that says that somebody did not opt out is no event; nor is the deletion of
an entry, for no list takes back what a person said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flows.event_files.beside import Declared
from flows.event_files.salvage import certain_contact
from flows.event_files.tables import folded_header
from flows.event_files.unsubscribes import token_events
from flows.event_files.words import known_word
from flows.ledger.contacts import Contact, as_domain, unreadable
from flows.ledger.events import Doubt, OptOut, doubt_event, optout_event
from flows.ledger.vocabulary import CHANNELS, SCOPES, STOP_KINDS
from flows.readers.rejects import check_of
from policies.contact_points import canonical_phone
from policies.errors import UsageError
from policies.stop_lists import ListMeaning
from policies.stop_lists.entries import is_comment, plain_entry, wrong_entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.event_files.reading import Row
    from flows.ledger.model import NewEvent
    from policies.stop_lists import RowWord

__all__ = ["CONTACT_FIELDS", "WHO", "StopList", "events_of", "holds_contacts"]

CONTACT_FIELDS: Final = ("value", "email", "phone", "domain", "md5", "sha1", "sha256")
WHO: Final = (*CONTACT_FIELDS, "person_id")

# Headers of columns in which a contact may stand with a remark beside it.
_OF_CONTACTS: Final = re.compile(r"mail|phone|mobil|telefon|correo|courriel")
_COUNTED: Final = re.compile(r"_?\d+$")  # email2, phone 3, and email_2 for the second of two columns of one name
_BETWEEN: Final = re.compile(r"[;,|\s]+")
_VOCABULARIES: Final[Mapping[str, Mapping[str, str]]] = {"kind": STOP_KINDS, "channel": CHANNELS, "scope": SCOPES}
_WIDEST: Final = "The stop counts at its widest meanwhile."


@dataclass(frozen=True, slots=True, kw_only=True)
class StopList:
    """What is known of an opt-out file as a whole when its rows are read.

    ``repeated`` are the names of contact columns, of which only the first of each field is mapped. ``others`` are the
    columns of somebody else's contacts (the owner of a record, a switchboard), which count only in rows that name
    nobody otherwise. ``north_american``: every entry is ten digits as the national registry of the United States writes
    its numbers. ``declared`` is what the file and its declarations say of the whole of it.
    """

    meaning: ListMeaning = field(default_factory=lambda: ListMeaning("optout"))
    kind_column: str | None = None
    repeated: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()  # columns called "Contact" and the like that hold names
    countries: Mapping[str, str] = field(default_factory=dict)  # a cell of the country column: its code
    north_american: bool = False
    bare: bool = False  # without a header: a contact may stand anywhere, and within any text
    declared: Declared = field(default_factory=Declared)

    @property
    def stated(self) -> Mapping[str, str]:
        """Fields that hold for every row without its own: kind, channel, scope, normalisation."""
        return self.declared.stated


def events_of(row: Row, about: StopList) -> list[NewEvent] | None:
    """The events of one row; None where it says no stop at all.

    A row's people and its domain are two statements: the one about somebody, the other about an organisation.
    """
    for name, text in about.stated.items():
        if not row.text(name):
            row.cells[name] = text
    country = row.cells.get("country") or ""
    row.country = about.countries.get(country, country.strip().upper() or None)
    own = {about.kind_column: row.cells.get("kind", "")} if about.kind_column else {}
    word = about.meaning.of({**dict(row.others), **own})
    if word.outcome in ("nothing", "deletion") or _is_remark(row):
        row.passed = word.outcome if word.outcome != "stop" else "comment"
        return None
    found = token_events(row, names_others=any(name in row.cells for name in WHO))
    contacts = _contacts(row, about)
    if word.outcome == "doubt":
        return [*found, *_held(row, contacts)]
    words = _words(row, word)
    if words["kind"] != "bounce":
        _mind_remarks(row, contacts, about)
    contacts = _as_domains(row, contacts) if words["scope"] == "domain" else contacts
    return [*found, *_statements(row, contacts, words, something=bool(found))]


def _statements(row: Row, contacts: list[Contact], words: dict[str, str | None], *, something: bool) -> list[NewEvent]:
    """What a row says about its people, and about its domain."""
    domains = [contact for contact in contacts if contact.kind == "domain"]
    persons = [contact for contact in contacts if contact.kind != "domain"]
    if words["scope"] == "domain" and persons:
        words["scope"] = None
    elif persons:
        domains = [contact for contact in domains if not _is_host_of(contact, persons)]
    if words["kind"] == "bounce":
        persons, domains = [one for one in persons if one.kind != "phone"] or persons, [] if persons else domains
    found = []
    if persons or (row.person_id() and not domains):
        found.append(_event(row, persons, words))
    if domains:
        found.append(_event(row, domains, {**words, "scope": "domain"}))
    if not found and not something and not row.problems:
        row.required("token" if "token" in row.cells else "value")
    return found


def _is_host_of(domain: Contact, persons: Sequence[Contact]) -> bool:
    """Whether a domain is only the host of an address beside it, which a program wrote out."""
    return any(
        one.kind == "email" and f".{one.value.rpartition('@')[2].lower()}".endswith(f".{domain.value}")
        for one in persons
    )


def _contacts(row: Row, about: StopList) -> list[Contact]:
    """Everybody a row names: its own columns first, then what is certainly a contact in any other."""
    contacts = [found for name in CONTACT_FIELDS if (found := _contact(row, name, about)) is not None]
    elsewhere: list[Contact] = []
    for header, cell in row.others:
        further = _further(row, "" if header in about.names else folded_header(header), cell, about)
        if header in about.others:
            elsewhere += further
        else:
            contacts += further
    return list(dict.fromkeys(contacts or elsewhere))


def holds_contacts(header: str, repeated: frozenset[str]) -> bool:
    """Whether whatever stands in a column of no field is read as a contact, by its header."""
    folded = folded_header(header)
    return _COUNTED.sub("", folded) in repeated or _OF_CONTACTS.search(folded) is not None


def _contact(row: Row, name: str, about: StopList) -> Contact | None:
    """The contact in a cell of a field; what can be nobody's for certain is a problem and none."""
    text = row.text(name)
    if text is None:
        return None
    if wrong := wrong_entry(text):
        row.named += 1
        row.problem(*wrong)
        return None
    text = plain_entry(text)
    if about.north_american and (number := canonical_phone(text, "US", row.context.lists.fictional_phone_prefixes)):
        row.named += 1
        row.understood += 1
        # the digits count as well, for they may be those of a number elsewhere that lost its zero
        return Contact("unreadable", text, (Contact("phone", number),))
    return row.contact_in(text, name)


def _further(row: Row, header: str, cell: str, about: StopList) -> list[Contact]:
    """The contacts in a cell of a column that holds no field: a second address opts out as the first does."""
    lists, country = row.context.lists, row.country or row.context.country
    if not cell.strip():
        return []
    if _COUNTED.sub("", header) in about.repeated:
        read = row.contact_in(cell, header)
        return [read] if read else []
    parts = [certain_contact(cell, lists)]
    if None in parts:
        parts = [certain_contact(part, lists) for part in _BETWEEN.split(cell.strip())]
    found = [] if None in parts else [part for part in parts if part]
    may_name = about.bare or _OF_CONTACTS.search(header) is not None
    if not found and may_name and (text := unreadable(cell, lists, country)).inside:
        found = [text]
    found = [contact for contact in found if not _is_ours(contact, row.context.own_domains)]
    row.understood += sum(contact.understood for contact in found)
    return found


def _mind_remarks(row: Row, contacts: Sequence[Contact], about: StopList) -> None:
    """An address within a remark may be one to leave alone, or anybody's: it is none of the row's, and is told."""
    known = {contact.value.lower() for one in contacts for contact in (one, *one.inside)}
    found = {
        inside.value.lower()
        for header, cell in row.others
        if "@" in cell and header not in about.others
        for inside in unreadable(cell, row.context.lists).inside
        if inside.kind == "email" and not _is_ours(inside, row.context.own_domains)
    }
    if count := len(found - known):
        row.problem(
            "address_in_remark",
            f"{count} address(es) in a remark of the row were not taken as opt-outs; the row itself counts.",
            "Put whoever is to be stopped as well into a row of their own.",
        )


def _is_ours(contact: Contact, own: frozenset[str]) -> bool:
    """Whether a contact is one of our own staff's: who keeps the record, or whom the message was from."""
    host = contact.value.rpartition("@")[2].lower()
    return contact.kind == "email" and any(f".{host}".endswith(f".{domain}") for domain in own)


def _words(row: Row, word: RowWord) -> dict[str, str | None]:
    """Kind, channel and scope: what their columns say, else what the list does; an unknown word widens the stop."""
    if row.text("kind") is not None and word.kind != "optout":  # a product's own word, such as HardBounce
        row.cells["kind"] = word.kind
    words = {name: known_word(row, name, known, _WIDEST) for name, known in _VOCABULARIES.items()}
    words["kind"] = words["kind"] or (word.kind if row.text("kind") is None else None)
    words["channel"] = words["channel"] or (word.channel if row.text("channel") is None else None)
    return words


def _is_remark(row: Row) -> bool:
    """Whether a line of a bare list is a remark of whoever made it."""
    filled = [cell for cell in row.original if cell and cell.strip()]
    return len(filled) == 1 and is_comment(filled[0])


def _held(row: Row, contacts: Sequence[Contact]) -> list[NewEvent]:
    """Somebody about whom the list says what nobody understands, beside rows that say no."""
    row.problem(
        "state_unknown",
        "What the row says about the person is neither yes nor no. They are held until it is known.",
        "Write unsubscribed or subscribed there and drop the row again, or add the word to opt_out_words.",
    )
    if not contacts and not row.person_id():
        return []
    line = check_of(row.original)
    raised = Doubt(
        at=row.context.now,
        code="state_unknown",
        words="",
        contacts=contacts,
        person_id=row.person_id(),
        line=line,
        source=row.source,
    )
    return [doubt_event(row.context.keyring, raised)]


def _event(row: Row, contacts: list[Contact], words: dict[str, str | None]) -> NewEvent:
    stated = row.instant("received_at")
    said = OptOut(
        contacts=contacts,
        person_id=row.person_id(),
        kind=words["kind"] or "optout",
        channel=words["channel"],
        scope=words["scope"],
        received_at=stated or row.context.now,
        effective_at=row.instant("effective_at"),
        method=row.text("method"),
        words=row.text("words"),
        full_name=row.text("full_name"),
        normalisation=row.text("normalisation"),
        undated=stated is None,
        source=row.source,
    )
    return optout_event(row.context.keyring, said, row.context.lists)


def _as_domains(row: Row, contacts: Sequence[Contact]) -> list[Contact]:
    """The domains of contacts opted out with their whole domain; one without such a domain counts for the person."""
    found = []
    for contact in contacts:
        try:
            found.append(as_domain(contact, row.context.lists))
        except UsageError as error:
            row.problem(error.code, f"{error.message} The stop counts for the person meanwhile.", error.fix)
            found.append(contact)
    return found
