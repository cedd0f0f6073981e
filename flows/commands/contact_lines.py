"""What ``optout add`` and ``touch add`` share: what somebody said, a contact a line, and a file of it from anywhere.

One bad line loses no other's word: whatever can be read is recorded first, then the others are named. Nothing here
waits for a rule file that must be mended.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flows.commands.common import answer, end_of_intake, open_workspace, reporting
from policies.errors import UsageError, WorkspaceError

if TYPE_CHECKING:
    from flows.ledger import Keyring, Ledger, NewEvent
    from flows.ledger.contacts import Contact, ContactLists
    from flows.queue.files import QueueInForce
    from flows.workspace import Workspace

    EventsOf = Callable[[Keyring, Contact], list[NewEvent]]
    EventOfToken = Callable[[Keyring, str], NewEvent]

__all__ = ["Recorded", "contact_lists", "import_events", "record_lines", "refuse_unread", "show_recorded"]

_SHOWN: Final = 5  # numbers named in an error
_UNDONE: Final = " Nothing was changed."  # said of a full disk


@dataclass(frozen=True)
class Recorded:
    """The events recorded with their numbers, the lines that could not be read, and the queue as it stands now."""

    events: Sequence["NewEvent"]
    numbers: Sequence[int]
    unread: Sequence[tuple[int, UsageError]]
    queue: "QueueInForce | None"


def record_lines(
    ws: "Workspace",
    lines: Sequence[tuple[int, str]],
    events_of: "EventsOf",
    lists: "ContactLists",
    *,
    keep_unreadable: bool = False,
    of_token: "EventOfToken | None" = None,
) -> Recorded:
    """Record the events of every line (number, text) that can be read, and take whom they stop out of the queue.

    A person id must be known, for a misspelt one would stop nobody. ``keep_unreadable``: a text that may be meant as a
    contact is recorded as it came, though nobody is recognised in it. ``of_token``: lines that hold an unsubscribe
    token are its business. Raises the ``UsageError`` of a line that stands alone, ``WorkspaceError`` where the queue
    could not be written anew.
    """
    from flows.ledger.unsubscribe import token_in
    from flows.ledger_access import open_ledger

    events: list[NewEvent] = []
    unread: list[tuple[int, UsageError]] = []
    sealed = [(line, token) for line, text in lines if of_token and (token := token_in(text))]
    plain = [entry for entry in lines if entry[0] not in dict(sealed)]
    with open_ledger(ws) as ledger:
        read = _read(ws, ledger, plain, lists, keep_unreadable=keep_unreadable)
        for line, said in sorted([*sealed, *read], key=lambda entry: entry[0]):
            try:
                if isinstance(said, str):
                    assert of_token is not None  # noqa: S101 - none is sealed without it
                    events.append(of_token(ledger.keyring, said))
                else:
                    events += events_of(ledger.keyring, _readable(said))
            except UsageError as error:
                if len(lines) == 1:
                    raise
                unread.append((line, error))
        numbers = ledger.append(events)
        return Recorded(events, numbers, unread, _refreshed(ws, ledger, numbers))


def _refreshed(ws: "Workspace", ledger: "Ledger", numbers: Sequence[int]) -> "QueueInForce | None":
    """The queue as it stands now.

    Raises ``WorkspaceError`` ``queue_not_rewritten``, for what was said is recorded all the same.
    """
    from flows.queue.suppression_now import refresh_queue

    try:
        return refresh_queue(ws, ledger)
    except WorkspaceError as error:
        if not numbers:
            raise
        listed = ", ".join(str(number) for number in dict.fromkeys(numbers[:_SHOWN]))
        more = f" and {len(numbers) - _SHOWN:,} more" if len(numbers) > _SHOWN else ""
        raise WorkspaceError(
            "queue_not_rewritten",
            f"Recorded as event {listed}{more}. But the files of the queue could not be written anew and may still "
            f"name whoever is not to be contacted: {error.message.removesuffix(_UNDONE)}",
            f"Take them out of data/queue by hand, or use none of its files until this is mended. {error.fix}",
            error.details,
        ) from error


def refuse_unread(recorded: Recorded) -> None:
    """End with the lines that were not recorded, where there are any; raises ``UsageError`` (``lines_unreadable``)."""
    if not recorded.unread:
        return
    lines = ", ".join(str(line) for line, _ in recorded.unread)
    word = "Line" if len(recorded.unread) == 1 else "Lines"
    raise UsageError(
        "lines_unreadable",
        f"{word} {lines} could not be read and nothing of it was recorded; what the others say was.",
        recorded.unread[0][1].fix,
    )


def show_recorded(done: Recorded, *, as_json: bool) -> None:
    """Say the number and kind of each event; then end as :func:`refuse_unread`."""
    recorded = [{"event": number, "kind": event.kind} for number, event in zip(done.numbers, done.events, strict=True)]
    text = "\n".join(f"Recorded as event {entry['event']}: {entry['kind']}." for entry in recorded)
    answer({"recorded": recorded}, text, as_json=as_json)
    refuse_unread(done)


def contact_lists(ws: "Workspace") -> "ContactLists":
    """The word lists contacts are read with, also where a rule file of the workspace does not hold."""
    from flows.ledger.contacts import ContactLists
    from flows.policy_files import word_lists

    return ContactLists.of(word_lists(ws))


def import_events(kind: str, file: Path, workspace: Path | None, *, quarantine_ok: bool, as_json: bool) -> None:
    """Take in a file of one kind of events and say what came of it."""
    from flows import pipeline
    from flows.commands.intake_texts import intake_text

    ws = open_workspace(workspace)
    with reporting() as progress:
        summary = pipeline.import_file(ws, kind, file, progress=progress)
    answer(asdict(summary), intake_text(summary, dry_run=False), as_json=as_json)
    end_of_intake(summary.quarantined, quarantine_ok=quarantine_ok)


def _read(
    ws: "Workspace",
    ledger: "Ledger",
    lines: Sequence[tuple[int, str]],
    lists: "ContactLists",
    *,
    keep_unreadable: bool,
) -> "list[tuple[int, Contact | UsageError]]":
    """Every line as a contact, or what is wrong with it; all person ids are looked up at once."""
    from flows.filing.known_people import known_person_ids
    from flows.ledger.contacts import looks_like_contact, read_contact, unreadable

    read: list[tuple[int, Contact | UsageError]] = []
    for line, text in lines:
        try:
            read.append((line, read_contact(text, lists)))
        except UsageError as error:
            kept = keep_unreadable and error.code == "contact_unreadable" and looks_like_contact(text)
            read.append((line, unreadable(text, lists) if kept else error))
    asked = [said.value for _, said in read if not isinstance(said, UsageError) and said.kind == "person_id"]
    known = known_person_ids(ws, ledger, asked)
    return [(line, said if _is_known(said, known) else _unknown()) for line, said in read]


def _is_known(said: "Contact | UsageError", known: frozenset[str]) -> bool:
    return isinstance(said, UsageError) or said.kind != "person_id" or said.value in known


def _unknown() -> UsageError:
    fix = "Check the spelling, or give their e-mail address or telephone number: those need not be known."
    return UsageError("unknown_person", "No published run knows a person of this id.", fix)


def _readable(said: "Contact | UsageError") -> "Contact":
    if isinstance(said, UsageError):
        raise said
    return said
