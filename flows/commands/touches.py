"""``touch add`` and ``touch import``: contacts made, and what came of them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from flows.clock import now
from flows.commands.common import AsJson, QuarantineOk, WorkspaceDir, asked_lines, day, instant, open_workspace
from flows.commands.contact_lines import Recorded, contact_lists, import_events, record_lines, show_recorded
from policies.errors import UsageError

if TYPE_CHECKING:
    from datetime import date, datetime

    from flows.ledger import Keyring, NewEvent
    from flows.ledger.contacts import Contact
    from flows.ledger.touch_events import Touch
    from flows.workspace import Workspace

__all__ = ["add", "app", "import_file"]

app = typer.Typer(help="Contacts made: add one, import a file.", rich_markup_mode=None)


@app.command()
def add(  # noqa: PLR0913 (one option for each thing there is to say of a contact)
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="An e-mail, a phone, a person id, or - for stdin.")],
    *,
    outcome: Annotated[
        str | None,
        typer.Option(help="connected, replied, meeting, voicemail, ...; left out: a note to the last conversation."),
    ] = None,
    channel: Annotated[str | None, typer.Option(help="email or phone; left out: that of the contact.")] = None,
    at: Annotated[str | None, typer.Option(help="When, such as 2026-10-14T08:30; left out: now.")] = None,
    rep: Annotated[str | None, typer.Option(help="Who made it, as in tactful.toml.")] = None,
    said: Annotated[str | None, typer.Option(help="What they said.")] = None,
    next_step: Annotated[str | None, typer.Option(help="What was agreed.")] = None,
    callback_on: Annotated[str | None, typer.Option(metavar="DAY", help="The day they asked to be called.")] = None,
    referred_to: Annotated[str | None, typer.Option(help="Whom they named instead.")] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Record a contact made. `asked_to_stop` and `complaint` are opt-outs as well and hold at once.

    Without an outcome `--said` and its like are added to the last conversation, which is no further contact.
    """
    lines = asked_lines(contact)
    if outcome is None:
        _only_a_note(said, next_step, referred_to, others=(channel, at, rep, callback_on))
        _add_note(lines, said, next_step, referred_to, workspace, as_json=as_json)
        return
    from flows.ledger.contacts import reachable_in
    from flows.ledger.touch_events import Touch

    ws = open_workspace(workspace)
    made_at, named = _times(ws, at, callback_on)
    made = Touch(
        at=made_at,
        outcome=outcome,
        channel=channel,
        rep=_rep(ws, rep),
        said=said,
        next_step=next_step,
        callback_on=named,
        referred_to=referred_to,
        referred=reachable_in(referred_to, contact_lists(ws)),
    )
    show_recorded(_record(ws, lines, made), as_json=as_json)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV of contacts made, or a queue file.")],
    *,
    quarantine_ok: QuarantineOk = False,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Take in contacts made; a rep's own queue file with its outcome columns filled in is one."""
    import_events("touches", file, workspace, quarantine_ok=quarantine_ok, as_json=as_json)


def _record(ws: "Workspace", lines: Sequence[tuple[int, str]], made: "Touch") -> Recorded:
    """Record the same touch for the contact of every line, as the outcome of the queue line it answers, if any."""
    from flows.filing.open_lines import open_line
    from flows.ledger.touch_events import touch_events
    from flows.ledger_access import open_ledger

    lists = contact_lists(ws)
    made_on = made.at.astimezone(ZoneInfo(ws.settings.organisation.timezone)).date()
    with open_ledger(ws) as ledger:

        def events_of(keyring: "Keyring", contact: "Contact") -> "list[NewEvent]":
            answers = open_line(ledger, contact, made_on)
            of_line = answers._asdict() if answers else {}
            return touch_events(keyring, replace(made, contacts=[contact], **of_line), lists)

        return record_lines(ws, lines, events_of, lists)


def _only_a_note(*notes: str | None, others: Sequence[str | None]) -> None:
    """Refuse a call that says neither what came of a contact nor anything to add to one; raises ``UsageError``."""
    if any(others) or not any(text and text.strip() for text in notes):
        from flows.ledger.vocabulary import OUTCOMES

        known = ", ".join(dict.fromkeys(OUTCOMES.values()))
        raise UsageError(
            "usage",
            "What came of the contact is missing.",
            f"Add --outcome and one of: {known}. For a note to the last conversation give --said alone.",
        )


def _add_note(
    lines: Sequence[tuple[int, str]],
    said: str | None,
    next_step: str | None,
    referred_to: str | None,
    workspace: Path | None,
    *,
    as_json: bool,
) -> None:
    """Record a note to the last conversation with the contact of every line."""
    from flows.filing.added_notes import Note, note_event
    from flows.ledger_access import open_ledger
    from flows.policy_files import load_policy

    ws = open_workspace(workspace)
    conversations = load_policy(ws).book.settings["cadence"]["conversations"]
    note = Note(said=said, next_step=next_step, referred_to=referred_to)
    with open_ledger(ws) as ledger:

        def events_of(_: "Keyring", contact: "Contact") -> "list[NewEvent]":
            return [note_event(ws, ledger, contact, note, conversations)]

        show_recorded(record_lines(ws, lines, events_of, contact_lists(ws)), as_json=as_json)


def _times(ws: "Workspace", at: str | None, callback_on: str | None) -> "tuple[datetime, date | None]":
    """When the contact was made, and the day they named; raises ``UsageError`` where either cannot be."""
    from flows.event_files.touch_times import possible_times

    zone, present = ws.settings.organisation.timezone, now(ws.settings)
    made_at, named = instant(at, "--at", zone) or present, day(callback_on, "--callback-on")
    possible_times(made_at, named, present, zone)
    return made_at, named


def _rep(ws: "Workspace", name: str | None) -> str | None:
    """A rep's name as tactful.toml spells it."""
    if name is None:
        return None
    known = {rep.name.casefold(): rep.name for rep in ws.settings.reps}
    if name.casefold() not in known:
        raise UsageError(
            "unknown_rep", "No rep of this name stands in tactful.toml.", f"Known are: {', '.join(known.values())}."
        )
    return known[name.casefold()]
