"""``optout export``: everything that stops in force, as a file another system or workspace can take in."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flows import messages
from flows.commands.common import AsJson, WorkspaceDir, answer, open_workspace
from policies.errors import UsageError

if TYPE_CHECKING:
    from flows.optout_export import OptOutExport
    from flows.propagation.carry import CarriedFile
    from flows.workspace import Workspace

__all__ = ["export"]


def export(
    *,
    hash_: Annotated[
        Literal["md5", "sha256"] | None,
        typer.Option("--hash", help="Digests of the e-mail addresses instead of the addresses themselves."),
    ] = None,
    form: Annotated[
        Literal["csv", "hubspot", "salesforce"] | None,
        typer.Option("--format", help="How the file is laid out: left out, as the recipient wants it, or CSV."),
    ] = None,
    recipient: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The system of tactful.toml it goes to: it then counts as carried."),
    ] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write the export here.")] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Write out who must not be contacted. What was voided or lifted is left out; each export is an event.

    The CSV has the columns of an opt-out file: taken in elsewhere it stops the same people. What cannot be written in
    the form asked for is counted and told. Formats of other systems hold every contact point of whoever said stop.
    """
    ws = open_workspace(workspace)
    if recipient is None and form in (None, "csv"):
        from flows.optout_export import export_optouts

        made: OptOutExport | CarriedFile = export_optouts(ws, form="csv", digest=hash_)
        _hand_out(made.data, out, as_json=as_json)
    else:
        _refuse_mixture(hash_, recipient, out, as_json=as_json)
        made = _carried(ws, form, recipient, out, as_json=as_json)
    if as_json or out is not None:
        answer(made.summary(), _counts(made), as_json=as_json)
    else:
        messages.note(_counts(made))


def _carried(
    ws: "Workspace", form: str | None, recipient: str | None, out: Path | None, *, as_json: bool
) -> "CarriedFile":
    """Hand out the file for another system; it counts as carried once it is written, and not before."""
    from flows.propagation.carry import carry, recipient_named

    wanted = form or recipient_named(ws, recipient or "").format
    made = carry(ws, wanted, recipient, lambda data: _hand_out(data, out, as_json=as_json))
    if recipient is None and ws.settings.recipient:
        messages.note("Nothing counts as carried by this: name the system it goes to with --recipient.")
    return made


def _hand_out(data: bytes, out: Path | None, *, as_json: bool) -> None:
    """Write the file, or show it where no place for it is named; under ``--json`` counts alone are shown."""
    if out is not None:
        from flows.files import write_bytes

        write_bytes(out.expanduser().absolute(), data)
    elif not as_json:
        text = data.decode().rstrip("\n")
        messages.say("\n".join(map(messages.printable, text.split("\n"))) if sys.stdout.isatty() else text)


def _refuse_mixture(digest: str | None, recipient: str | None, out: Path | None, *, as_json: bool) -> None:
    if digest is not None:
        fix = "Leave --format and --recipient out."
        raise UsageError("hash_for_file", "Digests are written as a plain CSV only.", fix)
    if recipient is not None and as_json and out is None:
        fix = "Say with -o where the file is to be written."
        raise UsageError("no_file", "Under --json the file itself is not shown, so nothing would be carried.", fix)


def _counts(made: "OptOutExport | CarriedFile") -> str:
    left = "; ".join(f"{count:,} {why}" for why, count in made.left_out.items())
    return f"{made.lines:,} lines written." + (f" Left out: {left}." if left else "")
