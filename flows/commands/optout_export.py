"""``optout export``: everything that stops in force, as a file another system or workspace can take in."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flows import messages
from flows.commands.common import AsJson, WorkspaceDir, answer, open_workspace

if TYPE_CHECKING:
    from flows.exports.optouts import OptOutExport

__all__ = ["export"]


def export(
    *,
    hash_: Annotated[
        Literal["md5", "sha256"] | None,
        typer.Option("--hash", help="Digests of the e-mail addresses instead of the addresses themselves."),
    ] = None,
    form: Annotated[Literal["csv"], typer.Option("--format", help="How the file is laid out.")] = "csv",
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write the export here.")] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Write out who must not be contacted. What was voided or lifted is left out; each export is an event.

    The CSV has the columns of an opt-out file: taken in elsewhere it stops the same people. What cannot be written in
    the form asked for is counted and told.
    """
    from flows.exports.optouts import export_optouts

    ws = open_workspace(workspace)
    made = export_optouts(ws, form=form, digest=hash_)
    if out is None and not as_json:
        text = made.data.decode().rstrip("\n")
        messages.say("\n".join(map(messages.printable, text.split("\n"))) if sys.stdout.isatty() else text)
        messages.note(_counts(made))
        return
    if out is not None:
        from flows.files import write_bytes

        write_bytes(out.expanduser().absolute(), made.data)
    answer(made.summary(), _counts(made), as_json=as_json)


def _counts(made: "OptOutExport") -> str:
    left = "; ".join(f"{count:,} {why}" for why, count in made.left_out.items())
    return f"{made.lines:,} lines written." + (f" Left out: {left}." if left else "")
