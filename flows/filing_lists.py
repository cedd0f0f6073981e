"""Filing lists: read under the source contract, opt-outs out of every row first, then the gate, then the store."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.clock import now
from flows.event_files import flag_events
from flows.files import sha256_file, write_bytes
from flows.filing_model import FileOutcome, refused
from flows.gates import list_frame
from flows.ledger.tokens import record_ids
from flows.list_intake import proposed_contract, read_list, rejects_frame
from flows.quality_checks import QualityResult, polars_check, require_passed
from flows.store import ListMeta, accept_list, accepted_list, archive_original, quarantine
from policies.errors import HeldError, RefusedFile
from policies.sources import refused_membership

if TYPE_CHECKING:
    from pathlib import Path

    from flows.inbox import Dropped
    from flows.ledger import Ledger
    from flows.list_intake import ListReading
    from flows.policy_files import Policy
    from flows.workspace import Workspace
    from policies.sources import SourceContract

__all__ = ["file_list"]

TEMPLATE_ENDING: Final = ".contract.toml"


def file_list(ws: Workspace, ledger: Ledger, policy: Policy, item: Dropped, *, dry_run: bool) -> FileOutcome:
    """Take in one list, or put it into quarantine.

    Whatever becomes of the list, every opt-out that can be read in it is recorded. Raises ``RefusedFile`` for a file
    that cannot be read as a list of people.
    """
    sha256 = sha256_file(item.path)
    known = accepted_list(ws, sha256)
    if known is not None:
        if not dry_run:
            archive_original(ws, item.path, sha256)
        return _outcome(item, sha256, "already_there", known.rows, known.rejected)
    source = _source(item)
    contract = policy.contracts.get(source)
    reading = read_list(
        item.path,
        source,
        contract,
        policy.book.settings,
        lambda messages: record_ids(ledger.keyring, messages),
        sha256,
    )
    if not dry_run:
        ledger.append(flag_events(ledger.keyring, reading.records, now(ws.settings)))
    try:
        _admit(policy, source, contract, reading)
    except RefusedFile as error:
        return _refuse(ws, item, error, reading, contract, dry_run=dry_run)
    if not dry_run:
        rejects = rejects_frame(reading)
        accept_list(ws, _meta(ws, item, sha256, source, policy, reading), reading.records, rejects, item.path)
    rejected = reading.records.filter(pl.col("reject_code").is_not_null())
    outcome = _outcome(item, sha256, "accepted", reading.records.height, rejected.height)
    codes = dict(rejected.group_by("reject_code").len().sort("reject_code").iter_rows())
    return FileOutcome(**{**asdict(outcome), "mapping": dict(reading.report["mapping"]), "rejects": codes})


def _source(item: Dropped) -> str:
    """The folder names the source contract."""
    if item.folder is None:
        raise RefusedFile(
            "no_source_folder",
            "The list lies directly in data/inbox/lists, so nothing says where it comes from.",
            "Put it into data/inbox/lists/<source>/, named like its contract in rules/sources.",
        )
    return item.folder


def _admit(policy: Policy, source: str, contract: SourceContract | None, reading: ListReading) -> None:
    """Raise ``RefusedFile`` for a list nobody vouches for, that may not be kept, or that is not what was expected."""
    if contract is None:
        raise RefusedFile(
            "no_source_contract",
            f"There is no source contract rules/sources/{source}.toml for this list.",
            "A template lies beside the file: fill it in, save it there, and drop the list again.",
        )
    reveals = refused_membership(contract)
    if reveals is not None:
        raise RefusedFile(
            "special_category",
            f"Being on this list reveals {reveals}; such lists are not kept (GDPR Art. 9).",
            "Do not use this list for outreach. Its opt-outs were recorded.",
            {"membership_reveals": reveals},
        )
    checked = polars_check(list_frame(reading.records), policy.expectations(contract))
    try:
        require_passed(QualityResult({source: checked}))
    except HeldError as error:
        raise RefusedFile(
            "expectations_unmet",
            error.message,
            f"Correct the file, or the [expect] table of rules/sources/{source}.toml, and drop it again.",
            error.details,
        ) from None


def _refuse(
    ws: Workspace,
    item: Dropped,
    error: RefusedFile,
    reading: ListReading,
    contract: SourceContract | None,
    *,
    dry_run: bool,
) -> FileOutcome:
    """Put the list into quarantine, with a contract template beside it where it lacks one."""
    if not dry_run:
        place = quarantine(ws, item.path, error)
        if contract is None:
            text = proposed_contract(_source(item), reading)
            write_bytes(place.with_name(place.name + TEMPLATE_ENDING), text.encode())
    return refused(item.path, "lists", item.folder, error)


def _meta(ws: Workspace, item: Dropped, sha256: str, source: str, policy: Policy, reading: ListReading) -> ListMeta:
    """What is known of the list besides its records."""
    contract = policy.contracts[source]
    text = next(file.text for file in policy.files if file.path == contract.path)
    records = reading.records
    return ListMeta(
        sha256=sha256,
        source=source,
        extension=item.path.suffix.removeprefix(".").lower() or "bin",
        dropped_as=_place(ws, item.path),
        rows=records.height,
        rejected=records.get_column("reject_code").drop_nulls().len(),
        ignored_lines=int(reading.report["ignored_lines"]),
        accepted_at=now(ws.settings),
        obtained_on=contract.obtained(item.path.name, sha256),
        contract_sha256=hashlib.sha256(text.encode()).hexdigest(),
        reading=reading.report,
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
