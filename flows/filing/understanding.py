"""What a dropped list is: read under its contract, and judged whether it may come in. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flows.filing.waiting import TooMany, refuse_too_many
from flows.ledger.tokens import record_ids
from flows.list_intake import read_list
from flows.quality.checks import QualityResult, polars_check, require_passed
from flows.refused_lists import RefusedList, RefusedMembership
from flows.runs.list_frames import asked_of_frame, list_frame
from policies.errors import HeldError, RefusedFile

if TYPE_CHECKING:
    from flows.filing.batch import ListBatch
    from flows.filing.dropped import Dropped
    from flows.ledger import Ledger
    from flows.list_intake import ListReading
    from flows.policy_files import Policy
    from flows.refused_lists import Flagged
    from policies.sources import SourceContract

__all__ = ["Understood", "admitted", "read_dropped", "understood"]


@dataclass(frozen=True)
class Understood:
    """A list as far as it could be read, what it says of contact, and why it cannot come in, if it cannot.

    Where it has to wait, ``held`` are those about whom nothing but a doubt is recorded.
    """

    sha256: str
    contract: SourceContract | None
    reading: ListReading | None = None
    said: Flagged | None = None
    refusal: RefusedFile | None = None
    held: Flagged | None = None


def understood(batch: ListBatch, policy: Policy, item: Dropped, sha256: str) -> Understood:
    """Read a list and judge whether it may come in, has to wait, or is refused."""
    try:
        contract, reading = read_dropped(batch.ledger, policy, item, sha256)
    except RefusedFile as refusal:
        known = Understood(sha256, policy.contracts.get(item.folder or ""), refusal=refusal)
        return _unread(batch, item, known, refusal)
    found = Understood(sha256, contract, reading, reading.flagged)
    try:
        _refuse_too_many(batch, item, sha256, reading.flagged)
        admitted(policy, contract, reading, item)
    except TooMany as waits:
        return replace(found, said=None, refusal=waits, held=reading.everybody)
    except RefusedFile as refusal:
        return replace(found, refusal=refusal)
    return found


def read_dropped(
    ledger: Ledger, policy: Policy, item: Dropped, sha256: str
) -> tuple[SourceContract | None, ListReading]:
    """The contract of a list, if there is one, and the list as read under it; raises ``RefusedFile``."""
    contract = policy.contracts.get(item.folder or "")
    reading = read_list(
        item.path, contract, policy.book.settings, lambda messages: record_ids(ledger.keyring, messages), sha256
    )
    return contract, reading


def admitted(policy: Policy, contract: SourceContract | None, reading: ListReading, item: Dropped) -> SourceContract:
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


def _unread(batch: ListBatch, item: Dropped, found: Understood, refusal: RefusedFile) -> Understood:
    """A list that could not be read for certain: what it says of contact counts, unless it is about too many."""
    if not isinstance(refusal, RefusedList):
        return found
    said = replace(found, said=refusal.flagged)
    if isinstance(refusal, RefusedMembership):  # of its people nothing is kept but their word, at once
        return said
    try:
        _refuse_too_many(batch, item, found.sha256, refusal.flagged, refusal)
    except TooMany as waits:
        return replace(found, refusal=waits, held=refusal.flagged)
    return said


def _refuse_too_many(
    batch: ListBatch, item: Dropped, sha256: str, found: Flagged, because: RefusedFile | None = None
) -> None:
    """Raise ``TooMany`` for a list that has to wait, unless somebody confirmed it."""
    if sha256 not in batch.confirmed:
        refuse_too_many(batch, found, sha256=sha256, source=item.folder, because=because)


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
