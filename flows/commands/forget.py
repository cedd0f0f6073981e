"""``forget``: what is known of one person goes; that they must never be contacted again stays."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows import messages
from flows.commands.common import AsJson, WorkspaceDir, answer, asked_lines, open_workspace, reporting
from policies.errors import UsageError

if TYPE_CHECKING:
    from flows.filing.erasing import Gone
    from flows.filing.reach import Reach

__all__ = ["forget"]

_LONGEST_REQUEST = 200  # characters


def forget(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="Their e-mail, phone or person id.")],
    *,
    request: Annotated[str, typer.Option(metavar="ID", help="The number under which their request is filed.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show whom it reaches and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first, on a terminal.")] = False,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Erase one person. Their rows, briefs and words go; keyed tokens stay, so that no list brings them back.

    It reaches the contact points that are theirs alone, over exact links; whatever else may be meant is shown. Every
    opt-out stays, and what it was spread to is written down first.
    """
    asked = _one(contact)
    number = _request(request)
    from flows import forgetting

    ws = open_workspace(workspace)
    reach = forgetting.reach_of(ws, asked)
    if dry_run or _declined(reach, yes=yes, as_json=as_json):
        answer({**_reached(reach), "erased": False}, "\n".join([_text(reach), "Nothing was changed."]), as_json=as_json)
        return
    with reporting() as progress:
        gone = forgetting.forget(ws, asked, number, progress=progress)
    answer({**_reached(reach), "erased": True, **_counts(gone)}, _done_text(reach, gone), as_json=as_json)


def _one(contact: str) -> str:
    lines = asked_lines(contact)
    if len(lines) > 1:
        raise UsageError("one_contact", "One person is forgotten at a time.", "Give one contact.")
    return lines[0][1]


def _request(text: str) -> str:
    number = text.strip()
    if not number or len(number) > _LONGEST_REQUEST:
        message = f"--request must be 1 to {_LONGEST_REQUEST} characters."
        raise UsageError("request_unusable", message, "Give the number under which the request is filed.")
    return number


def _declined(reach: "Reach", *, yes: bool, as_json: bool) -> bool:
    """Whether somebody at a terminal, asked with what will go before their eyes, says no."""
    if yes or as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    messages.say(_text(reach))
    return not typer.confirm("Erase this person for good?", default=False)


def _reached(reach: "Reach") -> dict[str, Any]:
    """What a request reaches, in counts, places and keyed ids."""
    return {
        "person_ids": list(reach.who.person_ids),
        "contact_points": len(reach.who.contacts),
        "rows": list(reach.rows),
        "rows_of_others": list(reach.noted),
        "stay_because_shared": len(reach.shared),
        "maybe_meant_too": list(reach.namesakes),
        "originals_that_hold_them": list(reach.originals),
    }


def _counts(gone: "Gone") -> dict[str, int]:
    return {
        "event": gone.event,
        "rows_erased": gone.rows,
        "briefs_removed": gone.briefs,
        "texts_removed": gone.texts,
        "spread_written_down": gone.spread,
    }


def _text(reach: "Reach") -> str:
    """What goes, what stays and what else may be meant."""
    who = reach.who
    lines = [
        f"It reaches {len(who.contacts):,} contact points of theirs alone and {len(reach.rows):,} rows of lists:",
        *(f"  {contact.kind} {messages.printable(contact.value)}" for contact in who.contacts),
        *(_place(row) for row in reach.rows),
    ]
    if reach.noted:
        lines.append("These rows of others name a contact point of theirs beside their own, and go with it:")
        lines += [_place(row) for row in reach.noted]
    if reach.shared:
        lines.append("These stay, because others stand under them as well or nobody in particular does:")
        lines += [f"  {contact.kind} {messages.printable(contact.value)}" for contact in reach.shared]
    if reach.namesakes:
        lines.append(
            "These may be meant too: the same name and organisation, or likely the same person, under other contact "
            "points. Look at them:"
        )
        lines += [f"{_place(row)}, person {row['person_id']}" for row in reach.namesakes]
    if reach.originals:
        lines.append(
            "These archived originals and refused rows, and the files of earlier runs, still hold them and are not "
            "rewritten:"
        )
        lines += [f"  {name}" for name in reach.originals]
    return "\n".join(lines)


def _place(row: dict[str, Any]) -> str:
    return f"  {row['source']}, file {row['file_sha256'][:8]}, row {row['row_number']}"


def _done_text(reach: "Reach", gone: "Gone") -> str:
    done = (
        f"Erased as event {gone.event}: {gone.rows:,} rows, {gone.briefs:,} briefs, {gone.texts:,} texts of the ledger."
        f" {gone.spread:,} stops were written down first. Nobody under these contact points is ever queued again."
        " Where a queue in hands still named them, `data/queue/recall.csv` says so until it has run out."
    )
    return f"{_text(reach)}\n{messages.paragraph(done)}"
