"""Lists that would opt out too many people at once: they wait in quarantine until somebody confirms them.

A column that was read the wrong way round must not end the contact with half of everybody for good. Until it is
confirmed, everybody the list names is held.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from flows.clock import now
from flows.event_files import waiting_doubts
from flows.files import sha256_file
from flows.filing.abbreviated import SHOWN, named_file
from flows.ledger.contacts import ContactLists
from flows.ledger.taken_back import CONFIRMATION, UNDO
from flows.store import quarantined, write_reason
from policies.errors import RefusedFile, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flows.filing.batch import ListBatch
    from flows.ledger import Ledger
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
_BATCH: Final = 10_000  # events written at once: somebody else's opt-out does not wait for longer than a second
_FIX: Final = (
    "Look at its opt-out columns. If they mean what they say, `tactful intake confirm {sha256}` takes the list in; if "
    'not, `tactful intake undo {sha256} --reason "..."` dismisses it.'
)


class TooMany(RefusedFile):
    """The list would newly opt out too many of the people known."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A list that waits to be confirmed; everybody it names is held.

    ``path`` is where it lies in quarantine, nothing where somebody removed it: how many it would opt out is not known
    any more then.
    """

    path: Path | None
    sha256: str
    source: str | None
    people_known: int | None = None
    newly_opted_out: int | None = None


def refuse_too_many(
    batch: ListBatch, found: Flagged, *, sha256: str, source: str | None, because: RefusedFile | None = None
) -> None:
    """Raise ``TooMany`` for a list that has to wait; ``found`` are those who said no in it.

    ``lists.too_many_opt_outs`` has the share of the people known in percent, and the number of people, from which on a
    list waits; one that holds people already goes on waiting. ``because`` is why the list could not come in by itself,
    if there is such a reason: it is told as well.
    """
    limit = batch.lists["too_many_opt_outs"]
    newly, known = batch.newly_opted_out(found, limit["people"])
    too_many = newly >= limit["people"] and 100 * newly > limit["percent"] * known
    if too_many or sha256 in batch.held:
        details = {
            **(because.details if because else {}),
            "sha256": sha256[:SHOWN],
            "source": source,
            "people_known": known,
            "newly_opted_out": newly,
            "percent_allowed": limit["percent"],
            "recorded_after": batch.ledger.head(),
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
    """Lists that wait to be confirmed: neither confirmed nor dismissed since they came.

    Those in quarantine by name, then those whose file is there no longer: the ledger holds everybody they name, and
    they can be dismissed, or dropped again.
    """
    undone = ledger.files_marked(UNDO)
    found = []
    for path, details in quarantined(ws, CODE):
        sha256 = sha256_file(path)
        if sha256.startswith(str(details.get("sha256", "-"))) and undone.get(sha256, 0) <= _number(
            details, "recorded_after"
        ):
            known, newly = _number(details, "people_known"), _number(details, "newly_opted_out")
            found.append(Waiting(path, sha256, details.get("source"), known, newly))
    there = {file.sha256 for file in found}
    held = ledger.waiting_lists().select("file_sha256", "list").iter_rows()
    return [*found, *(Waiting(None, sha256, source) for sha256, source in held if sha256 not in there)]


def meant(ws: Workspace, ledger: Ledger, asked: str) -> Waiting:
    """The waiting list with this SHA-256, of which 8 digits are enough; it lies in quarantine.

    Raises ``UsageError``: ``nothing_waits`` naming those that do, ``bad_sha256``, ``several_files``,
    ``waiting_file_gone``.
    """
    waiting = waiting_files(ws, ledger)
    there = "; ".join(f"{file.sha256[:SHOWN]} ({file.source})" for file in waiting)
    fix = f"These wait: {there}." if there else "No list waits to be confirmed."
    unknown = UsageError("nothing_waits", "No list with this SHA-256 waits to be confirmed.", fix)
    file = named_file(waiting, asked, unknown)
    if file.path is None:
        raise UsageError(
            "waiting_file_gone",
            "The list waits, but its file, or the .why.json beside it, lies in data/quarantine no longer.",
            "Drop the very same file again and confirm it then, or dismiss it: "
            f'`tactful intake undo {file.sha256[:SHOWN]} --reason "..."`.',
        )
    return file


def confirmed_files(ledger: Ledger) -> frozenset[str]:
    """Files that somebody confirmed and did not take back since."""
    undone = ledger.files_marked(UNDO)
    return frozenset(sha256 for sha256, seq in ledger.files_marked(CONFIRMATION).items() if seq > undone.get(sha256, 0))


def still_waits(sha256: str) -> TooMany:
    """What is said of a list that was dropped again while it waits."""
    return TooMany(
        CODE,
        "This very list waits in quarantine to be confirmed already. Until then everybody it names is held.",
        _FIX.format(sha256=sha256[:SHOWN]),
    )


def dismiss(waiting: Waiting) -> None:
    """Say beside a list that it waits no longer; it stays in quarantine, where it is still there."""
    if waiting.path is None:
        return
    write_reason(
        waiting.path,
        RefusedFile(
            "dismissed",
            "The list waited to be confirmed, and was dismissed as wrong. Nothing in it counts.",
            "Export it again, correctly, and drop the new file.",
            {"sha256": waiting.sha256[:SHOWN], "source": waiting.source},
        ),
    )


def _waits(sha256: str, details: Mapping[str, Any], because: RefusedFile | None) -> TooMany:
    newly, known = details["newly_opted_out"], details["people_known"]
    said = f"The list would newly opt out {newly:,} of the {known:,} people known. Until that is confirmed, "
    if not newly:
        said = "The list has been waiting to be confirmed since it first came. Until that is done, "
    fix = _FIX.format(sha256=sha256[:SHOWN])
    if because is None:
        return TooMany(CODE, f"{said}everybody it names is held.", fix, details)
    message = f"{said}whoever says no in it is held. It could not come in as it is, either: {because.message}"
    return TooMany(CODE, message, f"{because.fix} {fix}", details)


def _number(details: Mapping[str, Any], name: str) -> int:
    value = details.get(name)
    return value if isinstance(value, int) else 0
