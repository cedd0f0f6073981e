"""How far an erasure reaches: the person's own contact points over exact links, and what else may be meant.

What other people have as well, a shared mailbox, a switchboard, a further address of two rows, is proven to be
nobody's: it stays, and is shown to whoever handles the request. So is every record that matching takes for the same
person by its weights, or that may be: likely is not proven, and nobody's data goes for a likeness. What was asked with
is theirs, and so is an address of their own that somebody else's row only notes: it goes, and that row, which would
bring it back, goes with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.filing.erased_rows import SCREENED
from flows.filing.still_held import still_held
from flows.ledger.contacts import Contact, ContactLists, read_contact
from flows.ledger.erasure import Erased, Forgotten, namesakes
from flows.ledger.screening import contact_tokens, lookup_tokens
from flows.ledger.tokens import match_key_tokens
from flows.queue.suppression_now import standing_now
from flows.store import active_lists
from policies.contact_points import email_equivalence
from policies.errors import UnknownContact, UsageError
from policies.identity import components, kin_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from flows.ledger import Ledger
    from flows.workspace import Workspace
    from policies.subjects import Subjects

__all__ = ["Reach", "reach_of"]

_SHOWN: Final = 5  # ids named in an error


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a request is about, and what of it goes.

    ``rows`` are their rows as ``source, file_sha256, row_number``. ``noted`` are rows of others that name a contact
    point of theirs beside their own: they go too. ``shared`` are contact points of theirs that stay because others have
    them too. ``namesakes`` are rows of others with the same name and organisation, and rows that are likely the same
    person's without being proven to be. ``originals`` are archived files and files of refused rows that hold them
    still.
    """

    who: Forgotten
    rows: tuple[dict[str, Any], ...] = ()
    noted: tuple[dict[str, Any], ...] = ()
    shared: tuple[Contact, ...] = field(default=(), repr=False)
    namesakes: tuple[dict[str, Any], ...] = ()
    originals: tuple[str, ...] = ()


def reach_of(ws: Workspace, ledger: Ledger, text: str, lists: ContactLists) -> Reach:
    """The reach of a request by contact or person id; nothing is changed.

    Raises ``UnknownContact`` where neither a list nor the ledger knows it, ``UsageError`` (``several_people``) where it
    is several people's, and what ``read_contact`` raises.
    """
    contact = read_contact(text, lists)
    if contact.kind not in ("email", "phone", "person_id"):
        raise UsageError(
            "contact_kind",
            "Only a person can be forgotten: this is no e-mail address, number or person id.",
            "Give their e-mail address, their number with country code (+44 ...), or their person id.",
        )
    subjects = standing_now(ws, ledger).subjects
    found = _named(subjects.records, contact, subjects.generation.resolve(pl.lit(contact.value)))
    if found.is_empty():
        return _with_files(ws, ledger, _without_records(ledger, contact, text))
    proven = components(subjects.records.get_column("record_id"), subjects.links)
    groups = proven.join(found.select("record_id"), on="record_id", how="semi").get_column("component").unique()
    if len(groups) > 1:
        raise _of_several(found, contact)
    own = proven.filter(pl.col("component") == groups.item()).get_column("record_id")
    return _with_files(ws, ledger, _of_person(ws, ledger, subjects, own, contact))


def _of_several(found: pl.DataFrame, contact: Contact) -> UsageError:
    """A contact that several people have, or an id under which rows stand that nothing exact ties."""
    people = sorted(found.get_column("person_id").unique())
    if contact.kind == "person_id" or len(people) == 1:
        return UsageError(
            "likely_one_person",
            "Rows of this person are tied by likeness alone, which is no proof that all of them are theirs.",
            "Give a contact of their own; whatever else may be theirs is shown, to be forgotten by its own contact.",
        )
    return UsageError(
        "several_people",
        f"{len(people):,} people stand under this contact.",
        "Give the one who asks by a contact of their own or by person id: " + ", ".join(people[:_SHOWN]) + ".",
    )


def _with_files(ws: Workspace, ledger: Ledger, found: Reach) -> Reach:
    """The reach with every other file that holds the person still."""
    return replace(found, originals=tuple(dict.fromkeys((*found.originals, *still_held(ws, ledger, found.who)))))


def _named(records: pl.DataFrame, contact: Contact, person: pl.Expr) -> pl.DataFrame:
    """The records that have a contact as their own, or else as a further one."""
    value = contact.value
    if contact.kind == "person_id":
        found = records.filter(pl.col("person_id") == person)
    elif contact.kind == "email":
        found = records.filter(pl.col("email_equiv") == email_equivalence(value))
        found = found if found.height else records.filter(_lists("other_emails", value))
    else:
        found = records.filter(pl.col("phone") == value)
        found = found if found.height else records.filter(_lists("other_phones", value))
    return found


def _lists(column: str, value: str) -> pl.Expr:
    lowered = pl.col(column).list.eval(pl.element().str.to_lowercase())
    return lowered.list.contains(value.lower()).fill_null(value=False)


def _without_records(ledger: Ledger, contact: Contact, text: str) -> Reach:
    """Nobody on a list: the contact itself, if the ledger knows it."""
    tokens = lookup_tokens(ledger.keyring, contact.kind, contact.value, text)
    own = {made.token for made in contact.tokens(ledger.keyring)}
    if contact.kind == "person_id" or not (own | tokens) or not ledger.contact_events(tokens | own):
        raise UnknownContact
    return Reach(Forgotten(contacts=[contact]))


def _of_person(ws: Workspace, ledger: Ledger, subjects: Subjects, proven: pl.Series, asked: Contact) -> Reach:
    records, mine = subjects.records, pl.col("record_id").is_in(proven.implode())
    own, others = records.filter(mine), records.filter(~mine)
    theirs = subjects.rows.filter(mine).sort("source", "file_sha256", "row_number")
    points = _points(own)
    shared = _shared(own, others, points, asked)
    alone = [point for point in points if point not in shared]
    noted = _noting(ledger, others, alone)
    ids = pl.concat([own, noted]).get_column("record_id").unique(maintain_order=True).to_list()
    names = list(theirs.select("full_name", "company").drop_nulls("full_name").unique(maintain_order=True).iter_rows())
    archived = {meta.sha256: f"{meta.sha256}.{meta.extension}" for meta in active_lists(ws)}
    files = pl.concat([theirs.get_column("file_sha256"), noted.get_column("file_sha256")]).unique().sort()
    return Reach(
        who=Forgotten(contacts=alone, names=names, person_ids=_whole(own, others), record_ids=ids),
        rows=_places(theirs),
        noted=_places(noted),
        shared=tuple(point for point in points if point in shared),
        namesakes=_places(_maybe_meant(ledger, subjects, own, others, names)),
        originals=tuple(archived[sha256] for sha256 in files),
    )


def _shared(own: pl.DataFrame, others: pl.DataFrame, points: list[Contact], asked: Contact) -> set[Contact]:
    """The contact points of a person that stay: others have them too, or nobody in particular stands behind them.

    What the request names goes whatever others note; so does an address of the person's own that others only note. A
    number of their own may be the switchboard that colleagues have beside a direct line.
    """
    values = {point.value for point in points}
    anywhere, of_their_own = set(_points(others, values)), set(_points(_without_further(others), values))
    addresses = {point for point in _points(_without_further(own)) if point.kind == "email"}
    roles = {point for point in _points(_without_further(own.filter("role_mailbox"))) if point.kind == "email"}
    return {
        point
        for point in points
        if not _same(point, asked) and (point in roles or point in (of_their_own if point in addresses else anywhere))
    }


def _without_further(records: pl.DataFrame) -> pl.DataFrame:
    empty = pl.lit(None, pl.List(pl.String))
    return records.with_columns(empty.alias("other_emails"), empty.alias("other_phones"))


def _same(one: Contact, other: Contact) -> bool:
    if one.kind != other.kind:
        return False
    return one.value == other.value or (
        one.kind == "email" and email_equivalence(one.value) == email_equivalence(other.value)
    )


def _noting(ledger: Ledger, others: pl.DataFrame, gone: list[Contact]) -> pl.DataFrame:
    """Rows of others that name an erased contact point in any spelling that is screened."""
    erased = {made.token for point in gone for made in point.tokens(ledger.keyring)}
    tokens = contact_tokens(ledger.keyring, others, SCREENED)
    known = pl.Series("token", sorted(erased), dtype=pl.String)
    named = tokens.filter(pl.col("token").is_in(known.implode())).get_column("record_id").unique()
    return others.filter(pl.col("record_id").is_in(named.implode())).sort("source", "file_sha256", "row_number")


def _points(records: pl.DataFrame, among: Collection[str] | None = None) -> list[Contact]:
    """Every contact point of some records (``among`` some), further ones included, once, in the order of its text."""
    columns = (("email", "email"), ("phone", "phone"), ("other_emails", "email"), ("other_phones", "phone"))
    found: list[Contact] = []
    for column, kind in columns:
        cells = records.get_column(column)
        values = (cells.explode() if cells.dtype == pl.List(pl.String) else cells.cast(pl.String)).drop_nulls()
        made = values.str.to_lowercase() if kind == "email" else values
        made = made if among is None else made.filter(made.is_in(sorted(among)))
        found += [Contact("email" if kind == "email" else "phone", value) for value in made.unique().sort()]
    return list(dict.fromkeys(found))


def _whole(own: pl.DataFrame, others: pl.DataFrame) -> list[str]:
    """The ids of people all of whose records go: an id that others keep is not erased."""
    kept = others.get_column("person_id").unique().implode()
    return sorted(own.filter(~pl.col("person_id").is_in(kept)).get_column("person_id").unique())


def _maybe_meant(
    ledger: Ledger,
    subjects: Subjects,
    own: pl.DataFrame,
    others: pl.DataFrame,
    names: list[tuple[str, str | None]],
) -> pl.DataFrame:
    """Records of others with the same name and organisation, and those taken for the same person or one who may be."""
    keys = [made.token for name, organisation in names for made in match_key_tokens(ledger.keyring, name, organisation)]
    alike = sorted(namesakes(ledger.keyring, others, Erased(match_keys=frozenset(keys))))
    people = own.select("person_id").unique()
    near, over = kin_of(people, subjects.ties)
    likely = pl.concat([people.get_column("person_id"), near.get_column("kin"), over.get_column("kin")]).unique()
    found = pl.col("record_id").is_in(alike) | pl.col("person_id").is_in(likely.implode())
    return others.filter(found).sort("source", "file_sha256", "row_number")


def _places(rows: pl.DataFrame) -> tuple[dict[str, Any], ...]:
    return tuple(rows.select("source", "file_sha256", "row_number", "person_id").to_dicts())
