"""``key new``, ``key rotate`` and ``key check``: the secret without which nobody is recognised."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from flows import messages
from flows.commands.common import AsJson, WorkspaceDir, answer, open_workspace, reporting

if TYPE_CHECKING:
    from flows.key_care import KeysChecked, Rotated

__all__ = ["app", "check", "new", "rotate"]

app = typer.Typer(help="The workspace key: make it, change it, check it.", rich_markup_mode=None)

_HELD = 3
_COPY = (
    "Make a copy of it now, apart from the data and from its backups: a backup holds no key, and without its keys "
    "nobody who opted out can be recognised."
)


@app.command()
def new(*, workspace: WorkspaceDir = None, as_json: AsJson = False) -> None:
    """Make the key of a workspace that has none. Refused where there is one, or where the ledger was made with one."""
    from flows.key_care import new_key

    ws = open_workspace(workspace)
    key, file = new_key(ws)
    place = ws.place(file) if file.is_relative_to(ws.root) else str(file)
    text = messages.paragraph(f"Made key {key.key_id} in {place}. {_COPY}")
    answer({"key_id": key.key_id, "file": place}, text, as_json=as_json)


@app.command()
def rotate(*, workspace: WorkspaceDir = None, as_json: AsJson = False) -> None:
    """Change to a new key. Nothing changes for anybody; the old keys stay needed and must be kept."""
    from flows.key_care import rotate_key

    ws = open_workspace(workspace)
    with reporting() as progress:
        done = rotate_key(ws, on_wait=lambda: progress("waiting for another command") if progress else None)
    answer(asdict(done), messages.paragraph(_rotated_text(done)), as_json=as_json)


@app.command()
def check(*, workspace: WorkspaceDir = None, as_json: AsJson = False) -> None:
    """Prove that every key the ledger names is at hand. Ends with 3 where one is missing or wrong."""
    from flows.key_care import check_keys

    found = check_keys(open_workspace(workspace))
    answer({"ok": found.ok, **asdict(found)}, _checked_text(found), as_json=as_json)
    if not found.ok:
        raise typer.Exit(_HELD)


def _rotated_text(done: "Rotated") -> str:
    begun = "An interrupted rotation was completed. " if done.completed else ""
    return (
        f"{begun}New tokens are made with key {done.key_id}, in {done.file}. {_COPY}\n"
        f"Keep the older keys as well ({', '.join(done.older)}): what was recorded under them is looked up with them, "
        "and people keep their ids by the oldest."
    )


def _checked_text(found: "KeysChecked") -> str:
    words = {"at_hand": "at hand", "missing": "MISSING", "wrong": "WRONG"}
    rows = [
        (key.position, key.key_id, "current" if key.current else "older", words[key.state], key.file)
        for key in found.keys
    ]
    lines = [messages.table(("No", "Key", "Use", "State", "File"), rows, figures=(0,))]
    lines += [f"{messages.printable(name)} cannot be read as a key file." for name in found.unreadable]
    if found.unused:
        lines.append(f"{found.unused:,} further keys are at hand that this ledger does not name; they do no harm.")
    if not found.ok:
        lines.append(
            "Put the files of the missing keys back into the keys folder from their safe copies, or beside the file "
            "that TACTFUL_KEY_FILE names. Until then nothing runs."
        )
    return "\n".join(messages.paragraph(line) if "\n" not in line else line for line in lines)
