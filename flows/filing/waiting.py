"""Lists that would opt out too many people at once: they wait in quarantine until somebody confirms them.

A column that was read the wrong way round must not end the contact with half of everybody for good. Until it is
confirmed, everybody the list names is held.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.clock import now
from flows.event_files import named_contacts, waiting_doubts
from flows.files import sha256_file
from flows.ledger.contacts import ContactLists
from flows.ledger.taken_back import CONFIRMATION, UNDO
from flows.store import active_lists, load_records, quarantined, write_reason
from policies.contact_points import email_equivalence
from policies.errors import RefusedFile, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from flows.ledger import Ledger
    from flows.ledger.contacts import Contact
    from flows.refused_lists import Flagged
    from flows.workspace import Workspace

__all__ = [
    "TooMany",
    "Waiting",
    "confirmed_files",
    "dismiss",
    "hold_everybody",
    "meant",
    "refuse_too_many",
    "still_waits",
    "waiting_files",
]

CODE: Final = "too_many_opt_outs"
_STOPS: Final = ("optout", "objection", "complaint", "erasure")
_BATCH: Final = 10_000  # events written at once: somebody else's opt-out does not wait for longer than a second
_PREFIX: Final = 12
_NEEDED: Final = 8  # digits of an abbreviated SHA-256
_FIX: Final = (
    "Look at its opt-out columns. If they mean what they say, `tactful intake confirm {sha256}` takes the list in; if "
    'not, `tactful intake undo {sha256} --reason "..."` dismisses it.'
)


class TooMany(RefusedFile):
    """The list would newly opt out too many of the people known."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A list in quarantine that waits to be confirmed."""

    path: Path
    sha256: str
    source: str | None
    people_known: int
    newly_opted_out: int


def refuse_too_many(
    ws: Workspace,
    ledger: Ledger,
    lists: Mapping[str, Any],
    found: Flagged,
    *,
    sha256: str,
    source: str | None,
    because: RefusedFile | None = None,
) -> None:
    """Raise ``TooMany`` for a list that has to wait; ``found`` are those who said no in it.

    ``because`` is why the list could not come in by itself, if there is such a reason: it is told as well.

    People known are those of the lists taken in before who have not opted out yet. ``lists.too_many_opt_outs`` has the
    share in percent and the number of people from which on a list waits.
    """
    limit = lists["too_many_opt_outs"]
    newly, known = _newly_opted_out(ws, ledger, lists, found, limit["people"])
    if newly >= limit["people"] and 100 * newly > limit["percent"] * known:
        details = {
            **(because.details if because else {}),
            "sha256": sha256[:_PREFIX],
            "source": source,
            "people_known": known,
            "newly_opted_out": newly,
            "percent_allowed": limit["percent"],
            "recorded_after": ledger.head(),
        }
        raise _waits(sha256, details, because)


def hold_everybody(ws: Workspace, ledger: Ledger, lists: Mapping[str, Any], everybody: Flagged) -> None:
    """Record a doubt about everybody whom a waiting list names; the same list again changes nothing."""
    doubts = waiting_doubts(
        ledger.keyring, everybody.records, now(ws.settings), ContactLists.of(lists), cells=everybody.cells
    )
    while batch := list(islice(doubts, _BATCH)):
        ledger.append(batch)


def waiting_files(ws: Workspace, ledger: Ledger) -> list[Waiting]:
    """Lists in quarantine that wait to be confirmed, by name: neither confirmed nor dismissed since they came."""
    undone = ledger.files_marked(UNDO)
    found = []
    for path, details in quarantined(ws, CODE):
        sha256 = sha256_file(path)
        if sha256.startswith(str(details.get("sha256", "-"))) and undone.get(sha256, 0) <= _number(
            details, "recorded_after"
        ):
            known, newly = _number(details, "people_known"), _number(details, "newly_opted_out")
            found.append(Waiting(path, sha256, details.get("source"), known, newly))
    return found


def meant(ws: Workspace, ledger: Ledger, asked: str) -> Waiting:
    """The waiting list with this SHA-256, of which 8 digits are enough.

    Raises ``UsageError``: ``nothing_waits`` naming those that do, ``several_files``.
    """
    waiting = waiting_files(ws, ledger)
    digits = asked.strip().lower()
    found = [file for file in waiting if len(digits) >= _NEEDED and file.sha256.startswith(digits)]
    if not found:
        there = "; ".join(f"{file.sha256[:_PREFIX]} ({file.source})" for file in waiting)
        fix = f"These wait: {there}." if there else "No list waits to be confirmed."
        raise UsageError("nothing_waits", "No list with this SHA-256 waits to be confirmed.", fix)
    if len({file.sha256 for file in found}) > 1:
        raise UsageError("several_files", "Several waiting lists begin with these digits.", "Give more of them.")
    return found[0]


def confirmed_files(ledger: Ledger) -> frozenset[str]:
    """Files that somebody confirmed and did not take back since."""
    undone = ledger.files_marked(UNDO)
    return frozenset(sha256 for sha256, seq in ledger.files_marked(CONFIRMATION).items() if seq > undone.get(sha256, 0))


def still_waits(sha256: str) -> TooMany:
    """What is said of a list that was dropped again while it waits."""
    return TooMany(
        CODE,
        "This very list waits in quarantine to be confirmed already. Until then everybody it names is held.",
        _FIX.format(sha256=sha256[:_PREFIX]),
    )


def dismiss(waiting: Waiting) -> None:
    """Say beside a list that it waits no longer; it stays in quarantine."""
    write_reason(
        waiting.path,
        RefusedFile(
            "dismissed",
            "The list waited to be confirmed, and was dismissed as wrong. Nothing in it counts.",
            "Export it again, correctly, and drop the new file.",
            {"sha256": waiting.sha256[:_PREFIX], "source": waiting.source},
        ),
    )


def _waits(sha256: str, details: Mapping[str, Any], because: RefusedFile | None) -> TooMany:
    newly, known = details["newly_opted_out"], details["people_known"]
    said = f"The list would newly opt out {newly:,} of the {known:,} people known. Until that is confirmed, "
    fix = _FIX.format(sha256=sha256[:_PREFIX])
    if because is None:
        return TooMany(CODE, f"{said}everybody it names is held.", fix, details)
    message = f"{said}whoever says no in it is held. It could not come in as it is, either: {because.message}"
    return TooMany(CODE, message, f"{because.fix} {fix}", details)


def _newly_opted_out(
    ws: Workspace, ledger: Ledger, lists: Mapping[str, Any], found: Flagged, least: int
) -> tuple[int, int]:
    """How many of the people known a list would newly opt out, and how many they are; (0, 0) where it is too few."""
    said = found.records.filter(pl.any_horizontal(pl.col("email_opt_out", "phone_opt_out") == "yes"))
    if said.height < least:
        return 0, 0
    contacts = named_contacts(said, ContactLists.of(lists), cells=found.cells)
    records = load_records(ws, active_lists(ws)).filter(pl.col("reject_code").is_null())
    named = records.filter(_names(contacts)).select("record_id").unique()
    if named.height < least:
        return 0, 0
    from flows.filing.spread import standing_now

    stands = standing_now(ws, ledger)
    stopped = stands.permission.suppressions.filter(pl.col("kind").is_in(_STOPS)).select("person_id")
    known = stands.subjects.records.select("record_id", "person_id").join(stopped, on="person_id", how="anti")
    return known.join(named, on="record_id").get_column("person_id").n_unique(), known.get_column(
        "person_id"
    ).n_unique()


def _names(contacts: Sequence[Contact]) -> pl.Expr:
    """Whether one of the contacts is a record's, by its address, an equivalent one, or its number."""
    emails = {email_equivalence(contact.value.lower()) for contact in contacts if contact.kind == "email"}
    phones = {contact.value for contact in contacts if contact.kind == "phone"}
    direct = pl.col("email_equiv").is_in(sorted(emails)) | pl.col("phone").is_in(sorted(phones))
    return direct.fill_null(value=False)


def _number(details: Mapping[str, Any], name: str) -> int:
    value = details.get(name)
    return value if isinstance(value, int) else 0
