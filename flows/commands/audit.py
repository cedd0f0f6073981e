"""``audit verify``: is everything still as it was written?"""

import typer

from flows import messages
from flows.commands.common import AsJson, WorkspaceDir, answer, open_workspace

__all__ = ["app", "verify"]

app = typer.Typer(help="Check what was written against what is there.", rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Check what was written against what is there."""


@app.command()
def verify(*, workspace: WorkspaceDir = None, as_json: AsJson = False) -> None:
    """Check the ledger's chains, every run's files, the archive and the store; name each spot that was altered."""
    from flows.verification import verify_workspace

    found = verify_workspace(open_workspace(workspace))
    value = {
        "ok": not found.faults,
        "events": found.events,
        "runs": found.runs,
        "files": found.files,
        "faults": [{"place": fault.place, "what": fault.what} for fault in found.faults],
    }
    checked = f"{found.events:,} events, {found.runs:,} published runs and {found.files:,} kept files were checked."
    faults = "\n".join(f"{messages.printable(fault.place)}: {fault.what}" for fault in found.faults)
    ending = "Everything is as it was written." if not found.faults else f"{len(found.faults):,} faults."
    answer(value, "\n".join(filter(None, (faults, checked, ending))), as_json=as_json)
    if found.faults:
        raise typer.Exit(1)
