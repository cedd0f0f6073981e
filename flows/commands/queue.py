"""``queue``: who may be contacted today, shown or handed out as a file."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from flows import messages
from flows.commands.common import AsJson, WorkspaceDir, answer, open_workspace
from flows.files import write_bytes
from policies.errors import UsageError

if TYPE_CHECKING:
    from flows.queue.reading import QueueRead
    from flows.workspace import Workspace

__all__ = ["queue"]

_ENDINGS: Final = {".json": "json", ".html": "html", ".htm": "html", ".ics": "ics"}


def queue(
    *,
    owner: Annotated[str | None, typer.Option(metavar="REP", help="Only the lines of this rep.")] = None,
    run: Annotated[
        str | None, typer.Option("--run", metavar="ID", help="The queue of this run; left out: in force.")
    ] = None,
    form: Annotated[
        Literal["csv", "json", "hubspot", "salesforce", "ics", "html"] | None,
        typer.Option(
            "--format",
            help="Export: csv, json, an import file for hubspot or salesforce, ics (a calendar), html (a call sheet).",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", metavar="FILE", help="Write the export here; .json, .html and .ics pick the format."
        ),
    ] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Show or export who may be contacted today. How, when, and what to say; each export is an event."""
    from flows.queue.reading import read_queue

    ws = open_workspace(workspace)
    read = read_queue(ws, run, owner)
    chosen = form or _form_of(out)
    if not read.facts.in_force:
        messages.note("This queue is not in force: it is for reading, not for contacting anybody.")
    if chosen is None:
        _show(read, as_json=as_json)
    else:
        _export(ws, read, chosen, out, as_json=as_json)


def _form_of(out: Path | None) -> str | None:
    """The format a file name asks for; CSV where it says nothing."""
    return None if out is None else _ENDINGS.get(out.suffix.lower(), "csv")


def _export(ws: "Workspace", read: "QueueRead", form: str, out: Path | None, *, as_json: bool) -> None:
    """Make the file, write down that it is handed out, then hand it out."""
    from flows.exports.queue_formats import FORMATS
    from flows.queue.preparing import handout_of
    from flows.queue.reading import record_export

    made = FORMATS[form]
    if made.for_work and not read.facts.in_force and read.lines.height:
        raise UsageError(
            "queue_not_in_force",
            "The queue of this run is not in force: a file in this form would be taken for things to do.",
            "Leave --run out for the queue in force; to read this one, export it as csv, json or html.",
        )
    data = made.render(handout_of(ws, read, made.needs))
    record_export(ws, read.lines, read.facts, form)
    if out is not None:
        write_bytes(out.expanduser().absolute(), data)
        messages.note(f"Wrote {_lines(read.lines.height)} to {out}.")
        told = {"file": str(out), "format": form, "lines": read.lines.height, "valid_until": read.facts.valid_until}
        answer(told, "", as_json=as_json)
        return
    text = data.decode().removesuffix("\n")
    messages.say("\n".join(map(messages.printable, text.splitlines())) if sys.stdout.isatty() else text)


def _show(read: "QueueRead", *, as_json: bool) -> None:
    """The queue as a table: whom, where, what to do and when, in their own time."""
    from flows.exports.words import lane_of

    rows = read.lines.to_dicts()
    shown = [
        (
            *(row[name] for name in ("rank", "full_name", "company")),
            lane_of(row["channel"], row["relationship"]).do.partition(":")[0],
            _hours(row),
            row["owner"],
        )
        for row in rows
    ]
    text = messages.table(("", "Name", "Company", "What to do", "Their time", "Owner"), shown, figures=(0,))
    answer(
        rows,
        f"{text}\n\n{messages.paragraph(_next_step(read))}" if rows else "Nobody is in the queue.",
        as_json=as_json,
    )


def _next_step(read: "QueueRead") -> str:
    until = read.facts.valid_until[:16].replace("T", " ")
    if not read.facts.in_force:
        return f"Run {read.facts.run_id}. For reading alone."
    return (
        f"Valid until {until} ({read.facts.timezone}). `tactful queue -o calls.html` writes the call sheet, one page a "
        "person; fill in the outcome columns of your file in data/queue/ and drop it into data/inbox/touches/."
    )


def _hours(row: dict[str, Any]) -> str:
    """The window in the person's own time, without the day."""
    return "-".join(str(row[name] or "")[11:16] for name in ("not_before", "not_after"))


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"
