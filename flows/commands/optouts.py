"""``optout add``, ``optout list`` and ``optout import``: the word of people who do not want to be contacted."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flows import messages
from flows.clock import now
from flows.commands.common import (
    AsJson,
    QuarantineOk,
    WorkspaceDir,
    answer,
    contacts_asked,
    end_of_intake,
    open_workspace,
    reporting,
)
from policies.errors import UnknownContact, UsageError

if TYPE_CHECKING:
    from flows.ledger import Ledger, NewEvent
    from flows.ledger.contacts import Contact, ContactLists
    from flows.workspace import Workspace

__all__ = ["add", "app", "import_file", "show"]

app = typer.Typer(help="Opt-outs: add one, list them, import a file.", rich_markup_mode=None)

Contact_ = Annotated[
    str, typer.Argument(metavar="CONTACT", help="An e-mail, a phone, a domain, a person id, or - for stdin.")
]


@app.command()
def add(
    contact: Contact_,
    *,
    channel: Annotated[
        Literal["any", "email", "phone"], typer.Option(help="What they do not want: left out, any contact at all.")
    ] = "any",
    scope: Annotated[
        Literal["person", "address", "domain"] | None,
        typer.Option(help="Whom it covers: the person under all addresses, this address alone, or a whole domain."),
    ] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Record an opt-out. It holds at once: the queue in force loses the person before this command ends."""
    asked = contacts_asked(contact)
    from flows.ledger_access import open_ledger
    from flows.queue.suppression_now import refresh_queue

    ws = open_workspace(workspace)
    with open_ledger(ws) as ledger:
        events, unread = _events(ws, ledger, asked, channel, scope)
        numbers = ledger.append(events)
        queue = refresh_queue(ws, ledger)
    recorded = [
        {"event": number, "kind": event.kind, "channel": event.body["channel"], "scope": event.body["scope"]}
        for number, event in zip(numbers, events, strict=True)
    ]
    left = None if queue is None or queue.expired else queue.lines
    answer({"recorded": recorded, "queue_lines": left}, _recorded_text(recorded, left), as_json=as_json)
    if unread:
        _refuse_lines(unread, len(events))


@app.command("list")
def show(
    contact: Annotated[str | None, typer.Argument(metavar="CONTACT", help="Only those that name this contact.")] = None,
    *,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """List opt-outs, objections, complaints and bounces, the latest last."""
    asked = contacts_asked(contact)
    from flows.ledger_access import open_ledger

    ws = open_workspace(workspace)
    with open_ledger(ws) as ledger:
        rows = [row for text in asked for row in _rows(ws, ledger, text)]
        if contact is None:
            rows = ledger.optout_list().to_dicts()
    answer(rows, _rows_text(rows, named=contact is not None), as_json=as_json)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV of opt-outs.")],
    *,
    quarantine_ok: QuarantineOk = False,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Take in a file of opt-outs. It is kept in the archive; rows that cannot be read go to data/rejects."""
    from dataclasses import asdict

    from flows import pipeline
    from flows.commands.run_texts import intake_text

    ws = open_workspace(workspace)
    with reporting() as progress:
        summary = pipeline.import_file(ws, "optouts", file, progress=progress)
    answer(asdict(summary), intake_text(summary, dry_run=False), as_json=as_json)
    end_of_intake(summary.quarantined, quarantine_ok=quarantine_ok)


def _events(
    ws: "Workspace", ledger: "Ledger", asked: list[str], channel: str, scope: str | None
) -> "tuple[list[NewEvent], list[tuple[int, UsageError]]]":
    """The opt-outs of all lines that can be read, and the lines that cannot: one bad line loses no other's word."""
    from flows.ledger.events import OptOut, optout_event

    lists = _lists(ws)
    events: list[NewEvent] = []
    unread: list[tuple[int, UsageError]] = []
    for line, text in enumerate(asked, start=1):
        try:
            said = OptOut(
                received_at=now(ws.settings),
                contacts=[_known(ws, text, lists)],
                channel=channel,
                scope=scope,
                method="command",
            )
            events.append(optout_event(ledger.keyring, said, lists))
        except UsageError as error:
            if len(asked) == 1:
                raise
            unread.append((line, error))
    return events, unread


def _known(ws: "Workspace", text: str, lists: "ContactLists") -> "Contact":
    """A contact as read; a person id must be one that is known, for a misspelt one would stop nobody."""
    from flows.ledger.contacts import read_contact

    contact = read_contact(text, lists)
    if contact.kind == "person_id":
        from flows import pipeline

        if "error" in pipeline.why(ws, [contact.value])[0]:
            raise UsageError("unknown_person", "No person has this id.", UnknownContact().fix)
    return contact


def _lists(ws: "Workspace") -> "ContactLists":
    from flows.ledger.contacts import ContactLists
    from flows.policy_files import word_lists

    return ContactLists.of(word_lists(ws))


def _rows(ws: "Workspace", ledger: "Ledger", asked: str) -> list[dict[str, object]]:
    from flows.ledger.contacts import read_contact
    from flows.ledger.screening import lookup_tokens

    found = read_contact(asked, _lists(ws))
    if found.kind == "person_id":
        listed = ledger.optout_list()
        return listed.filter(listed["person_id"] == found.value).to_dicts()
    return ledger.optout_list(lookup_tokens(ledger.keyring, found.kind, found.value, asked)).to_dicts()


def _recorded_text(recorded: list[dict[str, object]], left: int | None) -> str:
    lines = [
        f"Recorded as event {entry['event']}: {entry['kind']}, channel {entry['channel']}, scope {entry['scope']}."
        for entry in recorded
    ]
    queue = (
        "No queue is in force." if left is None else f"The queue in force was read again; {left:,} lines stand in it."
    )
    return "\n".join([*lines, queue])


def _refuse_lines(unread: list[tuple[int, UsageError]], recorded: int) -> None:
    lines = ", ".join(str(line) for line, _ in unread)
    raise UsageError(
        "lines_unreadable",
        f"Lines {lines} could not be read as contacts and were not recorded; the other {recorded:,} were.",
        unread[0][1].fix,
    )


def _rows_text(rows: list[dict[str, object]], *, named: bool) -> str:
    if not rows:
        return "No opt-out is recorded" + (" under this contact. That is no permission." if named else ".")
    shown = [(row["seq"], row["kind"], row["channel"], row["scope"], row["contact"], row["method"]) for row in rows]
    return messages.table(("Event", "Kind", "Channel", "Scope", "Contact", "Method"), shown, figures=(0,))
