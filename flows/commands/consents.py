"""``consent add`` and ``consent import``: what people said about being contacted, for one contact point each."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from flows.clock import now
from flows.commands.common import AsJson, QuarantineOk, WorkspaceDir, answer, asked_lines, day, instant, open_workspace
from flows.commands.contact_lines import Recorded, contact_lists, import_events, record_lines, refuse_unread
from flows.commands.evidence import evidence_of
from policies.errors import UsageError

if TYPE_CHECKING:
    from flows.ledger import Keyring, NewEvent
    from flows.ledger.contacts import Contact
    from flows.ledger.events import Consent
    from flows.workspace import Workspace

__all__ = ["add", "app", "import_file"]

app = typer.Typer(help="Consents and withdrawals: add one, import a file.", rich_markup_mode=None)

_REQUIRED: Final = ("channel", "purpose", "captured_at", "method", "statement", "statement_version", "evidence")
_LONGEST_VERSION: Final = 100  # characters; it stands in the event's body
_Said: TypeAlias = "Callable[[Contact], Consent]"


@app.command()
def add(  # noqa: PLR0913 (one option for each thing a record of consent must say)
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="The very e-mail or phone, or - for stdin.")],
    *,
    state: Annotated[str, typer.Option(help="ConsentGiven, RenewedConsentGiven, ConsentWithdrawn or ConsentRefused.")],
    channel: Annotated[str | None, typer.Option(help="email or phone: a consent holds for one channel.")] = None,
    purpose: Annotated[str | None, typer.Option(help="What for, such as direct_marketing.")] = None,
    captured_at: Annotated[str | None, typer.Option(metavar="T", help="When it was said.")] = None,
    method: Annotated[str | None, typer.Option(help="How, such as web_form, double_opt_in, paper_form.")] = None,
    statement: Annotated[str | None, typer.Option(help="The words they agreed to.")] = None,
    statement_version: Annotated[str | None, typer.Option(help="The version of these words.")] = None,
    evidence: Annotated[str | None, typer.Option(help="What proves it, or a file: its SHA-256 is kept.")] = None,
    expires_on: Annotated[str | None, typer.Option(metavar="DAY", help="The last day it holds.")] = None,
    lawful_basis: Annotated[str | None, typer.Option(help="consent, implied_consent, ...")] = None,
    controller: Annotated[str | None, typer.Option(help="Whom it was given to, if not us.")] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Record that consent was given, renewed, withdrawn or refused. A withdrawal holds at once.

    A consent to rely on needs every option but the last three. A withdrawal or refusal needs the contact and the state:
    what is left out counts at its widest.
    """
    given = {name: value for name, value in locals().items() if isinstance(value, str) and value.strip()}
    lines = asked_lines(contact)
    ws = open_workspace(workspace)
    _show_recorded(_record(ws, lines, given), as_json=as_json)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV of consents and withdrawals.")],
    *,
    quarantine_ok: QuarantineOk = False,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Take in a file of consents. A row that lacks something permits nothing; a withdrawal counts as it is."""
    import_events("consents", file, workspace, quarantine_ok=quarantine_ok, as_json=as_json)


def _record(ws: "Workspace", lines: Sequence[tuple[int, str]], given: Mapping[str, str]) -> Recorded:
    """Record the same statement for the contact of every line; ``given`` are the options by name."""
    from flows.ledger.events import consent_event
    from policies.permission import NO_LONGER

    state, said = _statement(ws, given)
    stops, lists = state in NO_LONGER, contact_lists(ws)

    def events_of(keyring: "Keyring", contact: "Contact") -> "list[NewEvent]":
        _require_point(contact, stops=stops)
        return [consent_event(keyring, said(contact))]

    return record_lines(ws, lines, events_of, lists, keep_unreadable=stops)


def _statement(ws: "Workspace", given: Mapping[str, str]) -> tuple[str, _Said]:
    """The state, and what makes a consent of a contact; raises ``UsageError`` for what is missing or no such word."""
    from flows.ledger.events import Consent
    from flows.ledger.vocabulary import CHANNELS, CONSENT_STATES, checked
    from policies.permission import NO_LONGER

    state = checked("--state", given["state"], CONSENT_STATES)
    channel = checked("--channel", given.get("channel", "any"), CHANNELS)
    if state not in NO_LONGER:
        _require_all(given, channel)
    evidence = given.get("evidence")
    said_at = instant(given.get("captured_at"), "--captured-at", ws.settings.organisation.timezone)
    make = partial(
        Consent,
        channel=channel,
        purpose=given.get("purpose", "direct_marketing"),
        state=state,
        captured_at=said_at or now(ws.settings),
        method=given.get("method"),
        statement=given.get("statement"),
        statement_version=_short(given.get("statement_version")),
        evidence=evidence_of(evidence) if evidence else None,
        expires_on=day(given.get("expires_on"), "--expires-on"),
        lawful_basis=given.get("lawful_basis"),
        controller=given.get("controller"),
    )
    return state, lambda contact: make(contact=contact)


def _require_all(given: Mapping[str, str], channel: str) -> None:
    missing = [f"--{name.replace('_', '-')}" for name in _REQUIRED if name not in given]
    if missing:
        raise UsageError(
            "consent_incomplete",
            f"A consent to rely on needs more: {', '.join(missing)}.",
            "Give what is missing; without it nobody can show later what the person agreed to.",
        )
    if channel == "any":
        raise UsageError("channel_any", "A consent holds for one channel.", "Record it once for email, once for phone.")


def _require_point(contact: "Contact", *, stops: bool) -> None:
    """Refuse a contact that is no single address or number; a stop counts for whoever it names but a whole domain."""
    if contact.channel is None and not (stops and contact.kind in ("unreadable", "digest")):
        raise UsageError(
            "contact_kind", "The contact is neither an e-mail address nor a number.", "Give the very contact point."
        )


def _short(version: str | None) -> str | None:
    if version and len(version) > _LONGEST_VERSION:
        message = f"--statement-version is longer than {_LONGEST_VERSION} characters."
        raise UsageError("version_too_long", message, "Give its name or number; the words go into --statement.")
    return version.strip() if version else None


def _show_recorded(done: Recorded, *, as_json: bool) -> None:
    recorded = [
        {"event": number, "state": event.body["state"], "channel": event.body["channel"]}
        for number, event in zip(done.numbers, done.events, strict=True)
    ]
    text = "\n".join(f"Recorded as event {row['event']}: {row['state']}, channel {row['channel']}." for row in recorded)
    left = None if done.queue is None or done.queue.expired else done.queue.lines
    answer({"recorded": recorded, "queue_lines": left}, text, as_json=as_json)
    refuse_unread(done)
