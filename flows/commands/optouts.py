"""``optout add``, ``optout list`` and ``optout import``: the word of people who do not want to be contacted."""

from collections.abc import Sequence
from dataclasses import replace
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
    asked_lines,
    contacts_asked,
    open_workspace,
)
from flows.commands.contact_lines import Recorded, contact_lists, import_events, record_lines, refuse_unread
from flows.commands.optout_export import export
from flows.commands.optout_void import show_voids, void
from policies.errors import TactfulError, UsageError

if TYPE_CHECKING:
    from flows.ledger import Keyring, Ledger, NewEvent
    from flows.ledger.contacts import Contact
    from flows.ledger.events import OptOut
    from flows.workspace import Workspace

__all__ = ["add", "app", "import_file", "show"]

app = typer.Typer(help="Opt-outs: add one, list them, import a file, export them, void one.", rich_markup_mode=None)
app.command()(export)
app.command()(void)

Contact_ = Annotated[
    str,
    typer.Argument(
        metavar="CONTACT", help="An e-mail, a phone, a domain, a person id, an unsubscribe token, or - for stdin."
    ),
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
    """Record an opt-out. It holds at once: the queue in force loses the person before this command ends.

    In a text around a contact, every address and number counts. Where none is found, the text is recorded all the same,
    and the command ends with 1: it stops nobody but whom a list has under the very same text or digits.
    """
    lines = asked_lines(contact)
    from flows.ledger.events import OptOut

    ws = open_workspace(workspace)
    said = OptOut(received_at=now(ws.settings), channel=channel, scope=scope, method="command")
    narrowed: list[UsageError] = []
    _show_recorded(_record(ws, lines, said, narrowed), as_json=as_json)
    if narrowed:
        raise TactfulError(
            narrowed[0].code, f"{narrowed[0].message} The stop is recorded for the person alone.", narrowed[0].fix
        )


@app.command("list")
def show(
    contact: Annotated[str | None, typer.Argument(metavar="CONTACT", help="Only those that name this contact.")] = None,
    *,
    voids: Annotated[
        bool, typer.Option("--voids", help="Only what was voided: by whom, why, on what evidence.")
    ] = False,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """List opt-outs, objections, complaints and bounces, the latest last; voided ones say so."""
    asked = contacts_asked(contact)
    from flows.ledger_access import open_ledger

    ws = open_workspace(workspace)
    with open_ledger(ws) as ledger:
        if voids:
            listed = None if contact is None else {row["seq"] for text in asked for row in _rows(ws, ledger, text)}
            show_voids(ledger, listed, as_json=as_json)
            return
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
    import_events("optouts", file, workspace, quarantine_ok=quarantine_ok, as_json=as_json)


def _rows(ws: "Workspace", ledger: "Ledger", asked: str) -> list[dict[str, object]]:
    from flows.ledger.contacts import read_contact
    from flows.ledger.screening import lookup_tokens

    found = read_contact(asked, contact_lists(ws))
    if found.kind == "person_id":
        listed = ledger.optout_list()
        return listed.filter(listed["person_id"] == found.value).to_dicts()
    return ledger.optout_list(lookup_tokens(ledger.keyring, found.kind, found.value, asked)).to_dicts()


def _record(ws: "Workspace", lines: Sequence[tuple[int, str]], said: "OptOut", narrowed: list[UsageError]) -> Recorded:
    """Record the same words for the contact of every line.

    ``narrowed`` takes why a domain was refused whose address was given: the stop is then recorded for the person.
    """
    from flows.ledger.events import optout_event
    from flows.ledger.unsubscribe import unsubscribe_event

    lists = contact_lists(ws)

    def events_of(keyring: "Keyring", contact: "Contact") -> "list[NewEvent]":
        own = replace(said, contacts=[contact])
        try:
            return [optout_event(keyring, own, lists)]
        except UsageError as error:
            if said.scope != "domain" or contact.kind == "domain":
                raise
            narrowed.append(error)  # the domain is out of reach, the person said no all the same
            return [optout_event(keyring, replace(own, scope=None), lists)]

    def of_token(keyring: "Keyring", token: str) -> "NewEvent":
        return unsubscribe_event(keyring, token, said)

    return record_lines(ws, lines, events_of, lists, keep_unreadable=True, of_token=of_token)


def _show_recorded(done: Recorded, *, as_json: bool) -> None:
    recorded = [
        {
            "event": number,
            "kind": event.kind,
            "channel": event.body["channel"],
            "scope": event.body["scope"],
            "recognised": _recognised(event),
        }
        for number, event in zip(done.numbers, done.events, strict=True)
    ]
    left = None if done.queue is None or done.queue.expired else done.queue.lines
    answer({"recorded": recorded, "queue_lines": left}, _recorded_text(recorded, left), as_json=as_json)
    refuse_unread(done)
    if nobody := sum(entry["recognised"] == 0 for entry in recorded):
        raise TactfulError(
            "nobody_recognised",
            f"Nobody could be recognised in {nobody:,} of the texts given. What was given is recorded, and stops only "
            "whom a list has under the very same text or digits.",
            "Add the e-mail address by itself, or the number with its country code (+44 ...).",
        )


def _recognised(event: "NewEvent") -> int:
    """How many contacts were recognised in what was given: one, or as many as stand in a text around them."""
    return int(event.body.get("inside", 0)) if event.body["contact_kind"] == "unreadable" else 1


def _recorded_text(recorded: list[dict[str, object]], left: int | None) -> str:
    lines = [
        f"Recorded as event {entry['event']}: {entry['kind']}, channel {entry['channel']}, scope {entry['scope']}, "
        f"contacts recognised {entry['recognised']}."
        for entry in recorded
    ]
    queue = (
        "No queue is in force." if left is None else f"The queue in force was read again; {left:,} lines stand in it."
    )
    return "\n".join([*lines, queue])


def _rows_text(rows: list[dict[str, object]], *, named: bool) -> str:
    if not rows:
        return "No opt-out is recorded" + (" under this contact. That is no permission." if named else ".")
    shown = [(_event(row), _kind(row), row["channel"], row["scope"], _contact(row), row["method"]) for row in rows]
    return messages.table(("Event", "Kind", "Channel", "Scope", "Contact", "Method"), shown, figures=(0,))


def _event(row: dict[str, object]) -> str:
    """The number of a statement: of an event, or of an entry of the bulk list that an event names."""
    return f"{row['seq']}" if row["entry"] is None else f"{row['seq']}.{row['entry']}"


def _contact(row: dict[str, object]) -> object:
    return row["contact"] if row["entries"] is None else f"{row['entries']:,} entries"


def _kind(row: dict[str, object]) -> object:
    return row["kind"] if row["voided_by"] is None else f"{row['kind']}, voided by {row['voided_by']}"
