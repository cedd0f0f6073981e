"""Filing lists: read under the source contract, opt-outs out of every row first, then the gate, then the store."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.clock import now
from flows.event_files import flag_events
from flows.files import sha256_file, write_bytes
from flows.filing.model import FileOutcome, refused
from flows.ledger.contacts import ContactLists
from flows.ledger.tokens import record_ids
from flows.list_intake import propose_contract, read_list, rejects_frame
from flows.quality.checks import QualityResult, polars_check, require_passed
from flows.refused_lists import RefusedList
from flows.runs.gates import list_frame
from flows.store import ListMeta, accept_list, accepted_list, archive_original, quarantine
from policies.errors import HeldError, RefusedFile

if TYPE_CHECKING:
    from pathlib import Path

    from flows.filing.dropped import Dropped
    from flows.ledger import Ledger
    from flows.list_intake import ListReading
    from flows.policy_files import Policy
    from flows.refused_lists import Flagged
    from flows.workspace import Workspace
    from policies.sources import SourceContract

__all__ = ["file_list"]

TEMPLATE_ENDING: Final = ".contract.toml"


def file_list(ws: Workspace, ledger: Ledger, policy: Policy, item: Dropped, *, dry_run: bool) -> FileOutcome:
    """Take in one list, or put it into quarantine.

    Whatever becomes of the list, every opt-out that can be read in it is recorded first.
    """
    sha256 = sha256_file(item.path)
    known = accepted_list(ws, sha256)
    if known is not None:
        if not dry_run:
            archive_original(ws, item.path, sha256)
        return _outcome(item, sha256, "already_there", known.rows, known.rejected)
    contract = policy.contracts.get(item.folder or "")
    try:
        reading = _read(ledger, policy, item, contract, sha256)
        admitted = _admitted(policy, contract, reading, item)
    except RefusedFile as error:
        if isinstance(error, RefusedList) and not dry_run:
            _record_flags(ws, ledger, policy, error.flagged, refused=True)
        return _refuse(ws, policy, item, error, with_template=contract is None, dry_run=dry_run)
    if not dry_run:
        _record_flags(ws, ledger, policy, reading.flagged, refused=False)
        meta = _meta(ws, item, sha256, policy, admitted, reading)
        accept_list(ws, meta, reading.records, rejects_frame(reading), item.path)
    return _taken(item, sha256, reading)


def _read(ledger: Ledger, policy: Policy, item: Dropped, contract: SourceContract | None, sha256: str) -> ListReading:
    return read_list(
        item.path,
        contract,
        policy.book.settings,
        lambda messages: record_ids(ledger.keyring, messages),
        sha256,
    )


def _record_flags(ws: Workspace, ledger: Ledger, policy: Policy, found: Flagged, *, refused: bool) -> None:
    """Write down every opt-out of the list before anything else happens to it."""
    lists = ContactLists.of(policy.book.settings["lists"])
    ledger.append(
        flag_events(ledger.keyring, found.records, now(ws.settings), lists, cells=found.cells)
    )


def _admitted(policy: Policy, contract: SourceContract | None, reading: ListReading, item: Dropped) -> SourceContract:
    """The contract of a list that may come in.

    Raises ``RefusedList`` for a list nobody vouches for and for one that is not what its contract expects.
    """
    if contract is None:
        raise RefusedList(_nobody_vouches(item.folder), reading.flagged)
    checked = polars_check(list_frame(reading.records), policy.expectations(contract))
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
            write_bytes(place.with_name(place.name + TEMPLATE_ENDING), text.encode())
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
    return ListMeta(
        sha256=sha256,
        source=contract.id,
        extension=item.path.suffix.removeprefix(".").lower() or "bin",
        dropped_as=_place(ws, item.path),
        rows=reading.rows,
        rejected=reading.rejected,
        ignored_lines=reading.table.ignored_lines,
        accepted_at=now(ws.settings),
        obtained_on=contract.obtained(item.path.name, sha256),
        contract_sha256=hashlib.sha256(text.encode()).hexdigest(),
        reading=reading.summary(),
    )


def _taken(item: Dropped, sha256: str, reading: ListReading) -> FileOutcome:
    """The outcome of an accepted list: how its columns were understood, and its refused rows by code."""
    rejected = reading.records.filter(pl.col("reject_code").is_not_null())
    codes = dict(rejected.group_by("reject_code").len().sort("reject_code").iter_rows())
    outcome = _outcome(item, sha256, "accepted", reading.rows, reading.rejected)
    summary: Any = reading.summary()
    return replace(outcome, mapping=dict(summary["mapping"]), rejects=codes)


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
