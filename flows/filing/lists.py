"""Filing lists: read under the source contract, opt-outs out of every row first, then the gate, then the store.

One that would opt out too many people at once waits in quarantine, and everybody it names is held, until somebody
confirms it.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final

from flows.clock import now
from flows.event_files import flag_events
from flows.files import mending, sha256_file, write_bytes
from flows.filing.dropped import Dropped, steady
from flows.filing.erased_rows import with_stubs
from flows.filing.history import changes_of
from flows.filing.model import FileOutcome, refused
from flows.filing.settling import unsettled_spread
from flows.filing.understanding import Understood, admitted, read_dropped, understood
from flows.filing.waiting import TooMany, hold_everybody, still_waits
from flows.ledger.contacts import ContactLists
from flows.ledger.taken_back import confirmation_event
from flows.list_intake import propose_contract, rejects_frame
from flows.store import (
    ListMeta,
    accept_list,
    accepted_list,
    active_lists,
    archive_original,
    load_records,
    quarantine,
)
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from pathlib import Path

    from flows.filing.batch import ListBatch
    from flows.filing.history import Changes
    from flows.filing.waiting import Waiting
    from flows.ledger import Ledger, NewEvent
    from flows.list_intake import ListReading
    from flows.policy_files import Policy
    from flows.refused_lists import Flagged
    from flows.workspace import Workspace
    from policies.sources import SourceContract

__all__ = ["confirm_list", "file_list"]

TEMPLATE_ENDING: Final = ".contract.toml"


def file_list(batch: ListBatch, policy: Policy, item: Dropped, *, dry_run: bool) -> FileOutcome:
    """Take in one list of a batch, or put it into quarantine.

    Whatever becomes of the list, every opt-out that can be read in it is recorded first; in one that has to wait for a
    confirmation they are not, and everybody it names is held instead. Raises ``LeftAlone`` for a file that was
    written to meanwhile.
    """
    ws = batch.ws
    with steady(item.path):
        sha256 = sha256_file(item.path)
        known = accepted_list(ws, sha256)
        waits = known is None and sha256 in batch.waiting
        found = None if known or waits else understood(batch, policy, item, sha256)
    if known is not None:
        if not dry_run:
            archive_original(ws, item.path, sha256)
        return _outcome(item, sha256, "already_there", known.rows, known.rejected)
    if found is None:
        return _waits_already(item, sha256, dry_run=dry_run)
    return _filed(batch, policy, item, found, dry_run=dry_run)


def confirm_list(ws: Workspace, ledger: Ledger, policy: Policy, file: Waiting) -> FileOutcome:
    """Take in a list that waits in quarantine: its opt-outs are recorded, and nobody is held because it waited.

    It is read anew, under the rules and the contract of today. Raises ``RefusedFile`` where it cannot come in; it then
    waits on.
    """
    assert file.path is not None  # noqa: S101 - one whose file is gone is not meant
    item = Dropped(file.path, file.source)
    vouched, reading = read_dropped(ledger, policy, item, file.sha256)
    contract = admitted(policy, vouched, reading, item)
    confirmed = confirmation_event(ledger.keyring, file.sha256, ledger.head(), now(ws.settings))
    ledger.append(unsettled_spread(ws, ledger))
    ledger.append([*_flags(ws, ledger, policy, reading.flagged), confirmed])
    reading = _without_erased(ledger, reading)
    changes = _changes(ws, reading, contract)
    meta = _meta(ws, item, file.sha256, policy, contract, reading)
    accept_list(ws, meta, reading.records, rejects_frame(reading), item.path)
    return _taken(item, file.sha256, reading, changes)


def _filed(batch: ListBatch, policy: Policy, item: Dropped, found: Understood, *, dry_run: bool) -> FileOutcome:
    """Record what a list says of contact, then put it where it belongs."""
    ws, ledger = batch.ws, batch.ledger
    says = [] if found.said is None else _flags(ws, ledger, policy, found.said)
    would = ledger.not_yet_recorded(says) if dry_run else {}
    if not dry_run:
        if found.refusal is None:
            batch.settle()
        if found.held is not None:
            hold_everybody(ws, ledger, policy.book.settings["lists"], found.held)
        ledger.append(says)
    if found.refusal is not None:
        refusal = _refuse(ws, policy, item, found.refusal, with_template=found.contract is None, dry_run=dry_run)
        if isinstance(found.refusal, TooMany) and not dry_run:
            batch.waits(found.sha256)
        return replace(refusal, sha256=found.sha256, would_record=would)
    assert found.reading is not None  # noqa: S101 - what is not refused was read
    contract = admitted(policy, found.contract, found.reading, item)
    reading = _without_erased(ledger, found.reading)
    outcome = _taken(item, found.sha256, reading, _changes(ws, reading, contract))
    if not dry_run:
        meta = _meta(ws, item, found.sha256, policy, contract, reading)
        accept_list(ws, meta, reading.records, rejects_frame(reading), item.path)
    return replace(outcome, would_record=would)


def _flags(ws: Workspace, ledger: Ledger, policy: Policy, found: Flagged) -> list[NewEvent]:
    """What a list says of contact, as events."""
    lists = ContactLists.of(policy.book.settings["lists"])
    return flag_events(ledger.keyring, found.records, now(ws.settings), lists, cells=found.cells)


def _without_erased(ledger: Ledger, reading: ListReading) -> ListReading:
    """A list without the people who were erased; what it says of contact is to be taken from it before."""
    return replace(reading, records=with_stubs(ledger.keyring, reading.records, ledger.erased()))


def _waits_already(item: Dropped, sha256: str, *, dry_run: bool) -> FileOutcome:
    """The outcome of a list that waits in quarantine already: this copy of it goes."""
    if not dry_run:
        with mending(item.path):
            item.path.unlink()
    return replace(refused(item.path, "lists", item.folder, still_waits(sha256)), sha256=sha256)


def _changes(ws: Workspace, reading: ListReading, contract: SourceContract) -> Changes | None:
    """What a newer file of a source changes against those before it; nothing for the first."""
    earlier = [meta for meta in active_lists(ws) if meta.source == contract.id]
    return changes_of(load_records(ws, earlier), reading.records) if earlier else None


def _refuse(
    ws: Workspace, policy: Policy, item: Dropped, error: RefusedFile, *, with_template: bool, dry_run: bool
) -> FileOutcome:
    """Put the list into quarantine, with a contract template beside it where it lacks one."""
    if not dry_run:
        text = _template(policy, item, item.folder) if with_template and item.folder else None
        place = quarantine(ws, item.path, error)
        if text is not None:
            write_bytes(place.with_name(place.name + TEMPLATE_ENDING), text.encode(errors="replace"))
        return refused(item.path, "lists", item.folder, error)
    return replace(refused(item.path, "lists", item.folder, error), status="would_be_quarantined")


def _template(policy: Policy, item: Dropped, source: str) -> str | None:
    """A source contract to fill in, as far as the list can be read at all."""
    try:
        return propose_contract(item.path, source, policy.book.settings)
    except RefusedFile:
        return None


def _meta(
    ws: Workspace, item: Dropped, sha256: str, policy: Policy, contract: SourceContract, reading: ListReading
) -> ListMeta:
    """What is known of the list besides its records."""
    text = next(file.text for file in policy.files if file.path == contract.path)
    summary: Any = reading.summary()
    return ListMeta(
        sha256=sha256,
        source=contract.id,
        extension=item.path.suffix.removeprefix(".").lower() or "bin",
        dropped_as=_place(ws, item.path),
        rows=reading.rows,
        rejected=reading.rejected,
        ignored_lines=summary["ignored_lines"],
        accepted_at=now(ws.settings),
        obtained_on=contract.obtained(item.path.name, sha256),
        contract_sha256=hashlib.sha256(text.encode()).hexdigest(),
        reading=summary,
    )


def _taken(item: Dropped, sha256: str, reading: ListReading, changes: Changes | None) -> FileOutcome:
    """The outcome of an accepted list: how its columns were understood, its refused rows, what is new in it."""
    summary: Any = reading.summary()
    return replace(
        _outcome(item, sha256, "accepted", reading.rows, reading.rejected),
        mapping=dict(summary["mapping"]),
        layout=summary.get("layout"),
        confidence=summary.get("confidence"),
        rejects={code: entry["rows"] for code, entry in summary["rejects"].items()},
        first_rejects={code: list(entry["first"]) for code, entry in summary["rejects"].items()},
        changes=None if changes is None else asdict(changes),
        erased=reading.records.get_column("erased").count(),
    )


def _place(ws: Workspace, path: Path) -> str:
    return path.relative_to(ws.data).as_posix()


def _outcome(item: Dropped, sha256: str, status: str, rows: int, rejected: int) -> FileOutcome:
    return FileOutcome(
        name=item.path.name,
        kind="lists",
        source=item.folder,
        sha256=sha256,
        rows=rows,
        accepted=rows - rejected,
        rejected=rejected,
        status=status,
    )
