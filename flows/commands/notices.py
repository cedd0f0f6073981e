"""``notice add``, ``notice import`` and ``notice due``: the privacy notice people must get, and who waits for it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flows import messages
from flows.clock import now
from flows.commands.common import AsJson, QuarantineOk, WorkspaceDir, answer, asked_lines, instant, open_workspace
from flows.commands.contact_lines import contact_lists, import_events, record_lines, show_recorded
from policies.errors import UsageError

if TYPE_CHECKING:
    from flows.ledger import Keyring, NewEvent
    from flows.ledger.contacts import Contact

__all__ = ["add", "app", "due", "import_file"]

app = typer.Typer(help="Privacy notices: who is due one, add one, import a file.", rich_markup_mode=None)

_LONGEST_VERSION: Final = 100  # characters; it stands in the event's body


@app.command()
def add(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="The very e-mail or phone, or - for stdin.")],
    *,
    text_version: Annotated[str, typer.Option(help="Which version of the notice.")],
    sent_at: Annotated[str | None, typer.Option(metavar="T", help="When it was sent; left out: now.")] = None,
    method: Annotated[str | None, typer.Option(help="How, such as email, letter, first_message.")] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Record that somebody was sent the privacy notice, under the very contact it was sent to."""
    lines = asked_lines(contact)
    from flows.ledger.events import Notice, notice_event

    ws = open_workspace(workspace)
    at = instant(sent_at, "--sent-at", ws.settings.organisation.timezone) or now(ws.settings)
    version = _version(text_version)

    def events_of(keyring: "Keyring", contact: "Contact") -> "list[NewEvent]":
        _require_point(contact)
        return [notice_event(keyring, Notice(contact=contact, sent_at=at, text_version=version, method=method))]

    show_recorded(record_lines(ws, lines, events_of, contact_lists(ws)), as_json=as_json)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV of notices sent.")],
    *,
    quarantine_ok: QuarantineOk = False,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Take in a file of notices sent. It is kept in the archive; rows that cannot be read go to data/rejects."""
    import_events("notices", file, workspace, quarantine_ok=quarantine_ok, as_json=as_json)


@app.command()
def due(*, workspace: WorkspaceDir = None, as_json: AsJson = False) -> None:
    """Who must still be told where their data came from, the earliest day first; those past their day are held."""
    from flows.asking.questions import due_notices

    rows = due_notices(open_workspace(workspace)).to_dicts()
    answer(rows, _due_text(rows), as_json=as_json)


def _require_point(contact: "Contact") -> None:
    if contact.channel is None:
        raise UsageError(
            "contact_kind", "The contact is neither an e-mail address nor a number.", "Give the very contact point."
        )


def _version(text: str) -> str:
    version = text.strip()
    if not version or len(version) > _LONGEST_VERSION:
        message = f"--text-version must be 1 to {_LONGEST_VERSION} characters."
        raise UsageError("version_unusable", message, "Give the name or number of the notice's version.")
    return version


def _due_text(rows: list[dict[str, object]]) -> str:
    if not rows:
        return "Nobody is due a notice."
    names = ("due_on", "overdue", "full_name", "email", "phone", "countries", "sources")
    cells = [["yes" if row[name] is True else row[name] or "" for name in names] for row in rows]
    table = messages.table(("Due", "Overdue", "Name", "E-mail", "Phone", "Country", "Source"), cells)
    late = sum(row["overdue"] is True for row in rows)
    fix = "Record it with: tactful notice add CONTACT --text-version VERSION"
    return f"{table}\n\n{len(rows):,} people are due the notice, {late:,} of them past their day. {fix}"
