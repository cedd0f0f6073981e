"""What the commands share: their common options, the workspace they are about, and how they answer."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer

from flows import messages
from policies.errors import UsageError

if TYPE_CHECKING:
    from flows.workspace import Workspace

__all__ = [
    "AsJson",
    "QuarantineOk",
    "WorkspaceDir",
    "answer",
    "asked_lines",
    "contacts_asked",
    "day",
    "end_of_intake",
    "instant",
    "open_workspace",
    "read_lines",
    "reporting",
    "workspace_if_any",
]

_PARTLY_REFUSED: Final = 4

WorkspaceDir = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        metavar="DIR",
        show_default=False,
        help="The workspace: default this folder, or TACTFUL_WORKSPACE.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
QuarantineOk = Annotated[bool, typer.Option("--quarantine-ok", help="End with 0 also when files went into quarantine.")]


def open_workspace(folder: Path | None) -> "Workspace":
    """The workspace of a command, its queue emptied if its day is over; says on standard error when its clock is set.

    Raises ``WorkspaceError`` where there is none and ``RuleFileError`` for bad settings.
    """
    from flows.clock import now
    from flows.queue.files import expire_if_due
    from flows.workspace import find

    ws = find(folder, os.environ)
    if ws.settings.clock is not None:
        messages.note(f"Clock of this workspace stands at {ws.settings.clock:%Y-%m-%d %H:%M} UTC.")
    if expire_if_due(ws, now(ws.settings)):
        messages.note("The day of the queue in force is over: its files were emptied.")
    return ws


def workspace_if_any(folder: Path | None) -> "Workspace | None":
    """As :func:`open_workspace`, for commands that can do without: None where no folder is named and none is here."""
    from flows.workspace import SETTINGS_FILE

    named = folder or os.environ.get("TACTFUL_WORKSPACE")
    return open_workspace(folder) if named or Path(SETTINGS_FILE).is_file() else None


def answer(value: object, text: str, *, as_json: bool) -> None:
    """Show an answer: ``value`` as JSON, or ``text``."""
    if as_json:
        messages.say(messages.json_text(value))
    elif text:
        messages.say(text)


@contextmanager
def reporting() -> Iterator[messages.Progress | None]:
    """Somewhere to report steps to while a command works; cleared away before its answer."""
    progress = messages.progress()
    try:
        yield progress
    finally:
        if progress is not None:
            progress.done()


def instant(text: str | None, option: str, zone: str) -> datetime | None:
    """An instant from the command line, in UTC and whole seconds; without offset it is read in ``zone``.

    Raises ``UsageError`` for anything but a date or an instant of ISO 8601.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        placed = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        return placed.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise UsageError(
            "bad_instant", f"{option} is no date or time.", "Write it as 2026-10-14T08:30 or 2026-10-14T06:30:00Z."
        ) from None


def day(text: str | None, option: str) -> date | None:
    """A day from the command line; raises ``UsageError`` for anything but a day of ISO 8601."""
    try:
        return date.fromisoformat(text.strip()) if text else None
    except ValueError:
        raise UsageError("bad_day", f"{option} is no day.", "Write it as 2026-10-14.") from None


def contacts_asked(contact: str | None) -> list[str]:
    """The contacts a command is about: the one given, or with ``-`` the lines of standard input that are not blank.

    To be called first, as :func:`read_lines`. Raises ``UsageError`` where standard input holds none.
    """
    return [] if contact is None else [text for _, text in asked_lines(contact)]


def asked_lines(contact: str) -> list[tuple[int, str]]:
    """As :func:`contacts_asked`, each with the number of its line."""
    if contact != "-":
        return [(1, contact)]
    lines = [(number, line.strip()) for number, line in enumerate(read_lines(), start=1) if line.strip()]
    if not lines:
        raise UsageError("no_contact", "Standard input holds no contact.", "Write one contact a line.")
    return lines


def end_of_intake(quarantined: int, *, quarantine_ok: bool) -> None:
    """End with 4 when this call put files into quarantine, unless that was allowed."""
    if quarantined and not quarantine_ok:
        raise typer.Exit(_PARTLY_REFUSED)


def read_lines() -> list[str]:
    """The lines of standard input, without line ends; bytes that are no UTF-8 are replaced.

    To be called before anything imports Polars: from then on Ctrl-C no longer ends a read that waits.
    """
    data = sys.stdin.buffer.read().decode("utf-8-sig", errors="replace")
    return [line.removesuffix("\r") for line in data.removesuffix("\n").split("\n")] if data else []
