"""``optout void``: two named people take back a stop that was provably never the person's word."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flows import messages
from flows.clock import now
from flows.commands.common import AsJson, WorkspaceDir, answer, open_workspace
from flows.commands.evidence import evidence_of
from policies.errors import UsageError

if TYPE_CHECKING:
    from flows.ledger import Ledger

__all__ = ["show_voids", "void"]

_NUMBER: Final = re.compile(r"\s*([0-9]{1,15})(?:\.([0-9]{1,9}))?\s*")


def void(
    event: Annotated[
        str,
        typer.Argument(metavar="EVENT", help="Its number as in `optout list`; of a bulk list with its entry: 12.340."),
    ],
    *,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who declares it.")],
    second: Annotated[str, typer.Option("--and", metavar="NAME", help="Who checked it: somebody else.")],
    reason: Annotated[str, typer.Option(help="Why it was never the person's word.")],
    evidence: Annotated[str, typer.Option(help="What proves it, or a file: its SHA-256 is kept.")],
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Void a stop that was provably never the person's word: a mistyped number, somebody else's list.

    It counts no longer, nor does what it was spread to; nothing is removed, and every report counts it apart. Whoever
    changed their mind gives a consent instead. The queue in force never gains anybody by it: only a run does that.
    """
    seq, entry = _number(event)
    from flows.ledger.said_again import repeated_after
    from flows.ledger.void import Void, void_event
    from flows.ledger_access import open_ledger
    from flows.queue.suppression_now import refresh_queue

    ws = open_workspace(workspace)
    declared = Void(event=seq, entry=entry, by=by, second=second, reason=reason, evidence=evidence_of(evidence))
    with open_ledger(ws) as ledger:
        new = void_event(ledger.keyring, declared, ledger.kind_to_void(seq, entry), now(ws.settings))
        before = ledger.head()
        (number,) = ledger.append([new])
        already = number <= before
        still = [] if already else ledger.ask(lambda connection: repeated_after(connection, number))
        refresh_queue(ws, ledger)
    found = {"event": seq, "entry": entry or None, "voided_by": number, "already": already, "still_said_by": still}
    answer(found, _text(event.strip(), number, still, already=already), as_json=as_json)


def show_voids(ledger: "Ledger", events: Collection[object] | None, *, as_json: bool) -> None:
    """Show every void, or those of some events: by whom, why, when."""
    rows = [row for row in ledger.voids().to_dicts() if events is None or row["event"] in events]
    names = ("seq", "event", "kind", "by", "second", "reason", "recorded_at")
    shown = [[str(row[name] or "")[:10] if name == "recorded_at" else row[name] for name in names] for row in rows]
    table = messages.table(("Void", "Event", "Kind", "By", "And", "Reason", "On"), shown, figures=(0, 1))
    answer(rows, table if rows else "Nothing was voided.", as_json=as_json)


def _number(text: str) -> tuple[int, int]:
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise UsageError(
            "bad_event", "This is no number of an event.", "`tactful optout list` shows them in the first column."
        )
    return int(found[1]), int(found[2] or 0)


def _text(event: str, number: int, still: list[int], *, already: bool) -> str:
    if already:
        return f"Event {event} was voided before, by event {number}. Nothing changed."
    if still:
        named = ", ".join(map(str, still))
        return (
            f"Event {event} is voided by event {number}. Other files said the same, and their word counts, recorded as "
            f"{named}: void these as well where they are wrong too."
        )
    return f"Event {event} is voided by event {number}. The next run decides anew about whom it stopped."
