"""Carrying stops to another system: the full set in its layout, and the record that it went there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flows.clock import now
from flows.exports.csv import csv_bytes
from flows.ledger.touch_events import Export, export_event
from flows.ledger_access import open_ledger
from flows.propagation.carried import keep
from flows.propagation.files import ToCarry, by_point, rewrite
from flows.propagation.layouts import laid_out
from flows.propagation.points import nameless
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.settings import Recipient
    from flows.workspace import Workspace

__all__ = ["CarriedFile", "carry", "recipient_named"]


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """One file of stops for another system. ``left_out``: contact points it has no place for (why: how many)."""

    data: bytes = field(repr=False)
    lines: int
    form: str
    recipient: str | None
    left_out: dict[str, int]

    def summary(self) -> dict[str, Any]:
        """Counts as JSON values; nothing in it identifies anybody."""
        return {"format": self.form, "recipient": self.recipient, "lines": self.lines, "left_out": dict(self.left_out)}


def carry(ws: Workspace, form: str, recipient: str | None, hand_out: Callable[[bytes], None]) -> CarriedFile:
    """Hand out every stop in force in the layout of ``form``; with ``recipient`` it then counts as carried there.

    ``hand_out`` gets the file before that is recorded: what was not written was not carried. What is recorded
    meanwhile is not in it and stays to be carried. Raises ``UsageError`` for a recipient
    that tactful.toml does not name, or whose format is another.
    """
    known = recipient_named(ws, recipient, form) if recipient else None
    with open_ledger(ws) as ledger:
        head = ledger.head()
        said = ToCarry(ws, ledger).everything
        points = by_point(said, said)
        lines = laid_out(points.drop("since"), form)
        made = Export(
            form=form,
            lines=lines.height,
            recipient=known.name if known else None,
            snapshot=keep(ws, ledger.keyring.current, said) if known else None,
            as_of_seq=head,
        )
        left = {
            "contact points this system has no place for": points.height - lines.height,
            "statements that name no address or number (digests, domains, erased ones)": nameless(ledger, said),
        }
        data = csv_bytes(lines)
        hand_out(data)
        ledger.append([export_event(made, now(ws.settings))])
        if known:
            rewrite(ws, ledger)
    counted = {why: count for why, count in left.items() if count}
    return CarriedFile(data, lines.height, form, made.recipient, counted)


def recipient_named(ws: Workspace, name: str, form: str | None = None) -> Recipient:
    """A recipient of tactful.toml by name; raises ``UsageError`` (``unknown_recipient``, ``recipient_format``)."""
    named = {recipient.name: recipient for recipient in ws.settings.recipient}
    found = named.get(name)
    if found is None:
        known = f"Known are: {', '.join(named)}." if named else "tactful.toml names none ([[recipient]])."
        raise UsageError("unknown_recipient", "No recipient has this name.", known)
    if form is not None and found.format != form:
        raise UsageError(
            "recipient_format",
            f"Recipient {found.name} takes the format {found.format}.",
            f"Export with --format {found.format}, or name another recipient.",
        )
    return found
