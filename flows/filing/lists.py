"""Filing lists: read under the source contract, opt-outs out of every row first, then the gate, then the store.

One that would opt out too many people at once waits in quarantine, and everybody it names is held, until somebody
confirms it.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from flows.clock import now
from flows.event_files import flag_events
from flows.files import mending, sha256_file, write_bytes
from flows.filing.dropped import Dropped, steady
from flows.filing.history import changes_of
from flows.filing.model import FileOutcome, refused
from flows.filing.waiting import (
    TooMany,
    confirmed_files,
    hold_everybody,
    refuse_too_many,
    still_waits,
    waiting_files,
)
from flows.ledger.contacts import ContactLists
from flows.ledger.taken_back import confirmation_event
from flows.ledger.tokens import record_ids
from flows.list_intake import propose_contract, read_list, rejects_frame
from flows.quality.checks import QualityResult, polars_check, require_passed
from flows.refused_lists import RefusedList
from flows.runs.list_frames import asked_of_frame, list_frame
from flows.store import (
    ListMeta,
    accept_list,
    accepted_list,
    active_lists,
    archive_original,
    load_records,
    quarantine,
)
from policies.errors import HeldError, RefusedFile

if TYPE_CHECKING:
    from pathlib import Path

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


def file_list(ws: Workspace, ledger: Ledger, policy: Policy, item: Dropped, *, dry_run: bool) -> FileOutcome:
    """Take in one list, or put it into quarantine.

    Whatever becomes of the list, every opt-out that can be read in it is recorded first; in one that has to wait for a
    confirmation they are not, and everybody it names is held instead. Raises ``StillGrowing`` for a file that was
    written to meanwhile.
    """
    with steady(item.path):
        sha256 = sha256_file(item.path)
        known = accepted_list(ws, sha256)
        waits = known is None and sha256 in {waiting.sha256 for waiting in waiting_files(ws, ledger)}
        found = None if known or waits else _understood(ws, ledger, policy, item, sha256)
    if known is not None:
        if not dry_run:
            archive_original(ws, item.path, sha256)
        return _outcome(item, sha256, "already_there", known.rows, known.rejected)
    if found is None:
        return _waits_already(item, sha256, dry_run=dry_run)
    return _filed(ws, ledger, policy, item, found, dry_run=dry_run)


def confirm_list(ws: Workspace, ledger: Ledger, policy: Policy, waiting: Waiting) -> FileOutcome:
    """Take in a list that waits in quarantine: its opt-outs are recorded, and nobody is held because it waited.

    It is read anew, under the rules and the contract of today. Raises ``RefusedFile`` where it cannot come in; it then
    waits on.
    """
    item = Dropped(waiting.path, waiting.source)
    contract = policy.contracts.get(item.folder or "")
    reading = _read(ledger, policy, item, contract, waiting.sha256)
    admitted = _admitted(policy, contract, reading, item)
    confirmed = confirmation_event(ledger.keyring, waiting.sha256, ledger.head(), now(ws.settings))
    ledger.append([*_flags(ws, ledger, policy, reading.flagged), confirmed])
    changes = _changes(ws, reading, contract)
    meta = _meta(ws, item, waiting.sha256, policy, admitted, reading)
    accept_list(ws, meta, reading.records, rejects_frame(reading), item.path)
    return _taken(item, waiting.sha256, reading, changes)


@dataclass(frozen=True)
class _Understood:
    """A list as far as it could be read, what it says of contact, and why it cannot come in, if it cannot."""

    sha256: str
    contract: SourceContract | None
    reading: ListReading | None = None
    said: Flagged | None = None
    refusal: RefusedFile | None = None


def _understood(ws: Workspace, ledger: Ledger, policy: Policy, item: Dropped, sha256: str) -> _Understood:
    """Read a list and judge whether it may come in; nothing is written."""
    contract = policy.contracts.get(item.folder or "")
    try:
        reading = _read(ledger, policy, item, contract, sha256)
    except RefusedList as refusal:
        return _Understood(sha256, contract, said=refusal.flagged, refusal=refusal)
    except RefusedFile as refusal:
        return _Understood(sha256, contract, refusal=refusal)
    try:
        if sha256 not in confirmed_files(ledger):
            refuse_too_many(ws, ledger, policy.book.settings["lists"], sha256, item.folder, reading.flagged)
        _admitted(policy, contract, reading, item)
    except TooMany as refusal:
        return _Understood(sha256, contract, reading, refusal=refusal)
    except RefusedFile as refusal:
        return _Understood(sha256, contract, reading, reading.flagged, refusal)
    return _Understood(sha256, contract, reading, reading.flagged)


def _filed(
    ws: Workspace, ledger: Ledger, policy: Policy, item: Dropped, found: _Understood, *, dry_run: bool
) -> FileOutcome:
    """Record what a list says of contact, then put it where it belongs."""
    says = [] if found.said is None else _flags(ws, ledger, policy, found.said)
    would = ledger.not_yet_recorded(says) if dry_run else {}
    if not dry_run:
        if isinstance(found.refusal, TooMany) and found.reading is not None:
            hold_everybody(ws, ledger, policy.book.settings["lists"], found.reading.everybody)
        ledger.append(says)
    if found.refusal is not None:
        refusal = _refuse(ws, policy, item, found.refusal, with_template=found.contract is None, dry_run=dry_run)
        return replace(refusal, sha256=found.sha256, would_record=would)
    assert found.reading is not None  # noqa: S101 - what is not refused was read
    contract = _admitted(policy, found.contract, found.reading, item)
    outcome = _taken(item, found.sha256, found.reading, _changes(ws, found.reading, contract))
    if not dry_run:
        meta = _meta(ws, item, found.sha256, policy, contract, found.reading)
        accept_list(ws, meta, found.reading.records, rejects_frame(found.reading), item.path)
    return replace(outcome, would_record=would)


def _waits_already(item: Dropped, sha256: str, *, dry_run: bool) -> FileOutcome:
    """The outcome of a list that waits in quarantine already: this copy of it goes."""
    if not dry_run:
        with mending(item.path):
            item.path.unlink()
    return replace(refused(item.path, "lists", item.folder, still_waits(sha256)), sha256=sha256)


def _changes(ws: Workspace, reading: ListReading, contract: SourceContract | None) -> Changes | None:
    """What a newer file of a source changes against those before it; nothing for the first."""
    earlier = [meta for meta in active_lists(ws) if contract is not None and meta.source == contract.id]
    return changes_of(load_records(ws, earlier), reading.records) if earlier else None


def _read(ledger: Ledger, policy: Policy, item: Dropped, contract: SourceContract | None, sha256: str) -> ListReading:
    return read_list(
        item.path,
        contract,
        policy.book.settings,
        lambda messages: record_ids(ledger.keyring, messages),
        sha256,
    )


def _flags(ws: Workspace, ledger: Ledger, policy: Policy, found: Flagged) -> list[NewEvent]:
    """What a list says of contact, as events."""
    lists = ContactLists.of(policy.book.settings["lists"])
    return flag_events(ledger.keyring, found.records, now(ws.settings), lists, cells=found.cells)


def _admitted(policy: Policy, contract: SourceContract | None, reading: ListReading, item: Dropped) -> SourceContract:
    """The contract of a list that may come in.

    Raises ``RefusedList`` for a list nobody vouches for and for one that is not what its contract expects.
    """
    if contract is None:
        raise RefusedList(_nobody_vouches(item.folder), reading.flagged)
    expected = policy.expectations(contract)
    checked = polars_check(list_frame(reading.records, expected), asked_of_frame(expected))
    try:
        require_passed(QualityResult({contract.id: checked}))
    except HeldError as error:
        unmet = RefusedFile(
            "expectations_unmet",
            error.message,
            f"Correct the file, or the [expect] table of {contract.path}, and drop it again.",
            error.details,
        )
        raise RefusedList(unmet, reading.flagged) from None
    return contract


def _nobody_vouches(source: str | None) -> RefusedFile:
    """Why a list without a source contract cannot come in; the folder it lies in names the contract."""
    if source is None:
        return RefusedFile(
            "no_source_folder",
            "The list lies directly in data/inbox/lists, so nothing says where it comes from.",
            "Put it into data/inbox/lists/<source>/, named like its contract in rules/sources.",
        )
    return RefusedFile(
        "no_source_contract",
        f"There is no source contract rules/sources/{source}.toml for this list.",
        "A template lies beside the file: fill it in, save it there, and drop the list again.",
    )


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
