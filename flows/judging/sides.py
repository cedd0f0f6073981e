"""Whom somebody means by a contact, a person id or a record id: the rows it stands for.

A contact means the rows that carry it, a person id all rows of the person, a record id that row alone: a word reaches
no further than what was named. An id of somebody who was merged into another means the rows they had by themselves, so
that a word that merged two can be answered by the same two ids.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.ledger.contacts import ContactLists, read_contact
from flows.ledger.judgements import Side, judged_values
from flows.ledger.tokens import person_id
from policies.contact_points import email_equivalence
from policies.errors import TactfulError, UsageError

if TYPE_CHECKING:
    from flows.ledger import Ledger
    from flows.ledger.contacts import Contact
    from policies.subjects import Subjects

__all__ = ["Meant", "meant_by", "told_apart"]

_RECORD: Final = re.compile(r"[a-z2-7]{8,26}")  # as much of a record id as is shown, or all of it
_OTHERS: Final = {"email": "other_emails", "phone": "other_phones"}


class Meant:
    """One of two people, as somebody named them: by their rows."""

    def __init__(self, records: pl.DataFrame) -> None:
        """``records`` are rows of ``Subjects.records``, one at least."""
        self.records = frozenset(records.get_column("record_id"))
        self._rows = records

    @property
    def side(self) -> Side:
        """What a judgement keeps of them."""
        rows = self._rows.select("full_name", "email_equiv", "phone").unique(maintain_order=True).iter_rows()
        values = [judged_values([name], [mail] if mail else [], [tel] if tel else []) for name, mail, tel in rows]
        return Side(self.records, frozenset().union(*values))

    def without(self, other: Meant) -> Meant:
        """The same person less the rows of another."""
        return Meant(self._rows.filter(~pl.col("record_id").is_in(pl.Series(sorted(other.records)).implode())))


def told_apart(one: Meant, other: Meant) -> tuple[Meant, Meant]:
    """The two where one was named by part of what the other was named by: rows named twice are the narrower one's.

    Raises ``UsageError`` (``one_record``) where they cannot be told apart.
    """
    if one.records > other.records:
        return one.without(other), other
    if other.records > one.records:
        return one, other.without(one)
    if one.records & other.records:
        raise UsageError(
            "one_record",
            "Both name the same row of a list: one row is one person.",
            "Name the two by what only one of them has, or by record id.",
        )
    return one, other


def meant_by(ledger: Ledger, subjects: Subjects, text: str, lists: ContactLists, *, which: str) -> Meant:
    """The rows that a text names; ``which`` of the two it is, is said in errors.

    Raises ``TactfulError`` (``unknown_contact``) where no row carries it, ``UsageError`` for what is no contact, and
    ``several_records`` where the beginning of a record id fits several.
    """
    bare = text.strip()
    found = _by_record_id(subjects.records, bare)
    if found is None:
        found = _by_contact(ledger, subjects, read_contact(bare, lists))
    if found.is_empty():
        raise TactfulError(
            "unknown_contact",
            f"No row of an active list carries the {which} of the two.",
            "Give an e-mail address, a phone number with country code, a person id, or a record id as "
            "`tactful people review` shows it.",
        )
    return Meant(found)


def _by_record_id(records: pl.DataFrame, text: str) -> pl.DataFrame | None:
    """The row a record id or the beginning of one names; None where the text is none."""
    if _RECORD.fullmatch(text) is None:
        return None
    found = records.filter(pl.col("record_id").str.starts_with(text))
    if found.height > 1:
        raise UsageError("several_records", f"{found.height} record ids begin so.", "Give more of it.")
    return found if found.height else None


def _by_contact(ledger: Ledger, subjects: Subjects, contact: Contact) -> pl.DataFrame:
    records, value = subjects.records, contact.value
    if contact.kind == "person_id":
        return _by_person_id(ledger, subjects, value)
    if contact.kind not in _OTHERS:
        raise UsageError(
            "contact_kind",
            "A word about two people needs an e-mail address, a number, a person id or a record id of each.",
            "`tactful people review` shows commands that can be typed as they are.",
        )
    own = pl.col("email_equiv") == email_equivalence(value) if contact.kind == "email" else pl.col("phone") == value
    found = records.filter(own)
    if found.height:
        return found
    listed = pl.col(_OTHERS[contact.kind]).list.eval(pl.element().str.to_lowercase()).list.contains(value.lower())
    return records.filter(listed.fill_null(value=False))


def _by_person_id(ledger: Ledger, subjects: Subjects, value: str) -> pl.DataFrame:
    """The rows of a person; of one who was merged into another, those they had by themselves as far as is known.

    An id is made from one row: that row is theirs, and whatever somebody once named together with it.
    """
    own = subjects.records.filter(pl.col("person_id") == subjects.generation.resolve(pl.lit(value)))
    if own.is_empty() or (own.get_column("person_id") == value).any():
        return own
    ids = own.get_column("record_id").to_list()
    first = next((record for record in ids if person_id(ledger.keyring, record) == value), None)
    if first is None:
        return own
    named = [side for one in ledger.judgements() for side in one.records if first in side and side <= set(ids)]
    theirs = min(named, key=len, default=frozenset({first}))
    return own.filter(pl.col("record_id").is_in(pl.Series(sorted(theirs)).implode()))
