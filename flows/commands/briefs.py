"""``brief new``, ``brief check`` and ``brief wanted``: the homework before a contact."""

from pathlib import Path
from typing import Annotated, Final

import typer

from flows import messages
from flows.commands.common import AsJson, WorkspaceDir, answer, contacts_asked, open_workspace

__all__ = ["app", "check", "new", "wanted"]

_SHOWN: Final = 20  # lines of each table of the worklist

app = typer.Typer(help="Research briefs: a template, a check, a worklist.", rich_markup_mode=None)


@app.command()
def new(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="An e-mail, a phone, a person id, or - for stdin.")],
    *,
    out: Annotated[
        Path | None, typer.Option("-o", metavar="DIR", help="A file for each person in this folder.", file_okay=False)
    ] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Print a brief to fill in, with what is known about the person. Save it and drop it into data/inbox/briefs/."""
    asked = contacts_asked(contact)
    from flows.asking.research import brief_templates, write_drafts

    drafts = brief_templates(open_workspace(workspace), asked)
    if out is not None:
        written, kept = write_drafts(drafts, out)
        files = {"written": [str(path) for path in written], "kept": [str(path) for path in kept]}
        answer(files, _drafts_text(written, kept), as_json=as_json)
        return
    texts = [draft.text for draft in drafts]
    answer({"templates": texts}, "\n\n".join(text.rstrip("\n") for text in texts), as_json=as_json)


@app.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH...]", exists=True, help="Briefs or folders; left out: the inbox, else those on file."
        ),
    ] = None,
    *,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Check briefs and say, place by place, what is missing; near-copies stand beside the older brief.

    Ends with 1 if any of them fails.
    """
    from flows.asking.questions import check_briefs, check_stored_briefs
    from flows.commands.brief_texts import checked_entry, checked_text

    ws = open_workspace(workspace)
    files = _files(paths or [ws.inbox_of("briefs")])
    on_file = not (paths or files)
    if on_file:
        messages.note("No brief waits in the inbox: the briefs on file are checked.")
    checked = check_stored_briefs(ws) if on_file else check_briefs(ws, files)
    failing = [brief for brief in checked if brief.findings]
    entries = [checked_entry(brief) for brief in checked]
    answer({"briefs": entries, "failing": len(failing), "on_file": on_file}, checked_text(checked), as_json=as_json)
    if failing:
        raise typer.Exit(1)


@app.command()
def wanted(
    *,
    everyone: Annotated[bool, typer.Option("--all", help="Every line, not the first twenty of each table.")] = False,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Who is fit and may be contacted, but has no passing brief: the worklist of whoever does research."""
    from flows.asking.research import wanted_briefs
    from flows.clock import now, queue_day
    from flows.commands.research_texts import wanted_text

    ws = open_workspace(workspace)
    rows = wanted_briefs(ws).to_dicts()
    today = queue_day(now(ws.settings), ws.settings)
    answer(rows, wanted_text(rows, today, None if everyone else _SHOWN), as_json=as_json)


def _drafts_text(written: list[Path], kept: list[Path]) -> str:
    lines = [str(path) for path in written]
    lines += [f"{path} was there already and is kept as it is." for path in kept]
    closing = "Fill them in, check them with `tactful brief check`, and drop them into data/inbox/briefs/."
    return "\n".join([*(messages.printable(line) for line in lines), messages.paragraph(closing)])


def _files(paths: list[Path]) -> list[Path]:
    """The briefs at these places; a folder stands for the Markdown and CSV files in it."""
    files: list[Path] = []
    for path in paths:
        inner = (entry for entry in path.rglob("*") if entry.suffix.lower() in (".md", ".csv")) if path.is_dir() else ()
        files += sorted(inner) if path.is_dir() else [path]
    return files
