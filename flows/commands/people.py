"""``why`` and ``queue``: one person with every reason, and who may be contacted today."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from flows import messages
from flows.commands.common import AsJson, WorkspaceDir, answer, instant, open_workspace, read_lines
from flows.files import write_bytes
from policies.errors import TactfulError, UnknownContact

if TYPE_CHECKING:
    import polars as pl

__all__ = ["queue", "why"]

Contact = Annotated[str, typer.Argument(metavar="CONTACT", help="An e-mail, a phone, a person id, or - for stdin.")]


def why(
    contact: Contact,
    *,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="T", help="As it was known at this instant.", show_default=False)
    ] = None,
    run: Annotated[str | None, typer.Option("--run", metavar="ID", help="As this run decided.")] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Give every reason about one person. May they be contacted, on which channel, and if not, why not?"""
    many = contact == "-"
    asked = read_lines() if many else [contact]
    from flows.asking import questions
    from policies.explain import explain

    ws = open_workspace(workspace)
    when = instant(as_of, "--as-of", ws.settings.organisation.timezone)
    answers = _answers(asked, questions.why(ws, [line for line in asked if line.strip()], as_of=when, run_id=run))
    if many and as_json:
        for found in answers:
            messages.say(messages.json_text(found, indent=None))
        return
    if not many:
        _raise_error(answers[0])
    texts = [
        _error_text(found["error"]) if "error" in found else messages.paragraph(explain(found)) for found in answers
    ]
    answer(answers[0] if answers else None, "\n\n".join(texts), as_json=as_json)


def queue(
    *,
    owner: Annotated[str | None, typer.Option(metavar="REP", help="Only the lines of this rep.")] = None,
    run: Annotated[
        str | None, typer.Option("--run", metavar="ID", help="The queue of this run; left out: in force.")
    ] = None,
    form: Annotated[
        Literal["csv", "json", "html"] | None, typer.Option("--format", help="Export: a file instead of a table.")
    ] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write the export here.")] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Show or export who may be contacted today. How, when, and what to say; each export is an event."""
    from flows.exports.queue_formats import render
    from flows.queue.reading import read_queue, record_export

    ws = open_workspace(workspace)
    lines, facts = read_queue(ws, run, owner)
    if not facts.in_force:
        messages.note("This queue is not in force: it is for reading, not for contacting anybody.")
    chosen = form or _form_of(out)
    if chosen is None:
        _show_queue(lines, as_json=as_json)
        return
    record_export(ws, lines, facts, chosen)
    data = render(lines, chosen, facts)
    if out is None:
        text = data.decode().rstrip("\n")
        messages.say("\n".join(map(messages.printable, text.split("\n"))) if sys.stdout.isatty() else text)
    else:
        write_bytes(out.expanduser().absolute(), data)
        messages.note(f"Wrote {lines.height:,} lines to {out}.")


def _form_of(out: Path | None) -> str | None:
    """The format a file name asks for; CSV where it says nothing."""
    return None if out is None else {".json": "json", ".html": "html", ".htm": "html"}.get(out.suffix.lower(), "csv")


def _show_queue(lines: "pl.DataFrame", *, as_json: bool) -> None:
    rows = lines.to_dicts()
    shown = [(row["rank"], row["full_name"], row["company"], row["channel"], _hours(row), row["owner"]) for row in rows]
    text = messages.table(("", "Name", "Company", "Channel", "Between", "Owner"), shown, figures=(0,))
    answer(rows, text if rows else "Nobody is in the queue.", as_json=as_json)


def _hours(row: dict[str, Any]) -> str:
    """The window in the person's own time, without the day."""
    return "-".join(str(row[name] or "")[11:16] for name in ("not_before", "not_after"))


def _answers(asked: list[str], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One answer a line asked, blank lines included."""
    blank = UnknownContact().as_answer()
    answers = iter(found)
    return [next(answers) if line.strip() else blank for line in asked]


def _error_text(error: dict[str, str]) -> str:
    return messages.error_text(error["message"], error["fix"])


def _raise_error(found: dict[str, Any]) -> None:
    if "error" in found:
        error = found["error"]
        raise TactfulError(error["code"], error["message"], error["fix"])
